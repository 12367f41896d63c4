"""What an establishment's history says of its agents: schemes, days and hours; never a NIR, a birth, a nationality."""

import datetime
from collections.abc import Mapping
from typing import Any

from parvis.agents.models import Entry, Leaving, Scheme
from parvis.agents.numbers import grouped
from parvis.agents.words import THE
from parvis.ground.pages.filters import date_long, plural
from parvis.journal.kinds import Kind, register
from parvis.regulations.affiliation import hours

Values = Mapping[str, Any]
FIELDS = {
    "nir": "NIR",
    "surname": "nom de naissance",
    "used_name": "nom d’usage",
    "first_names": "prénoms",
    "born_on": "date de naissance",
    "birth_place": "lieu de naissance",
    "nationality": "nationalité",
    "payroll_number": "matricule",
}


def _day(values: Values) -> str:
    return date_long(datetime.date.fromisoformat(str(values["on"])))


def _scheme(code: str) -> str:
    return str(Scheme(code).label) if code in Scheme.values else code


def _declared(before: Values, after: Values) -> str:
    entry = str(after.get("entry", ""))
    said = f" · {Entry(entry).label}" if entry in Entry.values else ""
    return f"{_scheme(after['scheme'])} · numéro {grouped(after['number'])}{said} · à compter du {_day(after)}"


def _corrected(before: Values, after: Values) -> str:
    return ", ".join(FIELDS.get(name, name) for name in after["fields"])


def _hours(before: Values, after: Values) -> str:
    was = f"{hours(before['minutes'])} → " if before.get("minutes") else ""
    moved = f" · affiliation à {THE[after['scheme']]}" if after.get("scheme") else ""
    return f"{was}{hours(after['minutes'])} par semaine, à compter du {_day(after)}{moved}"


def _left(before: Values, after: Values) -> str:
    return f"{Leaving(after['why']).label} · dernier jour le {_day(after)}"


def _count(before: Values, after: Values) -> str:
    return plural(int(after["count"]), "agent", "agents")


def _arrived(before: Values, after: Values) -> str:
    return f"{_count(before, after)} · venus de l’établissement repris : {after['from']}"


def _imported(before: Values, after: Values) -> str:
    parts = [
        plural(after["entered"], "agent affilié", "agents affiliés") if after.get("entered") else "",
        plural(after["corrected"], "fiche corrigée", "fiches corrigées") if after.get("corrected") else "",
    ]
    return " · ".join(part for part in parts if part)


def _moved(before: Values, after: Values) -> str:
    way = "partis" if after["way"] == "out" else "arrivés"
    return f"{_count(before, after)} {way} · {_day(after)}"


def _exported(before: Values, after: Values) -> str:
    return f"{_count(before, after)} · {str(after['format']).upper()}"


register(
    Kind("affiliation.declared", "Affiliation déclarée", _declared),
    Kind("affiliation.completed", "Affiliation complétée", _declared),
    Kind("agent.corrected", "Fiche d’un agent corrigée", _corrected),
    Kind("agent.hours_changed", "Heures hebdomadaires changées", _hours),
    Kind("agent.left", "Départ d’un agent déclaré", _left),
    Kind("agent.leaving_cancelled", "Départ d’un agent annulé"),
    Kind("agent.nir_shown", "NIR d’un agent affiché", kept_years=3),
    Kind("agents.arrived", "Agents venus d’un établissement repris", _arrived),
    Kind("agents.enrolled", "Agents entrés par une déclaration", _count),
    Kind("agents.exported", "Liste des agents téléchargée", _exported, kept_years=3),
    Kind("agents.imported", "Fichier d’agents importé", _imported),
    Kind("agents.moved", "Mutation de masse", _moved),
)
