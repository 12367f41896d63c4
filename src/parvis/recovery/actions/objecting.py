"""Somebody known of the establishment objects, by the link of their e-mail: signed, for one person and one request."""

import uuid
from dataclasses import dataclass

from django.conf import settings
from django.core import signing

from parvis.access.models import Membership
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import Actor, record
from parvis.post.actions import queue
from parvis.recovery.models import Case, Objection
from parvis.recovery.sealed import seal_words

_SALT = "recovery.objection"


@dataclass(frozen=True, slots=True)
class Link:
    """What a signed link says: whose it is, about which request of which establishment."""

    establishment_id: int
    case_id: int
    account_id: int


def token(case: Case, account: Membership) -> str:
    """The link's last part. It lasts as long as there is something to object to."""
    return signing.dumps([case.establishment_id, case.pk, account.pk], salt=_SALT)


def read(text: str) -> Link | None:
    """What the link says; None for one that was cut or changed."""
    try:
        establishment, case, account = signing.loads(text, salt=_SALT)
        return Link(int(establishment), int(case), int(account))
    except (signing.BadSignature, ValueError, TypeError):
        return None


def contestable(case: Case) -> bool:
    """Whether objecting changes anything: until it is decided, and while the new administrator only reads."""
    if case.state == Case.State.OPEN:
        return True
    if case.state != Case.State.GRANTED or case.account is None:
        return False
    until = Membership.objects.filter(ref=case.account).values_list("limited_until", flat=True).first()
    return until is not None and clock.today() <= until


def object_to(link: Link, *, text: str) -> Case:
    """Object, once per person; said again, the first one stays. Opens the establishment's scope.

    Nothing is granted until an adviser has set it aside. Where the access was given already, the new administrator
    keeps on only reading for `PARVIS_RECOVERY_CONTESTED`. Raises Refused when it is too late.
    """
    with tenancy.scope(establishment=link.establishment_id):
        return _object(link, text)


@action
def _object(link: Link, text: str) -> Case:
    case = Case.objects.select_for_update(of=("self",)).filter(pk=link.case_id).first()
    account = Membership.objects.filter(pk=link.account_id).first()
    if case is None or account is None or not contestable(case):
        raise Refused("Cette demande est terminée : il n’y a plus rien à contester.")
    _, made = Objection.objects.get_or_create(
        case=case,
        by=account.ref,
        defaults={
            "establishment_id": case.establishment_id,
            "fund": case.fund,
            "text": seal_words(text) if text else "",
            "made_at": clock.now(),
        },
    )
    if made:
        actor = Actor(ref=account.ref, person_id=account.person_id, origin="courriel")
        record("recovery.objected", actor=actor, object=case.ref, after={"reference": case.reference})
        queue("recovery.contested", object_id=case.pk, establishment=case.establishment_id)
        if case.account is not None:
            _keep_reading(case.account)
    return case


def _keep_reading(account_ref: uuid.UUID) -> None:
    account = Membership.objects.select_for_update(of=("self",)).filter(ref=account_ref).first()
    if account is None:
        return
    account.limited_until = clock.today() + settings.PARVIS_RECOVERY_CONTESTED
    account.save(update_fields=["limited_until"])
