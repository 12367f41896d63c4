"""FIPHFP: the obligation to employ disabled workers, the units that fill it, and the contribution for what is missing.

The private sector's contribution is here too, as a yardstick only: no public employer owes it.
"""

import datetime
import enum
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from parvis.regulations.given import not_negative, value_or_given
from parvis.regulations.parameters import Value, value
from parvis.regulations.results import Result, Steps, total
from parvis.regulations.rounding import down, to_cent

SOURCE = "service-public.fr F35536"
UNREAD = (
    "Le texte du secteur public sur le montant n’a pas été lu : multiplicateurs et SMIC sont ceux du secteur privé."
)


class Sector(enum.Enum):
    """Whose rules; the value is the name of the parameters."""

    PUBLIC = "fiphfp"
    PRIVATE = "oeth"


@dataclass(frozen=True, slots=True)
class Beneficiary:
    """A beneficiary of the obligation, paid at the reference date, whatever the number of his or her qualities."""

    after_fiftieth_birthday: bool = False
    this_year: bool = True


@dataclass(frozen=True, slots=True)
class Contribution:
    """What an employer owes for a year: the legal number, the units missing, and euros before and after deductions."""

    legal_number: int
    missing: Decimal
    gross: Decimal
    deducted: Decimal

    @property
    def net(self) -> Decimal:
        return self.gross - self.deducted


def is_liable(full_time_equivalent: Decimal, *, on: datetime.date) -> Result[bool]:
    """Whether an employer is liable: 20 agents or more in full-time equivalents, which serve for nothing else.

    Raises ValueError (below zero), NotKnown. Source: service-public F35536.
    """
    not_negative(full_time_equivalent=full_time_equivalent)
    threshold = value("fiphfp.liable_from_fte", on=on)
    steps = Steps()
    return steps.close(
        steps.add(
            "Assujettissement : 20 agents au moins en équivalent temps plein.",
            full_time_equivalent >= threshold.value,
            SOURCE,
            threshold,
            etp=full_time_equivalent,
        )
    )


def legal_number(
    headcount: int, *, on: datetime.date, mayotte: bool = False, sector: Sector = Sector.PUBLIC
) -> Result[int]:
    """How many beneficiaries the law asks for: 6 % of everybody paid (2 % in Mayotte), rounded down.

    `headcount`: persons, not full-time equivalents; agents who are not permanent and were paid for less than 6 months
    of the year are left out. Raises ValueError, NotKnown. Source: service-public F35536 (38 persons: 2).
    """
    not_negative(headcount=Decimal(headcount))
    rate = value(f"{sector.value}.obligation_rate{'_mayotte' if mayotte else ''}", on=on)
    steps = Steps()
    return steps.close(
        steps.add(
            "Nombre légal : effectif total rémunéré × taux, arrondi à l’unité inférieure.",
            down(headcount * rate.rate),
            SOURCE if sector is Sector.PUBLIC else rate.act,
            rate,
            effectif=headcount,
        )
    )


def units(beneficiaries: Sequence[Beneficiary], *, on: datetime.date) -> Result[Decimal]:
    """The units that beneficiaries make: one each; one and a half in the year of a recruitment, or a recognition, that
    comes after the 50th birthday. Raises NotKnown. Source: handipacte-occitanie.org, campaign of 2021.
    """
    more = value("fiphfp.late_recruit_units", on=on)
    counted = [more.value if one.after_fiftieth_birthday and one.this_year else Decimal(1) for one in beneficiaries]
    steps = Steps()
    return steps.close(
        steps.add(
            "Unités : une par bénéficiaire, une et demie l’année du recrutement ou de la reconnaissance après 50 ans.",
            total(counted),
            "",
            more,
            beneficiaires=len(counted),
        )
    )


def contribution(
    headcount: int,
    beneficiary_units: Decimal,
    *,
    on: datetime.date,
    deductible_units: Decimal = Decimal(0),
    deducted: Decimal = Decimal(0),
    deducted_at_most: Decimal | None = None,
    hourly_smic: Decimal | None = None,
    multiplier: Decimal | None = None,
    mayotte: bool = False,
    declared: bool = True,
    sector: Sector = Sector.PUBLIC,
) -> Result[Contribution]:
    """What is owed for a year, in euros: units missing × multiplier × hourly SMIC of a day, less deductions.

    `on`: the reference date (31 December of the year before the campaign). `deducted`: expenses in euros, up to
    `deducted_at_most` (a fraction of the gross amount). `declared` false: the flat contribution of who did not declare,
    on the whole headcount, whatever the beneficiaries and expenses. For the public sector multipliers, brackets and
    SMIC are uncertain: its text was not read, and the private one (code du travail D.5212-20) stands in. Raises
    ValueError, NotKnown.
    """
    not_negative(beneficiary_units=beneficiary_units, deductible_units=deductible_units, deducted=deducted)
    steps = Steps()
    legal = steps.extend(legal_number(headcount, on=on, mayotte=mayotte, sector=sector))
    if declared:
        missing = steps.add(
            "Unités manquantes : nombre légal, moins les bénéficiaires et les unités déductibles.",
            max(Decimal(0), legal - beneficiary_units - deductible_units),
            SOURCE,
            beneficiaires=beneficiary_units,
            unites_deductibles=deductible_units,
        )
    else:
        missing = steps.add(
            "Sans déclaration : contribution forfaitaire sur tout l’effectif, sans bénéficiaire ni dépense.",
            Decimal(legal),
            SOURCE,
        )
    times = _multiplier(headcount, multiplier, on, sector)
    smic = value_or_given("pay.smic_hourly", hourly_smic, on=on)
    if sector is Sector.PUBLIC:
        steps.warn(UNREAD)
    gross = steps.add(
        "Contribution : unités manquantes × multiplicateur × SMIC horaire.",
        to_cent(missing * times.value * smic.value),
        "",
        times,
        smic,
        uncertain=sector is Sector.PUBLIC,
    )
    most = gross if deducted_at_most is None else to_cent(gross * deducted_at_most)
    taken_off = Decimal("0.00") if not declared else min(deducted, most, gross)
    if taken_off:
        steps.add("Dépenses déductibles, dans la limite permise.", taken_off, SOURCE, depenses=deducted, limite=most)
    return steps.close(Contribution(legal, missing, gross, taken_off))


def _multiplier(headcount: int, given: Decimal | None, on: datetime.date, sector: Sector) -> Value:
    scheme = sector.value
    if given is not None:
        return value_or_given(f"{scheme}.multiplier_small", given, on=on)
    if headcount >= value(f"{scheme}.large_from", on=on).value:
        return value(f"{scheme}.multiplier_large", on=on)
    if headcount >= value(f"{scheme}.medium_from", on=on).value:
        return value(f"{scheme}.multiplier_medium", on=on)
    return value(f"{scheme}.multiplier_small", on=on)
