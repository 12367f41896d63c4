from django.apps import AppConfig


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
