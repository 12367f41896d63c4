"""Survivors' pensions: CNRACL (and State, whose rules are the same), RAFP."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from parvis.regulations.parameters import value
from parvis.regulations.results import Result, Steps
from parvis.regulations.rounding import to_cent


@dataclass(frozen=True, slots=True)
class Marriage:
    """A marriage: its months, those before the end of work, a child of it, an invalidity after it; new union since."""

    months: Decimal
    months_before_end: Decimal = Decimal(0)
    child: bool = False
    invalid_after: bool = False
    new_union: bool = False


def opens(marriage: Marriage, on: datetime.date) -> Result[bool]:
    """Whether a marriage opens the right: a child of it, 4 years, 2 years before the end of work, or an invalidity that
    came after it; and no new union (décret 2003-1306, art. 41)."""
    steps = Steps()
    years = value("cnracl_pensions.marriage_years", on=on)
    before = value("cnracl_pensions.marriage_before_end_years", on=on)
    found = not marriage.new_union and (
        marriage.child
        or marriage.invalid_after
        or marriage.months >= years.value * 12
        or marriage.months_before_end >= before.value * 12
    )
    return steps.close(
        steps.add(
            "Réversion : un enfant du mariage, ou quatre ans de mariage, ou deux ans avant la cessation d’activité, ou "
            "une invalidité survenue après le mariage; sans nouvelle union.",
            found,
            "décret 2003-1306, art. 41; CPCMR L.39",
            years,
            before,
            mois_de_mariage=marriage.months,
            mois_avant_la_cessation=marriage.months_before_end,
            enfant=marriage.child,
        )
    )


def reversion(
    pension: Decimal, marriage: Marriage, on: datetime.date, *, part: Decimal = Decimal(1)
) -> Result[Decimal]:
    """Half of the pension of who died, or 0. `part`: of this spouse, where several share by months of marriage."""
    if pension < 0 or not 0 <= part <= 1:
        raise ValueError("a pension is not below 0, a part between 0 and 1")
    steps = Steps()
    rate = value("cnracl_pensions.survivor_rate", on=on)
    due = steps.extend(opens(marriage, on))
    found = to_cent(pension * rate.rate * part) if due else Decimal(0)
    return steps.close(
        steps.add("Pension de réversion : la moitié.", found, "", rate, pension=pension, part=part, droit=due)
    )


def orphan(pension: Decimal, on: datetime.date) -> Result[Decimal]:
    """The pension of an orphan under 21: a tenth of the pension of who died."""
    steps = Steps()
    rate = value("cnracl_pensions.orphan_rate", on=on)
    return steps.close(
        steps.add("Pension temporaire d’orphelin.", to_cent(pension * rate.rate), "", rate, pension=pension)
    )


def rafp_reversion(
    benefit: Decimal, marriage: Marriage, on: datetime.date, *, as_simulated: bool = True
) -> Result[Decimal]:
    """Half of the RAFP benefit. The text has no condition of marriage; the official simulator applies that of the base
    scheme, as this does unless `as_simulated` is false. The result is uncertain where the two differ."""
    steps = Steps()
    rate = value("cnracl_pensions.rafp_survivor_rate", on=on)
    due = steps.extend(opens(marriage, on))
    found = to_cent(benefit * rate.rate) if due or not as_simulated else Decimal(0)
    return steps.close(
        steps.add(
            "Réversion du RAFP : la moitié (le simulateur officiel demande les conditions du régime de base, le texte "
            "non).",
            found,
            "décret 2004-569, art. 10",
            rate,
            prestation=benefit,
            droit=due,
            uncertain=not due,
        )
    )


def shared(marriages: dict[str, Decimal]) -> dict[str, Decimal]:
    """The part of each spouse and former spouse, by the months of their marriage. Raises ValueError for none."""
    months = sum(marriages.values(), Decimal(0))
    if months <= 0:
        raise ValueError("there is no marriage to share by")
    return {name: own / months for name, own in marriages.items()}
