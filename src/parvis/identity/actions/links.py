"""Links that a person receives: forgotten password, account to unblock, address to confirm."""

from dataclasses import dataclass
from enum import Enum

from django.db import connection

from parvis.ground import clock, tenancy
from parvis.ground.identifiers.tokens import draw_token, hash_token
from parvis.ground.tenancy import action
from parvis.identity.actions.persons import set_password
from parvis.identity.browsers import end_trust
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
    """A link looked at, and what its page shows. `shared`: somebody else has the address too."""

    state: State
    person_id: int = 0
    address: str = ""
    own_words: tuple[str, ...] = ()
    shared: bool = False


@action
def new_token(link: Link) -> str:
    """A token for one sending; only its hash is kept."""
    token = draw_token()
    LinkToken.objects.create(hash=hash_token(token), person_id=link.person_id, link=link)
    return token


def find_link(token: str) -> tuple[int, int] | None:
    """The link of a token and whose it is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT link_id, person_id FROM identity_link_by_token(%s)", [hash_token(token)])
        return cursor.fetchone()


def lock_person(person_id: int) -> bool:
    """The person's row before any of theirs, as where a person is erased; False: there is nobody any more."""
    return Person.objects.select_for_update(no_key=True).only("id").filter(pk=person_id).first() is not None


def state_of(link: Link | None, purpose: str) -> State:
    """What a link of that purpose is worth now."""
    if link is None or link.purpose != purpose:
        return State.UNKNOWN
    if link.used_at is not None:
        return State.USED
    if link.superseded_at is not None:
        return State.SUPERSEDED
    return State.EXPIRED if link.expires_at <= clock.now() else State.VALID


def look(token: str, purpose: str) -> Looked:
    """What the link is worth; looking never uses it up."""
    found = find_link(token)
    if found is None:
        return Looked(State.UNKNOWN)
    link_id, person_id = found
    with tenancy.scope(person=person_id, role=tenancy.PERSON, read_only=True):
        link = Link.objects.select_related("email", "person").filter(pk=link_id).first()
        if link is None:
            return Looked(State.UNKNOWN)
        own_words = (link.person.first_name, link.person.last_name, link.email.address)
        return Looked(state_of(link, purpose), person_id, link.email.address, own_words)


def use_reset(*, token: str, password: str) -> Looked:
    """Choose the new password; the link is used up, the person's sessions end, no browser is trusted any more.

    The second factor stays what it is, and nobody is signed in. Raises Busy, the link unused.
    """
    found = find_link(token)
    if found is None:
        return Looked(State.UNKNOWN)
    link_id, person_id = found
    with tenancy.scope(person=person_id, role=tenancy.PERSON):
        lock_person(person_id)
        link = Link.objects.select_for_update(of=("self",)).filter(pk=link_id).first()
        state = state_of(link, Link.Purpose.PASSWORD)
        if link is None or state is not State.VALID:
            return Looked(state)
        set_password(person_id, password)
        end_trust(person_id)
        _use(link)
        record("identity.password_changed", actor=Actor(ref=None, person_id=person_id), person=person_id)
        for email_id in Email.objects.filter(verified_at__isnull=False).order_by("id").values_list("pk", flat=True):
            queue("identity.password_changed", object_id=email_id, person=person_id)
    Session.objects.filter(person_id=person_id).delete()
    return Looked(State.VALID, person_id)


def use_unblock(*, token: str) -> Looked:
    """Open the link that unblocks: used up, whatever comes of the second factor that is asked next."""
    found = find_link(token)
    if found is None:
        return Looked(State.UNKNOWN)
    link_id, person_id = found
    with tenancy.scope(person=person_id, role=tenancy.PERSON):
        lock_person(person_id)
        link = Link.objects.select_for_update(of=("self",)).filter(pk=link_id).first()
        state = state_of(link, Link.Purpose.UNBLOCK)
        if link is None or state is not State.VALID:
            return Looked(state)
        _use(link)
    return Looked(State.VALID, person_id)


def _use(link: Link) -> None:
    link.used_at = clock.now()
    link.save(update_fields=["used_at"])
