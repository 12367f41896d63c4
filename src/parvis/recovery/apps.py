from django.apps import AppConfig


class RecoveryConfig(AppConfig):
    name = "parvis.recovery"
    label = "recovery"

    def ready(self) -> None:
        # Each declares itself.
        from parvis.recovery import granting, kept, kinds, letters, posted  # noqa: F401
