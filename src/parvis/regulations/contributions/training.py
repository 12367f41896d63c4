"""CNFPT: the employer's contribution to training, and the most that a centre de gestion may ask."""

import datetime
from decimal import Decimal

from parvis.regulations.given import not_negative
from parvis.regulations.parameters import value
from parvis.regulations.results import Result, Steps
from parvis.regulations.rounding import to_cent


def cnfpt_contribution(
    pay: Decimal, *, period: datetime.date, full_time_posts: int, assisted: bool = False
) -> Result[Decimal]:
    """The contribution on a month's pay in euros: 0.9 % since 2016 (1 % before), 0.5 % for assisted contracts.

    Due by who has a full-time post on 1 January (`full_time_posts`). Raises ValueError, NotKnown. Source:
    maisondescommunes85.fr, décret 2016-1856.
    """
    not_negative(pay=pay, full_time_posts=Decimal(full_time_posts))
    steps = Steps()
    from_posts = value("cnfpt.liable_from_posts", on=period)
    source = "maisondescommunes85.fr, cotisations"
    if full_time_posts < from_posts.value:
        return steps.close(
            steps.add("Sans emploi à temps complet au 1er janvier, rien n’est dû.", Decimal("0.00"), source, from_posts)
        )
    rate = value("cnfpt.assisted_contract_rate" if assisted else "cnfpt.employer_rate", on=period)
    return steps.close(
        steps.add("Cotisation : rémunération × taux de la période.", to_cent(pay * rate.rate), source, rate)
    )


def cdg_ceiling(pay: Decimal, *, period: datetime.date) -> Result[Decimal]:
    """The most that the compulsory contribution to a centre de gestion may be on a month's pay, in euros (0.80 %).

    The rate itself is voted by each centre. Raises ValueError, NotKnown. Source: maisondescommunes85.fr.
    """
    not_negative(pay=pay)
    rate = value("cnfpt.cdg_ceiling", on=period)
    steps = Steps()
    return steps.close(steps.add("Au plus : rémunération × taux maximal.", to_cent(pay * rate.rate), rate.act, rate))
