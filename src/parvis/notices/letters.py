"""The two e-mails: of one notice, at once; and the digest. Neither holds any content.

Each is written from the state of the moment at which it leaves: nobody is told of what they may no longer read.
"""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from parvis.access.models import Membership
from parvis.access.standing import Standing, standing
from parvis.ground import tenancy
from parvis.ground.pages.filters import plural
from parvis.identity.models import Email
from parvis.notices import unsubscribing
from parvis.notices.models import Reader
from parvis.notices.readers import reads, shown
from parvis.notices.registry import KINDS, Shown
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


def _email(who: Standing) -> str:
    """Where they are written to: the address of the account by which they read."""
    if who.delegate is None:
        return Membership.objects.values_list("email", flat=True).get(pk=who.membership_id)
    with tenancy.scope(person=who.person_id, establishment=who.delegate.organisation_id, read_only=True):
        found = Membership.objects.filter(ref=who.delegate.member).values_list("email", flat=True).first()
    return found or ""


def notice(message: Message) -> Envelope | None:
    """One notice, unless it was read meanwhile, or may no longer be."""
    row = Reader.objects.select_related("notice").filter(pk=message.object_id).first()
    who = standing(message.person_id or 0, message.establishment_id or 0)
    if row is None or row.read_at is not None or who is None or not reads(who, row.notice):
        return None
    to = _email(who)
    if not to:
        return None
    what, kind = shown(row.notice, who.siret), KINDS[row.notice.kind]
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
    """What came since the last one, to all of the person's establishments; none where nothing is left to tell."""
    person = message.person_id or 0
    rows = Reader.objects.select_related("notice").filter(digest=message.pk, read_at__isnull=True).order_by("-notice")
    by_place: dict[int, list[Reader]] = {}
    for row in rows:
        by_place.setdefault(row.establishment_id, []).append(row)
    own = Email.objects.filter(person_id=person, verified_at__isnull=False).order_by("id").first()
    to, name, told = own.address if own else "", "", []
    for place, readers in by_place.items():
        with tenancy.scope(person=person, establishment=place, read_only=True):
            who = standing(person, place)
            if who is None:
                continue
            found = tuple(shown(row.notice, who.siret) for row in readers if reads(who, row.notice))
            if found:
                to, name = to or _email(who), who.name
                address = settings.PARVIS_ADDRESS + reverse("notices:index", args=[who.siret])
                told.append(Told(who.establishment_name, address, found[:NAMED], max(0, len(found) - NAMED)))
    if not told or not to:
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


register(
    Letter("notices.notice", "Quelque chose est arrivé", "qui peut le lire, et veut le savoir aussitôt", "", notice),
    Letter("notices.digest", "Résumé de ce qui est arrivé", "qui a choisi un résumé par jour", "", digest),
)
