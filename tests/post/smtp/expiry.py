"""What brings each letter about expiry."""

import datetime
from collections.abc import Callable
from typing import Any

from parvis.access.actions.renewal import renew, renew_oneself
from parvis.access.expiry.warnings import expire_accounts, warn_of_expiry
from parvis.access.models import Membership, Profile
from parvis.ground import clock, tenancy
from parvis.ground.pages.filters import date_long
from parvis.post.models import Message
from tests.invitations import standing_of
from tests.plugins.database import owner_connection
from tests.post.smtp.hands import Expected, MailServer, Office, _instead
from tests.world import Someone

DAY = datetime.timedelta(days=1)


def _alter(who: Someone, **fields: Any) -> None:
    with tenancy.scope(establishment=who.membership.establishment_id):
        Membership.objects.filter(pk=who.account_id).update(**fields)


def _daily(part: Callable[[], int], kind: str) -> None:
    """As `parvis daily` runs it; of its messages, those of one kind leave."""
    with _instead(owner_connection()):
        assert part() >= 1
        Message.objects.exclude(kind=kind).delete()


def _soon(office: Office, kind: str) -> datetime.date:
    day = clock.today() + DAY
    _alter(office.user, ends_on=day, created_at=clock.now() - 100 * DAY)
    _daily(warn_of_expiry, kind)
    return day


def _expiry(office: Office, server: MailServer) -> Expected:
    day = _soon(office, "access.expiry")
    return Expected(
        [office.user.membership.email],
        f"Parvis : votre accès pour Saint-Étienne-du-Bois expire le {date_long(day)}",
        ["Bonjour Hugo Lenoir", "date de fin", "Odile Brun", office.administrator.membership.email],
        rf"/etablissements/{office.siret}/",
        302,  # to the sign-in page
    )


def _expiry_administrators(office: Office, server: MailServer) -> Expected:
    day = _soon(office, "access.expiry_administrators")
    return Expected(
        [office.administrator.membership.email, office.second.membership.email],
        f"Parvis : le compte d’Hugo Lenoir expire le {date_long(day)} (Saint-Étienne-du-Bois)",
        ["Hugo Lenoir", "Saint-Étienne-du-Bois", "renouvelez son compte"],
        rf"/etablissements/{office.siret}/comptes/",
        302,
    )


def _expired(office: Office, server: MailServer) -> Expected:
    _alter(office.user, ends_on=clock.today() - DAY)
    _daily(expire_accounts, "access.expired")
    return Expected(
        [office.user.membership.email],
        "Parvis : votre accès pour Saint-Étienne-du-Bois a expiré",
        ["Bonjour Hugo Lenoir", "date de fin", "Vos droits sont conservés", "René Caron"],
        rf"/etablissements/{office.siret}/",
        302,
    )


def _renewed(office: Office, server: MailServer) -> Expected:
    with tenancy.scope(person=office.administrator.person.pk, establishment=office.id):
        renew(who=standing_of(office.administrator), account_id=office.user.account_id, ends_on=None)
    return Expected(
        [office.user.membership.email],
        "Parvis : votre accès pour Saint-Étienne-du-Bois est renouvelé",
        ["Bonjour Hugo Lenoir", "Odile Brun a renouvelé votre accès", "Vos droits n’ont pas changé"],
        rf"/etablissements/{office.siret}/",
        302,
    )


def _renewed_by_oneself(office: Office, server: MailServer) -> Expected:
    _alter(office.second, profile=Profile.USER)
    _alter(office.administrator, ends_on=clock.today() - DAY)
    with tenancy.scope(person=office.administrator.person.pk, establishment=office.id):
        renew_oneself(who=standing_of(office.administrator))
    return Expected(
        [office.administrator.membership.email],
        "Parvis : vous avez renouvelé votre accès pour Saint-Étienne-du-Bois",
        ["Bonjour Odile Brun", "vous avez renouvelé votre propre accès", "Ce n’était pas vous"],
        rf"/etablissements/{office.siret}/comptes/",
        302,
    )


EXPIRY: dict[str, Callable[[Office, MailServer], Expected]] = {
    "access.expiry": _expiry,
    "access.expiry_administrators": _expiry_administrators,
    "access.expired": _expired,
    "access.renewed": _renewed,
    "access.renewed_by_oneself": _renewed_by_oneself,
}
