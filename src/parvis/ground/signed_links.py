"""Links of e-mails that are kept nowhere: signed, until an instant, dead once what they would change has changed."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.core import signing

from parvis.ground import clock
from parvis.ground.sealing import keyed_hash


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
