"""Asking for a second factor: which ways a person has here, the best first, and what an answer is worth.

Every code goes through the counter of failures (`lockout`), taken before it is looked at.
"""

from dataclasses import dataclass
from enum import Enum

from django.conf import settings
from django.http import HttpRequest

from parvis.ground import tenancy
from parvis.ground.pages.filters import duration
from parvis.identity import browsers, lockout
from parvis.identity.factors import passkeys, recovery, telephone, totp
from parvis.identity.factors.changes import PASSKEY, PHONE, RECOVERY, TOTP
from parvis.identity.factors.passkeys import NotAsked, Place, Unusable
from parvis.identity.hashing import Busy
from parvis.identity.models import Code
from parvis.identity.queries.factors import Factors, HeldPhone
from parvis.journal.actions import Actor, record
from parvis.post.telephone import Channel

_SESSION = "code_asked"


RECOVERY_SLUG = "secours"


@dataclass(frozen=True, slots=True)
class Way:
    """One way to answer: its name in the address of the page, its kind, the telephone where it is one."""

    slug: str
    kind: str
    label: str
    phone: HeldPhone | None = None
    channels: tuple[Channel, ...] = ()


def ways(held: Factors, where: Place | None) -> list[Way]:
    """What the person can answer with here, the best first: passkey, app, SMS, voice, then recovery codes."""
    found = []
    if held.passkeys and where is not None:
        found.append(Way("cle", PASSKEY, "Ma clé d’accès"))
    if held.totp_since:
        found.append(Way("application", TOTP, "Mon application de codes"))
    for phone in sorted(held.phones, key=lambda one: (one.channel != "sms", one.weak, one.id)):
        channels = telephone.channels(phone.number)
        # The channel by which the telephone was confirmed comes first.
        channels.sort(key=lambda channel: channel.value != phone.channel)
        if channels:
            by = "SMS" if channels[0] is Channel.SMS else "appel"
            ending = f"Un {by} au numéro qui finit par {phone.number[-2:]}"
            found.append(Way(f"telephone-{phone.id}", PHONE, ending, phone, tuple(channels)))
    if held.recovery_left:
        found.append(Way(RECOVERY_SLUG, RECOVERY, "Un code de secours"))
    return found


def chosen(offered: list[Way], slug: str) -> Way | None:
    """The way of that name, otherwise the best one; None where there is none at all."""
    return next((way for way in offered if way.slug == slug), offered[0] if offered else None)


# --- A code sent to a telephone --------------------------------------------------------------------------------------
def send(request: HttpRequest, person_id: int, way: Way, channel: Channel) -> None:
    """Send a code to the telephone of that way; this session alone may answer with it. Raises Refused."""
    assert way.phone is not None
    code_id = telephone.ask(
        person_id,
        purpose=Code.Purpose.ANSWER,
        number=way.phone.number,
        extension=way.phone.extension,
        channel=channel,
        factor_id=way.phone.id,
    )
    request.session[_SESSION] = {"person": person_id, "code": code_id}


def sent(request: HttpRequest, person_id: int, way: Way) -> telephone.Sent | None:
    """The code that this session waits for on the telephone of that way; None for none."""
    held = request.session.get(_SESSION)
    if held is None or held["person"] != person_id or way.phone is None:
        return None
    found = telephone.sent(person_id, held["code"], Code.Purpose.ANSWER)
    return found if found is not None and found.factor_id == way.phone.id else None


# --- What an answer is worth -----------------------------------------------------------------------------------------
class Verdict(Enum):
    """Right: the person goes on. Wrong: the page again, with the message. Refused: the page of the counter."""

    RIGHT = "right"
    WRONG = "wrong"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Answer:
    """A verdict, and what to tell the person."""

    verdict: Verdict
    message: str = ""


BUSY = "Beaucoup de personnes se connectent en ce moment : attendez quelques secondes, puis recommencez."


def _wrong() -> str:
    first = duration(settings.PARVIS_LOCKS[0])
    return f"Après {settings.PARVIS_FAILURES} erreurs, il faut attendre {first}."


def _again() -> str:
    return f"Ce code ne convient pas : recopiez celui que l’application affiche maintenant. {_wrong()}"


USED = "Ce code vient de servir : attendez que l’application affiche le suivant, 30 secondes au plus."
NOT_SENT = "Ce code ne convient pas : vérifiez-le, ou demandez-en un autre."
DEAD = "Ce code n’est plus valable : demandez-en un autre."
NOT_RECOVERY = "Ce code de secours ne convient pas, ou il a déjà servi : essayez-en un autre."
NOT_THIS_KEY = "Cette clé d’accès ne convient pas, ou la demande a expiré. Recommencez, ou choisissez un autre moyen."


def answer_code(request: HttpRequest, person_id: int, way: Way, code: str) -> Answer:
    """Whether that code is right for that way. Outside of any scope."""
    taken = lockout.take_try(request, person_id=person_id)
    if taken.refused:
        return Answer(Verdict.REFUSED)
    try:
        said, message = _look(request, person_id, way, code)
    except Busy:
        taken.give_back()
        return Answer(Verdict.WRONG, BUSY)
    if said is totp.Said.RIGHT or said is totp.Said.USED:
        taken.give_back()
    if said is totp.Said.RIGHT:
        return Answer(Verdict.RIGHT, message)
    _note_refusal(person_id, way.kind)
    if said is totp.Said.WRONG and taken.failed():
        return Answer(Verdict.REFUSED)
    return Answer(Verdict.WRONG, message)


def _look(request: HttpRequest, person_id: int, way: Way, code: str) -> tuple[totp.Said, str]:
    Said = totp.Said
    if way.kind == TOTP:
        said = totp.check(person_id, code)
        return said, {Said.RIGHT: "", Said.USED: USED, Said.WRONG: _again()}[said]
    if way.kind == RECOVERY:
        used = recovery.use(person_id, code, browser=browsers.label(request))
        return (Said.RIGHT, recovery.left_in_words(used.left)) if used.right else (Said.WRONG, NOT_RECOVERY)
    waiting = sent(request, person_id, way)
    if waiting is None:
        # Nothing was tried: there was no code to try.
        return Said.USED, DEAD
    match telephone.check(person_id, waiting.id, Code.Purpose.ANSWER, code):
        case telephone.Said.RIGHT:
            request.session.pop(_SESSION, None)
            return Said.RIGHT, ""
        case telephone.Said.WRONG:
            return Said.WRONG, f"{NOT_SENT} {_wrong()}"
        case _:
            return Said.WRONG, DEAD


def answer_passkey(request: HttpRequest, where: Place, answer: str, person_id: int = 0) -> tuple[Answer, int]:
    """Whether the browser showed a passkey of that person, or (0) of whom: the second value. Outside of any scope."""
    try:
        shown = passkeys.look(answer, person_id)
    except Unusable:
        if person_id:
            _note_refusal(person_id, PASSKEY)
        return Answer(Verdict.WRONG, NOT_THIS_KEY), 0
    taken = lockout.take_try(request, person_id=shown.person_id, passkey=shown.passkey_id)
    if taken.refused:
        return Answer(Verdict.REFUSED), 0
    try:
        passkeys.check(request, where, shown, person_id)
    except NotAsked:
        taken.give_back()
        return Answer(Verdict.WRONG, NOT_THIS_KEY), 0
    except Unusable:
        _note_refusal(shown.person_id, PASSKEY)
        return Answer(Verdict.REFUSED if taken.failed() else Verdict.WRONG, NOT_THIS_KEY), 0
    taken.give_back()
    return Answer(Verdict.RIGHT), shown.person_id


def _note_refusal(person_id: int, kind: str) -> None:
    with tenancy.scope(person=person_id, role=tenancy.PERSON):
        actor = Actor(ref=None, person_id=person_id)
        record("identity.factor_refused", actor=actor, person=person_id, after={"kind": kind})
