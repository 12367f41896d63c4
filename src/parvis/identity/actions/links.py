"""Links that a person receives: forgotten password, address to confirm."""

from dataclasses import dataclass
from enum import Enum

from django.conf import settings
from django.db import connection

from parvis.ground import clock, tenancy
from parvis.ground.identifiers.tokens import draw_token, hash_token
from parvis.ground.tenancy import action
from parvis.identity.actions.persons import email_key, set_password
from parvis.identity.models import Email, Link, LinkToken, Person, Session
from parvis.journal.actions import Actor, record
from parvis.post.actions import queue


class State(Enum):
    """What a link is worth now."""

    VALID = "valid"
    UNKNOWN = "unknown"
    USED = "used"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Looked:
    """A link looked at, and what its page shows."""

    state: State
    person_id: int = 0
    address: str = ""
    own_words: tuple[str, ...] = ()


def ask_reset(*, code: str, email: str) -> None:
    """Send a link to whom the identifier or the verified e-mail names, if anybody; the caller never learns which.

    An e-mail that two people share brings a link to each, with the name in it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT person_id, email_id FROM identity_for_reset(%s, %s)", [code, email_key(email)])
        targets = cursor.fetchall()
    now = clock.now()
    for person_id, email_id in targets:
        with tenancy.scope(person=person_id, role=tenancy.PERSON):
            if not _locked(person_id):
                continue
            mine = Link.objects.filter(person_id=person_id, purpose=Link.Purpose.PASSWORD)
            mine.filter(used_at=None, superseded_at=None).update(superseded_at=now)
            link = Link.objects.create(
                person_id=person_id,
                email_id=email_id,
                purpose=Link.Purpose.PASSWORD,
                asked_at=now,
                expires_at=now + settings.PARVIS_RESET_VALIDITY,
            )
            queue("identity.reset", object_id=link.pk, person=person_id)
            record("identity.reset_asked", actor=Actor(ref=None, person_id=person_id), person=person_id)


@action
def new_token(link: Link) -> str:
    """A token for one sending; only its hash is kept."""
    token = draw_token()
    LinkToken.objects.create(hash=hash_token(token), person_id=link.person_id, link=link)
    return token


def _found(token: str) -> tuple[int, int] | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT link_id, person_id FROM identity_link_by_token(%s)", [hash_token(token)])
        return cursor.fetchone()


def _locked(person_id: int) -> bool:
    """The person's row before any of theirs, as where a person is erased; False: there is nobody any more."""
    return Person.objects.select_for_update(no_key=True).only("id").filter(pk=person_id).first() is not None


def _state(link: Link | None, purpose: str) -> State:
    if link is None or link.purpose != purpose:
        return State.UNKNOWN
    if link.used_at is not None:
        return State.USED
    if link.superseded_at is not None:
        return State.SUPERSEDED
    return State.EXPIRED if link.expires_at <= clock.now() else State.VALID


def look(token: str, purpose: str) -> Looked:
    """What the link is worth; looking never uses it up."""
    found = _found(token)
    if found is None:
        return Looked(State.UNKNOWN)
    link_id, person_id = found
    with tenancy.scope(person=person_id, role=tenancy.PERSON, read_only=True):
        link = Link.objects.select_related("email", "person").filter(pk=link_id).first()
        if link is None:
            return Looked(State.UNKNOWN)
        own_words = (link.person.first_name, link.person.last_name, link.email.address)
        return Looked(_state(link, purpose), person_id, link.email.address, own_words)


def use_reset(*, token: str, password: str) -> Looked:
    """Choose the new password; the link is used up and the person's sessions end."""
    found = _found(token)
    if found is None:
        return Looked(State.UNKNOWN)
    link_id, person_id = found
    with tenancy.scope(person=person_id, role=tenancy.PERSON):
        _locked(person_id)
        link = Link.objects.select_for_update(of=("self",)).filter(pk=link_id).first()
        state = _state(link, Link.Purpose.PASSWORD)
        if link is None or state is not State.VALID:
            return Looked(state)
        set_password(person_id, password)
        link.used_at = clock.now()
        link.save(update_fields=["used_at"])
        record("identity.password_changed", actor=Actor(ref=None, person_id=person_id), person=person_id)
        for email_id in Email.objects.filter(verified_at__isnull=False).values_list("pk", flat=True):
            queue("identity.password_changed", object_id=email_id, person=person_id)
    Session.objects.filter(person_id=person_id).delete()
    return Looked(State.VALID, person_id)


def confirm_email(*, token: str) -> Looked:
    """Confirm the address; it takes the place of the one that it replaces."""
    found = _found(token)
    if found is None:
        return Looked(State.UNKNOWN)
    link_id, person_id = found
    with tenancy.scope(person=person_id, role=tenancy.PERSON):
        _locked(person_id)
        link = Link.objects.select_for_update(of=("self",)).select_related("email").filter(pk=link_id).first()
        state = _state(link, Link.Purpose.EMAIL)
        if link is None or state is not State.VALID:
            return Looked(state)
        now = clock.now()
        email, old = link.email, link.email.replaces
        email.verified_at, email.replaces = now, None
        email.save(update_fields=["verified_at", "replaces"])
        link.used_at = now
        link.save(update_fields=["used_at"])
        if old is not None:
            old.delete()
        record("identity.email_confirmed", actor=Actor(ref=None, person_id=person_id), person=person_id)
        return Looked(State.VALID, person_id, email.address)
