"""What people are told of declarations: that one has anomalies, that a correction is forgotten; never of whom."""

from typing import Any

from parvis.ground.pages.addresses import address
from parvis.ground.pages.filters import de, plural
from parvis.ledger.words import month_in_words
from parvis.notices.registry import Delivery, Kind, Shown, declare


def _declaration(siret: str, number: int, detail: dict[str, Any]) -> Shown:
    return Shown(
        "DSN reçue avec des anomalies",
        f"La DSN {de(month_in_words(detail['month']))} est traitée : "
        f"{plural(detail['count'], 'anomalie à corriger', 'anomalies à corriger')}.",
        address("service_declarations:declaration", siret, detail["ref"]),
        "Voir les anomalies",
    )


def _draft(siret: str, number: int, detail: dict[str, Any]) -> Shown:
    count = detail["count"]
    return Shown(
        "Correction de DSN commencée et non appliquée",
        f"{plural(count, 'correction est', 'corrections sont')} en brouillon depuis plus de "
        f"{plural(detail['days'], 'jour', 'jours')} : tant qu’elle n’est pas appliquée, rien n’est corrigé."
        if count == 1
        else f"{count} corrections sont en brouillon depuis plus de {plural(detail['days'], 'jour', 'jours')} : tant "
        "qu’elles ne sont pas appliquées, rien n’est corrigé.",
        address("service_declarations:anomalies", siret) + "?etat=brouillon",
        "Reprendre les corrections",
    )


declare(
    Kind("declaration", "une DSN est traitée avec des anomalies", _declaration, default=Delivery.DAILY),
    Kind("declaration_draft", "une correction de DSN reste en brouillon", _draft, obligatory=True),
)
