"""The words of the cases on pensions: days known to the year or the month, laws, categories, sexes, ages."""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from parvis.regulations.pensions.categories import Category, laws
from parvis.regulations.periods import Age

Inputs = Mapping[str, Any]


def day(written: Any) -> datetime.date:
    """`1962-02-01`, `1962-02`, `1962`, `1973+`: the first day of what is known. Raises ValueError."""
    parts = [int(part) for part in str(written).strip().rstrip("+").split("-")]
    return datetime.date(*(parts + [1, 1])[:3])


def birth(inputs: Inputs) -> datetime.date:
    """The birth, under any of its words. Raises KeyError."""
    return day(first(inputs, "date_naissance", "naissance", "annee_naissance"))


def first(inputs: Inputs, *words: str, default: Any = ...) -> Any:
    """The first of these words that is given. Raises KeyError where none is and there is no default."""
    for word in words:
        if inputs.get(word) is not None:
            return inputs[word]
    if default is ...:
        raise KeyError(words[0])
    return default


def number(inputs: Inputs, *words: str, default: Any = ...) -> Decimal:
    """The first of these words, as an exact number."""
    return Decimal(str(first(inputs, *words, default=default)))


def effect(inputs: Inputs) -> datetime.date | None:
    """The day of effect where it is given, under any of its words; the first day of a year alone."""
    found = first(inputs, "date_effet", "effet", "date_depart", "depart", "date_liquidation", "annee", default=None)
    return None if found is None else day(found)


def law(inputs: Inputs) -> str | None:
    """The law that a case names (« 2014-40 », « loi 2023 », « avant suspension »), as `laws()` calls it.

    Raises ValueError for one that is none.
    """
    written = first(inputs, "regle", "loi", "droit", "reforme", "legislation", default=None)
    if written is None:
        return None
    text = str(written).lower()
    order = list(laws())
    found = "suspension" if any(mark in text for mark in ("suspen", "lfss", "2025", "2026")) else None
    found = found or next((known for known in order if known in text or known.split("-")[0] in text), None)
    if found is not None:
        earlier = any(word in text for word in ("avant", "sans", "hors"))
        return order[max(0, order.index(found) - 1)] if earlier else found
    raise ValueError(f"{written!r} is no law of pensions that is known here")


def category(inputs: Inputs, default: Category = Category.SEDENTARY) -> Category:
    """`actif`, `active`, `super-actif`, `super_active`, `sédentaire`. Raises ValueError."""
    written = first(inputs, "categorie", "category", default=None)
    if written is None:
        return default
    text = str(written).lower().replace("é", "e")
    if "super" in text:
        return Category.SUPER_ACTIVE
    if text.startswith("act"):
        return Category.ACTIVE
    if text.startswith("sed"):
        return Category.SEDENTARY
    raise ValueError(f"{written!r} is no category")


def is_woman(inputs: Inputs) -> bool:
    """`F`, `femme` against `H`, `M`, `homme`; a woman where nothing is said."""
    return str(inputs.get("sexe", "F")).upper()[:1] == "F"


def age(written: Any) -> Age:
    """`62a9m`, `62y9m`, `62`, or a number of years such as 62.75. Raises ValueError."""
    text = str(written)
    if "." in text:
        return Age(*divmod(round(Decimal(text) * 12), 12))
    return Age.parse(text)
