"""Links of e-mails that are kept nowhere: signed, until an instant, dead once what they would change has changed."""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from django.core import signing

from parvis.ground import clock, tenancy
from parvis.ground.sealing import keyed_hash


class Coded(Protocol):
    """A row of an establishment that somebody follows by a code, kept hashed."""

    pk: int
    establishment_id: int
    code_hash: str


C = TypeVar("C", bound=Coded)


@dataclass(frozen=True, slots=True)
class SignedLink:
    """What a link says: the numbers it was made with. It serves while `serves(state)`."""

    numbers: tuple[int, ...]
    mark: str

    def serves(self, state: str) -> bool:
        """Whether what it was made for is still as it was then."""
        return self.mark == _mark(state)


def _mark(state: str) -> str:
    return keyed_hash(state, purpose="signed-link")[:24]


def signed(purpose: str, numbers: Sequence[int], *, state: str, until: datetime.datetime) -> str:
    """The link's last part. `state`: what changes once it has served; the link tells nothing of it."""
    return signing.dumps([list(numbers), _mark(state), int(until.timestamp())], salt=f"link.{purpose}")


def read(purpose: str, text: str) -> SignedLink | None:
    """What the link says; None for one that was cut, changed, made for something else, or whose time is over."""
    try:
        numbers, mark, until = signing.loads(text, salt=f"link.{purpose}")
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return SignedLink(tuple(numbers), mark) if clock.now().timestamp() <= until else None


@dataclass(frozen=True, slots=True)
class CodeLinks(Generic[C]):
    """The links that replace a lost code of such rows, for `validity`; a link dies with the code it replaces.

    `find`: the row of that number, in the scope of its establishment, while its code may be replaced.
    """

    purpose: str
    find: Callable[[int], C | None]
    validity: Callable[[], datetime.timedelta]

    def token(self, row: C) -> str:
        """The link's last part."""
        numbers = (row.establishment_id, row.pk)
        return signed(self.purpose, numbers, state=row.code_hash, until=clock.now() + self.validity())

    def followed(self, text: str) -> tuple[SignedLink, C] | None:
        """The link and its row, while it serves. Opens its own scope."""
        link = read(self.purpose, text)
        if link is None:
            return None
        where, number = link.numbers
        with tenancy.scope(establishment=where, read_only=True):
            row = self.find(number)
        return (link, row) if row is not None and link.serves(row.code_hash) else None
