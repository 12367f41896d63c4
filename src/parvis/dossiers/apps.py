from django.apps import AppConfig


class DossiersConfig(AppConfig):
    name = "parvis.dossiers"
    label = "dossiers"

    def ready(self) -> None:
        # Each declares itself.
        from parvis.dossiers import copied, finding, following, kept, kinds, telling, todo  # noqa: F401
