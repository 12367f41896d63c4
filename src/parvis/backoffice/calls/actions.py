"""Beginning a call, with or without a « code d'appel », and ending it with its motive and answer."""

import uuid

from django.db import IntegrityError, connection, transaction

from parvis.advisers.standing import AdviserStanding
from parvis.backoffice import motives
from parvis.backoffice.models import Call
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused, action
from parvis.identity.actions.call_code import use_call_code


def current(who: AdviserStanding) -> Call | None:
    """The call that the adviser has begun and not ended."""
    return Call.objects.filter(adviser_id=who.adviser_id, ended_at=None).first()


class WrongCode(Exception):
    """The code is wrong, used or too old."""


def begin(*, who: AdviserStanding, fund: str, code: str = "") -> Call:
    """A call begins. With the code of whoever calls their page opens; raises WrongCode for one that is wrong.

    No action as a whole: a code that was tried stays counted whatever follows, so that none can be guessed.
    """
    if fund not in who.funds:
        raise Refused("Choisissez l’un de vos fonds.", field="fund")
    if current(who) is not None:
        raise Refused("Vous avez déjà un appel en cours : terminez-le d’abord.")
    proven = bool(code.strip())
    return _begun(who, fund, proven=proven, account=_account_of(who, code) if proven else None)


@action
def _begun(who: AdviserStanding, fund: str, *, proven: bool, account: uuid.UUID | None) -> Call:
    try:
        with transaction.atomic():
            return Call.objects.create(
                adviser_id=who.adviser_id, fund=fund, began_at=clock.now(), proven=proven, account=account
            )
    except IntegrityError as twice:
        raise Refused("Vous avez déjà un appel en cours : terminez-le d’abord.") from twice


def _account_of(who: AdviserStanding, code: str) -> uuid.UUID | None:
    """An account of whoever told that code, in an establishment of the adviser's funds; None for none there."""
    with tenancy.scope():
        person = use_call_code(code=code, adviser=who.actor)
    if not person:
        raise WrongCode
    with connection.cursor() as cursor:
        cursor.execute("SELECT backoffice_account_of(%s)", [person])
        row = cursor.fetchone()
    return row[0] if row else None


@action
def end(*, who: AdviserStanding, motive: str, answer: str, note: str) -> Call:
    """The call ends: why it was, and what was answered."""
    call = Call.objects.select_for_update(of=("self",)).filter(adviser_id=who.adviser_id, ended_at=None).first()
    if call is None:
        raise Refused("Cet appel est déjà terminé.")
    if motive not in motives.CALLS:
        raise Refused("Choisissez le motif de l’appel.", field="motive")
    if answer not in Call.Answer.values:
        raise Refused("Dites ce qui a été répondu.", field="answer")
    if call.account is not None and answer == Call.Answer.REFUSED:
        raise Refused("La personne était connue par son code : dites ce qui a été répondu.", field="answer")
    call.motive, call.answer, call.note, call.ended_at = motive, answer, note.strip()[:1000], clock.now()
    call.save(update_fields=["motive", "answer", "note", "ended_at"])
    return call
