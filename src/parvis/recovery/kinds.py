"""The journal's event types of this package, and how each reads in « Historique »."""

from collections.abc import Mapping
from typing import Any

from parvis.journal.kinds import Kind, register
from parvis.recovery.models import Case


def _reference(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    reference = str(after.get("reference", ""))
    return f"Demande {reference[:4]}-{reference[4:]}" if reference else ""


def _why(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    said = dict(Case.Why.choices).get(after.get("why", ""), "")
    return f"{_reference(before, after)} : {said}" if said else _reference(before, after)


register(
    Kind("recovery.opened", "Demande pour retrouver l’accès, reçue", _why),
    Kind("recovery.proofs_added", "Demande pour retrouver l’accès : pièces ajoutées", _reference),
    Kind("recovery.code_right", "Demande pour retrouver l’accès : code du courrier saisi", _reference),
    Kind("recovery.letter_again", "Demande pour retrouver l’accès : nouveau courrier", _reference),
    Kind("recovery.follow_link", "Demande pour retrouver l’accès : nouveau code de suivi demandé", _reference),
    Kind("recovery.follow_code", "Demande pour retrouver l’accès : nouveau code de suivi", _reference),
    Kind("recovery.read", "Demande pour retrouver l’accès, consultée par un conseiller", _reference),
    Kind("recovery.proof_read", "Pièce d’une demande, ouverte par un conseiller", _reference),
    Kind("recovery.objected", "Demande pour retrouver l’accès, contestée", _reference),
    Kind("recovery.set_aside", "Contestation écartée par un conseiller", _reference),
    Kind("recovery.granted", "Accès rétabli", _reference),
    Kind("recovery.refused", "Demande pour retrouver l’accès, refusée", _reference),
    Kind("recovery.withdrawn", "Demande pour retrouver l’accès, retirée", _reference),
    Kind("recovery.abandoned", "Demande pour retrouver l’accès, abandonnée", _reference),
    Kind("recovery.needless", "Demande pour retrouver l’accès, classée sans objet", _reference),
)
