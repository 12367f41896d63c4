"""The pictures of the guides: taken from the running pages by `make guides`, and told apart by what was on them.

`guides.json` says of each its size, its text alternative and the digest of the page's structure when it was taken: the
browser journey `tests/journeys/test_guides.py` compares it with the page as it is.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

FOLDER = Path(__file__).resolve().parent.parent / "static" / "parvis" / "guides"
LIST = Path(__file__).with_name("guides.json")


@dataclass(frozen=True, slots=True)
class GuidePicture:
    """A picture in both colour schemes, as `<picture>` wants it."""

    light: str
    dark: str
    width: int
    height: int
    alt: str


@cache
def pictures() -> dict[str, dict[str, Any]]:
    """What is known of each picture, by name."""
    return json.loads(LIST.read_text("utf-8")) if LIST.exists() else {}


@cache
def guide_picture(name: str) -> GuidePicture | None:
    """The picture of that name; None for one that is not taken yet: the pages must stand before it can be."""
    told = pictures().get(name)
    if told is None:
        return None
    light, dark = (
        f"{settings.STATIC_URL}parvis/guides/{name}-{scheme}.webp?{told['digests'][scheme]}"
        for scheme in ("light", "dark")
    )
    return GuidePicture(light, dark, told["width"], told["height"], told["alt"])
