"""« Quatre yeux » of a person: an administrator's e-mail or telephone, and lost second factors."""

from parvis.access.actions.changes import correct
from parvis.access.actions.guards import account_for_update, locked
from parvis.access.models import Membership
from parvis.access.queries.account import status_of
from parvis.access.status import Status
from parvis.advisers.four_eyes import ActKind, register
from parvis.advisers.models import SensitiveAct
from parvis.advisers.standing import AdviserStanding
from parvis.backoffice.acting import within
from parvis.backoffice.told import tell_administrators
from parvis.establishments.models import Establishment
from parvis.ground import tenancy
from parvis.ground.pages.filters import phone as phone_shown
from parvis.ground.pages.filters import siret as siret_shown
from parvis.ground.sealing import seal, unseal
from parvis.ground.tenancy import Refused
from parvis.identity.actions.lost_factors import forget_factors
from parvis.identity.models import Session
from parvis.journal.actions import record

COORDINATES, FACTORS = "backoffice.coordinates", "backoffice.factors"
_PURPOSE = "adviser-act"


def seal_coordinates(email: str, phone: str) -> dict[str, str]:
    """What an act keeps of a person, until it is decided: unreadable without the key."""
    return {"email": seal(email, purpose=_PURPOSE), "phone": seal(phone, purpose=_PURPOSE)}


def _wanted(act: SensitiveAct) -> tuple[str, str]:
    return unseal(act.detail["email"], purpose=_PURPOSE), unseal(act.detail["phone"], purpose=_PURPOSE)


def place_rows(act: SensitiveAct) -> list[tuple[str, str]]:
    """Which establishment an act is about."""
    place = Establishment.objects.filter(pk=act.establishment_id or 0).first()
    return [("Établissement", f"{place.name}, SIRET {siret_shown(place.siret)}")] if place else []


def _account(act: SensitiveAct) -> Membership | None:
    # The page of the acts names no establishment: the account is read in its own.
    with tenancy.scope(establishment=act.establishment_id or 0, read_only=True):
        return Membership.objects.filter(ref=act.subject).first()


def _shown(act: SensitiveAct) -> list[tuple[str, str]]:
    account = _account(act)
    if account is None:
        return [*place_rows(act), ("Compte", "Il n’existe plus.")]
    return [*place_rows(act), ("Compte", f"{account.name}, {account.function}, {account.get_profile_display()}")]


def _shown_coordinates(act: SensitiveAct) -> list[tuple[str, str]]:
    account, (email, phone) = _account(act), _wanted(act)
    if account is None:
        return _shown(act)
    rows = _shown(act)
    if email != account.email:
        rows.append(("Adresse électronique", f"{email} (au lieu de {account.email})"))
    if phone != account.phone:
        rows.append(("Téléphone", f"{phone_shown(phone)} (au lieu de {phone_shown(account.phone)})"))
    return rows


def _for_update(act: SensitiveAct) -> Membership:
    locked(act.establishment_id or 0)
    found = Membership.objects.filter(ref=act.subject).values_list("pk", flat=True).first()
    return account_for_update(found or 0)


def _carry_out_coordinates(who: AdviserStanding, act: SensitiveAct) -> None:
    email, phone = _wanted(act)
    with within(who, act.establishment_id or 0):
        account = _for_update(act)
        correct(actor=who.actor, account=account, email=email, phone=phone)
        tell_administrators("coordinates", who=who, account=account)


def _carry_out_factors(who: AdviserStanding, act: SensitiveAct) -> None:
    with within(who, act.establishment_id or 0):
        account = _for_update(act)
        if account.person_id is None or status_of(account) not in (Status.ACTIVE, Status.RENEWING):
            raise Refused("Ce compte n’est plus actif : refusez cet acte.")
        forget_factors(account.person_id)
        Session.objects.filter(person_id=account.person_id).delete()
        record("factor_reset.done", actor=who.actor, object=account.ref)
        tell_administrators("factors", who=who, account=account)


register(
    ActKind(COORDINATES, "Corriger les coordonnées d’un administrateur", _shown_coordinates, _carry_out_coordinates)
)
register(ActKind(FACTORS, "Réinitialiser le second facteur", _shown, _carry_out_factors))
