"""On which days somebody is warned: Sundays, Februaries, runs that were missed, days that moved."""

import datetime
from typing import Any

import pytest

from parvis.access.expiry.stages import horizon, month_before, stage_due, stages

DAY = datetime.timedelta(days=1)
LONG_AGO = datetime.date(2020, 1, 1)


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def told(
    expires: str, first: str, until: str, *, missed: tuple[str, ...] = (), last: bool = False
) -> list[tuple[str, str]]:
    """What a run on each day tells, once each, but on the days that are missed."""
    sent: dict[str, str] = {}
    today = day(first)
    while today <= day(until):
        if today.isoformat() not in missed:
            stage = stage_due(today, day(expires), since=LONG_AGO, last=last)
            if stage:
                sent.setdefault(stage, today.isoformat())
        today += DAY
    return [(when, stage) for stage, when in sent.items()]


@pytest.mark.parametrize(
    ("expires", "expected"),
    [
        ("2026-12-15", "2026-11-20"),
        ("2027-01-01", "2026-12-20"),
        ("2027-03-31", "2027-02-20"),
        ("2027-03-01", "2027-02-20"),
        # The 20th of December 2026 is a Sunday: a day like others.
        ("2027-01-10", "2026-12-20"),
        ("2028-02-29", "2028-01-20"),
    ],
)
def test_first_warning_leaves_on_the_20th_of_the_month_before(expires: str, expected: str) -> None:
    assert month_before(day(expires)) == day(expected)


def test_a_day_that_a_short_month_lacks_is_its_last(settings: Any) -> None:
    settings.PARVIS_EXPIRY_MONTHLY_WARNING_DAY = 30
    assert month_before(day("2027-03-15")) == day("2027-02-28")
    assert month_before(day("2028-03-15")) == day("2028-02-29")


def test_three_warnings_leave_each_on_its_day() -> None:
    assert told("2027-03-02", "2027-01-01", "2027-03-31") == [
        ("2027-02-20", "mois"),
        ("2027-02-23", "jour-7"),
        ("2027-03-01", "jour-1"),
    ]


def test_a_run_that_was_missed_is_made_up_for_by_the_next_and_once() -> None:
    assert told("2027-03-25", "2027-02-19", "2027-03-31", missed=("2027-02-20", "2027-02-21", "2027-03-24")) == [
        ("2027-02-22", "mois"),
        ("2027-03-18", "jour-7"),
        ("2027-03-25", "jour-1"),
    ]


def test_of_several_warnings_that_were_missed_the_latest_alone_leaves() -> None:
    assert told("2027-03-25", "2027-03-24", "2027-04-30") == [("2027-03-24", "jour-1")]


def test_nothing_leaves_before_the_first_day_or_after_the_last() -> None:
    assert told("2027-03-25", "2026-06-01", "2027-02-19") == []
    assert told("2027-03-25", "2027-03-26", "2027-12-31") == []


def test_what_was_due_when_the_account_was_made_or_renewed_is_not_told() -> None:
    expires = day("2027-03-05")
    made = day("2027-02-25")
    assert stage_due(made + DAY, expires, since=made, last=False) == "jour-7"
    made = day("2027-02-26")
    assert stage_due(made + DAY, expires, since=made, last=False) == ""
    assert stage_due(expires - DAY, expires, since=made, last=False) == "jour-1"


def test_the_last_administrator_is_warned_more_often_and_each_week_once_the_day_has_passed(settings: Any) -> None:
    settings.PARVIS_RENEWAL_WARNING_DAYS = (60, 30, 3)
    assert told("2027-03-31", "2027-01-01", "2027-04-20", last=True) == [
        ("2027-01-30", "jour-60"),
        ("2027-02-20", "mois"),
        ("2027-03-01", "jour-30"),
        ("2027-03-24", "jour-7"),
        ("2027-03-28", "jour-3"),
        ("2027-03-30", "jour-1"),
        ("2027-04-01", "retard-0"),
        ("2027-04-07", "retard-1"),
        ("2027-04-14", "retard-2"),
    ]


def test_no_warning_is_due_before_the_horizon() -> None:
    expires = day("2027-03-31")
    assert min(when for when, _ in stages(expires, last=True)) >= expires - datetime.timedelta(days=horizon())
