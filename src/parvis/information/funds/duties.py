"""What an employer owes each fund, in words: the numbers and their sources are those of `regulations.parameters`."""

import datetime
from dataclasses import dataclass

from parvis.ground.pages.filters import MONTHS, NO_BREAK, number
from parvis.regulations.parameters import Value, value

LIKE_CNRACL = ("cnracl", "atiacl", "feh")


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing to do: what, by when, where that is read.

    `to_check`: it was derived, or sources disagree; it is then said to be checked with the fund, and not asserted.
    """

    what: str
    when: str
    source: str
    to_check: bool


class _Read:
    """The parameters in force on a day, and those that were asked for."""

    def __init__(self, day: datetime.date) -> None:
        self.day = day
        self.used: list[Value] = []

    def __call__(self, name: str) -> int:
        found = value(name, on=self.day)
        self.used.append(found)
        return int(found.value)

    def date(self, name: str) -> str:
        day = self(f"{name}_day")
        return f"{'1ᵉʳ' if day == 1 else day} {self.month(name)}"

    def month(self, name: str) -> str:
        return MONTHS[self(f"{name}_month") - 1]

    def duty(self, what: str, when: str) -> Duty:
        acts = dict.fromkeys(one.act for one in self.used)
        uncertain, self.used = any(one.uncertain for one in self.used), []
        return Duty(what, when, f"{NO_BREAK}; ".join(acts), uncertain)


def duties(fund: str, day: datetime.date) -> list[Duty]:
    """What is known of the duties towards that fund on that day; nothing is made up where nothing is known."""
    read = _Read(day)
    if fund in LIKE_CNRACL:
        return _like_cnracl(fund, read)
    return {"ircantec": _ircantec, "rafp": _rafp, "fiphfp": _fiphfp, "fnc": _fnc, "faefm": _faefm}[fund](read)


def _like_cnracl(fund: str, read: _Read) -> list[Duty]:
    up_to = read("cnracl.quarterly_up_to_agents")
    found = [
        read.duty(
            "Verser les cotisations",
            f"Au plus tard le {read('cnracl.due_day')} du mois qui suit{NO_BREAK}: chaque mois au-delà de "
            f"{up_to}{NO_BREAK}agents, chaque trimestre jusqu’à {up_to}.",
        )
    ]
    if fund == "cnracl":
        return [*found, _declare()]
    return [*found, read.duty("Déclarer les cotisations de l’année passée", f"En {read.month('cnracl.recap')}.")]


def _declare() -> Duty:
    return Duty(
        "Déclarer les agents et leurs cotisations",
        "Chaque mois, dans la déclaration sociale nominative (DSN).",
        "",
        False,
    )


def _ircantec(read: _Read) -> list[Duty]:
    monthly, quarterly = number(read("ircantec.monthly_above")), number(read("ircantec.quarterly_above"))
    day = read("ircantec.due_day")
    return [
        read.duty(
            "Verser les cotisations",
            f"Selon ce qui a été versé l’année passée{NO_BREAK}: plus de {monthly}{NO_BREAK}€, le {day} de chaque mois "
            f"qui suit{NO_BREAK}; plus de {quarterly}{NO_BREAK}€, le {day} du mois qui suit le trimestre{NO_BREAK}; "
            f"moins, le {read.date('ircantec.yearly_due')} de l’année suivante.",
        ),
        _declare(),
    ]


def _rafp(read: _Read) -> list[Duty]:
    agents = read("rafp.monthly_from_agents")
    return [
        read.duty(
            "Verser les cotisations",
            f"À partir de {agents}{NO_BREAK}agents, le {read('rafp.due_day')} de chaque mois qui suit{NO_BREAK}; "
            f"en dessous, une fois par an, le {read.date('rafp.yearly_due')}.",
        ),
        _declare(),
    ]


def _fiphfp(read: _Read) -> list[Duty]:
    liable = read("fiphfp.liable_from_fte")
    return [
        read.duty(
            "Déclarer l’emploi de personnes handicapées, et payer la contribution s’il y en a une",
            f"Du {read.date('fiphfp.opens')} au {read.date('fiphfp.due')}, à partir de {liable}{NO_BREAK}agents en "
            "équivalent temps plein.",
        )
    ]


def _fnc(read: _Read) -> list[Duty]:
    return [
        read.duty(
            "Déclarer le supplément familial de traitement versé",
            f"Chaque année, à partir de {read.month('fnc.opens')}. La date de clôture est non renseignée.",
        )
    ]


def _faefm(read: _Read) -> list[Duty]:
    above, month = number(read("elected.faefm_above_inhabitants")), read.month("elected.faefm_before")
    return [
        read.duty(
            "Verser la cotisation sur les indemnités des élus",
            f"Chaque année, avant le 1ᵉʳ {month}, au-dessus de {above}{NO_BREAK}habitants.",
        )
    ]
