"""Changes on an agent who is known: who they are, their hours, what an affiliation lacks."""

import datetime
import uuid
from dataclasses import replace
from typing import Any

from parvis.access.actions.guards import actor_of, locked
from parvis.access.standing import Standing
from parvis.agents import days, duplicates, nir, numbers
from parvis.agents.actions.claiming import claim
from parvis.agents.actions.declaring import SERVICE, close_before, is_hospital
from parvis.agents.actions.writing import new_post, write_identity
from parvis.agents.entries import OFFICIALS, Declaration, Identity, PostEntry, answer_for
from parvis.agents.models import Affiliation, Agent, Entry, Leaving, Post, Scheme
from parvis.agents.words import THE
from parvis.ground import clock
from parvis.ground.pages.filters import date_long
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import record, remember_name
from parvis.regulations import affiliation as law

GONE = "Cet agent n’est plus dans votre liste : quelqu’un l’a retiré entre-temps."
ONE_DAY = datetime.timedelta(days=1)
MEANWHILE = "Quelqu’un a modifié cette fiche pendant votre saisie : relisez-la ci-dessous, puis enregistrez de nouveau."


def agent_for_update(who: Standing, ref: uuid.UUID) -> Agent:
    """The agent, locked until the end of the transaction. Raises Refused."""
    agent = Agent.objects.select_for_update(of=("self",)).filter(ref=ref, establishment_id=who.establishment_id).first()
    if agent is None:
        raise Refused(GONE)
    return agent


def identity_of(agent: Agent) -> Identity:
    """Who somebody is, as it is known; a provisional number is no NIR."""
    return Identity(
        nir="" if agent.provisional else nir.unsealed(agent.nir_sealed),
        surname=agent.surname,
        used_name=agent.used_name,
        first_names=agent.first_names,
        born_on=agent.born_on,
        birth_place=agent.birth_place,
        nationality=agent.nationality,
        payroll_number=agent.payroll_number,
    )


def entry_of(post: Post) -> PostEntry:
    """What a post says."""
    return PostEntry(
        post.minutes,
        post.full_minutes,
        post.part_time,
        post.category,
        post.permanent,
        post.grade,
        post.gross_index,
        post.major_index,
    )


@action
def correct_identity(*, who: Standing, ref: uuid.UUID, identity: Identity, version: int) -> list[str]:
    """Say anew who somebody is; the names of the fields that changed, none where it says the same.

    Raises Refused where somebody changed the page meanwhile, or the NIR is somebody else's here (`field`).
    """
    locked(who.establishment_id)
    agent = agent_for_update(who, ref)
    before = identity_of(agent)
    fields = [name for name in Identity.__dataclass_fields__ if getattr(before, name) != getattr(identity, name)]
    if not fields:
        return []
    if agent.version != version:
        raise Refused(MEANWHILE)
    if identity.nir and "nir" in fields:
        other = Agent.objects.filter(
            establishment_id=who.establishment_id, nir_key=nir.key(identity.nir), same_as=None
        ).exclude(pk=agent.pk)
        if (twin := other.first()) is not None:
            raise Refused(f"Ce NIR est déjà celui de {twin.name} dans votre établissement.", field="nir")
    if not identity.nir and before.nir:
        raise Refused("Un NIR connu ne s’efface pas : corrigez-le.", field="nir")
    write_identity(agent, identity)
    agent.version += 1
    agent.save()
    remember_name(agent.ref, agent.name)
    record("agent.corrected", actor=actor_of(who, service=SERVICE), object=agent.ref, after={"fields": fields})
    return fields


def leads_to(
    who: Standing, agent: Agent, post: PostEntry, on: datetime.date, other_minutes: int
) -> tuple[Affiliation, law.Answer] | None:
    """The affiliation that hours end, of an official alone, and what the law says; None where they change no scheme.

    Raises Refused where the establishment has no contract with the scheme that follows.
    """
    rows = Affiliation.objects.filter(agent=agent, left_on=None, state=Affiliation.State.ACTIVE)
    held = rows.exclude(scheme=Scheme.RAFP).first()
    if held is None or held.status not in OFFICIALS:
        return None
    identity, hospital = identity_of(agent), is_hospital(who.establishment_id)
    answer = answer_for(identity, post, held.status, on, other_minutes=other_minutes, hospital=hospital)
    if answer.scheme in ("", held.scheme):
        return None
    if answer.scheme not in who.funds:
        raise Refused(
            f"{answer.reason} Or l’établissement n’a pas de contrat en cours avec {THE[answer.scheme]} : demandez-en "
            "un d’abord.",
            field="minutes",
        )
    return held, answer


@action
def change_hours(
    *, who: Standing, ref: uuid.UUID, post: PostEntry, on: datetime.date, other_minutes: int = 0
) -> tuple[Post, str]:
    """New weekly hours (and what goes with them) from a day on. Returns the post, and the scheme that follows where it
    is another one: "ircantec" below the threshold, "cnracl" above it, else "".

    An official who changes scheme leaves one the day before and enters the other on that day, with a new number.
    """
    locked(who.establishment_id)
    agent = agent_for_update(who, ref)
    held = {one.scheme: one for one in Affiliation.objects.filter(agent=agent, left_on=None)}
    if not held:
        raise Refused("Cet agent n’est plus affilié par votre établissement : ses heures ne changent plus.")
    first = min(one.entered_on for one in held.values())
    if on < first:
        raise Refused(
            f"L’agent est entré le {date_long(first)} : choisissez ce jour ou un jour après.", field="starts_on"
        )
    days.not_too_far(on, "Un changement d’heures", field="starts_on")
    written, before = new_post(who.establishment_id, agent, post, on, by=who.ref)
    moved = _moved(who, agent, held, post, on, other_minutes)
    record(
        "agent.hours_changed",
        actor=actor_of(who, service=SERVICE),
        object=agent.ref,
        before={"minutes": before["minutes"], "post": before} if before else {},
        after={"minutes": post.minutes, "full": post.full_minutes, "on": on.isoformat(), "scheme": moved},
    )
    remember_name(agent.ref, agent.name)
    return written, moved


def _moved(
    who: Standing, agent: Agent, held: dict[str, Affiliation], post: PostEntry, on: datetime.date, other_minutes: int
) -> str:
    """Carry out the change of scheme that the hours lead to."""
    found = leads_to(who, agent, post, on, other_minutes)
    if found is None:
        return ""
    main, status, answer = found[0].scheme, found[0].status, found[1]
    leaving = Leaving.HOURS if main == Scheme.CNRACL else Leaving.OTHER_SCHEME
    ending = [held[main]] + ([held[Scheme.RAFP]] if main == Scheme.CNRACL and Scheme.RAFP in held else [])
    for one in ending:
        close_before(one, on)
        one.leaving = leaving
        one.save(update_fields=["leaving"])
    schemes = [answer.scheme]
    if answer.scheme == Scheme.CNRACL and "rafp" in who.funds and Scheme.RAFP not in held:
        schemes.append(Scheme.RAFP)
    Affiliation.objects.bulk_create(
        Affiliation(
            establishment_id=who.establishment_id,
            agent=agent,
            scheme=scheme,
            number=number,
            status=status,
            state=Affiliation.State.ACTIVE,
            entry=Entry.APPOINTED,
            entered_on=on,
            elsewhere=other_minutes > 0,
            declared_at=clock.now(),
            declared_by=who.ref,
        )
        for scheme, number in zip(schemes, numbers.draw(schemes), strict=True)
    )
    return answer.scheme


@action
def complete(*, who: Standing, affiliation_id: int, told: Declaration) -> Affiliation:
    """Give an affiliation what it lacks, and with it its number. Raises Refused as a declaration does.

    Completed twice: done once. Whoever turns out to be of the Ircantec gets that affiliation instead.
    """
    locked(who.establishment_id)
    held = (
        Affiliation.objects.select_for_update(of=("self",))
        .select_related("agent")
        .filter(pk=affiliation_id, establishment_id=who.establishment_id)
        .first()
    )
    if held is None:
        raise Refused(GONE)
    if held.state != Affiliation.State.INCOMPLETE:
        return held
    agent = held.agent
    answer = told.answer(hospital=is_hospital(who.establishment_id))
    if not answer.scheme:
        raise Refused(answer.reason, field="conditions")
    if not told.identity.nir:
        raise Refused("Saisissez le NIR : sans lui, aucun numéro d’affiliation n’est donné.", field="nir")
    if answer.scheme not in who.funds:
        raise Refused(
            f"{answer.reason} Or l’établissement n’a pas de contrat en cours avec {THE[answer.scheme]}.",
            field="conditions",
        )
    found = duplicates.look(who.establishment_id, told.identity, answer.scheme, told.entered_on)
    if found.here is not None and found.here.pk != agent.pk:
        raise Refused(f"Ce NIR est déjà celui de {found.here.name} dans votre établissement.", field="nir")
    if found.elsewhere and told.entry != Entry.MUTATION and not told.elsewhere:
        raise Refused(duplicates.ELSEWHERE, field="elsewhere")
    days.may_begin(replace(told, scheme=answer.scheme), agent)
    others = Affiliation.objects.filter(agent=agent, left_on=None).exclude(pk=held.pk)
    if (standing := duplicates.standing_in_the_way(others, answer.scheme)) is not None:
        raise Refused(duplicates.already_words(agent, standing), field="conditions")
    before: dict[str, Any] = {}
    if answer.scheme == Scheme.CNRACL and close_before(others.filter(scheme=Scheme.IRCANTEC).first(), told.entered_on):
        before["ends"] = [Scheme.IRCANTEC.value]
    known = identity_of(agent)
    fields = [name for name in Identity.__dataclass_fields__ if getattr(known, name) != getattr(told.identity, name)]
    write_identity(agent, told.identity)
    agent.version += 1
    agent.save()
    _completed(who, held, replace(told, scheme=answer.scheme))
    _, post = new_post(who.establishment_id, agent, told.post, told.entered_on, by=who.ref)
    before |= {"post": post} if post else {}
    remember_name(agent.ref, agent.name)
    record(
        "affiliation.completed",
        actor=actor_of(who, service=SERVICE),
        object=agent.ref,
        before=before,
        after={
            "scheme": held.scheme,
            "number": held.number,
            "on": held.entered_on.isoformat(),
            **({"fields": fields} if fields else {}),
        },
    )
    claim([held.pk])
    return held


def _completed(who: Standing, held: Affiliation, told: Declaration) -> None:
    others = set(Affiliation.objects.filter(agent=held.agent, left_on=None).values_list("scheme", flat=True))
    schemes = [told.scheme]
    if told.scheme == Scheme.CNRACL and "rafp" in who.funds and Scheme.RAFP not in others:
        schemes.append(Scheme.RAFP)
    given = numbers.draw(schemes)
    held.scheme, held.number, held.status = told.scheme, given[0], told.status
    held.entry, held.entered_on, held.elsewhere = told.entry, told.entered_on, told.elsewhere
    held.state, held.missing = Affiliation.State.ACTIVE, []
    held.declared_at, held.declared_by = clock.now(), who.ref
    held.save()
    for scheme, number in zip(schemes[1:], given[1:], strict=True):
        Affiliation.objects.create(
            establishment_id=held.establishment_id,
            agent=held.agent,
            scheme=scheme,
            number=number,
            status=told.status,
            state=Affiliation.State.ACTIVE,
            entry=told.entry,
            entered_on=told.entered_on,
            declared_at=held.declared_at,
            declared_by=who.ref,
        )
