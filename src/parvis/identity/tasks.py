"""The worker's part in signing in: what must not make an answer slower where somebody bears the name typed."""

import structlog
from procrastinate.contrib.django import app

from parvis.ground.sealing import Unsealable
from parvis.identity import lockout
from parvis.identity.actions import asking
from parvis.post.tasks import RETRY

log = structlog.get_logger(__name__)


@app.task(name="identity.tell_lock", retry=RETRY)
def tell_lock(person_id: int, key: str, step: int) -> None:
    """A lock fell: tell whoever has to be told. For a name that nobody bears, nobody."""
    if person_id:
        lockout.tell(person_id, key, step)


@app.task(name="identity.answer_asked", retry=RETRY)
def answer_asked(wanted: str, typed: str) -> None:
    """Write to whom somebody named who forgot or is blocked, if anybody."""
    try:
        asking.answer(asking.Wanted(wanted), typed)
    except Unsealable:
        # The secret key changed meanwhile: they will ask again.
        log.warning("what was asked can no longer be read", wanted=wanted)
