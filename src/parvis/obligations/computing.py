"""The law applied to facts: what there is to do, what is missing to say more, and what was taken for granted.

`parvis.regulations` computes; here its results get a key that outlives a change of the law, and what is missing gets
the place where it is said. The same facts and days are computed once a process.
"""

import datetime
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from parvis import regulations
from parvis.ground.pages.filters import MONTHS, date_long
from parvis.ground.working_days import is_working
from parvis.obligations.facts import Held
from parvis.regulations.due_dates.calendar import LIKE_CNRACL, Fund
from parvis.regulations.due_dates.schedule import Act, Establishment, Obligation, schedule
from parvis.regulations.obligations.elected_members import WITH_ALLOWANCES, Authority
from parvis.regulations.parameters import UNSURE
from parvis.regulations.periods import Period, add_months

MONTHS_AHEAD = 13


@dataclass(frozen=True, slots=True)
class Line:
    """An obligation as it is shown and kept: the fund and act by their codes, texts ready to show."""

    key: str
    fund: str
    act: str
    label: str
    period: Period
    due_on: datetime.date | None
    opens_on: datetime.date | None
    placed_on: datetime.date
    uncertain: bool
    rule: str
    source: str
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """What would have to be known, and what it would change. `where`: « facts », « headcount » or « contributions »."""

    text: str
    where: str


@dataclass(frozen=True, slots=True)
class Computed:
    """What the law says. `assumed`: sentences on what was taken for granted because nobody said otherwise."""

    lines: tuple[Line, ...]
    missing: tuple[Missing, ...]
    assumed: tuple[str, ...]


@cache
def law() -> str:
    """A digest of the packaged law, values and rules: another one means that everything is computed again."""
    digest = hashlib.sha256()
    root = Path(regulations.__file__).parent
    for path in sorted(one for one in root.rglob("*") if one.suffix in (".py", ".yaml", ".yml", ".toml", ".json")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def horizon(today: datetime.date) -> datetime.date:
    """The first day that is not computed any more: the whole of the twelfth month from now is."""
    return add_months(today.replace(day=1), MONTHS_AHEAD)


@lru_cache(maxsize=4096)
def computed(held: Held, first: datetime.date, past: datetime.date) -> Computed:
    """What must be done from the day `first` to the day before `past`."""
    found = schedule(_of_the_law(held), Period(first, past))
    lines = [_line(one) for one in found.obligations]
    missing = _merged([_missing(text, first.year) for text in found.missing])
    if held.authority is None:
        missing.insert(0, Missing(_AUTHORITY, "facts"))
    return Computed(tuple(lines), tuple(missing), tuple(_assumed(held)))


_AUTHORITY = (
    "Nature de l’établissement : la catégorie juridique ne la dit pas avec certitude. Elle décide de la déclaration au "
    "FNC, de la cotisation au FAEFM et de celle du DIF des élus, qui ne sont pas calculées sans elle."
)


def _of_the_law(held: Held) -> Establishment:
    return Establishment(
        authority=held.authority or Authority.OTHER,
        contracts=held.contracts,
        civil_servants=held.civil_servants,
        headcount=held.headcount,
        full_time_equivalent=held.full_time_equivalent,
        ircantec_last_year=dict(held.ircantec),
        inhabitants=held.inhabitants,
        pays_allowances=held.pays_allowances is not False,
        seconded=held.seconded or 0,
        called_by_fiphfp=bool(held.called_by_fiphfp),
        paid_within_month=held.paid_within_month is not False,
    )


def _assumed(held: Held) -> Iterator[str]:
    """What the law needs and nobody said, where the careful answer was taken: the earlier day, the duty and no gap."""
    dsn = held.holds(Fund.CNRACL, Fund.RAFP, Fund.IRCANTEC)
    if dsn and held.headcount is not None and held.headcount >= 50 and held.paid_within_month is None:
        yield "La paie est versée dans le mois pour lequel elle est due. Versée le mois suivant, la DSN est due le 15."
    if held.authority in WITH_ALLOWANCES and held.pays_allowances is None:
        yield "Des indemnités de fonction sont versées à des élus. Sans elles, rien n’est dû au DIF des élus."
    if held.authority is Authority.STATE_BODY and held.seconded is None and held.holds(*LIKE_CNRACL):
        yield "Aucun agent n’est détaché. Avec un agent détaché au moins, les versements à la CNRACL sont mensuels."


def _line(one: Obligation) -> Line:
    # What the DSN, the FIPHFP or an elected members' fund ask may vary from an act to another: the act is in the key.
    months = (one.period.ends_before.year - one.period.starts_on.year) * 12 + (
        one.period.ends_before.month - one.period.starts_on.month
    )
    remarks = [said if one.act is Act.PAY else said.replace("Payez avant.", "Faites-le avant.") for said in one.remarks]
    if one.due_on is not None and one.due_on.weekday() < 5 and not is_working(one.due_on):
        remarks.append("Le jour de l’échéance est férié : aucun texte lu ne dit si elle est reportée. Faites-le avant.")
    return Line(
        key=f"{one.fund.value}-{one.act.name.lower()}-{one.period.starts_on:%Y-%m}-{months}".replace("_", "-"),
        fund=one.fund.value,
        act=one.act.name.lower(),
        label=one.label,
        period=one.period,
        due_on=one.due_on,
        opens_on=one.opens_on,
        placed_on=one.placed_on,
        uncertain=one.confidence in UNSURE,
        rule=one.rule,
        source=one.source,
        remarks=tuple(remarks),
    )


def _missing(text: str, this_year: int) -> Missing:
    """A sentence of the law's on what is missing, with what knowing it would change and where it is said."""
    told = re.match(r"Ircantec, (\d{4}) ", text)
    if told and int(told[1]) > this_year:
        return Missing(
            f"Ircantec, {told[1]} : les versements seront calculés quand les cotisations de {this_year} seront "
            "connues, à déclarer en janvier.",
            "",
        )
    return Missing(_said(text), _where(text))


def _merged(missing: list[Missing]) -> list[Missing]:
    """What several funds miss alike is said once: « CNRACL, ATIACL : le nombre d’agents. … »."""
    names: dict[tuple[str, str], list[str]] = {}
    for one in missing:
        fund, _, rest = one.text.partition(" : ")
        names.setdefault((rest, one.where), []).append(fund)
    return [Missing(f"{', '.join(funds)} : {rest}", where) for (rest, where), funds in names.items()]


def _where(text: str) -> str:
    if text.startswith("Ircantec"):
        return "contributions"
    if text.endswith(": le nombre d’agents.") or text.startswith("FNC"):
        return "headcount"
    return "facts" if text.startswith(("DSN", "FIPHFP", "FAEFM")) else ""


# What each would change, in words: the law says what is missing, people ask why it matters.
_CHANGES = {
    "DSN": "Sans lui, ni le dépôt de la DSN ni ses comptes rendus ne sont calculés.",
    "FIPHFP": "À partir de 20 agents, la déclaration et la contribution sont dues du 1ᵉʳ février au 30 avril.",
    "FAEFM": "Au-delà de 1 000 habitants, une cotisation annuelle est due.",
    "FNC": "Avec un fonctionnaire au moins, une déclaration annuelle est à faire à partir de janvier.",
    "RAFP": "À partir de 10 agents, le versement est mensuel ; en dessous, il est annuel.",
    **dict.fromkeys(("CNRACL", "ATIACL", "FEH"), "De 1 à 9 agents, le versement est trimestriel ; au-delà, mensuel."),
}


def _said(text: str) -> str:
    """The law's sentence, with what knowing it would change."""
    change = next((said for fund, said in _CHANGES.items() if text.startswith(fund)), "")
    return f"{text} {change}".strip() if not text.endswith("de cette année-là.") else text


def period_in_words(period: Period) -> str:
    """« octobre 2026 », « du 1ᵉʳ octobre au 31 décembre 2026 », « année 2026 »."""
    first, last = period.starts_on, period.ends_before - datetime.timedelta(days=1)
    if (first.year, first.month) == (last.year, last.month):
        return f"{MONTHS[first.month - 1]} {first.year}"
    if first.month == 1 and first.day == 1 and (last.month, last.day) == (12, 31) and first.year == last.year:
        return f"année {first.year}"
    if first.year == last.year and first.month % 3 == 1 and last.month == first.month + 2:
        return f"{('1ᵉʳ', '2ᵉ', '3ᵉ', '4ᵉ')[first.month // 3]} trimestre {first.year}"
    return f"du {date_long(first)} au {date_long(last)}"
