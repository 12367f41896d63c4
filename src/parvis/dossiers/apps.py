from django.apps import AppConfig


class DossiersConfig(AppConfig):
    name = "parvis.dossiers"
    label = "dossiers"

    def ready(self) -> None:
        # Each declares itself.
        from parvis.access.frame import offer_way
        from parvis.dossiers import copied, finding, following, kept, kinds, telling, todo  # noqa: F401
        from parvis.dossiers.queries.portfolio import may_follow

        offer_way("Demandes", "dossiers:index", after="exchanges:index", to=may_follow)
