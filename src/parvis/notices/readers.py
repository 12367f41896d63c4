"""Who reads a notice: one rule, written twice (a test holds the two together): here in memory, there for lists."""

import json
from dataclasses import replace
from typing import Any

from parvis.access import registry
from parvis.access.decision import decide, services_of, shows
from parvis.access.levels import Level
from parvis.access.models import Membership
from parvis.access.standing import Standing
from parvis.ground import tenancy
from parvis.notices.models import Notice
from parvis.notices.registry import KINDS, Shown


def reads(who: Standing, notice: Notice) -> bool:
    """Whether the notice is for this person, as they stand today; `who` and `notice` are of one establishment."""
    if not who.enters or notice.kind not in KINDS:
        return False
    # What names no fund may be of another one than the adviser's who looks on, or count what others sent.
    if not shows(who, notice.detail.get("fund", "")):
        return False
    if notice.accounts or notice.persons:
        return (who.account_opens and who.membership_id in notice.accounts) or who.person_id in notice.persons
    if notice.service:
        service = registry.get(notice.service)
        return service is not None and decide(who, service).level >= Level(notice.level)
    return notice.administrators and who.administers


# The same of row n, with the parameters of `values`.
READS_SQL = """CASE
  WHEN n.accounts <> '{}' OR n.persons <> '{}'
    THEN %(membership)s = ANY (n.accounts) OR %(person)s = ANY (n.persons)
  WHEN n.service <> '' THEN n.level <= coalesce((%(levels)s::jsonb ->> n.service)::int, 0)
  ELSE n.administrators AND %(administers)s END AND n.kind = ANY (%(kinds)s)
  AND (%(seen_by)s::text[] IS NULL OR coalesce(n.detail ->> 'fund' = ANY (%(seen_by)s::text[]), false))"""


def values(who: Standing) -> dict[str, Any]:
    """What `READS_SQL` asks of somebody; who does not enter reads nothing."""
    return {
        "person": who.person_id if who.enters else 0,
        "membership": who.membership_id if who.account_opens else 0,
        "administers": who.administers,
        "levels": json.dumps({service.code: level.value for service, level in services_of(who)}),
        "kinds": list(KINDS),
        "seen_by": None if who.seen_by is None else sorted(who.seen_by),
    }


def email_of(who: Standing) -> str:
    """Where they are written to: the address of the account by which they read, their own or their organisation's."""
    if who.delegate is None:
        return Membership.objects.values_list("email", flat=True).get(pk=who.membership_id)
    with tenancy.scope(person=who.person_id, establishment=who.delegate.organisation_id, read_only=True):
        return Membership.objects.filter(ref=who.delegate.member).values_list("email", flat=True).first() or ""


def shown(notice: Notice, siret: str) -> Shown:
    """The notice as it is read on the site."""
    return KINDS[notice.kind].show(siret, notice.object_id, notice.detail)


def outside(notice: Notice, siret: str) -> Shown:
    """The same as an e-mail says it."""
    found = shown(notice, siret)
    return replace(found, title=found.outside or found.title)
