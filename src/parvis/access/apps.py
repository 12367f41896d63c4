from importlib import import_module

from django.apps import AppConfig

# Each declares its event types, its e-mails and what it puts under « À faire ».
PARTS = ("asking", "bulk", "delegation", "handing", "organisation", "presets", "review", "why")


class AccessConfig(AppConfig):
    name = "parvis.access"
    label = "access"

    def ready(self) -> None:
        from parvis.access import kinds, letters, letters_security  # noqa: F401  (declare themselves)
        from parvis.access.employers import Memberships
        from parvis.access.expiry import letters as expiry_letters  # noqa: F401
        from parvis.access.factor_reset import letters as factor_reset_letters  # noqa: F401
        from parvis.access.terms import letters as terms_letters  # noqa: F401
        from parvis.identity.employers import register

        register(Memberships())
        for part in PARTS:
            for module in ("kinds", "letters", "todo"):
                import_module(f"parvis.access.{part}.{module}")
