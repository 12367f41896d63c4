from django.apps import AppConfig


class LettersServiceConfig(AppConfig):
    name = "parvis.services.letters"
    label = "service_letters"

    def ready(self) -> None:
        from parvis.services.letters import service  # noqa: F401  (declares itself)
