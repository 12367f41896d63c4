"""The journal's event types of this package; none of them holds a name or a code."""

from collections.abc import Mapping
from typing import Any

from parvis.journal.kinds import Kind, register
from parvis.registration.models import Registration
from parvis.registration.sealed import grouped


def _reference(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    parts = [f"Inscription {grouped(after['reference'])}"] if after.get("reference") else []
    if after.get("proof"):
        parts.append(Registration.Proof(after["proof"]).label)
    return " · ".join(parts)


def _documents(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    count = int(after.get("count", 0))
    return f"{_reference(before, after)} · {count} document{'s' if count > 1 else ''}"


def _proven(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return (
        "Par une personne qui a prouvé travailler ici"
        if after.get("proven")
        else "Par une personne qui n’a pas prouvé travailler ici"
    )


register(
    Kind("registration.started", "Inscription de l’établissement commencée", _reference, kept_years=2),
    Kind("registration.submitted", "Inscription de l’établissement envoyée", _reference),
    Kind("registration.documents", "Documents envoyés pour l’inscription", _documents),
    Kind("registration.document_opened", "Document d’une inscription ouvert par un conseiller", _reference),
    Kind("registration.accepted", "Établissement inscrit", _reference),
    Kind("registration.refused", "Inscription refusée par un conseiller", _reference),
    Kind("registration.lapsed", "Inscription caduque", _reference),
    Kind("registration.abandoned", "Inscription abandonnée", _reference, kept_years=2),
    Kind("registration.contested", "Inscription signalée par une autre personne", _reference),
    Kind("registration.contest_cleared", "Signalement d’une inscription levé par un conseiller", _reference),
    Kind("registration.reported", "Inscription suspendue : courrier signalé", _reference),
    Kind("registration.follow_link", "Inscription : nouveau code de suivi demandé", _reference),
    Kind("registration.follow_code", "Inscription : code de suivi remplacé", _reference),
    Kind("registration.posted_again", "Nouveau courrier demandé par un conseiller", _reference),
    Kind("registration.belonging_asked", "Code envoyé à une adresse de l’établissement"),
    Kind("registration.belonging_proven", "Une personne a prouvé travailler ici, et vu qui administre"),
    Kind("registration.request_passed", "Demande d’accès transmise aux personnes qui administrent", _proven),
    Kind("registration.steps_closed", "« Premiers pas » retiré de l’accueil"),
)
