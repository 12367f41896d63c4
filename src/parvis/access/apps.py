from importlib import import_module

from django.apps import AppConfig

# What each declares when it is imported: its event types, its e-mails, what it puts under « À faire ».
PARTS: dict[str, tuple[str, ...]] = {
    "asking": ("kinds", "letters", "todo"),
    "bulk": ("kinds",),
    "delegation": ("kinds", "letters", "letters_clients", "todo"),
    "handing": ("kinds", "letters", "todo"),
    "organisation": ("kinds", "letters", "todo"),
    "presets": ("kinds",),
    "review": ("kinds", "letters", "todo"),
    "succession": ("kinds",),
    "why": ("kinds",),
}


class AccessConfig(AppConfig):
    name = "parvis.access"
    label = "access"

    def ready(self) -> None:
        from parvis.access import kept, kinds, letters, letters_security  # noqa: F401  (declare themselves)
        from parvis.access.employers import Memberships
        from parvis.access.expiry import letters as expiry_letters  # noqa: F401
        from parvis.access.factor_reset import letters as factor_reset_letters  # noqa: F401
        from parvis.access.terms import letters as terms_letters  # noqa: F401
        from parvis.identity.employers import register

        register(Memberships())
        for part, modules in PARTS.items():
            for module in modules:
                import_module(f"parvis.access.{part}.{module}")
