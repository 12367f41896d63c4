"""Who of the establishment is told of a movement, and in which words; nothing of the content leaves by e-mail."""

from typing import Any

from parvis.access.standing import standings
from parvis.exchanges.models import Exchange, Reader
from parvis.exchanges.references import grouped
from parvis.exchanges.rights import may_read
from parvis.ground.pages.addresses import address
from parvis.notices.actions import notify
from parvis.notices.registry import Delivery, Kind, Shown, declare

ANSWERED, ASKED, MOVED = "exchange.answered", "exchange.asked", "exchange.moved"


def persons_of(exchange: Exchange) -> list[int]:
    """Its author, who took it over and who follows it, as far as they may open it today."""
    follow = Reader.objects.filter(exchange=exchange, follows=True).values_list("person_id", flat=True)
    wanted = {*follow, *(one for one in (exchange.person_id, exchange.taken_by) if one)}
    if not wanted:
        return []
    there = (one for one in standings(exchange.establishment_id) if one.person_id in wanted and one.enters)
    return sorted({one.person_id for one in there if may_read(one, exchange)})


def tell(exchange: Exchange, kind: str, *, but: int | None = None, **detail: Any) -> None:
    """Tell them, but for the one who did it; in the establishment's scope."""
    persons = [one for one in persons_of(exchange) if one != but]
    if persons:
        notify(
            kind,
            establishment=exchange.establishment_id,
            object_id=exchange.pk,
            persons=persons,
            detail={"reference": exchange.reference, "fund": exchange.fund, **detail},
        )


def _shown(title: str, sentence: str, action: str) -> Any:
    def show(siret: str, number: int, detail: dict[str, Any]) -> Shown:
        reference = detail["reference"]
        said = f"Échange {grouped(reference)} : {sentence}"
        return Shown(title, said, address("exchanges:one", siret, reference), action)

    return show


WHAT = {
    "taken": "un conseiller s’en occupe.",
    "transferred": "il est transmis à un autre fonds, avec tout ce qui a été écrit.",
    "merged": "il est regroupé avec un autre échange sur le même sujet.",
    "closed": "il est clos.",
    "reopened": "il est rouvert.",
    "colleague": "une personne de l’établissement y a répondu ou s’en occupe.",
}


def _moved(siret: str, number: int, detail: dict[str, Any]) -> Shown:
    said = f"Échange {grouped(detail['reference'])} : {WHAT[detail['what']]}"
    return Shown("Un échange avance", said, address("exchanges:one", siret, detail["reference"]), "Voir l’échange")


declare(
    Kind(
        ANSWERED,
        "un fonds répond à l’un de mes échanges",
        _shown("Un fonds vous a répondu", "la réponse se lit dans votre espace.", "Lire la réponse"),
        follows=True,
    ),
    Kind(
        ASKED,
        "un fonds me demande un complément",
        _shown("Un complément vous est demandé", "le fonds attend votre réponse.", "Voir ce qui est demandé"),
        obligatory=True,
        follows=True,
    ),
    Kind(
        MOVED,
        "un échange avance : prise en charge, transmission, clôture",
        _moved,
        default=Delivery.DAILY,
        follows=True,
    ),
)
