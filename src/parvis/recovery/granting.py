"""« Quatre yeux » gives the access: what the second adviser sees, and what their approval carries out."""

from django.conf import settings

from parvis.access.actions.creation import Coordinates
from parvis.access.actions.first import create_first_administrator
from parvis.access.actions.guards import locked
from parvis.access.actions.links import issue
from parvis.access.models import Membership, Profile
from parvis.advisers.four_eyes import ActKind, register
from parvis.advisers.models import SensitiveAct
from parvis.advisers.standing import AdviserStanding
from parvis.establishments.models import Establishment
from parvis.ground import clock, tenancy
from parvis.ground.pages.filters import date_long, phone
from parvis.ground.tenancy import Refused
from parvis.journal.actions import Actor, record, remember_name
from parvis.post.actions import queue_each
from parvis.recovery.actions.deciding import KIND, obstacle
from parvis.recovery.actions.opening import case_for_update, settle
from parvis.recovery.models import Case
from parvis.recovery.sealed import unseal_coordinates

State = Case.State


def shown(act: SensitiveAct) -> list[tuple[str, str]]:
    """What the second adviser reads before they decide."""
    case = Case.objects.filter(pk=int(act.subject)).first()
    if case is None:
        return [("Demande", "Effacée avec le temps")]
    place, one = Establishment.objects.get(pk=case.establishment_id), unseal_coordinates(case.coordinates)
    objections = case.objections.count()
    return [
        ("Établissement", f"{place.name} (SIRET {place.siret})"),
        ("Demande", f"{case.reference[:4]}-{case.reference[4:]}, {case.get_why_display()}"),
        ("Reçoit le profil « Administrateur »", f"{one.first_name} {one.last_name}, {one.function}"),
        ("Coordonnées", f"{one.email}, {phone(one.phone)}"),
        ("Code du courrier", f"Saisi le {date_long(case.code_right_at)}" if case.code_right_at else "Pas encore saisi"),
        ("Contestations", f"{objections}, toutes écartées" if objections else "Aucune"),
    ]


def carry_out(who: AdviserStanding, act: SensitiveAct) -> None:
    """Give the access, in the transaction of the approval. Raises Refused where something came in between."""
    with tenancy.scope(establishment=act.establishment_id or 0):
        remember_name(who.ref, who.signature)
        grant(int(act.subject), actor=who.actor)


def grant(case_id: int, *, actor: Actor) -> Membership:
    """Make whoever asked an administrator, who only reads until `PARVIS_RECOVERY_LIMIT` has passed.

    Whoever has an account there already, by the e-mail, keeps it, with its rights. Every other open request of the
    establishment is of no use any more. In the establishment's scope.
    """
    case = case_for_update(case_id, State.OPEN)
    locked(case.establishment_id)
    if why := obstacle(case):
        raise Refused(why)
    asked = unseal_coordinates(case.coordinates)
    account = _account(case, asked, actor)
    account.limited_until = clock.today() + settings.PARVIS_RECOVERY_LIMIT
    account.save(update_fields=["limited_until"])
    case.account = account.ref
    settle(case, State.GRANTED, actor=actor)
    others = Membership.objects.exclude(pk=account.pk).exclude(email="").order_by("pk")
    queue_each(
        "recovery.granted", [(case.establishment_id, number) for number in others.values_list("pk", flat=True)],
        detail={"case": case.pk},
    )  # fmt: skip
    for other in Case.objects.select_for_update(of=("self",)).filter(state=State.OPEN).exclude(pk=case.pk):
        settle(
            other, State.NEEDLESS, actor=actor, note="Une autre demande a abouti : une personne administre désormais."
        )
    return account


def _account(case: Case, asked: Coordinates, actor: Actor) -> Membership:
    held = Membership.objects.select_for_update(of=("self",)).filter(email__iexact=asked.email).order_by("pk").first()
    if held is None:
        return create_first_administrator(establishment_id=case.establishment_id, coordinates=asked, actor=actor)
    before = str(held.profile)
    held.profile, held.deactivated_at, held.ends_on, held.expired_at = Profile.ADMINISTRATOR, None, None, None
    held.renewed_at = clock.now()
    held.save(update_fields=["profile", "deactivated_at", "ends_on", "expired_at", "renewed_at"])
    record(
        "account.profile_changed",
        actor=actor,
        object=held.ref,
        before={"profile": before},
        after={"profile": str(held.profile)},
    )
    if held.confirmed_at is None:
        issue(held)
    return held


register(ActKind(KIND, "Rétablir l’accès : nouvel administrateur ou nouvelle administratrice", shown, carry_out))
