"""Calendars as RFC 5545 wants them: escaped texts, lines of at most 75 octets, CRLF. Whole days, and no person."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

TYPE = "text/calendar; charset=utf-8"
OCTETS = 75


@dataclass(frozen=True, slots=True)
class Entry:
    """A whole day. `uid`: the same for ever; `stamp`: when it last changed, aware."""

    uid: str
    day: datetime.date
    title: str
    text: str
    href: str
    stamp: datetime.datetime
    done: bool = False


def escaped(text: str) -> str:
    """A TEXT value (3.3.11): backslash, semicolon, comma and line breaks; other controls are left out."""
    for plain, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n"), ("\r", "\\n")):
        text = text.replace(plain, written)
    return "".join(one for one in text if one >= " " and one != "\x7f")


def folded(line: str) -> str:
    """A content line cut at 75 octets (3.1), never inside a character."""
    parts, part, size = [], "", 0
    for one in line:
        octets = len(one.encode())
        if size + octets > OCTETS:
            parts.append(part)
            # The space that begins a continuation counts.
            part, size = "", 1
        part += one
        size += octets
    return "\r\n ".join([*parts, part])


def calendar(name: str, entries: Iterable[Entry]) -> bytes:
    """The whole file."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Parvis//Echeancier//FR",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
        f"NAME:{escaped(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT12H",
        "X-PUBLISHED-TTL:PT12H",
    ]
    for one in entries:
        stamp = one.stamp.astimezone(datetime.UTC)
        lines += [
            "BEGIN:VEVENT",
            f"UID:{escaped(one.uid)}",
            f"DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}",
            f"LAST-MODIFIED:{stamp:%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{one.day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{one.day + datetime.timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{escaped(('Fait : ' if one.done else '') + one.title)}",
            f"DESCRIPTION:{escaped(one.text)}",
            f"URL:{one.href}",
            "TRANSP:TRANSPARENT",
            "CLASS:PRIVATE",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return ("\r\n".join(folded(line) for line in lines) + "\r\n").encode()
