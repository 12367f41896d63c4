"""The e-mails of a person's own life: to their own verified addresses."""

from django.conf import settings
from django.urls import reverse

from parvis.ground import clock
from parvis.ground.pages.filters import duration
from parvis.identity.actions import new_token
from parvis.identity.models import Link
from parvis.post.models import Message
from parvis.post.registry import Envelope, Letter, envelope, register


def _address(name: str, token: str) -> str:
    return settings.PARVIS_ADDRESS + reverse(name, args=[token])


def _live(message: Message) -> Link | None:
    link = Link.objects.select_related("email", "person").filter(pk=message.object_id).first()
    if link is None or link.used_at or link.superseded_at or link.expires_at <= clock.now():
        return None
    return link


def confirm_email(message: Message) -> Envelope | None:
    """To a new address, so that it may sign in."""
    link = _live(message)
    if link is None:
        return None
    return envelope(
        link.email.address,
        "Parvis : confirmez votre nouvelle adresse",
        "identity/emails/confirm_email",
        {
            "name": f"{link.person.first_name} {link.person.last_name}",
            "address": _address("identity:confirm-email", new_token(link)),
            "until": link.expires_at,
        },
    )


register(
    Letter(
        "identity.confirm_email",
        "Changement ou ajout d’une adresse demandé, correction acceptée",
        "la nouvelle adresse",
        duration(settings.PARVIS_EMAIL_CONFIRMATION_VALIDITY),
        confirm_email,
    ),
)
