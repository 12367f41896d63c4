"""The worker's part in signing in: what must not make an answer slower where somebody bears the name typed."""

import structlog
from procrastinate.contrib.django import app

from parvis.identity import lockout
from parvis.post.tasks import RETRY

log = structlog.get_logger(__name__)


@app.task(name="identity.tell_lock", retry=RETRY)
def tell_lock(person_id: int, key: str, step: int) -> None:
    """A lock fell: tell whoever has to be told. For a name that nobody bears, nobody."""
    if person_id:
        lockout.tell(person_id, key, step)
