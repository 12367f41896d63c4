"""Several questions in one statement: each has its own answer, its own values, and all cost one way."""

import datetime
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from parvis.ground import tenancy
from parvis.ground.database.together import Question, rows, together

NUMBERS = "SELECT n, NULL::date, date '2026-02-28' + n FROM generate_series(1, %(limit)s) n ORDER BY n DESC LIMIT 2"


def listed(limit: int) -> Question[list[Any]]:
    return Question((rows(NUMBERS, 3),), {"limit": limit}, lambda found: found or [])


def test_each_question_has_its_answer_in_one_statement(db: None) -> None:
    both: Question[tuple[int, str]] = Question(
        ("SELECT %(limit)s + %(more)s", "SELECT '100 %%'"), {"limit": 5, "more": 1}, lambda one, two: (one, two)
    )
    nothing: Question[str] = Question((), {"more": 3}, lambda *found: f"{len(found)} answers")
    with tenancy.scope(person=1, read_only=True), CaptureQueriesContext(connection) as asked:
        # Twice: the second time the statement is prepared.
        found = [together(listed(3), nothing, both, listed(0)) for _ in range(2)]
        assert nothing.ask() == "0 answers"
    assert (
        found[0]
        == found[1]
        == [
            [[3, None, "2026-03-03"], [2, None, "2026-03-02"]],
            "0 answers",
            (6, "100 %"),
            [],
        ]
    )
    assert len(asked) == 2


def test_a_name_with_two_values_is_each_ones_own(db: None) -> None:
    def one(name: datetime.date | int) -> Question[Any]:
        return Question(("SELECT %(name)s",), {"name": name}, lambda found: found)

    day = datetime.date(2026, 11, 28)
    with tenancy.scope(person=1, read_only=True):
        assert together(one(1), one(day), one(2), one(1)) == [1, day, 2, 1]
