"""A person's own e-mails and telephones change: confirmed on the new one, told to the old one, which holds until then.

Whoever changes them gave a fresh second factor (the views ask for it).
"""

import datetime

from django.conf import settings
from django.db import connection

from parvis.ground import clock, tenancy
from parvis.ground.identifiers.tokens import draw_token, hash_token
from parvis.ground.tenancy import Refused, action
from parvis.identity.actions.links import Looked, State, find_link, lock_person, state_of
from parvis.identity.actions.persons import email_key, own_scope
from parvis.identity.browsers import end_trust
from parvis.identity.employers import employers
from parvis.identity.factors import telephone
from parvis.identity.models import ChangeToken, Code, CoordinateChange, Email, Link, Phone, Session
from parvis.identity.queries.coordinates import shared
from parvis.journal.actions import Actor, record
from parvis.post.actions import queue
from parvis.post.telephone import Channel

Field = CoordinateChange.Field
TOO_MANY = "Vous avez demandé plusieurs changements en peu de temps : attendez une heure avant le suivant."


class _Undone(Exception):
    """The link closed while its effects were being written: nothing of them stays."""

    def __init__(self, state: State) -> None:
        self.state = state


def _open(person_id: int, field: str):  # type: ignore[no-untyped-def]
    mine = CoordinateChange.objects.filter(person_id=person_id, field=field)
    return mine.filter(confirmed_at=None, cancelled_at=None)


def _not_too_many(person_id: int) -> None:
    """Raises Refused where the person asked for several changes lately: each may write to a stranger's mailbox."""
    since = clock.now() - settings.PARVIS_COORDINATE_CHANGES_WINDOW
    lately = CoordinateChange.objects.filter(person_id=person_id, asked_at__gt=since).count()
    if lately >= settings.PARVIS_COORDINATE_CHANGES:
        raise Refused(TOO_MANY)


def _begin(person_id: int, field: str, old: str, new: str, at: datetime.datetime) -> CoordinateChange:
    """A new change; the one that waited before it is over."""
    _open(person_id, field).update(cancelled_at=at)
    validity = settings.PARVIS_EMAIL_CONFIRMATION_VALIDITY if field == Field.EMAIL else settings.PARVIS_CODE_VALIDITY
    return CoordinateChange.objects.create(
        person_id=person_id, field=field, old=old, new=new, asked_at=at, expires_at=at + validity
    )


# --- An e-mail -------------------------------------------------------------------------------------------------------
def ask_email(*, person_id: int, instead_of: int, address: str) -> None:
    """The person wants `address` in place of the e-mail of that number (0: they have none yet).

    A link goes to the new address, and the old one is told at once. Whether somebody else has it is told to nobody.
    Raises Refused for an address that is theirs already, or one besides those they have.
    """
    with tenancy.scope(person=person_id, role=tenancy.PERSON):
        lock_person(person_id)
        old = Email.objects.filter(person_id=person_id, pk=instead_of, verified_at__isnull=False).first()
        if instead_of and old is None:
            raise Refused("Cette adresse n’est plus la vôtre : reprenez depuis vos coordonnées.", field="email")
        mine = Email.objects.filter(person_id=person_id, verified_at__isnull=False)
        if mine.filter(key=email_key(address)).exists():
            raise Refused("Cette adresse est déjà la vôtre : saisissez-en une autre.", field="email")
        if old is None and mine.exists():
            # A change can be stopped from the old address; one more address could not.
            raise Refused("Vous avez déjà une adresse : changez-la depuis « Mes coordonnées ».", field="email")
        _not_too_many(person_id)
        _offer(person_id, address, old, clock.now())
        record("identity.confirmation_asked", actor=Actor(ref=None, person_id=person_id), person=person_id)


@action
def ask_confirmation(person_id: int, address: str) -> None:
    """The person wants an address that an establishment declared to be theirs: a link goes to it, to confirm it.

    Raises Refused after too many.
    """
    with own_scope(person_id):
        _not_too_many(person_id)
        _offer(person_id, address, None, clock.now())
        record("identity.confirmation_asked", actor=Actor(ref=None, person_id=person_id), person=person_id)


@action
def take_correction(
    person_id: int, *, email: str, instead_of: str, phone: str, instead_of_phone: str, at: datetime.datetime
) -> None:
    """A correction that the person accepted. A new e-mail signs in once confirmed; until then the old one holds."""
    with own_scope(person_id):
        if phone:
            change = _begin(person_id, Field.PHONE, instead_of_phone, phone, at)
            _take_phone(change, at)
        if email:
            old = Email.objects.filter(person_id=person_id, key=email_key(instead_of)).first() if instead_of else None
            _offer(person_id, email, old, at)


def _offer(person_id: int, address: str, old: Email | None, at: datetime.datetime) -> None:
    fresh, _ = Email.objects.get_or_create(
        person_id=person_id, key=email_key(address), defaults={"address": address, "replaces": old}
    )
    if fresh.verified_at is not None:
        if old is not None and old.pk != fresh.pk:
            change = _begin(person_id, Field.EMAIL, old.address, fresh.address, at)
            _replaced(change, old, at)
        return
    fresh.address, fresh.replaces = address, old
    fresh.save(update_fields=["address", "replaces"])
    change = _begin(person_id, Field.EMAIL, old.address if old else "", address, at)
    own_links = Link.objects.filter(person_id=person_id, purpose=Link.Purpose.EMAIL)
    own_links.filter(used_at=None, superseded_at=None).update(superseded_at=at)
    link = Link.objects.create(
        person_id=person_id,
        email=fresh,
        purpose=Link.Purpose.EMAIL,
        asked_at=at,
        expires_at=change.expires_at,
    )
    queue("identity.confirm_email", object_id=link.pk, person=person_id)
    if old is not None:
        queue("identity.email_change_asked", object_id=change.pk, person=person_id)


def confirm_email(*, token: str) -> Looked:
    """Confirm the address; it takes the place of the one that it replaces, in the person's accounts too.

    From any browser: whoever reads the mailbox opens the link. The old address is told again.
    """
    found = find_link(token)
    if found is None:
        return Looked(State.UNKNOWN)
    link_id, person_id = found
    try:
        with tenancy.scope(person=person_id, role=tenancy.PERSON):
            return _confirm(link_id, person_id)
    except _Undone as closed:
        return Looked(closed.state)


def _confirm(link_id: int, person_id: int) -> Looked:
    seen = Link.objects.select_related("email__replaces").filter(pk=link_id).first()
    state = state_of(seen, Link.Purpose.EMAIL)
    if seen is None or state is not State.VALID:
        return Looked(state)
    if seen.email.replaces is not None:
        # The accounts' rows before the person's, as where an account is deleted.
        employers().email_replaced(person_id, seen.email.replaces.address, seen.email.address)
    lock_person(person_id)
    link = Link.objects.select_for_update(of=("self",)).select_related("email__replaces").filter(pk=link_id).first()
    state = state_of(link, Link.Purpose.EMAIL)
    if link is None or state is not State.VALID or link.email.replaces_id != seen.email.replaces_id:
        raise _Undone(state if state is not State.VALID else State.SUPERSEDED)
    now = clock.now()
    email, old = link.email, link.email.replaces
    email.verified_at, email.replaces = now, None
    email.save(update_fields=["verified_at", "replaces"])
    link.used_at = now
    link.save(update_fields=["used_at"])
    change = _open(person_id, Field.EMAIL).filter(new=email.address).order_by("-id").first()
    if change is not None:
        _replaced(change, old, now)
    record("identity.email_confirmed", actor=Actor(ref=None, person_id=person_id), person=person_id)
    return Looked(State.VALID, person_id, email.address, shared=shared(email.key))


def _replaced(change: CoordinateChange, old: Email | None, at: datetime.datetime) -> None:
    change.confirmed_at = at
    change.save(update_fields=["confirmed_at"])
    if old is not None:
        old.delete()
        queue("identity.email_changed", object_id=change.pk, person=change.person_id)
        return
    others = Email.objects.filter(person_id=change.person_id, verified_at__isnull=False)
    for email_id in others.exclude(key=email_key(change.new)).order_by("id").values_list("pk", flat=True):
        queue("identity.email_added", object_id=change.pk, person=change.person_id, detail={"email": email_id})


# --- Cancelling ------------------------------------------------------------------------------------------------------
@action
def new_change_token(change: CoordinateChange) -> str:
    """A token for one sending to the old address; only its hash is kept."""
    token = draw_token()
    ChangeToken.objects.create(hash=hash_token(token), person_id=change.person_id, change=change)
    return token


def _found(token: str) -> tuple[int, int] | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT change_id, person_id FROM identity_change_by_token(%s)", [hash_token(token)])
        return cursor.fetchone()


def _state(change: CoordinateChange | None) -> State:
    if change is None:
        return State.UNKNOWN
    if change.confirmed_at is not None:
        return State.USED
    if change.cancelled_at is not None:
        return State.SUPERSEDED
    return State.EXPIRED if change.expires_at <= clock.now() else State.VALID


def look_at_change(token: str) -> Looked:
    """What the link to cancel is worth now; `address` is the new one."""
    found = _found(token)
    if found is None:
        return Looked(State.UNKNOWN)
    change_id, person_id = found
    with tenancy.scope(person=person_id, role=tenancy.PERSON, read_only=True):
        change = CoordinateChange.objects.filter(pk=change_id).first()
        return Looked(_state(change), person_id, change.new if change else "")


def cancel_change(*, token: str) -> Looked:
    """The old address says no. Whoever asked may still be inside: every session and every trust in a browser ends."""
    found = _found(token)
    if found is None:
        return Looked(State.UNKNOWN)
    change_id, person_id = found
    with tenancy.scope(person=person_id, role=tenancy.PERSON):
        looked = _cancel(person_id, change_id)
        if looked.state is State.VALID:
            end_trust(person_id)
    if looked.state is State.VALID:
        Session.objects.filter(person_id=person_id).delete()
    return looked


def cancel_own_change(*, person_id: int, change_id: int) -> Looked:
    """The person, signed in, thinks better of it."""
    with tenancy.scope(person=person_id, role=tenancy.PERSON):
        return _cancel(person_id, change_id)


def _cancel(person_id: int, change_id: int) -> Looked:
    lock_person(person_id)
    change = CoordinateChange.objects.select_for_update(of=("self",)).filter(pk=change_id, person_id=person_id).first()
    state = _state(change)
    if change is None or state is not State.VALID:
        return Looked(state)
    change.cancelled_at = clock.now()
    change.save(update_fields=["cancelled_at"])
    if change.field == Field.EMAIL:
        links = Link.objects.filter(person_id=person_id, purpose=Link.Purpose.EMAIL, used_at=None, superseded_at=None)
        links.update(superseded_at=change.cancelled_at)
    record(
        "identity.change_cancelled",
        actor=Actor(ref=None, person_id=person_id),
        person=person_id,
        after={"field": change.field},
    )
    return Looked(State.VALID, person_id, change.new)


# --- A telephone -----------------------------------------------------------------------------------------------------
def ask_phone(*, person_id: int, instead_of: int, number: str, wanted: str = "") -> tuple[int, int]:
    """The person wants `number` in place of the telephone of that number (0: besides): the change, the code sent to it.

    `wanted`: the channel chosen. No code (0) where none can reach the number: the caller confirms at once. Raises
    Refused where the number is theirs already, or no code may leave.
    """
    with tenancy.scope(person=person_id, role=tenancy.PERSON):
        lock_person(person_id)
        old = Phone.objects.filter(person_id=person_id, pk=instead_of).first()
        if instead_of and old is None:
            raise Refused("Ce numéro n’est plus le vôtre : reprenez depuis vos coordonnées.", field="phone")
        if Phone.objects.filter(person_id=person_id, number=number).exists():
            raise Refused("Ce numéro est déjà le vôtre : saisissez-en un autre.", field="phone")
        _not_too_many(person_id)
        change = _begin(person_id, Field.PHONE, old.number if old else "", number, clock.now())
        offered = telephone.channels(number)
        if not offered:
            return change.pk, 0
        if wanted and wanted not in offered:
            raise Refused("Ce numéro ne reçoit pas de code par ce moyen : choisissez l’autre.", field="channel")
        channel = Channel(wanted) if wanted else offered[0]
        return change.pk, telephone.ask(person_id, purpose=Code.Purpose.PHONE, number=number, channel=channel)


def confirm_phone(*, person_id: int, change_id: int) -> bool:
    """The new number takes the place of the old one, in the person's accounts too; each confirmed e-mail is told.

    False: the change is over (cancelled, confirmed, or too old).
    """
    with tenancy.scope(person=person_id, role=tenancy.PERSON):
        seen = CoordinateChange.objects.filter(pk=change_id, person_id=person_id, field=Field.PHONE).first()
        if seen is None or _state(seen) is not State.VALID:
            return False
    try:
        with tenancy.scope(person=person_id, role=tenancy.PERSON):
            if seen.old:
                employers().phone_replaced(person_id, seen.old, seen.new)
            lock_person(person_id)
            change = CoordinateChange.objects.select_for_update(of=("self",)).filter(pk=change_id).first()
            if change is None or (state := _state(change)) is not State.VALID:
                raise _Undone(state if change is not None else State.UNKNOWN)
            _take_phone(change, clock.now())
    except _Undone:
        return False
    return True


def _take_phone(change: CoordinateChange, at: datetime.datetime) -> None:
    """In the person's own scope."""
    person_id = change.person_id
    if change.old:
        Phone.objects.filter(person_id=person_id, number=change.old).delete()
    Phone.objects.get_or_create(person_id=person_id, number=change.new)
    change.confirmed_at = at
    change.save(update_fields=["confirmed_at"])
    record("identity.phone_changed", actor=Actor(ref=None, person_id=person_id), person=person_id)
    for email_id in Email.objects.filter(person_id=person_id, verified_at__isnull=False).values_list("pk", flat=True):
        queue("identity.phone_changed", object_id=change.pk, person=person_id, detail={"email": email_id})
