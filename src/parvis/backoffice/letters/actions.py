"""Laying letters out for the printer, and saying that they are on paper; each leaves an event where it is about."""

from collections.abc import Iterable, Sequence

from parvis.advisers.standing import AdviserStanding
from parvis.ground import tenancy
from parvis.ground.tenancy import action
from parvis.journal.actions import remember_name
from parvis.post import postal
from parvis.post.models import PostalLetter


@action
def lay_out(*, who: AdviserStanding, ids: Sequence[int]) -> list[PostalLetter]:
    """The letters to print, noted as read by this adviser. Raises Refused."""
    letters = postal.draw(actor=who.actor, ids=ids)
    _name(who, letters)
    return letters


@action
def mark_printed(*, who: AdviserStanding, ids: Sequence[int]) -> int:
    """These letters are on paper: nobody reads their codes any more. Returns how many. Raises Refused."""
    return postal.mark_printed(actor=who.actor, ids=ids)


def _name(who: AdviserStanding, letters: Iterable[PostalLetter]) -> None:
    """So that the establishment's history says who it was."""
    for where in sorted({letter.establishment_id for letter in letters}):
        with tenancy.scope(establishment=where):
            remember_name(who.ref, f"{who.name}, conseiller ({who.operator})")
