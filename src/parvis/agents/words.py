"""How agents, hours and states are said in French."""

import re
from decimal import Decimal

from parvis.agents.models import Category, Post
from parvis.regulations.affiliation import hours

# Legal categories of the hospital service.
HOSPITALS = ("7364", "7365")
_HOURS = re.compile(r"([0-9]{1,2})\s*(?:h(?:eures?)?\s*([0-9]{1,2})?|[.,]([0-9]{1,2}))?")
_EXACT = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::00)?")


class NoHours(ValueError):
    """What was typed is no weekly duration; the message says what to write."""


def minutes_of(typed: str) -> int:
    """« 17 h 30 », « 17h30 », « 17,5 », « 17:30 », « 35 » in minutes. Raises NoHours."""
    text = typed.replace("\u00a0", " ").replace("\u202f", " ").strip().lower()
    if found := _EXACT.fullmatch(text):
        whole, rest = int(found[1]), int(found[2])
    elif found := _HOURS.fullmatch(text):
        whole = int(found[1])
        rest = int(found[2] or 0) if found[3] is None else int(Decimal(f"0.{found[3]}") * 60)
    else:
        raise NoHours("Saisissez une durée hebdomadaire, par exemple « 35 h » ou « 17 h 30 ».")
    if rest > 59 or not 0 < whole * 60 + rest <= 48 * 60:
        raise NoHours("Une durée hebdomadaire est comprise entre 1 minute et 48 heures, par exemple « 17 h 30 ».")
    return whole * 60 + rest


THE = {"cnracl": "la CNRACL", "ircantec": "l’Ircantec", "rafp": "la RAFP"}


def percent(part: Decimal) -> str:
    """« 80 % »; no-break space."""
    shown = f"{part.normalize():f}".replace(".", ",")
    return f"{shown}\u00a0%"


def post_hours(post: Post) -> str:
    """« 35 h (temps complet) », « 28 h sur 35 h », with the part time worked."""
    full = post.minutes == post.full_minutes
    text = f"{hours(post.minutes)} (temps complet)" if full else f"{hours(post.minutes)} sur {hours(post.full_minutes)}"
    return text + (f", à temps partiel {percent(post.part_time)}" if post.part_time < 100 else "")


def category_label(code: str) -> str:
    """« Sédentaire »; "" where it is not said."""
    return str(Category(code).label) if code in Category.values else ""


def euros(cents: int) -> str:
    """« 2 345,60 € », « −12,00 € »; no-break spaces."""
    whole, rest = divmod(abs(cents), 100)
    grouped = f"{whole:,}".replace(",", "\u202f")
    return f"{'−' if cents < 0 else ''}{grouped},{rest:02d}\u00a0€"
