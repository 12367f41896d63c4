"""The journal's event types of letters: their fund, reference and type, never a title, which may name somebody."""

from collections.abc import Mapping
from typing import Any

from parvis.establishments.funds import FUNDS
from parvis.journal.kinds import Kind, register
from parvis.letters.models import Withdrawal


def _which(values: Mapping[str, Any]) -> str:
    fund = FUNDS[values["fund"]].short if values["fund"] in FUNDS else values["fund"]
    return f"{fund} · référence {values['reference']}"


def _told(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return _which(after)


def _withdrawn(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return f"{_which(after)} · {Withdrawal(after['reason']).label}"


def _followed(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return f"{_which(after)} · adressé à {after['from']}"


def _type(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return f"{after['name']} · conservé {after['kept_years']} ans"


register(
    Kind("letter.deposited", "Courrier d’un fonds arrivé", _told),
    Kind("letter.opened", "Courrier d’un fonds ouvert", _told, kept_years=5),
    Kind("letter.marked_read", "Courrier d’un fonds marqué comme lu, sans être ouvert", _told, kept_years=5),
    Kind("letter.archived", "Courrier d’un fonds archivé", _told, kept_years=5),
    Kind("letter.unarchived", "Courrier d’un fonds sorti des archives", _told, kept_years=5),
    Kind("letter.withdrawn", "Courrier retiré par le fonds", _withdrawn),
    Kind("letter.checked", "Courrier relu par un conseiller", _told, kept_years=5),
    Kind("letter.type_changed", "Type de courriers modifié par un conseiller", _type),
    Kind("letter.followed", "Courrier venu d’un établissement repris", _followed),
)
