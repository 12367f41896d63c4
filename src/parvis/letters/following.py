"""Letters go with the accounts to the establishment that takes another's place, and say for whom they were written."""

from collections.abc import Sequence

from parvis.access.succession import followers
from parvis.access.succession.followers import Follower, register
from parvis.ground import tenancy
from parvis.ground.pages.filters import date_short
from parvis.journal.actions import Actor, Change, record_changes
from parvis.letters.actions import named
from parvis.letters.models import FundLetter, Reading


def _listed() -> list[str]:
    rows = FundLetter.objects.filter(establishment_id=tenancy.current().establishment, withdrawn_at=None)
    return [
        followers.named(one.fund, f"{one.title} ({date_short(one.dated_on)})", "courriers d’autres fonds")
        for one in rows.order_by("-dated_on", "-pk")
    ]


def _taken() -> list[tuple[FundLetter, list[Reading]]]:
    rows = FundLetter.objects.select_for_update(of=("self",)).filter(establishment_id=tenancy.current().establishment)
    taken = [(one, list(one.readings.all())) for one in rows.order_by("pk").prefetch_related("readings")]
    rows.delete()
    return taken


def _given(rows: Sequence[tuple[FundLetter, list[Reading]]], place: str, actor: Actor) -> int:
    """The same numbers: what was told of a letter still leads to it. A withdrawn one goes along, still withdrawn."""
    here = tenancy.current().establishment
    for one, _ in rows:
        one.establishment_id, one.addressed_to = here, one.addressed_to or place
    FundLetter.objects.bulk_create(one for one, _ in rows)
    read = [reading for _, readings in rows for reading in readings]
    for reading in read:
        reading.establishment_id = here
    Reading.objects.bulk_create(read)
    came = [one for one, _ in rows if one.withdrawn_at is None]
    record_changes(
        "letter.followed", actor=actor, changes=[Change(one.ref, {}, {**named(one), "from": place}) for one in came]
    )
    return len(came)


register(Follower("letters", "courrier d’un fonds", "courriers des fonds", _listed, _taken, _given))
