"""« Échéancier »: what an establishment must do for the funds, by when, and whether it is done."""

from django.apps import AppConfig


class ObligationsConfig(AppConfig):
    name = "parvis.obligations"
    label = "obligations"

    def ready(self) -> None:
        # Each declares itself.
        from parvis.obligations import copied, following, kept, kinds, telling, todo  # noqa: F401
