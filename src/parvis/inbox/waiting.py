"""« À faire » as the home shows it: the day it is due, how many days are left, what is late."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from parvis.access.tasks import Task
from parvis.ground.pages.filters import date_short, plural


@dataclass(frozen=True, slots=True)
class Waiting:
    """A task, strings ready to show; `label` and `tone` of its badge."""

    title: str
    sentence: str
    href: str
    label: str
    tone: str
    taken_by: str


def shown(tasks: Iterable[Task], today: datetime.date) -> list[Waiting]:
    """The tasks in their order, with the days that are left."""
    return [Waiting(one.title, one.sentence, one.href, *_badge(one, today), one.taken_by) for one in tasks]


def _badge(task: Task, today: datetime.date) -> tuple[str, str]:
    if task.due is None:
        return task.state, "act"
    left = (task.due - today).days
    if left < 0:
        return f"En retard de {plural(-left, 'jour', 'jours')}", "wrong"
    when = "aujourd’hui" if left == 0 else "demain" if left == 1 else f"dans {left} jours"
    return f"{date_short(task.due)}, {when}", "attention"
