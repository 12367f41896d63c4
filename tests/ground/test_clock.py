"""One clock for all rules about time: nothing else in the code asks what time it is."""

import datetime
import re
from pathlib import Path

import pytest
from django.conf import settings

from parvis.ground import clock

SOURCE = Path(clock.__file__).resolve().parent.parent
ASKS = re.compile(
    r"timezone\.now|datetime\.now|date\.today|utcnow|\bnow\(\)|CURRENT_TIMESTAMP|CURRENT_DATE|clock_timestamp", re.I
)
# What asks the real time, and why it may.
MAY = {
    "ground/clock.py": "the clock itself",
    "journal/migrations/0003_retention.py": "what keeps the journal from early erasure follows no clock that moves",
    "post/health.py": "the queue stamps its heartbeats and jobs with the database's own clock",
}


def test_nobody_but_the_clock_asks_the_time() -> None:
    found = {}
    for path in sorted(SOURCE.rglob("*")):
        if path.suffix not in (".py", ".sql", ".html", ".txt", ".typ"):
            continue
        name = path.relative_to(SOURCE).as_posix()
        for number, line in enumerate(path.read_text().splitlines(), start=1):
            code = line.split("#", 1)[0].replace("clock.now()", "").replace("clock.today()", "")
            if ASKS.search(code) and name not in MAY and not line.strip().startswith(('"""', "``")):
                found[f"{name}:{number}"] = line.strip()
    assert not found


@pytest.fixture
def moved_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "clock"
    monkeypatch.setattr(settings, "PARVIS_CLOCK_FILE", path)
    monkeypatch.setattr(clock, "_read", None)
    return path


def test_the_demo_moves_the_clock_for_whoever_reads_the_file(moved_back: Path) -> None:
    before = clock.now()
    clock.move(datetime.timedelta(days=20))
    assert datetime.timedelta(days=20) <= clock.now() - before < datetime.timedelta(days=20, minutes=1)
    clock.move(datetime.timedelta(days=-20))
    assert abs(clock.now() - before) < datetime.timedelta(minutes=1)


def test_outside_of_the_demo_the_clock_does_not_move(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "PARVIS_CLOCK_FILE", None)
    with pytest.raises(RuntimeError):
        clock.move(datetime.timedelta(days=1))
    assert clock.offset() == datetime.timedelta(0)
