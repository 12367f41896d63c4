"""The e-mails about getting back in: to who asks, and to everybody known of the establishment."""

from django.conf import settings
from django.urls import reverse

from parvis.access.models import Membership
from parvis.establishments.models import Establishment
from parvis.ground import clock
from parvis.ground.pages.filters import duration, plural
from parvis.post.models import Message
from parvis.post.registry import Envelope, Letter, envelope, register
from parvis.recovery.actions.lost import LINKS
from parvis.recovery.actions.objecting import contestable, token
from parvis.recovery.models import Case
from parvis.recovery.sealed import shown, unseal_coordinates

State = Case.State
_ENDS = {
    State.GRANTED: "votre accès est rétabli",
    State.REFUSED: "votre demande est refusée",
    State.WITHDRAWN: "votre demande est retirée",
    State.ABANDONED: "votre demande est close",
    State.NEEDLESS: "votre demande est close",
}


def _case(number: int) -> Case | None:
    return Case.objects.filter(pk=number).first()


def _to_requester(message: Message, subject: str, name: str, **more: object) -> Envelope | None:
    case = _case(message.object_id)
    if case is None:
        return None
    one, place = unseal_coordinates(case.coordinates), Establishment.objects.get(pk=case.establishment_id)
    return envelope(
        one.email,
        subject,
        f"recovery/emails/{name}",
        {
            "name": f"{one.first_name} {one.last_name}",
            "establishment": place.name,
            "case": case,
            "reference": shown(case.reference),
            "limit": plural(settings.PARVIS_RECOVERY_LIMIT.days, "jour", "jours"),
            "address": settings.PARVIS_ADDRESS + reverse("recovery:follow"),
            **more,
        },
    )


def received(message: Message) -> Envelope | None:
    """To who asks: the reference, never the follow-up code, which is shown once on the screen."""
    return _to_requester(message, "Parvis : votre demande pour retrouver l’accès est reçue", "received")


def follow_link(message: Message) -> Envelope | None:
    """To who asks, and lost the follow-up code: the link that replaces it, while the request goes on."""
    case = _case(message.object_id)
    if case is None or case.state != State.OPEN:
        return None
    return _to_requester(
        message,
        "Parvis : un nouveau code de suivi pour votre demande",
        "follow_link",
        address=settings.PARVIS_ADDRESS + reverse("recovery:lost-replace", args=[LINKS.token(case)]),
        until=clock.now() + settings.PARVIS_FOLLOW_LINK_VALIDITY,
    )


def contested(message: Message) -> Envelope | None:
    """To who asks: somebody objects, who is not named."""
    case = _case(message.object_id)
    if case is None:
        return None
    return _to_requester(
        message, "Parvis : votre demande est contestée", "contested", given=case.state == State.GRANTED
    )


def settled(message: Message) -> Envelope | None:
    """To who asks: how it ended."""
    case = _case(message.object_id)
    if case is None or case.state not in _ENDS:
        return None
    pending = Membership.objects.filter(ref=case.account, confirmed_at=None).exists() if case.account else False
    return _to_requester(message, f"Parvis : {_ENDS[State(case.state)]}", "settled", pending=pending)


def _to_known(message: Message, subject: str, name: str) -> Envelope | None:
    case, to = _case(int(message.detail.get("case") or 0)), Membership.objects.filter(pk=message.object_id).first()
    if case is None or to is None or not to.email or not contestable(case):
        return None
    one, place = unseal_coordinates(case.coordinates), Establishment.objects.get(pk=case.establishment_id)
    until = None
    if case.account is not None:
        until = Membership.objects.filter(ref=case.account).values_list("limited_until", flat=True).first()
    return envelope(
        to.email,
        f"Parvis : {subject} {place.name}",
        f"recovery/emails/{name}",
        {
            "name": to.name,
            "establishment": place.name,
            "who": f"{one.first_name} {one.last_name}",
            "function": one.function,
            "why": case.get_why_display(),
            "at": case.opened_at,
            "until": until,
            "address": settings.PARVIS_ADDRESS + reverse("recovery:object", args=[token(case, to)]),
        },
    )


def told(message: Message) -> Envelope | None:
    """To everybody known of the establishment: somebody asks to administer it; the link by which to object."""
    return _to_known(message, "quelqu’un demande à administrer", "told")


def granted(message: Message) -> Envelope | None:
    """To the same: somebody administers from now on, and until when one may still object."""
    return _to_known(message, "une nouvelle personne administre", "granted")


register(
    Letter("recovery.received", "Demande pour retrouver l’accès", "qui demande", "", received),
    Letter(
        "recovery.told",
        "Demande pour retrouver l’accès",
        "chaque personne qui a un compte dans l’établissement, quel qu’en soit l’état",
        "jusqu’à la fin de la demande",
        told,
    ),
    Letter(
        "recovery.follow_link",
        "Code de suivi d’une demande perdu, nouveau code demandé",
        "qui demande",
        duration(settings.PARVIS_FOLLOW_LINK_VALIDITY),
        follow_link,
        expires_after=settings.PARVIS_FOLLOW_LINK_VALIDITY,
    ),
    Letter("recovery.contested", "Demande contestée", "qui demande", "", contested),
    Letter("recovery.settled", "Demande accordée, refusée, retirée ou close", "qui demande", "", settled),
    Letter(
        "recovery.granted",
        "Accès rétabli",
        "chaque autre personne qui a un compte dans l’établissement",
        "tant que la nouvelle personne ne fait que consulter",
        granted,
    ),
)
