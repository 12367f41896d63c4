from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from parvis.access.standing import Standing


def _receives(who: "Standing") -> bool:
    """Whether the person is of an organisation to which dossiers may be delegated."""
    return who.acts_for_others and who.account_opens


class DossiersConfig(AppConfig):
    name = "parvis.dossiers"
    label = "dossiers"

    def ready(self) -> None:
        # Each declares itself.
        from parvis.access.frame import offer_way
        from parvis.dossiers import copied, finding, following, kept, kinds, telling, todo  # noqa: F401
        from parvis.dossiers.queries.portfolio import may_follow

        offer_way("Demandes", "dossiers:index", after="exchanges:index", to=may_follow)
        offer_way("Dossiers confiés", "dossiers:entrusted", after="obligations:index", to=_receives)
