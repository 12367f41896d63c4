"""What each line of a file of agents would do: nothing is written here. One statement a kind of thing asked.

A line finds its agent by reference, or by NIR. Of a list: who is not known is affiliated, who is known is corrected.
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from parvis.agents import days, duplicates, nir
from parvis.agents.actions.changing import identity_of
from parvis.agents.entries import Declaration, Identity, PostEntry
from parvis.agents.keys import same_person_key
from parvis.agents.kinds import FIELDS
from parvis.agents.models import Affiliation, Agent, Category, Entry, Post, Scheme, Status
from parvis.agents.words import THE
from parvis.ground.pages.filters import date_long, date_short
from parvis.regulations.affiliation import hours
from parvis.regulations.identifiers.persons import nir_masked
from parvis.services.affiliations.columns import ref_of
from parvis.services.affiliations.files.cells import read
from parvis.services.affiliations.models import AgentFile

ENTERED, CORRECTED, LEFT, UNCHANGED, REFUSED = "entered", "corrected", "left", "unchanged", "refused"
KINDS = (REFUSED, ENTERED, CORRECTED, LEFT, UNCHANGED)
Way = AgentFile.Way


@dataclass(frozen=True, slots=True)
class Line:
    """What became of a line: `reasons` why it is refused, `said` what it will do; `told`, `agent`, `identity`: with
    what, for who carries it out."""

    number: int
    kind: str
    name: str
    said: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    agent: int | None = None
    told: Declaration | None = field(default=None, compare=False)
    identity: Identity | None = field(default=None, compare=False)
    fields: tuple[str, ...] = ()

    def shown(self) -> dict[str, Any]:
        """What is kept of it for the preview: no NIR, no birth."""
        kept = asdict(self)
        for name in ("told", "identity", "fields"):
            del kept[name]
        return kept

    def outcome(self) -> tuple[Any, ...]:
        """What must be the same when it is confirmed."""
        return self.number, self.kind, tuple(self.said), self.agent


@dataclass(frozen=True, slots=True)
class Known:
    """Everybody of the establishment, as a file is compared with them. `ended`: last days by agent and scheme."""

    by_ref: Mapping[str, Agent]
    by_key: Mapping[str, Agent]
    by_person: Mapping[tuple[Any, ...], list[Agent]]
    open: Mapping[int, dict[str, Affiliation]]
    ended: Mapping[int, dict[str, datetime.date]]
    last_post: Mapping[int, datetime.date]


def everybody(establishment: int) -> Known:
    """Three statements, whatever the file."""
    agents = list(Agent.objects.filter(establishment_id=establishment, same_as=None))
    by_person: dict[tuple[Any, ...], list[Agent]] = {}
    for one in agents:
        by_person.setdefault((*same_person_key(one.surname, one.first_names), one.born_on), []).append(one)
    held: dict[int, dict[str, Affiliation]] = {}
    ended: dict[int, dict[str, datetime.date]] = {}
    for one_held in Affiliation.objects.filter(establishment_id=establishment).order_by("left_on"):
        if one_held.left_on is None:
            held.setdefault(one_held.agent_id, {})[one_held.scheme] = one_held
        else:
            ended.setdefault(one_held.agent_id, {})[one_held.scheme] = one_held.left_on
    posts: dict[int, datetime.date] = {}
    for agent, day in Post.objects.filter(establishment_id=establishment).values_list("agent_id", "starts_on"):
        posts[agent] = max(day, posts.get(agent, day))
    return Known(
        {one.ref.hex: one for one in agents},
        {one.nir_key: one for one in agents if one.nir_key},
        by_person,
        held,
        ended,
        posts,
    )


@dataclass(slots=True)
class Planner:
    """Judges the lines of one file. `funds`: those under contract; `on`: the day of a mass mutation."""

    known: Known
    way: str
    funds: frozenset[str]
    hospital: bool
    on: datetime.date | None = None
    seen: dict[str, int] = field(default_factory=dict)
    away: set[str] = field(default_factory=set)

    def plan(self, lines: Sequence[tuple[int, Mapping[str, str]]]) -> list[Line]:
        """Each line, in the file's order."""
        parsed = [(number, values, *read(values)) for number, values in lines]
        keys = {nir.key(found["nir"]) for _, _, found, _ in parsed if found.get("nir")}
        new = {key for key in keys if not self._held_by(key)}
        if self.way == Way.LIST and new:
            day = self.on or max((f["entered_on"] for _, _, f, _ in parsed if f.get("entered_on")), default=None)
            if day is not None:
                self.away = duplicates.elsewhere(new, Scheme.CNRACL, day) | duplicates.elsewhere(
                    new, Scheme.IRCANTEC, day
                )
        return [self._line(number, values, found, wrong) for number, values, found, wrong in parsed]

    def _held_by(self, key: str) -> bool:
        """Whether somebody of that NIR is affiliated here."""
        agent = self.known.by_key.get(key)
        return agent is not None and bool(self.known.open.get(agent.pk))

    def _line(self, number: int, values: Mapping[str, str], found: dict[str, Any], wrong: list[str]) -> Line:
        name = f"{found.get('first_names') or ''} {found.get('used_name') or found.get('surname') or ''}".strip()
        if wrong:
            return Line(number, REFUSED, name, reasons=tuple(wrong))
        agent, reason = self._agent(values, found)
        name = agent.name if agent is not None else name
        if reason or (twice := self._twice(number, agent, found)):
            return Line(number, REFUSED, name, reasons=(reason or twice,))
        if self.way == Way.OUT:
            return self._leaving(number, name, agent)
        if agent is not None and self.way == Way.LIST and (values.get("reference") or self._is_open(agent, found)):
            return self._correcting(number, agent, values, found)
        return self._entering(number, name, agent, found)

    def _agent(self, values: Mapping[str, str], found: dict[str, Any]) -> tuple[Agent | None, str]:
        typed = values.get("reference", "")
        if typed:
            agent = self.known.by_ref.get(ref_of(typed))
            return (
                agent,
                "" if agent else "Référence : aucun de vos agents n’a cette référence. Laissez la cellule vide.",
            )
        if found.get("nir"):
            return self.known.by_key.get(nir.key(found["nir"])), ""
        return None, "Donnez le NIR de l’agent, ou sa référence si elle figure dans la liste téléchargée."

    def _twice(self, number: int, agent: Agent | None, found: dict[str, Any]) -> str:
        # By who they are, and by the NIR that the line gives: two agents are not given the same one.
        keys = ([str(agent.ref)] if agent is not None else []) + ([nir.key(found["nir"])] if found.get("nir") else [])
        first = min(self.seen.setdefault(key, number) for key in keys)
        return f"Cet agent figure déjà à la ligne {first} du fichier." if first != number else ""

    def _is_open(self, agent: Agent, found: dict[str, Any]) -> bool:
        return bool(self.known.open.get(agent.pk)) or not found.get("status")

    def _leaving(self, number: int, name: str, agent: Agent | None) -> Line:
        if agent is None:
            return Line(number, REFUSED, name, reasons=("Aucun de vos agents n’a ce NIR.",))
        held = self.known.open.get(agent.pk, {})
        if not held:
            return Line(number, UNCHANGED, name, said=("Déjà parti : rien à faire.",), agent=agent.pk)
        late = [one.entered_on for one in held.values() if self.on and one.entered_on > self.on]
        if late or self.on is None:
            return Line(
                number,
                REFUSED,
                name,
                reasons=(f"Entré le {date_long(late[0])}, après le dernier jour choisi.",)
                if late
                else ("Jour manquant.",),
            )
        said = f"Dernier jour le {date_long(self.on)} ({', '.join(str(Scheme(code).label) for code in held)})"
        return Line(number, LEFT, name, said=(said,), agent=agent.pk)

    def _correcting(self, number: int, agent: Agent, values: Mapping[str, str], found: dict[str, Any]) -> Line:
        if values.get("version") and values["version"] != f"v{agent.version}":
            return Line(
                number,
                REFUSED,
                agent.name,
                reasons=("La fiche a changé depuis que la liste a été téléchargée : téléchargez-la de nouveau.",),
            )
        before = identity_of(agent)
        given = {name: found[name] for name in Identity.__dataclass_fields__ if found.get(name) not in (None, "")}
        after = Identity(**{**asdict(before), **given})
        fields = tuple(name for name in given if getattr(before, name) != getattr(after, name))
        other = self.known.by_key.get(nir.key(after.nir)) if "nir" in fields else None
        if other is not None and other.pk != agent.pk:
            return Line(number, REFUSED, agent.name, reasons=(f"Ce NIR est déjà celui de {other.name}.",))
        if not fields:
            return Line(number, UNCHANGED, agent.name, agent=agent.pk)
        said = tuple(f"{FIELDS[name].capitalize()} : {_shown(name, after)}" for name in fields)
        return Line(number, CORRECTED, agent.name, said=said, agent=agent.pk, identity=after, fields=fields)

    def _entering(self, number: int, name: str, agent: Agent | None, found: dict[str, Any]) -> Line:
        lacks = self._lacks(found, agent)
        if lacks:
            return Line(number, REFUSED, name, reasons=(f"Il manque : {', '.join(lacks)}.",))
        told = self._declaration(agent, found)
        reason = self._against(agent, told)
        if reason:
            return Line(number, REFUSED, name, reasons=(reason,))
        said = (
            f"Affiliation à {THE[told.scheme]} à compter du {date_long(told.entered_on)}",
            f"{Status(told.status).label}, {hours(told.post.minutes)} par semaine",
        )
        return Line(number, ENTERED, name, said=said, agent=agent.pk if agent else None, told=told)

    def _lacks(self, found: dict[str, Any], agent: Agent | None) -> list[str]:
        wanted = ["status", "minutes"] + ([] if self.on else ["entered_on"])
        wanted += [] if agent else ["nir", "surname", "first_names", "born_on", "nationality"]
        words = FIELDS | {"status": "statut", "minutes": "durée hebdomadaire", "entered_on": "date d’entrée"}
        return [words[name] for name in wanted if not found.get(name)]

    def _declaration(self, agent: Agent | None, found: dict[str, Any]) -> Declaration:
        given = {name: found[name] for name in Identity.__dataclass_fields__ if found.get(name) not in (None, "")}
        base = asdict(identity_of(agent)) if agent is not None else {}
        entry = Entry.MASS if self.way == Way.IN else Entry.CONTRACT
        if self.way == Way.LIST and found["status"] in (Status.TRAINEE, Status.TENURED):
            entry = Entry.APPOINTED
        if self.way == Way.LIST and found["status"] == Status.ELECTED:
            entry = Entry.MANDATE
        told = Declaration(
            identity=Identity(**{**base, **given}),
            post=PostEntry(
                minutes=found["minutes"],
                full_minutes=found["full"],
                part_time=Decimal(found.get("part_time") or 100),
                category=found.get("category") or Category.SEDENTARY.value,
                permanent=found["status"] in (Status.TRAINEE, Status.TENURED),
                grade=found.get("grade") or "",
                gross_index=str(found.get("gross_index") or ""),
                major_index=found.get("major_index"),
            ),
            scheme="",
            status=found["status"],
            entry=entry,
            entered_on=self.on or found["entered_on"],
        )
        scheme = told.answer(hospital=self.hospital).scheme
        return Declaration(
            **{name: getattr(told, name) for name in Declaration.__dataclass_fields__} | {"scheme": scheme}
        )

    def _against(self, agent: Agent | None, told: Declaration) -> str:
        answer = told.answer(hospital=self.hospital)
        if not answer.scheme:
            return answer.reason
        if told.scheme not in self.funds:
            return f"{answer.reason} L’établissement n’a pas de contrat en cours avec {THE[told.scheme]}."
        if said := days.against(told, self.known.ended.get(agent.pk, {}) if agent is not None else {}):
            return said
        if nir.key(told.identity.nir) in self.away:
            return duplicates.ELSEWHERE
        if agent is None:
            return self._against_new(told)
        held = self.known.open.get(agent.pk, {})
        if (standing := duplicates.standing_in_the_way(held.values(), told.scheme)) is not None:
            return duplicates.already_words(agent, standing)
        if duplicates.contradicts(agent, told.identity):
            return duplicates.contradicts_words(agent)
        late = [one.entered_on for one in held.values()] + [self.known.last_post.get(agent.pk, datetime.date.min)]
        if max(late) >= told.entered_on:
            return f"Un poste ou une affiliation commence le {date_short(max(late))} : choisissez un jour après."
        return ""

    def _against_new(self, told: Declaration) -> str:
        one = told.identity
        alike = self.known.by_person.get((*same_person_key(one.surname, one.first_names), one.born_on), [])
        if alike:
            return duplicates.alike_words(alike) + " Si ce n’est pas elle, déclarez l’affiliation depuis la liste."
        return ""


def _shown(name: str, identity: Identity) -> str:
    value = getattr(identity, name)
    if name == "nir":
        return nir_masked(value)
    if isinstance(value, datetime.date):
        return date_short(value)
    return str(value)


def counts_of(lines: Sequence[Line]) -> dict[str, int]:
    """How many lines are of each kind."""
    kinds = [line.kind for line in lines]
    return {kind: kinds.count(kind) for kind in KINDS}
