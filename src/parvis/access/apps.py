from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "parvis.access"
    label = "access"

    def ready(self) -> None:
        from parvis.access import kinds, letters  # noqa: F401  (declare themselves)
        from parvis.access.employers import Memberships
        from parvis.identity.employers import register

        register(Memberships())
