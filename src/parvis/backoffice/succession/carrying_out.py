"""A succession carried out while the second adviser decides it: accounts merged, everything moved, both sides told.

Accounts of the same person are merged here, by the same rule as a hand-over (`access/handing/merging.py`): never less
than before, on any day. What has no rule of its own moves as it is, in `access_succeed`.
"""

import datetime
import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from parvis.access.actions.creation import Grant
from parvis.access.actions.guards import active_administrator_ids, locked
from parvis.access.handing.merging import passings
from parvis.access.levels import Level
from parvis.access.models import Delegation, Membership, Profile, Right
from parvis.access.status import expires_on
from parvis.access.succession.followers import FOLLOWERS
from parvis.advisers.four_eyes import ActKind, register
from parvis.advisers.models import SensitiveAct
from parvis.advisers.standing import AdviserStanding
from parvis.backoffice.succession.actions import KIND, prepared
from parvis.backoffice.succession.queries import in_both, preview, weight
from parvis.establishments.acting import categories
from parvis.establishments.models import Establishment, Succession
from parvis.ground import clock, tenancy
from parvis.ground.pages.filters import date_long, de, plural, siret
from parvis.ground.tenancy import Refused
from parvis.journal.actions import Change, record, record_changes, remember_name, remember_names
from parvis.post.actions import queue

LETTER = "backoffice.succession_done"


@dataclass(frozen=True, slots=True)
class _Before:
    """What the predecessor had."""

    accounts: dict[int, Membership]
    grants: dict[int, dict[str, Grant]]
    administrators: set[int]
    given: list[int]


def _grants(account: Membership) -> dict[str, Grant]:
    return {
        one.service: Grant(one.service, Level(one.level), one.starts_on, one.ends_on, one.origin)
        for one in account.rights.all()
    }


def _read(old: int) -> _Before:
    locked(old)
    accounts = {one.pk: one for one in Membership.objects.filter(establishment_id=old).prefetch_related("rights")}
    in_force = Delegation.objects.filter(
        establishment_id=old, accepted_at__isnull=False, replaced_at=None, ended_at=None
    )
    return _Before(
        accounts,
        {number: _grants(one) for number, one in accounts.items()},
        _administering(accounts.values()),
        list(in_force.values_list("pk", flat=True)),
    )


def _administering(accounts: Iterable[Membership]) -> set[int]:
    """The persons who administer the establishment in scope, and whose account is open by its own days."""
    active, today = set(active_administrator_ids()), clock.today()
    return {one.person_id or 0 for one in accounts if one.pk in active and expires_on(one) >= today}


def _carry_out(who: AdviserStanding, act: SensitiveAct) -> None:
    told = prepared(act.subject)
    old, new = told.predecessor, told.successor
    if obstacles := preview(who, old, new, told.on).obstacles:
        raise Refused(" ".join(obstacles))
    doubles = in_both(old.pk, new.pk)
    for number in sorted((old.pk, new.pk)):
        # Both at once, and always in this order: two successions that cross wait for each other instead of meeting.
        with tenancy.scope(establishment=number):
            locked(number)
    with tenancy.scope(establishment=old.pk):
        before = _read(old.pk)
    with tenancy.scope(establishment=new.pk):
        remember_name(who.ref, who.signature)
        administering = _administering(Membership.objects.all()) | before.administrators
        for number, other in doubles.items():
            _merged(who, before.accounts[number], before.grants[number], other, old)
    moved = _moved(who, told, doubles) | _followed(who, told)
    Succession.objects.filter(pk=told.pk).update(moved=moved)
    _leave(who, told, before, doubles)
    with tenancy.scope(establishment=new.pk):
        _arrive(who, told, before, doubles)
        if administering - _administering(Membership.objects.all()):
            raise Refused("Une personne qui administre aujourd’hui n’administrerait plus rien : rien n’a été fait.")
        record("succession.taken", actor=who.actor, object=told.ref, after={**_other(old), **moved})
        _tell(told, before, doubles)


def _merged(who: AdviserStanding, old: Membership, given: dict[str, Grant], number: int, place: Establishment) -> None:
    """The account of the same person in the successor, in whose scope we are, receives what the other one had."""
    kept = Membership.objects.select_for_update(of=("self",)).get(pk=number)
    profile = kept.profile
    held = {one.service: one for one in kept.rights.all()}
    found = passings(given, _grants(kept), clock.today())
    before, after = {}, {}
    for one in found:
        if one.after is None or one.after == one.before:
            continue
        if one.before is not None:
            before[one.service] = one.before.as_json()
            held[one.service].delete()
        after[one.service] = one.after.as_json()
        Right.objects.create(
            establishment_id=kept.establishment_id,
            membership=kept,
            service=one.service,
            level=one.after.level,
            starts_on=one.after.starts_on,
            ends_on=one.after.ends_on,
            granted_at=clock.now(),
            granted_by=who.ref,
            origin=one.after.origin,
        )
    days_before = _days(kept)
    reopened = kept.deactivated_at is not None and old.deactivated_at is None
    if Profile.ADMINISTRATOR in (old.profile, kept.profile):
        kept.profile = Profile.ADMINISTRATOR
    kept.deactivated_at = None if reopened else kept.deactivated_at
    kept.starts_on = None if None in (kept.starts_on, old.starts_on) else min(kept.starts_on, old.starts_on)  # type: ignore[type-var]
    kept.ends_on = None if None in (kept.ends_on, old.ends_on) else max(kept.ends_on, old.ends_on)  # type: ignore[type-var]
    for name in ("confirmed_at", "last_visit_at", "renewed_at", "limited_until"):
        values = [value for value in (getattr(kept, name), getattr(old, name)) if value is not None]
        setattr(kept, name, max(values, default=None))
    kept.save()
    said: dict[str, Any] = {"from": place.name, "profile": kept.profile, "rights": after}
    record(
        "account.merged", actor=who.actor, object=kept.ref, before={"profile": profile, "rights": before}, after=said
    )
    if (days_after := _days(kept)) != days_before:
        record("account.dates_changed", actor=who.actor, object=kept.ref, before=days_before, after=days_after)
    if reopened:
        record("account.reactivated", actor=who.actor, object=kept.ref)


def _moved(who: AdviserStanding, told: Succession, doubles: dict[int, int]) -> dict[str, int]:
    ending = f"{told.successor.name} a pris la place {de(told.predecessor.name)}."[:500]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT access_succeed(%s, %s::bigint[], %s::bigint[], %s, %s, %s, %s, %s)",
            [
                *(told.ref, list(doubles), list(doubles.values()), list(categories()), ending, who.ref),
                *(clock.now(), clock.today()),
            ],
        )
        (moved,) = cursor.fetchone()
    return dict(json.loads(moved) if isinstance(moved, str) else moved)


def _followed(who: AdviserStanding, told: Succession) -> dict[str, int]:
    """What online services keep of the predecessor and that goes with its accounts: how many of each came."""
    with tenancy.scope(establishment=told.predecessor_id):
        taken = {code: one.taken() for code, one in FOLLOWERS.items()}
    with tenancy.scope(establishment=told.successor_id):
        return {code: one.given(taken[code], told.predecessor.name, who.actor) for code, one in FOLLOWERS.items()}


def _leave(who: AdviserStanding, told: Succession, before: _Before, doubles: dict[int, int]) -> None:
    """In the predecessor's journal: where everything went."""
    with tenancy.scope(establishment=told.predecessor_id):
        remember_name(who.ref, who.signature)
        record_changes(
            "succession.account.deleted",
            actor=who.actor,
            changes=[Change(one.ref, {"profile": one.profile}, {}) for one in before.accounts.values()],
        )
        record("succession.left", actor=who.actor, object=told.ref, after=_other(told.successor))


def _arrive(who: AdviserStanding, told: Succession, before: _Before, doubles: dict[int, int]) -> None:
    """In the successor's journal, in whose scope we are: each account and delegation that came."""
    # The references of merged accounts stay behind what they did: their names are known here too.
    remember_names({one.ref: one.name for one in before.accounts.values()})
    today, place = clock.today(), told.predecessor.name
    record_changes(
        "account.arrived",
        actor=who.actor,
        changes=[
            Change(one.ref, {}, {"from": place, **_state(one, before.grants[number], today)})
            for number, one in before.accounts.items()
            if number not in doubles
        ],
    )
    arrived = list(Delegation.objects.filter(pk__in=before.given, ended_at=None).prefetch_related("services"))
    named = _employers([one.organisation_id for one in arrived])
    for one in arrived:
        name, siret = named[one.organisation_id]
        record(
            "delegation.arrived",
            actor=who.actor,
            object=one.ref,
            after={
                "side": Delegation.Side.ESTABLISHMENT,
                "with": name,
                "siret": siret,
                "services": {row.service: row.level for row in one.services.all()},
                "starts_on": one.starts_on.isoformat(),
                "ends_on": one.ends_on.isoformat(),
                "letters": one.letters,
            },
        )
    for organisation in sorted({one.organisation_id for one in arrived}):
        with tenancy.scope(establishment=organisation):
            remember_name(who.ref, who.signature)
            record("succession.client", actor=who.actor, object=told.ref, after=_other(told.successor))


def _state(one: Membership, grants: dict[str, Grant], today: datetime.date) -> dict[str, Any]:
    return {
        "profile": one.profile,
        "confirmed": one.confirmed_at is not None,
        "deactivated": one.deactivated_at is not None,
        "expired": expires_on(one) < today,
        **_days(one),
        "rights": {code: grant.as_json() for code, grant in grants.items()},
    }


def _employers(numbers: list[int]) -> dict[int, tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name, siret FROM access_employers(%s)", [numbers])
        return {number: (name, siret) for number, name, siret in cursor.fetchall()}


def _tell(told: Succession, before: _Before, doubles: dict[int, int]) -> None:
    """A letter to each active administrator of the successor; those who came are told where they are."""
    for number in sorted(active_administrator_ids()):
        came = number in before.accounts or number in doubles.values()
        queue(
            LETTER,
            object_id=told.pk,
            establishment=told.successor_id,
            detail={"to": number, "came": came},
        )


def _other(place: Establishment) -> dict[str, str]:
    return {"with": place.name, "siret": place.siret}


def _days(account: Membership) -> dict[str, str | None]:
    return {"starts_on": _iso(account.starts_on), "ends_on": _iso(account.ends_on)}


def _iso(day: datetime.date | None) -> str | None:
    return day.isoformat() if day else None


def _shown(act: SensitiveAct) -> list[tuple[str, str]]:
    told = Succession.objects.select_related("predecessor", "successor").filter(ref=uuid.UUID(act.subject)).first()
    if told is None:
        return []
    rows = [
        ("Établissement repris", f"{told.predecessor.name}, SIRET {siret(told.predecessor.siret)}"),
        ("Repris par", f"{told.successor.name}, SIRET {siret(told.successor.siret)}"),
        ("Ce qui se passe", f"{told.get_cause_display()}, au {date_long(told.on)}"),
    ]
    if told.done_at is not None:
        rows.append(("Ce qui est passé", said_moved(told.moved)))
    else:
        merged = len(in_both(told.predecessor_id, told.successor_id))
        said = said_accounts(weight(told.predecessor_id).accounts, merged)
        rows.append(("Ce qui passera", f"{said}, délégations et contrats : voyez « Reprises d’établissements »"))
    return rows


def said_accounts(accounts: int, merged: int) -> str:
    """« 12 comptes (dont 2 réunis) »."""
    return plural(accounts, "compte", "comptes") + (f" (dont {plural(merged, 'réuni', 'réunis')})" if merged else "")


def said_moved(moved: dict[str, int]) -> str:
    """« 12 comptes, dont 2 réunis, 3 contrats, 1 délégation »."""
    merged = moved.get("merged", 0)
    accounts = said_accounts(moved.get("accounts", 0) + merged, merged)
    delegations = moved.get("given", 0) + moved.get("received", 0)
    contracts = plural(moved.get("contracts", 0), "contrat", "contrats")
    followed = [plural(moved[code], one.one, one.many) for code, one in FOLLOWERS.items() if code in moved]
    return ", ".join([accounts, contracts, plural(delegations, "délégation", "délégations"), *followed])


register(ActKind(KIND, "Reprise d’un établissement par un autre", _shown, _carry_out))
