"""The accounts of the demo: a year of contributions, one payment late, one too large, one left, some that wait.

Amounts are computed from simple totals, not from agents: a year of the town's size. A declaration that was seeded has
written what is due already: its month is left as it is.
"""

import datetime
import random
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Sum

from parvis.demo import people
from parvis.demo.invented import ref_of
from parvis.establishments.models import Establishment
from parvis.ground import clock, tenancy
from parvis.journal.actions import SYSTEM
from parvis.ledger import references, sides
from parvis.ledger.actions import Entry, record_all
from parvis.ledger.bank_accounts import accounts
from parvis.ledger.models import Kind, Line, Movement
from parvis.ledger.payments.importing import import_content
from parvis.ledger.references import Target
from parvis.obligations.facts import Held, held_by
from parvis.regulations.contributions.employer_funds import EmployerFund
from parvis.regulations.parameters import value
from parvis.regulations.periods import add_months
from parvis.services.contributions.due import term
from parvis.services.contributions.following import follow
from parvis.services.contributions.models import FundDeclaration

OWNER = "parvis_owner"
MONTHS = 14
# Euros of a month's base, and the parts of it that agents and employer pay, in hundredths of a percent.
TOWN = {"cnracl": 3_462_000, "ircantec": 1_379_000, "rafp": 570_000, "atiacl": 3_462_000}
SMALL = {"cnracl": 9_840, "ircantec": 3_120, "rafp": 1_480, "atiacl": 9_840}
SHARES = {"cnracl": (1110, 3765), "ircantec": (280, 420), "rafp": (500, 500), "atiacl": (0, 40)}
FAEFM = 31_205_64


@dataclass(frozen=True, slots=True)
class Oddity:
    """What is not as usual in a month, counted back from the last one that is over."""

    fund: str
    back: int
    days_late: int = 0
    more: int = 0
    unpaid: bool = False
    said: str = ""
    on: str = ""


ODD = (
    Oddity("cnracl", 3, days_late=16),
    Oddity("ircantec", 6, days_late=41),
    Oddity("rafp", 2, more=1_842_40),
    # The transfer came, under a reference that was mistyped: it waits for an adviser.
    Oddity("ircantec", 1, said="mistyped"),
    # Paid to the account of another fund.
    Oddity("atiacl", 1, on="cnracl"),
)


def seed_contributions(establishments: dict[str, Establishment]) -> None:
    """The accounts of three employers, in the scope of the owner; after what each has declared of its size."""
    towns = {people.ANNECY: TOWN, people.ENTREVERNES: SMALL, people.DUINGT: SMALL}
    places = [establishments[siret] for siret in towns]
    with tenancy.scope(role=OWNER):
        held = held_by([one.pk for one in places], clock.today())
        dues = [
            entry
            for one in places
            for entry in _dues(one, held[one.pk], towns[one.siret], odd=one.siret == people.ANNECY)
        ]
        # What a seeded declaration wrote stands: its month is not written twice.
        there = set(Movement.objects.filter(kind=Kind.DUE).values_list("establishment_id", "fund", "month"))
        written = [one for one in dues if (one.establishment, one.fund, one.month) not in there]
        record_all(actor=SYSTEM, entries=written)
        lines = [line for one in places for line in _transfers(one, held[one.pk], odd=one.siret == people.ANNECY)]
    header = "iban;date;montant;reference;libelle;payeur;numero"
    import_content("\r\n".join([header, *lines]).encode(), "releves-de-l-annee.csv")
    follow([one.pk for one in places], tick=False)


def _months(first: datetime.date | None = None) -> list[datetime.date]:
    """The months that are over, the oldest first; from `first` on where it is given."""
    last = add_months(clock.today().replace(day=1), -1)
    count = (last.year - first.year) * 12 + last.month - first.month + 1 if first else MONTHS
    return [add_months(last, 1 - back) for back in range(count, 0, -1)]


def _declared_bases(place: Establishment) -> dict[datetime.date, int]:
    """The base, in cents, of what the CNRACL's declarations that were seeded say is due, by month."""
    rows = Line.objects.filter(establishment=place, fund="cnracl", account="contributions", movement__kind=Kind.DUE)
    parts = sum(SHARES["cnracl"])
    return {
        one["month"]: one["total"] * 10_000 // parts
        for one in rows.values("month").annotate(total=Sum("amount"))
        if one["total"] > 0
    }


def _dues(place: Establishment, held: Held, bases: dict[str, int], *, odd: bool) -> Iterator[Entry]:
    drawn = random.Random(place.siret)  # noqa: S311  (the same amounts every time)
    declared: list[FundDeclaration] = []
    told = _declared_bases(place)
    usual = sum(told.values()) // len(told) if told else 0
    first = _months()[0]
    for month in _months(datetime.date(first.year, 1, 1)):
        wave = 1 + drawn.uniform(-0.02, 0.02) + (0.04 if month.month == 12 else 0)
        for fund, base in bases.items():
            if fund != "atiacl" and (told or month < first):
                continue
            cents = round(base * wave * 100)
            if fund == "atiacl":
                # The same agents as those of the CNRACL.
                cents = told.get(month) or round(usual * wave) or cents
            agent, employer = (round(cents * part / 10_000) for part in SHARES[fund])
            if fund == "atiacl":
                made = _declaration(place, held, month, cents)
                if made is None:
                    continue
                declared.append(made)
                employer = made.amount
            yield Entry(
                *(place.pk, fund, Kind.DUE, month, sides.due(agent, employer)),
                f"fund-declaration:{month:%Y-%m}:{declared[-1].months}:1"
                if fund == "atiacl"
                else f"seed:{month:%Y-%m}",
                on=_day(add_months(month, 1), 3),
                label="Déclaration du mois",
            )
    FundDeclaration.objects.bulk_create([*declared, *_recaps(place, declared)])
    if odd:
        first = datetime.date(clock.today().year, 1, 1)
        yield Entry(
            *(place.pk, "faefm", Kind.DUE, first, sides.due(0, FAEFM), "seed:call"),
            on=_day(datetime.date(first.year, 10, 1), 12) if clock.today().month > 10 else clock.today(),
            label="Appel de cotisation de l’année",
        )


def _recaps(place: Establishment, declared: list[FundDeclaration]) -> Iterator[FundDeclaration]:
    """The years that are over: they add nothing to their periods."""
    for year in sorted({one.starts_on.year for one in declared if one.starts_on.year < clock.today().year}):
        of_year = [one for one in declared if one.starts_on.year == year]
        if sum(one.months for one in of_year) == 12:
            yield FundDeclaration(
                establishment=place,
                fund="atiacl",
                starts_on=datetime.date(year, 1, 1),
                months=12,
                version=1,
                agents=of_year[-1].agents,
                base=sum(one.base for one in of_year),
                amount=sum(one.amount for one in of_year),
                declared_at=datetime.datetime.combine(datetime.date(year + 1, 1, 18), datetime.time(11), clock.PARIS),
                declared_by=ref_of("a01"),
            )


def _declaration(place: Establishment, held: Held, month: datetime.date, cents: int) -> FundDeclaration | None:
    """What was declared to the ATIACL for the period that begins with that month."""
    about = term("atiacl", month, held)
    if about.starts_on != month or about.period.ends_before > clock.today():
        return None
    base = cents * about.months
    rate = value(f"{EmployerFund.ATIACL.value}.employer_rate", on=month).rate
    return FundDeclaration(
        establishment=place,
        fund="atiacl",
        starts_on=month,
        months=about.months,
        version=1,
        agents=max(1, round(base / about.months / 240_000)),
        base=base,
        amount=round(base * rate),
        declared_at=datetime.datetime.combine(_day(about.period.ends_before, 2), datetime.time(10), clock.PARIS),
        declared_by=ref_of("a01"),
    )


def _day(month: datetime.date, day: int) -> datetime.date:
    return min(month.replace(day=day), clock.today())


def _transfers(place: Establishment, held: Held, *, odd: bool) -> Iterator[str]:
    """A line of the bank's statement for each due date that is past."""
    banks, last = accounts(), _months()[-1]
    rows = Movement.objects.filter(establishment=place, kind=Kind.DUE).prefetch_related("lines")
    owed: dict[tuple[str, datetime.date, int], int] = {}
    for one in rows:
        about = term(one.fund, one.month, held)
        key = (one.fund, about.starts_on, about.months)
        owed[key] = owed.get(key, 0) + sum(line.amount for line in one.lines.all() if line.account == "contributions")
    for number, ((fund, starts_on, months), amount) in enumerate(sorted(owed.items()), start=1):
        about = term(fund, starts_on, held)
        back = (last.year - starts_on.year) * 12 + last.month - starts_on.month + 1
        rare = next((one for one in ODD if odd and (one.fund, one.back) == (fund, back)), Oddity(fund, back))
        if about.on is None or about.on > clock.today() or amount <= 0:
            continue
        on = about.on + datetime.timedelta(days=rare.days_late or -2)
        reference = references.reference(Target(fund, starts_on, months, place.siret))
        if rare.said == "mistyped":
            reference = f"{reference[:-2]}{(int(reference[-2]) + 1) % 10}{reference[-1]}"
        total = amount + rare.more
        iban, day = banks[rare.on or fund].iban, min(on, clock.today())
        yield (
            f"{iban};{day:%d/%m/%Y};{total // 100},{total % 100:02};{reference};Cotisations {fund.upper()};"
            f"SGC {place.name[:60]};D{place.siret[-6:]}{number:05}"
        )
