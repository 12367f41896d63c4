from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "parvis.ledger"
    label = "ledger"

    def ready(self) -> None:
        # Each declares itself.
        from parvis.ledger import following, kept, kinds  # noqa: F401
