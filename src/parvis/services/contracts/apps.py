from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "parvis.services.contracts"
    label = "service_contracts"

    def ready(self) -> None:
        from parvis.services.contracts import service  # noqa: F401  (declares itself)
