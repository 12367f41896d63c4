"""The fund's side of a thread, written in the establishment's scope under the adviser's own reference.

`Hand` is the adviser who acts: whoever calls has looked at the exchange under the adviser's own policy before.
"""

import datetime
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from parvis.exchanges.actions.thread import add_documents, add_entry, end, exchange_for_update, twin
from parvis.exchanges.addressees import short
from parvis.exchanges.models import Entry, Exchange, Reader
from parvis.exchanges.references import grouped
from parvis.exchanges.telling import ANSWERED, ASKED, MOVED, tell
from parvis.ground import clock, files, working_days
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import SYSTEM, Actor, record

State = Exchange.State
OPEN = (State.SENT, State.TAKEN, State.REOPENED, State.ASKED, State.ANSWERED)


@dataclass(frozen=True, slots=True)
class Hand:
    """An adviser who acts on exchanges: their number, how a thread names them, their reference in the journal, and
    the funds whose exchanges are theirs."""

    adviser_id: int
    name: str
    ref: uuid.UUID
    actor: Actor
    funds: frozenset[str]


def _written(hand: Hand) -> dict[str, Any]:
    return {"author": hand.ref, "signed": hand.name}


def _locked(hand: Hand, reference: str) -> Exchange:
    """The exchange, locked: a colleague may have passed it on to another fund a moment ago."""
    exchange = exchange_for_update(reference)
    if exchange.fund not in hand.funds:
        raise Refused("Cet échange vient d’être transmis à un autre fonds.")
    return exchange


def _open(hand: Hand, reference: str) -> Exchange:
    exchange = _locked(hand, reference)
    if exchange.state == State.CLOSED:
        raise Refused("Cet échange est clos : l’établissement peut le rouvrir, ou écrire une nouvelle demande.")
    return exchange


def _recorded(kind: str, hand: Hand, exchange: Exchange, before: str, **more: Any) -> None:
    record(
        kind,
        actor=hand.actor,
        object=exchange.ref,
        before={"state": before},
        after={"reference": exchange.reference, "state": exchange.state, **more},
    )


@action
def take(*, hand: Hand, reference: str, adviser: tuple[int, str] | None = None) -> Exchange:
    """Take it, or give it to a colleague (`adviser`: number and name, of the same fund as the caller has checked)."""
    exchange = _open(hand, reference)
    number, name = adviser or (hand.adviser_id, hand.name)
    if exchange.adviser_id == number:
        return exchange
    before, first = exchange.state, exchange.adviser_id is None
    exchange.adviser_id, exchange.adviser_name = number, name
    if before in (State.SENT, State.REOPENED):
        exchange.state = State.TAKEN
    exchange.moved_at = clock.now()
    exchange.save()
    if first:
        add_entry(exchange, Entry.Kind.TAKEN, Entry.Side.FUND, author=hand.ref, signed=name)
        tell(exchange, MOVED, what="taken")
    _recorded("exchange.taken", hand, exchange, before)
    return exchange


@action
def release(*, hand: Hand, reference: str) -> Exchange:
    """Back to the queue, for whoever takes it."""
    exchange = _open(hand, reference)
    if exchange.adviser_id is None:
        return exchange
    before = exchange.state
    exchange.adviser_id, exchange.adviser_name = None, ""
    if before == State.TAKEN:
        exchange.state = State.SENT
    exchange.save()
    _recorded("exchange.released", hand, exchange, before)
    return exchange


def _owned(hand: Hand, exchange: Exchange) -> None:
    """Whoever answers has it, unless a colleague does."""
    if exchange.adviser_id is None:
        exchange.adviser_id, exchange.adviser_name = hand.adviser_id, hand.name


def _said(hand: Hand, exchange: Exchange, kind: Entry.Kind, text: str, documents: Sequence[files.Clean]) -> Entry:
    entry = add_entry(exchange, kind, Entry.Side.FUND, text=text, **_written(hand))
    add_documents(exchange, entry, documents)
    exchange.moved_at = exchange.fund_at = entry.at
    exchange.first_answer_at = exchange.first_answer_at or entry.at
    exchange.save()
    return entry


def _ended(hand: Hand, exchange: Exchange) -> None:
    end(exchange)
    add_entry(exchange, Entry.Kind.CLOSED, Entry.Side.FUND, **_written(hand))
    _recorded("exchange.closed", hand, exchange, State.ANSWERED)


@action
def answer(
    *, hand: Hand, reference: str, text: str, documents: Sequence[files.Clean] = (), closes: bool = False
) -> Entry:
    """Answer; `closes`: nothing more is awaited. Raises Refused where it is closed, or nothing is said."""
    exchange = _locked(hand, reference)
    if (same := twin(exchange, Entry.Kind.ANSWER, text, documents, author=hand.ref)) is not None:
        # « Répondre », then « Répondre et clore » with the same words: said once, and closed.
        if closes and exchange.state == State.ANSWERED:
            _ended(hand, exchange)
            tell(exchange, MOVED, what="closed")
        return same
    exchange = _open(hand, reference)
    if not text:
        raise Refused("Écrivez votre réponse.", field="text")
    before = exchange.state
    _owned(hand, exchange)
    exchange.state, exchange.due_on, exchange.answered_at = State.ANSWERED, None, clock.now()
    entry = _said(hand, exchange, Entry.Kind.ANSWER, text, documents)
    _recorded("exchange.answered", hand, exchange, before, documents=len(documents))
    tell(exchange, ANSWERED)
    if closes:
        _ended(hand, exchange)
    return entry


@action
def ask(
    *, hand: Hand, reference: str, text: str, due_on: datetime.date, documents: Sequence[files.Clean] = ()
) -> Entry:
    """Ask the establishment for something more, until a day after today. Raises Refused."""
    exchange = _open(hand, reference)
    same = twin(exchange, Entry.Kind.REQUEST, text, documents, author=hand.ref)
    if same is not None and exchange.due_on == due_on:
        return same
    if not text:
        raise Refused("Dites ce qui manque.", field="text")
    if due_on <= clock.today():
        raise Refused("Laissez à l’établissement le temps de répondre : choisissez un jour à venir.", field="due_on")
    if due_on > clock.today() + settings.PARVIS_EXCHANGE_COMPLEMENT_LIMIT:
        raise Refused("Choisissez un jour plus proche.", field="due_on")
    before = exchange.state
    _owned(hand, exchange)
    exchange.state, exchange.due_on = State.ASKED, due_on
    entry = _said(hand, exchange, Entry.Kind.REQUEST, text, documents)
    _recorded("exchange.asked", hand, exchange, before, due_on=due_on.isoformat())
    tell(exchange, ASKED)
    return entry


@action
def close(*, hand: Hand, reference: str) -> Exchange:
    """Nothing more is awaited."""
    exchange = _locked(hand, reference)
    if exchange.state == State.CLOSED:
        return exchange
    if exchange.state != State.ANSWERED:
        raise Refused("Répondez avant de clore : l’établissement attend une réponse.")
    _ended(hand, exchange)
    tell(exchange, MOVED, what="closed")
    return exchange


@action
def transfer(*, hand: Hand, reference: str, fund: str, held: frozenset[str], text: str = "") -> Exchange:
    """To another fund with which the establishment has a contract (`held`): the thread goes along, nobody has it yet.

    The day that was promised stays. Raises Refused.
    """
    exchange = _open(hand, reference)
    if fund == exchange.fund:
        raise Refused("Cet échange est déjà à ce fonds.", field="fund")
    if fund not in held:
        raise Refused("L’établissement n’a pas de contrat en cours avec ce fonds.", field="fund")
    before, left = exchange.state, exchange.fund
    exchange.fund = fund
    exchange.adviser_id, exchange.adviser_name = None, ""
    if before == State.TAKEN:
        exchange.state = State.SENT
    exchange.moved_at = clock.now()
    exchange.save()
    said = f"De {short(left)} à {short(fund)}." + (f"\n{text}" if text else "")
    add_entry(exchange, Entry.Kind.TRANSFERRED, Entry.Side.FUND, text=said, **_written(hand))
    _recorded("exchange.transferred", hand, exchange, before, left=left, fund=fund)
    tell(exchange, MOVED, what="transferred")
    return exchange


@action
def merge(*, hand: Hand, reference: str, into: str, reads: Callable[[Exchange, Exchange], bool]) -> Exchange:
    """Take a duplicate (`reference`) into another of the same establishment and fund; the duplicate is closed.

    `reads`: whether the duplicate's author may open the other one: nobody is sent to what they may not read, nor shown
    it. Raises Refused.
    """
    first, second = sorted((reference, into))
    if first == second:
        raise Refused("Choisissez un autre échange que celui-ci.", field="into")
    found = {one: _locked(hand, one) for one in (first, second)}
    exchange, other = found[reference], found[into]
    if State.CLOSED in (exchange.state, other.state):
        raise Refused("Seuls deux échanges encore ouverts peuvent être regroupés.", field="into")
    if exchange.fund != other.fund:
        raise Refused("Ces deux échanges ne sont pas au même fonds : transmettez d’abord l’un des deux.", field="into")
    if not reads(exchange, other):
        raise Refused(
            f"La personne qui a écrit l’échange {grouped(reference)} ne peut pas lire l’échange {grouped(into)} : "
            "regroupez dans l’autre sens, ou répondez aux deux.",
            field="into",
        )
    before = exchange.state
    end(exchange, merged=into)
    add_entry(
        exchange,
        Entry.Kind.MERGED,
        Entry.Side.FUND,
        text=f"La suite est dans l’échange {grouped(into)}.",
        **_written(hand),
    )
    add_entry(
        other,
        Entry.Kind.MERGED,
        Entry.Side.FUND,
        text=f"L’échange {grouped(reference)} est regroupé ici.",
        **_written(hand),
    )
    other.moved_at = clock.now()
    other.target_on = min(other.target_on, exchange.target_on)
    other.save(update_fields=["moved_at", "target_on"])
    _follow_too(exchange, other)
    _recorded("exchange.merged", hand, exchange, before, into=into)
    tell(exchange, MOVED, what="merged")
    return other


def _follow_too(exchange: Exchange, other: Exchange) -> None:
    """The duplicate's author is told of what comes in the other one."""
    if exchange.person_id is not None:
        Reader.objects.update_or_create(
            exchange=other,
            person_id=exchange.person_id,
            defaults={"establishment_id": other.establishment_id, "follows": True},
        )


def close_answered(exchange: Exchange) -> None:
    """Nobody said anything since the answer: closed by the daily run, in the establishment's scope."""
    end(exchange)
    add_entry(exchange, Entry.Kind.CLOSED, Entry.Side.PLATFORM)
    record(
        "exchange.closed",
        actor=SYSTEM,
        object=exchange.ref,
        before={"state": State.ANSWERED},
        after={"reference": exchange.reference, "state": exchange.state},
    )


def default_due() -> datetime.date:
    """The day that is proposed when something more is asked for."""
    return working_days.after(clock.today(), settings.PARVIS_EXCHANGE_COMPLEMENT_DAYS)
