from django.apps import AppConfig


class LettersConfig(AppConfig):
    name = "parvis.letters"
    label = "letters"

    def ready(self) -> None:
        # Each declares itself.
        from parvis.letters import findings, following, kept, kinds, todo, told  # noqa: F401
