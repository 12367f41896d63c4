"""The worker's tasks: send a message; take back what a dead worker left.

Arguments and logs hold ids only. A message goes through three steps: written and its token stored (committed), handed
to the server, outcome noted. A worker that dies between two steps leaves a job that is taken back: nothing is lost, an
e-mail may come twice, and both copies work.
"""

from typing import Any

import structlog
from asgiref.sync import sync_to_async
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.jobs import Status as JobStatus

from parvis.ground import clock, tenancy
from parvis.post.models import Message
from parvis.post.registry import LETTERS, Envelope
from parvis.post.sending import Undeliverable, Unreachable, deliver

log = structlog.get_logger(__name__)

# 6 s, 36 s, 4 min, 22 min, 2 h, 13 h: a mail server down for an hour, or for a night, loses nothing.
TRIES = 7
# A fault of ours, or a database that restarts, is tried again in the same way.
RETRY = RetryStrategy(max_attempts=TRIES - 1, exponential_wait=6)
NO_ANSWER = "Le serveur de messagerie n’a pas répondu malgré plusieurs essais."
OUR_FAULT = "Une panne de la plateforme a empêché l’envoi malgré plusieurs essais."
FINISHED_JOBS_KEPT = 30 * 24


def _scope(establishment: int, person: int):  # type: ignore[no-untyped-def]
    role = tenancy.APP if establishment else tenancy.PERSON
    return tenancy.scope(person=person, establishment=establishment, role=role)


def _written(message_id: int, establishment: int, person: int) -> Envelope | None:
    with _scope(establishment, person):
        message = Message.objects.select_for_update(of=("self",)).filter(pk=message_id).first()
        if message is None or message.status != Message.Status.QUEUED:
            return None
        message.attempts += 1
        message.save(update_fields=["attempts"])
        return LETTERS[message.kind].write(message)


def _settle(message_id: int, establishment: int, person: int, status: str, failure: str = "") -> None:
    with _scope(establishment, person):
        message = Message.objects.select_for_update(of=("self",)).filter(pk=message_id).first()
        if message is not None and message.status == Message.Status.QUEUED:
            message.status, message.failure, message.settled_at = status, failure, clock.now()
            message.save(update_fields=["status", "failure", "settled_at"])
            if status != Message.Status.DROPPED:
                LETTERS[message.kind].settled(message)


@app.task(name="post.send", retry=RETRY, pass_context=True)
def send(context: JobContext, message_id: int, establishment: int, person: int) -> None:
    """Send one message; retried with growing delays; a failure for good is noted and told on the account's page."""
    try:
        _try(message_id, establishment, person)
    except Exception as fault:
        unreachable = isinstance(fault, Unreachable)
        if context.job is None or context.job.attempts < TRIES - 1:
            cause = str(fault) if unreachable else type(fault).__name__
            log.info("message will be tried again", message=message_id, cause=cause)
            raise
        failure = NO_ANSWER if unreachable else OUR_FAULT
        _settle(message_id, establishment, person, Message.Status.FAILED, failure)
        log.warning("message given up", message=message_id)


def _try(message_id: int, establishment: int, person: int) -> None:
    envelope = _written(message_id, establishment, person)
    if envelope is None:
        # Nothing to say any more (a superseded link, an account deleted meanwhile), or said already.
        _settle(message_id, establishment, person, Message.Status.DROPPED)
        return
    try:
        deliver(envelope)
    except Undeliverable as fault:
        _settle(message_id, establishment, person, Message.Status.FAILED, str(fault))
        log.warning("message not delivered", message=message_id)
    else:
        _settle(message_id, establishment, person, Message.Status.SENT)


@app.periodic(cron="* * * * *")
@app.task(name="post.take_back", queueing_lock="post.take_back", pass_context=True)
async def take_back(context: JobContext, timestamp: int) -> None:
    """Give the jobs of a worker that died to another; a job that kills its workers is given up after seven tries."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=30):
        if job.attempts >= TRIES:
            log.error("job given up", job=job.id, task=job.task_name)
            await manager.finish_job(job, JobStatus.FAILED, delete_job=False)
            if job.task_name == "post.send":
                ids: dict[str, Any] = job.task_kwargs
                await sync_to_async(_settle)(**ids, status=Message.Status.FAILED, failure=OUR_FAULT)
        else:
            await manager.retry_job(job)


@app.periodic(cron="17 3 * * *")
@app.task(name="post.clear_away", queueing_lock="post.clear_away", pass_context=True)
async def clear_away(context: JobContext, timestamp: int) -> None:
    """Finished jobs go after thirty days; what became of each message stays with the message."""
    await context.app.job_manager.delete_old_jobs(nb_hours=FINISHED_JOBS_KEPT, include_failed=True)
