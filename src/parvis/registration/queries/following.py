"""Where a registration stands, for whoever registers."""

import datetime
from dataclasses import dataclass

from django.conf import settings

from parvis.access.models import Link, Membership
from parvis.ground import clock, working_days
from parvis.post import postal
from parvis.post.models import PostalLetter
from parvis.registration.actions.begun import LETTER
from parvis.registration.models import Registration
from parvis.registration.sealed import grouped, unseal_coordinates

State = Registration.State
TONES = {
    State.STARTED: "neutral",
    State.POSTED: "act",
    State.CHECKING: "act",
    State.STOPPED: "wrong",
    State.ACCEPTED: "well",
    State.REFUSED: "wrong",
    State.LAPSED: "attention",
    State.ABANDONED: "neutral",
}


@dataclass(frozen=True, slots=True)
class Paper:
    """The letter: printed when, until when its code serves, whether it still may, how many tries are left."""

    state: str
    live: bool
    printed_at: datetime.datetime | None
    expires_at: datetime.datetime
    tries_left: int


@dataclass(frozen=True, slots=True)
class Followed:
    """The registration, what the page shows of it, and what can be done.

    `identifier` and `link_until`: while the account that it became waits for its password; `confirmed`: no more.
    """

    registration: Registration
    reference: str
    name: str
    email: str
    tone: str
    answer_on: datetime.date | None
    documents: tuple[str, ...]
    paper: Paper | None
    identifier: str
    link_until: datetime.datetime | None
    confirmed: bool
    closed: bool
    may_ask_letter: bool

    @property
    def open(self) -> bool:
        """Whether it still goes on."""
        return self.registration.state in (State.POSTED, State.CHECKING, State.STOPPED)


def answer_on(registration: Registration) -> datetime.date | None:
    """Until when advisers mean to answer; None where nothing waits for them."""
    if registration.submitted_at is None:
        return None
    day = registration.submitted_at.astimezone(clock.PARIS).date()
    return working_days.after(day, settings.PARVIS_REGISTRATION_TARGET_DAYS)


def followed(reference: str) -> Followed | None:
    """The registration of the establishment in scope; None where it is no longer there."""
    found = Registration.objects.select_related("establishment").filter(reference=reference).first()
    if found is None:
        return None
    person = unseal_coordinates(found.coordinates)
    account = Membership.objects.filter(ref=found.account).first() if found.account else None
    waits = account is not None and account.confirmed_at is None and account.deactivated_at is None
    link = Link.objects.filter(membership=account).order_by("-id").first() if account is not None and waits else None
    paper = _paper(found)
    return Followed(
        registration=found,
        reference=grouped(found.reference),
        name=f"{person.first_name} {person.last_name}",
        email=person.email,
        tone=TONES[State(found.state)],
        answer_on=answer_on(found),
        documents=tuple(found.documents.order_by("id").values_list("name", flat=True)),
        paper=paper,
        identifier=account.identifier if account is not None and waits else "",
        link_until=link.expires_at if link is not None else None,
        confirmed=account is not None and account.confirmed_at is not None,
        closed=account is not None and account.deactivated_at is not None,
        may_ask_letter=found.state == State.POSTED
        and found.letters < settings.PARVIS_REGISTRATION_LETTERS
        and (paper is None or not paper.live or paper.printed_at is not None),
    )


def _paper(registration: Registration) -> Paper | None:
    letter = postal.latest(kind=LETTER, object_id=registration.pk)
    if letter is None:
        return None
    return Paper(
        state=PostalLetter.State(letter.state).label,
        live=letter.state in (PostalLetter.State.TO_PRINT, PostalLetter.State.PRINTED)
        and letter.expires_at > clock.now(),
        printed_at=letter.printed_at,
        expires_at=letter.expires_at,
        tries_left=settings.PARVIS_POSTAL_TRIES - letter.tries,
    )
