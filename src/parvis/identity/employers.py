"""What identity must ask of a person's employers, answered by the floor above (`access/employers.py`).

Identity knows no establishment: rules that follow from being an administrator, the frame of signed-in pages, and who
has to be told reach it through this one interface.
"""

from dataclasses import dataclass
from typing import Protocol

from django.http import HttpRequest

from parvis.ground.pages import Administrator, Frame


@dataclass(frozen=True, slots=True)
class Demands:
    """What the person's employers demand of how they sign in.

    `own_words`: names of their establishments, which no password may be made of. `administers`: one active
    administrator's account at least: a longer password, and a factor that is no shared landline.
    """

    administers: bool
    own_words: tuple[str, ...] = ()


class Employers(Protocol):
    """Answers about a person, whatever the scope in force: each opens the scope that it needs."""

    def demands(self, person_id: int) -> Demands:
        """What is demanded of how the person signs in."""
        ...

    def office(self, person_id: int) -> bool:
        """Whether the person is an adviser: no telephone, theirs or a shared one, opens the advisers' office."""
        ...

    def payer(self, person_id: int) -> int:
        """The establishment that pays for the person's codes: the one visited last; 0 for none."""
        ...

    def frame(self, request: HttpRequest) -> Frame | None:
        """The frame of a page that belongs to the signed-in person and to no establishment."""
        ...

    def administrators(self, person_id: int) -> tuple[Administrator, ...]:
        """Whom the person can ask: the active administrators of their establishments, but themselves."""
        ...

    def tell(self, kind: str, person_id: int, object_id: int = 0) -> None:
        """Queue the message `access.<kind>` about the person to each active administrator of their establishments."""
        ...

    def tell_waiting(self, code: str, email: str) -> None:
        """Queue `access.waiting` to the address declared for each open account, of that identifier or that address,

        that waits for its password: whom to ask, nothing else.
        """
        ...

    def home(self, person_id: int, siret: str) -> str:
        """The address of that establishment's home, "" where the person has no account there."""
        ...

    def due_reset(self, person_id: int) -> bool:
        """Make the reset of a lost second factor take effect, if its time has come; whether it did. At each sign-in."""
        ...

    def email_replaced(self, person_id: int, old: str, new: str) -> None:
        """The person confirmed a new address in place of an old one: their accounts that declared it follow."""
        ...

    def phone_replaced(self, person_id: int, old: str, new: str) -> None:
        """The person confirmed a new number in place of an old one: their accounts that declared it follow."""
        ...


_registered: Employers | None = None


def register(employers: Employers) -> None:
    """Give the one implementation (from the AppConfig of the floor above)."""
    global _registered
    _registered = employers


def employers() -> Employers:
    """The implementation. Raises LookupError before one is registered."""
    if _registered is None:
        raise LookupError("Nobody answers for the employers: access/ registers itself at start-up.")
    return _registered
