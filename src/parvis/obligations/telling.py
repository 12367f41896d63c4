"""What people are told of obligations, by notices: one comes soon, one is late, its day has moved.

The notice says which duty and which day, nothing that the establishment declared.
"""

import datetime
from collections.abc import Iterable
from typing import Any

from parvis.ground import clock
from parvis.ground.pages.addresses import address
from parvis.ground.pages.filters import date_full, plural
from parvis.notices.actions import notify
from parvis.notices.registry import Delivery, Kind, Shown, declare
from parvis.obligations.listing import address_of
from parvis.obligations.materialising import Moved

DUE, LATE, MOVED = "obligation_due", "obligation_late", "obligation_moved"


def _href(siret: str, query: str = "") -> str:
    return address("obligations:index", siret) + query


def _day(iso: str) -> str:
    return date_full(datetime.date.fromisoformat(iso))


def _due(siret: str, number: int, detail: dict[str, Any]) -> Shown:
    # One of which no text tells the last day is told with the day from which it is to be done.
    opens = detail.get("opens_on", "")
    when = f"à partir du {_day(opens)}" if opens else f"le {_day(detail['due_on'])} au plus tard"
    placed_on = datetime.date.fromisoformat(opens or detail["due_on"])
    return Shown(
        f"Échéance : {detail['label']}",
        f"{detail['period'][:1].upper()}{detail['period'][1:]}, {when}.",
        address_of(siret, detail["key"], placed_on, clock.today()),
        "Voir l’échéance",
    )


def _late(siret: str, number: int, detail: dict[str, Any]) -> Shown:
    count = detail["count"]
    return Shown(
        "Échéance passée sans être cochée" if count < 2 else "Échéances passées sans être cochées",
        f"{detail['label']}, {detail['period']} : c’était le {_day(detail['due_on'])}."
        if count < 2
        else f"{plural(count, 'échéance', 'échéances')}, dont « {detail['label']} ».",
        _href(siret, "?etat=en-retard"),
        "Voir ce qui est en retard",
    )


def _moved(siret: str, number: int, detail: dict[str, Any]) -> Shown:
    count = detail["count"]
    return Shown(
        "Une échéance a changé de date" if count < 2 else f"{count} échéances ont changé de date",
        f"« {detail['label']} » est désormais attendu le {_day(detail['due_on'])} au plus tard, "
        f"au lieu du {_day(detail['before'])}.",
        _href(siret),
        "Voir l’échéancier",
    )


declare(
    Kind(DUE, "une échéance approche, aux délais que vous avez choisis", _due, default=Delivery.DAILY),
    Kind(LATE, "une échéance est passée sans être cochée", _late, default=Delivery.DAILY),
    Kind(MOVED, "une échéance change de date", _moved, default=Delivery.DAILY),
)


def tell_moved(moved: Iterable[Moved]) -> int:
    """Tell who administers each establishment that days have moved: once, however many; how many establishments."""
    by_place: dict[int, list[Moved]] = {}
    for one in moved:
        by_place.setdefault(one.establishment, []).append(one)
    for place, several in by_place.items():
        first = min(several, key=lambda one: one.due_on)
        detail = {
            "label": first.label,
            "before": first.before.isoformat(),
            "due_on": first.due_on.isoformat(),
            "count": len(several),
        }
        notify(MOVED, establishment=place, object_id=first.number, administrators=True, detail=detail)
    return len(by_place)
