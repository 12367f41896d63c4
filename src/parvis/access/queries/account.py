"""One account: what its tabs show."""

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from parvis.access.levels import Level
from parvis.access.models import Link, Membership, Profile, Proposal
from parvis.access.registry import Service, by_theme, catalogue
from parvis.access.standing import Holding
from parvis.access.status import OPEN, Status, expires_on, last_administrator_sql, status_on, values
from parvis.establishments.funds import Fund
from parvis.ground import clock, tenancy
from parvis.ground.database.prepared import prepared
from parvis.identity.lockout import blocked_among
from parvis.post.models import Message


@dataclass(frozen=True, slots=True)
class RightLine:
    """A service of the catalogue and what the account holds on it."""

    service: Service
    level: Level
    in_force: bool
    starts_on: datetime.date | None
    ends_on: datetime.date | None
    since: datetime.datetime | None
    by: str
    origin: str
    funds: list[Fund]


@dataclass(frozen=True, slots=True)
class Account:
    """An account and its state, for the tabs."""

    membership: Membership
    status: Status
    link: Link | None
    link_state: str
    message: Message | None
    proposal: Proposal | None
    blocked: bool

    @property
    def shown(self) -> Status:
        """The status as who administers is shown it: « Bloqué » in place of an open one."""
        return Status.BLOCKED if self.blocked else self.status

    @property
    def begun(self) -> bool:
        """Whether its start date is reached."""
        return self.membership.starts_on is None or self.membership.starts_on <= clock.today()

    @property
    def expires_on(self) -> datetime.date:
        """The last day on which it is open."""
        return expires_on(self.membership)

    @property
    def since(self) -> str:
        """From what the period without a visit is counted, in words."""
        dated = self.membership
        signs = {
            "la dernière visite": dated.last_visit_at,
            "le dernier renouvellement": dated.renewed_at,
            "la première connexion": dated.confirmed_at,
            "sa création": dated.created_at,
        }
        return max((at, said) for said, at in signs.items() if at is not None)[1]

    @property
    def ended(self) -> bool:
        """Whether it expires by its end date, and not for want of visits."""
        return self.membership.ends_on == self.expires_on


LAST_SQL = f"SELECT {last_administrator_sql()} FROM access_membership m WHERE m.id = %(account)s"


def is_last_administrator(account: Membership) -> bool:
    """Whether the account administers, and nobody who administers the establishment expires later."""
    with prepared() as cursor:
        cursor.execute(LAST_SQL, {"account": account.pk, **values()})
        return bool(cursor.fetchone()[0])


def status_of(account: Membership) -> Status:
    """The status of an account today; asks who else administers only where it could be the last administrator's."""
    status = status_on(clock.today(), account, last_administrator=False)
    if status is Status.EXPIRED and account.profile == Profile.ADMINISTRATOR and is_last_administrator(account):
        return Status.RENEWING
    return status


def account(account_id: int) -> Account | None:
    """The account of that number in the establishment in scope; None for any other."""
    found = Membership.objects.filter(pk=account_id).first()
    if found is None:
        return None
    link = (
        Link.objects.filter(membership=found, superseded_at=None).order_by("-id").first()
        if found.confirmed_at is None
        else None
    )
    message = (
        Message.objects.filter(kind="access.first_link", object_id=link.pk).order_by("-id").first() if link else None
    )
    state = ""
    if link is not None:
        state = "killed" if link.killed_at else "expired" if link.expires_at <= clock.now() else "valid"
    status = status_of(found)
    return Account(
        membership=found,
        status=status,
        link=link,
        link_state=state,
        message=message,
        proposal=Proposal.objects.filter(membership=found).first(),
        blocked=found.person_id is not None and status in OPEN and bool(blocked_among([found.person_id])),
    )


def rights_of(
    found: Membership, funds: frozenset[str], names: Mapping[object, str], origins: Mapping[str, str]
) -> list[tuple[str, list[RightLine]]]:
    """Every service of the catalogue by theme, with what the account holds; `names` of who gave, by reference, and of
    the models that rights came from, by key."""
    today = clock.today()
    held = {right.service: right for right in found.rights.all()}
    groups = []
    for theme, services in by_theme(catalogue(funds)):
        lines = []
        for service in services:
            right = held.get(service.code)
            holding = (
                Holding(Level(right.level), right.starts_on, right.ends_on, right.granted_at, right.granted_by)
                if right
                else None
            )
            lines.append(
                RightLine(
                    service=service,
                    level=holding.level if holding else Level.NONE,
                    in_force=holding.holds_on(today) if holding else False,
                    starts_on=holding.starts_on if holding else None,
                    ends_on=holding.ends_on if holding else None,
                    since=holding.granted_at if holding else None,
                    by=names.get(holding.granted_by, "") if holding else "",
                    origin=origins.get(right.origin, "") if right else "",
                    funds=service.shown_funds(funds),
                )
            )
        groups.append((theme.name, lines))
    return groups


class Colleague(NamedTuple):
    """An account whose rights can be copied. A tuple: there may be 500 of them on a page."""

    pk: int
    first_name: str
    last_name: str
    function: str


COLLEAGUES_SQL = """
SELECT id, first_name, last_name, function FROM access_membership
WHERE establishment_id = %s AND deactivated_at IS NULL AND id <> %s ORDER BY sort_key, id LIMIT 500
"""


def colleagues(*, except_account: int = 0) -> list[Colleague]:
    """Accounts whose rights can be copied: all that are not deactivated, by name."""
    with prepared() as cursor:
        cursor.execute(COLLEAGUES_SQL, [tenancy.current().establishment, except_account])
        return [Colleague._make(row) for row in cursor]


def same_email(email: str) -> list[Membership]:
    """Accounts of this establishment that already use the address, to warn before a second one is made by mistake."""
    return list(Membership.objects.filter(email__iexact=email).order_by("sort_key"))


class Unfinished(NamedTuple):
    """An account being created: for whom, how far it is, on which day it was last kept (JJ/MM/AAAA)."""

    pk: str
    name: str
    rights_given: bool
    kept_on: str


# The accounts being created in %(establishment)s, latest first, as `read_drafts` wants them: a column of the list.
DRAFTS_COLUMN = """(SELECT json_agg(json_build_array(f.id, f.name, f.rights_given, f.kept_on))::text FROM (
  SELECT d.id, concat_ws(' ', d.coordinates->>'first_name', d.coordinates->>'last_name') AS name, d.rights_given,
    to_char(d.updated_at AT TIME ZONE 'Europe/Paris', 'DD/MM/YYYY') AS kept_on
  FROM access_draft d WHERE d.establishment_id = %(establishment)s AND d.membership_id IS NULL
  ORDER BY d.updated_at DESC LIMIT 20) f)"""


def read_drafts(told: str | None) -> list[Unfinished]:
    """From the value of `DRAFTS_COLUMN`."""
    return [Unfinished._make(one) for one in json.loads(told)] if told else []


def drafts() -> list[Unfinished]:
    """The accounts being created in the establishment in scope, latest first."""
    with prepared() as cursor:
        cursor.execute(f"SELECT {DRAFTS_COLUMN}", {"establishment": tenancy.current().establishment})
        return read_drafts(cursor.fetchone()[0])
