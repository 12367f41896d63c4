"""The e-mails of « Mon compte »: what the person changes of themselves is told where it can no longer be undone."""

from django.conf import settings
from django.urls import reverse

from parvis.ground.pages.filters import duration
from parvis.identity.actions.coordinates import new_change_token
from parvis.identity.models import CoordinateChange, Email
from parvis.post.models import Message
from parvis.post.registry import Envelope, Letter, envelope, register


def _change(message: Message) -> CoordinateChange | None:
    return CoordinateChange.objects.select_related("person").filter(pk=message.object_id).first()


def _said(change: CoordinateChange, message: Message) -> dict[str, object]:
    return {
        "name": f"{change.person.first_name} {change.person.last_name}",
        "old": change.old,
        "new": change.new,
        "at": message.queued_at,
        "password": settings.PARVIS_ADDRESS + reverse("identity:forgotten"),
    }


def masked(address: str) -> str:
    """« l•••@mairie.example »: who asked knows which address it is, and a stranger who reads this does not."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}•••@{domain}"


def email_change_asked(message: Message) -> Envelope | None:
    """To the old address, at once: a change was asked, and how to stop it."""
    change = _change(message)
    if change is None or change.confirmed_at or change.cancelled_at:
        return None
    return envelope(
        change.old,
        "Parvis : un changement de votre adresse est demandé",
        "identity/emails/email_change_asked",
        {
            **_said(change, message),
            "new": masked(change.new),
            "until": change.expires_at,
            "address": settings.PARVIS_ADDRESS + reverse("identity:cancel-change", args=[new_change_token(change)]),
        },
    )


def email_changed(message: Message) -> Envelope | None:
    """To the old address, which no longer signs in."""
    change = _change(message)
    if change is None:
        return None
    return envelope(
        change.old,
        "Parvis : votre adresse de connexion a changé",
        "identity/emails/email_changed",
        {
            **_said(change, message),
            "new": masked(change.new),
            # No new password here: its link would go to the new address.
            "contact": settings.PARVIS_ADDRESS + reverse("information:contact"),
        },
    )


def email_added(message: Message) -> Envelope | None:
    """To each address that was confirmed before: another one signs in too."""
    change = _change(message)
    email = Email.objects.filter(pk=message.detail.get("email")).first()
    if change is None or email is None:
        return None
    return envelope(
        email.address,
        "Parvis : une adresse est ajoutée à votre compte",
        "identity/emails/email_added",
        {**_said(change, message), "new": masked(change.new)},
    )


def phone_changed(message: Message) -> Envelope | None:
    """To each confirmed address: the telephone is another."""
    change = _change(message)
    email = Email.objects.filter(pk=message.detail.get("email")).first()
    if change is None or email is None:
        return None
    return envelope(
        email.address, "Parvis : votre téléphone a changé", "identity/emails/phone_changed", _said(change, message)
    )


def factors_reset(message: Message) -> Envelope | None:
    """To each confirmed address: the factors are gone, and what to do now."""
    email = Email.objects.select_related("person").filter(pk=message.object_id).first()
    if email is None:
        return None
    return envelope(
        email.address,
        "Parvis : votre second facteur est réinitialisé",
        "identity/emails/factors_reset",
        {
            "name": f"{email.person.first_name} {email.person.last_name}",
            "at": message.queued_at,
            "address": settings.PARVIS_ADDRESS + reverse("identity:sign-in"),
        },
    )


register(
    Letter("identity.factors_reset", "Second facteur réinitialisé", "chaque adresse confirmée", "", factors_reset),
    Letter(
        "identity.email_change_asked",
        "Changement d’adresse demandé",
        "l’ancienne adresse",
        duration(settings.PARVIS_EMAIL_CONFIRMATION_VALIDITY),
        email_change_asked,
    ),
    Letter("identity.email_changed", "Changement d’adresse confirmé", "l’ancienne adresse", "", email_changed),
    Letter("identity.email_added", "Adresse ajoutée et confirmée", "chaque autre adresse confirmée", "", email_added),
    Letter("identity.phone_changed", "Téléphone changé", "chaque adresse confirmée", "", phone_changed),
)
