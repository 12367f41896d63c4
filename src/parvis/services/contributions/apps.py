from django.apps import AppConfig


class ContributionsConfig(AppConfig):
    name = "parvis.services.contributions"
    label = "service_contributions"

    def ready(self) -> None:
        # Each declares itself.
        from parvis.services.contributions import kept, kinds, requests, service, todo, told  # noqa: F401
