"""At the limits of what a contribution takes: the first figure that passes, the first one that does not."""

import datetime
from collections.abc import Callable
from decimal import Decimal

import pytest

from parvis.regulations.contributions import cnracl, ircantec, rafp, surcotisation, training
from parvis.regulations.contributions.employer_funds import EmployerFund, employer_contribution, injury_allowance

DAY, D = datetime.date, Decimal
NOW = DAY(2026, 1, 1)


@pytest.mark.parametrize("part", ["indexed_pay", "nbi", "cti", "care_assistant_bonus", "fire_allowance"])
def test_no_part_of_a_pay_is_below_zero(part: str) -> None:
    assert cnracl.CnraclPay(**({"indexed_pay": D(0)} | {part: D(0)})).base == 0
    with pytest.raises(ValueError, match=part):
        cnracl.CnraclPay(**({"indexed_pay": D(1)} | {part: D("-0.01")}))


@pytest.mark.parametrize("amounts", [(-1, 1, 1), (1, -1, 1), (1, 1, -1)])
def test_no_amount_of_overtime_is_below_zero(amounts: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="no amount"):
        cnracl.overtime_reduction([cnracl.OvertimeMonth(NOW, *(D(one) for one in amounts))])


@pytest.mark.parametrize(
    "call",
    [
        lambda: employer_contribution(EmployerFund.ATIACL, D(1), D(-1), period=NOW, with_nbi=True),
        lambda: rafp.several_employers(2026, [rafp.YearAtEmployer("a", D(-1), D(1))]),
        lambda: training.cnfpt_contribution(D(-1), period=NOW, full_time_posts=1),
        lambda: training.cnfpt_contribution(D(1), period=NOW, full_time_posts=-1),
        lambda: training.cdg_ceiling(D(-1), period=NOW),
    ],
)
def test_what_is_below_zero_is_refused(call: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match="no amount"):
        call()


def test_months_that_follow_one_another_are_told_by_their_month_alone() -> None:
    cnracl.check_one_year([])
    cnracl.check_one_year([DAY(2026, 12, 31)])
    cnracl.check_one_year([DAY(2026, 1, 31), DAY(2026, 2, 1), DAY(2026, 12, 5)])
    for first, second in ((DAY(2026, 3, 1), DAY(2026, 3, 31)), (DAY(2026, 3, 1), DAY(2026, 2, 28))):
        with pytest.raises(ValueError, match="follow"):
            cnracl.check_one_year([first, second])
    for first, second in ((DAY(2025, 12, 1), DAY(2026, 1, 1)), (DAY(2025, 1, 1), DAY(2026, 12, 1))):
        with pytest.raises(ValueError, match="one calendar year"):
            cnracl.check_one_year([first, second])


def test_one_cent_of_nbi_is_enough_to_doubt_and_an_abolished_fund_is_not_in_doubt() -> None:
    doubt = employer_contribution(EmployerFund.ATIACL, D(1), D("0.01"), period=NOW, with_nbi=False)
    assert doubt.uncertain and doubt.warnings
    gone = employer_contribution(EmployerFund.FCCPA, D(2000), D(100), period=DAY(2011, 1, 1), with_nbi=True)
    assert gone.value == 0 and not gone.warnings


def test_the_injury_allowance_takes_a_share_from_none_to_all_and_given_figures() -> None:
    assert injury_allowance(D(0), on=DAY(2012, 1, 1)).value.amount == 0
    whole = injury_allowance(D(1), on=DAY(2012, 1, 1)).value
    assert whole.amount == whole.base
    for share in (D("-0.01"), D("1.01")):
        with pytest.raises(ValueError, match="disability"):
            injury_allowance(share, on=DAY(2012, 1, 1))
    # 250 × 60 / 12
    assert injury_allowance(D("0.5"), on=NOW, index=D(250), point_per_year=D(60)).value.amount == 625


def test_a_share_of_the_ceiling_goes_from_none_to_all() -> None:
    none = ircantec.contributions(D(1000), period=NOW, ceiling_share=D(0)).value
    assert (none.slice_a, none.slice_b) == (0, 0)  # eight times nothing
    for share in (D("-0.01"), D("1.01")):
        with pytest.raises(ValueError, match="share"):
            ircantec.contributions(D(1000), period=NOW, ceiling_share=share)


def test_one_of_several_employers_pays_from_nothing_to_everything() -> None:
    assert ircantec.share_of_ceiling(D(0), D(2)).value == 0
    assert ircantec.share_of_ceiling(D("0.50"), D(2)).value == D("0.25")
    assert ircantec.share_of_ceiling(D(2), D(2)).value == 1
    for pay, everywhere in ((D("-0.01"), D(2)), (D("2.01"), D(2)), (D(0), D(0))):
        with pytest.raises(ValueError, match="no part"):
            ircantec.share_of_ceiling(pay, everywhere)


def test_a_settled_base_is_the_capped_one_unless_it_is_said() -> None:
    assert rafp.contribution_on(D(550), period=NOW).value.capped_base == 550
    assert rafp.contribution_on(D(550), period=NOW, capped=D(400)).value.capped_base == 400


def test_the_last_cent_of_a_year_of_several_employers_goes_to_the_largest() -> None:
    def shared(*accessories: str) -> list[Decimal]:
        others = [rafp.YearAtEmployer(str(n), D(0), D(own)) for n, own in enumerate(accessories)]
        found = rafp.several_employers(2026, [rafp.YearAtEmployer("mairie", D("0.50"), D(0)), *others])
        return [one.added_base for one in found.value.shares[1:]]

    # 0.10 € for 1, 1 and 4 parts: 0.0167, 0.0167 and 0.0667 make 0.02, 0.02 and 0.07, a cent too many.
    assert shared("1", "1", "4") == [D("0.02"), D("0.02"), D("0.06")]
    assert shared("4", "1", "1") == [D("0.06"), D("0.02"), D("0.02")]
    assert shared("0", "0", "0") == [0, 0, 0]
    # Less than a euro that was not counted is shared as well.
    assert shared("0.03", "0.03", "0.02") == [D("0.03"), D("0.03"), D("0.02")]


def test_the_ceiling_of_a_year_is_that_of_its_january() -> None:
    assert rafp.several_employers(2005, [rafp.YearAtEmployer("a", D(100), D(30))]).value.ceiling == 20


def test_given_rates_take_the_place_of_those_in_force() -> None:
    # 0.5 × 10 + 80 % × (10 + 30) × 0.5
    found = surcotisation.surcotisation(D("0.5"), period=NOW, agent_rate=D(10), employer_rate=D(30))
    assert found.value == surcotisation.Surcotisation(D("21.00"), None)


def test_the_fraction_of_full_time_goes_to_all_of_it() -> None:
    assert surcotisation.surcotisation(D(1), period=NOW, employer_rate=D(30)).value.rate == D("11.10")
    for worked in (D(0), D("1.01")):
        with pytest.raises(ValueError, match="fraction"):
            surcotisation.surcotisation(worked, period=NOW, employer_rate=D(30))
    # 12 months over 0.07: 171.428…, cut; over 0.11: 109.0909…; over 0.13: 92.3077, which is not raised.
    assert surcotisation.longest_in_months(D("0.93"), on=NOW).value == D("171.42")
    assert surcotisation.longest_in_months(D("0.87"), on=NOW).value == D("92.30")


def test_no_child_gives_no_free_quarter() -> None:
    assert surcotisation.free_quarters(0, on=NOW).value == 0
    with pytest.raises(ValueError, match="children"):
        surcotisation.free_quarters(-1, on=NOW)


def test_a_contract_is_assisted_only_where_it_is_said() -> None:
    due = {told: training.cnfpt_contribution(D(2000), period=NOW, full_time_posts=1, **told_as).value
           for told, told_as in (("no", {}), ("yes", {"assisted": True}))}  # fmt: skip
    assert due == {"no": 18, "yes": 10}
