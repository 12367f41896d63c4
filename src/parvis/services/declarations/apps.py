from django.apps import AppConfig


class DeclarationsConfig(AppConfig):
    name = "parvis.services.declarations"
    label = "service_declarations"

    def ready(self) -> None:
        # Each declares itself.
        from parvis.services.declarations import finding, following, kept, kinds, service, todo, told  # noqa: F401
