"""A file of agents: preview, give up, confirm. All of it or nothing, and once."""

import base64
import datetime
import json
import uuid
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from parvis.access.actions.guards import actor_of, locked
from parvis.access.standing import Standing
from parvis.agents import days
from parvis.agents.actions.declaring import SERVICE, is_hospital
from parvis.agents.actions.many import affiliate_many, correct_many, leave_many
from parvis.agents.models import Agent, Leaving
from parvis.ground import clock
from parvis.ground.pages.filters import number
from parvis.ground.sealing import seal, unseal
from parvis.ground.tables import Unreadable, read_table
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import record
from parvis.services.affiliations.columns import header_of, known_among
from parvis.services.affiliations.files.planning import (
    CORRECTED,
    ENTERED,
    LEFT,
    REFUSED,
    Line,
    Planner,
    counts_of,
    everybody,
)
from parvis.services.affiliations.models import AgentFile

_PURPOSE = "agent-file"
CELL = 300
GONE = (
    "Cet aperçu n’existe plus : il a été abandonné, remplacé par un autre, ou il a plus d’un jour. Choisissez de "
    "nouveau votre fichier."
)
OUTDATED = "Des fiches ont changé depuis l’aperçu : rien n’est fait. Choisissez de nouveau votre fichier."
Way = AgentFile.Way


@dataclass(frozen=True, slots=True)
class File:
    """A file, read: its lines by known column, and what is to be told of its columns."""

    lines: list[tuple[int, Mapping[str, str]]]
    remarks: list[str]


@dataclass(frozen=True, slots=True)
class Held:
    """What waits for its confirmation."""

    file: File
    lines: list[Line]


def read_file(content: bytes, *, way: str) -> File:
    """The lines of the file. Raises Refused, with what to do."""
    limit, most = settings.PARVIS_AGENT_FILE_SIZE, settings.PARVIS_AGENT_FILE_LINES
    if len(content) > limit:
        raise Refused(f"Ce fichier dépasse {limit // 1_000_000} Mo : gardez-y la seule feuille des agents.")
    try:
        rows = read_table(content, lines=most + 21, unpacked=settings.PARVIS_IMPORT_UNPACKED, known=known_among)
    except Unreadable as fault:
        raise Refused(str(fault)) from fault
    first = next(place for place, row in enumerate(rows) if any(cell.strip() for cell in row))
    header = header_of(rows[first])
    if not {"nir", "reference"} & set(header.places):
        raise Refused(
            "Aucune colonne « NIR » ni « Référence » n’est reconnue : la première ligne du fichier porte les titres du "
            "modèle."
        )
    if header.twice:
        raise Refused(f"La colonne « {header.twice} » figure deux fois : gardez-en une seule.")
    lines: list[tuple[int, Mapping[str, str]]] = [
        (place + 1, {key: text[:CELL] for key, text in header.values(row).items()})
        for place, row in enumerate(rows)
        if place > first and any(cell.strip() for cell in row)
    ]
    if not lines:
        raise Refused("Ce fichier n’a que des titres : ajoutez une ligne par agent, puis choisissez-le de nouveau.")
    if len(lines) > most:
        raise Refused(f"Ce fichier compte plus de {number(most)} lignes : partagez-le en plusieurs fichiers.")
    names = ", ".join(f"« {title} »" for title in header.unknown[:12])
    return File(lines, [f"Colonnes non lues, car leur titre n’est pas reconnu : {names}."] if names else [])


def _sealed(held: Held) -> str:
    said = json.dumps(
        [held.file.lines, held.file.remarks, [line.shown() for line in held.lines]],
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return seal(base64.b85encode(zlib.compress(said.encode(), 6)).decode(), purpose=_PURPOSE)


def unsealed(one: AgentFile) -> Held:
    """What was kept."""
    lines, remarks, shown = json.loads(zlib.decompress(base64.b85decode(unseal(one.sealed, purpose=_PURPOSE))))
    return Held(
        File([(place, values) for place, values in lines], remarks),
        [Line(**{**line, "said": tuple(line["said"]), "reasons": tuple(line["reasons"])}) for line in shown],
    )


def _planned(
    who: Standing, way: str, lines: Sequence[tuple[int, Mapping[str, str]]], on: datetime.date | None
) -> list[Line]:
    planner = Planner(everybody(who.establishment_id), way, who.funds, is_hospital(who.establishment_id), on)
    return planner.plan(lines)


def day_of(one: AgentFile) -> datetime.date | None:
    """Of a mass mutation: the first day, or the last one."""
    return datetime.date.fromisoformat(one.told["on"]) if one.told.get("on") else None


@action
def preview(*, who: Standing, file: File, way: str, told: Mapping[str, Any] | None = None) -> AgentFile:
    """Keep the file and what it would do; takes the place of the person's own preview that waits, if any.

    `told`: of a mass mutation, `on` (ISO), `act`, `employer`.
    """
    said = dict(told or {})
    on = datetime.date.fromisoformat(said["on"]) if said.get("on") else None
    if on is not None:
        days.not_too_far(on, "Une mutation de masse", field="on")
    lines = _planned(who, way, file.lines, on)
    now = clock.now()
    AgentFile.objects.filter(author=who.ref, confirmed_at=None).delete()
    return AgentFile.objects.create(
        establishment_id=who.establishment_id,
        author=who.ref,
        way=way,
        told=said,
        sealed=_sealed(Held(file, lines)),
        counts=counts_of(lines),
        created_at=now,
        expires_at=now + settings.PARVIS_AGENT_FILE_RETENTION,
    )


def found(who: Standing, file_id: uuid.UUID) -> AgentFile | None:
    """The person's own file of that number, as long as its day has not passed."""
    return AgentFile.objects.filter(pk=file_id, author=who.ref, expires_at__gt=clock.now()).first()


def waiting(who: Standing, way: str = "") -> AgentFile | None:
    """The person's own preview that waits."""
    rows = AgentFile.objects.filter(author=who.ref, confirmed_at=None, expires_at__gt=clock.now())
    return (rows.filter(way=way) if way else rows).first()


@action
def give_up(*, who: Standing, file_id: uuid.UUID) -> None:
    """Throw a preview away, with all that it holds."""
    AgentFile.objects.filter(pk=file_id, author=who.ref, confirmed_at=None).delete()


@action
def confirm(*, who: Standing, file_id: uuid.UUID) -> AgentFile:
    """Do what the preview says: all of it or nothing. Confirmed twice: done once, the same answer.

    Raises Refused while a line is refused, where there is nothing to do, or where a line would do something else than
    what was shown.
    """
    locked(who.establishment_id)
    one = AgentFile.objects.select_for_update(of=("self",)).filter(pk=file_id, author=who.ref).first()
    if one is None or one.expires_at <= clock.now():
        raise Refused(GONE)
    if one.confirmed_at is not None:
        return one
    held = unsealed(one)
    lines = _planned(who, one.way, held.file.lines, day_of(one))
    if [line.outcome() for line in lines] != [line.outcome() for line in held.lines]:
        raise Refused(OUTDATED)
    counts = counts_of(lines)
    if counts[REFUSED]:
        raise Refused("Des lignes sont refusées : corrigez-les dans votre fichier, puis choisissez-le de nouveau.")
    if not counts[ENTERED] + counts[CORRECTED] + counts[LEFT]:
        raise Refused("Ce fichier ne change rien : il n’y a rien à faire.")
    _carry_out(who, one, lines)
    one.sealed, one.confirmed_at, one.counts = "", clock.now(), counts
    one.save(update_fields=["sealed", "confirmed_at", "counts"])
    return one


def _carry_out(who: Standing, one: AgentFile, lines: Sequence[Line]) -> None:
    actor = actor_of(who, service=SERVICE)
    numbers = [line.agent for line in lines if line.agent is not None]
    agents = {agent.pk: agent for agent in Agent.objects.filter(pk__in=numbers)}
    entering = [
        (line.told, agents.get(line.agent) if line.agent else None)
        for line in lines
        if line.kind == ENTERED and line.told
    ]
    if entering:
        affiliate_many(
            establishment=who.establishment_id, told=entering, actor=actor, by=who.ref, rafp="rafp" in who.funds
        )
    correcting = [
        (agents[line.agent], line.identity, list(line.fields))
        for line in lines
        if line.kind == CORRECTED and line.identity is not None and line.agent is not None
    ]
    if correcting:
        correct_many(told=correcting, actor=actor)
    leaving = [agents[line.agent] for line in lines if line.kind == LEFT and line.agent is not None]
    on = day_of(one)
    if leaving and on is not None:
        leave_many(agents=leaving, leaving=Leaving.MASS, last_day=on, actor=actor)
    if one.way == Way.LIST:
        record(
            "agents.imported",
            actor=actor,
            object=one.pk,
            after={"entered": len(entering), "corrected": len(correcting)},
        )
    else:
        record(
            "agents.moved",
            actor=actor,
            object=one.pk,
            after={"way": one.way, "count": len(entering) + len(leaving), "on": one.told["on"]},
        )
