"""The e-mails of this part: each message names its reader's account (`to`), and is written from the state of the moment
at which it leaves."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from parvis.access import registry
from parvis.access.choices import wanted_by_told
from parvis.access.handing.state import DeputyState, HandoverState, deputy_state, handover_state, last_sign
from parvis.access.levels import Level
from parvis.access.models import Absence, Deputyship, Handover, Membership
from parvis.access.queries.people import active_administrators
from parvis.ground import clock
from parvis.ground.pages.filters import date_long, de
from parvis.journal.queries import names
from parvis.post.models import Message
from parvis.post.registry import Choice, Envelope, Letter, envelope, register

SOMEBODY = "Une personne qui administre l’établissement"
BECAUSE = {
    "return": "la personne qui administre est revenue",
    "another": "une autre personne administre l’établissement",
    "profile": "le profil a été retiré",
    "withdrawn": "la suppléance a été retirée",
    "resigned": "la personne suppléante y a renoncé",
    "gone": "le compte de la personne suppléante n’est plus actif",
}


@dataclass(frozen=True, slots=True)
class GivenRight:
    """A line of an e-mail."""

    name: str
    level: str


def _reader(message: Message) -> Membership | None:
    return Membership.objects.select_related("establishment").filter(pk=message.detail.get("to")).first()


def _administers(account: Membership) -> bool:
    return (account.establishment_id, account.pk) in active_administrators([account.establishment_id])


def _author(ref: object) -> str:
    return names([ref]).get(ref, SOMEBODY) if ref else ""  # type: ignore[list-item]


def _service(code: str) -> str:
    service = registry.get(code)
    return service.name if service else code


def _letter(to: Membership, message: Message, subject: str, page: str, *args: object, **context: object) -> Envelope:
    return envelope(
        to.email,
        f"Parvis : {subject}",
        f"access/emails/{message.kind.removeprefix('access.')}",
        {
            "name": to.name,
            "establishment": to.establishment.name,
            "address": settings.PARVIS_ADDRESS + reverse(page, args=[to.establishment.siret, *args]),
            **context,
        },
    )


# --- Absences --------------------------------------------------------------------------------------------------------
def _absence(message: Message) -> tuple[Membership, Absence, dict[str, object]] | None:
    absence, to = Absence.objects.select_related("receiver").filter(pk=message.object_id).first(), _reader(message)
    if absence is None or to is None or to.deactivated_at is not None:
        return None
    return (
        to,
        absence,
        {
            "absent": absence.absent_name,
            "receiver": absence.receiver.name,
            "starts_on": absence.starts_on,
            "ends_on": absence.ends_on,
            "rights": [GivenRight(_service(one.service), Level(one.level).label) for one in absence.rights.all()],
        },
    )


def absence_begun(message: Message) -> Envelope | None:
    """To who receives the rights, on the first day: which, until when, from whom."""
    found = _absence(message)
    if found is None or found[1].ended_at is not None or found[1].ends_on < clock.today():
        return None
    to, absence, said = found
    subject = f"des droits vous sont confiés jusqu’au {date_long(absence.ends_on)} ({to.establishment.name})"
    return _letter(to, message, subject, "inbox:home", author=_author(absence.created_by), **said)


def absence_over(message: Message) -> Envelope | None:
    """To who received the rights: they have ended, and by whom where it was before the last day."""
    found = _absence(message)
    if found is None or found[1].ended_at is None:
        return None
    to, absence, said = found
    subject = f"les droits reçus pendant l’absence {de(absence.absent_name)} ont pris fin"
    return _letter(to, message, subject, "inbox:home", author=_author(absence.ended_by), **said)


def absence_told(message: Message) -> Envelope | None:
    """To each other active administrator: rights are given for an absence, or have ended."""
    found = _absence(message)
    if found is None or not _administers(found[0]):
        return None
    to, absence, said = found
    what = message.detail.get("what", "")
    if what == "planned":
        if absence.ended_at is not None:
            return None
        subject = f"des droits sont confiés à {absence.receiver.name}"
    else:
        subject = f"les droits confiés à {absence.receiver.name} ont pris fin"
    by = absence.created_by if what == "planned" else absence.ended_by
    subject += f" (absence {de(absence.absent_name)})"
    return _letter(to, message, subject, "access:handing", what=what, author=_author(by), **said)


# --- Hand-overs ------------------------------------------------------------------------------------------------------
def _handover(message: Message, state: HandoverState) -> tuple[Membership, Handover, dict[str, object]] | None:
    """The reader, the hand-over while it is in that state, and what every letter about it says."""
    handover, to = Handover.objects.filter(pk=message.object_id).first(), _reader(message)
    if handover is None or to is None or handover_state(handover) is not state:
        return None
    role = {handover.leaver_id: "leaver", handover.receiver_id: "receiver"}.get(to.pk, "administrator")
    if role == "administrator" and not _administers(to):
        return None
    return (
        to,
        handover,
        {
            "role": role,
            "leaver": handover.leaver_name,
            "receiver": handover.receiver_name,
            "on": handover.on,
            "profile": handover.profile,
            "left": [_service(code) for code in handover.left],
        },
    )


def _about_handover(state: HandoverState, subject: Callable[[Handover], str]) -> Callable[[Message], Envelope | None]:
    def write(message: Message) -> Envelope | None:
        found = _handover(message, state)
        if found is None:
            return None
        to, handover, said = found
        page, args = ("access:handover", [handover.ref]) if said["role"] == "administrator" else ("inbox:home", [])
        author: object = handover.cancelled_by if state is HandoverState.CANCELLED else handover.created_by
        fault = Handover.Fault(handover.fault).label if handover.fault else ""
        return _letter(to, message, subject(handover), page, *args, author=_author(author), fault=fault, **said)

    return write


handover_planned = _about_handover(
    HandoverState.PLANNED, lambda one: f"passation {de(one.leaver_name)} à {one.receiver_name} le {date_long(one.on)}"
)
handover_done = _about_handover(
    HandoverState.DONE, lambda one: f"passation {de(one.leaver_name)} à {one.receiver_name} faite"
)
handover_cancelled = _about_handover(
    HandoverState.CANCELLED, lambda one: f"passation {de(one.leaver_name)} à {one.receiver_name} annulée"
)
handover_failed = _about_handover(
    HandoverState.FAILED, lambda one: f"passation {de(one.leaver_name)} à {one.receiver_name} sans effet"
)


# --- Deputies --------------------------------------------------------------------------------------------------------
def _deputyship(message: Message) -> tuple[Membership, Deputyship, dict[str, object]] | None:
    found = Deputyship.objects.select_related("serving_for").filter(pk=message.object_id).first()
    to = _reader(message)
    if found is None or to is None or to.deactivated_at is not None:
        return None
    role = "deputy" if to.pk == found.deputy_id else "administrator"
    said = {"role": role, "deputy": found.deputy_name, "away": found.serving_name, "days": settings.PARVIS_DEPUTY_DAYS}
    return to, found, said


def deputy_asked(message: Message) -> Envelope | None:
    """To who is named: what it means, and where to answer."""
    read = _deputyship(message)
    if read is None or deputy_state(read[1]) is not DeputyState.NAMED:
        return None
    to, found, said = read
    subject = f"être la personne suppléante de {to.establishment.name} ?"
    return _letter(to, message, subject, "access:deputy-answer", author=_author(found.named_by), **said)


def deputy_answered(message: Message) -> Envelope | None:
    """To each active administrator: accepted, refused, or given up."""
    read = _deputyship(message)
    if read is None or not _administers(read[0]):
        return None
    to, found, said = read
    what = found.outcome or ("accepted" if found.accepted_at else "")
    word = {"accepted": "accepte", "refused": "refuse", "resigned": "renonce à"}.get(what)
    if word is None:
        return None
    subject = f"{found.deputy_name} {word} la suppléance"
    return _letter(to, message, subject, "access:deputy", what=what, **said)


def deputy_withdrawn(message: Message) -> Envelope | None:
    """To who was named or was the deputy."""
    read = _deputyship(message)
    if read is None or deputy_state(read[1]) is not DeputyState.CLOSED:
        return None
    to, found, said = read
    subject = f"vous n’êtes plus la personne suppléante de {to.establishment.name}"
    return _letter(to, message, subject, "inbox:home", author=_author(found.closed_by), **said)


def deputy_warning(message: Message) -> Envelope | None:
    """To the only administrator and the deputy; none where the administrator has come meanwhile."""
    read = _deputyship(message)
    if read is None or deputy_state(read[1]) is not DeputyState.READY:
        return None
    to, found, said = read
    if found.serving_for is None or last_sign(found.serving_for) != found.warned_for or found.warned_on is None:
        return None
    days, last_stage = settings.PARVIS_DEPUTY_DAYS, max(settings.PARVIS_DEPUTY_WARNING_DAYS)
    earliest = found.warned_for + datetime.timedelta(days=days)
    if found.warned_days == last_stage:
        earliest = max(earliest, found.warned_on + datetime.timedelta(days=days - last_stage))
    subject = (
        f"vous administrerez peut-être {to.establishment.name} à partir du {date_long(earliest)}"
        if said["role"] == "deputy"
        else f"connectez-vous, sinon {found.deputy_name} administrera {to.establishment.name}"
    )
    page = "access:deputy-answer" if said["role"] == "deputy" else "inbox:home"
    return _letter(to, message, subject, page, last=found.warned_for, serving_on=earliest, **said)


def deputy_serving(message: Message) -> Envelope | None:
    """To the deputy, who administers from now on, and to the administrator who stayed away."""
    read = _deputyship(message)
    if read is None or deputy_state(read[1]) is not DeputyState.SERVING:
        return None
    to, found, said = read
    subject = (
        f"vous administrez {to.establishment.name}, comme personne suppléante"
        if said["role"] == "deputy"
        else f"{found.deputy_name} administre {to.establishment.name} en votre absence"
    )
    page = "access:accounts" if said["role"] == "deputy" else "inbox:home"
    password = settings.PARVIS_PASSWORD_MINIMUM_ADMINISTRATOR
    return _letter(to, message, subject, page, last=found.warned_for, password=password, **said)


def deputy_over(message: Message) -> Envelope | None:
    """To both: the deputy administers no longer, and why."""
    read = _deputyship(message)
    if read is None or deputy_state(read[1]) is DeputyState.SERVING:
        return None
    to, found, said = read
    subject = (
        f"vous n’administrez plus {to.establishment.name}"
        if said["role"] == "deputy"
        else f"{found.deputy_name} n’administre plus {to.establishment.name}"
    )
    page = "inbox:home" if said["role"] == "deputy" else "access:history"
    because = BECAUSE.get(str(message.detail.get("why")), "la suppléance est terminée")
    return _letter(to, message, subject, page, because=because, **said)


def deputy_lapsed(message: Message) -> Envelope | None:
    """To each active administrator: the deputy's account serves no more, so another one is needed."""
    read = _deputyship(message)
    if read is None or not _administers(read[0]):
        return None
    to, found, said = read
    return _letter(
        to, message, f"{found.deputy_name} ne peut plus être la personne suppléante", "access:deputy", **said
    )


BOTH = "la personne suppléante et la personne qui administre"
ADMINISTRATORS, OTHERS = "chaque administrateur actif", "chaque autre administrateur actif"
CONCERNED = "les deux personnes et chaque autre administrateur actif"

register(
    Letter("access.absence_begun", "Des droits sont reçus pour une absence", "la personne", "", absence_begun),
    Letter("access.absence_over", "Les droits reçus pour une absence ont pris fin", "la personne", "", absence_over),
    Letter(
        "access.absence_told",
        "Des droits sont confiés pour une absence, ou ont pris fin",
        OTHERS,
        "",
        absence_told,
        choosable=Choice("Des droits sont confiés pour une absence, ou ont pris fin", wanted_by_told),
    ),
    Letter("access.handover_planned", "Une passation est prévue", CONCERNED, "", handover_planned),
    Letter("access.handover_done", "Une passation est faite", CONCERNED, "", handover_done),
    Letter("access.handover_cancelled", "Une passation est annulée", CONCERNED, "", handover_cancelled),
    Letter(
        "access.handover_failed",
        "Une passation n’a pas pu se faire",
        "chaque administrateur actif et la personne qui devait reprendre",
        "",
        handover_failed,
    ),
    Letter("access.deputy_asked", "Une personne suppléante est désignée", "la personne", "", deputy_asked),
    Letter("access.deputy_answered", "La personne suppléante a répondu", ADMINISTRATORS, "", deputy_answered),
    Letter("access.deputy_withdrawn", "Une suppléance est retirée", "la personne", "", deputy_withdrawn),
    Letter("access.deputy_warning", "Une suppléance commence bientôt", BOTH, "", deputy_warning),
    Letter("access.deputy_serving", "La personne suppléante administre", BOTH, "", deputy_serving),
    Letter("access.deputy_over", "La personne suppléante n’administre plus", BOTH, "", deputy_over),
    Letter("access.deputy_lapsed", "La personne suppléante n’est plus active", ADMINISTRATORS, "", deputy_lapsed),
)
