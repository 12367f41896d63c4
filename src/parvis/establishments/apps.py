from django.apps import AppConfig


class EstablishmentsConfig(AppConfig):
    name = "parvis.establishments"
    label = "establishments"

    def ready(self) -> None:
        from parvis.establishments import kept, kinds  # noqa: F401  (declare themselves)
