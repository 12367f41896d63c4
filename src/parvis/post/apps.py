from django.apps import AppConfig


class PostConfig(AppConfig):
    name = "parvis.post"
    label = "post"

    def ready(self) -> None:
        from parvis.post import health, kept  # noqa: F401  (declare themselves)
        from parvis.post.postal import events  # noqa: F401  (declares itself)
