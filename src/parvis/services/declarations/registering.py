"""What a folder holds is known before anything of it is checked: its declarations are « Reçue », then « En contrôle ».

Written apart from the work on a file, in short transactions of many files at once, so that it is seen while others are
checked and after a kill. A file that was registered already changes nothing.
"""

import datetime
from collections.abc import Mapping, Sequence
from functools import partial

from parvis.establishments.models import Establishment
from parvis.ground import clock, tenancy
from parvis.services.declarations import taking
from parvis.services.declarations.heads import Head
from parvis.services.declarations.models import Declaration, Sending

OWNER = "parvis_owner"
_AT_ONCE = 200
State = Declaration.State


def register(files: Sequence[tuple[str, str, Sequence[Head]]]) -> None:
    """Register files (name, digest, heads) in their order; as the owner. Those that are known stay as they are."""
    for first in range(0, len(files), _AT_ONCE):
        taking.tried(partial(_register, files[first : first + _AT_ONCE]))


def _register(files: Sequence[tuple[str, str, Sequence[Head]]]) -> None:
    with tenancy.scope(role=OWNER):
        digests = [digest for _, digest, _ in files]
        known = set(Sending.objects.filter(digest__in=digests).values_list("digest", flat=True))
        new = {digest: (name, heads) for name, digest, heads in files if digest not in known}
        if not new:
            return
        at = clock.now()
        Sending.objects.bulk_create(
            [Sending(digest=digest, name=name[:200], received_at=at) for digest, (name, _) in new.items()],
            ignore_conflicts=True,
        )
        places = places_of({head.siret for _, heads in new.values() for head in heads})
        rows = [row for digest, (_, heads) in new.items() for row in _rows(digest, heads, places, at, State.RECEIVED)]
        Declaration.objects.bulk_create(rows, ignore_conflicts=True)


def taken(
    name: str, digest: str, heads: Sequence[Head], at: datetime.datetime
) -> tuple[Sending, dict[str, int]] | None:
    """The control of a file begins: its declarations are « En contrôle ». None where it is done with already.

    Within a transaction of the owner's. The row of the file, and by SIRET the establishments of its declarations.
    """
    sending, _ = Sending.objects.get_or_create(digest=digest, defaults={"name": name[:200], "received_at": at})
    if sending.state != Sending.State.PENDING:
        return None
    places = places_of({head.siret for head in heads})
    ours = Declaration.objects.filter(establishment_id__in=set(places.values()), digest=digest)
    if ours.filter(state=State.RECEIVED).update(state=State.CHECKING) < len(heads):
        # What nobody registered before: by itself, or because its establishment was not known then.
        Declaration.objects.bulk_create(_rows(digest, heads, places, at, State.CHECKING), ignore_conflicts=True)
    return sending, places


def forget(digest: str) -> None:
    """What was registered of a file that says something else by now: nobody will check it."""
    with tenancy.scope(role=OWNER):
        if Sending.objects.filter(digest=digest, state=Sending.State.PENDING).delete()[0]:
            Declaration.objects.filter(digest=digest, state=State.RECEIVED).delete()


def places_of(sirets: set[str]) -> dict[str, int]:
    """The establishments that are known here."""
    return dict(Establishment.objects.filter(siret__in=sirets).values_list("siret", "pk"))


def _rows(
    digest: str, heads: Sequence[Head], places: Mapping[str, int], at: datetime.datetime, state: Declaration.State
) -> list[Declaration]:
    return [
        Declaration(
            establishment_id=places[head.siret],
            digest=digest,
            number=head.number,
            month=head.month,
            nature=head.values.get("S20.G00.05.001", "")[:2],
            kind=head.values.get("S20.G00.05.002", "")[:2],
            order=head.order,
            norm="",
            test=head.test,
            state=state,
            received_at=at,
        )
        for head in heads
        if head.siret in places and head.month is not None
    ]
