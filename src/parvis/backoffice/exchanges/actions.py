"""What an adviser does with an exchange: seen under their own policy, written in the establishment's scope."""

import datetime
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from parvis.access.standing import standings
from parvis.advisers.models import Adviser
from parvis.advisers.standing import AdviserStanding
from parvis.backoffice.exchanges.noting import edited
from parvis.backoffice.exchanges.replies import unfilled
from parvis.establishments.models import Contract
from parvis.exchanges.actions import answering
from parvis.exchanges.actions.answering import Hand
from parvis.exchanges.actions.thread import TWICE
from parvis.exchanges.models import Exchange, InternalNote
from parvis.exchanges.references import parse
from parvis.exchanges.rights import may_read
from parvis.ground import clock, files, tenancy
from parvis.ground.identifiers.text import showable
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import record, remember_name

NOTE_LENGTH = 2000


def of_adviser(reference: str) -> Exchange:
    """The exchange, under the adviser's own policy: one of another fund does not exist. Raises Refused."""
    found = Exchange.objects.filter(reference=reference).first()
    if found is None:
        raise Refused("Cet échange n’existe pas, ou ne concerne pas vos fonds.")
    return found


def hand_of(who: AdviserStanding) -> Hand:
    """The adviser, as exchanges know them."""
    return Hand(who.adviser_id, who.name, who.ref, who.actor, frozenset(who.funds))


@contextmanager
def inside(who: AdviserStanding, reference: str) -> Iterator[Exchange]:
    """The scope of the exchange's establishment, whose history knows this adviser by name. Raises Refused."""
    found = of_adviser(reference)
    with tenancy.scope(person=who.person_id, establishment=found.establishment_id):
        remember_name(who.ref, who.signature)
        yield found


def _filled(text: str) -> None:
    if left := unfilled(text):
        raise Refused(f"Il reste à compléter dans votre texte : {left[0]}.", field="text")


@action
def take(*, who: AdviserStanding, reference: str) -> None:
    """« Je le prends »."""
    with inside(who, reference):
        answering.take(hand=hand_of(who), reference=reference)


@action
def assign(*, who: AdviserStanding, reference: str, adviser: str) -> None:
    """Give it to a colleague of the same fund. Raises Refused."""
    found = of_adviser(reference)
    chosen = next((one for one in colleagues(found.fund) if str(one.pk) == adviser), None)
    if chosen is None:
        raise Refused("Choisissez un conseiller de ce fonds.", field="adviser")
    name = f"{chosen.first_name} {chosen.last_name}"
    with inside(who, reference):
        answering.take(hand=hand_of(who), reference=reference, adviser=(chosen.pk, name))


def colleagues(fund: str) -> list[Adviser]:
    """The advisers who see that fund, by name; under the adviser's own role."""
    there = Adviser.objects.filter(closed_at=None).order_by("last_name", "first_name")
    return [one for one in there if fund in one.funds.split(",")]


@action
def release(*, who: AdviserStanding, reference: str) -> None:
    """Back to the queue."""
    with inside(who, reference):
        answering.release(hand=hand_of(who), reference=reference)


@action
def answer(
    *, who: AdviserStanding, reference: str, text: str, documents: Sequence[files.Clean], closes: bool = False
) -> None:
    """Answer; nothing that a model leaves to be filled in may be left."""
    _filled(text)
    with inside(who, reference):
        answering.answer(hand=hand_of(who), reference=reference, text=text, documents=documents, closes=closes)


@action
def ask(
    *,
    who: AdviserStanding,
    reference: str,
    text: str,
    due_on: datetime.date,
    documents: Sequence[files.Clean],
) -> None:
    """Ask for something more."""
    _filled(text)
    with inside(who, reference):
        answering.ask(hand=hand_of(who), reference=reference, text=text, due_on=due_on, documents=documents)


@action
def close(*, who: AdviserStanding, reference: str) -> None:
    """Nothing more is awaited."""
    with inside(who, reference):
        answering.close(hand=hand_of(who), reference=reference)


@action
def transfer(*, who: AdviserStanding, reference: str, fund: str, text: str) -> None:
    """To another fund of the establishment's. Raises Refused."""
    with inside(who, reference) as found:
        answering.transfer(
            hand=hand_of(who), reference=reference, fund=fund, held=held_by(found.establishment_id), text=text
        )


def held_by(establishment: int) -> frozenset[str]:
    """The funds with which the establishment in scope has a contract in force."""
    today = clock.today()
    rows = Contract.objects.filter(establishment_id=establishment, starts_on__lte=today)
    return frozenset(one.fund for one in rows if one.ends_on is None or one.ends_on >= today)


@action
def merge(*, who: AdviserStanding, reference: str, into: str) -> str:
    """Take a duplicate into another exchange of the same establishment; the other one's reference. Raises Refused."""
    other = parse(into)
    if not other:
        raise Refused("Cette référence n’existe pas : vérifiez chaque caractère.", field="into")
    there = of_adviser(other)
    with inside(who, reference) as found:
        if there.establishment_id != found.establishment_id:
            # As if it did not exist: nothing is said of another establishment's.
            raise Refused("Cet établissement n’a pas d’échange de cette référence.", field="into")
        answering.merge(hand=hand_of(who), reference=reference, into=other, reads=_reads)
    return other


def _reads(exchange: Exchange, other: Exchange) -> bool:
    """Whether the author of the first may open the other one today; in their establishment's scope."""
    if exchange.person_id is None:
        return False
    if exchange.person_id == other.person_id:
        return True
    author = next((one for one in standings(exchange.establishment_id) if one.person_id == exchange.person_id), None)
    return author is not None and author.enters and may_read(author, other)


@action
def note(*, who: AdviserStanding, reference: str, text: str) -> None:
    """An internal note: advisers alone read it, those of the fund to which the exchange may pass too."""
    found = of_adviser(reference)
    text = showable(text).replace("\r\n", "\n").strip()
    if not text:
        raise Refused("Écrivez la note.", field="note")
    if len(text) > NOTE_LENGTH:
        raise Refused(
            f"Cette note compte {len(text)} caractères : abrégez-la à {NOTE_LENGTH} au plus.",
            field="note",
        )
    last = InternalNote.objects.filter(exchange=found).order_by("-id").first()
    if last is not None and (last.adviser_id, last.text) == (who.adviser_id, text) and clock.now() - last.at <= TWICE:
        return
    InternalNote.objects.create(exchange=found, adviser_id=who.adviser_id, signed=who.name, text=text, at=clock.now())
    edited("exchange.noted", who, "note", reference, reference=reference)


@action
def show_nir(*, who: AdviserStanding, reference: str) -> None:
    """Leave in the establishment's history that the whole NIR was shown to this adviser."""
    with inside(who, reference) as found:
        record("exchange.nir_shown", actor=who.actor, object=found.ref, after={"reference": reference})


def note_opened(who: AdviserStanding, reference: str) -> None:
    """The same of a document, once the READ ONLY request is over."""
    with (
        tenancy.scope(person=who.person_id, role=tenancy.ADVISER, funds=who.funds),
        inside(who, reference) as found,
    ):
        record("exchange.document_opened", actor=who.actor, object=found.ref, after={"reference": reference})
