"""The lines of one individual: S21.G00.30 with its contract, its payment, its bases."""

import datetime
from decimal import Decimal

from parvis.dsn.generation.anomalies import BaseRow, Sheet
from parvis.dsn.generation.months import MonthPay
from parvis.dsn.generation.posts import CNRACL, ELECTED, FULL, Agent, Employer
from parvis.dsn.writing import Cents, Writable, Writer

FULL_MONTH = Cents(15167)
IRCANTEC_BODY = "18002002600019"


def write_individual(writer: Writer, sheet: Sheet, town: Employer, pay: MonthPay, paid_on: datetime.date) -> None:
    """Everything that is declared of somebody for a month."""
    agent, who = sheet.agent, sheet.agent.identity
    writer.block(
        "S21.G00.30",
        {
            "001": sheet.nir,
            "002": sheet.surname,
            "003": who.used_name,
            "004": sheet.first_names,
            "005": "02" if who.female else "01",
            "006": sheet.born,
            "007": who.birth_place,
            "008": f"{1 + agent.rank % 120} rue de la République",
            "009": town.postcode,
            "010": who.birth_place,
            "014": who.department,
            "015": "FR",
            "019": f"M{agent.rank:06d}",
        },
    )
    _contract(writer, sheet, town)
    _payment(writer, sheet, pay, paid_on)


def _contract(writer: Writer, sheet: Sheet, town: Employer) -> None:
    agent = sheet.agent
    civil_servant = agent.regime == CNRACL or (agent.regime != ELECTED and agent.hours < 28 and agent.rank % 3 == 0)
    elected = agent.regime == ELECTED
    part_hours = sheet.hours < FULL
    month_quota = _month_hours(sheet.hours)
    fixed_term = not civil_servant and not elected and agent.rank % 4 != 0
    nature = "50" if civil_servant else "81" if elected else "10" if fixed_term else "09"
    writer.block(
        "S21.G00.40",
        {
            "001": agent.entered,
            "002": "10",
            "003": "99" if agent.regime == CNRACL else "98",
            "004": agent.grade.job,
            "006": _label(agent),
            "007": nature,
            "008": "99",
            "009": agent.contract,
            "010": datetime.date(agent.entered.year + 3, 12, 31) if fixed_term else None,
            "011": "99" if elected else "10",
            "012": None if elected else month_quota,
            "013": None if elected else Cents(month_quota * agent.part_time // 100),
            "014": "99" if elected else "10" if agent.part_time == 100 else "20" if agent.rank % 2 else "41",
            "016": "99",
            "017": "9999",
            "018": "200",
            "019": town.siret,
            "020": "120" if agent.regime == CNRACL else "200",
            "024": "99",
            "026": "99" if elected else "08" if agent.trainee else "01" if civil_servant else "02",
            "036": "01",
            "037": "01",
            "039": "401" if agent.regime == CNRACL else "200",
            "053": None if elected else "02" if part_hours else "01",
            "054": Cents(3500) if part_hours and not elected else None,
            "055": Cents(agent.part_time * 100) if agent.part_time != 100 else None,
            "056": "02" if agent.grade.active and civil_servant else "01" if civil_servant else None,
            **_indices(sheet, elected),
        },
    )
    if agent.absence and agent.absent_from and agent.absent_until and _about(sheet):
        back = agent.absent_until + datetime.timedelta(days=1)
        known = back <= sheet.month + datetime.timedelta(days=31)
        writer.block(
            "S21.G00.60",
            {
                "001": agent.absence,
                "002": agent.absent_from - datetime.timedelta(days=1),
                "003": agent.absent_until,
                "004": "01",
                "010": back if known else None,
                "011": "01" if known else None,
            },
        )
    if agent.left and agent.left.replace(day=1) == sheet.month:
        writer.block("S21.G00.62", {"001": agent.left, "002": agent.leaves_by})
    writer.block("S21.G00.71", {"002": "90000" if agent.regime == CNRACL else "IRCANTEC"})


def _indices(sheet: Sheet, elected: bool) -> dict[str, Writable | None]:
    agent = sheet.agent
    if elected:
        return {}
    return {
        "057": str(sheet.gross_index),
        "058": sheet.major_index,
        "059": Cents(agent.nbi * 100) if agent.nbi else None,
        "079": agent.grade.code,
        "080": agent.cti or None,
    }


def _about(sheet: Sheet) -> bool:
    # An absence is declared in each month that it touches.
    first, until = sheet.agent.absent_from, sheet.agent.absent_until
    after = (sheet.month.replace(day=28) + datetime.timedelta(days=4)).replace(day=1)
    return first is not None and until is not None and first < after and until >= sheet.month


def _label(agent: Agent) -> str:
    return agent.grade.label.replace("’", "'")


def _month_hours(weekly: Decimal) -> Cents:
    return FULL_MONTH if weekly == FULL else Cents((weekly * 52 / 12 * 100).quantize(Decimal(1)))


def _payment(writer: Writer, sheet: Sheet, pay: MonthPay, paid_on: datetime.date) -> None:
    agent, month = sheet.agent, sheet.month
    net = Cents(pay.gross * 80 // 100)
    own = sheet.bases[0] if sheet.bases else None
    start, end = (own.start, own.end) if own else (month, month.replace(day=28))
    writer.block(
        "S21.G00.50",
        {"001": paid_on, "002": net, "003": 1, "004": net, "006": Cents(0), "007": "13", "009": Cents(0), "013": net},
    )
    _pay(writer, agent, start, end, pay)
    for kind, amount in (("050", pay.bonus), ("049", pay.supplement)):
        if amount:
            writer.block("S21.G00.52", {"001": kind, "002": amount, "003": start, "004": end, "006": agent.contract})
    for code in ("03", "04") if agent.regime == CNRACL else ("02", "03", "04"):
        writer.block("S21.G00.78", {"001": code, "002": start, "003": end, "004": pay.gross})
    for base in sheet.bases:
        _base(writer, base)


def _pay(writer: Writer, agent: Agent, start: datetime.date, end: datetime.date, pay: MonthPay) -> None:
    period: dict[str, Writable | None] = {"001": start, "002": end, "010": agent.contract}
    writer.block("S21.G00.51", {**period, "011": "001", "013": pay.gross})
    writer.block("S21.G00.51", {**period, "011": "002", "013": pay.gross})
    writer.block("S21.G00.51", {**period, "011": "003", "013": pay.gross})
    writer.block("S21.G00.51", {**period, "011": "010", "013": pay.basic})
    if agent.regime != ELECTED:
        writer.block("S21.G00.51", {**period, "011": "021", "014": pay.rate})
    if pay.cti:
        writer.block("S21.G00.51", {**period, "011": "022", "013": pay.cti})


def _base(writer: Writer, base: BaseRow) -> None:
    writer.block("S21.G00.78", {"001": base.code, "002": base.start, "003": base.end, "004": base.amount})
    for due in base.dues:
        writer.block(
            "S21.G00.81",
            {
                "001": due.code,
                "002": IRCANTEC_BODY if base.code == "28" else None,
                "003": due.base,
                "004": due.amount,
            },
        )
