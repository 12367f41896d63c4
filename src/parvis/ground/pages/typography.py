"""The no-break spaces of French, which nobody should have to type: in what people write, and in every template.

Lexique des règles typographiques en usage à l'Imprimerie nationale: « : » and guillemets take a no-break space, « ; »,
« ? » and « ! » a narrow one.
"""

import re
from collections.abc import Iterator

from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markupsafe import Markup

from parvis.ground.pages.filters import NARROW_NO_BREAK, NO_BREAK

_OPENING = re.compile(f"«[ {NO_BREAK}{NARROW_NO_BREAK}]?")
_CLOSING = re.compile(f"[ {NO_BREAK}{NARROW_NO_BREAK}]?»")
_COLON = re.compile(f"[ {NARROW_NO_BREAK}](?=:)")
_HIGH = re.compile(f"[ {NO_BREAK}](?=[;?!])")
_NUMBER = re.compile(r"(?<=n°) ")


def spaced(text: str) -> str:
    """The text with its no-break spaces; done twice it stays the same."""
    text = _CLOSING.sub(f"{NO_BREAK}»", _OPENING.sub(f"«{NO_BREAK}", text))
    return _NUMBER.sub(NO_BREAK, _HIGH.sub(NARROW_NO_BREAK, _COLON.sub(NO_BREAK, text)))


def shown(value: object) -> str:
    """The filter `spaced`: for sentences that the program says (refusals, hints), which come to a page as values."""
    text = spaced(str(value))
    return Markup(text) if isinstance(value, Markup) else text  # noqa: S704  (spaces alone have changed)


class Typography(Extension):
    """Templates are set once, as they are compiled: their text and the sentences that they hand to macros, never what
    the machine reads (tags, addresses, values that are sent back, scripts)."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Jinja2's hook between reading a template and compiling it."""
        page = Place()
        plain = not (stream.name or "").endswith(".html")
        for token in stream:
            if token.type == "data":
                yield Token(token.lineno, "data", spaced(token.value) if plain else page.set(token.value))
            elif token.type == "string" and (plain or page.is_read):
                yield Token(token.lineno, "string", spaced(token.value))
            else:
                yield token


class Place:
    """Where one stands in the HTML of a template, as its pieces go by."""

    READ_ATTRIBUTES = frozenset({"alt", "aria-label", "aria-description", "placeholder", "title"})
    MACHINE_TAGS = frozenset({"script", "style", "code", "pre", "textarea", "svg"})
    _TAG = re.compile(r"<(/?)([a-zA-Z][\w-]*)|<!--|<(?=[!?])|<$")
    _NAME = re.compile(r"([\w-]+)\s*=\s*$")

    def __init__(self) -> None:
        self.where = "text"
        self.tag = self.quote = self.attribute = ""

    @property
    def is_read(self) -> bool:
        """Whether people read, or hear, what stands here."""
        return self.where == "text" or (self.where == "value" and self.attribute in self.READ_ATTRIBUTES)

    def set(self, data: str) -> str:
        """The next piece, with its no-break spaces."""
        done, start = [], 0
        while start < len(data):
            end, where = self._next(data, start)
            piece = data[start:end]
            done.append(spaced(piece) if self.is_read else piece)
            self.where, start = where, end
        return "".join(done)

    def _next(self, data: str, start: int) -> tuple[int, str]:
        """The end of what begins at `start`, and where one stands after it."""
        if self.where == "text":
            return self._text(data, start)
        if self.where == "tag":
            return self._inside(data, start)
        ends = {"value": self.quote, "comment": "-->", "machine": f"</{self.tag}"}[self.where]
        end = data.find(ends, start)
        after = "text" if self.where == "comment" else "tag"
        if self.where == "machine" and end >= 0:
            self.tag = ""
        return (end + len(ends), after) if end >= 0 else (len(data), self.where)

    def _text(self, data: str, start: int) -> tuple[int, str]:
        found = self._TAG.search(data, start)
        if found is None:
            return len(data), "text"
        if found.start() > start:
            return found.start(), "text"
        self.tag = "" if found[1] else (found[2] or "").lower()
        return found.end(), "comment" if found[0] == "<!--" else "tag"

    def _inside(self, data: str, start: int) -> tuple[int, str]:
        found = re.compile(r"[\"'>]").search(data, start)
        if found is None:
            return len(data), "tag"
        if found[0] == ">":
            closed = data[found.start() - 1 : found.start()] == "/"
            return found.end(), "machine" if self.tag in self.MACHINE_TAGS and not closed else "text"
        self.quote = found[0]
        name = self._NAME.search(data[start : found.start()])
        self.attribute = name[1].lower() if name else ""
        return found.end(), "value"
