"""What can be made wrong on purpose in a declaration: faults of the matter, as employers make them."""

import datetime
import enum
from collections.abc import Callable, Container
from dataclasses import dataclass, replace
from decimal import Decimal

from parvis.dsn.generation.months import Due, cents
from parvis.dsn.generation.posts import CNRACL, IRCANTEC, Agent
from parvis.dsn.writing import Cents
from parvis.regulations.parameters import value
from parvis.regulations.rounding import to_cent


class Anomaly(enum.Enum):
    """A chosen fault, with what it is in French."""

    UNKNOWN_AGENT = "agent inconnu : NIR qu’aucun régime ne connaît"
    WRONG_NIR = "NIR d’un agent connu, avec une erreur de saisie"
    SWAPPED_NAMES = "nom et prénoms intervertis"
    WRONG_HOURS = "temps non complet sous 28 heures pour un affilié de la CNRACL"
    WRONG_RATE = "cotisations CNRACL au taux de l’année précédente"
    WRONG_AMOUNT = "retenue CNRACL fausse de dix euros"
    RAFP_CEILING = "assiette RAFP au-delà de 20 % du traitement"
    WRONG_SLICE = "assiette Ircantec en tranche B sous le plafond"
    OVERLAP = "deux périodes de la même assiette qui se chevauchent"
    MISSING_BASE = "agent affilié sans assiette CNRACL"
    AGENT_MISSING = "agent du mois précédent qui n’est plus déclaré, sans fin de contrat"
    IMPOSSIBLE_AGE = "agent trop jeune pour travailler"
    BIRTH_MISMATCH = "année de naissance qui n’est pas celle du NIR"
    DUPLICATE = "même agent déclaré deux fois"
    WRONG_INDEX = "indice majoré hors des bornes"
    BAD_TOTAL = "total de fin de fichier faux"


# These are refused by the reader itself; the others are for the checks of the schemes.
OF_THE_FILE = frozenset({Anomaly.BIRTH_MISMATCH, Anomaly.DUPLICATE, Anomaly.WRONG_INDEX, Anomaly.BAD_TOTAL})


@dataclass(slots=True)
class Sheet:
    """What is about to be written of an agent in a month, before it is made wrong."""

    agent: Agent
    month: datetime.date
    nir: str
    surname: str
    first_names: str
    born: datetime.date
    hours: Decimal
    gross_index: int
    major_index: int
    bases: list["BaseRow"]


@dataclass(slots=True)
class BaseRow:
    """A base as S21.G00.78 lists it, with the contributions under it."""

    code: str
    start: datetime.date
    end: datetime.date
    amount: Cents
    dues: list[Due]


# Whom a fault can be planted in.
REGIMES = {
    Anomaly.WRONG_HOURS: {CNRACL},
    Anomaly.WRONG_RATE: {CNRACL},
    Anomaly.WRONG_AMOUNT: {CNRACL},
    Anomaly.RAFP_CEILING: {CNRACL},
    Anomaly.OVERLAP: {CNRACL},
    Anomaly.MISSING_BASE: {CNRACL},
    Anomaly.WRONG_INDEX: {CNRACL},
    Anomaly.WRONG_SLICE: {IRCANTEC},
}


def plant(anomaly: Anomaly, sheet: Sheet) -> None:
    """Make a sheet wrong. What is not of one sheet (agent left out, twice, total) changes nothing here."""
    fault = _FAULTS.get(anomaly)
    if fault:
        fault(sheet)


def _unknown(sheet: Sheet) -> None:
    sheet.nir = sheet.nir[:7] + f"{990 - sheet.agent.rank % 90:03d}{899 - sheet.agent.rank % 90:03d}"


def _mistyped(sheet: Sheet) -> None:
    # Two figures of the order number changed places, or its last one is another.
    tail = sheet.nir[10] + sheet.nir[12] + sheet.nir[11]
    sheet.nir = sheet.nir[:10] + (tail if tail != sheet.nir[10:] and tail != "000" else sheet.nir[10:12] + "7")


def _swapped(sheet: Sheet) -> None:
    sheet.surname, sheet.first_names = sheet.first_names.upper(), sheet.surname.capitalize()


def _hours(sheet: Sheet) -> None:
    sheet.hours = Decimal(24)


def _rate(sheet: Sheet) -> None:
    before = sheet.month.replace(year=sheet.month.year - 1)
    agent, employer = value("cnracl.agent_rate", on=before), value("cnracl.employer_rate", on=before)
    rates = {"300": agent, "304": agent, "309": agent, "301": employer, "305": employer, "310": employer}
    _rewrite(sheet, lambda due: cents(to_cent(Decimal(due.base) / 100 * rates[due.code].rate)), rates)


def _amount(sheet: Sheet) -> None:
    _rewrite(sheet, lambda due: Cents(due.amount + 1000), {"300"})


def _rewrite(sheet: Sheet, amount: Callable[[Due], Cents], codes: Container[str]) -> None:
    for base in sheet.bases:
        base.dues = [replace(due, amount=amount(due)) if due.code in codes else due for due in base.dues]


def _ceiling(sheet: Sheet) -> None:
    pension = sum(base.amount for base in sheet.bases if base.code == "48")
    for base in sheet.bases:
        if base.code == "49":
            base.amount = Cents(pension * 3 // 10)
            five = cents(to_cent(Decimal(base.amount) / 100 * Decimal("0.05")))
            base.dues = [Due(due.code, base.amount, five) for due in base.dues]


def _slice(sheet: Sheet) -> None:
    def due(code: str, slice_: str, base: Cents) -> Due:
        rates = [value(f"ircantec.{slice_}_{who}_rate", on=sheet.month).rate for who in ("agent", "employer")]
        return Due(code, base, cents(sum((to_cent(Decimal(base) / 100 * rate) for rate in rates), Decimal(0))))

    for base in sheet.bases:
        if base.code == "28":
            half = Cents(base.amount // 2)
            base.dues = [due("060", "a", half), due("061", "b", Cents(base.amount - half))]


def _overlap(sheet: Sheet) -> None:
    again = [base for base in sheet.bases if base.code == "48"][:1]
    for base in again:
        start = base.start.replace(day=min(15, base.end.day))
        sheet.bases.append(BaseRow(base.code, start, base.end, base.amount, list(base.dues)))


def _no_base(sheet: Sheet) -> None:
    sheet.bases = [base for base in sheet.bases if base.code != "48"]


def _age(sheet: Sheet) -> None:
    sheet.born = sheet.born.replace(year=sheet.month.year - 11, day=min(sheet.born.day, 28))
    sheet.nir = f"{sheet.nir[0]}{sheet.born.year % 100:02d}{sheet.nir[3:]}"


def _birth(sheet: Sheet) -> None:
    sheet.born = sheet.born.replace(year=sheet.born.year + 1, day=min(sheet.born.day, 28))


def _index(sheet: Sheet) -> None:
    sheet.major_index = 37


_FAULTS: dict[Anomaly, Callable[[Sheet], None]] = {
    Anomaly.UNKNOWN_AGENT: _unknown,
    Anomaly.WRONG_NIR: _mistyped,
    Anomaly.SWAPPED_NAMES: _swapped,
    Anomaly.WRONG_HOURS: _hours,
    Anomaly.WRONG_RATE: _rate,
    Anomaly.WRONG_AMOUNT: _amount,
    Anomaly.RAFP_CEILING: _ceiling,
    Anomaly.WRONG_SLICE: _slice,
    Anomaly.OVERLAP: _overlap,
    Anomaly.MISSING_BASE: _no_base,
    Anomaly.IMPOSSIBLE_AGE: _age,
    Anomaly.BIRTH_MISMATCH: _birth,
    Anomaly.WRONG_INDEX: _index,
}
