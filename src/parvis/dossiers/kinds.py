"""What an establishment's history says of dossiers: references, kinds and states, never what is written in one."""

from collections.abc import Mapping
from typing import Any

from parvis.dossiers import registry
from parvis.dossiers.models import Circuit, State
from parvis.dossiers.references import grouped
from parvis.ground.pages.filters import plural
from parvis.journal.kinds import Kind, register
from parvis.ledger.words import euros

Values = Mapping[str, Any]


def _which(before: Values, after: Values) -> str:
    kind = str(after.get("kind", ""))
    return f"{registry.label_of(kind)} · dossier {grouped(str(after.get('reference', '')))}"


def _moved(before: Values, after: Values) -> str:
    state = str(after.get("state", ""))
    # What advisers do among themselves is one state to the establishment.
    state = State.EXAMINED if state == State.DECIDING else state
    said = [str(State(state).label).lower()] if state in State.values else []
    return " · ".join([_which(before, after), *said])


def _with(name: str) -> Any:
    def said(before: Values, after: Values) -> str:
        told = str(after.get(name, ""))
        return " · ".join([_which(before, after), *([told] if told else [])])

    return said


def _asked(before: Values, after: Values) -> str:
    year, month, day = str(after["due_on"]).split("-")
    return f"{_which(before, after)} · {after.get('piece', '')}, avant le {day}/{month}/{year}"


def _granted(before: Values, after: Values) -> str:
    granted = after.get("granted")
    parts = [_which(before, after), *([euros(int(granted))] if granted is not None else [])]
    return " · ".join([*parts, *([str(after["by"])] if after.get("by") else [])])


def _arrived(before: Values, after: Values) -> str:
    count = plural(int(after["count"]), "dossier", "dossiers")
    return f"{count} venus de l’établissement repris : {after['from']}"


def _exported(before: Values, after: Values) -> str:
    return f"{plural(int(after['rows']), 'ligne', 'lignes')} ({str(after['format']).upper()})"


def _circuit(before: Values, after: Values) -> str:
    return str(Circuit(str(after["circuit"])).label)


register(
    Kind("dossier.begun", "Demande commencée", _which),
    Kind("dossier.pushed", "Demande à instruire reçue", _which),
    Kind("dossier.joined", "Document joint à un dossier", _with("piece")),
    Kind("dossier.taken_away", "Document retiré d’un dossier", _with("piece")),
    Kind("dossier.given_up", "Demande abandonnée", _which),
    Kind("dossier.assigned", "Dossier attribué", _which),
    Kind("dossier.released", "Dossier laissé à qui le prendra", _which),
    Kind("dossier.delegated", "Dossier délégué à un centralisateur", _with("organisation")),
    Kind("dossier.recalled", "Dossier repris au centralisateur", _with("organisation")),
    Kind("dossier.returned", "Dossier rendu par le centralisateur", _with("organisation")),
    Kind("dossier.sent", "Dossier transmis au fonds", _moved),
    Kind("dossier.withdrawn", "Demande retirée par l’établissement", _which),
    Kind("dossier.commented", "Message écrit dans un dossier", _which),
    Kind("dossier.taken", "Dossier pris en charge par un conseiller", _moved),
    Kind("dossier.put_back", "Dossier remis dans la file par un conseiller", _moved),
    Kind("dossier.asked", "Pièce demandée par un fonds", _asked),
    Kind("dossier.proposed", "Acceptation proposée à un second conseiller", _granted),
    Kind("dossier.discarded", "Acceptation proposée, non validée", _which),
    Kind("dossier.accepted", "Demande acceptée", _granted),
    Kind("dossier.refused", "Demande refusée", _which),
    Kind("dossier.cancelled", "Dossier classé sans suite", _which),
    Kind("dossier.document_opened", "Document d’un dossier ouvert par un conseiller", _which),
    Kind("dossier.noted", "Note interne ajoutée à un dossier", _which),
    Kind("dossier.arrived", "Dossiers venus d’un établissement repris", _arrived),
    Kind("dossier.exported", "Liste des demandes exportée", _exported),
    Kind("dossier.circuit_changed", "Circuit des dossiers confiés modifié", _circuit),
)
