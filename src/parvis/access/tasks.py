"""« À faire »: what waits for a person in an establishment, on their home page; nothing of it is stored.

Each part of access that makes somebody wait registers a `Source`. All sources of a page are asked in **one** statement:
a source gives a scalar SQL expression (JSON, a number, a date …) and turns what it finds into tasks.
"""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from parvis.access.standing import Standing
from parvis.access.status import values as rule
from parvis.ground.database.together import Question


@dataclass(frozen=True, slots=True)
class Alike:
    """What several tasks are together: `said` after their number (« réponses de fonds à lire »); where they stand."""

    said: str
    href: str


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do: what, why in a sentence, where, until when; strings ready to show. `state`: without a day.

    `taken_by`: who of the establishment said that they see to it. `alike`: the same for all tasks that are one line
    where there are several of them; `name` is then what tells this one from the others.
    """

    title: str
    sentence: str
    href: str
    due: datetime.date | None = None
    state: str = "À faire"
    taken_by: str = ""
    alike: Alike | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Where tasks come from.

    `sql`: a scalar expression, under the establishment's scope, that may use %(establishment)s, %(membership)s,
    %(person)s, %(ref)s, %(today)s and %(months)s; NULL: nothing to do; a function where it depends
    on settings. `make` turns its value into tasks. `audience` says for whom it is asked at all (administrators by
    default).
    """

    name: str
    sql: str | Callable[[], str]
    make: Callable[[Standing, Any], Iterable[Task]]
    audience: Callable[[Standing], bool] = lambda who: who.administers

    @property
    def expression(self) -> str:
        """The expression, of today."""
        return self.sql if isinstance(self.sql, str) else self.sql()


SOURCES: dict[str, Source] = {}


def register(*sources: Source) -> None:
    """Declare sources, once each (from an AppConfig)."""
    for source in sources:
        if source.name in SOURCES:
            raise ValueError(f"Source of tasks registered twice: {source.name}")
        SOURCES[source.name] = source


def tasks_of(who: Standing) -> list[Task]:
    """What waits for the person here, what is due first; one statement."""
    return tasks_asked(who).ask()


def tasks_asked(who: Standing) -> Question[list[Task]]:
    """The same, to be asked with other questions of the page."""
    asked = [source for source in SOURCES.values() if source.audience(who)]
    values = {
        **rule(),
        "establishment": who.establishment_id,
        "membership": who.membership_id,
        "person": who.person_id,
        "ref": who.ref,
    }

    def read(*found: Any) -> list[Task]:
        tasks = [
            task
            for source, value in zip(asked, found, strict=True)
            if value is not None
            for task in source.make(who, value)
        ]
        return sorted(tasks, key=lambda task: (task.due is None, task.due or who.today))

    return Question(tuple(source.expression for source in asked), values, read)
