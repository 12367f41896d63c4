"""Correspondents go with the contracts to the establishment that takes another's place: the funds reach somebody."""

from collections.abc import Sequence

from parvis.access.succession.followers import Follower, register
from parvis.ground import tenancy
from parvis.journal.actions import Actor, Change, record_changes, remember_names
from parvis.services.correspondents.actions import entry_of
from parvis.services.correspondents.models import Correspondent


def _listed() -> list[str]:
    rows = Correspondent.objects.filter(establishment_id=tenancy.current().establishment)
    return [one.name for one in rows.order_by("sort_key", "pk")]


def _taken() -> list[Correspondent]:
    rows = Correspondent.objects.select_for_update().filter(establishment_id=tenancy.current().establishment)
    taken = list(rows.order_by("sort_key", "pk"))
    rows.delete()
    return taken


def _given(rows: Sequence[Correspondent], place: str, actor: Actor) -> int:
    """The very same entry on both sides is one; whoever differs by anything stays beside the other."""
    here = tenancy.current().establishment
    there = [entry_of(one) for one in Correspondent.objects.filter(establishment_id=here)]
    came = [one for one in rows if entry_of(one) not in there]
    for one in came:
        one.pk, one.establishment_id = None, here
    Correspondent.objects.bulk_create(came)
    remember_names({one.ref: one.name for one in came})
    record_changes(
        "correspondent.arrived",
        actor=actor,
        changes=[Change(one.ref, {}, {"from": place, "functions": one.functions, "funds": one.funds}) for one in came],
    )
    return len(came)


register(Follower("correspondents", "correspondant", "correspondants", _listed, _taken, _given))
