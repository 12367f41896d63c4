"""A sign-in under way at a provider: kept in the session of the browser that began it, each under its own `state`.

Each serves once, within `PARVIS_PROVIDERS_STATE_VALIDITY`; several tabs may have one each.
"""

import datetime
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from parvis.ground import clock
from parvis.ground.identifiers.tokens import draw_token, hash_token
from parvis.identity.providers.actions import spend

_KEPT = "provider_states"


@dataclass(frozen=True, slots=True)
class Started:
    """What was begun. `person_id`: who is signed in and adds an account, 0 for a sign-in; `next`: where to land.

    `purpose`: "" for these, otherwise the name under which a package above takes the answer (`purposes.py`).
    """

    provider: str
    nonce: str
    verifier: str
    next: str
    person_id: int
    at: float
    purpose: str = ""

    @property
    def inside(self) -> bool:
        """Whether it is no sign-in: who gives it up goes back to the page from which they went."""
        return bool(self.person_id or self.purpose)


def _live(at: float) -> bool:
    begun = datetime.datetime.fromtimestamp(at, datetime.UTC)
    return begun <= clock.now() < begun + settings.PARVIS_PROVIDERS_STATE_VALIDITY


def new(slug: str, *, next: str, person_id: int = 0, purpose: str = "") -> Started:  # noqa: A002
    """A sign-in that begins now, with secrets of its own."""
    return Started(slug, draw_token(), draw_token(), next, person_id, clock.now().timestamp(), purpose)


def keep(request: HttpRequest, state: str, started: Started) -> None:
    """Keep it in this browser's session, beside those of other tabs; the oldest go."""
    held: dict[str, Any] = request.session.get(_KEPT, {})
    live = sorted((item for item in held.items() if _live(item[1]["at"])), key=lambda item: item[1]["at"])
    recent = live[max(0, len(live) + 1 - settings.PARVIS_PROVIDERS_STATES) :]
    request.session[_KEPT] = {**dict(recent), hash_token(state): asdict(started)}


def claim(request: HttpRequest, slug: str, state: str) -> Started | None:
    """What this browser began under that state at that provider: once. None for anything else."""
    held: dict[str, Any] = request.session.get(_KEPT, {})
    key = hash_token(state)
    if not state or key not in held:
        return None
    started = Started(**held[key])
    request.session[_KEPT] = {other: entry for other, entry in held.items() if other != key}
    if started.provider != slug or not _live(started.at):
        return None
    # Two answers at the same moment both find it in the session: the database tells which came first.
    until = clock.now() + settings.PARVIS_PROVIDERS_STATE_VALIDITY
    return started if spend(f"state:{state}", until=until) else None
