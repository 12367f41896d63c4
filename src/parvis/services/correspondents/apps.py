from django.apps import AppConfig


class CorrespondentsConfig(AppConfig):
    name = "parvis.services.correspondents"
    label = "service_correspondents"

    def ready(self) -> None:
        from parvis.services.correspondents import first_step, following, kept, service  # noqa: F401  (declare themselves)
