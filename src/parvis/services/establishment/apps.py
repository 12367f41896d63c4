from django.apps import AppConfig


class EstablishmentServiceConfig(AppConfig):
    name = "parvis.services.establishment"
    label = "service_establishment"

    def ready(self) -> None:
        from parvis.registration import known
        from parvis.services.establishment import kept, service, told  # noqa: F401  (declare themselves)
        from parvis.services.establishment.queries import declared_addresses

        known.register(declared_addresses)
