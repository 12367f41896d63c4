"""Files for the tests: made by the generator, for towns that do not exist."""

import datetime
import io
from typing import Any

from parvis.dsn.generation.posts import Employer
from parvis.dsn.generation.sending import Part, Planted, generate
from parvis.dsn.reading import read
from parvis.dsn.shapes import Problem, Read

TOWN = Employer("217400100", "00012", "Commune d'Aÿ-sur-Mer", "74000", "Aÿ-sur-Mer", "74", 3000)
OTHER = Employer("200063402", "00016", "Commune de L'Haÿ", "74000", "L'Haÿ", "2A", 900)
JUNE = datetime.date(2026, 6, 1)


def made(*parts: Part, **options: Any) -> tuple[bytes, tuple[Planted, ...]]:
    """A file, and what was planted in it."""
    out = io.BytesIO()
    planted = generate(out, parts or [Part(TOWN, JUNE, agents=3)], **options)
    return out.getvalue(), planted


def events(content: bytes, **options: Any) -> list[Read]:
    """Everything that reading a file gives."""
    return list(read(io.BytesIO(content), **options))


def problems(content: bytes) -> list[Problem]:
    """What is wrong with it."""
    return [one for one in events(content) if isinstance(one, Problem)]


def lines_of(content: bytes) -> list[bytes]:
    """Its lines, with their ends."""
    return content.splitlines(keepends=True)
