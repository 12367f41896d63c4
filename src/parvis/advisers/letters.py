"""The e-mail that an adviser receives when their account is opened."""

from django.conf import settings
from django.urls import reverse

from parvis.advisers.actions import WELCOME
from parvis.ground import clock
from parvis.ground.pages.filters import duration
from parvis.identity.actions import new_token
from parvis.identity.models import Link
from parvis.post.models import Message
from parvis.post.registry import Envelope, Letter, envelope, register


def welcome(message: Message) -> Envelope | None:
    """To the adviser: the link to choose a password, and what they will need besides."""
    link = Link.objects.select_related("email", "person").filter(pk=message.object_id).first()
    if link is None or link.used_at or link.superseded_at or link.expires_at <= clock.now():
        return None
    return envelope(
        link.email.address,
        "Parvis : votre compte de conseiller",
        "advisers/emails/welcome",
        {
            "name": f"{link.person.first_name} {link.person.last_name}",
            "address": settings.PARVIS_ADDRESS + reverse("identity:reset", args=[new_token(link)]),
            "until": link.expires_at,
        },
    )


register(
    Letter(
        WELCOME,
        "Compte de conseiller ouvert, lien renvoyé (« parvis advisers »)",
        "le conseiller",
        duration(settings.PARVIS_ADVISER_LINK_VALIDITY),
        welcome,
    )
)
