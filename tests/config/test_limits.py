"""The rules' numbers and times: one place, an operator's file, and a check before anything starts."""

import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as parvis

from parvis.config import limits
from parvis.config import settings as written
from parvis.config.limits import WrongRule, check, duration, read
from parvis.config.startup import StartupRefused, check_environment

DEFAULTS = vars(written)


def file(tmp_path: Path, text: str) -> str:
    path = tmp_path / "rules.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_rules_are_the_numbers_and_times_and_nothing_else() -> None:
    found = limits.rules(DEFAULTS)
    assert {"PARVIS_FAILURES", "PARVIS_LOCKS", "PARVIS_BROWSER_TRUST", "PARVIS_TELEPHONE_COST"} <= found
    assert not {"PARVIS_ADDRESS", "PARVIS_VERSION", "PARVIS_MAILBOX", "PARVIS_PROXIES"} & found


def test_the_rules_as_delivered_go_together() -> None:
    check(parvis)


@pytest.mark.parametrize(("text", "seconds"), [("7d", 604_800), ("1h30m", 5_400), ("90s", 90), ("2d12h", 216_000)])
def test_a_duration_reads_as_written(text: str, seconds: int) -> None:
    assert duration(text) == datetime.timedelta(seconds=seconds)


def test_an_operators_file_changes_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    changed = read(
        file(
            tmp_path, 'browser_trust = "1d"\nlocks = ["5m", "30m"]\nfailures = 4\ntelephone_cost = {sms = 4, voice = 9}'
        ),
        DEFAULTS,
    )
    assert changed == {
        "PARVIS_BROWSER_TRUST": datetime.timedelta(days=1),
        "PARVIS_LOCKS": (datetime.timedelta(minutes=5), datetime.timedelta(minutes=30)),
        "PARVIS_FAILURES": 4,
        "PARVIS_TELEPHONE_COST": {"sms": 4, "voice": 9},
    }


@pytest.mark.parametrize(
    "line",
    [
        'secret_key = "x"',
        'address = "https://elsewhere.example"',
        "unknown = 3",
        'failures = "many"',
        "failures = true",
        "browser_trust = 7",
        'browser_trust = "a week"',
        'locks = "15m"',
        "telephone_cost = {sms = 4}",
        "failures = ",
    ],
)
def test_an_unknown_rule_or_a_value_of_another_kind_is_refused_in_one_sentence(line: str, tmp_path: Path) -> None:
    with pytest.raises(WrongRule) as fault:
        read(file(tmp_path, line), DEFAULTS)
    assert "PARVIS_RULES" in str(fault.value)


def test_a_file_that_is_not_there_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(WrongRule, match="ne se lit pas"):
        read(str(tmp_path / "absent.toml"), DEFAULTS)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PARVIS_FAILURES", 0),
        ("PARVIS_PASSWORD_MINIMUM", 8),
        ("PARVIS_PASSWORD_MINIMUM_ADMINISTRATOR", 12 - 1),
        ("PARVIS_PASSWORD_MAXIMUM", 64),
        ("PARVIS_IDLE_WARNING", datetime.timedelta(minutes=30)),
        ("PARVIS_SESSION_LIMIT", datetime.timedelta(days=3)),
        ("PARVIS_CODE_DIGITS", 4),
        ("PARVIS_CODE_VALIDITY", datetime.timedelta(hours=1)),
        ("PARVIS_LOCKS", (datetime.timedelta(hours=1), datetime.timedelta(minutes=15))),
        ("PARVIS_LOCKS", ()),
        ("PARVIS_TELEPHONE_DAILY_CAP", 10),
        ("PARVIS_EXPIRY_MONTHLY_WARNING_DAY", 31),
    ],
)
def test_rules_that_do_not_go_together_stop_the_start(name: str, value: Any, settings: Any) -> None:
    setattr(settings, name, value)
    with pytest.raises(StartupRefused) as fault:
        check_environment()
    assert name in str(fault.value)
