"""What is open and where: the person's sessions, the browsers that Parvis knows them in, their provider accounts."""

import datetime
from dataclasses import dataclass

from parvis.ground import clock, tenancy
from parvis.ground.sealing import keyed_hash
from parvis.identity.models import Browser, ProviderAccount, Session
from parvis.identity.providers.catalogue import name_of


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session as listed. `number` names it in addresses: its key is the right to it, and is never shown."""

    number: str
    label: str
    entered_at: datetime.datetime | None
    seen_at: datetime.datetime | None
    provider: str
    here: bool


@dataclass(frozen=True, slots=True)
class KnownBrowser:
    """A browser in which the person signed in; `trusted_until`: no second factor is asked there before."""

    id: int
    label: str
    first_seen_at: datetime.datetime
    last_seen_at: datetime.datetime
    trusted_until: datetime.datetime | None
    here: bool


def number_of(session_key: str) -> str:
    """What names a session in our addresses."""
    return keyed_hash(session_key, purpose="session-number")[:24]


def open_sessions(person_id: int, here: str) -> list[OpenSession]:
    """The person's open sessions, this one first, then the latest used; `here`: the key of the request's own."""
    # Sessions are read before anybody is known: the person's own role has no grant on them.
    with tenancy.scope(person=person_id, read_only=True):
        found = [
            OpenSession(
                number_of(row.session_key),
                row.label or "Navigateur",
                row.entered_at,
                row.seen_at,
                name_of(row.provider) if row.provider else "",
                row.session_key == here,
            )
            for row in Session.objects.filter(person_id=person_id, expire_date__gt=clock.now()).order_by("-seen_at")
        ]
    return sorted(found, key=lambda one: not one.here)


def known_browsers(person_id: int, here: int) -> list[KnownBrowser]:
    """The browsers known for the person, this one first; `here`: the id of the request's own."""
    now = clock.now()
    with tenancy.scope(person=person_id, role=tenancy.PERSON, read_only=True):
        found = [
            KnownBrowser(
                row.pk,
                row.label or "Navigateur",
                row.first_seen_at,
                row.last_seen_at,
                row.trusted_until if row.trusted_until and row.trusted_until > now else None,
                row.pk == here,
            )
            for row in Browser.objects.filter(person_id=person_id).order_by("-last_seen_at")
        ]
    return sorted(found, key=lambda one: not one.here)


@dataclass(frozen=True, slots=True)
class LinkedAccount:
    """An account at an identity provider with which the person signs in."""

    id: int
    label: str
    added_at: datetime.datetime
    last_used_at: datetime.datetime | None


def linked_accounts(person_id: int) -> list[LinkedAccount]:
    """The person's provider accounts, the oldest first."""
    with tenancy.scope(person=person_id, role=tenancy.PERSON, read_only=True):
        return [
            LinkedAccount(row.pk, name_of(row.provider), row.added_at, row.last_used_at)
            for row in ProviderAccount.objects.filter(person_id=person_id).order_by("id")
        ]
