from django.apps import AppConfig


class ExchangesConfig(AppConfig):
    name = "parvis.exchanges"
    label = "exchanges"

    def ready(self) -> None:
        from parvis.exchanges import copied, finding, following, kept, kinds, telling, todo  # noqa: F401
        from parvis.exchanges.actions.drafts import PURPOSE, kept_files
        from parvis.ground import files

        files.register(PURPOSE, kept_files)
