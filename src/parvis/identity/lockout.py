"""Repeated failures: after `PARVIS_FAILURES`, no more tries for a while, then for longer, then until unblocked.

A try is counted before the password or the code is looked at, and given back where it was right: however many come at
once, no more than `PARVIS_FAILURES` get through. Passwords and codes count together, each on one counter:

* in a browser where the person signed in wholly before (known: its cookie cannot be guessed, and trust lasts a week
  only), that browser's own. Once that one is blocked, the browser is like any other for that person;
* elsewhere the person's, whichever of their identifiers and addresses was typed;
* for a name that nobody bears, that name's, with the same steps: nobody learns who exists;
* for a passkey that signs in alone, the passkey's;
* for the second factor of who unblocks by the link that they were sent, one of its own: theirs is blocked.

So nobody is locked out of the browsers that they use, or of their passkeys, by somebody who knows their address.
"""

import datetime
import unicodedata
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

from parvis.ground import clock, tenancy
from parvis.ground.pages import render
from parvis.ground.sealing import keyed_hash
from parvis.identity import browsers, rates
from parvis.identity.employers import employers
from parvis.identity.models import Browser, Email
from parvis.post.actions import queue


@dataclass
class Try:
    """One try, counted. `refused`: nothing may be looked at, answer `refused_page`. Otherwise, once the answer is

    known: `give_back` where it was right, `failed` where it was wrong.
    """

    refused: bool
    key: str
    person_id: int
    cycle: int
    last: bool
    locked_until: datetime.datetime | None
    blocked: bool
    rate: rates.Counted

    def give_back(self) -> None:
        """The answer was right: this try does not count. The counter starts anew with a full sign-in alone."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT identity_give_back(%s, %s, %s, %s, %s)",
                [self.key, self.cycle, settings.PARVIS_FAILURES, self.rate.key, self.rate.starts],
            )

    def failed(self) -> bool:
        """The answer was wrong; True where no try is left: answer `refused_page`, the person is told."""
        if self.last:
            _tell(self)
        return self.last


def take_try(request: HttpRequest, *, person_id: int = 0, name: str = "", passkey: int = 0) -> Try:
    """Count one try, outside of any scope, before the password or the code is looked at.

    `name`: what was typed to sign in, with a password; without it, a factor of `person_id` (or `passkey` alone) is
    tried. Costs the same whether somebody bears the name or not. Where one network address tries too often, nothing
    is counted but that.
    """
    rate = rates.count(request, rates.SIGN_IN)
    if rate.over:
        taken = Try(True, "", person_id, 0, False, None, False, rate)
        request.taken = taken  # type: ignore[attr-defined]
        return taken
    key = _key(request, person_id, name, passkey)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT key, cycle, refused, last, locked_until, blocked FROM identity_take_try(%s, %s, %s, %s, %s, %s)",
            [
                # A known browser has its own counter where somebody signs in; not a passkey, not who unblocks.
                person_id if key[0] in "pn" else 0,
                browsers.hashed(request),
                key,
                clock.now(),
                settings.PARVIS_FAILURES,
                list(settings.PARVIS_LOCKS),
            ],
        )
        key, cycle, refused, last, locked_until, blocked = cursor.fetchone()
    taken = Try(refused, key, person_id, cycle, last, locked_until, blocked, rate)
    request.taken = taken  # type: ignore[attr-defined]  # the page of a refusal says until when
    return taken


def _key(request: HttpRequest, person_id: int, name: str, passkey: int) -> str:
    """The counter where this browser has none of its own for that person."""
    from parvis.identity.entry import UNBLOCK, halfway_of

    if passkey:
        return f"k:{passkey}"
    if not person_id:
        typed = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
        return f"n:{keyed_hash(typed, purpose='name')}"
    state = None if name else halfway_of(request)
    unblocking = state is not None and state.method == UNBLOCK and state.person_id == person_id
    return f"u:{person_id}" if unblocking else f"p:{person_id}"


def _tell(taken: Try) -> None:
    """The lock fell: its event and one job, whoever it is; the job tells whoever has to be told."""
    from parvis.identity.tasks import tell_lock

    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT identity_note_lock(%s, %s, %s)", [taken.person_id or None, clock.now(), taken.cycle + 1]
            )
        tell_lock.defer(person_id=taken.person_id, key=taken.key, step=taken.cycle + 1)


def tell(person_id: int, key: str, step: int) -> None:
    """Tell the person at each of their verified addresses; for good, tell who administers their accounts too.

    A browser whose own counter is blocked is trusted no more. Run by the worker.
    """
    for_good = step > len(settings.PARVIS_LOCKS)
    with tenancy.scope(person=person_id, role=tenancy.PERSON):
        for email_id in Email.objects.filter(verified_at__isnull=False).order_by("id").values_list("pk", flat=True):
            queue("identity.locked", object_id=email_id, person=person_id, detail={"key": key[0], "step": step})
        if for_good and key[0] == "b":
            Browser.objects.filter(pk=int(key[2:]), person_id=person_id).update(trusted_until=None)
    if for_good and key[0] == "p":
        employers().tell("colleague_locked", person_id)


def succeeded(request: HttpRequest, person_id: int) -> None:
    """A full sign-in: the counter that was used starts anew. `entry.finish` calls it before it notes the browser."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT identity_reset_counter(%s, %s)", [person_id, browsers.hashed(request)])


def unblock(person_id: int) -> bool:
    """Every counter of the person starts anew; False where none stood."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT identity_unblock(%s)", [person_id])
        return bool(cursor.fetchone()[0])


def blocked_among(person_ids: list[int]) -> set[int]:
    """Who of these people is « Bloqué »: until somebody unblocks them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT identity_blocked(%s)", [person_ids])
        return {number for (number,) in cursor.fetchall()}


def refused_page(request: HttpRequest) -> HttpResponse:
    """« Connexion suspendue »: the same page whoever was named. 429 always, whatever the step."""
    taken: Try = request.taken  # type: ignore[attr-defined]
    if taken.rate.over:
        return rates.too_many(request, taken.rate.until)
    until = None if taken.blocked else taken.locked_until
    answer = render(
        request,
        "identity/suspended.html",
        {"until": until, "unblocking": taken.key[:2] == "u:", "failures": settings.PARVIS_FAILURES},
        status=429,
    )
    if until is not None:
        answer["Retry-After"] = str(max(1, int((until - clock.now()).total_seconds()) + 1))
    return answer
