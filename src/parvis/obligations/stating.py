"""« Ce qui sert au calcul »: what somebody says of the establishment for a year; a version follows the previous one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from parvis.access.actions.guards import actor_of, locked
from parvis.access.standing import Standing
from parvis.ground import clock
from parvis.ground.pages.filters import NO_BREAK, datetime_long, number, plural
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import record, remember_name
from parvis.journal.queries import FORGOTTEN, names
from parvis.obligations.actions import refresh
from parvis.obligations.authorities import WORDS, told_by
from parvis.obligations.facts import SAID
from parvis.obligations.models import Facts
from parvis.regulations.obligations.elected_members import Authority

HISTORY_LENGTH = 100
NOTHING = "Non renseigné"
LABELS = {
    "authority": "Nature de l’établissement",
    "headcount": "Agents payés, tous statuts",
    "full_time_equivalent": "Effectif en équivalent temps plein",
    "inhabitants": "Habitants de la commune",
    "seconded": "Agents détachés",
    "called_by_fiphfp": "Effectif demandé par le FIPHFP",
    "paid_within_month": "Paie versée dans le mois",
    "pays_allowances": "Indemnités versées à des élus",
}


class Changed(Refused):
    """Somebody said something since the form was opened; nothing was written. `version` is the one there now."""

    def __init__(self, version: int) -> None:
        super().__init__(
            "Quelqu’un a modifié ces informations pendant votre saisie. La vôtre est gardée ci-dessous et n’est pas "
            "encore enregistrée : vérifiez-la, puis enregistrez."
        )
        self.version = version


@dataclass(frozen=True, slots=True)
class Stated:
    """What stands for a year: version 0 where nobody said anything for it. `said`: when and by whom."""

    year: int
    version: int
    values: Mapping[str, Any]
    said: str


@dataclass(frozen=True, slots=True)
class Version:
    """A line of the history, strings ready to show."""

    date: str
    title: str
    text: str
    actor: str


def shown(name: str, value: Any, *, hidden: bool = False) -> str:
    """A value as a French reader sees it; `hidden`: that there is one, for who may not read it."""
    if value is None or value == "":
        return NOTHING
    if hidden:
        return "Renseigné"
    if isinstance(value, bool):
        return "Oui" if value else "Non"
    if name == "authority":
        return WORDS[Authority(value)]
    if name == "full_time_equivalent":
        return f"{number(value.normalize() if value % 1 else value.quantize(1))}{NO_BREAK}ETP"
    return plural(value, "habitant", "habitants") if name == "inhabitants" else plural(value, "agent", "agents")


def asked_of(category: str, population: int | None) -> tuple[str, ...]:
    """The facts that are asked of an establishment of that legal category and population (directory), in order."""
    authority = told_by(category)
    asked = [] if authority else ["authority"]
    asked += ["headcount", "full_time_equivalent", "called_by_fiphfp", "paid_within_month"]
    if population is None and authority in (None, Authority.COMMUNE):
        asked.append("inhabitants")
    if authority in (None, Authority.STATE_BODY):
        asked.append("seconded")
    if authority is None or authority in (
        *(Authority.COMMUNE, Authority.OWN_TAX_EPCI, Authority.DEPARTMENT, Authority.REGION),
    ):
        asked.append("pays_allowances")
    return tuple(name for name in LABELS if name in asked)


def _values(row: Facts | None) -> dict[str, Any]:
    return {name: getattr(row, name) for name in SAID} if row is not None else {}


def stated(who: Standing, year: int) -> Stated:
    """What stands for the year in the establishment in scope; where nothing does, the values of a year before."""
    rows = Facts.objects.filter(establishment_id=who.establishment_id, year__lte=year)
    last = rows.order_by("-year", "-version").first()
    if last is None:
        return Stated(year, 0, {}, "")
    by = names([last.said_by]).get(last.said_by, FORGOTTEN)
    said = f"Dit pour {last.year} le {datetime_long(last.said_at)} par {by}"
    return Stated(year, last.version if last.year == year else 0, _values(last), said)


def history(who: Standing) -> list[Version]:
    """Everything that was said, latest first: who, when, what it was and what it is."""
    rows = list(Facts.objects.filter(establishment_id=who.establishment_id).order_by("year", "version"))
    called = names({row.said_by for row in rows})
    made, before = [], dict[str, Any]()
    for row in rows:
        values = _values(row)
        lines = tuple(
            f"{LABELS[name]} : {shown(name, before.get(name))} → {shown(name, values[name])}"
            if before
            else f"{LABELS[name]} : {shown(name, values[name])}"
            for name in LABELS
            if before.get(name) != values[name] and not (not before and values[name] in (None, ""))
        )
        made.append(
            Version(
                datetime_long(row.said_at), f"Pour {row.year}", " · ".join(lines), called.get(row.said_by, FORGOTTEN)
            )
        )
        before = values
    return made[::-1][:HISTORY_LENGTH]


@action
def state(*, who: Standing, year: int, values: Mapping[str, Any], version: int) -> bool:
    """Say the facts of a year, whole; what must be done is computed again at once. False: it was said already.

    Raises Changed when somebody said something else since `version`, Refused for a year that is not this one.
    """
    if year != clock.today().year:
        raise Refused("L’année a changé pendant votre saisie : rouvrez la page.")
    # Two who save at the same moment come one after the other: the second sees what the first said.
    locked(who.establishment_id)
    now = stated(who, year)
    asked = {name: values[name] for name in values if name in SAID}
    wanted = {**dict.fromkeys(SAID), "authority": "", **now.values, **asked}
    if now.version and all(now.values[name] == wanted[name] for name in SAID):
        return False
    if now.version != version:
        raise Changed(now.version)
    Facts.objects.create(
        establishment_id=who.establishment_id,
        year=year,
        version=version + 1,
        said_at=clock.now(),
        said_by=who.ref,
        **wanted,
    )
    remember_name(who.ref, who.name)
    changed = [LABELS[name] for name in LABELS if now.values.get(name) != wanted[name]]
    record("obligation.facts_said", actor=actor_of(who), after={"year": year, "fields": changed})
    refresh(who.establishment_id)
    return True
