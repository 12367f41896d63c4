"""Finding: help, questions and news, and for a member their services and what others register, in two statements."""

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from parvis.access import registry
from parvis.access.decision import decide
from parvis.access.finding import SOURCES, Hit, words_of
from parvis.access.levels import Level
from parvis.access.registry import Service
from parvis.access.standing import Standing
from parvis.ground import clock, tenancy
from parvis.ground.database.prepared import asked
from parvis.ground.database.together import Question, together
from parvis.ground.database.together import rows as rows_of
from parvis.ground.identifiers.text import clean
from parvis.ground.pages.addresses import address
from parvis.ground.pages.filters import date_long, plural
from parvis.ground.pages.typography import spaced
from parvis.information.news.audience import CONCERNS_SQL, SHOWN_SQL, themes_of
from parvis.information.search.words import BEFORE, WINDOW, answers, beginnings, excerpt, key_of, marked

# Of a kind, on the page of all kinds, and on the page of that kind alone.
FEW, MANY = 5, 50
LONGEST = 100
_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")
_WORDS = re.compile(r"[0-9a-z]+")
_NOBODY: dict[str, Any] = {"funds": [], "themes": [], "establishment": 0}
LABELS = {"help": "Aide", "question": "Questions fréquentes", "news": "Actualités", "services": "Vos services"}


@dataclass(frozen=True, slots=True)
class Found:
    """A hit as it is shown: its words marked. `day` in words, where it has one."""

    title: Markup
    href: str
    text: Markup
    day: str


@dataclass(frozen=True, slots=True)
class Group:
    """The hits of one kind, the best first. `total`: how many there are; `more`: as many again were not counted."""

    name: str
    label: str
    hits: tuple[Found, ...]
    total: int
    more: bool = False

    @property
    def said(self) -> str:
        """« 12 résultats », « plus de 50 résultats »."""
        return ("plus de " if self.more else "") + plural(self.total, "résultat", "résultats")


@dataclass(frozen=True, slots=True)
class Findings:
    """What a search found. `corrected`: words taken for what was typed; `loose`: nothing has all, this has some."""

    q: str
    groups: tuple[Group, ...] = ()
    corrected: tuple[str, ...] = ()
    loose: bool = False

    @property
    def total(self) -> int:
        return sum(group.total for group in self.groups)


# For each word that is long enough: itself where pages have it, else those that are one letter away. They begin or end
# alike and are nearly as long, which costs less to see than the rest.
NEAR_SQL = """SELECT typed, CASE WHEN EXISTS (SELECT FROM information_word w WHERE w.word = typed) THEN ARRAY[typed]
  ELSE (SELECT array_agg(v.word::text ORDER BY v.word) FROM information_word v
    WHERE abs(length(v.word) - length(typed)) <= 1
      AND (left(v.word, 1) = left(typed, 1) OR right(v.word, 1) = right(typed, 1))
      AND backoffice_keys(v.word) && backoffice_keys(typed) AND backoffice_near(v.word, typed)) END
  FROM unnest(%(words)s::text[]) AS typed"""
_CLARIFIED_SQL = """c.state = 'published' AND (c.starts_on IS NULL OR c.starts_on <= %(today)s)
      AND (c.ends_on IS NULL OR c.ends_on >= %(today)s)"""
FIND_SQL = f"""WITH q AS (SELECT to_tsquery('french', %(query)s) AS q),
found (kind, title, href, text, key, day, rank) AS (
  SELECT 'help', p.title, p.href, p.text, p.search_text, NULL::date, ts_rank(p.vector, q.q, 1)
    FROM information_helppage p, q WHERE p.vector @@ q.q AND NOT EXISTS (
      SELECT FROM information_clarification c WHERE c.page = p.key AND c.place = 'instead' AND {_CLARIFIED_SQL})
  UNION ALL
  SELECT 'help', CASE c.place WHEN 'instead' THEN p.title ELSE p.title || ' : ' || c.title END,
    p.href || '#precision-' || c.ref, c.body, c.search_text, NULL, ts_rank(c.vector, q.q, 1)
    FROM information_clarification c JOIN information_helppage p ON p.key = c.page, q
    WHERE {_CLARIFIED_SQL} AND c.vector @@ q.q
  UNION ALL
  SELECT 'question', n.question, n.ref::text, n.answer, n.search_text, NULL, ts_rank(n.vector, q.q, 1)
    FROM information_question n, q WHERE n.state = 'published' AND (n.starts_on IS NULL OR n.starts_on <= %(today)s)
      AND (n.ends_on IS NULL OR n.ends_on >= %(today)s) AND n.vector @@ q.q
  UNION ALL
  SELECT 'news', n.title, n.slug, n.summary || ' ' || n.body, n.search_text, n.starts_on, ts_rank(n.vector, q.q, 1)
    FROM information_news n, q WHERE {SHOWN_SQL} AND (n.public OR %(establishment)s > 0 AND {CONCERNS_SQL})
      AND n.vector @@ q.q)
-- Of a long text, the part around the first word that answers: a key is as long as its text, but for ligatures.
SELECT kind, title, href, substr(text, start, {WINDOW}), day, total, start > 1, length(text) >= start + {WINDOW}
FROM (SELECT x.*, greatest(1, regexp_instr(key, %(marks)s) - {BEFORE}) AS start FROM (SELECT f.*,
    row_number() OVER (PARTITION BY kind ORDER BY rank DESC, day DESC, title) AS place,
    count(*) OVER (PARTITION BY kind) AS total
  FROM found f WHERE %(only)s = '' OR kind = %(only)s) x
  WHERE place <= %(most)s) w ORDER BY kind, place"""


@dataclass(frozen=True, slots=True)
class Meant:
    """What was typed as it is looked for. `taken`: for each word, those that it is taken for."""

    q: str
    words: list[str]
    taken: dict[str, list[str]]

    @property
    def corrected(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one for word, many in self.taken.items() for one in many if one != word))

    @property
    def marks(self) -> list[str]:
        """What is marked in what is shown."""
        return [*self.words, *self.corrected]

    @property
    def query(self) -> str:
        """For `to_tsquery`: all the words."""
        return _query(self.taken.values(), " & ")

    @property
    def other(self) -> str:
        """What to ask for again where nothing answers to what was typed; "" where nothing was corrected."""
        again = [next((one for one in many if one != word), word) for word, many in self.taken.items()]
        return " ".join(again) if again != self.words else ""


def find(text: str, who: Standing | None = None, *, only: str = "") -> Findings:
    """What answers to what was typed; `only`: one kind, all of its hits. With `who`, in the establishment in scope too.

    Two statements, one more where a word is taken for another, one more where no page has every word; opens a scope
    where none is.
    """
    return find_meant(text, who, only=only)[0]


def find_meant(text: str, who: Standing | None = None, *, only: str = "") -> tuple[Findings, Meant | None]:
    """The same, with how it was understood; None where there is nothing to look for."""
    q = clean(text)[:LONGEST]
    words = words_of(q)
    if not words:
        return Findings(q), None
    if tenancy.current() is not tenancy.NOWHERE:
        return _find(q, words, who, only)
    with tenancy.scope(read_only=True):
        return _find(q, words, who, only)


def _find(q: str, words: list[str], who: Standing | None, only: str) -> tuple[Findings, Meant]:
    nearly = _near([word for word in words if len(word) >= 5])
    # A word that is known as it stands is what was meant; the others count too only where it is not.
    taken = {word: [word] if word in nearly.get(word, [word]) else [word, *nearly[word]] for word in words}
    meant = Meant(q, words, taken)
    most = MANY if only else FEW
    own = _questions(meant.q, who, only, most) if who is not None else {}
    rows, *answers = together(_pages(meant.query, meant.marks, who, only, most), *own.values())
    groups = _own_groups(meant, who, only, most, dict(zip(own, answers, strict=True))) if who is not None else []
    loose = not rows and len(words) > 1
    if loose:
        # One's own things have every word: pages that have some only would hide them.
        rows = [] if groups else _pages(_query(taken.values(), " | "), meant.marks, who, only, most).ask()
    return Findings(q, (*groups, *_groups(rows, meant.marks)), meant.corrected, loose and bool(rows)), meant


def _near(words: list[str]) -> dict[str, list[str]]:
    if not words:
        return {}
    return {typed: near for typed, near in asked(NEAR_SQL, {"words": words}) if near}


def _query(words: Iterable[Sequence[str]], between: str) -> str:
    """For `to_tsquery`: letters and digits alone stand between its signs; each word may be the beginning of one."""
    return between.join("(" + " | ".join(f"{one}:*" for one in many) + ")" for many in words)


def _pages(query: str, marks: Sequence[str], who: Standing | None, only: str, most: int) -> Question[list[list[Any]]]:
    given = {"query": query, "marks": beginnings(marks), "today": clock.today(), "only": only, "most": most, **_NOBODY}
    if who is not None:
        given |= {"funds": sorted(who.funds), "themes": themes_of(who), "establishment": who.establishment_id}
    return Question((rows_of(FIND_SQL, 8),), given, lambda found: found or [])


def _groups(rows: Iterable[Sequence[Any]], marks: Sequence[str]) -> list[Group]:
    held: dict[str, list[Sequence[Any]]] = {}
    for row in rows:
        held.setdefault(row[0], []).append(row)
    return [
        Group(kind, LABELS[kind], tuple(_found(row, marks) for row in held[kind]), held[kind][0][5])
        for kind in LABELS
        if kind in held
    ]


def _found(row: Sequence[Any], marks: Sequence[str]) -> Found:
    kind, title, href, text, day, _, before, after = row
    link = {"news": "information:news-item", "question": "information:question"}.get(kind)
    return Found(
        title=marked(spaced(title), marks),
        href=address(link, href) if link else href,
        text=excerpt(spaced(_plain(text)), marks, before=before, after=after),
        day=date_long(datetime.date.fromisoformat(day)) if day else "",
    )


def _plain(body: str) -> str:
    """The small markup as one line of words."""
    lines = (line.strip().removeprefix("## ").removeprefix("- ") for line in body.splitlines())
    return _LINK.sub(r"\1", " ".join(line for line in lines if line).replace("**", ""))


def own_groups(meant: Meant, who: Standing, most: int) -> list[Group]:
    """What is the person's own in the establishment in scope: one statement, two where a word was corrected."""
    own = _questions(meant.q, who, "", most)
    return _own_groups(meant, who, "", most, dict(zip(own, together(*own.values()), strict=True)))


def _questions(typed: str, who: Standing, only: str, most: int) -> dict[str, Question[Sequence[Hit]]]:
    """What is asked of the sources, by name: one hit more than is shown."""
    asked_of = (source for source in SOURCES.values() if only in ("", source.name))
    found = ((source.name, source.question(who, typed, most + 1)) for source in asked_of)
    return {name: question for name, question in found if question is not None}


def _own_groups(meant: Meant, who: Standing, only: str, most: int, found: Mapping[str, Sequence[Hit]]) -> list[Group]:
    """The services they may open, then what the sources found; what found nothing as typed is asked as corrected."""
    hits = dict(found)
    if meant.other:
        again = _questions(meant.other, who, only, most)
        again = {name: question for name, question in again.items() if not hits.get(name)}
        hits |= zip(again, together(*again.values()), strict=True)
    services = _services(meant.words, who) if only in ("", "services") else []
    labelled: list[tuple[str, str, Sequence[Hit]]] = [("services", LABELS["services"], services)]
    labelled += [(one.name, one.label, hits.get(one.name, ())) for one in SOURCES.values()]
    return [_group(name, label, found, most, meant.marks) for name, label, found in labelled if found]


def answering(services: Iterable[Service], words: Sequence[str]) -> list[Service]:
    """The services whose name, theme or sentence has all the words."""

    def has_all(service: Service) -> bool:
        held = _WORDS.findall(key_of(f"{service.name} {service.theme.name} {service.sentence}"))
        return all(any(answers(one, word) for one in held) for word in words)

    return [service for service in services if has_all(service)]


def _services(words: list[str], who: Standing) -> list[Hit]:
    return [
        Hit(service.name, service.address(who.siret), service.sentence, 1.0)
        for service in answering(registry.catalogue(who.funds), words)
        if decide(who, service).level >= Level.READ
    ]


def _group(name: str, label: str, hits: Sequence[Hit], most: int, marks: Sequence[str]) -> Group:
    shown = [
        Found(marked(hit.title, marks), hit.href, excerpt(hit.text, marks), date_long(hit.day) if hit.day else "")
        for hit in hits[:most]
    ]
    return Group(name, label, tuple(shown), len(shown), more=len(hits) > most)
