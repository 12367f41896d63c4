"""Whether messages leave: a worker that lives, and no message that waits for long."""

from django.conf import settings
from django.db import connection

from parvis.ground.health import Finding, State, register
from parvis.ground.pages.filters import plural


def worker() -> Finding:
    """Whether a worker has said lately that it lives (the queue's own clock, not the demo's)."""
    limit = settings.PROCRASTINATE_WORKER_DEFAULTS["stalled_worker_timeout"]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_workers "
            "WHERE last_heartbeat > clock_timestamp() - make_interval(secs => %s)",
            [limit],
        )
        (alive,) = cursor.fetchone()
    name = "Envois (« parvis worker »)"
    if not alive:
        return Finding(name, State.WRONG, "Aucun ne tourne : les messages attendent. Lancez « parvis worker ».")
    return Finding(name, State.WELL, f"{plural(alive, 'processus vivant', 'processus vivants')}.")


def queue() -> Finding:
    """Whether jobs that were due wait for long."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs j WHERE j.status = 'todo' AND coalesce(j.scheduled_at, "
            "(SELECT min(e.at) FROM procrastinate_events e WHERE e.job_id = j.id)) "
            "< clock_timestamp() - make_interval(secs => %s)",
            [settings.PARVIS_HEALTH_WAIT.total_seconds()],
        )
        (late,) = cursor.fetchone()
    name = "File des messages"
    if late:
        said = plural(late, "message attend", "messages attendent")
        return Finding(name, State.WARNING, f"{said} depuis longtemps : vérifiez les serveurs d’envoi.")
    return Finding(name, State.WELL, "Aucun message n’attend.")


register(worker, queue)
