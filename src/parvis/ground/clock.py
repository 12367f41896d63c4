"""The one clock. Every rule about time asks here; nothing else calls ``now()``, the database included.

In the demo the clock can be moved (``parvis demo clock +20d``): the offset is a file in the data directory that web,
worker and commands read alike. Outside of the demo no offset is ever read.
"""

import datetime
import os
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings

PARIS = ZoneInfo("Europe/Paris")

_read: tuple[float, datetime.timedelta] | None = None


def now() -> datetime.datetime:
    """The instant in force, aware, in UTC."""
    return datetime.datetime.now(datetime.UTC) + offset()


def today() -> datetime.date:
    """The date in force in France (Europe/Paris)."""
    return now().astimezone(PARIS).date()


def offset() -> datetime.timedelta:
    """By how much the demo's clock was moved; zero outside of the demo."""
    global _read
    path: Path | None = settings.PARVIS_CLOCK_FILE
    if path is None:
        return datetime.timedelta(0)
    try:
        stamp = path.stat().st_mtime_ns
    except FileNotFoundError:
        return datetime.timedelta(0)
    if _read is None or _read[0] != stamp:
        _read = (stamp, datetime.timedelta(seconds=int(path.read_text() or 0)))
    return _read[1]


def move(by: datetime.timedelta) -> datetime.datetime:
    """Move the demo's clock by so much more (negative: back); returns the instant now in force.

    Raises RuntimeError outside of the demo.
    """
    path: Path | None = settings.PARVIS_CLOCK_FILE
    if path is None:
        raise RuntimeError("L’horloge ne se déplace que dans la démonstration.")
    total = offset() + by
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(str(int(total.total_seconds())))
    os.replace(fresh, path)
    return now()
