"""How long each message is tried: e-mails for hours, what somebody waits for within seconds."""

from django.conf import settings
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

from parvis.post.faults import CarrierUnreachable
from parvis.post.telephone.carrier import retries

# Somebody waits in front of the screen: it leaves before everything else.
URGENT = 10

# 6 s, 36 s, 4 min, 10 min, then every quarter of an hour, half hour, hour: a mail server down for a night loses
# nothing, and what waited while it was down for an hour arrives within a quarter of an hour.
_PATIENT = (6, 36, 216, 600, *(900,) * 6, *(1800,) * 6, *(3600,) * 8)
TRIES = len(_PATIENT) + 1
# A job that kills its worker each time is given up sooner.
LIVES = 7


class Patience(BaseRetryStrategy):
    """A fault of ours, or a database that restarts, is tried again in the same way as a server that is down."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """When to try again; None after the last try."""
        delays = delays_of(job, exception)
        if job.attempts >= len(delays):
            return None
        return RetryDecision(retry_in={"seconds": delays[job.attempts]})


def delays_of(job: Job, exception: BaseException) -> tuple[int, ...]:
    """The seconds between the tries of a job that failed so. No list is longer than the e-mails'."""
    urgent = job.priority >= URGENT or isinstance(exception, CarrierUnreachable)
    return retries() if urgent else _PATIENT


class Following(BaseRetryStrategy):
    """A carrier is asked at growing intervals what became of a call."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """When to ask again; None after the last time."""
        delays = intervals()[1:]
        if job.attempts >= len(delays):
            return None
        return RetryDecision(retry_in={"seconds": delays[job.attempts]})


def intervals() -> tuple[int, ...]:
    """Seconds from one question to the next: each twice as long, until `PARVIS_TELEPHONE_FOLLOW` in all."""
    left = int(settings.PARVIS_TELEPHONE_FOLLOW.total_seconds())
    wait, found = max(1, int(settings.PARVIS_TELEPHONE_FOLLOW_FIRST.total_seconds())), []
    while left > 0:
        found.append(min(wait, left))
        left -= wait
        wait *= 2
    return tuple(found)
