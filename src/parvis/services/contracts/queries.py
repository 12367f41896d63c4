"""Reading the contracts of the establishment with the funds."""

import datetime
from dataclasses import dataclass

from parvis.establishments.funds import FUNDS, Fund
from parvis.establishments.models import Contract
from parvis.ground import clock, tenancy
from parvis.ground.pages.filters import date_long

# Where each fund publishes what employers need. The others have no site of their own.
SITES = {
    "cnracl": "https://www.cnracl.retraites.fr",
    "atiacl": "https://www.cnracl.retraites.fr",
    "ircantec": "https://www.ircantec.retraites.fr",
    "rafp": "https://www.rafp.fr",
    "fiphfp": "https://www.fiphfp.fr",
}
STATES = {"current": ("En cours", "well"), "future": ("À venir", "act"), "past": ("Terminé", "neutral")}


@dataclass(frozen=True, slots=True)
class ContractLine:
    """A contract, strings ready to show; `state` and `tone` for its badge."""

    fund: str
    fund_name: str
    number: str
    starts_on: str
    ends_on: str
    state: str
    tone: str


def state_on(day: datetime.date, starts_on: datetime.date, ends_on: datetime.date | None) -> str:
    """« current » from the first day to the last, both included; « future » before, « past » after."""
    if day < starts_on:
        return "future"
    return "past" if ends_on is not None and ends_on < day else "current"


def contracts() -> list[ContractLine]:
    """Every contract, in one statement: those in force first, then those to come, then those over, latest first."""
    today = clock.today()
    found = [
        (state_on(today, starts_on, ends_on), fund, number, starts_on, ends_on)
        for fund, number, starts_on, ends_on in Contract.objects.filter(
            establishment_id=tenancy.current().establishment
        ).values_list("fund", "number", "starts_on", "ends_on")
    ]
    states, funds = list(STATES), list(FUNDS)
    found.sort(key=lambda row: (states.index(row[0]), funds.index(row[1]), -row[3].toordinal()))
    return [
        ContractLine(
            fund=FUNDS[fund].short,
            fund_name=FUNDS[fund].name,
            number=number,
            starts_on=date_long(starts_on),
            ends_on=date_long(ends_on) if ends_on else "Sans date de fin",
            state=STATES[state][0],
            tone=STATES[state][1],
        )
        for state, fund, number, starts_on, ends_on in found
    ]


def sites(lines: list[ContractLine]) -> list[tuple[Fund, str]]:
    """The funds of these contracts that have a site for employers, in the usual order."""
    held = {line.fund for line in lines}
    return [(fund, SITES[code]) for code, fund in FUNDS.items() if fund.short in held and code in SITES]
