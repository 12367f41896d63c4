"""Where the whole case of a sensitive act is read before it is decided: documents, preview, whom it is about."""

from typing import NamedTuple

from django.urls import reverse

from parvis.advisers.models import SensitiveAct
from parvis.backoffice.data_export.actions import KIND as EXPORT
from parvis.backoffice.dossiers.actions import ACCEPT as DOSSIER
from parvis.backoffice.establishments.sensitive import ACTING
from parvis.backoffice.people.sensitive import COORDINATES, FACTORS
from parvis.backoffice.succession.actions import KIND as SUCCESSION
from parvis.establishments.models import Establishment
from parvis.recovery.actions.deciding import KIND as RECOVERY
from parvis.registration.deciding import ACCEPT

_PERSON = ("Voir la fiche de la personne", "backoffice:person")
# What the link says, and the page; its address takes the act's subject.
PAGES = {
    ACCEPT: ("Voir l’inscription et ses documents", "backoffice:registration"),
    RECOVERY: ("Voir la demande et ses pièces", "backoffice:recovery"),
    SUCCESSION: ("Voir l’aperçu de la reprise", "backoffice:succession"),
    COORDINATES: _PERSON,
    FACTORS: _PERSON,
    EXPORT: _PERSON,
    DOSSIER: ("Voir le dossier et ses documents", "backoffice:dossier"),
}


class CasePage(NamedTuple):
    """A link to the case."""

    label: str
    href: str


def case_page(act: SensitiveAct) -> CasePage | None:
    """The page of the case; None for a kind that has none, or an establishment that the adviser does not see."""
    if act.kind == ACTING and act.establishment_id is not None:
        siret = Establishment.objects.filter(pk=act.establishment_id).values_list("siret", flat=True).first()
        here = reverse("backoffice:place", args=[siret]) if siret else ""
        return CasePage("Voir la fiche de l’établissement", here) if here else None
    if act.kind not in PAGES:
        return None
    label, name = PAGES[act.kind]
    return CasePage(label, reverse(name, args=[act.subject]))
