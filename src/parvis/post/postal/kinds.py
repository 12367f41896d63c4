"""The kinds of letters on paper. Each package registers its own: what the letter says, and what a report sets off."""

from collections.abc import Callable
from dataclasses import dataclass

from parvis.post.models import PostalLetter


@dataclass(frozen=True, slots=True)
class Content:
    """What a letter says around its code: plain sentences, no personal coordinates.

    `about`: name and SIRET of the establishment. `before` stands above the code, `after` below it; `where`: the address
    at which the code is typed.
    """

    subject: str
    about: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    where: str


def _nothing(letter: PostalLetter) -> None:
    return None


def _holds_nothing(object_id: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class PostalKind:
    """A kind of letter: `code` (`package.name`), `label` in the advisers' queue, how it is written.

    `write` runs under the adviser who prints. `stolen` runs in the establishment's scope, in the transaction of the
    report; `ended` too, once the code has died of wrong tries or of its age. `hold` locks what the letter is about,
    before the letter itself: whoever works on both takes them in that order, so that none waits for another in a ring.
    """

    code: str
    label: str
    write: Callable[[PostalLetter], Content]
    stolen: Callable[[PostalLetter], None] = _nothing
    ended: Callable[[PostalLetter], None] = _nothing
    hold: Callable[[str], None] = _holds_nothing


_KINDS: dict[str, PostalKind] = {}


def register(kind: PostalKind) -> None:
    """Declare a kind, once (from an AppConfig)."""
    if kind.code in _KINDS:
        raise ValueError(f"Postal letter registered twice: {kind.code}")
    _KINDS[kind.code] = kind


def kind_of(code: str) -> PostalKind:
    """The kind of that code. Raises KeyError."""
    return _KINDS[code]
