"""Accounts at identity providers: linked and unlinked by the person alone, known by provider and `sub` alone."""

import datetime

from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from parvis.ground import clock, tenancy
from parvis.ground.identifiers.tokens import hash_token
from parvis.ground.tenancy import Refused
from parvis.identity.models import Email, Person, ProviderAccount, Session
from parvis.identity.providers.catalogue import name_of
from parvis.journal.actions import SYSTEM, Actor, record
from parvis.post.actions import queue


def owner_of(slug: str, subject: str) -> int:
    """The person whose account at the provider this is; 0 for nobody's. Needs no scope."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT person_id FROM identity_provider_account(%s, %s)", [slug, subject])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def spend(value: str, *, until: datetime.datetime) -> bool:
    """Whether this value that serves once had not served yet; remembered until then. Needs no scope."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT identity_spend(%s, %s)", [hash_token(value), until])
        return cursor.fetchone()[0] is True


def link(*, person_id: int, slug: str, subject: str) -> None:
    """Let the account at the provider sign the person in; linking one's own again changes nothing.

    Whoever asks gave a fresh second factor (the view asks for it). Raises Refused where it signs somebody else in.
    """
    with tenancy.scope(person=person_id, role=tenancy.PERSON):
        _lock(person_id)
        if ProviderAccount.objects.filter(person_id=person_id, provider=slug, subject=subject).exists():
            return
        try:
            with transaction.atomic():
                made = ProviderAccount.objects.create(
                    person_id=person_id, provider=slug, subject=subject, added_at=clock.now()
                )
        except IntegrityError as fault:
            raise Refused(taken(slug)) from fault
        _told("identity.provider_linked", person_id, slug, made.pk)


def taken(slug: str) -> str:
    """Why an account at the provider cannot be linked."""
    return (
        f"Ce compte « {name_of(slug)} » permet déjà à une autre personne de se connecter à Parvis : il n’a pas été "
        "relié au vôtre."
    )


def unlink(*, person_id: int, account_id: int, but: str = "") -> None:
    """The account at the provider signs the person in no more, and what that provider opened ends at the next request.

    `but`: the key of the session that asks, which stays. Raises Refused where the account is not, or no longer, theirs.
    """
    with tenancy.scope(person=person_id, role=tenancy.PERSON):
        _lock(person_id)
        held = ProviderAccount.objects.filter(pk=account_id, person_id=person_id).first()
        if held is None:
            raise Refused("Ce compte n’est plus relié au vôtre : il n’y a rien à faire.")
        slug = held.provider
        held.delete()
        # The application's role ends sessions: the person's has no grant on them.
        with tenancy.scope(person=person_id):
            Session.objects.filter(person_id=person_id, provider=slug).exclude(session_key=but).delete()
        _told("identity.provider_unlinked", person_id, slug, account_id)


def note_used(*, person_id: int, slug: str, subject: str) -> None:
    """The account at the provider signs the person in now."""
    with tenancy.scope(person=person_id, role=tenancy.PERSON):
        ProviderAccount.objects.filter(person_id=person_id, provider=slug, subject=subject).update(
            last_used_at=clock.now()
        )


def end_sessions(*, slug: str, session: str, subject: str) -> int:
    """Who signed out at the provider is signed out here: of that session there, or of all. Returns how many ended."""
    open_ones = Session.objects.filter(provider=slug)
    if session:
        open_ones = open_ones.filter(provider_session=session)
    if subject:
        owner = owner_of(slug, subject)
        if not owner:
            return 0
        # A session named may be that of somebody who has still to give the second factor here.
        whose = Q(person_id=owner) | Q(person_id=None) if session else Q(person_id=owner)
        open_ones = open_ones.filter(whose)
    with transaction.atomic():
        ended = list(open_ones.select_for_update().values_list("session_key", "person_id"))
        Session.objects.filter(session_key__in=[key for key, _ in ended]).delete()
        for _, person_id in ended:
            if person_id:
                with tenancy.scope(person=person_id, role=tenancy.PERSON):
                    record("identity.provider_signed_out", actor=SYSTEM, person=person_id, after={"provider": slug})
    return len(ended)


def _lock(person_id: int) -> None:
    """The person's row before any of theirs, as where a person is erased."""
    if Person.objects.select_for_update(no_key=True).only("id").filter(pk=person_id).first() is None:
        raise Refused("Ce compte n’existe plus. Connectez-vous de nouveau.")


def _told(kind: str, person_id: int, slug: str, account_id: int) -> None:
    """One event, and one e-mail to each confirmed address: nobody gains a way in behind somebody's back."""
    record(
        kind,
        actor=Actor(ref=None, person_id=person_id),
        person=person_id,
        after={"provider": slug, "account": account_id},
    )
    for email_id in Email.objects.filter(person_id=person_id, verified_at__isnull=False).values_list("pk", flat=True):
        queue(kind, object_id=email_id, person=person_id, detail={"provider": slug})
