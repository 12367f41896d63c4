from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "parvis.identity"
    label = "identity"

    def ready(self) -> None:
        from parvis.identity import kinds, letters  # noqa: F401  (declare themselves)
