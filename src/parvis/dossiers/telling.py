"""Who is told of what becomes of a dossier, and in which words: its reference and its kind, nothing of what it says."""

from collections.abc import Callable
from typing import Any

from parvis.access.levels import Level
from parvis.access.standing import standings
from parvis.dossiers import registry
from parvis.dossiers.models import Dossier
from parvis.dossiers.references import grouped
from parvis.dossiers.rights import mandate_for, may_read
from parvis.ground.pages.addresses import address
from parvis.notices.actions import notify
from parvis.notices.registry import Delivery, Kind, Shown, declare

TODO, GIVEN, ASKED, DECIDED, MOVED = (
    "dossier.todo",
    "dossier.given",
    "dossier.asked",
    "dossier.decided",
    "dossier.moved",
)
ALL = (TODO, GIVEN, ASKED, DECIDED, MOVED)


def tell_writers(dossier: Dossier, kind: str, **detail: Any) -> None:
    """Tell whoever may write in it for the establishment today."""
    notify(
        kind,
        establishment=dossier.establishment_id,
        object_id=dossier.pk,
        service=dossier.service,
        level=Level.WRITE,
        detail=_about(dossier, detail),
    )


def tell_organisation(dossier: Dossier) -> None:
    """Tell those who may work on it in the organisation to which it has just been delegated."""
    persons = [
        one.person_id
        for one in standings(dossier.establishment_id)
        if one.person_id and mandate_for(one, dossier.service, dossier.organisation_id or 0) is not None
    ]
    if persons:
        _tell(dossier, GIVEN, persons)


def tell_concerned(dossier: Dossier, *, but: int | None = None, **detail: Any) -> None:
    """Tell who began it and who has it, as far as they may still read it, but for the one who did it."""
    wanted = {one for one in (dossier.person_id, dossier.taken_by, dossier.worked_by) if one and one != but}
    if not wanted:
        return
    there = (one for one in standings(dossier.establishment_id) if one.person_id in wanted and one.enters)
    persons = sorted({one.person_id for one in there if may_read(one, dossier.service)})
    if persons:
        _tell(dossier, MOVED, persons, **detail)


def _tell(dossier: Dossier, kind: str, persons: list[int], **detail: Any) -> None:
    notify(
        kind,
        establishment=dossier.establishment_id,
        object_id=dossier.pk,
        persons=persons,
        detail=_about(dossier, detail),
    )


def _about(dossier: Dossier, detail: dict[str, Any]) -> dict[str, Any]:
    return {"reference": dossier.reference, "kind": dossier.kind, **detail}


WHAT = {
    "taken": "un conseiller l’instruit.",
    "comment": "un message y est écrit.",
    "assigned": "une autre personne s’en occupe désormais.",
    "sent": "il est transmis au fonds.",
    "withdrawn": "il est retiré.",
    "delegated": "il est confié au centralisateur.",
}


def _shown(title: str, sentence: str, action: str) -> Callable[[str, int, dict[str, Any]], Shown]:
    def show(siret: str, number: int, detail: dict[str, Any]) -> Shown:
        reference = str(detail["reference"])
        named = f"{registry.label_of(str(detail['kind']))}, dossier {grouped(reference)}"
        said = f"{named} : {sentence or WHAT[str(detail['what'])]}"
        return Shown(title, said, address("dossiers:one", siret, reference), action)

    return show


declare(
    Kind(
        TODO,
        "une demande est à instruire par l’établissement",
        _shown("Une demande est à instruire", "l’établissement doit la compléter.", "Voir le dossier"),
    ),
    Kind(
        GIVEN,
        "un employeur me délègue un dossier",
        _shown("Un dossier vous est délégué", "l’employeur vous le confie.", "Voir le dossier"),
    ),
    Kind(
        ASKED,
        "un fonds demande une pièce pour l’une de nos demandes",
        _shown("Une pièce vous est demandée", "le fonds attend une pièce.", "Voir ce qui est demandé"),
        obligatory=True,
    ),
    Kind(
        DECIDED,
        "un fonds décide de l’une de nos demandes",
        _shown("Un fonds a décidé", "la décision se lit dans votre espace.", "Lire la décision"),
    ),
    Kind(
        MOVED,
        "un de mes dossiers avance : prise en charge, message, transmission",
        _shown("Un dossier avance", "", "Voir le dossier"),
        default=Delivery.DAILY,
    ),
)
