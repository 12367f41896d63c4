"""Cases on the contributions whose base is cumulated since January: RAFP and Ircantec."""

import datetime
from decimal import Decimal
from typing import Any

from parvis.regulations.cases import Found, domain
from parvis.regulations.cases.money_words import (
    PERIODS,
    Inputs,
    by_month,
    given,
    maybe,
    months_from,
    number,
    on,
    padded,
)
from parvis.regulations.contributions import ircantec
from parvis.regulations.contributions.ircantec import IrcantecMonth
from parvis.regulations.contributions.rafp import (
    RafpMonth,
    YearAtEmployer,
    contribution_on,
    several_employers,
    year_of_contributions,
)
from parvis.regulations.parameters import value
from parvis.regulations.results import Result, total

INDEXED = ("tib", "traitement", "traitement_indiciaire", "tib_annuel", "tbi", "traitement_indiciaire_brut")
BASES = ("assiettes_mensuelles", "assiette_mensuelle", "remunerations_mensuelles", "salaires_mensuels", "assiettes")
CET_DAYS, CET_DAY = ("jours_cet", "cet_jours"), ("valeur_jour_cet", "valeur_jour", "montant_jour")
# What is in the pension's base, says how, or stands outside the ceiling: every other amount is an accessory.
NO_ACCESSORY = frozenset(
    {
        *INDEXED, *PERIODS, "nbi", "cti", "gipa", "cet", *CET_DAYS, *CET_DAY, "taux", "transfert_primes_points",
        "taux_agent", "taux_employeur", "valeur_acquisition", "base", "assiette", "plafond_pct", "cumul_tib",
        "cumul_accessoires", "cumul_base", "base_deja_retenue",
    }
)  # fmt: skip


def _accessories(inputs: Inputs) -> Decimal:
    amounts = [
        Decimal(str(amount))
        for word, amount in inputs.items()
        if word not in NO_ACCESSORY and isinstance(amount, (int, Decimal)) and not isinstance(amount, bool)
    ]
    return total(amounts) - number(inputs, "transfert_primes_points", default=0)


def _cet(inputs: Inputs) -> Decimal:
    days = maybe(inputs, *CET_DAYS)
    return number(inputs, "cet", default=0) if days is None else days * number(inputs, *CET_DAY)


@domain("rafp_contribution")
def rafp(inputs: Inputs) -> Found:
    period = on(inputs, otherwise="rafp.agent_rate")
    if given(inputs, "employeurs") is not None:
        return _employers(inputs, period)
    pays = by_month(inputs, "tib_mensuel", "tib_mensuels", "traitements_mensuels", "traitement_mensuel")
    if pays is not None:
        return _months(inputs, period, pays)
    pay = maybe(inputs, *INDEXED)
    if pay is None:
        # Without an indexed pay there is no ceiling to reckon with: the base is what is given.
        base = maybe(inputs, "base", "assiette")
        whole = _accessories(inputs) + number(inputs, "gipa", default=0) + _cet(inputs) if base is None else base
        return _rafp_found(contribution_on(whole, period=period))
    months = [RafpMonth(period, pay, _accessories(inputs), number(inputs, "gipa", default=0), _cet(inputs))]
    before = maybe(inputs, "cumul_accessoires")
    if before is not None:
        # What came before in the year, as one month of it.
        months.insert(0, RafpMonth(period.replace(month=1), number(inputs, "cumul_tib"), before))
    result = year_of_contributions(months)
    ceiling = pay * value("rafp.base_ceiling", on=period).rate
    found, steps = _rafp_found(Result(result.value[-1], result.steps))
    return {**found, "plafond_20pct": ceiling, "plafond": ceiling}, steps


def _months(inputs: Inputs, period: datetime.date, pays: list[Decimal]) -> Found:
    count = len(pays)
    accessories = by_month(inputs, "accessoires_mensuels", "primes_mensuelles", "accessoires", "primes")
    gipa, cet = by_month(inputs, "gipa_mensuels", "gipa_mensuelle", "gipa"), by_month(inputs, "cet_mensuels", "cet")
    result = year_of_contributions(
        [
            RafpMonth(*month)
            for month in zip(
                months_from(period, count),
                pays,
                padded(accessories, count),
                padded(gipa, count),
                padded(cet, count),
                strict=True,
            )
        ]
    )
    bases = [month.base for month in result.value]
    agents, employers = [month.agent for month in result.value], [month.employer for month in result.value]
    return {
        "base_mensuelle": bases,
        "cotisation_agent_mensuelle": agents,
        "cotisation_employeur_mensuelle": employers,
        "base": total(bases),
        "base_annuelle": total(bases),
        "cotisation_agent": total(agents),
        "cotisation_employeur": total(employers),
    }, result.steps


def _employers(inputs: Inputs, period: datetime.date) -> Found:
    result = several_employers(
        period.year,
        [
            YearAtEmployer(
                str(one.get("nom", place)),
                number(one, *INDEXED, default=0),
                number(one, "accessoires", "primes", "elements_accessoires", default=0),
            )
            for place, one in enumerate(inputs["employeurs"], start=1)
        ],
    )
    shares = result.value.shares
    return {
        "plafond_20pct": result.value.ceiling,
        "employeur_principal": result.value.central,
        "base": total(one.base for one in shares),
        "bases": [one.base for one in shares],
        "bases_propres": [one.own_base for one in shares],
        "regularisations": [one.added_base for one in shares],
    }, result.steps


def _rafp_found(result: Result[Any]) -> Found:
    due = result.value
    return {
        "base": due.base,
        "assiette": due.base,
        "base_plafonnee": due.capped_base,
        "cotisation_agent": due.agent,
        "cotisation_employeur": due.employer,
        "total": due.agent + due.employer,
    }, result.steps


@domain("ircantec_contribution")
def ircantec_contribution(inputs: Inputs) -> Found:
    period = on(inputs, otherwise="ircantec.a_agent_rate")
    ceiling = maybe(inputs, "pss", "pmss", "plafond", "plafond_mensuel")
    share = number(inputs, "quotite", "part_plafond", default=1)
    bases = by_month(inputs, *BASES)
    if bases is None:
        base = number(inputs, "assiette", "remuneration", "salaire", "brut", "base")
        one = ircantec.contributions(base, period=period, ceiling=ceiling, ceiling_share=share)
        return _ircantec_found(one.value), one.steps
    result = ircantec.year_of_contributions(
        [
            IrcantecMonth(month, base, ceiling, share)
            for month, base in zip(months_from(period, len(bases)), bases, strict=True)
        ]
    )
    by_word: dict[str, list[Any]] = {}
    for month in result.value:
        for word, amount in _ircantec_found(month).items():
            by_word.setdefault(word, []).append(amount)
    found: dict[str, Any] = {word: total(amounts) for word, amounts in by_word.items()}
    for word, amounts in by_word.items():
        found |= {f"{word}_mensuelle": amounts, f"{word}_mensuel": amounts, f"{word}s_mensuelles": amounts}
    return found, result.steps


def _ircantec_found(due: ircantec.IrcantecContribution) -> dict[str, Any]:
    return {
        "agent": due.agent,
        "employeur": due.employer,
        "total": due.total,
        "tranche_a": due.slice_a,
        "tranche_b": due.slice_b,
        "assiette_a": due.slice_a,
        "assiette_b": due.slice_b,
        "agent_a": due.agent_a,
        "agent_b": due.agent_b,
        "employeur_a": due.employer_a,
        "employeur_b": due.employer_b,
    }


@domain("ircantec_arrondi_versement")
def ircantec_payment(inputs: Inputs) -> Found:
    result = ircantec.payment(number(inputs, "montant", "cotisations"))
    return {"montant_verse": result.value, "montant_arrondi": result.value}, result.steps
