"""Saying what should have been declared of an individual: a draft, or applied and checked at once."""

import uuid
from collections.abc import Sequence
from dataclasses import replace

from parvis.access.actions.guards import actor_of, locked
from parvis.access.decision import decide
from parvis.access.levels import Level
from parvis.access.registry import get
from parvis.access.standing import Standing
from parvis.agents import nir
from parvis.agents.actions.changing import change_hours, correct_identity, entry_of, identity_of
from parvis.agents.models import Agent, Post
from parvis.dsn.shapes import Individual as Told
from parvis.ground import clock
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import record
from parvis.regulations.dsn import people
from parvis.services.conflict import Conflict
from parvis.services.declarations.actions.checking import Again, check_again, check_others
from parvis.services.declarations.actions.closing import close_who_left
from parvis.services.declarations.models import Anomaly, Correction, Declaration, Individual
from parvis.services.declarations.packing import unpacked
from parvis.services.declarations.service import CODE
from parvis.services.declarations.standing import IN_FORCE, WAITING
from parvis.services.declarations.values import Values, corrected

GONE = "Cette anomalie n’est plus là : la déclaration a été remplacée entre-temps."
NOT_AGENTS = (
    "Cette correction change la fiche de l’agent : elle demande « Modification » sur « Agents et affiliations ». "
    "Demandez ce droit, ou à quelqu’un qui l’a."
)
SHORT_NIR = 10
# So many anomalies are chosen and checked again at once.
MOST = 200


def for_update(who: Standing, ref: uuid.UUID, *, version: int | None = None) -> Individual:
    """The individual, locked, of a declaration that is in force. Raises Refused, and Conflict where somebody corrected
    it since `version`."""
    locked(who.establishment_id)
    row = (
        Individual.objects.select_for_update(of=("self",))
        .select_related("declaration")
        .filter(ref=ref, establishment_id=who.establishment_id)
        .first()
    )
    if row is None or row.declaration.test or row.declaration.state not in ("anomalies", "processed"):
        raise Refused(GONE)
    if version is not None and row.version != version:
        raise Conflict(row.version)
    return row


def writes_agents(who: Standing) -> bool:
    """Whether the person may change what is known of agents."""
    declared = get("agents")
    return declared is not None and decide(who, declared).level >= Level.WRITE


@action
def keep_draft(*, who: Standing, ref: uuid.UUID, values: Values, version: int) -> None:
    """Keep what was typed, to go on another day; one draft for an individual. Raises Refused, Conflict."""
    row = for_update(who, ref, version=version)
    if not values.fields:
        raise Refused("Rien n’est changé : corrigez au moins une donnée.")
    Correction.objects.update_or_create(
        individual=row,
        state=Correction.State.DRAFT,
        defaults={
            "establishment_id": who.establishment_id,
            "sealed": values.sealed(),
            "fields": values.fields,
            "begun_by": who.ref,
            "by_name": who.name[:170],
        },
        create_defaults={
            "establishment_id": who.establishment_id,
            "sealed": values.sealed(),
            "fields": values.fields,
            "begun_at": clock.now(),
            "begun_by": who.ref,
            "by_name": who.name[:170],
        },
    )
    _draft_event(who, row, "declaration.draft_kept", values.fields)


def _draft_event(who: Standing, row: Individual, kind: str, fields: list[str]) -> None:
    after = {"month": row.declaration.month.isoformat(), "fields": fields}
    record(kind, actor=actor_of(who, service=CODE), object=row.ref, after=after)


@action
def give_up_draft(*, who: Standing, ref: uuid.UUID) -> None:
    """Forget what was begun and not applied; whoever may correct may. Raises Refused where there is no draft."""
    row = for_update(who, ref)
    draft = Correction.objects.select_for_update().filter(individual=row, state=Correction.State.DRAFT).first()
    if draft is None:
        raise Refused("Il n’y a plus de brouillon : quelqu’un l’a appliqué ou abandonné entre-temps.")
    fields = draft.fields
    draft.delete()
    _draft_event(who, row, "declaration.draft_given_up", fields)


@action
def correct(*, who: Standing, ref: uuid.UUID, values: Values, version: int) -> Again:
    """Lay the values over what was declared, check at once, and write what follows for the agent.

    Raises Refused (`field`: of the form), Conflict.
    """
    row = for_update(who, ref, version=version)
    told = unpacked(row.sealed)
    values = replace(values, nir=whole_nir(row.establishment_id, values.nir, told, values))
    if not values.fields:
        raise Refused("Rien n’est changé : corrigez au moins une donnée.")
    wanted = corrected(told, values)
    _right_nir(wanted, values)
    _on_agent(who, row, told, wanted, values)
    again = check_again(row, wanted, actor=actor_of(who, service=CODE))
    check_others(row, actor=actor_of(who, service=CODE))
    _applied(who, row, values, again)
    return again


def _applied(who: Standing, row: Individual, values: Values, again: Again) -> None:
    now = clock.now()
    draft = Correction.objects.filter(individual=row, state=Correction.State.DRAFT).first()
    one = draft or Correction(individual=row, establishment_id=row.establishment_id, begun_at=now)
    one.state, one.sealed, one.fields, one.settled = Correction.State.APPLIED, values.sealed(), values.fields, []
    one.settled = list(again.settled)
    one.begun_by, one.by_name, one.applied_at = who.ref, who.name[:170], now
    one.save()
    record(
        "declaration.corrected",
        actor=actor_of(who, service=CODE),
        object=row.ref,
        after={
            "month": row.declaration.month.isoformat(),
            "fields": values.fields,
            "settled": list(again.settled),
        },
    )


def whole_nir(establishment: int, typed: str, told: Told, values: Values) -> str:
    """The NIR of 13 characters; where its first ten alone were typed, that of the one agent whose they are."""
    if len(typed) != SHORT_NIR:
        return typed
    born = values.born_on or told.born_on
    rows = Agent.objects.filter(establishment_id=establishment, same_as=None, provisional=False)
    rows = rows.filter(born_on=born) if born is not None else rows.filter(surname__iexact=told.surname or "")
    found = {full for one in rows[:500] if (full := nir.unsealed(one.nir_sealed)).startswith(typed)}
    if len(found) != 1:
        raise Refused(
            "Aucun agent de l’établissement, ou plusieurs, n’a ces dix premiers chiffres et cette date de naissance : "
            "saisissez les 13 caractères du NIR.",
            field="nir",
        )
    return found.pop()


def _right_nir(wanted: Told, values: Values) -> None:
    if not values.nir:
        return
    year = int(wanted.birth_date[4:]) if wanted.birth_date else None
    faults = people.nir(values.nir, birth_year=year).faults
    if not faults and year is not None:
        faults = people.birth_matches(values.nir, year).faults
    if faults:
        raise Refused(faults[0].says, field="nir")


def _on_agent(who: Standing, row: Individual, told: Told, wanted: Told, values: Values) -> None:
    """What a correction changes of the agent: the NIR instead of a provisional number, the hours of the post."""
    agent = None
    if row.agent_id is not None:
        agent = Agent.objects.filter(pk=row.agent_id, establishment_id=row.establishment_id).first()
    if values.nir and told.nir is None and agent is not None and agent.provisional:
        known = Agent.objects.filter(
            establishment_id=row.establishment_id, nir_key=nir.key(values.nir), same_as=None
        ).exists()
        if not known:
            _may(who, "nir")
            identity = replace(identity_of(agent), nir=values.nir)
            correct_identity(who=who, ref=agent.ref, identity=identity, version=agent.version)
    # Somebody who only may be them under another NIR is not changed.
    if values.minutes and values.nir == "" and agent is not None and agent.nir_key == row.nir_key:
        _hours(who, row.declaration, agent, values.minutes)


def _may(who: Standing, field: str) -> None:
    if not writes_agents(who):
        raise Refused(NOT_AGENTS, field=field)


def _hours(who: Standing, declaration: Declaration, agent: Agent, minutes: int) -> None:
    post = Post.objects.filter(agent=agent, ends_on=None).first()
    if post is None or post.minutes == minutes:
        return
    _may(who, "hours")
    if minutes > post.full_minutes:
        raise Refused("Cette durée dépasse celle d’un temps complet pour cet emploi : corrigez-la.", field="hours")
    changed = replace(entry_of(post), minutes=minutes)
    change_hours(who=who, ref=agent.ref, post=changed, on=max(declaration.month, post.starts_on))


@action
def look_again(*, who: Standing, ref: uuid.UUID) -> Again:
    """Check an individual again as it was declared: the agent may have been corrected or affiliated meanwhile."""
    return _looked_again(who, for_update(who, ref))


def _looked_again(who: Standing, row: Individual) -> Again:
    actor = actor_of(who, service=CODE)
    again = check_again(row, unpacked(row.sealed), actor=actor)
    if again.settled or again.new or again.applied:
        after = {"month": row.declaration.month.isoformat(), "code": ", ".join((*again.settled, *again.new))}
        record("declaration.checked_again", actor=actor, object=row.ref, after=after)
    return again


@action
def look_again_at(*, who: Standing, refs: Sequence[uuid.UUID]) -> int:
    """« Contrôler de nouveau » the chosen anomalies: individuals as they were declared, and who was absent. Returns how
    many are settled. Raises Refused."""
    locked(who.establishment_id)
    actor = actor_of(who, service=CODE)
    chosen = Anomaly.objects.filter(establishment_id=who.establishment_id, ref__in=list(refs)[:MOST], state__in=WAITING)
    months = {month for code, month in chosen.values_list("code", "month") if code == "AbsPer01"}
    settled = close_who_left(who.establishment_id, max(months), actor=actor) if months else 0
    if settled:
        after = {"month": max(months).isoformat(), "code": "AbsPer01"}
        record("declaration.checked_again", actor=actor, after=after)
    rows = Individual.objects.select_for_update(of=("self",)).select_related("declaration")
    for row in rows.filter(pk__in=chosen.values("individual"), declaration__state__in=IN_FORCE).order_by("pk"):
        settled += len(_looked_again(who, row).settled)
    return settled
