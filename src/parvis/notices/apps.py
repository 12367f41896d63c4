from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "parvis.notices"
    label = "notices"

    def ready(self) -> None:
        # Each declares itself.
        from parvis.notices import copied, following, kept, kinds, letters  # noqa: F401
