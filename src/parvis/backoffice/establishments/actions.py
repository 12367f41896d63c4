"""What an adviser does for an establishment: close and reopen its access, verify a domain, ask for « peut agir »."""

from django.db import connection

from parvis.advisers import four_eyes
from parvis.advisers.standing import AdviserStanding
from parvis.backoffice.acting import fund_of, within
from parvis.backoffice.establishments.sensitive import ACTING, why_not_acting
from parvis.backoffice.told import tell_administrators
from parvis.establishments import domains
from parvis.establishments.models import Establishment
from parvis.ground import clock
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import record


@action
def close(*, who: AdviserStanding, establishment: int) -> None:
    """From their next page on nobody enters; accounts, rights, delegations and history are kept as they are."""
    _set_closed(who, establishment, closed=True)
    with within(who, establishment):
        # Told before: those who administer are the ones of that moment.
        tell_administrators("closed", who=who)
        record("establishment.closed", actor=who.actor)


@action
def reopen(*, who: AdviserStanding, establishment: int) -> None:
    """Everybody enters again, with the rights that they had."""
    _set_closed(who, establishment, closed=False)
    with within(who, establishment):
        tell_administrators("reopened", who=who)
        record("establishment.reopened", actor=who.actor)


def _set_closed(who: AdviserStanding, establishment: int, *, closed: bool) -> None:
    fund_of(who, establishment)
    with connection.cursor() as cursor:
        cursor.execute("SELECT establishments_close(%s, %s)", [establishment, clock.now() if closed else None])
        if not cursor.fetchone()[0]:
            raise Refused(f"L’accès de cet établissement est déjà {'fermé' if closed else 'ouvert'}.")


@action
def verify_domain(*, who: AdviserStanding, establishment: int, typed: str) -> str:
    """Whoever reads a mailbox there is known to belong to the establishment; its administrators are told."""
    with within(who, establishment):
        domain = domains.verify_domain(actor=who.actor, establishment_id=establishment, typed=typed)
        tell_administrators("domain", who=who)
    return domain


@action
def withdraw_domain(*, who: AdviserStanding, establishment: int, domain: str) -> None:
    """The domain proves nothing any more."""
    with within(who, establishment):
        domains.withdraw_domain(actor=who.actor, domain=domain)


@action
def ask_acting(*, who: AdviserStanding, establishment: int, acts: bool, reason: str) -> None:
    """Ask that the establishment may (not) act for others: it waits for a second adviser."""
    place = Establishment.objects.get(pk=establishment)
    if why := why_not_acting(place, acts=acts):
        raise Refused(why)
    four_eyes.ask(
        who=who,
        kind=ACTING,
        fund=fund_of(who, establishment),
        establishment_id=establishment,
        detail={"acts": acts},
        reason=reason,
    )
