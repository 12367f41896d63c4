from django.apps import AppConfig


class AgentsConfig(AppConfig):
    name = "parvis.agents"
    label = "agents"

    def ready(self) -> None:
        # Each declares itself.
        from parvis.agents import following, kept, kinds  # noqa: F401
