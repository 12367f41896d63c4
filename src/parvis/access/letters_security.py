"""The e-mails about colleagues who cannot sign in: to who administers, and to the people themselves."""

import uuid

from django.conf import settings
from django.urls import reverse

from parvis.access.models import Membership
from parvis.access.queries.account import status_of
from parvis.access.status import Status
from parvis.ground import tenancy
from parvis.ground.pages.filters import de
from parvis.identity.lockout import blocked_among
from parvis.identity.models import Email
from parvis.journal.queries import names
from parvis.post.models import Message
from parvis.post.registry import Envelope, Letter, envelope, register


def _account(message: Message) -> Membership | None:
    return Membership.objects.select_related("establishment").filter(pk=message.object_id).first()


def colleague_locked(message: Message) -> Envelope | None:
    """To each active administrator: a colleague is blocked, and may be unblocked from their page."""
    account = _account(message)
    to = Membership.objects.filter(pk=message.detail.get("to")).first()
    if account is None or to is None or to.deactivated_at is not None:
        return None
    if account.person_id is None or not blocked_among([account.person_id]):
        # Unblocked meanwhile: nobody has to do anything.
        return None
    return envelope(
        to.email,
        f"Parvis : le compte {de(account.name)} est bloqué",
        "access/emails/colleague_locked",
        {
            "name": to.name,
            "colleague": account.name,
            "establishment": account.establishment.name,
            "at": message.queued_at,
            "address": settings.PARVIS_ADDRESS
            + reverse("access:account", args=[account.establishment.siret, account.pk]),
        },
    )


def _adviser(message: Message) -> str:
    """The adviser of that reference, as the journal of the establishment names them; "" where none is named."""
    ref = message.detail.get("adviser")
    return names([uuid.UUID(ref)]).get(uuid.UUID(ref), "") if ref else ""


def unblocked(message: Message) -> Envelope | None:
    """To the person: who unblocked their account."""
    account = _account(message)
    if account is None or account.person_id is None:
        return None
    # No establishment reads a person's own addresses: their own scope does.
    with tenancy.scope(person=account.person_id, role=tenancy.PERSON, read_only=True):
        email = Email.objects.filter(pk=message.detail.get("email"), verified_at__isnull=False).first()
    if email is None:
        return None
    by = Membership.objects.filter(pk=message.detail.get("by")).first()
    return envelope(
        email.address,
        "Parvis : votre compte est débloqué",
        "access/emails/unblocked",
        {
            "name": account.name,
            "author": by.name if by else _adviser(message) or "Un administrateur ou une administratrice",
            "establishment": account.establishment.name,
            "at": message.queued_at,
            "address": settings.PARVIS_ADDRESS + reverse("identity:sign-in"),
            "password": settings.PARVIS_ADDRESS + reverse("identity:forgotten"),
        },
    )


def waiting(message: Message) -> Envelope | None:
    """To the address declared for an account that waits for its password: whom to ask, and no identifier."""
    account = _account(message)
    if account is None or status_of(account) is not Status.PENDING:
        return None
    return envelope(
        account.email,
        f"Parvis : votre accès à {account.establishment.name} attend votre première connexion",
        "access/emails/waiting",
        {
            "name": account.name,
            "establishment": account.establishment.name,
            "at": message.queued_at,
            "address": settings.PARVIS_ADDRESS + reverse("information:article", args=["premiere-connexion"]),
        },
    )


register(
    Letter(
        "access.colleague_locked",
        "Compte bloqué jusqu’au déblocage",
        "chaque administrateur actif des établissements de la personne",
        "",
        colleague_locked,
    ),
    Letter(
        "access.unblocked",
        "Compte débloqué par un administrateur",
        "chaque adresse vérifiée de la personne",
        "",
        unblocked,
    ),
    Letter(
        "access.waiting",
        "« Mot de passe oublié » ou « Identifiant oublié », compte en attente de mot de passe",
        "l’adresse déclarée pour ce compte",
        "",
        waiting,
    ),
)
