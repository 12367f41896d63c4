"""The first link: issued with the account, opened once by the person who was handed the identifier.

The link alone opens nothing: it wants the identifier, which travels by hand. Five wrong identifiers kill it and the
administrators are told. A GET never uses it up.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from django.conf import settings
from django.db import connection

from parvis.access.actions.apart import never_advisers, never_an_adviser
from parvis.access.actions.guards import account_for_update, active_administrator_ids, actor_of
from parvis.access.models import Link, LinkToken, Membership, Profile
from parvis.access.standing import Standing
from parvis.access.status import expires_on
from parvis.ground import clock, tenancy
from parvis.ground.identifiers.tokens import draw_token, hash_token
from parvis.ground.tenancy import Refused, action
from parvis.identity import actions as identity
from parvis.identity.models import Person
from parvis.journal.actions import SYSTEM, Actor, Change, record, record_changes
from parvis.post.actions import queue, queue_each


class State(Enum):
    """What a link is worth now. Each but `VALID` has its own sentence on the page."""

    VALID = "valid"
    UNKNOWN = "unknown"
    USED = "used"
    SUPERSEDED = "superseded"
    KILLED = "killed"
    EXPIRED = "expired"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Opened:
    """A link looked at: its state, and where it leads when it is known."""

    state: State
    link_id: int = 0
    establishment_id: int = 0
    establishment_name: str = ""
    own_words: tuple[str, ...] = ()
    administers: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of an identifier typed on a link."""

    state: State
    accepted: bool = False
    tries_left: int = 0
    person_id: int = 0
    siret: str = ""


def _closed(account: Membership) -> bool:
    """Whether a link would open nothing: the account is deactivated, or has expired."""
    return account.deactivated_at is not None or expires_on(account) < clock.today()


def renew_links(accounts: Sequence[Membership], actor: Actor) -> None:
    """The address was corrected: the old link dies, the new address gets its own as soon as the account is open."""
    Link.objects.filter(membership__in=accounts, used_at=None, superseded_at=None).update(superseded_at=clock.now())
    send_owed_links(accounts, actor)


def send_owed_links(accounts: Sequence[Membership], actor: Actor) -> None:
    """Send the link that each account, closed when its address was corrected, still owes its person.

    The number of statements does not depend on theirs.
    """
    waiting = [account for account in accounts if account.confirmed_at is None and not _closed(account)]
    if not waiting:
        return
    served = set(
        Link.objects.filter(membership__in=waiting, superseded_at=None).values_list("membership_id", flat=True)
    )
    owed = [account for account in waiting if account.pk not in served]
    if owed:
        issue_each(owed)
        record_changes("link.renewed", actor=actor, changes=[Change(account.ref, {}, {}) for account in owed])


def renew_link(account: Membership, actor: Actor) -> None:
    """`renew_links` of one account."""
    renew_links([account], actor)


def send_owed_link(account: Membership, actor: Actor) -> None:
    """`send_owed_links` of one account."""
    send_owed_links([account], actor)


def issue(account: Membership) -> Link:
    """A new link for an account that waits for its password; older ones are superseded, the time starts anew."""
    return issue_each([account])[0]


def issue_each(accounts: Sequence[Membership]) -> list[Link]:
    """A new link for each account; the number of statements does not depend on theirs.

    The e-mails of several wait behind what somebody is waiting for.
    """
    now = clock.now()
    Link.objects.filter(membership__in=accounts, used_at=None, superseded_at=None).update(superseded_at=now)
    links = Link.objects.bulk_create(
        Link(
            establishment_id=account.establishment_id,
            membership=account,
            created_at=now,
            expires_at=now + settings.PARVIS_INVITATION_VALIDITY,
        )
        for account in accounts
    )
    if len(links) == 1:
        queue("access.first_link", object_id=links[0].pk, establishment=links[0].establishment_id)
    else:
        queue_each("access.first_link", [(link.establishment_id, link.pk) for link in links])
    return links


@action
def send_again(*, who: Standing, account_id: int) -> Membership:
    """A new link and its e-mail; the old one dies."""
    account = account_for_update(account_id)
    if account.confirmed_at is not None:
        raise Refused(f"{account.name} a déjà choisi un mot de passe : il n’y a plus de lien à envoyer.")
    if account.deactivated_at is not None:
        raise Refused("Ce compte est désactivé : réactivez-le avant d’envoyer un nouveau lien.")
    if _closed(account):
        raise Refused("Ce compte a expiré : renouvelez-le avant d’envoyer un nouveau lien.")
    issue(account)
    record("link.renewed", actor=actor_of(who), object=account.ref)
    return account


@action
def new_token(link: Link) -> str:
    """A token for one sending of the link's e-mail; only its hash is kept."""
    token = draw_token()
    LinkToken.objects.create(hash=hash_token(token), establishment_id=link.establishment_id, link=link)
    return token


def _found(token: str) -> tuple[int, int] | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT link_id, establishment_id FROM access_link_by_token(%s)", [hash_token(token)])
        return cursor.fetchone()


def _state(link: Link) -> State:
    now = clock.now()
    if link.used_at is not None or link.membership.confirmed_at is not None:
        return State.USED
    if link.superseded_at is not None:
        return State.SUPERSEDED
    if link.killed_at is not None:
        return State.KILLED
    if link.expires_at <= now:
        return State.EXPIRED
    return State.CLOSED if _closed(link.membership) else State.VALID


def look(token: str) -> Opened:
    """What the link of this token is worth; opens its own scope, READ ONLY: looking never uses it up."""
    found = _found(token)
    if found is None:
        return Opened(State.UNKNOWN)
    link_id, establishment = found
    with tenancy.scope(establishment=establishment, read_only=True):
        link = Link.objects.select_related("membership", "establishment").filter(pk=link_id).first()
        if link is None:
            return Opened(State.UNKNOWN)
        return Opened(
            _state(link),
            link_id=link.pk,
            establishment_id=establishment,
            establishment_name=link.establishment.name,
            own_words=(
                link.membership.first_name,
                link.membership.last_name,
                link.membership.email,
                link.establishment.name,
            ),
            administers=link.membership.profile == Profile.ADMINISTRATOR,
        )


def open_link(
    *, token: str, identifier: str, password: str = "", person: Person | None = None, only_check: bool = False
) -> Attempt:
    """Use the link up: with a new password (« C’est mon premier compte ») or for a person who signs in already.

    `identifier` is what was typed, cleaned, or "" where its characters alone show that it is none: a wrong one counts.
    `only_check`: something else on the page is wrong, so that even the right identifier opens nothing yet.
    Parallel tries wait for one another. Raises Refused when that person has an account here already; a wrong identifier
    is an answer, not an exception, for it must be counted.
    """
    found = _found(token)
    if found is None:
        return Attempt(State.UNKNOWN)
    link_id, establishment = found
    with tenancy.scope(establishment=establishment):
        # The account's row before its link's, as every other write on both: none waits for the other in a ring.
        account = Membership.objects.select_for_update(of=("self",)).filter(links__pk=link_id).first()
        link = Link.objects.select_for_update(of=("self",)).filter(pk=link_id).first()
        if account is None or link is None:
            return Attempt(State.UNKNOWN)
        link.membership = account
        state = _state(link)
        if state is not State.VALID:
            return Attempt(state)
        if not secrets.compare_digest(identifier.encode(), account.identifier.encode()):
            return _wrong(link, account)
        if only_check:
            return Attempt(State.VALID)
        return _accepted(link, account, password, person)


def _wrong(link: Link, account: Membership) -> Attempt:
    link.tries += 1
    left = settings.PARVIS_INVITATION_TRIES - link.tries
    anybody = Actor(ref=None, origin="lien")
    record("link.wrong_identifier", actor=anybody, object=account.ref, after={"tries": link.tries})
    if left <= 0:
        link.killed_at = clock.now()
        record("link.killed", actor=anybody, object=account.ref)
        for administrator in active_administrator_ids():
            queue(
                "access.link_killed",
                object_id=link.pk,
                establishment=account.establishment_id,
                detail={"to": administrator},
            )
    link.save(update_fields=["tries", "killed_at"])
    return Attempt(State.KILLED if left <= 0 else State.VALID, tries_left=max(left, 0))


@action
def _accepted(link: Link, account: Membership, password: str, person: Person | None) -> Attempt:
    now = clock.now()
    if person is not None:
        never_an_adviser(person.pk)
        if Membership.objects.filter(person_id=person.pk).exists():
            raise Refused(
                "Vous avez déjà un compte dans cet établissement : connectez-vous avec celui-là, et signalez ce "
                "doublon à la personne qui vous a remis l’identifiant."
            )
        _hold(person, account.establishment_id)
    if person is None:
        never_advisers([account.email])
        person_id = identity.create_person(
            first_name=account.first_name,
            last_name=account.last_name,
            password=password,
            email=account.email,
            phone=account.phone,
            at=now,
        )
    else:
        person_id = person.pk
    identity.add_identifier(person_id, account.identifier)
    account.person_id, account.confirmed_at = person_id, now
    if account.limited_until is not None:
        # Counted from the day on which they come in: nobody waits it out before anybody sees them.
        account.limited_until = clock.today() + settings.PARVIS_RECOVERY_LIMIT
    account.save(update_fields=["person", "confirmed_at", "limited_until"])
    link.used_at = now
    link.save(update_fields=["used_at"])
    # The same event in both cases: an establishment does not learn that somebody has an account elsewhere.
    record("account.confirmed", actor=Actor(ref=account.ref, person_id=person_id), object=account.ref)
    return Attempt(State.VALID, accepted=True, person_id=person_id, siret=account.establishment.siret)


def _hold(person: Person, establishment: int) -> None:
    """Until the transaction ends, the person is not erased with the last of their other accounts."""
    with tenancy.scope(person=person.pk, establishment=establishment, role=tenancy.PERSON):
        if Person.objects.select_for_update(no_key=True).only("id").filter(pk=person.pk).first() is None:
            raise Refused("Votre autre compte vient d’être supprimé : choisissez « C’est mon premier compte ».")


@action
def note_delivery(link_id: int, *, delivered: bool) -> None:
    """The journal's event for the outcome of the first e-mail."""
    link = Link.objects.select_related("membership").filter(pk=link_id).first()
    if link is not None:
        record("link.sent" if delivered else "link.not_delivered", actor=SYSTEM, object=link.membership.ref)
