"""The two e-mails: of one notice, at once; and the digest. Neither holds any content.

Each is written from the state of the moment at which it leaves: nobody is told of what they may no longer read.
"""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from parvis.access.standing import standing
from parvis.ground import tenancy
from parvis.ground.pages.filters import plural
from parvis.notices import unsubscribing
from parvis.notices.models import Reader
from parvis.notices.queries import Wishes, wishes_of
from parvis.notices.readers import email_of, outside, reads
from parvis.notices.registry import KINDS, Delivery, Shown
from parvis.post.models import Message
from parvis.post.registry import Envelope, Letter, envelope, register

# So many of one establishment in one digest; its page has the others.
NAMED = 20


@dataclass(frozen=True, slots=True)
class Told:
    """What came to one establishment, in a digest."""

    establishment: str
    address: str
    notices: tuple[Shown, ...]
    others: int


def notice(message: Message) -> Envelope | None:
    """One notice, unless it was read meanwhile, or may no longer be."""
    row = Reader.objects.select_related("notice").filter(pk=message.object_id).first()
    who = standing(message.person_id or 0, message.establishment_id or 0)
    if row is None or row.read_at is not None or who is None or not reads(who, row.notice):
        return None
    if not _wanted(wishes_of(who.person_id), row.notice.kind, who.establishment_id):
        return None
    to = email_of(who)
    if not to:
        return None
    what, kind = outside(row.notice, who.siret), KINDS[row.notice.kind]
    place = {"person": who.person_id, "place": who.establishment_id}
    return envelope(
        to,
        f"Parvis : {what.title} ({who.establishment_name})",
        "notices/emails/notice",
        {
            "name": who.name,
            "establishment": who.establishment_name,
            "what": what,
            "address": settings.PARVIS_ADDRESS + reverse("notices:open", args=[who.siret, row.notice_id]),
            "unsubscribe": "" if kind.obligatory else unsubscribing.link(kind.code, **place),
            "choices": settings.PARVIS_ADDRESS + reverse("notices:choices"),
        },
        headers=() if kind.obligatory else unsubscribing.headers(kind.code, **place),
    )


def digest(message: Message) -> Envelope | None:
    """What came since the last one, to the establishments by which the person is written to at this address.

    None where nothing is left to tell. The address is the account's own, as for a single notice: what comes to one
    employer never goes to the mailbox that another one gave.
    """
    person = message.person_id or 0
    rows = Reader.objects.select_related("notice").filter(digest=message.pk, read_at__isnull=True).order_by("-notice")
    by_place: dict[int, list[Reader]] = {}
    for row in rows:
        by_place.setdefault(row.establishment_id, []).append(row)
    wishes, to, name, told = wishes_of(person), "", "", []
    for place, readers in by_place.items():
        with tenancy.scope(person=person, establishment=place, read_only=True):
            who = standing(person, place)
            if who is None or (address := email_of(who)) == "" or (to and address.lower() != to.lower()):
                # Another address than when it was queued: it stays on the site.
                continue
            found = tuple(
                outside(row.notice, who.siret)
                for row in readers
                if reads(who, row.notice) and _wanted(wishes, row.notice.kind, place)
            )
            if found:
                to, name = address, who.name
                page = settings.PARVIS_ADDRESS + reverse("notices:index", args=[who.siret])
                told.append(Told(who.establishment_name, page, found[:NAMED], max(0, len(found) - NAMED)))
    if not told:
        return None
    count = sum(len(one.notices) + one.others for one in told)
    return envelope(
        to,
        f"Parvis : {plural(count, 'nouveauté', 'nouveautés')} depuis votre dernier résumé",
        "notices/emails/digest",
        {
            "name": name,
            "told": sorted(told, key=lambda one: one.establishment),
            "unsubscribe": unsubscribing.link(unsubscribing.DIGEST, person=person),
            "choices": settings.PARVIS_ADDRESS + reverse("notices:choices"),
            "site": settings.PARVIS_ADDRESS,
        },
        headers=unsubscribing.headers(unsubscribing.DIGEST, person=person),
    )


def _wanted(wishes: Wishes, kind: str, place: int) -> bool:
    """Whether the person still wants to be written to about it: they may have said no since it was queued."""
    return wishes.delivery(KINDS[kind], place) is not Delivery.NEVER


register(
    Letter("notices.notice", "Quelque chose est arrivé", "qui peut le lire, et veut le savoir aussitôt", "", notice),
    Letter("notices.digest", "Résumé de ce qui est arrivé", "qui a choisi un résumé par jour", "", digest),
)
