"""The conditions of an affiliation to the CNRACL: each alone, at its edge, with its source; the scheme that follows."""

import datetime

import pytest

from parvis.regulations.affiliation import Frame, Nationality, Situation, answer, full_minutes, hours, hours_of
from parvis.regulations.pensions.categories import Category

DAY = datetime.date
USUAL = {
    "on": DAY(2026, 9, 1), "official": True, "permanent": True, "minutes": 2100,
    "nationality": Nationality.FRENCH, "born_on": DAY(1985, 4, 3),
}  # fmt: skip
CASES = [
    # What differs, the scheme, which condition fails.
    ({}, "cnracl", ""),
    ({"minutes": 1680}, "cnracl", ""),
    ({"minutes": 1679}, "ircantec", "hours"),
    ({"minutes": 1200, "other_minutes": 480}, "cnracl", ""),
    ({"minutes": 1200, "other_minutes": 479}, "ircantec", "hours"),
    ({"minutes": 720, "frame": Frame.ARTS_TEACHER}, "cnracl", ""),
    ({"minutes": 719, "frame": Frame.ARTS_TEACHER}, "ircantec", "hours"),
    ({"minutes": 960, "frame": Frame.ARTS_TEACHER}, "cnracl", ""),
    ({"minutes": 900, "frame": Frame.ARTS_ASSISTANT}, "cnracl", ""),
    ({"minutes": 899, "frame": Frame.ARTS_ASSISTANT}, "ircantec", "hours"),
    ({"minutes": 1680, "hospital": True}, "cnracl", ""),
    ({"minutes": 1500, "hospital": True}, "ircantec", "hours"),
    ({"official": False}, "ircantec", "official"),
    ({"permanent": False}, "ircantec", "permanent"),
    ({"nationality": Nationality.EUROPEAN}, "cnracl", ""),
    ({"nationality": Nationality.OTHER}, "ircantec", "nationality"),
    # The age limit: 67, 62 and 57 years, on the day itself it is reached.
    ({"born_on": DAY(1959, 9, 2)}, "cnracl", ""),
    ({"born_on": DAY(1959, 9, 1)}, "ircantec", "age"),
    ({"born_on": DAY(1964, 9, 2), "category": Category.ACTIVE}, "cnracl", ""),
    ({"born_on": DAY(1964, 9, 1), "category": Category.ACTIVE}, "ircantec", "age"),
    ({"born_on": DAY(1969, 9, 1), "category": Category.SUPER_ACTIVE}, "ircantec", "age"),
    # What nobody said: no scheme yet.
    ({"nationality": None}, "", ""),
    ({"permanent": None}, "", ""),
    ({"born_on": None}, "", ""),
    # Before a threshold is known, the first one that is.
    ({"on": DAY(2022, 12, 30), "minutes": 720, "frame": Frame.ARTS_TEACHER}, "cnracl", ""),
    ({"on": DAY(1995, 9, 1), "born_on": DAY(1970, 4, 3), "minutes": 1680}, "cnracl", ""),
    ({"on": DAY(1995, 9, 1), "born_on": DAY(1970, 4, 3), "minutes": 1679}, "ircantec", "hours"),
    ({"on": DAY(1995, 9, 1), "born_on": DAY(1970, 4, 3)}, "cnracl", ""),
]


@pytest.mark.parametrize(("change", "scheme", "failed"), CASES)
def test_each_condition(change, scheme, failed):
    found = answer(Situation(**(USUAL | change)))
    assert found.scheme == scheme
    assert [one.code for one in found.failed] == ([failed] if failed else [])
    assert bool(found.unknown) == (not scheme)
    assert found.reason.endswith(".")
    for one in found.conditions:
        assert one.rule
        assert one.found
        assert one.source


def test_what_rests_on_a_doubtful_text_says_so():
    doubtful = answer(Situation(**(USUAL | {"minutes": 1500, "hospital": True})))
    assert [one.code for one in doubtful.conditions if one.uncertain] == ["hours"]
    assert not any(one.uncertain for one in answer(Situation(**(USUAL | {"minutes": 1500}))).conditions)


def test_a_rule_that_is_younger_than_the_entry_says_since_when_it_is_known():
    for minutes, doubtful in ((1680, True), (2100, False)):
        old = answer(Situation(**(USUAL | {"on": DAY(1995, 9, 1), "minutes": minutes})))
        (found,) = [one for one in old.conditions if one.code == "hours"]
        assert found.source.endswith("règle connue depuis le 01/01/2002, appliquée à cette entrée plus ancienne")
        assert found.uncertain is doubtful
    (today,) = [one for one in answer(Situation(**(USUAL | {"minutes": 1680}))).conditions if one.code == "hours"]
    assert "connue depuis" not in today.source
    assert full_minutes(Frame.ORDINARY, DAY(1995, 9, 1)) == 2100


@pytest.mark.parametrize("change", [{"minutes": 0}, {"minutes": -1}, {"other_minutes": -60}])
def test_hours_that_are_none_are_refused(change):
    with pytest.raises(ValueError, match="above zero"):
        answer(Situation(**(USUAL | change)))


def test_hours_in_words_and_from_the_dsn():
    from decimal import Decimal

    assert hours(2100) == "35\u00a0h"
    assert hours(1050) == "17\u00a0h\u00a030"
    assert hours_of(Decimal("17.50")) == 1050
    assert full_minutes(Frame.ARTS_TEACHER, DAY(2026, 1, 1)) == 960
