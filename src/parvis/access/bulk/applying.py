"""Writing what a plan says: the events, letters and rules of the pages; the number of statements does not grow."""

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import connection

from parvis.access.actions.changes import OF_THE_PERSON, SAID_HERE, set_rights
from parvis.access.actions.creation import Grant, NewAccount, account_search_key, checked_grants, open_accounts
from parvis.access.actions.guards import actor_of
from parvis.access.actions.links import renew_links, send_owed_links
from parvis.access.actions.many import set_rights_of_many
from parvis.access.bulk.known import Everybody, Known
from parvis.access.bulk.planning import CHANGED, CREATED, Line, coordinates_of
from parvis.access.models import Membership, Proposal
from parvis.access.registry import catalogue
from parvis.access.standing import Standing
from parvis.access.status import expires_on
from parvis.ground import clock
from parvis.ground.identifiers.text import sort_key
from parvis.journal.actions import Change, record_changes, remember_names
from parvis.post.actions import queue_each

DATES = ("starts_on", "ends_on")
UPDATE_SQL = """
UPDATE access_membership m SET civility = n.civility, first_name = n.first_name, last_name = n.last_name,
  function = n.function, unit = n.unit, email = n.email, phone = n.phone, profile = n.profile, starts_on = n.starts_on,
  ends_on = n.ends_on, expired_at = CASE WHEN n.opened THEN NULL ELSE m.expired_at END, search_key = n.search_key,
  sort_key = n.sort_key
FROM json_to_recordset(%(rows)s::json) AS n(id bigint, civility text, first_name text, last_name text, function text,
  unit text, email text, phone text, profile text, starts_on date, ends_on date, opened boolean, search_key text,
  sort_key text)
WHERE m.id = n.id AND m.establishment_id = %(establishment)s
"""


def apply(who: Standing, lines: Sequence[Line], everybody: Everybody) -> list[Membership]:
    """Write every line that creates or changes; returns the accounts created, in the file's order.

    The caller holds the locks, and keeps an administrator.
    """
    by_id = {known.account.pk: known for known in everybody.by_identifier.values()}
    changed = [(line, by_id[line.account_id]) for line in lines if line.kind == CHANGED]
    _change_accounts(who, changed)
    _set_rights(who, changed)
    asked = [
        NewAccount(coordinates_of(line), checked_grants(list(line.grants.values()), who.funds))
        for line in lines
        if line.kind == CREATED
    ]
    return open_accounts(who=who, asked=asked) if asked else []


class _Acts:
    """What the changes bring with them, for all accounts together."""

    def __init__(self, who: Standing) -> None:
        self.who = who
        self.events: dict[str, list[Change]] = defaultdict(list)
        self.written: list[tuple[Membership, bool]] = []
        self.addressed: list[Membership] = []
        self.dated: list[Membership] = []
        self.proposals: list[Proposal] = []

    def event(self, kind: str, account: Membership, before: dict[str, Any], after: dict[str, Any]) -> None:
        self.events[kind].append(Change(account.ref, before, after))

    def add(self, account: Membership, values: dict[str, Any]) -> None:
        """One account; what a person who signs in already must agree to is proposed."""
        said = [name for name in SAID_HERE if name in values]
        theirs = [name for name in OF_THE_PERSON if name in values]
        proposed = theirs if account.confirmed_at is not None else []
        fields = said if proposed else said + theirs
        if fields:
            self.event("account.coordinates_changed", account, {}, {"fields": fields})
        if "email" in fields:
            self.addressed.append(account)
        if proposed:
            self._propose(account, values, proposed)
        if "profile" in values:
            before = {"profile": account.profile}
            self.event("account.profile_changed", account, before, {"profile": values["profile"]})
        before = _dates(account)
        for name, value in values.items():
            if name not in proposed:
                setattr(account, name, value)
        dated = any(name in values for name in DATES)
        if dated:
            self.event("account.dates_changed", account, before, _dates(account))
            self.dated.append(account)
        self.written.append((account, dated and expires_on(account) >= self.who.today))

    def _propose(self, account: Membership, values: dict[str, Any], theirs: list[str]) -> None:
        self.proposals.append(
            Proposal(
                establishment_id=account.establishment_id,
                membership=account,
                email=values.get("email", ""),
                phone=values.get("phone", ""),
                proposed_at=clock.now(),
                proposed_by=self.who.ref,
            )
        )
        self.event("account.correction_proposed", account, {}, {"fields": theirs})


def _dates(account: Membership) -> dict[str, str]:
    return {name: value.isoformat() for name in DATES if (value := getattr(account, name))}


def _change_accounts(who: Standing, changed: Sequence[tuple[Line, Known]]) -> None:
    acts = _Acts(who)
    for line, known in changed:
        if line.values:
            acts.add(known.account, line.values)
    if not acts.written:
        return
    with connection.cursor() as cursor:
        rows = [_row(account, opened) for account, opened in acts.written]
        cursor.execute(UPDATE_SQL, {"rows": json.dumps(rows), "establishment": who.establishment_id})
    remember_names({account.ref: account.name for account, _ in acts.written})
    for kind, events in acts.events.items():
        record_changes(kind, actor=actor_of(who), changes=events)
    if acts.addressed:
        renew_links(acts.addressed, actor_of(who))
    send_owed_links(acts.dated, actor_of(who))
    if acts.proposals:
        Proposal.objects.filter(membership__in=[one.membership_id for one in acts.proposals]).delete()
        made = Proposal.objects.bulk_create(acts.proposals)
        queue_each("access.proposal", [(who.establishment_id, one.pk) for one in made])


def _row(account: Membership, opened: bool) -> dict[str, Any]:
    names = (*SAID_HERE, *OF_THE_PERSON, "profile")
    return {
        "id": account.pk,
        **{name: getattr(account, name) for name in names},
        **{name: _dates(account).get(name) for name in DATES},
        "opened": opened,
        "search_key": account_search_key(account.first_name, account.last_name, account.email, account.identifier),
        "sort_key": sort_key(f"{account.last_name} {account.first_name}")[:250],
    }


def _set_rights(who: Standing, changed: Sequence[tuple[Line, Known]]) -> None:
    offered = {service.code for service in catalogue(who.funds)}

    def whole(line: Line, known: Known) -> list[Grant]:
        """All that the account holds afterwards in the catalogue: what the file does not say stays."""
        return list({**{code: one for code, one in known.grants.items() if code in offered}, **line.grants}.values())

    wanted = {line.account_id: whole(line, known) for line, known in changed if line.grants}
    own = wanted.pop(who.membership_id, None)
    if own is not None:
        # As the only one who administers: `set_rights` checks it, under an event of its own.
        set_rights(who=who, account_id=who.membership_id, grants=own)
    set_rights_of_many(who=who, changes=wanted)
