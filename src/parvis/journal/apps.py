from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "parvis.journal"
    label = "journal"

    def ready(self) -> None:
        from parvis.journal import kept  # noqa: F401  (declares itself)
