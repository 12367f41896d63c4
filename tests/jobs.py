"""What the worker does, run inside a test: jobs that the test's own transaction queued, messages apart."""

from collections.abc import Callable
from typing import Any

from django.db import connection

from parvis.identity import tasks
from parvis.notices.tasks import tell

_TASKS: dict[str, Callable[..., Any]] = {
    "identity.tell_lock": tasks.tell_lock,
    "identity.answer_asked": tasks.answer_asked,
    "notices.tell": tell,
}


def queued(name: str) -> list[dict[str, Any]]:
    """The arguments of the jobs of a task that wait, the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM procrastinate_jobs WHERE task_name = %s AND status = 'todo' ORDER BY id", [name])
        numbers = [number for (number,) in cursor.fetchall()]
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE id = ANY(%s) ORDER BY id", [numbers])
        return [_decoded(args) for (args,) in cursor.fetchall()]


def work() -> int:
    """Do what waits; returns how many jobs that was."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, task_name, args FROM procrastinate_jobs WHERE task_name = ANY(%s) AND status = 'todo' "
            "ORDER BY id",
            [list(_TASKS)],
        )
        jobs = cursor.fetchall()
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = ANY(%s)", [[number for number, _, _ in jobs]]
        )
    for _, name, args in jobs:
        _TASKS[name](**_decoded(args))
    return len(jobs)


def _decoded(args: Any) -> dict[str, Any]:
    import json

    return json.loads(args) if isinstance(args, str) else dict(args)
