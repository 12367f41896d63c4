"""Notices go with what they tell of to the establishment that takes another's place, as they were: read, or not yet."""

from collections.abc import Sequence
from typing import Any

from parvis.access.succession.followers import Follower, named, register
from parvis.ground import tenancy
from parvis.ground.pages.filters import date_short
from parvis.journal.actions import Actor
from parvis.notices.models import Notice, Reader
from parvis.notices.readers import shown
from parvis.notices.registry import KINDS
from parvis.post.actions import BULK


def _following() -> list[str]:
    return [kind.code for kind in KINDS.values() if kind.follows]


def _listed() -> list[str]:
    rows = Notice.objects.filter(establishment_id=tenancy.current().establishment, kind__in=_following())
    # The SIRET serves the address alone, which is not shown.
    return [
        named(
            one.detail.get("fund", ""),
            f"{shown(one, '0' * 14).title} ({date_short(one.at)})",
            "notifications d’autres fonds ou de plusieurs",
        )
        for one in rows.order_by("-pk")
    ]


def _taken() -> list[tuple[Notice, list[Reader]]]:
    rows = Notice.objects.select_for_update().filter(
        establishment_id=tenancy.current().establishment, kind__in=_following()
    )
    taken = [(one, list(one.readers.all())) for one in rows.order_by("pk").prefetch_related("readers")]
    Notice.objects.filter(pk__in=[one.pk for one, _ in taken]).delete()
    return taken


def _given(rows: Sequence[tuple[Notice, list[Reader]]], place: str, actor: Actor) -> int:
    """The same numbers, and the same objects, which have come too: the journal tells of those.

    What was told to nobody yet is told here: the job that would have done it looks where it no longer is. E-mails that
    wait went with the establishment's others (`access_succeed`), and leave by the rights of the day.
    """
    from parvis.notices.tasks import tell

    here = tenancy.current().establishment
    readers = [reader for _, told in rows for reader in told]
    for one, told in rows:
        one.establishment_id = here
        for reader in told:
            reader.establishment_id = here
    Notice.objects.bulk_create(notice for notice, _ in rows)
    Reader.objects.bulk_create(readers)
    jobs: list[dict[str, Any]] = [
        {"notice": one.pk, "establishment": here, "behind": True} for one, _ in rows if one.told_at is None
    ]
    if jobs:
        tell.configure(priority=BULK).batch_defer(*jobs)
    return len(rows)


register(Follower("notices", "notification", "notifications", _listed, _taken, _given))
