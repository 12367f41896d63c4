"""The e-mails of a reset: to the person, on each confirmed address, and to the active administrators."""

from django.conf import settings
from django.urls import reverse

from parvis.access.factor_reset.actions import name_of, new_token
from parvis.access.factor_reset.state import State, state_of
from parvis.access.models import FactorReset, Membership
from parvis.access.queries.people import active_administrators
from parvis.ground import tenancy
from parvis.ground.pages.filters import de, duration
from parvis.identity.models import Email
from parvis.post.models import Message
from parvis.post.registry import Envelope, Letter, envelope, register


def _reset(message: Message) -> FactorReset | None:
    return FactorReset.objects.select_related("membership", "establishment").filter(pk=message.object_id).first()


def _address(reset: FactorReset, message: Message) -> str:
    """Where the person is told: no establishment reads their e-mails, so their own scope does."""
    with tenancy.scope(person=reset.person_id, role=tenancy.PERSON, read_only=True):
        mine = Email.objects.filter(pk=message.detail.get("email"), verified_at__isnull=False)
        return mine.values_list("address", flat=True).first() or ""


def _said(reset: FactorReset) -> dict[str, object]:
    return {
        "name": reset.membership.name,
        "establishment": reset.establishment.name,
        "author": name_of(reset.asked_by),
        "at": reset.asked_at,
        "effective_at": reset.effective_at,
    }


def asked(message: Message) -> Envelope | None:
    """To the person, at once: who asked, when it takes effect, and how to refuse."""
    reset = _reset(message)
    if reset is None or state_of(reset) is not State.WAITING or not (to := _address(reset, message)):
        return None
    return envelope(
        to,
        "Parvis : réinitialisation de votre second facteur demandée",
        "access/emails/factor_reset_asked",
        {**_said(reset), "address": settings.PARVIS_ADDRESS + reverse("access:refuse-reset", args=[new_token(reset)])},
    )


def cancelled(message: Message) -> Envelope | None:
    """To the person: nothing happens after all."""
    reset = _reset(message)
    if reset is None or not (to := _address(reset, message)):
        return None
    return envelope(
        to,
        "Parvis : la réinitialisation de votre second facteur est abandonnée",
        "access/emails/factor_reset_cancelled",
        {**_said(reset), "address": settings.PARVIS_ADDRESS + reverse("access:me")},
    )


def _administrator(message: Message) -> Membership | None:
    to = Membership.objects.filter(pk=message.detail.get("to")).first()
    return to if to and (to.establishment_id, to.pk) in active_administrators([to.establishment_id]) else None


def _about(reset: FactorReset, to: Membership) -> dict[str, object]:
    page = reverse("access:account-factor-reset", args=[reset.establishment.siret, reset.membership_id])
    return {
        **_said(reset),
        "name": to.name,
        "colleague": reset.membership.name,
        "delay": duration(settings.PARVIS_FACTOR_RESET_DELAY),
        "address": settings.PARVIS_ADDRESS + page,
    }


def to_confirm(message: Message) -> Envelope | None:
    """To each other active administrator: a second voice makes it take effect at once."""
    reset, to = _reset(message), _administrator(message)
    if reset is None or to is None or state_of(reset) is not State.WAITING:
        return None
    return envelope(
        to.email,
        f"Parvis : réinitialisation du second facteur {de(reset.membership.name)} demandée",
        "access/emails/factor_reset_to_confirm",
        _about(reset, to),
    )


def refused(message: Message) -> Envelope | None:
    """To each active administrator: the person says that they lost nothing."""
    reset, to = _reset(message), _administrator(message)
    if reset is None or to is None or reset.refused_at is None:
        return None
    return envelope(
        to.email,
        f"Parvis : {reset.membership.name} refuse la réinitialisation de son second facteur",
        "access/emails/factor_reset_refused",
        {**_about(reset, to), "refused_at": reset.refused_at},
    )


PERSON, ADMINISTRATORS = "la personne", "chaque administrateur actif"

register(
    Letter("access.factor_reset_asked", "Second facteur perdu, dit un administrateur", PERSON, "24 heures", asked),
    Letter(
        "access.factor_reset_to_confirm",
        "Second facteur perdu, dit un administrateur",
        "chaque autre administrateur actif",
        "",
        to_confirm,
    ),
    Letter("access.factor_reset_refused", "Réinitialisation refusée par la personne", ADMINISTRATORS, "", refused),
    Letter("access.factor_reset_cancelled", "Réinitialisation abandonnée", PERSON, "", cancelled),
)
