from django.apps import AppConfig


class AdvisersConfig(AppConfig):
    name = "parvis.advisers"
    label = "advisers"

    def ready(self) -> None:
        from parvis.advisers import kept, kinds, letters  # noqa: F401  (declare themselves)
