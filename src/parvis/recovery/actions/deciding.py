"""What advisers do with a request. The scope is theirs; what is written opens the establishment's.

Giving the access takes two: `ask` opens the act, `granting.py` carries it out once the second one has approved.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from parvis.access.actions.guards import active_administrator_ids
from parvis.access.models import Membership
from parvis.advisers import four_eyes
from parvis.advisers.models import SensitiveAct, SensitiveEdit
from parvis.advisers.standing import AdviserStanding
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import record, remember_name
from parvis.recovery.actions.opening import case_for_update, post_letter, settle
from parvis.recovery.models import Case, Objection
from parvis.recovery.sealed import draw, hashed

State = Case.State
KIND = "recovery.grant"
WHY_MISSING = "Dites pourquoi : la personne qui a fait la demande le lira."


@contextmanager
def within(who: AdviserStanding, case_id: int) -> Iterator[int]:
    """The scope of the request's establishment, its journal knowing who acts. Raises Refused for other funds'."""
    where = Case.objects.filter(pk=case_id).values_list("establishment_id", flat=True).first()
    if where is None:
        raise Refused("Cette demande n’existe pas, ou ne concerne pas vos fonds.")
    with tenancy.scope(establishment=where):
        remember_name(who.ref, who.signature)
        yield where


def obstacle(case: Case) -> str:
    """Why the access cannot be given now, "" where it can; in the establishment's scope."""
    if case.code_right_at is None:
        return "Le code envoyé par courrier à la personne qui dirige l’établissement n’est pas encore saisi."
    if case.objections.filter(set_aside_at=None).exists():
        return "Une contestation attend votre décision : écartez-la en disant pourquoi, ou refusez la demande."
    if came_back(case):
        return (
            "Une personne qui administre est revenue depuis la demande : classez la demande sans objet, elle "
            "s’adressera à cette personne."
        )
    return ""


def came_back(case: Case) -> bool:
    """Whether somebody who administers has visited the establishment since the request; the requester apart."""
    ids = active_administrator_ids()
    return Membership.objects.filter(pk__in=ids, last_visit_at__gt=case.opened_at).exists()


@action
def ask(*, who: AdviserStanding, case_id: int, reason: str) -> SensitiveAct:
    """Ask a second adviser to give the access. Whoever set an objection aside has edited the case."""
    if not reason.strip():
        raise Refused("Dites ce que vous avez vérifié : le second conseiller le lira.", field="reason")
    with within(who, case_id) as where:
        case = case_for_update(case_id, State.OPEN)
        if why := obstacle(case):
            raise Refused(why)
        edited = set(case.objections.exclude(set_aside_by=None).values_list("set_aside_by", flat=True))
        fund = case.fund
    act = four_eyes.ask(
        who=who, kind=KIND, fund=fund, establishment_id=where, subject=str(case_id), reason=reason.strip()[:1000]
    )
    now = clock.now()
    SensitiveEdit.objects.bulk_create(SensitiveEdit(act=act, adviser_id=one, at=now) for one in edited if one)
    return act


@action
def set_aside(*, who: AdviserStanding, case_id: int, objection_id: int, why: str) -> None:
    """An objection does not hold, and why. Where the access was given already, its limit ends as it would have."""
    if not why.strip():
        raise Refused("Dites pourquoi vous écartez cette contestation.", field=f"why_{objection_id}")
    with within(who, case_id):
        case = case_for_update(case_id, State.OPEN, State.GRANTED)
        objection = Objection.objects.select_for_update().filter(pk=objection_id, case=case, set_aside_at=None).first()
        if objection is None:
            raise Refused("Cette contestation est déjà écartée.")
        objection.set_aside_at, objection.set_aside_by = clock.now(), who.adviser_id
        objection.set_aside_why = why.strip()[:1000]
        objection.save(update_fields=["set_aside_at", "set_aside_by", "set_aside_why"])
        record("recovery.set_aside", actor=who.actor, object=case.ref, after={"reference": case.reference})
        if case.account is not None and not case.objections.filter(set_aside_at=None).exists():
            until = clock.today() + settings.PARVIS_RECOVERY_LIMIT
            Membership.objects.filter(ref=case.account, limited_until__gt=until).update(limited_until=until)
    for act in _waiting(case_id):
        four_eyes.note_edit(who=who, act=act)


def _waiting(case_id: int) -> list[SensitiveAct]:
    return list(SensitiveAct.objects.filter(kind=KIND, subject=str(case_id), state=SensitiveAct.State.WAITING))


@action
def send_letter_again(*, who: AdviserStanding, case_id: int) -> None:
    """A new letter with a new code: the one before got lost, was reported, or died of wrong tries."""
    with within(who, case_id):
        case = case_for_update(case_id, State.OPEN)
        if case.code_right_at is not None:
            raise Refused("Le code de ce courrier est déjà saisi : il n’en faut pas d’autre.")
        if case.letters >= settings.PARVIS_RECOVERY_LETTERS:
            raise Refused(f"{settings.PARVIS_RECOVERY_LETTERS} courriers sont déjà partis : appelez l’établissement.")
        post_letter(case)
        record("recovery.letter_again", actor=who.actor, object=case.ref, after={"reference": case.reference})


@action
def new_follow_code(*, who: AdviserStanding, case_id: int) -> str:
    """A new follow-up code, to be read out to who lost theirs; the one before opens nothing any more."""
    with within(who, case_id):
        case, code = case_for_update(case_id), draw()
        case.code_hash = hashed(code)
        case.save(update_fields=["code_hash"])
        record("recovery.follow_code", actor=who.actor, object=case.ref, after={"reference": case.reference})
        return code


@action
def refuse(*, who: AdviserStanding, case_id: int, note: str) -> None:
    """Refuse the request, and tell why. Not while a second adviser decides: they refuse the act."""
    _close(who, case_id, State.REFUSED, note)


@action
def settle_needless(*, who: AdviserStanding, case_id: int, note: str) -> None:
    """Close a request that is of no use any more: somebody administers again."""
    _close(who, case_id, State.NEEDLESS, note)


def _close(who: AdviserStanding, case_id: int, state: Case.State, note: str) -> None:
    if not note.strip():
        raise Refused(WHY_MISSING, field="note")
    if _waiting(case_id):
        raise Refused("Un second conseiller en décide : retirez d’abord l’acte, dans « Quatre yeux ».")
    with within(who, case_id):
        settle(case_for_update(case_id, State.OPEN), state, actor=who.actor, note=note.strip()[:1000])
