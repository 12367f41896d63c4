"""The e-mails of a person's own life: to their own verified addresses."""

from django.conf import settings
from django.urls import reverse

from parvis.ground import clock
from parvis.identity.actions import new_token
from parvis.identity.models import Email, Link, Person
from parvis.post.models import Message
from parvis.post.registry import Envelope, Letter, envelope, register


def _address(name: str, token: str) -> str:
    return settings.PARVIS_ADDRESS + reverse(name, args=[token])


def _live(message: Message) -> Link | None:
    link = Link.objects.select_related("email", "person").filter(pk=message.object_id).first()
    if link is None or link.used_at or link.superseded_at or link.expires_at <= clock.now():
        return None
    return link


def reset(message: Message) -> Envelope | None:
    """« Mot de passe oublié »: the link, valid one hour from the request."""
    link = _live(message)
    if link is None:
        return None
    return envelope(
        link.email.address,
        "Parvis : choisissez un nouveau mot de passe",
        "identity/emails/reset",
        {
            "name": f"{link.person.first_name} {link.person.last_name}",
            "address": _address("identity:reset", new_token(link)),
            "until": link.expires_at,
        },
    )


def password_changed(message: Message) -> Envelope | None:
    """To each confirmed address after a change, so that nobody's password changes behind their back."""
    email = Email.objects.filter(pk=message.object_id).first()
    person = Person.objects.filter(pk=message.person_id or 0).first()
    if email is None or person is None:
        return None
    return envelope(
        email.address,
        "Parvis : votre mot de passe a été changé",
        "identity/emails/password_changed",
        {
            "name": f"{person.first_name} {person.last_name}",
            "at": message.queued_at,
            "address": settings.PARVIS_ADDRESS + reverse("identity:forgotten"),
        },
    )


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
    Letter("identity.reset", "« Mot de passe oublié »", "l’adresse vérifiée de la personne", "1 heure", reset),
    Letter("identity.password_changed", "Mot de passe changé", "la personne", "", password_changed),
    Letter("identity.confirm_email", "Nouvelle adresse acceptée", "la nouvelle adresse", "3 jours", confirm_email),
)
