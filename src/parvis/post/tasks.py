"""The worker's tasks: send a message; ask what became of a call; take back what a dead worker left.

Arguments and logs hold ids only. A message goes through three steps: written and its token stored (committed), handed
to the server or the telephone carrier, outcome noted. A worker that dies between two steps leaves a job that is taken
back: nothing is lost, an e-mail may come twice, and both copies work.
"""

from contextlib import suppress
from typing import Any

import structlog
from asgiref.sync import sync_to_async
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Status as JobStatus

from parvis.ground import clock, tenancy
from parvis.post.faults import CarrierUnreachable, Undeliverable, Unreachable
from parvis.post.models import Message
from parvis.post.patience import LIVES, Following, Patience, delays_of, intervals
from parvis.post.registry import LETTERS, Envelope
from parvis.post.sending import deliver
from parvis.post.telephone import carrier
from parvis.post.telephone.calls import Call, Channel, Outcome

log = structlog.get_logger(__name__)

RETRY = Patience()
NO_ANSWER = "Le serveur de messagerie n’a pas répondu malgré plusieurs essais."
NO_CARRIER = "L’opérateur téléphonique n’a pas répondu malgré plusieurs essais."
TOO_LATE = "Ce message n’a pas pu partir à temps."
NOT_ARRIVED = {Channel.SMS: "Le SMS n’a pas pu être remis.", Channel.VOICE: "L’appel n’a pas abouti."}
OUR_FAULT = "Une panne de la plateforme a empêché l’envoi malgré plusieurs essais."
FINISHED_JOBS_KEPT = 30 * 24


def _scope(establishment: int, person: int):  # type: ignore[no-untyped-def]
    role = tenancy.APP if establishment else tenancy.PERSON
    return tenancy.scope(person=person, establishment=establishment, role=role)


def _written(message_id: int, establishment: int, person: int) -> Envelope | Call | None:
    with _scope(establishment, person):
        message = Message.objects.select_for_update(of=("self",)).filter(pk=message_id).first()
        if message is None or message.status != Message.Status.QUEUED:
            return None
        letter = LETTERS[message.kind]
        if letter.expires_after is not None and clock.now() > message.queued_at + letter.expires_after:
            raise Undeliverable(TOO_LATE)
        message.attempts += 1
        message.save(update_fields=["attempts"])
        return letter.written(message)


def _settle(
    message_id: int,
    establishment: int,
    person: int,
    status: str,
    failure: str = "",
    *,
    was: str = Message.Status.QUEUED,
    channel: str = "",
    receipt: str = "",
) -> None:
    with _scope(establishment, person):
        message = Message.objects.select_for_update(of=("self",)).filter(pk=message_id).first()
        if message is not None and message.status == was:
            message.status, message.failure, message.settled_at = status, failure, clock.now()
            message.channel, message.receipt = channel or message.channel, receipt or message.receipt
            message.save(update_fields=["status", "failure", "settled_at", "channel", "receipt"])
            if status != Message.Status.DROPPED:
                LETTERS[message.kind].settled(message)


@app.task(name="post.send", retry=RETRY, pass_context=True)
def send(context: JobContext, message_id: int, establishment: int, person: int) -> None:
    """Send one message; retried with growing delays; a failure for good is noted and told on the account's page."""
    try:
        _try(message_id, establishment, person)
    except Exception as fault:
        unreachable = isinstance(fault, Unreachable)
        if context.job is None or context.job.attempts < len(delays_of(context.job, fault)):
            cause = str(fault) if unreachable else type(fault).__name__
            log.info("message will be tried again", message=message_id, cause=cause)
            raise
        failure = (NO_CARRIER if isinstance(fault, CarrierUnreachable) else NO_ANSWER) if unreachable else OUR_FAULT
        _settle(message_id, establishment, person, Message.Status.FAILED, failure)
        log.warning("message given up", message=message_id)


def _try(message_id: int, establishment: int, person: int) -> None:
    try:
        ready = _written(message_id, establishment, person)
        if ready is None:
            # Nothing to say any more (a superseded link, an account deleted meanwhile), or said already.
            _settle(message_id, establishment, person, Message.Status.DROPPED)
        elif isinstance(ready, Call):
            _call(ready, message_id, establishment, person)
        else:
            deliver(ready)
            _settle(message_id, establishment, person, Message.Status.SENT)
    except Undeliverable as fault:
        _settle(message_id, establishment, person, Message.Status.FAILED, str(fault))
        log.warning("message not delivered", message=message_id)


def _call(call: Call, message_id: int, establishment: int, person: int) -> None:
    receipt = carrier.deliver(call, message_id)
    arrived = receipt.outcome is Outcome.DELIVERED
    status = Message.Status.DELIVERED if arrived else Message.Status.SENT
    _settle(message_id, establishment, person, status, channel=call.channel, receipt=receipt.id)
    if not arrived and receipt.id and carrier.follows(call.channel):
        following = follow.configure(schedule_in={"seconds": intervals()[0]}, queueing_lock=f"post.follow {message_id}")
        with suppress(AlreadyEnqueued):
            following.defer(message_id=message_id, establishment=establishment, person=person)


class _NotYet(Exception):
    """The carrier does not know yet what became of a call."""


@app.task(name="post.follow", retry=Following(), pass_context=True)
def follow(context: JobContext, message_id: int, establishment: int, person: int) -> None:
    """Ask the carrier what became of one call, until it knows or has been asked for long enough."""
    with _scope(establishment, person):
        message = Message.objects.filter(pk=message_id, status=Message.Status.SENT).first()
    if message is None:
        return
    channel = Channel(message.channel)
    outcome = carrier.outcome(channel, message.receipt)
    was = Message.Status.SENT
    if outcome is Outcome.DELIVERED:
        _settle(message_id, establishment, person, Message.Status.DELIVERED, was=was)
    elif outcome is Outcome.FAILED:
        _settle(message_id, establishment, person, Message.Status.FAILED, NOT_ARRIVED[channel], was=was)
        log.warning("message not delivered", message=message_id)
    elif context.job is not None and context.job.attempts < len(intervals()) - 1:
        raise _NotYet


@app.periodic(cron="* * * * *")
@app.task(name="post.take_back", queueing_lock="post.take_back", pass_context=True)
async def take_back(context: JobContext, timestamp: int) -> None:
    """Give the jobs of a worker that died to another; a job that kills its workers is given up after seven tries."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=30):
        if job.attempts >= LIVES:
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
