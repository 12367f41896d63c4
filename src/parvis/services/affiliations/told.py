"""What people are told of agents: that another employer has affiliated some; neither whom nor by which one."""

from typing import Any

from parvis.agents.actions.claiming import CLAIMED
from parvis.ground.pages.addresses import address
from parvis.notices.registry import Delivery, Kind, Shown, declare


def _claimed(siret: str, number: int, detail: dict[str, Any]) -> Shown:
    count = int(detail["count"])
    return Shown(
        "Un autre employeur a affilié un de vos agents"
        if count == 1
        else f"Un autre employeur a affilié {count} de vos agents",
        "Son affiliation chez vous est encore ouverte : déclarez son départ, ou les heures qu’il fait ailleurs."
        if count == 1
        else "Leurs affiliations chez vous sont encore ouvertes : déclarez leurs départs, ou les heures faites "
        "ailleurs.",
        address("service_affiliations:index", siret) + "?etat=reclames",
        "Voir cet agent" if count == 1 else "Voir ces agents",
    )


declare(
    Kind(
        CLAIMED,
        "un autre employeur affilie un de vos agents",
        _claimed,
        default=Delivery.DAILY,
        follows=True,
    )
)
