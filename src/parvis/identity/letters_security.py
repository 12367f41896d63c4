"""The e-mails that keep people safe when they sign in: to their own verified addresses, with nothing to decline."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from parvis.ground import clock
from parvis.ground.pages.filters import duration
from parvis.identity.actions.links import new_token
from parvis.identity.models import Browser, Email, Link, Person
from parvis.identity.queries.people import identifiers_of
from parvis.post.models import Message
from parvis.post.registry import Envelope, Letter, envelope, register


def _site(name: str, *arguments: Any) -> str:
    return settings.PARVIS_ADDRESS + reverse(name, args=arguments)


def _to(message: Message) -> tuple[str, str] | None:
    """The verified address that the message is about, and the person's name; None where it is theirs no longer."""
    email = Email.objects.select_related("person").filter(pk=message.object_id, verified_at__isnull=False).first()
    return None if email is None else (email.address, f"{email.person.first_name} {email.person.last_name}")


def fresh(message: Message) -> Link | None:
    """The link of a message that may still leave: its time begins now, however long the message waited."""
    link = Link.objects.select_related("email", "person").filter(pk=message.object_id).first()
    if link is None or link.used_at or link.superseded_at:
        return None
    link.expires_at = clock.now() + settings.PARVIS_RESET_VALIDITY
    link.save(update_fields=["expires_at"])
    return link


def reset(message: Message) -> Envelope | None:
    """« Mot de passe oublié »: the link, that signs nobody in."""
    link = fresh(message)
    if link is None:
        return None
    return envelope(
        link.email.address,
        "Parvis : choisissez un nouveau mot de passe",
        "identity/emails/reset",
        {
            "name": f"{link.person.first_name} {link.person.last_name}",
            "address": _site("identity:reset", new_token(link)),
            "until": link.expires_at,
        },
    )


def password_changed(message: Message) -> Envelope | None:
    """To each confirmed address after a change, so that nobody's password changes behind their back."""
    to = _to(message)
    if to is None:
        return None
    return envelope(
        to[0],
        "Parvis : votre mot de passe a été changé",
        "identity/emails/password_changed",
        {
            "name": to[1],
            "at": message.queued_at,
            "address": _site("identity:forgotten"),
        },
    )


def locked(message: Message) -> Envelope | None:
    """Several failures in a row: since when, until when, from where, what to do."""
    to = _to(message)
    if to is None:
        return None
    address, name = to
    step = message.detail["step"]
    locks = settings.PARVIS_LOCKS
    for_good = step > len(locks)
    return envelope(
        address,
        "Parvis : votre compte est bloqué" if for_good else "Parvis : connexion suspendue après plusieurs échecs",
        "identity/emails/locked",
        {
            "name": name,
            "at": message.queued_at,
            "for_good": for_good,
            "lasts": None if for_good else duration(locks[step - 1]),
            "where": message.detail["key"],
            "failures": settings.PARVIS_FAILURES,
            "unblock": _site("identity:unblock"),
            "password": _site("identity:forgotten"),
        },
    )


def unblocked(message: Message) -> Envelope | None:
    """The person unblocked their own account."""
    to = _to(message)
    if to is None:
        return None
    return envelope(
        to[0],
        "Parvis : votre compte est débloqué",
        "identity/emails/unblocked",
        {"name": to[1], "at": message.queued_at, "password": _site("identity:forgotten")},
    )


def unblock(message: Message) -> Envelope | None:
    """« Débloquer mon compte »: the link; the second factor is asked behind it."""
    link = fresh(message)
    if link is None:
        return None
    return envelope(
        link.email.address,
        "Parvis : débloquez votre compte",
        "identity/emails/unblock",
        {
            "name": f"{link.person.first_name} {link.person.last_name}",
            "address": _site("identity:unblock-link", new_token(link)),
            "until": link.expires_at,
        },
    )


def identifier(message: Message) -> Envelope | None:
    """« Identifiant oublié »: each identifier that signs this person in."""
    to = _to(message)
    if to is None or message.person_id is None:
        return None
    return envelope(
        to[0],
        "Parvis : votre identifiant",
        "identity/emails/identifier",
        {
            "name": to[1],
            "at": message.queued_at,
            "identifiers": identifiers_of(message.person_id),
            "address": _site("identity:sign-in"),
        },
    )


def new_browser(message: Message) -> Envelope | None:
    """A sign-in from a browser where the person had never signed in: to each of their verified addresses."""
    browser = Browser.objects.select_related("person").filter(pk=message.object_id).first()
    email = Email.objects.filter(pk=message.detail.get("email"), verified_at__isnull=False).first()
    if browser is None or email is None:
        return None
    person: Person = browser.person
    return envelope(
        email.address,
        f"Parvis : connexion depuis un nouveau navigateur ({browser.label})",
        "identity/emails/new_browser",
        {
            "name": f"{person.first_name} {person.last_name}",
            "browser": browser.label,
            "at": browser.first_seen_at,
            "sessions": _site("identity:sessions"),
            "password": _site("identity:forgotten"),
        },
    )


_HOUR = duration(settings.PARVIS_RESET_VALIDITY)
_HERS = "chaque adresse vérifiée de la personne"
register(
    Letter("identity.reset", "« Mot de passe oublié »", "l’adresse vérifiée de la personne", _HOUR, reset),
    Letter("identity.password_changed", "Mot de passe changé", _HERS, "", password_changed),
    Letter("identity.locked", f"{settings.PARVIS_FAILURES} échecs de suite", _HERS, "", locked),
    Letter("identity.unblocked", "Compte débloqué par la personne", _HERS, "", unblocked),
    Letter("identity.unblock", "« Débloquer mon compte »", "l’adresse vérifiée de la personne", _HOUR, unblock),
    Letter("identity.identifier", "« Identifiant oublié »", "l’adresse vérifiée de la personne", "", identifier),
    Letter("identity.new_browser", "Connexion depuis un nouveau navigateur", _HERS, "", new_browser),
)
