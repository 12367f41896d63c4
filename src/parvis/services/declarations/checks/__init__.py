"""The checks of a declaration for the CNRACL, the RAFP and the Ircantec: data and one function each."""

import re
from collections.abc import Iterator
from dataclasses import replace

from parvis.services.declarations.checks import agent, contribution, period
from parvis.services.declarations.checks.case import Case, Check, Family, Found, Mend


def _typeset(text: str) -> str:
    """With the no-break spaces that French wants."""
    return re.sub(r" (?=[»;:?!×])|(?<=«) ", "\u00a0", text)


def _typed(one: Check) -> Check:
    label, means, here, payroll = map(_typeset, (one.label, one.means, one.here, one.payroll))
    return replace(one, label=label, means=means, here=here, payroll=payroll)


CHECKS: dict[str, Check] = {one.code: _typed(one) for one in (*agent.CHECKS, *period.CHECKS, *contribution.CHECKS)}
# Those that look at one individual; the others look at a whole month (`outcome`).
OF_INDIVIDUAL = tuple((one, one.look) for one in CHECKS.values() if one.look is not None)

__all__ = ["CHECKS", "Case", "Check", "Family", "Found", "Mend", "found"]


def found(case: Case) -> Iterator[tuple[Check, Found]]:
    """Everything that is wrong with an individual, each check once."""
    for check, look in OF_INDIVIDUAL:
        wrong = look(case)
        if wrong is not None:
            yield check, wrong
