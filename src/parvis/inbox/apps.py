from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "parvis.inbox"
    label = "inbox"

    def ready(self) -> None:
        from parvis.inbox import holding  # noqa: F401
