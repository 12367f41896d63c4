"""The journal's event types of this part, and how each reads in « Historique »."""

from collections.abc import Mapping
from typing import Any

from parvis.access.kinds import rights_changed
from parvis.access.models import Review, ReviewDecision
from parvis.ground.pages.filters import plural
from parvis.journal.kinds import Kind, register


def _day(iso: str) -> str:
    year, month, day = iso.split("-")
    return f"{day}/{month}/{year}"


def _opened(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return f"{Review.Cause(after['cause']).label} · À terminer au plus tard le {_day(after['due_on'])}"


def _decided(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    said = ReviewDecision.Choice(after["choice"]).label
    return f"{said} · Délégation à {after['with']}" if after.get("with") else said


def _signed(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    said = [plural(after["lines"], "ligne", "lignes")]
    for choice, one, many in (
        ("kept", "conservée", "conservées"),
        ("modified", "modifiée", "modifiées"),
        ("emptied", "sans droits désormais", "sans droits désormais"),
        ("deactivated", "compte désactivé", "comptes désactivés"),
        ("gone", "sans rien à décider", "sans rien à décider"),
    ):
        if after.get(choice):
            said.append(plural(after[choice], one, many))
    return " · ".join(said)


def _lapsed(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    said = [plural(after["lines"], "ligne", "lignes"), plural(after["undecided"], "non décidée", "non décidées")]
    if after.get("suspended"):
        said.append("droits inutilisés suspendus : " + plural(after["suspended"], "personne", "personnes"))
    return " · ".join(said)


def _exported(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return f"{plural(after['rows'], 'ligne', 'lignes')}, {after['format'].upper()}"


register(
    Kind("review.opened", "Revue des droits ouverte", _opened),
    Kind("review.decided", "Revue des droits : décision", _decided),
    Kind("review.signed", "Revue des droits signée et close", _signed),
    Kind("review.lapsed", "Revue des droits close à son échéance, sans signature", _lapsed),
    Kind("review.exported", "Revue des droits téléchargée", _exported),
    Kind("rights.suspended", "Droits inutilisés suspendus après une revue sans décision", rights_changed),
    Kind("rights.given_back", "Droits suspendus rétablis", rights_changed),
    Kind("rights.suspension_confirmed", "Droits suspendus retirés pour de bon"),
)
