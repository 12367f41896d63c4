"""What the pairs are paid: `pensions.adjusting`, `amount`, `minimum` and `estimate` over columns, in whole cents."""

import functools
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from parvis.regulations.batch.days import (
    NEVER,
    Mask,
    Whole,
    begun_months,
    date_of,
    plus_months,
    whole_months,
)
from parvis.regulations.batch.days import day as number
from parvis.regulations.batch.eras import MISSING
from parvis.regulations.batch.pensions_law import EIGHTHS, NO_CEILING, PARTS, law
from parvis.regulations.batch.pensions_pairs import Counts, Pairs
from parvis.regulations.batch.pensions_ways import Departures, opens_by_age, required_quarters
from parvis.regulations.parameters import NotKnown
from parvis.regulations.pensions import afterwards, formulas
from parvis.regulations.rounding import to_cent

low, high = np.minimum, np.maximum
HUNDRED = 100 * EIGHTHS


@dataclass(slots=True)
class Leaving:
    """The pairs of one way, and what decides their percentage: `known` says where the required duration is."""

    pairs: Pairs
    counts: Counts
    departures: Departures
    opens_on: Whole
    required: Whole
    decote: Whole
    rate: Whole


def leaving(pairs: Pairs, counts: Counts, departures: Departures) -> Leaving:
    """The pairs that are open by a way, with their décote (in quarters, and its rate in eighths of a percent)."""
    if len(departures.places) < len(pairs):
        pairs, counts = pairs.at(departures.places), counts.at(departures.places)
    opens_on = opens_by_age(pairs, departures.category)
    required = required_quarters(pairs, departures, opens_on)
    quarters, rate = _decote(pairs, departures.category, opens_on, counts.insured, required)
    return Leaving(pairs, counts, departures, opens_on, required, quarters, rate)


def _decote(pairs: Pairs, category: int, opens_on: Whole, insured: Whole, required: Whole) -> tuple[Whole, Whole]:
    own = law()
    cell = own.openings.place(low(opens_on, pairs.effect)) * len(own.eras) + pairs.era
    rate = own.decote_rate.take(cell)
    annulment = own.categories[category].limit.take(pairs.cell) - 3 * own.before_limit.take(cell)
    to_age = formulas.begun_quarters(begun_months(pairs.effect, plus_months(pairs.birth, annulment)), low, high)
    missing = high(required - insured, 0)
    found = formulas.decote_quarters(to_age, missing, own.decote_ceiling.take(pairs.era), low, high)
    found = np.where(rate > 0, found, 0)
    if (pairs.rows.disabled_since < NEVER).any():
        found = np.where(pairs.column("disabled_since") < NEVER, 0, found)
    return found, rate


def _surcote(one: Leaving) -> Whole:
    """In eighths of a percent: quarters times their rate."""
    own, pairs, category = law(), one.pairs, law().categories[one.departures.category]
    months = category.age.take(pairs.cell) + category.surcote_months.take(pairs.era)
    reached = plus_months(pairs.birth, months)
    start = high(reached, number(own.surcote_first))
    begun = own.surcote_begun.take(pairs.era)
    after = formulas.whole_quarters(whole_months(start, pairs.until), low, high)
    if (begun > 0).any():
        also = formulas.begun_quarters(begun_months(start, pairs.until), low, high)
        after = np.where(begun > 0, also, after)
    parental = own.parental_months.take(pairs.era)
    concerned = np.flatnonzero((one.counts.for_children > 0) & (parental >= 0) & (months >= parental))
    if len(concerned):
        era, age_day = pairs.era.take(concerned), reached.take(concerned)
        from_ = plus_months(age_day, -own.parental_less.take(era))
        before = formulas.whole_quarters(whole_months(from_, low(pairs.until.take(concerned), age_day)), low, high)
        after[concerned] += low(before, own.parental_most.take(era))
    beyond = low(high(one.counts.for_surcote - one.required, 0), NO_CEILING)
    quarters: Whole = formulas.surcote_quarters(after, beyond, own.surcote_ceiling.take(pairs.era), low, high)
    return quarters * high(own.surcote_rate.take(pairs.era), 0)


def reference_pay(pairs: Pairs, money: Whole) -> Whole:
    """`estimate.reference_pay` in cents, MISSING where it is not known; `money`: the day whose values are used."""
    own = law()
    point = own.point.take(own.eras.place(low(pairs.until, money)))
    pay = np.where(point >= 0, formulas.half_up(pairs.column("index") * high(point, 0), 100), MISSING)
    deferred = np.flatnonzero((pairs.until < money) & (pay >= 0))
    if len(deferred):
        since, until = (own.eras.place(days.take(deferred)) for days in (pairs.until, money))
        pay[deferred] = _revalued(pay.take(deferred), since, until)
    return pay


def _revalued(pay: Whole, since: Whole, until: Whole) -> Whole:
    """Each pay, removal and day once, by the function of one career: the coefficients change with the eras alone."""
    eras = len(law().eras)
    keys, places = np.unique((pay * eras + since) * eras + until, return_inverse=True)
    found = [_revalued_once(key // eras**2, key // eras % eras, key % eras) for key in keys.tolist()]
    return np.array(found, dtype=np.int64)[places]


@functools.lru_cache(maxsize=262_144)
def _revalued_once(cents: int, since: int, until: int) -> int:
    start, end = (law().eras.starts[place] for place in (since, until))
    # Within an era the removal comes first all the same.
    end = max(end, date_of(number(start) + 1))
    try:
        return int(100 * to_cent(afterwards.revalued(Decimal(cents) / 100, start, end).value))
    except NotKnown:
        return MISSING


def _minimum(one: Leaving, money_era: Whole) -> Whole:
    """The minimum garanti in cents, 0 where it is not due, MISSING where its reference is not known."""
    own, scale = law(), law().minimum
    opening = own.openings.place(one.departures.opened)
    services, required = one.counts.services, high(one.required, 1)
    due = np.flatnonzero((scale.full_rate.take(opening) == 0) | (one.decote == 0))
    found = np.zeros(len(opening), dtype=np.int64)
    if not len(due):
        return found
    opening, services, required, era = (part.take(due) for part in (opening, services, required, money_era))
    short = scale.short.take(opening)
    share = scale.share.take(opening)
    parts = formulas.minimum_share(
        services,
        share,
        scale.step.take(opening),
        scale.step_after.take(opening),
        scale.threshold.take(opening),
        short,
        scale.full.take(opening),
        low,
        high,
        hundred=100 * PARTS,
    )
    # Below 15 years: services over the required duration, or a fifteenth of the part a year.
    by_services = scale.by_services.take(opening) > 0
    whole = 100 * PARTS
    above = np.where(services < short, np.where(by_services, low(services, required) * whole, share * services), parts)
    below = np.where(services < short, np.where(by_services, required, short), 1)
    reference, index = own.reference.take(era), scale.index.take(opening)
    amount = formulas.half_up(reference * index * above, own.reference_index.take(era) * whole * below)
    missing = (reference < 0) | (index < 0) | (share < 0)
    found[due] = np.where(missing, MISSING, amount)
    return found


def annual(one: Leaving, money: Whole) -> Whole:
    """The pension a year in cents, children's increase included; MISSING where something is not known."""
    own, pairs = law(), one.pairs
    pay = reference_pay(pairs, money)
    least = _minimum(one, own.eras.place(money))
    required = high(one.required, 1)
    counted = formulas.counted_quarters(
        one.counts.services,
        one.counts.bonifications,
        required,
        own.maximum.take(pairs.era),
        own.raised.take(pairs.era),
        low,
        high,
    )
    decote, surcote = one.decote * one.rate, _surcote(one)
    above, below = formulas.pension(high(pay, 0), counted, required, decote, surcote, hundred=HUNDRED)
    base = formulas.half_up(above, below)
    pension = high(base, least)
    found = pension
    if pairs.any("children_raised"):
        percent = formulas.children_share(
            pairs.column("children_raised"), own.three.take(pairs.era), own.further.take(pairs.era), low, high
        )
        more = formulas.half_up(pension * percent, 100)
        found = pension + low(more, high(pay - pension, 0))
    unknown: Mask = (one.required < 0) | (pay < 0) | (least < 0)
    return np.where(unknown, MISSING, found)


def is_free(one: Leaving) -> Mask:
    """Whether there is no décote, of a required duration that is known."""
    return (one.decote == 0) & (one.required >= 0)
