"""Sending a letter on paper, printing it, using its code, reporting it.

The code is drawn here, read once (on paper) and kept afterwards as a keyed hash alone. Five wrong ones kill the letter;
so does a report, and its age. Everything but `report` runs in the scope of the letter's establishment, printing under
the adviser's.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from django.conf import settings
from django.db import connection, transaction

from parvis.ground import clock, tenancy
from parvis.ground.identifiers.account import ALPHABET
from parvis.ground.sealing import keyed_hash, seal, unseal
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import SYSTEM, Actor, record
from parvis.post.models import PostalLetter
from parvis.post.postal.kinds import kind_of

State = PostalLetter.State
LIVE = (State.TO_PRINT, State.PRINTED)
# Whoever types a code, or reports a letter, is not signed in.
ANYBODY = Actor(ref=None, origin="courrier")
_PURPOSE = "postal-code"


class Outcome(Enum):
    """What came of a code that was typed. Each has its own sentence on the page."""

    RIGHT = "right"
    WRONG = "wrong"
    DEAD = "dead"
    EXPIRED = "expired"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Spent:
    """The outcome, and how many tries are left after a wrong code."""

    outcome: Outcome
    tries_left: int = 0


def _drawn() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(settings.PARVIS_POSTAL_CODE_LENGTH))


def grouped(code: str) -> str:
    """A code as it is printed: groups of four."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def plain(typed: str) -> str:
    """A code as it is compared: spaces, hyphens and case forgiven; nothing longer than a page of ours would send."""
    return "".join(character for character in typed[:100].upper() if character.isalnum())


def _hash(reference: str, code: str) -> str:
    return keyed_hash(f"{reference}:{code}", purpose=_PURPOSE)


@action
def send_by_post(
    *, kind: str, establishment_id: int, object_id: object, address: Sequence[str], fund: str
) -> PostalLetter:
    """A letter with a new code, to be printed by an adviser of the fund; an earlier one of the same object dies.

    In the establishment's scope. `address`: the lines of the window, at most six, the recipient first.
    """
    kind_of(kind)
    withdraw(kind=kind, object_id=object_id)
    now, code, reference = clock.now(), _drawn(), _reference()
    letter = PostalLetter.objects.create(
        establishment_id=establishment_id,
        fund=fund,
        kind=kind,
        object_id=str(object_id),
        reference=reference,
        address=[" ".join(line.split()) for line in address if line.strip()][:6],
        code=seal(code, purpose=_PURPOSE),
        code_hash=_hash(reference, code),
        created_at=now,
        expires_at=now + settings.PARVIS_POSTAL_VALIDITY,
    )
    _event("postal.queued", letter, SYSTEM)
    return letter


def _reference() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(12))


def _event(kind: str, letter: PostalLetter, actor: Actor, **more: int) -> None:
    # Whoever prints works for funds: the event is the establishment's.
    with tenancy.scope(establishment=letter.establishment_id):
        record(kind, actor=actor, after={"reference": letter.reference, **more})


@action
def withdraw(*, kind: str, object_id: object) -> None:
    """The letters of this object that still serve serve no more: another one follows, or none is needed."""
    for letter in PostalLetter.objects.select_for_update().filter(kind=kind, object_id=str(object_id), state__in=LIVE):
        _end(letter, State.REPLACED, SYSTEM)


def latest(*, kind: str, object_id: object) -> PostalLetter | None:
    """The last letter sent about this object, whatever became of it."""
    return PostalLetter.objects.filter(kind=kind, object_id=str(object_id)).order_by("-id").first()


def _latest_for_update(kind: str, object_id: object) -> PostalLetter | None:
    kind_of(kind).hold(str(object_id))
    letters = PostalLetter.objects.select_for_update().filter(kind=kind, object_id=str(object_id))
    return letters.order_by("-id").first()


def _end(letter: PostalLetter, state: PostalLetter.State, actor: Actor) -> None:
    letter.state, letter.code, letter.settled_at = state, "", clock.now()
    letter.save(update_fields=["state", "code", "settled_at", "tries"])
    _event(f"postal.{state}", letter, actor)


# --- Using the code --------------------------------------------------------------------------------------------------
@action
def spend(kind: str, object_id: object, typed: str) -> Spent:
    """Use the code of the object's last letter up; a wrong one counts, the last kills the letter. An answer, never an
    exception: it must be counted. Parallel tries wait for one another. In the establishment's scope.
    """
    letter = _latest_for_update(kind, object_id)
    if letter is None:
        return Spent(Outcome.NONE)
    if letter.state == State.EXPIRED or (letter.state in LIVE and letter.expires_at <= clock.now()):
        return Spent(Outcome.EXPIRED)
    if letter.state not in LIVE:
        return Spent(Outcome.DEAD)
    if secrets.compare_digest(_hash(letter.reference, plain(typed)), letter.code_hash):
        _end(letter, State.USED, ANYBODY)
        return Spent(Outcome.RIGHT)
    letter.tries += 1
    left = settings.PARVIS_POSTAL_TRIES - letter.tries
    _event("postal.wrong", letter, ANYBODY, tries=letter.tries)
    if left <= 0:
        _end(letter, State.DEAD, ANYBODY)
        kind_of(kind).ended(letter)
        return Spent(Outcome.DEAD)
    letter.save(update_fields=["tries"])
    return Spent(Outcome.WRONG, left)


# --- Reporting -------------------------------------------------------------------------------------------------------
def report(reference: str) -> bool:
    """Whoever holds a letter that nobody asked for, or knows one lost, stops it by its reference: opens its own scope.

    False where there is no such letter. Reported twice, it stays as it is.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT letter_id, establishment_id FROM post_letter_by_reference(%s)", [plain(reference)[:12]])
        found = cursor.fetchone()
    if found is None:
        return False
    letter_id, establishment = found
    with tenancy.scope(establishment=establishment):
        about = PostalLetter.objects.only("kind", "object_id").get(pk=letter_id)
        kind_of(about.kind).hold(about.object_id)
        _reported(PostalLetter.objects.select_for_update().get(pk=letter_id))
    return True


@action
def report_stolen(*, kind: str, object_id: object) -> bool:
    """The same by who waits for the letter: it never came, or was opened. In the establishment's scope."""
    letter = _latest_for_update(kind, object_id)
    if letter is None:
        return False
    _reported(letter)
    return True


@action
def _reported(letter: PostalLetter) -> None:
    if letter.state == State.STOLEN:
        return
    _end(letter, State.STOLEN, ANYBODY)
    kind_of(letter.kind).stolen(letter)


# --- Printing --------------------------------------------------------------------------------------------------------
def code_given(letter: PostalLetter) -> str:
    """The code as it is printed. Raises Refused once the letter was marked as printed: nobody reads it any more."""
    if letter.state != State.TO_PRINT or not letter.code:
        raise Refused("Ce courrier est déjà imprimé : son code ne peut plus être lu.")
    return grouped(unseal(letter.code, purpose=_PURPOSE))


def _to_print(ids: Sequence[int]) -> list[PostalLetter]:
    # The adviser's policy hides the letters of other funds: they do not exist.
    letters = list(
        PostalLetter.objects.select_for_update().filter(pk__in=ids, state=State.TO_PRINT).order_by("created_at", "id")
    )
    if not letters:
        raise Refused("Choisissez au moins un courrier à imprimer : ceux-ci ne le sont plus.")
    if len(letters) > settings.PARVIS_POSTAL_BATCH:
        raise Refused(f"Imprimez {settings.PARVIS_POSTAL_BATCH} courriers au plus à la fois.")
    return letters


@action
def draw(*, actor: Actor, ids: Sequence[int]) -> list[PostalLetter]:
    """These letters are laid out for the printer: noted who could read their codes, and when."""
    letters, now = _to_print(ids), clock.now()
    for letter in letters:
        letter.drawn_at, letter.drawn_by = now, actor.ref
        letter.save(update_fields=["drawn_at", "drawn_by"])
        _event("postal.drawn", letter, actor)
    return letters


@action
def mark_printed(*, actor: Actor, ids: Sequence[int]) -> int:
    """These letters are on paper: their codes are forgotten, and their thirty days begin. Returns how many."""
    letters, now = _to_print(ids), clock.now()
    if any(letter.drawn_at is None for letter in letters):
        raise Refused("Ouvrez d’abord le PDF de ces courriers : l’un d’eux n’a encore jamais été mis en page.")
    for letter in letters:
        letter.state, letter.code = State.PRINTED, ""
        letter.printed_at, letter.printed_by = now, actor.ref
        letter.expires_at = now + settings.PARVIS_POSTAL_VALIDITY
        letter.save(update_fields=["state", "code", "printed_at", "printed_by", "expires_at"])
        _event("postal.printed", letter, actor)
    return len(letters)


# --- Time ------------------------------------------------------------------------------------------------------------
def expire_letters() -> int:
    """End the letters whose days are over; run by `parvis daily`, as the owner. Returns how many."""
    over = PostalLetter.objects.filter(state__in=LIVE, expires_at__lte=clock.now())
    count = 0
    for letter_id, where, kind, about in list(
        over.order_by("id").values_list("id", "establishment_id", "kind", "object_id")
    ):
        with transaction.atomic(), tenancy.scope(establishment=where):
            kind_of(kind).hold(about)
            letter = PostalLetter.objects.select_for_update().filter(pk=letter_id, state__in=LIVE).first()
            if letter is None:
                continue
            _end(letter, State.EXPIRED, SYSTEM)
            kind_of(letter.kind).ended(letter)
            count += 1
    return count
