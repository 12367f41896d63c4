"""Reading delegations: the giver's list, and the one page that both sides see."""

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import connection

from parvis.access.delegation.parties import Employer, employers, find, parties_of, read_scope
from parvis.access.delegation.said import SaidLevel, services_said, summed
from parvis.access.delegation.state import OPEN_STATES, Side, State, answer_by, other, state_of
from parvis.access.levels import Level
from parvis.access.models import Delegation, DelegationDocument, DelegationService
from parvis.access.standing import Standing
from parvis.access.status import values
from parvis.establishments.funds import ALL
from parvis.establishments.models import Establishment
from parvis.ground import tenancy
from parvis.ground.identifiers.text import sort_key


@dataclass(frozen=True, slots=True)
class Row:
    """A delegation of the list, ready to show."""

    ref: uuid.UUID
    facing: Employer
    state: State
    what: str
    starts_on: datetime.date
    ends_on: datetime.date
    answer_by: datetime.date
    waits_for_us: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """What the establishment gives or is asked to give, and what is over."""

    open: list[Row]
    over: list[Row]


_ORDER = {State.PROPOSED: 0, State.IN_FORCE: 1, State.UPCOMING: 2}


def given(who: Standing) -> Listed:
    """The delegations of the establishment in scope, what waits first; three statements, however many there are."""
    rows = list(Delegation.objects.filter(establishment_id=who.establishment_id).order_by("-proposed_at", "-id"))
    levels: dict[int, dict[str, int]] = {}
    held = DelegationService.objects.filter(establishment_id=who.establishment_id)
    for number, service, level in held.values_list("delegation_id", "service", "level"):
        levels.setdefault(number, {})[service] = level
    facing = employers({row.organisation_id for row in rows})
    shown = [_row(row, facing[row.organisation_id], levels.get(row.pk, {}), who) for row in rows]
    return Listed(
        sorted((one for one in shown if one.state in OPEN_STATES), key=lambda one: _ORDER[one.state]),
        [one for one in shown if one.state not in OPEN_STATES],
    )


def _row(row: Delegation, facing: Employer, levels: dict[str, int], who: Standing) -> Row:
    state = state_of(row, who.today)
    return Row(
        ref=row.ref,
        facing=facing,
        state=state,
        what=summed(levels, who.funds),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        answer_by=answer_by(row),
        waits_for_us=state is State.PROPOSED and row.proposed_side == Side.ORGANISATION,
    )


def received_waiting(who: Standing) -> list[Row]:
    """What others propose to give the organisation in scope, and that waits for its answer."""
    with read_scope(who, Side.ORGANISATION):
        rows = list(
            Delegation.objects.filter(
                organisation_id=who.establishment_id,
                proposed_side=Side.ESTABLISHMENT,
                accepted_at=None,
                refused_at=None,
                withdrawn_at=None,
                lapsed_at=None,
            ).order_by("proposed_at", "id")
        )
        levels: dict[int, dict[str, int]] = {}
        held = DelegationService.objects.filter(delegation__in=[row.pk for row in rows])
        for number, service, level in held.values_list("delegation_id", "service", "level"):
            levels.setdefault(number, {})[service] = level
        facing = employers({row.establishment_id for row in rows})
    shown = (
        Row(
            row.ref,
            facing[row.establishment_id],
            state_of(row, who.today),
            summed(levels.get(row.pk, {})),
            row.starts_on,
            row.ends_on,
            answer_by(row),
            waits_for_us=True,
        )
        for row in rows
    )
    return [row for row in shown if row.state is State.PROPOSED]


@dataclass(frozen=True, slots=True)
class Delegate:
    """Somebody of the organisation who may do something for the establishment today."""

    name: str
    function: str
    can: list[tuple[str, str, str]]
    by: str
    since: datetime.datetime
    last_at: datetime.datetime | None


@dataclass(frozen=True, slots=True)
class Shown:
    """The page of one delegation, as each side sees it."""

    delegation: Delegation
    side: str
    giver: Employer
    organisation: Employer
    state: State
    levels: dict[str, int]
    groups: list[tuple[str, list[SaidLevel]]]
    absent: int
    document: str
    answer_by: datetime.date
    replaced: Delegation | None
    successor: uuid.UUID | None
    waiting: uuid.UUID | None
    waiting_side: str
    delegates: list[Delegate]

    @property
    def mine(self) -> bool:
        """Whether the one who looks stands on the giver's side."""
        return self.side == Side.ESTABLISHMENT

    @property
    def facing(self) -> Employer:
        return self.organisation if self.mine else self.giver

    @property
    def answers(self) -> bool:
        """Whether this side is to answer."""
        return self.state is State.PROPOSED and self.side == other(self.delegation.proposed_side)

    @property
    def holds(self) -> bool:
        return self.state in (State.UPCOMING, State.IN_FORCE)

    @property
    def may_attach(self) -> bool:
        """Whether this side may add the agreement: once, and before the answer only who proposed."""
        if self.document:
            return False
        return self.holds or (self.state is State.PROPOSED and self.side == self.delegation.proposed_side)


def shown(who: Standing, ref: uuid.UUID) -> Shown | None:
    """The delegation of that reference, for either of its sides; None for anybody else."""
    found = find(who, ref)
    if found is None:
        return None
    row, side = found
    parties = parties_of(row, side)
    state = state_of(row, who.today)
    with read_scope(who, side):
        levels = dict(DelegationService.objects.filter(delegation=row).values_list("service", "level"))
        document = DelegationDocument.objects.filter(delegation=row).values_list("name", flat=True).first() or ""
        beside = list(
            Delegation.objects.filter(
                establishment_id=row.establishment_id, organisation_id=row.organisation_id
            ).exclude(pk=row.pk)
        )
        delegates = _delegates(row, side) if state is State.IN_FORCE else []
    # The giver is asked for what it has; the organisation reads what it asked for, and then what it got.
    funds = who.funds if side == Side.ESTABLISHMENT and state is State.PROPOSED else ALL
    groups = services_said(levels, funds)
    states = {one.pk: state_of(one, who.today) for one in beside}
    waiting = next((one for one in beside if states[one.pk] is State.PROPOSED), None)
    replaced_by = next((one.ref for one in beside if one.replaces_id == row.pk and one.accepted_at), None)
    return Shown(
        delegation=row,
        side=side,
        giver=parties.giver,
        organisation=parties.organisation,
        state=state,
        levels=levels,
        groups=groups,
        absent=len(levels) - sum(len(group) for _, group in groups),
        document=document,
        answer_by=answer_by(row),
        replaced=next((one for one in beside if states[one.pk] in (State.UPCOMING, State.IN_FORCE)), None),
        successor=replaced_by,
        waiting=waiting.ref if waiting else None,
        waiting_side=waiting.proposed_side if waiting else "",
        delegates=delegates,
    )


def _delegates(row: Delegation, side: str) -> list[Delegate]:
    if side == Side.ESTABLISHMENT:
        sql = "SELECT * FROM access_delegates(%(today)s, %(months)s) WHERE delegation = %(ref)s"
    else:
        sql = "SELECT * FROM access_client_mandates(%(client)s, %(today)s, %(months)s) WHERE delegation = %(ref)s"
    with connection.cursor() as cursor:
        cursor.execute(sql, {**values(), "client": row.establishment_id, "ref": row.ref})
        names = [column.name for column in cursor.description]
        paths = [dict(zip(names, path, strict=True)) for path in cursor]
    members: dict[uuid.UUID, list[dict[str, Any]]] = {}
    for path in paths:
        members.setdefault(path["member"], []).append(path)
    return [_delegate(group) for group in members.values()]


def _delegate(paths: list[dict[str, Any]]) -> Delegate:
    """One line for somebody, whatever the number of paths: over several, the highest level counts."""
    first = paths[0]
    levels: dict[str, int] = {}
    for path in paths:
        levels[path["service"]] = max(path["level"], levels.get(path["service"], 0))
    portfolios = sorted({path["portfolio"] for path in paths if path["portfolio"]})
    return Delegate(
        name=first["member_name"],
        function=first["member_function"],
        can=[(one.service, one.level, one.tone) for _, group in services_said(levels) for one in group],
        by=", ".join(f"« {name} »" for name in portfolios),
        since=min(max(path["since"], path["assigned_at"]) for path in paths),
        last_at=first["last_at"],
    )


@dataclass(frozen=True, slots=True)
class Document:
    """The agreement's file."""

    name: str
    content: bytes


def agreement(who: Standing, ref: uuid.UUID) -> Document | None:
    """The agreement of a delegation, for its two sides; None where there is none, or for anybody else."""
    found = find(who, ref)
    if found is None:
        return None
    row, side = found
    with read_scope(who, side):
        kept = DelegationDocument.objects.filter(delegation=row).first()
    return Document(kept.name, bytes(kept.content)) if kept else None


# --- The directory ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Found:
    """An establishment of the public directory."""

    siret: str
    name: str
    postcode: str


def directory(words: str, *, acting: bool, department: str = "", but: int = 0, most: int) -> list[Found]:
    """Establishments by name or SIRET, a few at most; `acting`: those alone that may act for others."""
    digits = "".join(words.split())
    asked = [digits] if digits.isdecimal() and len(digits) > 5 else sort_key(words).split()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, siret, name, postcode FROM access_directory(%s, %s, %s, %s)",
            [asked, acting, department, most + 1],
        )
        return [Found(siret, name, postcode) for number, siret, name, postcode in cursor if number != but][:most]


def by_siret(siret: str) -> Employer | None:
    """The establishment of that SIRET in the public directory."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM access_directory(%s, false, '', 1)", [[siret]])
        row = cursor.fetchone()
    return employers([row[0]])[row[0]] if row else None


def own_department() -> str:
    """The department of the establishment in scope."""
    where = tenancy.current().establishment
    return Establishment.objects.filter(pk=where).values_list("department", flat=True).first() or ""


def between(who: Standing, other_id: int, side: str) -> tuple[Delegation | None, dict[str, Level]]:
    """What holds between the establishment in scope and another, with its levels: where a renewal begins."""
    giver, organisation = (
        (who.establishment_id, other_id) if side == Side.ESTABLISHMENT else (other_id, who.establishment_id)
    )
    with read_scope(who, side):
        rows = list(Delegation.objects.filter(establishment_id=giver, organisation_id=organisation).order_by("-id"))
        held = next((one for one in rows if state_of(one, who.today) in (State.UPCOMING, State.IN_FORCE)), None)
        levels = dict(DelegationService.objects.filter(delegation=held).values_list("service", "level")) if held else {}
    return held, {code: Level(level) for code, level in levels.items()}


def own_open(who: Standing, other_id: int, side: str) -> uuid.UUID | None:
    """The proposal that waits for an answer between the two."""
    giver, organisation = (
        (who.establishment_id, other_id) if side == Side.ESTABLISHMENT else (other_id, who.establishment_id)
    )
    with read_scope(who, side):
        rows = Delegation.objects.filter(establishment_id=giver, organisation_id=organisation, accepted_at=None)
        return next((one.ref for one in rows if state_of(one, who.today) is State.PROPOSED), None)
