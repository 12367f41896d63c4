"""RAFP: contributions on what is outside the pension's base, up to 20 % of the indexed pay cumulated since January."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from parvis.regulations.contributions.cnracl import check_one_year
from parvis.regulations.given import not_negative
from parvis.regulations.parameters import Value, value
from parvis.regulations.results import Result, Steps, total
from parvis.regulations.rounding import cut_to_cent, to_cent

SOURCE = "décret 2004-569 art. 2 ; arrêté du 26 novembre 2004 art. 15"
CET_IN_DOUBT = "Le taux propre aux jours de compte épargne-temps n’est pas établi : les taux ordinaires sont appliqués."


@dataclass(frozen=True, slots=True)
class RafpMonth:
    """A month at one employer, in euros.

    `indexed_pay`: traitement indiciaire brut, without the NBI. `accessories`: SFT, residence allowance, bonuses,
    overtime, benefits in kind, the employer's share of complementary protection. `gipa` and `cet` (days from the 16th
    on) stand outside the ceiling. Amounts below zero take back what an earlier month of the year paid too much.
    """

    period: datetime.date
    indexed_pay: Decimal
    accessories: Decimal
    gipa: Decimal = Decimal(0)
    cet: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class RafpContribution:
    """What a month owes, in euros: the base within the ceiling, the whole base, each share."""

    period: datetime.date
    capped_base: Decimal
    base: Decimal
    agent: Decimal
    employer: Decimal


@dataclass(frozen=True, slots=True)
class YearAtEmployer:
    """A calendar year of somebody at one of several employers, in euros; the GIPA and the CET are left out."""

    name: str
    indexed_pay: Decimal
    accessories: Decimal


@dataclass(frozen=True, slots=True)
class EmployerShare:
    """What one of several employers owes for a year: on its own, then by the regularisation; in euros of base."""

    name: str
    own_base: Decimal
    added_base: Decimal

    @property
    def base(self) -> Decimal:
        return self.own_base + self.added_base


@dataclass(frozen=True, slots=True)
class SeveralEmployers:
    """A year's regularisation. `central`: who gathers the figures and notifies the others; `shares`, as given."""

    central: str
    ceiling: Decimal
    shares: tuple[EmployerShare, ...]


def contribution_on(base: Decimal, *, period: datetime.date, capped: Decimal | None = None) -> Result[RafpContribution]:
    """Both shares of a base that is settled already, 5 % each, to the cent. Raises NotKnown (before 2005).

    Source: décret 2004-569 art. 3.
    """
    steps = Steps()
    return steps.close(_on(base, base if capped is None else capped, period, steps))


def year_of_contributions(months: Sequence[RafpMonth]) -> Result[tuple[RafpContribution, ...]]:
    """Each month's contribution, from January on: base of the month = min(accessories, 20 % of the indexed pay), both
    cumulated since January, less the base that earlier months used; plus GIPA and CET.

    The months are of one calendar year, in order (those without pay may be left out). Raises ValueError, NotKnown.
    Source: arrêté du 26 novembre 2004 art. 15 (« calcul mensuel cumulé glissant »), décret 2008-964 (GIPA).
    """
    check_one_year([month.period for month in months])
    steps = Steps()
    paid = accessories = used = Decimal(0)
    found: list[RafpContribution] = []
    for month in months:
        share = value("rafp.base_ceiling", on=month.period)
        paid, accessories = paid + month.indexed_pay, accessories + month.accessories
        capped = min(accessories, _limit(paid, share)) - used
        steps.add(
            "Assiette du mois : éléments accessoires cumulés depuis janvier, dans la limite de 20 % du traitement"
            " cumulé, moins l’assiette déjà retenue.",
            capped,
            SOURCE,
            share,
            periode=month.period,
            accessoires_cumules=accessories,
            plafond_cumule=_limit(paid, share),
            deja_retenu=used,
        )
        used += capped
        base = capped
        if month.gipa or month.cet:
            if month.cet:
                steps.warn(CET_IN_DOUBT)
            base = steps.add(
                "Hors plafond : garantie individuelle du pouvoir d’achat et jours de compte épargne-temps.",
                capped + month.gipa + month.cet,
                "décret 2008-964 ; rafp.fr",
                uncertain=bool(month.cet),
                gipa=month.gipa,
                cet=month.cet,
            )
        found.append(_on(base, capped, month.period, steps))
    return steps.close(tuple(found))


def several_employers(year: int, employers: Sequence[YearAtEmployer]) -> Result[SeveralEmployers]:
    """The regularisation of a year with several employers: what each owes, in euros of base.

    During the year, who serves an indexed pay contributes within 20 % of that pay; who serves none does not. After it,
    where the whole stays under 20 % of all indexed pay together, what is missing is shared between those who have
    accessories that were not counted, in proportion to these; the last cent goes to the largest of them. Raises
    ValueError (no employer, or none with an indexed pay; amounts below zero), NotKnown. Source: décret 2004-569
    art. 11.
    """
    for one in employers:
        not_negative(indexed_pay=one.indexed_pay, accessories=one.accessories)
    if not any(one.indexed_pay for one in employers):
        raise ValueError("no employer serves an indexed pay")
    steps = Steps()
    share = value("rafp.base_ceiling", on=datetime.date(year, 1, 1))
    own = [min(one.accessories, _limit(one.indexed_pay, share)) for one in employers]
    ceiling = _limit(total(one.indexed_pay for one in employers), share)
    steps.add(
        "Pendant l’année : chaque employeur qui sert un traitement cotise dans la limite de 20 % de celui-ci.",
        own,
        "décret 2004-569 art. 11 I",
        share,
    )
    left = [one.accessories - base for one, base in zip(employers, own, strict=True)]
    missing = min(ceiling - total(own), total(left))
    added = _in_proportion(missing, left)
    steps.add(
        "Après l’année : ce qui manque pour atteindre 20 % de tous les traitements, au prorata des éléments qui n’ont"
        " pas donné lieu à cotisation.",
        added,
        "décret 2004-569 art. 11 II",
        share,
        plafond=ceiling,
        manque=missing,
    )
    central = max(employers, key=lambda one: one.indexed_pay)
    return steps.close(
        SeveralEmployers(
            central.name,
            ceiling,
            tuple(EmployerShare(one.name, base, more) for one, base, more in zip(employers, own, added, strict=True)),
        )
    )


def _limit(indexed_pay: Decimal, share: Value) -> Decimal:
    # Cut, not rounded: a limit that is rounded up is exceeded.
    return cut_to_cent(indexed_pay * share.rate)


def _in_proportion(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    whole = total(weights)
    if not whole or amount <= 0:
        return [Decimal("0.00")] * len(weights)
    parts = [to_cent(amount * weight / whole) for weight in weights]
    largest = max(range(len(weights)), key=lambda place: weights[place])
    parts[largest] += amount - total(parts)
    return parts


def _on(base: Decimal, capped: Decimal, period: datetime.date, steps: Steps) -> RafpContribution:
    agent, employer = value("rafp.agent_rate", on=period), value("rafp.employer_rate", on=period)
    return RafpContribution(
        period,
        capped,
        base,
        steps.add("Part de l’agent : assiette × taux.", to_cent(base * agent.rate), "", agent),
        steps.add("Part de l’employeur : assiette × taux.", to_cent(base * employer.rate), "", employer),
    )
