from django.apps import AppConfig


class BackofficeConfig(AppConfig):
    name = "parvis.backoffice"
    label = "backoffice"

    def ready(self) -> None:
        # Each declares itself: letters, acts that take two advisers.
        from parvis.backoffice import editing as _editing  # noqa: F401
        from parvis.backoffice import kept as _kept  # noqa: F401
        from parvis.backoffice import told as _told  # noqa: F401
        from parvis.backoffice.contacts import kinds as _contacts  # noqa: F401
        from parvis.backoffice.data_export import kept, kinds, letters  # noqa: F401
        from parvis.backoffice.dossiers import actions as _dossiers  # noqa: F401
        from parvis.backoffice.establishments import sensitive as _places  # noqa: F401
        from parvis.backoffice.exchanges import articles as _articles  # noqa: F401
        from parvis.backoffice.people import sensitive as _people  # noqa: F401
        from parvis.backoffice.succession import letters as _successions  # noqa: F401
