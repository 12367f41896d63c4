"""What an establishment's history says of its agents: schemes, days and hours; never a NIR, a birth, a nationality."""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from parvis.agents.models import Entry, Leaving, Scheme
from parvis.agents.numbers import grouped
from parvis.agents.words import THE, category_label, percent
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


def _post(said: Values) -> str:
    """A post as `writing.post_said` kept it: « 28 h sur 35 h, Rédactrice, indice brut 478 »."""
    worked = hours(said["minutes"])
    worked += f" sur {hours(said['full'])}" if said["full"] != said["minutes"] else ""
    part = Decimal(str(said["part_time"]))
    known = (
        worked,
        f"à temps partiel {percent(part)}" if part < 100 else "",
        category_label(said["category"]).lower(),
        said["grade"],
        f"indice brut {said['gross_index']}" if said["gross_index"] else "",
        f"indice majoré {said['major_index']}" if said["major_index"] else "",
    )
    return ", ".join(one for one in known if one)


def _long(day: str) -> str:
    return date_long(datetime.date.fromisoformat(day))


def _changed_post(before: Values, last: datetime.date) -> str:
    """What became of the post that another one follows, or that a departure shortens: its last day is `last`."""
    said = before.get("post")
    if not said:
        return ""
    if datetime.date.fromisoformat(said["from"]) > last:
        return f" · à la place de ce qui était dit du même jour : {_post(said)}"
    planned = f" au lieu du {_long(said['until'])}" if said["until"] is not None else ""
    return f" · fin du poste précédent ({_post(said)}) le {date_long(last)}{planned}"


def _eve(after: Values) -> datetime.date:
    return datetime.date.fromisoformat(str(after["on"])) - datetime.timedelta(days=1)


def _declared(before: Values, after: Values) -> str:
    entry = str(after.get("entry", ""))
    said = f" · {Entry(entry).label}" if entry in Entry.values else ""
    ends = "".join(f" · fin de l’affiliation à {THE[one]} la veille" for one in before.get("ends", ()))
    known = f" · fiche : {_corrected(before, after)}" if after.get("fields") else ""
    return (
        f"{_scheme(after['scheme'])} · numéro {grouped(after['number'])}{said} · à compter du {_day(after)}{ends}"
        f"{_changed_post(before, _eve(after))}{known}"
    )


def _corrected(before: Values, after: Values) -> str:
    return ", ".join(FIELDS.get(name, name) for name in after["fields"])


def _hours(before: Values, after: Values) -> str:
    was = f"{hours(before['minutes'])} → " if before.get("minutes") else ""
    moved = f" · affiliation à {THE[after['scheme']]}" if after.get("scheme") else ""
    changed = _changed_post(before, _eve(after))
    return f"{was}{hours(after['minutes'])} par semaine, à compter du {_day(after)}{moved}{changed}"


def _left(before: Values, after: Values) -> str:
    dropped = "".join(
        f" · le poste prévu à compter du {_long(one['from'])} est retiré : {_post(one)}"
        for one in before.get("dropped", ())
    )
    last = datetime.date.fromisoformat(str(after["on"]))
    return f"{Leaving(after['why']).label} · dernier jour le {_day(after)}{_changed_post(before, last)}{dropped}"


def _cancelled(before: Values, after: Values) -> str:
    if not before.get("on"):
        return ""
    why = f" · {Leaving(before['why']).label}" if before.get("why") else ""
    return f"Dernier jour annulé : le {_day(before)}{why}"


def _claimed(before: Values, after: Values) -> str:
    return f"{_scheme(after['scheme'])} · depuis le {_day(after)} · son départ est à déclarer"


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
    Kind("agent.claimed", "Agent affilié par un autre employeur", _claimed),
    Kind("agent.corrected", "Fiche d’un agent corrigée", _corrected),
    Kind("agent.hours_changed", "Heures hebdomadaires changées", _hours),
    Kind("agent.left", "Départ d’un agent déclaré", _left),
    Kind("agent.leaving_cancelled", "Départ d’un agent annulé", _cancelled),
    Kind("agent.nir_shown", "NIR d’un agent affiché", kept_years=3),
    Kind("agents.arrived", "Agents venus d’un établissement repris", _arrived),
    Kind("agents.enrolled", "Agents entrés par une déclaration", _count),
    Kind("agents.exported", "Liste des agents téléchargée", _exported, kept_years=3),
    Kind("agents.imported", "Fichier d’agents importé", _imported),
    Kind("agents.moved", "Mutation de masse", _moved),
)
