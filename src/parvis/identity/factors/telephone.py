"""One-time codes by SMS or voice: asked for here, drawn when they leave, answered once.

A code belongs to the session that asked for it (which keeps its id), is good for `PARVIS_CODE_VALIDITY` and
`PARVIS_CODE_TRIES`, and dies with the next one asked for the same purpose.
"""

import datetime
import hmac
from dataclasses import dataclass
from enum import Enum

from django.conf import settings
from django.db import connection

from parvis.ground import clock, tenancy
from parvis.ground.identifiers.numbers import may_be_called, takes_text
from parvis.ground.pages.filters import NO_BREAK, PARIS, duration, plural
from parvis.ground.sealing import keyed_hash
from parvis.ground.tenancy import Refused
from parvis.identity.employers import employers
from parvis.identity.factors.changes import PHONE, changed, own
from parvis.identity.models import Code, Phone, PhoneFactor
from parvis.journal.actions import Actor, record
from parvis.post.actions import queue
from parvis.post.models import Message
from parvis.post.telephone import Channel, available, spend

KIND = "identity.code"
CLOSED = "Aucun code ne peut partir par ce moyen pour le moment : choisissez-en un autre."
OVER = (
    "Plus aucun code ne peut partir aujourd’hui par SMS ou par appel : votre établissement a atteint le nombre prévu. "
    "Choisissez un autre moyen, ou réessayez demain."
)
HELD = "Ce téléphone est déjà l’un de vos moyens."
COSTLY = "Ce numéro est surtaxé ou ne reçoit pas d’appels : indiquez un autre numéro."


class Said(Enum):
    """What a typed code is worth; `DEAD`: expired, used, replaced, or tried too often."""

    RIGHT = "right"
    WRONG = "wrong"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Sent:
    """A code that was asked for and still opens, as its page says it."""

    id: int
    factor_id: int | None
    number: str
    extension: str
    channel: Channel
    failed: bool


def masked(number: str) -> str:
    """« •• •• •• •• 42 »: enough to recognise one's own number by."""
    return NO_BREAK.join(["••"] * 4 + [number[-2:]])


def channels(number: str) -> list[Channel]:
    """How a code can reach that number today: a landline is called, never texted."""
    wanted = [Channel.SMS, Channel.VOICE] if takes_text(number) else [Channel.VOICE]
    return [channel for channel in wanted if available(channel)]


def own_numbers(person_id: int) -> list[str]:
    """The person's telephones on which a code can arrive, those that are no factor yet."""
    with tenancy.scope(person=person_id, role=tenancy.PERSON, read_only=True):
        held = PhoneFactor.objects.filter(person_id=person_id, confirmed_at__isnull=False).values("number")
        numbers = Phone.objects.filter(person_id=person_id).exclude(number__in=held).order_by("id")
        return [number for number in numbers.values_list("number", flat=True) if may_be_called(number)]


def is_shared(person_id: int, number: str) -> bool:
    """Whether somebody else receives codes on that number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT identity_number_shared(%s, %s)", [number, person_id])
        return bool(cursor.fetchone()[0])


# --- Asking ----------------------------------------------------------------------------------------------------------
def ask(
    person_id: int,
    *,
    purpose: str,
    number: str,
    channel: Channel,
    extension: str = "",
    factor_id: int | None = None,
) -> int:
    """Send a code; returns its id, for the session to keep. Raises Refused: too soon, too many, cap, nobody to send."""
    payer = employers().payer(person_id)
    with own(person_id):
        return _ask(person_id, purpose, number, channel, extension, factor_id, payer)


def _ask(
    person_id: int, purpose: str, number: str, channel: Channel, extension: str, factor_id: int | None, payer: int
) -> int:
    now = clock.now()
    if channel not in channels(number):
        raise Refused(CLOSED)
    if not may_be_called(number):
        raise Refused(COSTLY)
    mine = Code.objects.filter(person_id=person_id)
    _not_too_soon(mine.filter(number=number).order_by("-asked_at").values_list("asked_at", flat=True).first(), now)
    recent = mine.filter(asked_at__gt=now - settings.PARVIS_CODE_RESEND_WINDOW, asked_at__lte=now)
    _not_too_many(list(recent.order_by("asked_at").values_list("asked_at", flat=True)))
    if not spend(establishment=payer, channel=channel):
        raise Refused(OVER)
    mine.filter(purpose=purpose, used_at=None, superseded_at=None).update(superseded_at=now)
    code = Code.objects.create(
        person_id=person_id,
        factor_id=factor_id,
        purpose=purpose,
        number=number,
        extension=extension,
        channel=channel,
        asked_at=now,
        expires_at=now + settings.PARVIS_CODE_VALIDITY,
    )
    queue(KIND, object_id=code.pk, person=person_id)
    record(
        "identity.code_asked",
        actor=Actor(ref=None, person_id=person_id),
        person=person_id,
        after={"channel": channel.value, "purpose": purpose},
    )
    return code.pk


def _not_too_soon(last: datetime.datetime | None, now: datetime.datetime) -> None:
    if last is not None and last <= now < last + settings.PARVIS_CODE_RESEND_DELAY:
        left = int((last + settings.PARVIS_CODE_RESEND_DELAY - now).total_seconds()) + 1
        raise Refused(
            f"Un code vient de partir vers ce numéro. Vous pourrez en demander un autre dans "
            f"{plural(left, 'seconde', 'secondes')}."
        )


def _not_too_many(asked: list[datetime.datetime]) -> None:
    limit = settings.PARVIS_CODE_RESEND_LIMIT
    if len(asked) >= limit:
        again = (asked[-limit] + settings.PARVIS_CODE_RESEND_WINDOW).astimezone(PARIS) + datetime.timedelta(minutes=1)
        at = f"{again.hour}{NO_BREAK}h{NO_BREAK}{again.minute:02d}"
        raise Refused(
            f"Vous avez demandé {limit} codes en {duration(settings.PARVIS_CODE_RESEND_WINDOW)}. Vous pourrez en "
            f"demander un autre à {at}. D’ici là, choisissez un autre moyen."
        )


def ask_for_factor(person_id: int, *, number: str, channel: Channel, extension: str, shared: bool) -> int:
    """Send the code that confirms a new telephone; returns the code's id. Raises Refused, and keeps nothing then."""
    payer = employers().payer(person_id)
    shared = shared or is_shared(person_id, number)
    with own(person_id):
        mine = PhoneFactor.objects.filter(person_id=person_id)
        if mine.filter(number=number, extension=extension, confirmed_at__isnull=False).exists():
            raise Refused(HELD)
        # What was begun before and never confirmed; what was asked for it stays counted.
        begun = mine.filter(confirmed_at=None)
        Code.objects.filter(person_id=person_id, factor__in=begun).update(factor=None)
        begun.delete()
        factor = PhoneFactor.objects.create(
            person_id=person_id,
            number=number,
            extension=extension,
            channel=channel,
            shared=shared,
            added_at=clock.now(),
        )
        return _ask(person_id, Code.Purpose.FACTOR, number, channel, extension, factor.pk, payer)


# --- Sending ---------------------------------------------------------------------------------------------------------
def _hash(code_id: int, digits: str) -> str:
    return keyed_hash(f"{code_id}:{digits}", purpose="code")


def draw(code_id: int) -> tuple[Code, str] | None:
    """The digits of a code that leaves now; None where it would open nothing. In the person's scope.

    They follow from the secret key and the code's own row: a sending whose answer was lost is tried again word for
    word, so that the message that did arrive holds good. Nothing that is stored tells them.
    """
    code = Code.objects.select_for_update(of=("self",)).filter(pk=code_id).first()
    if code is None or code.used_at or code.superseded_at or code.expires_at <= clock.now():
        return None
    drawn = int(keyed_hash(f"{code.pk}:{code.person_id}:{code.asked_at.isoformat()}", purpose="code digits"), 16)
    digits = f"{drawn % 10**settings.PARVIS_CODE_DIGITS:0{settings.PARVIS_CODE_DIGITS}d}"
    code.hash = _hash(code.pk, digits)
    code.save(update_fields=["hash"])
    return code, digits


def sent(person_id: int, code_id: int, purpose: str) -> Sent | None:
    """The code that this session waits for, while it can be answered; None for none."""
    with tenancy.scope(person=person_id, role=tenancy.PERSON, read_only=True):
        code = Code.objects.filter(pk=code_id, person_id=person_id, purpose=purpose).first()
        if code is None or _dead(code):
            return None
        message = Message.objects.filter(kind=KIND, object_id=code_id).order_by("-id").first()
        failed = message is not None and message.status == Message.Status.FAILED
        return Sent(code.pk, code.factor_id, code.number, code.extension, Channel(code.channel), failed)


def _dead(code: Code) -> bool:
    return bool(
        code.used_at or code.superseded_at or code.expires_at <= clock.now() or code.tries >= settings.PARVIS_CODE_TRIES
    )


# --- Answering -------------------------------------------------------------------------------------------------------
def check(person_id: int, code_id: int, purpose: str, typed: str) -> Said:
    """Whether this is the code that was sent. Counts the try; a right one is used up."""
    with own(person_id):
        return _check(person_id, code_id, purpose, typed)[0]


def _check(person_id: int, code_id: int, purpose: str, typed: str) -> tuple[Said, Code | None]:
    code = Code.objects.filter(pk=code_id, person_id=person_id, purpose=purpose).first()
    if code is None or _dead(code):
        return Said.DEAD, code
    code.tries += 1
    right = bool(code.hash) and hmac.compare_digest(code.hash, _hash(code.pk, typed))
    if right:
        code.used_at = clock.now()
    code.save(update_fields=["tries", "used_at"])
    if right:
        return Said.RIGHT, code
    return (Said.DEAD if _dead(code) else Said.WRONG), code


def add(person_id: int, code_id: int, typed: str, *, browser: str) -> Said:
    """Confirm the new telephone by the code that it received."""
    with own(person_id):
        said, code = _check(person_id, code_id, Code.Purpose.FACTOR, typed)
        if said is Said.RIGHT and code is not None:
            begun = PhoneFactor.objects.filter(pk=code.factor_id or 0, confirmed_at=None)
            if not begun.update(confirmed_at=clock.now(), added_at=clock.now()):
                return Said.DEAD
            changed(person_id, "added", PHONE, browser=browser)
        return said
