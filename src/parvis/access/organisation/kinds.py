"""The journal's event types of this part, and how each reads in « Historique »."""

from collections.abc import Iterable, Mapping
from typing import Any

from parvis.access.levels import Level
from parvis.ground.pages.filters import plural
from parvis.ground.pages.filters import siret as siret_shown
from parvis.journal.kinds import Kind, register

SHOWN = 3


def _clients(sirets: Iterable[str]) -> str:
    several = list(sirets)
    if len(several) > SHOWN:
        return plural(len(several), "établissement", "établissements")
    return ", ".join(f"SIRET {siret_shown(one)}" for one in several)


def _given(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return f"{Level(after['level']).label} · {_clients(after['clients'])}"


def _withdrawn(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return _clients(before["levels"])


def _renamed(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return f"{before['name']} → {after['name']}"


def _deleted(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    people = plural(len(before["members"]), "personne", "personnes")
    return f"{before['name']} · {plural(len(before['clients']), 'établissement', 'établissements')}, {people}"


def _moved(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return _clients((after or before)["clients"])


def _member(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    said = f"{after['name']} · {Level(after['level']).label}"
    return f"{said} (avant : {Level(before['level']).label})" if before else said


def _left(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return str(before["name"])


def _exported(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    said = f"{plural(after['rows'], 'ligne', 'lignes')}, {after['format'].upper()}"
    return f"{said} · Filtre : {after['filter']}" if after["filter"] else f"{said} · Sans filtre"


def _batch(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return plural(after["proposed"], "établissement", "établissements")


def _reminded(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return plural(after["reminded"], "établissement", "établissements")


register(
    Kind("assignment.given", "Établissements confiés à une personne", _given),
    Kind("assignment.withdrawn", "Établissements retirés à une personne", _withdrawn),
    Kind("portfolio.created", "Portefeuille créé", lambda before, after: str(after["name"])),
    Kind("portfolio.renamed", "Portefeuille renommé", _renamed),
    Kind("portfolio.deleted", "Portefeuille supprimé", _deleted),
    Kind("portfolio.clients_added", "Établissements ajoutés à un portefeuille", _moved),
    Kind("portfolio.clients_removed", "Établissements retirés d’un portefeuille", _moved),
    Kind("portfolio.member_set", "Portefeuille confié à une personne", _member),
    Kind("portfolio.member_left", "Personne retirée de l’équipe d’un portefeuille", _left),
    Kind("clients.exported", "Liste des établissements suivis exportée", _exported),
    Kind("delegation.batch_proposed", "Délégation proposée à plusieurs établissements", _batch),
    Kind("delegation.batch_reminded", "Propositions de délégation relancées", _reminded),
    Kind("delegation.reminded", "Proposition de délégation rappelée par l’organisme"),
)
