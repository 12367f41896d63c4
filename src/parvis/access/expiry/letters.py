"""The e-mails about expiry: to the person and to every active administrator before it, and what became of it.

Each is written from the state of the moment at which it leaves: where somebody visited or renewed meanwhile, none does.
"""

import datetime
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from parvis.access.choices import wanted_by_account
from parvis.access.models import ExpiryWarning, Membership
from parvis.access.queries.account import is_last_administrator, status_of
from parvis.access.queries.people import active_administrators, administrators
from parvis.access.status import Status, expires_on
from parvis.ground import clock
from parvis.ground.pages.filters import date_long, de, plural
from parvis.post.models import Message
from parvis.post.registry import Choice, Envelope, Letter, envelope, register

# Accounts named in one e-mail; the list of accounts holds the others.
NAMED = 50


@dataclass(frozen=True, slots=True)
class Named:
    """An account of an administrator's e-mail."""

    name: str
    function: str
    expires_on: datetime.date


def _recipient(account: Membership) -> str:
    """The address at which an account is told. What its person declined is asked before (`Letter.choosable`)."""
    return account.email


def _account(message: Message) -> Membership | None:
    return Membership.objects.select_related("establishment").filter(pk=message.object_id).first()


def _letter(account: Membership, subject: str, template: str, page: str, **context: object) -> Envelope:
    expires = expires_on(account)
    return envelope(
        _recipient(account),
        subject,
        f"access/emails/{template}",
        {
            "name": account.name,
            "establishment": account.establishment.name,
            "expires_on": expires,
            "ended": account.ends_on == expires,
            "months": settings.PARVIS_EXPIRY_MONTHS,
            "administrators": administrators(except_membership=account.pk),
            "address": settings.PARVIS_ADDRESS + reverse(page, args=[account.establishment.siret]),
            **context,
        },
    )


def expiry(message: Message) -> Envelope | None:
    """To the person, before their access expires; to the last administrator, that it has to be renewed."""
    account = _account(message)
    if account is None:
        return None
    told = ExpiryWarning.objects.filter(membership=account, sent_at=message.detail["at"]).first()
    status = status_of(account)
    # Visited, renewed, closed or expired since the warning was due.
    if told is None or told.expires_on != expires_on(account) or status in (Status.EXPIRED, Status.DEACTIVATED):
        return None
    where, day = account.establishment.name, told.expires_on
    if status is Status.RENEWING:
        since = date_long(day + datetime.timedelta(days=1))
        subject = f"Parvis : votre accès pour {where} est à renouveler depuis le {since}"
        return _letter(account, subject, "parts/expiry_renewing", "access:renew-oneself")
    if is_last_administrator(account):
        subject = f"Parvis : votre accès pour {where} sera à renouveler après le {date_long(day)}"
        return _letter(account, subject, "parts/expiry_last", "inbox:home")
    subject = f"Parvis : votre accès pour {where} expire le {date_long(day)}"
    return _letter(account, subject, "expiry", "inbox:home", pending=status is Status.PENDING)


def expiry_administrators(message: Message) -> Envelope | None:
    """To each active administrator: all the accounts of the day that expire soon, but their own, in one e-mail."""
    to = _account(message)
    if to is None or (to.establishment_id, to.pk) not in active_administrators([to.establishment_id]):
        return None
    told = (
        ExpiryWarning.objects.filter(establishment_id=to.establishment_id, sent_at=message.detail["at"])
        .exclude(membership=to)
        .select_related("membership")
        .order_by("expires_on", "membership__sort_key", "membership_id")
    )
    concerned = [
        Named(warning.membership.name, warning.membership.function, warning.expires_on)
        for warning in told
        if warning.expires_on >= clock.today()
        and warning.membership.deactivated_at is None
        and expires_on(warning.membership) == warning.expires_on
    ]
    if not concerned:
        return None
    first, count = concerned[0], len(concerned)
    said = (
        f"le compte {de(first.name)} expire le {date_long(first.expires_on)}"
        if count == 1
        else f"{plural(count, 'compte expire', 'comptes expirent')}, le premier le {date_long(first.expires_on)}"
    )
    return _letter(
        to,
        f"Parvis : {said} ({to.establishment.name})",
        "expiry_administrators",
        "access:accounts",
        concerned=concerned[:NAMED],
        others=max(0, count - NAMED),
        count=count,
        query="?echeance=bientot&tri=expire",
    )


def expired(message: Message) -> Envelope | None:
    """To the person, once their access has expired: since when, why, and who can open it again."""
    account = _account(message)
    if account is None or status_of(account) is not Status.EXPIRED:
        return None
    subject = f"Parvis : votre accès pour {account.establishment.name} a expiré"
    return _letter(account, subject, "expired", "inbox:home")


def renewed(message: Message) -> Envelope | None:
    """To the person, whose access somebody renewed."""
    account = _account(message)
    if account is None or status_of(account) is not Status.ACTIVE:
        return None
    author = Membership.objects.filter(ref=message.detail["by"]).first()
    return _letter(
        account,
        f"Parvis : votre accès pour {account.establishment.name} est renouvelé",
        "renewed",
        "inbox:home",
        author=author.name if author else "Une personne qui administre",
        at=message.queued_at,
    )


def renewed_by_oneself(message: Message) -> Envelope | None:
    """To the last administrator, who renewed their own access: in case it was somebody else."""
    account = _account(message)
    if account is None:
        return None
    return _letter(
        account,
        f"Parvis : vous avez renouvelé votre accès pour {account.establishment.name}",
        "renewed_by_oneself",
        "access:accounts",
        at=message.queued_at,
        password=settings.PARVIS_ADDRESS + reverse("identity:forgotten"),
    )


register(
    Letter("access.expiry", "Un accès expire bientôt, ou est à renouveler", "la personne", "", expiry),
    Letter(
        "access.expiry_administrators",
        "Des comptes expirent bientôt",
        "chaque administrateur actif",
        "",
        expiry_administrators,
        choosable=Choice("Des comptes de mon établissement expirent bientôt", wanted_by_account),
    ),
    Letter("access.expired", "Un accès a expiré", "la personne", "", expired),
    Letter(
        "access.renewed",
        "Un accès est renouvelé",
        "la personne",
        "",
        renewed,
        choosable=Choice("Mon accès est renouvelé", wanted_by_account, of_administrators=False),
    ),
    Letter("access.renewed_by_oneself", "Accès renouvelé par soi-même", "la personne", "", renewed_by_oneself),
)
