"""`parvis dsn generate`: files of real communes, and the errors of who types it."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.dsn.files import problems
from tests.dsn.second_reader import check

ANNECY = "20006340200016"


def _run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("dsn", "generate", *arguments, stdout=out)
    return out.getvalue()


def test_files_are_written_month_after_month(tmp_path: Path) -> None:
    """One a month; the faults asked for are said with their lines; twice is the same."""
    options = ["--siret", ANNECY, "--month", "2025-12", "--months", "2", "--agents", "12", "--anomaly", "wrong_rate:2"]
    said = _run(str(tmp_path / "a"), *options)
    _run(str(tmp_path / "b"), *options)
    names = [f"dsn-{ANNECY}-{month}.txt" for month in ("202512", "202601")]
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == names
    assert said.count("taux de l’année précédente") == 4 and "Commune d'Annecy, 01/2026" in said
    for name in names:
        content = (tmp_path / "a" / name).read_bytes()
        check(content)
        assert problems(content) == [] and content == (tmp_path / "b" / name).read_bytes()


def test_months_of_years_without_a_norm_are_written(tmp_path: Path) -> None:
    """By the nearest norm, under the last ceiling that is known: the demo's clock goes where it likes."""
    for month in ("2024-02", "2028-05"):
        _run(str(tmp_path), "--siret", ANNECY, "--month", month, "--agents", "30")
    assert all(problems(path.read_bytes()) == [] for path in tmp_path.iterdir())


@pytest.mark.parametrize(
    "arguments",
    [
        ("--month", "2026-13"),
        ("--month", "2026-01", "--siret", "00000000000000"),
        ("--month", "2026-01", "--months", "0", "--siret", ANNECY),
        ("--month", "2026-01", "--anomaly", "nothing"),
    ],
)
def test_what_cannot_be_made_is_said(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """In French, before anything is written."""
    with pytest.raises(CommandError):
        _run(str(tmp_path), *arguments)
    assert not list(tmp_path.iterdir())
