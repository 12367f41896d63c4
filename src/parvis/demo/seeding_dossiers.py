"""The requests of the demo: one of each kind and state for Annecy, one with the centre de gestion, one elsewhere.

Rows are written as the actions write them, with days in the past. What an accepted one did to the accounts is written
in them by the same rule as an acceptance; what waits may be decided in the demo, and does it then.
"""

import datetime
import hashlib
import io
import uuid
from collections.abc import Mapping
from typing import Any

from pypdf import PdfWriter

from parvis.access.models import Membership
from parvis.advisers.models import Adviser, SensitiveAct
from parvis.backoffice.dossiers.actions import ACCEPT
from parvis.demo import people
from parvis.demo.invented import name_of as account_name
from parvis.demo.invented import ref_of
from parvis.demo.requests import NAMESPACE, NOEMIE, OLIVIER, G, Line, Told, told
from parvis.dossiers import registry
from parvis.dossiers.actions.drafting import PURPOSE, key_of
from parvis.dossiers.actions.moving import name_of
from parvis.dossiers.models import CLOSED, Circuit, Document, Dossier, Entry, InternalNote, State, Wanted
from parvis.dossiers.references import of_body
from parvis.dossiers.sealed import seal_answers
from parvis.establishments.models import Establishment
from parvis.ground import clock, files, tenancy, working_days
from parvis.ground.identifiers.account import ALPHABET
from parvis.journal.actions import Actor, remember_name
from parvis.journal.models import Event
from parvis.ledger import sides
from parvis.ledger.actions import record
from parvis.ledger.models import Kind as Movement

_ADVISERS = (NOEMIE, OLIVIER)
_CENTRE = ("administrateur-cdg", "agent-cdg", "cdg-2")
_EVENTS = {
    G.BEGUN: "dossier.begun",
    G.SEND: "dossier.sent",
    G.ANSWER: "dossier.sent",
    G.COMMENT: "dossier.commented",
    G.DELEGATE: "dossier.delegated",
    G.RETURN: "dossier.returned",
    G.TAKE: "dossier.taken",
    G.ASK: "dossier.asked",
    G.ACCEPT: "dossier.accepted",
    G.REFUSE: "dossier.refused",
    G.CANCEL: "dossier.cancelled",
    G.WITHDRAW: "dossier.withdrawn",
    G.PROPOSE: "dossier.proposed",
}


def _page() -> bytes:
    written, writer = io.BytesIO(), PdfWriter()
    writer.add_blank_page(595, 842)
    writer.write(written)
    return written.getvalue()


class _Seeder:
    """Writes them, one after the other."""

    def __init__(self, establishments: Mapping[str, Establishment], names: Mapping[str, str]) -> None:
        self.establishments, self.names = establishments, names
        self.events: list[Event] = []
        self.advisers = {one.ref: one for one in Adviser.objects.all()}
        self.page = _page()
        self.centre = establishments[people.CENTRE]
        self.persons = dict(Membership.objects.values_list("ref", "person_id"))

    def signed(self, key: str) -> str:
        if (adviser := self.advisers.get(ref_of(key))) is not None:
            return f"{adviser.first_name} {adviser.last_name}"
        return f"{self.names[key]} ({self.centre.name})" if key in _CENTRE else self.names[key]

    def dossier(self, number: int, one: Told) -> None:
        """One dossier with all that hangs on it."""
        place = self.establishments[one.siret]
        day = clock.today() - datetime.timedelta(days=one.days)
        begun = datetime.datetime.combine(day, datetime.time(9 + number % 6, 12 + number), tzinfo=clock.PARIS)
        # As the owner: what is with the centralisateur is locked for everybody else.
        with tenancy.scope(establishment=place.pk, role="parvis_owner"):
            made = self._row(number, one, place, begun)
            for line in (Line(0, G.BEGUN, one.by), *one.lines):
                self._line(made, line, begun)
            self._documents(made, one, begun)
            remember_name(made.ref, name_of(made))
            for key in {line.by for line in one.lines} & set(_ADVISERS):
                adviser = self.advisers[ref_of(key)]
                remember_name(adviser.ref, f"{self.signed(key)}, conseiller ({adviser.operator})")
        if one.note:
            InternalNote.objects.create(
                dossier=made,
                adviser_id=self.advisers[ref_of(NOEMIE)].pk,
                signed="Noémie Ferrand",
                text=one.note,
                at=made.moved_at,
            )
        if one.state in (State.ACCEPTED, State.DECIDING):
            self._accounts(made, one)
        if one.state == State.DECIDING:
            self._proposed(made, one)

    def _row(self, number: int, one: Told, place: Establishment, begun: datetime.datetime) -> Dossier:
        kind = registry.get(one.kind)
        assert kind is not None
        at = {line.gesture: begun + datetime.timedelta(days=line.after, hours=2) for line in one.lines}
        moved = max([begun, *at.values()])
        sent = at.get(G.SEND)
        digits = hashlib.sha256(f"dossier {number}".encode()).digest()
        reference = of_body("".join(ALPHABET[digit % len(ALPHABET)] for digit in digits[:8]))
        given = one.state == State.CENTRALISER
        adviser = next((self.advisers[ref_of(line.by)] for line in one.lines if line.by in _ADVISERS), None)
        title = (kind.title(one.answers) or kind.label)[:200]
        return Dossier.objects.create(
            ref=uuid.uuid5(NAMESPACE, f"dossier {number}"),
            reference=reference,
            opened_by=uuid.uuid5(NAMESPACE, f"opened {number}"),
            kind=one.kind,
            service=kind.service,
            establishment=place,
            fund=kind.fund(one.answers),
            title=title,
            amount=kind.amount(one.answers),
            content=seal_answers(one.answers),
            state=one.state,
            version=len(one.lines) + 3,
            person_id=self.persons.get(ref_of(one.by)),
            author=ref_of(one.by),
            author_name=self.names[one.by],
            begun_at=begun,
            moved_at=moved,
            sent_at=sent,
            closed_at=moved if one.state in CLOSED else None,
            target_on=working_days.after(sent.astimezone(clock.PARIS).date(), kind.target_days) if sent else None,
            due_on=clock.today() + datetime.timedelta(days=8) if one.state == State.ASKED else None,
            taken_by=self.persons.get(ref_of(one.by)),
            taken_by_name=self.names[one.by],
            organisation=self.centre if given else None,
            organisation_name=self.centre.name if given else "",
            circuit=Circuit.RETURNS if given else "",
            delegated_at=at.get(G.DELEGATE) if given else None,
            adviser_id=adviser.pk if adviser is not None else None,
            adviser_name=f"{adviser.first_name} {adviser.last_name}" if adviser is not None else "",
            granted=one.granted,
            decided_by=one.decided_by,
            reason=one.reason,
            search=key_of(reference, kind.label, title),
        )

    def _line(self, made: Dossier, line: Line, begun: datetime.datetime) -> None:
        at = begun + datetime.timedelta(days=line.after, hours=2 if line.after else 0)
        of_fund, of_centre = line.by in _ADVISERS, line.by in _CENTRE
        side = Entry.Side.FUND if of_fund else Entry.Side.CENTRALISER if of_centre else Entry.Side.EMPLOYER
        ours = made.sent_at is None or at < made.sent_at
        if line.gesture != G.PROPOSE:
            Entry.objects.create(
                establishment_id=made.establishment_id,
                dossier=made,
                gesture=line.gesture,
                side=side,
                audience=Entry.Audience.OURS if ours else Entry.Audience.ALL,
                person_id=None if of_fund else self.persons.get(ref_of(line.by)),
                author=ref_of(line.by),
                signed=self.signed(line.by),
                text=line.text,
                at=at,
            )
        after: dict[str, Any] = {"reference": made.reference, "kind": made.kind, "state": str(made.state)}
        if line.gesture == G.ASK:
            after |= {"piece": line.text.split(" : ")[0], "due_on": (made.due_on or at.date()).isoformat()}
        elif line.gesture in (G.DELEGATE, G.RETURN):
            after |= {"organisation": self.centre.name}
        elif line.gesture in (G.ACCEPT, G.PROPOSE):
            after |= {"granted": made.granted if line.gesture == G.ACCEPT else made.amount, "by": made.decided_by}
        self.events.append(
            Event(
                at=at,
                kind=_EVENTS[line.gesture],
                establishment_id=made.establishment_id,
                actor=ref_of(line.by),
                object=made.ref,
                origin="conseiller" if of_fund else "délégation" if of_centre else "web",
                after=after,
            )
        )

    def _documents(self, made: Dossier, one: Told, begun: datetime.datetime) -> None:
        for piece, label, name in one.pieces:
            Document.objects.create(
                establishment_id=made.establishment_id,
                dossier=made,
                piece=piece,
                label=label,
                name=name,
                kind="pdf",
                size=len(self.page),
                sha256=hashlib.sha256(self.page).hexdigest(),
                key=files.keep(self.page, PURPOSE),
                person_id=made.person_id,
                signed=made.author_name,
                added_at=begun,
                sent_at=made.sent_at,
            )
        if one.wanted is not None:
            piece, label, why = one.wanted
            Wanted.objects.create(
                establishment_id=made.establishment_id,
                dossier=made,
                piece=piece,
                label=label,
                why=why,
                asked_at=made.moved_at,
                asked_by=made.adviser_name,
            )

    def _accounts(self, made: Dossier, one: Told) -> None:
        """What was paid too much; once accepted, it was given back."""
        month = datetime.date.fromisoformat(one.answers["versement"]["month"])
        on = made.moved_at.astimezone(clock.PARIS).date()
        actor = Actor(ref=None, origin="système")
        common: dict[str, Any] = {"actor": actor, "establishment": made.establishment_id, "fund": made.fund}
        with tenancy.scope(establishment=made.establishment_id):
            record(
                **common,
                kind=Movement.PAYMENT,
                month=month,
                sides=sides.payment({month: made.amount or 0}),
                key=f"demo-overpaid:{made.ref}",
                on=month + datetime.timedelta(days=4),
                label="Trop-versé de la démonstration",
            )
            if one.state != State.ACCEPTED:
                return
            record(
                **common,
                kind=Movement.REFUND,
                month=month,
                sides=sides.refund(one.granted or 0),
                key=f"refund:{made.ref}",
                on=on,
                reference=made.reference,
                label=f"Remboursement, {made.title}"[:200],
            )

    def _proposed(self, made: Dossier, one: Told) -> None:
        """A second adviser is waited for."""
        SensitiveAct.objects.create(
            kind=ACCEPT,
            fund=made.fund,
            establishment_id=made.establishment_id,
            subject=made.reference,
            detail={"granted": made.amount, "reference": "", "text": "", "decider": "Ircantec"},
            reason="L’état de régularisation est complet, et la déclaration de décembre corrigée.",
            opened_by_id=self.advisers[ref_of(NOEMIE)].pk,
            opened_at=made.moved_at,
        )


def seed_dossiers(establishments: Mapping[str, Establishment]) -> None:
    """Write them all, with their events."""
    seeder = _Seeder(establishments, {account.key: account_name(account) for account in people.ACCOUNTS})
    for number, one in enumerate(told()):
        seeder.dossier(number, one)
    Event.objects.bulk_create(sorted(seeder.events, key=lambda event: event.at))
