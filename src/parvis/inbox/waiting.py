"""« À faire » as the home shows it: what is alike in one line, the day it is due, how many are left, what is late."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from parvis.access.tasks import Alike, Task
from parvis.ground.pages.filters import date_short, plural
from parvis.ground.pages.typography import spaced

# From so many on, tasks that are alike are one line, which names the first of them.
SEVERAL, NAMED = 3, 2
# So many lines stand on the home; those that are less urgent are unfolded. One alone is not folded away.
FEW = 5


@dataclass(frozen=True, slots=True)
class Waiting:
    """A task, or several that are alike; strings ready to show; `label` and `tone` of its badge."""

    title: str
    sentence: str
    href: str
    label: str
    tone: str
    taken_by: str


def shown(tasks: Iterable[Task], today: datetime.date) -> list[Waiting]:
    """The tasks in their order, with the days that are left; those that are alike where the first of them stands.

    What is late and what is not are never one line, nor what has a day and what has none.
    """
    together: dict[tuple[Alike | None, bool, bool], list[Task]] = {}
    found = list(tasks)
    for one in found:
        together.setdefault(_kind(one, today), []).append(one)
    lines = []
    for one in found:
        alike = together[_kind(one, today)]
        if one.alike is None or len(alike) < SEVERAL:
            said = spaced(one.title), spaced(one.sentence)
            lines.append(Waiting(*said, one.href, *_badge(one, today), one.taken_by))
        elif one is alike[0]:
            lines.append(_several(one.alike, alike, today))
    return lines


def folded(lines: Sequence[Waiting]) -> tuple[Sequence[Waiting], Sequence[Waiting]]:
    """The most urgent lines, and the others."""
    return (lines, ()) if len(lines) <= FEW + 1 else (lines[:FEW], lines[FEW:])


def _kind(task: Task, today: datetime.date) -> tuple[Alike | None, bool, bool]:
    return task.alike, task.due is None, task.due is not None and task.due < today


def _several(alike: Alike, tasks: Sequence[Task], today: datetime.date) -> Waiting:
    names = list(dict.fromkeys(one.name for one in tasks))[:NAMED]
    named = names[:1] + [one[:1].lower() + one[1:] if one[1:2].islower() else one for one in names[1:]]
    others = sum(1 for one in tasks if one.name not in names)
    takers = {one.taken_by for one in tasks}
    label, tone = _badge(tasks[0], today)
    if tasks[0].due != tasks[-1].due:
        label = f"Le premier : {label[:1].lower()}{label[1:]}"
    return Waiting(
        plural(len(tasks), alike.said, alike.said),
        spaced(", ".join(named) + (f" et {plural(others, 'autre', 'autres')}." if others else ".")),
        alike.href,
        label,
        tone,
        takers.pop() if len(takers) == 1 else "",
    )


def _badge(task: Task, today: datetime.date) -> tuple[str, str]:
    if task.due is None:
        return task.state, "act"
    left = (task.due - today).days
    if left < 0:
        return f"En retard de {plural(-left, 'jour', 'jours')}", "wrong"
    when = "aujourd’hui" if left == 0 else "demain" if left == 1 else f"dans {left} jours"
    return f"{date_short(task.due)}, {when}", "attention"
