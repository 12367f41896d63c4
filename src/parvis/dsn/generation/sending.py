"""One file: a sending with one declaration or several, of whole months of whole towns."""

import calendar
import datetime
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import BinaryIO

from parvis.dsn.generation.anomalies import REGIMES, Anomaly, BaseRow, Sheet, plant
from parvis.dsn.generation.individuals import write_individual
from parvis.dsn.generation.months import Due, MonthPay, cents, month_pay
from parvis.dsn.generation.posts import CNRACL, ELECTED, IRCANTEC, Agent, Employer, staff
from parvis.dsn.norm import VERSIONS
from parvis.dsn.shapes import CANCELS, NOTHING, REPLACES_BY_NOTHING
from parvis.dsn.writing import Writer
from parvis.regulations.contributions import cnracl, ircantec

# A number of the Caisse des Dépôts with a right key; that of the Ircantec itself was not established.
IRCANTEC_BODY = "18002002600019"
# What a regularised agent had been paid too little the month before.
REGULARISED = Decimal("50.00")


@dataclass(frozen=True, slots=True)
class Part:
    """A declaration to be made. `kind` is one of shapes.NORMAL…; `anomalies` how many agents each fault is planted
    in; `regularised`: how many get a base attached to the month before; `agents`: how many, instead of by population;
    `order` is to grow with each declaration of the same month."""

    employer: Employer
    month: datetime.date
    kind: str = "01"
    order: int = 1
    fraction: int = 1
    fractions: int = 1
    replaces: str | None = None
    agents: int | None = None
    regularised: int = 0
    anomalies: Mapping[Anomaly, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Planted:
    """A fault that was planted: in whom (the NIR that they really have), and the line their individual begins at."""

    anomaly: Anomaly
    nir: str
    line: int


def generate(
    out: BinaryIO,
    parts: Sequence[Part],
    *,
    seed: int = 1,
    test: bool = False,
    norm: str | None = None,
    crlf: bool = False,
    made_on: datetime.date | None = None,
) -> tuple[Planted, ...]:
    """Write a file, and say what was made wrong in it. The same arguments give the same bytes; another month of the
    same seed has the same agents. `norm`: by default that of the latest month. Raises ValueError without any part."""
    if not parts:
        raise ValueError("nothing to declare")
    latest = max(part.month for part in parts)
    writer = Writer(out, crlf=crlf)
    _sending(writer, parts[0].employer, norm or _norm_of(latest), test)
    planted: list[Planted] = []
    off_by = 0
    for part in parts:
        planted += _declaration(writer, part, seed, made_on or _made_on(part.month))
        off_by += 7 * part.anomalies.get(Anomaly.BAD_TOTAL, 0)
    if off_by:
        planted.append(Planted(Anomaly.BAD_TOTAL, "", writer.rubrics + 1))
    writer.finish(rubrics_off_by=off_by)
    return tuple(planted)


def _norm_of(month: datetime.date) -> str:
    # The year's own, or the nearest that is known.
    year = f"P{month.year % 100:02d}V01"
    return min(max(year, VERSIONS[0]), VERSIONS[-1])


def _made_on(month: datetime.date) -> datetime.date:
    return month.replace(day=25)


def _sending(writer: Writer, sender: Employer, norm: str, test: bool) -> None:
    if norm not in VERSIONS:
        raise ValueError(f"the norm {norm} is not known")
    software = {"001": "Parvis générateur", "002": "Parvis", "003": "1.0"}
    what = {"005": "01" if test else "02", "006": norm, "007": "01", "008": "01"}
    writer.block("S10.G00.00", {**software, **what})
    place = {"005": sender.postcode, "006": _plain(sender.city, 50)}
    writer.block("S10.G00.01", {"001": sender.siren, "002": sender.nic, "003": _plain(sender.name, 60), **place})
    writer.block(
        "S10.G00.02",
        {"001": "02", "002": "Service de la paie", "004": "paie@mairie.example", "005": "0639980010"},
    )


def _declaration(writer: Writer, part: Part, seed: int, made_on: datetime.date) -> list[Planted]:
    town = part.employer
    people = _people(part, seed)
    writer.block(
        "S20.G00.05",
        {
            "001": "01",
            "002": part.kind,
            "003": part.fraction * 10 + part.fractions,
            "004": part.order,
            "005": part.month,
            "006": part.replaces,
            "007": made_on,
            "008": "01",
            "010": "01",
        },
    )
    writer.block(
        "S20.G00.07", {"001": "Service de la paie", "002": "0639980010", "003": "paie@mairie.example", "004": "08"}
    )
    address = {"005": town.postcode, "006": _plain(town.city, 50)}
    writer.block(
        "S21.G00.06", {"001": town.siren, "002": town.nic, "003": "8411Z", "004": "1 place de la Mairie", **address}
    )
    writer.block(
        "S21.G00.11",
        {
            "001": town.nic,
            "002": "8411Z",
            "003": "1 place de la Mairie",
            "004": town.postcode,
            "005": _plain(town.city, 50),
            "017": "02",
        },
    )
    pays = {agent.rank: month_pay(agent, part.month) for agent in people}
    _transfers(writer, part, people, pays)
    chosen = _chosen(part, people, seed)
    planted: list[Planted] = []
    for agent in people:
        faults = chosen.get(agent.rank, ())
        for anomaly in faults:
            planted.append(Planted(anomaly, agent.identity.nir, writer.rubrics + 1))
        if Anomaly.AGENT_MISSING in faults:
            continue
        sheet = _sheet(agent, part, pays[agent.rank])
        for anomaly in faults:
            plant(anomaly, sheet)
        for _ in range(1 + (Anomaly.DUPLICATE in faults)):
            write_individual(writer, sheet, town, pays[agent.rank], made_on)
    return planted


def _people(part: Part, seed: int) -> list[Agent]:
    if part.kind in {NOTHING, REPLACES_BY_NOTHING, CANCELS}:
        return []
    everybody = staff(part.employer, seed=seed, agents=part.agents)
    return [
        agent
        for agent in everybody
        if agent.present(part.month) and agent.rank % part.fractions == part.fraction % part.fractions
    ]


def _transfers(writer: Writer, part: Part, people: Iterable[Agent], pays: Mapping[int, MonthPay]) -> None:
    dues = [due for agent in people if agent.regime != CNRACL for due in pays[agent.rank].pension]
    if not dues:
        return
    amount = ircantec.payment(Decimal(sum(due.amount for due in dues)) / 100).value
    writer.block(
        "S21.G00.20",
        {
            "001": IRCANTEC_BODY,
            "005": cents(amount),
            "006": part.month,
            "007": _last_day(part.month),
            "010": "05",
        },
    )


def _chosen(part: Part, people: Sequence[Agent], seed: int) -> dict[int, list[Anomaly]]:
    # By a draw that does not depend on the month: a fault that comes back comes back in the same agent.
    chosen: dict[int, list[Anomaly]] = {}
    for anomaly, count in sorted(part.anomalies.items(), key=lambda one: one[0].name):
        if anomaly is Anomaly.BAD_TOTAL:
            continue
        draw = random.Random(f"{seed}-{part.employer.siret}-{anomaly.name}")  # noqa: S311  (invented faults)
        order = {rank: draw.random() for rank in range(1, max((agent.rank for agent in people), default=0) + 1)}
        wanted = REGIMES.get(anomaly, {CNRACL, IRCANTEC})
        able = [one for one in people if one.regime in wanted and one.rank not in chosen and one.regime != ELECTED]
        for agent in sorted(able, key=lambda one: order[one.rank])[:count]:
            chosen[agent.rank] = [anomaly]
    return chosen


def _sheet(agent: Agent, part: Part, pay: MonthPay) -> Sheet:
    who, month = agent.identity, part.month
    start, end = max(month, agent.entered), min(_last_day(month), agent.left or datetime.date.max)
    gross_index, major_index = agent.step_in(month.year)
    bases: list[BaseRow] = []
    if agent.regime == CNRACL:
        bases.append(BaseRow("48", start, end, pay.pension_base, list(pay.pension)))
        if pay.rafp_base:
            bases.append(BaseRow("49", start, end, pay.rafp_base, list(pay.rafp)))
        if agent.rank <= part.regularised:
            bases.append(_regularised(month))
    else:
        bases.append(BaseRow("28", start, end, pay.pension_base, list(pay.pension)))
    return Sheet(
        agent, month, who.nir, who.surname, who.first_names, who.born, agent.hours, gross_index, major_index, bases
    )


def _regularised(month: datetime.date) -> BaseRow:
    end = month - datetime.timedelta(days=1)
    start = end.replace(day=1)
    dues: list[Due] = []
    for part in cnracl.by_code(cnracl.CnraclPay(REGULARISED), period=start).value:
        base = cents(part.base)
        dues += [Due(part.agent_code, base, cents(part.agent)), Due(part.employer_code, base, cents(part.employer))]
    return BaseRow("48", start, end, cents(REGULARISED), dues)


def _last_day(month: datetime.date) -> datetime.date:
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def _plain(text: str, longest: int) -> str:
    # What ISO-8859-1 has no letter for.
    text = text.replace("’", "'").replace("œ", "oe").replace("Œ", "OE").replace("Ÿ", "Y")
    return text.encode("iso-8859-1", "ignore").decode("iso-8859-1")[:longest].strip()
