from django.apps import AppConfig


class InformationConfig(AppConfig):
    name = "parvis.information"
    label = "information"

    def ready(self) -> None:
        from parvis.ground import files
        from parvis.information import kept  # noqa: F401  (declares itself)
        from parvis.information.news.pictures import PURPOSE, kept_files

        files.register(PURPOSE, kept_files)
