"""The text of a version, ready to show: a small part of Markdown, nothing else.

« ## » a heading; « - » a line of a list; a blank line ends a paragraph; « **so** » strong; « [so](https://…) » a link,
outside of this site or to one of its pages (`/…`). Everything else is shown as it is typed.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup, escape

from parvis.ground.pages.typography import spaced

_INLINE = re.compile(r"\*\*(?P<strong>[^*]+)\*\*|\[(?P<label>[^\]]+)\]\((?P<href>(?:https://|/)[^\s)]*)\)")


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph or a list, by `kind`; its lines are safe HTML (one line but for a list)."""

    kind: str
    lines: tuple[Markup, ...]


@lru_cache(maxsize=64)
def blocks(body: str) -> tuple[Block, ...]:
    """The text in blocks."""
    found = []
    for part in re.split(r"\n\s*\n", body.strip()):
        heading = ""
        lines = [line.strip() for line in part.splitlines() if line.strip()]
        if lines and lines[0].startswith("## "):
            heading, lines = lines[0][3:], lines[1:]
            found.append(Block("heading", (inline(heading),)))
        if lines and lines[0].startswith("- "):
            found.append(Block("list", tuple(inline(item) for item in _items(lines))))
        elif lines:
            found.append(Block("paragraph", (inline(" ".join(lines)),)))
    return tuple(found)


def _items(lines: list[str]) -> list[str]:
    """Lines that go on belong to the item before them."""
    items: list[str] = []
    for line in lines:
        if line.startswith("- "):
            items.append(line[2:])
        else:
            items[-1] += f" {line}"
    return items


def inline(text: str) -> Markup:
    """Strong words, links, and the no-break spaces of French."""
    text = spaced(text)
    done, end = Markup(), 0
    for found in _INLINE.finditer(text):
        done += escape(text[end : found.start()])
        if found["strong"]:
            done += Markup("<strong>{}</strong>").format(found["strong"])
        else:
            done += Markup('<a href="{}">{}</a>').format(found["href"], found["label"])
        end = found.end()
    return done + escape(text[end:])
