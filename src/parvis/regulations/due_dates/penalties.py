"""What declaring late, wrongly or not at all costs."""

import datetime
from decimal import Decimal

from parvis.regulations.parameters import value
from parvis.regulations.results import Result, Steps


def ircantec_penalty(agents: int, *, on: datetime.date, months: int = 1) -> Result[Decimal]:
    """The penalty in euros for agents declared late, inexactly or left out: 7.50 € each, 750 € at most a declaration.

    `months`: months late, the one begun counted as whole; the same amount again for each beyond the first. An inexact
    or missing line counts once. Raises ValueError, NotKnown. Source: baseircantec.retraites.fr, pénalités de retard.
    """
    if agents < 0 or months < 0:
        raise ValueError("agents and months are zero or more")
    steps = Steps()
    each, ceiling = value("ircantec.penalty_per_agent", on=on), value("ircantec.penalty_ceiling", on=on)
    once: Decimal = steps.add(
        "Pénalité : montant par agent, dans la limite d’une déclaration.",
        min(each.value * agents, ceiling.value),
        "",
        each,
        ceiling,
        agents=agents,
    )
    return steps.close(
        steps.add(
            "Le même montant encore pour chaque mois ou fraction au-delà du premier.",
            once * max(1, months),
            each.act,
            mois=months,
        )
    )
