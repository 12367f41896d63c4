"""What an establishment's history says of exchanges: references, motifs and states, never what was written."""

from collections.abc import Mapping
from typing import Any

from parvis.exchanges.addressees import short
from parvis.exchanges.models import Exchange
from parvis.exchanges.references import grouped
from parvis.ground.pages.filters import plural
from parvis.journal.kinds import Kind, register

Values = Mapping[str, Any]


def _reference(before: Values, after: Values) -> str:
    return f"Échange {grouped(str(after.get('reference', '')))}"


def _sent(before: Values, after: Values) -> str:
    parts = [_reference(before, after), f"{after.get('motif', '')} ({short(str(after.get('fund', '')))})"]
    parts += ["attestation donnée"] if after.get("attested") else []
    return " · ".join([*parts, *_documents(after)])


def _documents(after: Values) -> list[str]:
    count = int(after.get("documents", 0))
    return [plural(count, "document", "documents")] if count else []


def _moved(before: Values, after: Values) -> str:
    state = str(after.get("state", ""))
    said = [Exchange.State(state).label.lower()] if state in Exchange.State.values else []
    return " · ".join([_reference(before, after), *said, *_documents(after)])


def _asked(before: Values, after: Values) -> str:
    year, month, day = str(after["due_on"]).split("-")
    return f"{_reference(before, after)} · réponse attendue le {day}/{month}/{year}"


def _transferred(before: Values, after: Values) -> str:
    return f"{_reference(before, after)} · de {short(str(after['left']))} à {short(str(after['fund']))}"


def _merged(before: Values, after: Values) -> str:
    return f"{_reference(before, after)} · avec l’échange {grouped(str(after['into']))}"


def _arrived(before: Values, after: Values) -> str:
    return f"{plural(int(after['count']), 'échange', 'échanges')} {_from(str(after['from']))}"


def _from(name: str) -> str:
    return f"venus de l’établissement repris : {name}"


def _code(before: Values, after: Values) -> str:
    return str(after.get("code", after.get("title", "")))


register(
    Kind("exchange.sent", "Demande envoyée à un fonds", _sent),
    Kind("exchange.replied", "Message écrit dans un échange", _moved),
    Kind("exchange.taken_over", "Échange repris par une personne de l’établissement", _reference),
    Kind("exchange.taken", "Échange pris en charge par un conseiller", _moved),
    Kind("exchange.released", "Échange remis dans la file par un conseiller", _moved),
    Kind("exchange.answered", "Réponse d’un fonds dans un échange", _moved),
    Kind("exchange.asked", "Complément demandé par un fonds", _asked),
    Kind("exchange.transferred", "Échange transmis à un autre fonds", _transferred),
    Kind("exchange.merged", "Échange regroupé avec un autre", _merged),
    Kind("exchange.closed", "Échange clos", _reference),
    Kind("exchange.reopened", "Échange rouvert", _reference),
    Kind("exchange.arrived", "Échanges venus d’un établissement repris", _arrived),
    Kind("exchange.nir_shown", "NIR d’un échange affiché en entier par un conseiller", _reference),
    Kind("exchange.document_opened", "Document d’un échange ouvert par un conseiller", _reference),
    Kind("exchange.noted", "Note interne ajoutée à un échange", _reference),
    Kind("exchange.motif_changed", "Motif de « Nous contacter » modifié", _code),
    Kind("exchange.reply_text_changed", "Modèle de réponse modifié", _code, kept_years=2),
)
