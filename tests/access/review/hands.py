"""What the tests of this folder share: a review of the world's first establishment, and reading its lines."""

import datetime
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from parvis.access.models import Membership, Review, ReviewDecision, ReviewLine, Right, RightUse
from parvis.access.review import actions
from parvis.access.review.queries import lines_of, open_review
from parvis.access.review.state import Line
from parvis.access.standing import Standing
from parvis.establishments.models import Establishment
from parvis.ground import clock, tenancy
from tests.access.reading import acting, words
from tests.plugins.html import ReadingClient
from tests.world import Someone, World

SignedIn = Callable[[Someone], ReadingClient]
LONG_AGO = datetime.timedelta(days=250)


def home(where: Establishment) -> str:
    return f"/etablissements/{where.siret}/comptes/revue/"


def text(answer: Any) -> str:
    return words(answer).replace("\u00a0", " ").replace("\u202f", " ")


def opened(who: Someone) -> Review:
    """A review opened by hand."""
    with acting(who) as here:
        return actions.open_by_hand(who=here)


def lines(where: Establishment) -> dict[str, Line]:
    """The lines of the review under way, by name."""
    with tenancy.scope(establishment=where.pk):
        review = open_review()
        assert review is not None
        return {line.title: line for line in lines_of(review)}


def line(world: World, who: Someone) -> Line:
    return lines(world.here)[who.membership.name]


@contextmanager
def at_work(who: Someone) -> Iterator[tuple[Standing, Review]]:
    """In the scope of a request, with the review under way."""
    with acting(who) as here:
        review = open_review()
        assert review is not None
        yield here, review


def keep(who: Someone, *chosen: Line) -> actions.Kept:
    with at_work(who) as (here, review):
        return actions.keep(who=here, review_id=review.pk, seals={one.id: one.seal for one in chosen})


def decide_all(world: World) -> None:
    """Everybody's line is kept: the two administrators decide on each other."""
    found = lines(world.here)
    own = found.pop(world.administrator.membership.name)
    keep(world.administrator, *found.values())
    keep(world.second, own)


def decisions(where: Establishment) -> list[tuple[str, str, Any]]:
    """What was decided, of whom (by reference), by whom, in order."""
    with tenancy.scope(establishment=where.pk):
        refs = dict(ReviewLine.objects.values_list("pk", "ref"))
        found = ReviewDecision.objects.order_by("id").values_list("line_id", "choice", "decided_by")
        return [(str(refs[number]), choice, by) for number, choice, by in found]


def rights(who: Someone) -> dict[str, int]:
    with tenancy.scope(establishment=who.membership.establishment_id):
        return dict(Right.objects.filter(membership_id=who.account_id).values_list("service", "level"))


def account(who: Someone) -> Membership:
    with tenancy.scope(establishment=who.membership.establishment_id):
        return Membership.objects.get(pk=who.account_id)


def age_rights(who: Someone, by: datetime.timedelta = LONG_AGO) -> None:
    """All rights of the account were given so long ago, and never used since."""
    with tenancy.scope(establishment=who.membership.establishment_id):
        Right.objects.filter(membership_id=who.account_id).update(granted_at=clock.now() - by)
        RightUse.objects.filter(membership_id=who.account_id).delete()


def hidden(answer: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.content.decode())
    assert found is not None, name
    return found[1]
