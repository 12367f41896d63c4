"""An adviser begins to see what a person sees in an establishment, and ends it."""

import uuid

from django.conf import settings
from django.db import IntegrityError, transaction

from parvis.access.models import Membership
from parvis.access.queries.account import status_of
from parvis.access.status import OPEN
from parvis.advisers.models import SeeingAs
from parvis.advisers.standing import AdviserStanding
from parvis.backoffice import motives
from parvis.backoffice.acting import within
from parvis.backoffice.told import tell_administrators
from parvis.ground import clock
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import record


@action
def begin(*, who: AdviserStanding, establishment: int, account_id: int, reason: str) -> SeeingAs:
    """For `PARVIS_SEEING_AS`: in the establishment's journal, and told to each who administers it.

    What the adviser was seeing until then ends. Raises Refused for a reason that is not of the list, and for an account
    that does not let its person in.
    """
    if reason not in motives.SEEING:
        raise Refused("Choisissez pourquoi : les administrateurs de l’établissement le liront.", field="reason")
    end_all(who=who)
    account = Membership.objects.filter(pk=account_id).first()
    if account is None or account.person_id is None or status_of(account) not in OPEN:
        raise Refused("Ce compte n’est pas actif : il n’y a rien à voir.")
    now = clock.now()
    try:
        with transaction.atomic():
            seen = SeeingAs.objects.create(
                adviser_id=who.adviser_id,
                establishment_id=establishment,
                person_id=account.person_id,
                account=account.ref,
                name=account.name,
                reason=reason,
                began_at=now,
                until=now + settings.PARVIS_SEEING_AS,
            )
    except IntegrityError as twice:
        raise Refused("Vous avez commencé ailleurs au même moment : recommencez.") from twice
    with within(who, establishment):
        record("adviser.seeing_as", actor=who.actor, object=account.ref, after={"reason": reason})
        tell_administrators("seen", who=who, about=account, detail={"reason": reason})
    return seen


@action
def end_all(*, who: AdviserStanding) -> uuid.UUID | None:
    """End what the adviser sees, in time or not; the account, or None where there was none.

    The journal has the end only where it was ended before its time.
    """
    now = clock.now()
    seen = SeeingAs.objects.select_for_update(of=("self",)).filter(adviser_id=who.adviser_id, ended_at=None).first()
    if seen is None:
        return None
    in_time = now < seen.until
    seen.ended_at = min(now, seen.until)
    seen.save(update_fields=["ended_at"])
    if in_time:
        with within(who, seen.establishment_id):
            record("adviser.seeing_ended", actor=who.actor, object=seen.account)
    return seen.account
