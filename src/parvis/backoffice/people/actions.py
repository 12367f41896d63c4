"""What an adviser does for a person at once: unblock, send the first link again, correct coordinates.

Whatever could hand over an administrator's access is only asked for here; a second adviser has it carried out
(`sensitive.py`). Every write is in the establishment's own scope, and in its journal.
"""

from parvis.access.actions.changes import correct
from parvis.access.actions.guards import account_for_update
from parvis.access.actions.links import issue
from parvis.access.models import Membership, Profile
from parvis.access.queries.account import status_of
from parvis.access.status import Status, expires_on
from parvis.advisers import four_eyes
from parvis.advisers.standing import AdviserStanding
from parvis.backoffice.acting import fund_of, within
from parvis.backoffice.people.sensitive import COORDINATES, FACTORS, seal_coordinates
from parvis.ground import clock
from parvis.ground.pages.filters import de
from parvis.ground.tenancy import Refused, action
from parvis.identity import lockout
from parvis.identity.actions.lost_factors import verified_emails
from parvis.identity.queries.factors import factors_of
from parvis.journal.actions import record
from parvis.post.actions import queue


@action
def unblock(*, who: AdviserStanding, establishment: int, account_id: int) -> Membership:
    """Every counter of failures of the person starts anew, and they are told. Raises Refused where none stands."""
    with within(who, establishment):
        account = account_for_update(account_id)
        if account.person_id is None or not lockout.unblock(account.person_id):
            raise Refused(f"Le compte {de(account.name)} n’est pas, ou n’est plus, bloqué : il n’y a rien à faire.")
        record("account.unblocked", actor=who.actor, object=account.ref)
        for email_id in verified_emails(account.person_id):
            queue(
                "access.unblocked",
                object_id=account.pk,
                establishment=establishment,
                detail={"adviser": str(who.ref), "email": email_id},
            )
        return account


@action
def send_again(*, who: AdviserStanding, establishment: int, account_id: int) -> Membership:
    """A new first link and its e-mail; the old one dies. The identifier is never told by an adviser."""
    with within(who, establishment):
        account = account_for_update(account_id)
        if account.confirmed_at is not None:
            raise Refused(f"{account.name} a déjà choisi un mot de passe : il n’y a plus de lien à envoyer.")
        if account.deactivated_at is not None or expires_on(account) < clock.today():
            raise Refused(
                "Ce compte est désactivé ou a expiré : une personne qui administre l’établissement doit d’abord le "
                "réactiver ou le renouveler."
            )
        issue(account)
        record("link.renewed", actor=who.actor, object=account.ref)
        return account


@action
def correct_coordinates(
    *, who: AdviserStanding, establishment: int, account_id: int, email: str, phone: str, reason: str
) -> bool:
    """Correct an e-mail or a telephone: at once for a user; for who administers a second adviser decides (False).

    Raises Refused where nothing changes.
    """
    account = _account(account_id)
    if (email, phone) == (account.email, account.phone):
        raise Refused("Rien n’a changé : corrigez l’adresse électronique ou le téléphone.")
    if account.profile != Profile.ADMINISTRATOR:
        with within(who, establishment):
            correct(actor=who.actor, account=account_for_update(account_id), email=email, phone=phone)
        return True
    four_eyes.ask(
        who=who,
        kind=COORDINATES,
        fund=fund_of(who, establishment),
        establishment_id=establishment,
        subject=str(account.ref),
        detail=seal_coordinates(email, phone),
        reason=reason,
    )
    return False


@action
def ask_factor_reset(*, who: AdviserStanding, establishment: int, account_id: int, reason: str) -> None:
    """Ask for every second factor of the person to be taken away: it waits for a second adviser."""
    account = _account(account_id)
    if account.person_id is None or status_of(account) not in (Status.ACTIVE, Status.RENEWING):
        raise Refused("Ce compte n’est pas actif : il n’y a rien à réinitialiser.")
    with within(who, establishment):
        held = factors_of(account.person_id).any
    if not held:
        raise Refused("Cette personne n’a pas de second facteur : il lui sera proposé à sa prochaine connexion.")
    four_eyes.ask(
        who=who,
        kind=FACTORS,
        fund=fund_of(who, establishment),
        establishment_id=establishment,
        subject=str(account.ref),
        reason=reason,
    )


def _account(account_id: int) -> Membership:
    """As the adviser sees it. Raises Refused for one that is gone."""
    account = Membership.objects.filter(pk=account_id).first()
    if account is None:
        raise Refused("Ce compte n’existe plus : quelqu’un l’a supprimé entre-temps.")
    return account
