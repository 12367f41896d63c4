from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "parvis.identity"
    label = "identity"

    def ready(self) -> None:
        from parvis.identity import kept, kinds, letters, letters_factors, letters_mine, letters_security  # noqa: F401  (declare themselves)
        from parvis.identity.providers import kinds as provider_kinds  # noqa: F401
        from parvis.identity.providers import letters as provider_letters  # noqa: F401
