from django.apps import AppConfig


class AffiliationsConfig(AppConfig):
    name = "parvis.services.affiliations"
    label = "service_affiliations"

    def ready(self) -> None:
        # Each declares itself.
        from parvis.services.affiliations import copied, finding, kept, service, todo, told  # noqa: F401
