"""The journal's event types of this package, and how each reads in « Historique »."""

from collections.abc import Mapping
from typing import Any

from parvis.advisers.four_eyes import label_of
from parvis.journal.kinds import Kind, register


def _what(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return label_of(str(after.get("kind", "")))


register(
    Kind("adviser.opened_establishment", "Fiche de l’établissement consultée par un conseiller"),
    Kind("adviser.opened_person", "Fiche d’une personne consultée par un conseiller"),
    Kind("adviser.act_opened", "Acte demandé par un conseiller, à décider par un second", _what),
    Kind("adviser.act_approved", "Acte approuvé par un second conseiller", _what),
    Kind("adviser.act_refused", "Acte refusé par un second conseiller", _what),
    Kind("adviser.act_withdrawn", "Acte retiré par le conseiller qui le demandait", _what),
    Kind("adviser.account_opened", "Compte de conseiller ouvert"),
    Kind("adviser.account_changed", "Compte de conseiller modifié"),
    Kind("adviser.account_closed", "Compte de conseiller fermé"),
    Kind("adviser.seeing_as", "Un conseiller voit Parvis comme cette personne, sans rien pouvoir modifier"),
    Kind("adviser.seeing_ended", "Le conseiller ne voit plus Parvis comme cette personne"),
)
