"""Opening hours as an adviser types them: « 9 h – 12 h et 13 h 30 – 17 h », day by day."""

import re

from parvis.ground.pages.filters import NO_BREAK

_TIME = r"(\d{1,2})\s*(?:(?:h|:)\s*(\d{2})?)?"
_SPAN = re.compile(rf"(?:de\s+)?{_TIME}\s*(?:-|–|—|à)\s*{_TIME}", re.IGNORECASE)
_BETWEEN = re.compile(r"[,;/]|\bet\b|\bpuis\b")
CLOSED = ("", "fermé", "ferme", "-", "–")
DAY = 24 * 60


def parse_hours(typed: str) -> list[list[int]]:
    """The hours of a day as minutes since midnight; none for a day that is closed. Raises ValueError in French."""
    text = " ".join(typed.replace(NO_BREAK, " ").replace("\u202f", " ").split()).casefold()
    if text in CLOSED:
        return []
    found: list[list[int]] = []
    for part in _BETWEEN.split(text):
        span = _SPAN.fullmatch(part.strip())
        if span is None:
            raise ValueError("Saisissez les heures ainsi\u00a0: 9 h – 12 h, 13 h 30 – 17 h.")
        start, end = (int(span[n]) * 60 + int(span[n + 1] or 0) for n in (1, 3))
        if any(int(span[n] or 0) > 59 for n in (2, 4)) or not 0 <= start < end <= DAY:
            raise ValueError("Vérifiez ces heures\u00a0: chaque période finit après avoir commencé, avant 24 h.")
        if found and start <= found[-1][1]:
            raise ValueError("Vérifiez ces heures\u00a0: les périodes se suivent, sans se toucher ni se recouvrir.")
        found.append([start, end])
    return found


def typed_hours(spans: list[list[int]]) -> str:
    """The same, written so that it can be changed and read again."""
    return ", ".join(f"{_typed(start)} – {_typed(end)}" for start, end in spans)


def _typed(minutes: int) -> str:
    hour, rest = divmod(minutes, 60)
    return f"{hour} h {rest:02d}" if rest else f"{hour} h"
