"""The establishment's side of a thread: answering, taking over, following, closing, reopening."""

import datetime
import hashlib
from collections.abc import Sequence
from typing import Any

from django.conf import settings

from parvis.access.actions.guards import actor_of
from parvis.access.standing import Standing
from parvis.exchanges.actions.drafts import kept
from parvis.exchanges.actions.sending import key_of
from parvis.exchanges.models import Attachment, Entry, Exchange, Reader
from parvis.exchanges.rights import acting_on, may_answer, may_read, said_of, writes
from parvis.exchanges.telling import MOVED, tell
from parvis.ground import clock, files, working_days
from parvis.ground.pages.filters import date_long
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import record

State = Exchange.State
# « Envoyer » pressed twice; the same words later are said again.
TWICE = datetime.timedelta(minutes=5)
NO_RIGHT = "Vous pouvez lire cet échange, mais pas y répondre : demandez le niveau « Modification » sur {}."


def exchange_for_update(reference: str) -> Exchange:
    """The exchange of the establishment in scope, locked. Raises Refused where there is none."""
    found = Exchange.objects.select_for_update(of=("self",)).filter(reference=reference).first()
    if found is None:
        raise Refused("Cet échange n’existe pas, ou n’est plus le vôtre.")
    return found


def _mine(who: Standing, reference: str) -> Exchange:
    exchange = exchange_for_update(reference)
    if not may_read(who, exchange):
        raise Refused("Cet échange n’existe pas, ou n’est plus le vôtre.")
    writes(who)
    if not may_answer(who, exchange):
        raise Refused(NO_RIGHT.format(said_of(exchange.service) or "ce service"))
    return exchange


def may_write(*, who: Standing, reference: str) -> None:
    """Raises Refused where the person may not write here: asked before the files that they sent are looked into."""
    found = Exchange.objects.filter(reference=reference).first()
    if found is not None and may_read(who, found):
        writes(who)
        if not may_answer(who, found):
            raise Refused(NO_RIGHT.format(said_of(found.service) or "ce service"))


def add_entry(exchange: Exchange, kind: Entry.Kind, side: Entry.Side, **more: Any) -> Entry:
    """A line of the thread, now."""
    return Entry.objects.create(
        establishment_id=exchange.establishment_id, exchange=exchange, kind=kind, side=side, at=clock.now(), **more
    )


def last_message(exchange: Exchange) -> Entry | None:
    """What somebody wrote last, whatever became of the exchange since."""
    return exchange.entries.filter(kind__in=Entry.MESSAGES).order_by("-id").first()


def twin(
    exchange: Exchange, kind: Entry.Kind, text: str, documents: Sequence[files.Clean], **written: Any
) -> Entry | None:
    """What was written last, where it is the very same a moment ago (text, files, `written` by whom): the button was
    pressed twice. Another file with the same words is another message."""
    last = last_message(exchange)
    if last is None or (last.kind, last.text) != (kind, text) or clock.now() - last.at > TWICE:
        return None
    if any(getattr(last, name) != value for name, value in written.items()):
        return None
    there = set(last.attachments.values_list("sha256", flat=True))
    return last if there == {hashlib.sha256(one.content).hexdigest() for one in documents} else None


def add_documents(exchange: Exchange, entry: Entry, documents: Sequence[files.Clean]) -> None:
    """The files of a message. Raises Refused for more than `PARVIS_EXCHANGE_FILES`."""
    if len(documents) > settings.PARVIS_EXCHANGE_FILES:
        raise Refused(f"Joignez {settings.PARVIS_EXCHANGE_FILES} fichiers au plus.", field="file")
    Attachment.objects.bulk_create(
        Attachment(establishment_id=exchange.establishment_id, exchange=exchange, entry=entry, **kept(one))
        for one in documents
    )


def written_by(who: Standing) -> dict[str, Any]:
    """Who writes, as the thread keeps it."""
    return {"person_id": who.person_id, "author": who.ref, "signed": who.name}


def _following(who: Standing, exchange: Exchange) -> None:
    now = clock.now()
    Reader.objects.update_or_create(
        exchange=exchange,
        person_id=who.person_id,
        defaults={"establishment_id": exchange.establishment_id, "read_at": now, "follows": True},
    )


def waits_again(exchange: Exchange) -> None:
    """The fund has to answer: with whom it was already, within the time meant for its motif, from today."""
    exchange.state = State.TAKEN if exchange.adviser_id else State.SENT
    exchange.due_on = None
    exchange.target_on = working_days.after(clock.today(), exchange.motif.target_days)


@action
def reply(*, who: Standing, reference: str, text: str, documents: Sequence[files.Clean] = ()) -> Entry:
    """Write a message: what was asked for, or something more. Raises Refused where it is closed.

    The very same message as the last one is that one (« Envoyer » pressed twice).
    """
    exchange = _mine(who, reference)
    if (same := twin(exchange, Entry.Kind.REPLY, text, documents, person_id=who.person_id)) is not None:
        return same
    if exchange.state == State.CLOSED:
        raise Refused("Cet échange est clos : rouvrez-le pour y écrire de nouveau.")
    if not text:
        raise Refused("Écrivez votre message.", field="text")
    before = exchange.state
    entry = add_entry(exchange, Entry.Kind.REPLY, Entry.Side.ESTABLISHMENT, text=text, **written_by(who))
    add_documents(exchange, entry, documents)
    if before in (State.ASKED, State.ANSWERED):
        waits_again(exchange)
    exchange.search = f"{exchange.search} {key_of('', '', text).strip()}"
    exchange.moved_at = entry.at
    exchange.save()
    _following(who, exchange)
    record(
        "exchange.replied",
        actor=actor_of(who, service=acting_on(who, exchange.service)),
        object=exchange.ref,
        before={"state": before},
        after={"reference": reference, "state": exchange.state, "documents": len(documents)},
    )
    tell(exchange, MOVED, but=who.person_id, what="colleague")
    return entry


@action
def take_over(*, who: Standing, reference: str) -> Exchange:
    """« Je m’en occupe »: colleagues see who does."""
    exchange = _mine(who, reference)
    if exchange.state == State.CLOSED:
        raise Refused("Cet échange est clos : il n’y a plus rien à faire.")
    if exchange.taken_by == who.person_id:
        return exchange
    exchange.taken_by, exchange.taken_by_name, exchange.moved_at = who.person_id, who.name, clock.now()
    exchange.save(update_fields=["taken_by", "taken_by_name", "moved_at"])
    add_entry(exchange, Entry.Kind.COLLEAGUE, Entry.Side.ESTABLISHMENT, **written_by(who))
    _following(who, exchange)
    record(
        "exchange.taken_over",
        actor=actor_of(who, service=acting_on(who, exchange.service)),
        object=exchange.ref,
        after={"reference": reference},
    )
    tell(exchange, MOVED, but=who.person_id, what="colleague")
    return exchange


@action
def follow(*, who: Standing, reference: str, follows: bool) -> None:
    """Be told of what comes, or no longer. Whoever may read it may follow it."""
    exchange = exchange_for_update(reference)
    if not may_read(who, exchange):
        raise Refused("Cet échange n’existe pas, ou n’est plus le vôtre.")
    if not follows and exchange.person_id == who.person_id:
        raise Refused("Vous avez écrit cet échange : vous êtes toujours prévenu de ses réponses.")
    Reader.objects.update_or_create(
        exchange=exchange,
        person_id=who.person_id,
        defaults={"establishment_id": exchange.establishment_id, "follows": follows},
    )


@action
def close(*, who: Standing, reference: str) -> Exchange:
    """« C’est réglé »: nothing more is awaited. Once closed, closing again changes nothing."""
    exchange = _mine(who, reference)
    if exchange.state != State.CLOSED:
        end(exchange)
        add_entry(exchange, Entry.Kind.CLOSED, Entry.Side.ESTABLISHMENT, **written_by(who))
        record(
            "exchange.closed",
            actor=actor_of(who, service=acting_on(who, exchange.service)),
            object=exchange.ref,
            after={"reference": reference},
        )
        tell(exchange, MOVED, but=who.person_id, what="closed")
    return exchange


def end(exchange: Exchange, *, merged: str = "") -> None:
    """Closed now."""
    exchange.state, exchange.closed_at, exchange.moved_at = State.CLOSED, clock.now(), clock.now()
    exchange.due_on, exchange.merged = None, merged
    exchange.save()


def reopens_until(exchange: Exchange) -> datetime.date | None:
    """The last day on which it may be reopened; None while it is open, or where another took it in."""
    if exchange.closed_at is None or exchange.merged:
        return None
    return (exchange.closed_at + settings.PARVIS_EXCHANGE_REOPEN).astimezone(clock.PARIS).date()


@action
def reopen(*, who: Standing, reference: str, text: str) -> Exchange:
    """Open it again, saying why; within `PARVIS_EXCHANGE_REOPEN` of its end. Raises Refused."""
    exchange = _mine(who, reference)
    if exchange.state != State.CLOSED:
        return exchange
    until = reopens_until(exchange)
    if until is None:
        raise Refused("Cet échange est regroupé avec un autre : écrivez dans celui-là.")
    if clock.today() > until:
        raise Refused(
            f"Cet échange pouvait être rouvert jusqu’au {date_long(until)} : écrivez une nouvelle demande, en citant "
            "sa référence."
        )
    if not text:
        raise Refused("Dites en quelques mots ce qui reste à régler.", field="text")
    exchange.closed_at = exchange.due_on = None
    exchange.state, exchange.moved_at = State.REOPENED, clock.now()
    exchange.target_on = working_days.after(clock.today(), exchange.motif.target_days)
    exchange.search = f"{exchange.search} {key_of('', '', text).strip()}"
    exchange.save()
    add_entry(exchange, Entry.Kind.REOPENED, Entry.Side.ESTABLISHMENT, text=text, **written_by(who))
    _following(who, exchange)
    record(
        "exchange.reopened",
        actor=actor_of(who, service=acting_on(who, exchange.service)),
        object=exchange.ref,
        after={"reference": reference},
    )
    tell(exchange, MOVED, but=who.person_id, what="reopened")
    return exchange


def note_read(*, establishment: int, person: int, exchange: int) -> None:
    """The person opened it; in a short transaction of its own, after a READ ONLY request."""
    Reader.objects.update_or_create(
        exchange_id=exchange, person_id=person, defaults={"establishment_id": establishment, "read_at": clock.now()}
    )
