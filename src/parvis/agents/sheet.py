"""An agent's page: who, affiliations, posts, bases by month of a year, what happened; strings ready to show."""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from parvis.agents import nir, numbers
from parvis.agents.missing import words as missing_words
from parvis.agents.models import Affiliation, Agent, Entry, Leaving, Nationality, Post, Scheme
from parvis.agents.words import THE, category_label, euros, post_hours
from parvis.ground import tenancy
from parvis.ground.pages.filters import MONTHS, date_long, date_short
from parvis.journal.queries import HistoryFilters, history
from parvis.regulations.identifiers.persons import nir_grouped, nir_masked

BASES = {"48": "Traitement soumis à la CNRACL", "49": "Assiette RAFP", "28": "Assiette Ircantec"}
MOST_EVENTS = 30


@dataclass(frozen=True, slots=True)
class Held:
    """An affiliation as shown; `the`: the scheme with its article. `open`: in force; `incomplete`: what it lacks."""

    id: int
    scheme: str
    the: str
    number: str
    status: str
    when: str
    how: str
    open: bool
    incomplete: str
    claimed: str


@dataclass(frozen=True, slots=True)
class Worked:
    """A post as shown."""

    when: str
    hours: str
    category: str
    grade: str
    index: str
    permanent: bool
    current: bool


@dataclass(frozen=True, slots=True)
class Line:
    """What a declaration said for a month and a fund. `note`: a regularisation, a correction, what was replaced."""

    month: str
    fund: str
    base: str
    amount: str
    agent_part: str
    employer_part: str
    note: str
    replaced: bool


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, for the timeline."""

    date: str
    title: str
    text: str
    actor: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """The page. `nir`: masked, or whole where it was asked for. `moves`: what may be done now."""

    agent: Agent
    name: str
    nir: str
    masked: bool
    born: str
    nationality: str
    affiliations: tuple[Held, ...]
    posts: tuple[Worked, ...]
    years: tuple[int, ...]
    year: int
    lines: tuple[Line, ...]
    totals: tuple[Line, ...]
    replaced: int
    events: tuple[Event, ...]
    twin: str

    @property
    def here(self) -> bool:
        """Whether an affiliation is open."""
        return any(one.open for one in self.affiliations)

    @property
    def incomplete(self) -> Held | None:
        """The affiliation to be completed."""
        return next((one for one in self.affiliations if one.incomplete), None)

    @property
    def post(self) -> Worked | None:
        """The post held now."""
        return next((one for one in self.posts if one.current), None)


def found(ref: uuid.UUID) -> Agent | None:
    """The agent of the establishment in scope under that reference."""
    return Agent.objects.filter(ref=ref, establishment_id=tenancy.current().establishment).first()


def sheet(agent: Agent, *, year: int | None = None, whole_nir: bool = False, with_replaced: bool = False) -> Sheet:
    """The page of an agent; six statements, whatever there is."""
    plain = "" if agent.provisional else nir.unsealed(agent.nir_sealed)
    years = _years(agent)
    shown = year if year in years else (years[0] if years else 0)
    lines, totals, replaced = _bases(agent, shown, with_replaced=with_replaced)
    return Sheet(
        agent=agent,
        name=agent.name,
        nir=(nir_grouped(plain) if whole_nir else nir_masked(plain)) if plain else "",
        masked=not whole_nir,
        born=_born(agent),
        nationality=str(Nationality(agent.nationality).label) if agent.nationality else "",
        affiliations=tuple(_held(one) for one in _affiliations(agent)),
        posts=_posts(agent),
        years=years,
        year=shown,
        lines=lines,
        totals=totals,
        replaced=replaced,
        events=_events(agent),
        twin=_twin(agent),
    )


def _twin(agent: Agent) -> str:
    return str(agent.same_as.ref) if agent.same_as_id and agent.same_as is not None else ""


def _born(agent: Agent) -> str:
    place = f", {agent.birth_place}" if agent.birth_place else ""
    return f"{date_long(agent.born_on)}{place}" if agent.born_on else agent.birth_place


def _affiliations(agent: Agent) -> Sequence[Affiliation]:
    rows = Affiliation.objects.filter(agent=agent)
    return sorted(
        rows,
        key=lambda one: (
            one.left_on is not None,
            -(one.left_on or one.entered_on).toordinal(),
            one.scheme == Scheme.RAFP,
        ),
    )


def _held(one: Affiliation) -> Held:
    since = f"Depuis le {date_long(one.entered_on)}"
    when = since if one.left_on is None else f"Du {date_long(one.entered_on)} au {date_long(one.left_on)}"
    how = str(Entry(one.entry).label)
    if one.left_on is not None:
        how += f" → {str(Leaving(one.leaving).label)[0].lower()}{str(Leaving(one.leaving).label)[1:]}"
    return Held(
        id=one.pk,
        scheme=str(one.get_scheme_display()),
        the=THE[one.scheme],
        number=numbers.grouped(one.number),
        status=str(one.get_status_display()),
        when=when,
        how=how,
        open=one.left_on is None,
        incomplete=missing_words(one.missing) if one.state == Affiliation.State.INCOMPLETE else "",
        claimed=f"depuis le {date_long(one.claimed_on)}" if one.claimed_on and one.left_on is None else "",
    )


def _posts(agent: Agent) -> tuple[Worked, ...]:
    return tuple(
        Worked(
            when=f"Depuis le {date_long(one.starts_on)}"
            if one.ends_on is None
            else f"Du {date_long(one.starts_on)} au {date_long(one.ends_on)}",
            hours=post_hours(one),
            category=category_label(one.category),
            grade=one.grade,
            index=_index(one),
            permanent=one.permanent,
            current=one.ends_on is None,
        )
        for one in Post.objects.filter(agent=agent).order_by("-starts_on")
    )


def _index(one: Post) -> str:
    parts = [f"brut {one.gross_index}"] if one.gross_index else []
    parts += [f"majoré {one.major_index}"] if one.major_index else []
    return ", ".join(parts)


def _years(agent: Agent) -> tuple[int, ...]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT extract(year FROM b.month)::int FROM agents_monthlybase b WHERE b.agent_id = %s "
            "ORDER BY 1 DESC",
            [agent.pk],
        )
        return tuple(year for (year,) in cursor)


_BASES_SQL = """SELECT b.month, b.fund, b.code, b.starts_on, b.ends_on, b.amount, b.agent_part, b.employer_part,
  b.supersedes_id IS NOT NULL, b.withdrawn, EXISTS (SELECT FROM agents_monthlybase n WHERE n.supersedes_id = b.id)
FROM agents_monthlybase b WHERE b.agent_id = %(agent)s AND b.month >= %(since)s AND b.month < %(until)s
ORDER BY b.month DESC, b.fund, b.starts_on DESC, b.id DESC"""


def _bases(agent: Agent, year: int, *, with_replaced: bool) -> tuple[tuple[Line, ...], tuple[Line, ...], int]:
    """The lines of a year, its totals by fund, and how many lines were replaced."""
    if not year:
        return (), (), 0
    with connection.cursor() as cursor:
        cursor.execute(
            _BASES_SQL,
            {"agent": agent.pk, "since": datetime.date(year, 1, 1), "until": datetime.date(year + 1, 1, 1)},
        )
        rows = cursor.fetchall()
    lines: list[Line] = []
    sums: dict[str, tuple[int, int, int]] = {}
    replaced = 0
    for month, fund, code, starts, ends, amount, part, employer, corrected, withdrawn, gone in rows:
        replaced += gone
        if withdrawn or (gone and not with_replaced):
            continue
        if not gone:
            whole, agents, employers = sums.get(fund, (0, 0, 0))
            sums[fund] = (whole + amount, agents + part, employers + employer)
        lines.append(
            Line(
                month=_month(month),
                fund=str(Scheme(fund).label),
                base=BASES.get(code, f"Assiette {code}"),
                amount=euros(amount),
                agent_part=euros(part),
                employer_part=euros(employer),
                note=_note(month, starts, ends, corrected=corrected, gone=gone),
                replaced=gone,
            )
        )
    return tuple(lines), tuple(_total(fund, *sums[fund]) for fund in Scheme.values if fund in sums), replaced


def _total(fund: str, whole: int, agents: int, employers: int) -> Line:
    return Line("Total", str(Scheme(fund).label), "", euros(whole), euros(agents), euros(employers), "", replaced=False)


def _month(day: datetime.date) -> str:
    return f"{MONTHS[day.month - 1].capitalize()} {day.year}"


def _note(month: datetime.date, starts: datetime.date, ends: datetime.date, *, corrected: bool, gone: bool) -> str:
    parts = ["Remplacée depuis"] if gone else []
    parts += ["Corrigée"] if corrected and not gone else []
    if (starts.year, starts.month) != (month.year, month.month):
        period = (
            f"de {_month(starts).lower()}"
            if (starts.year, starts.month) == (ends.year, ends.month)
            else (f"du {date_short(starts)} au {date_short(ends)}")
        )
        parts.append(f"Régularisation {period}")
    elif starts.day != 1 or (ends + datetime.timedelta(days=1)).month == ends.month:
        parts.append(f"Du {starts.day} au {ends.day}")
    return ", ".join(parts)


def _events(agent: Agent) -> tuple[Event, ...]:
    return tuple(
        Event(date_long(one.at), one.label, one.text, one.actor)
        for one in history(HistoryFilters(object=agent.ref)).lines[:MOST_EVENTS]
    )
