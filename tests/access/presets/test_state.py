"""What a model makes of what somebody holds, and the platform's models."""

import datetime

import pytest

from parvis.access.actions.creation import Grant
from parvis.access.levels import Level
from parvis.access.presets.platform import PLATFORM, read
from parvis.access.presets.state import Known, Way, after, said, steps
from parvis.access.registry import Service, Theme, catalogue
from tests.access.presets.hands import FUNDS

TODAY = datetime.date(2026, 11, 28)
READ, WRITE = Level.READ, Level.WRITE
THEME = Theme("carriere", "Carrière", 30)


def service(code: str, *levels: Level, theme: Theme = THEME, funds: frozenset[str] = frozenset()) -> Service:
    offered = dict.fromkeys(levels or (READ, WRITE), "Aide.")
    return Service(code, code.capitalize(), theme, "Phrase.", offered, "inbox:home", funds=funds)


SERVICES = [service("a"), service("b"), service("c")]
MODEL = Known("m", "Modèle", "", own=True, levels={"a": WRITE, "b": READ})


def outcome(way: Way, *grants: Grant) -> dict[str, tuple[Level, datetime.date | None, str]]:
    then = after(MODEL, grants, way, services=SERVICES, today=TODAY)
    return {one.service: (one.level, one.ends_on, one.origin) for one in then}


def test_each_way_from_nothing_gives_what_the_model_gives() -> None:
    for way in Way:
        assert outcome(way) == {"a": (WRITE, None, "m"), "b": (READ, None, "m")}


def test_completing_takes_and_lowers_nothing() -> None:
    assert outcome(Way.COMPLETE, Grant("a", READ), Grant("b", WRITE, origin="x"), Grant("c", READ)) == {
        "a": (WRITE, None, "m"),
        "b": (WRITE, None, "x"),
        "c": (READ, None, ""),
    }


def test_replacing_leaves_just_the_model() -> None:
    assert outcome(Way.REPLACE, Grant("a", READ), Grant("b", WRITE, origin="x"), Grant("c", READ)) == {
        "a": (WRITE, None, "m"),
        "b": (READ, None, "m"),
    }


def test_aligning_takes_what_came_from_the_model_and_leaves_what_came_from_elsewhere() -> None:
    assert outcome(Way.ALIGN, Grant("b", WRITE, origin="m"), Grant("c", READ, origin="m")) == {
        "a": (WRITE, None, "m"),
        "b": (READ, None, "m"),
    }
    assert outcome(Way.ALIGN, Grant("b", WRITE, origin="x"), Grant("c", READ, origin="x")) == {
        "a": (WRITE, None, "m"),
        "b": (WRITE, None, "x"),
        "c": (READ, None, "x"),
    }
    # What somebody raised by hand is a difference like any other.
    assert outcome(Way.ALIGN, Grant("b", WRITE))["b"] == (READ, None, "m")


def test_right_at_the_level_keeps_its_dates_unless_it_is_over() -> None:
    soon, gone = TODAY + datetime.timedelta(3), TODAY - datetime.timedelta(1)
    for way in Way:
        assert outcome(way, Grant("a", WRITE, ends_on=soon))["a"] == (WRITE, soon, "m")
        assert outcome(way, Grant("a", WRITE, ends_on=gone))["a"] == (WRITE, None, "m")


def test_steps_say_before_and_after_in_the_catalogue_order() -> None:
    held = [Grant("c", READ, ends_on=datetime.date(2027, 1, 31)), Grant("a", READ)]
    then = after(MODEL, held, Way.REPLACE, services=SERVICES, today=TODAY)
    assert [(one.service, one.before, one.after, one.gives) for one in steps(held, then, SERVICES)] == [
        ("A", "Lecture seule", "Modification", True),
        ("B", "Aucun", "Lecture seule", True),
        ("C", "Lecture seule jusqu’au 31/01/2027", "Aucun", False),
    ]
    assert said(Grant("a", WRITE, starts_on=TODAY)) == "Modification à partir du 28/11/2026"


# --- The platform's --------------------------------------------------------------------------------------------------
def test_platform_offers_the_four_models_of_the_issue() -> None:
    assert [one.name for one in PLATFORM.values()] == [
        "Gestionnaire RH",
        "Gestionnaire retraite",
        "Paie et cotisations",
        "Direction, lecture",
    ]


def test_every_service_of_the_catalogue_is_readable_by_management_and_in_a_model_that_works_on_it() -> None:
    for one in catalogue(FUNDS):
        assert PLATFORM["direction-lecture"].level(one) is READ
        highest = max(level for level in one.levels)
        assert max(preset.level(one) for preset in PLATFORM.values()) == highest


def test_service_that_opens_later_enters_the_models_by_its_theme_and_fund() -> None:
    career, pay = service("carrieres"), service("dsn", theme=Theme("declarations", "Déclarations", 40))
    aid = service("aides", READ, theme=THEME)
    assert PLATFORM["gestionnaire-rh"].level(career) is WRITE
    assert PLATFORM["paie-et-cotisations"].level(pay) is WRITE
    assert PLATFORM["gestionnaire-rh"].level(aid) is READ
    assert PLATFORM["paie-et-cotisations"].level(career) is Level.NONE
    handicap = service("doeth", theme=pay.theme, funds=frozenset({"fiphfp"}))
    assert PLATFORM["gestionnaire-retraite"].level(pay) is READ
    assert PLATFORM["gestionnaire-retraite"].level(handicap) is Level.NONE


def test_level_that_a_service_does_not_offer_is_lowered_and_never_raised() -> None:
    assert PLATFORM["direction-lecture"].level(service("ecrire", WRITE)) is Level.NONE


@pytest.mark.parametrize(
    "rule",
    [
        'level = "tout"',
        'level = "aucun"',
        'level = "lecture"\nfunds = ["inconnu"]',
        'level = "lecture"\ntheme = "a"',
        "",
    ],
)
def test_file_that_says_something_wrong_is_refused_at_start_up(rule: str) -> None:
    head = '[[model]]\ncode = "a"\nname = "A"\npurpose = "P"\n'
    assert read(f'{head}[[model.rule]]\nlevel = "lecture"')["a"].name == "A"
    with pytest.raises((ValueError, KeyError)):
        read(f"{head}[[model.rule]]\n{rule}")
    twice = f'{head}[[model.rule]]\nlevel = "lecture"\n'
    with pytest.raises(ValueError):
        read(twice + twice)
