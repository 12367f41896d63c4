"""Beginning a registration: the contract number, who registers; taking it up again, giving it up."""

import datetime
import re
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from parvis.access.actions.creation import Coordinates
from parvis.access.actions.links import issue
from parvis.access.models import Link, Membership, Profile
from parvis.establishments.models import Contract
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import Actor, record
from parvis.post import postal
from parvis.post.actions import queue
from parvis.post.models import Message
from parvis.registration.models import Registration
from parvis.registration.sealed import draw, hashed, plain, seal_coordinates

State = Registration.State
OPEN = (State.POSTED, State.CHECKING, State.STOPPED)
# Nobody is known yet: who registers acts for themselves.
ANYBODY = Actor(ref=None, origin="inscription")
FOLLOW = "registration-follow"
LETTER = "registration.code"

TAKEN = (
    "Une autre personne vient d’inscrire cet établissement. Si vous travaillez ensemble, rapprochez-vous d’elle ; "
    "sinon, revenez à la saisie du SIRET pour signaler une inscription que vous ne reconnaissez pas."
)


@dataclass(frozen=True, slots=True)
class Begun:
    """A registration that begins, and the follow-up code that is shown once."""

    registration: Registration
    code: str


def _bare(number: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", number.upper())


def contract_of(number: str) -> Contract | None:
    """The contract in force of that number, in the establishment in scope; spaces, hyphens and case forgiven."""
    today, wanted = clock.today(), _bare(number)
    for contract in Contract.objects.filter(starts_on__lte=today).order_by("fund", "-starts_on"):
        if (contract.ends_on is None or contract.ends_on >= today) and wanted and _bare(contract.number) == wanted:
            return contract
    return None


@action
def begin(
    *,
    establishment_id: int,
    coordinates: Coordinates,
    way: Registration.Way,
    fund: str,
    contract_number: str = "",
    provider: str = "",
    earlier: str = "",
) -> Begun:
    """Keep who registers, in the establishment's scope; nothing is sent yet. `earlier`: the reference of one that this
    browser began and corrects: it stays the same one.

    Raises Refused where the contract number is not one of the establishment's.
    """
    if way == Registration.Way.CLASSIC:
        contract = contract_of(contract_number)
        if contract is None:
            raise Refused(
                "Ce numéro n’est pas celui d’un contrat en cours de cet établissement : vérifiez-le sur un courrier du "
                "fonds, par exemple une facture ou un appel de cotisations.",
                field="contract_number",
            )
        # As the fund writes it: advisers read it.
        fund, contract_number = contract.fund, contract.number
    now, code = clock.now(), draw()
    held = Registration.objects.select_for_update().filter(reference=earlier, state=State.STARTED).first()
    registration = held or Registration(reference=draw(), establishment_id=establishment_id, created_at=now)
    registration.code_hash = hashed(code, purpose=FOLLOW)
    registration.way, registration.fund, registration.provider = way, fund, provider
    registration.contract_number = contract_number[:30]
    registration.coordinates, registration.updated_at = seal_coordinates(coordinates), now
    registration.save()
    if held is None:
        record("registration.started", actor=ANYBODY, after={"reference": registration.reference, "way": str(way)})
    return Begun(registration, code)


# --- Taking it up again ----------------------------------------------------------------------------------------------
def where_of(reference: str) -> int:
    """The establishment in whose scope a registration is read, outside of any scope; 0 where there is none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT establishment_id FROM registration_by_reference(%s)", [plain(reference)[:8]])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def follows(reference: str, code: str) -> bool:
    """Whether this is the follow-up code of that registration; the time taken tells nothing. Opens its own scope."""
    where = where_of(reference)
    wanted = hashed(code, purpose=FOLLOW)
    with tenancy.scope(establishment=where, read_only=True):
        held = Registration.objects.filter(reference=plain(reference)[:8]).values_list("code_hash", flat=True).first()
    return secrets.compare_digest(wanted, held or "0" * 64) and held is not None


def is_follow_code(registration: Registration, code: str) -> bool:
    """Whether this is its follow-up code now."""
    return secrets.compare_digest(hashed(code, purpose=FOLLOW), registration.code_hash)


def registration_for_update(reference: str) -> Registration:
    """The registration of the establishment in scope, locked. Raises Refused where it is no longer there."""
    found = Registration.objects.select_for_update().filter(reference=reference).first()
    if found is None:
        raise Refused("Cette inscription n’existe plus : elle a été effacée avec le temps. Recommencez.")
    return found


@action
def give_up(*, reference: str) -> None:
    """Whoever registers stops it: the letter on its way serves no more, and somebody else may begin."""
    registration = registration_for_update(reference)
    if registration.state not in (State.STARTED, *OPEN):
        raise Refused("Cette inscription est terminée : il n’y a plus rien à abandonner.")
    postal.withdraw(kind=LETTER, object_id=registration.pk)
    registration.state, registration.settled_at = State.ABANDONED, clock.now()
    registration.save(update_fields=["state", "settled_at"])
    record("registration.abandoned", actor=ANYBODY, after={"reference": reference})


@action
def send_again(*, establishment_id: int) -> None:
    """« Recevoir de nouveau le courriel »: to whoever registers, at the address they gave, a few times a day at most.

    In the establishment's scope; asked by anybody, so that it says nothing of what it did.
    """
    for registration in Registration.objects.filter(state__in=OPEN):
        if _may_leave("registration.submitted", registration.pk):
            queue("registration.submitted", object_id=registration.pk, establishment=establishment_id)
    waiting = Membership.objects.filter(profile=Profile.ADMINISTRATOR, confirmed_at=None, deactivated_at=None)
    accepted = Registration.objects.filter(state=State.ACCEPTED).values("account")
    for account in waiting.filter(ref__in=accepted):
        if _may_leave("registration.link_again", account.pk):
            record("link.renewed", actor=ANYBODY, object=account.ref)
            issue(account)


def _may_leave(kind: str, number: int) -> bool:
    since = clock.now() - datetime.timedelta(hours=24)
    if kind == "registration.link_again":
        left = Link.objects.filter(membership_id=number, created_at__gt=since).count()
    else:
        left = Message.objects.filter(kind=kind, object_id=number, queued_at__gt=since).count()
    return left < settings.PARVIS_REGISTRATION_RESENT


@action
def contest(*, content: str) -> None:
    """Somebody does not recognise the registration under way here: the advisers see it first, and what is said.

    In the establishment's scope. Said again, the first one stays.
    """
    now = clock.now()
    for registration in Registration.objects.select_for_update().filter(state__in=OPEN, contested_at=None):
        registration.contested_at, registration.contest = now, content
        registration.save(update_fields=["contested_at", "contest"])
        record("registration.contested", actor=ANYBODY, after={"reference": registration.reference})
