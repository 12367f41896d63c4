from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class InformationConfig(AppConfig):
    name = "parvis.information"
    label = "information"

    def ready(self) -> None:
        from parvis.ground import files
        from parvis.information import copied, kept  # noqa: F401  (declare themselves)
        from parvis.information.news.pictures import PURPOSE, kept_files

        files.register(PURPOSE, kept_files)
        post_migrate.connect(_index_help, sender=self)


def _index_help(**_: Any) -> None:
    """After `parvis migrate`, so with each new version: the search looks at the help centre as it now reads."""
    from django.db import connection

    from parvis.information.help.indexing import index_pages
    from parvis.information.models import HelpPage

    if HelpPage._meta.db_table in connection.introspection.table_names():
        index_pages()
