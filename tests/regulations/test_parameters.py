"""Dated values: found on their day, refused before the first and after the last, never extrapolated."""

import datetime
import subprocess
import sys
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from parvis.regulations import parameters
from parvis.regulations.parameters import Confidence, NotKnown, Unit, UnknownParameter, value
from parvis.regulations.parameters.model import SchemeFile

DAY = datetime.date


def written(*values: dict[str, Any], **more: Any) -> SchemeFile:
    return SchemeFile.model_validate(
        {"scheme": "Essai", "parameters": {"rate": {"label": "Un taux", "unit": "percent", "values": values, **more}}}
    )


def at(day: str, number: str = "1.5", **more: Any) -> dict[str, Any]:
    return {"from": day, "value": number, "act": "décret d’essai", **more}


@pytest.mark.parametrize(
    ("day", "rate", "act"),
    [
        (DAY(2025, 12, 31), "34.65", "décret 2025-86"),
        (DAY(2026, 1, 1), "37.65", "décret 2025-86"),
        (DAY(2023, 12, 31), "30.65", "juris-cnracl.retraites.fr, table des taux"),
        (DAY(2024, 1, 1), "31.65", "décret 2024-49"),
    ],
)
def test_a_value_is_that_of_its_day(day: datetime.date, rate: str, act: str) -> None:
    found = value("cnracl.employer_rate", on=day)
    assert (found.value, found.act, found.planned) == (Decimal(rate), act, False)
    assert found.rate == Decimal(rate) / 100
    assert found.valid_from <= day < (found.valid_before or DAY.max)


def test_what_is_planned_says_so() -> None:
    assert value("cnracl.employer_rate", on=DAY(2027, 1, 1)).planned
    assert not value("cnracl.employer_rate", on=DAY(2026, 12, 31)).planned


def test_before_the_first_value_there_is_none() -> None:
    with pytest.raises(NotKnown, match="no value before 1947-09-19"):
        value("cnracl.employer_rate", on=DAY(1947, 9, 18))


@pytest.mark.parametrize("name", ["cnracl.nothing", "nobody.rate", "../cnracl.rate", "cnracl"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(UnknownParameter):
        value(name, on=DAY(2026, 1, 1))


@pytest.mark.parametrize("code", parameters.schemes())
def test_every_file_is_sound_and_every_value_says_where_it_comes_from(code: str) -> None:
    for name, found in parameters.scheme(code).items():
        for one in found.values:
            assert one.act.strip() and isinstance(one.confidence, Confidence) and isinstance(found.unit, Unit), name
            # On its first day each value is in force, and on the day before the one that precedes it.
            held = value(f"{code}.{name}", on=one.valid_from)
            assert (held.value, held.valid_from) == (one.value, one.valid_from)


@pytest.mark.parametrize(
    ("values", "more", "fault"),
    [
        ([at("2020-01-01"), at("2020-01-01", "2")], {}, "overlap"),
        ([at("2021-01-01"), at("2020-01-01", "2")], {}, "overlap"),
        ([at("2020-01-01", until="2020-06-01"), at("2021-01-01", "2")], {}, "gap"),
        ([at("2020-01-01", planned=True), at("2021-01-01", "2")], {}, "planned"),
        ([at("2020-01-01") | {"value": 1.5}], {}, "quotes"),
        ([at("2020-01-01") | {"act": ""}], {}, "act"),
        ([at("2020-01-01")], {"unit": "parrots"}, "unit"),
        ([at("2020-01-01")], {"known_before": "2019-01-01"}, "known_before"),
        ([], {}, "values"),
        ([at("2020-01-01", colour="red")], {}, "colour"),
    ],
)
def test_a_file_that_is_not_sound_is_refused(values: list[dict[str, Any]], more: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        written(*values, **more)


def test_reading_one_scheme_reads_no_other_and_no_django() -> None:
    code = (
        "import sys; from parvis.regulations import parameters as p; import datetime; "
        "p.value('cnracl.agent_rate', on=datetime.date(2026, 1, 1)); "
        "assert p.scheme.cache_info().currsize == 1; assert 'django' not in sys.modules; print('ok')"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "ok"
