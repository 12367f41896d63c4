"""« Affilier »: somebody whom a declaration names and nobody knows, from what it says of them."""

import uuid
from decimal import Decimal

from parvis.access.actions.guards import actor_of
from parvis.access.standing import Standing
from parvis.agents import nir
from parvis.agents.actions import enrol, readmit
from parvis.agents.actions.declaring import declare
from parvis.agents.entries import Declaration as Entered
from parvis.agents.entries import Identity, PostEntry
from parvis.agents.models import Agent, Category, Entry
from parvis.agents.queries import by_nir_keys
from parvis.dsn.shapes import Individual as Told
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import record
from parvis.services.declarations.actions.checking import Again, check_again, check_others
from parvis.services.declarations.actions.correcting import NOT_AGENTS, for_update, writes_agents
from parvis.services.declarations.admitting import declared
from parvis.services.declarations.checks.case import may_come_back
from parvis.services.declarations.models import Individual
from parvis.services.declarations.packing import unpacked
from parvis.services.declarations.service import CODE


def entered(row: Individual, told: Told, *, nationality: str, permanent: bool, entry: str) -> Entered:
    """The affiliation to declare, from what the DSN says of the individual."""
    one = declared(told, month=row.declaration.month)
    return Entered(
        identity=Identity(
            nir=nir.plain(one.nir) if one.nir else "",
            surname=one.surname,
            first_names=one.first_names,
            used_name=one.used_name,
            born_on=one.born_on,
            birth_place=one.birth_place,
            nationality=nationality,
            payroll_number=one.payroll_number,
        ),
        post=PostEntry(
            minutes=min(one.minutes, one.full_minutes),
            full_minutes=one.full_minutes,
            part_time=Decimal(one.part_time),
            category=Category.SEDENTARY.value,
            permanent=permanent,
            grade=one.grade,
            gross_index=one.gross_index,
            major_index=one.major_index,
        ),
        scheme=one.scheme,
        status=one.status,
        entry=entry,
        entered_on=one.entered_on,
    )


@action
def affiliate(
    *,
    who: Standing,
    ref: uuid.UUID,
    version: int,
    nationality: str = "",
    permanent: bool = False,
    entry: str = Entry.APPOINTED,
    later: bool = False,
) -> Again:
    """Affiliate the individual, and apply the declaration to them. `later`: what the DSN does not say is completed
    another day, in « Agents et affiliations ». Raises Refused, Conflict.
    """
    row = for_update(who, ref, version=version)
    if not writes_agents(who):
        raise Refused(NOT_AGENTS)
    told = unpacked(row.sealed)
    if not told.contracts:
        raise Refused("La déclaration ne dit rien du contrat : corrigez-le en paie.")
    if later:
        _prepared(row, told)
    else:
        declare(
            who=who,
            told=entered(row, told, nationality=nationality, permanent=permanent, entry=entry),
            request=row.ref,
        )
    again = check_again(row, told, actor=actor_of(who, service=CODE))
    check_others(row, actor=actor_of(who, service=CODE))
    agent = Agent.objects.filter(pk=row.agent_id).first() if row.agent_id is not None else None
    record(
        "declaration.affiliated",
        actor=actor_of(who, service=CODE),
        object=agent.ref if agent is not None else row.ref,
        after={"month": row.declaration.month.isoformat(), "code": ", ".join(again.settled)},
    )
    return again


def _prepared(row: Individual, told: Told) -> None:
    """An affiliation to complete, of somebody new or who comes back."""
    person = declared(told, month=row.declaration.month)
    known = by_nir_keys(row.establishment_id, [person.key]).get(person.key)
    if known is None:
        enrol(establishment=row.establishment_id, people=[person], declaration=row.declaration.ref, incomplete=True)
    elif may_come_back(known, person.scheme, person.entered_on):
        readmit(establishment=row.establishment_id, people={known.id: person}, declaration=row.declaration.ref)
    else:
        raise Refused(
            "Cet agent a déjà une affiliation à ces dates : corrigez-la, ou annulez son départ, dans « Agents et "
            "affiliations », puis contrôlez de nouveau."
        )
