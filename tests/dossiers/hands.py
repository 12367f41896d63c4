"""Whoever works on a dossier: somebody of the establishment, of its centralisateur, of the fund."""

import datetime
import io
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from PIL import Image

from parvis.access.forms import FrenchDateField
from parvis.access.models import Delegation, Profile
from parvis.access.standing import Standing, standing
from parvis.advisers.standing import adviser_of
from parvis.backoffice.dossiers import actions as office
from parvis.dossiers.actions import drafting, sending
from parvis.dossiers.forms import MoneyField, PickField, StepForm
from parvis.dossiers.models import Dossier, State
from parvis.dossiers.registry import Condition, Decider, Granting, Kind, Piece, Step
from parvis.establishments.models import Establishment
from parvis.ground import clock, files, tenancy
from parvis.ground.fields import LineField
from tests.plugins.html import ReadingClient
from tests.world import Someone, World, someone

PLACE_SERVICE = "mon-etablissement"


def picture(name: str = "decision.png", colour: str = "white") -> SimpleUploadedFile:
    """An image that the checks accept."""
    held = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(held, "PNG")
    return SimpleUploadedFile(name, held.getvalue(), "image/png")


@cache
def clean(colour: str = "white") -> files.Clean:
    """The same, as it may be kept; looked into once in a run: that takes a process."""
    return files.accepted(picture(colour=colour), field="file")


class ObjectForm(StepForm):
    fund = PickField(
        label="Quel fonds ?", missing="Choisissez un fonds.", choices=[("cnracl", "CNRACL"), ("rafp", "RAFP")]
    )
    amount = MoneyField(label="Montant")


class DetailForm(StepForm):
    on = FrenchDateField(label="Depuis le", required=True)
    words = LineField(label="En quelques mots", limit=200, missing="Dites de quoi il s’agit.")


@dataclass
class Effects:
    """What acceptances set off, and what is made to go wrong."""

    done: list[Granting] = field(default_factory=list)
    crashes: Exception | None = None
    holds: bool = True
    two_from: int = 100_000

    def effect(self, granting: Granting) -> None:
        # Something is written, so that what is undone can be seen.
        Dossier.objects.filter(pk=granting.dossier.pk).update(decision_reference="effet")
        if self.crashes is not None:
            raise self.crashes
        self.done.append(granting)


def KIND(held: Effects) -> Kind:  # noqa: N802  (declared as a constant would be)
    """« Essai »: two steps, a document, a condition; two advisers from 1 000 € on."""
    return Kind(
        code="essai",
        label="Demande d’essai",
        name="demande d’essai",
        service=PLACE_SERVICE,
        sentence="Pour essayer.",
        funds=frozenset({"cnracl", "rafp"}),
        steps=(Step("objet", "Objet", ObjectForm), Step("details", "Détails", DetailForm)),
        title=lambda answers: "Essai de " + str(answers.get("details", {}).get("words", "…")),
        fund=lambda answers: str(answers.get("objet", {}).get("fund", "")),
        amount=lambda answers: answers.get("objet", {}).get("amount"),
        pieces=lambda answers: (Piece("rib", "Coordonnées bancaires"), Piece("preuve", "Preuve", required=False)),
        conditions=lambda asking: [Condition("Rien ne manque", held.holds, "Il manque quelque chose.")],
        decider=lambda dossier, granted: Decider("le fonds", two=(granted or 0) >= held.two_from),
        effect=held.effect,
        attestation="J’atteste que oui.",
        partial=True,
    )


ANSWERS = {
    "objet": {"fund": "cnracl", "amount": 12_345},
    "details": {"on": "2026-03-01", "words": "la première fois"},
}


@dataclass
class Hands:
    """The people of a dossier, and what they do with it."""

    world: World
    signed_in: Callable[[Someone], ReadingClient]
    organisation: Establishment
    given: Delegation
    agent: Someone
    effects: Effects

    @property
    def lea(self) -> Someone:
        return self.world.user

    @property
    def claire(self) -> Someone:
        return self.world.administrator

    @contextmanager
    def scope(self, who: Someone) -> Iterator[Standing]:
        """A request's scope, in which whatever is refused or breaks leaves nothing."""
        where = self.world.here.pk
        with transaction.atomic(), tenancy.scope(person=who.person.pk, establishment=where):
            found = standing(who.person.pk, where)
            assert found is not None
            yield found

    def standing(self, who: Someone, where: Establishment) -> Standing:
        """Who they are somewhere, in the scope that is open."""
        found = standing(who.person.pk, where.pk)
        assert found is not None
        return found

    def chief(self) -> Someone:
        """Who administers the centre."""
        return someone(self.organisation, "Sophie", "Vidal", Profile.ADMINISTRATOR)

    def does(self, who: Someone, act: Callable[..., Any], **data: Any) -> Any:
        """An action by somebody."""
        with self.scope(who) as found:
            return act(who=found, **data)

    def adviser(self, name: str, act: Callable[..., Any], **data: Any) -> Any:
        """An action of the office."""
        person = self.world.advisers[name]
        who = adviser_of(person.pk)
        assert who is not None
        with transaction.atomic(), tenancy.scope(person=person.pk, role=tenancy.ADVISER, funds=who.funds):
            return act(who=who, **data)

    def now(self, reference: str) -> Dossier:
        """The dossier, as it is in the database."""
        with tenancy.scope(establishment=self.world.here.pk):
            return Dossier.objects.get(reference=reference)

    def draft(self, who: Someone | None = None) -> Dossier:
        """A request just begun."""
        found: Dossier = self.does(who or self.lea, drafting.begin, kind="essai", token=uuid.uuid4())
        return found

    def filled(self, who: Someone | None = None, amount: int = 12_345) -> Dossier:
        """A request to which nothing is missing."""
        who = who or self.lea
        reference = self.draft(who).reference
        for step, answers in ANSWERS.items():
            said = {**answers, **({"amount": amount} if step == "objet" else {})}
            version = self.now(reference).version
            self.does(who, drafting.write, reference=reference, step=step, answers=said, version=version)
        self.does(who, drafting.join, reference=reference, piece="rib", document=clean())
        return self.now(reference)

    def sent(self, amount: int = 12_345) -> Dossier:
        """One that the fund has received."""
        one = self.filled(amount=amount)
        self.does(self.lea, sending.send, reference=one.reference, version=one.version, attested=True)
        return self.now(one.reference)

    def examined(self, amount: int = 12_345) -> Dossier:
        """One that an adviser has taken."""
        reference = self.sent(amount).reference
        self.adviser("first", office.take, reference=reference)
        return self.now(reference)

    def in_state(self, state: State) -> Dossier:
        """A dossier brought to that state as people would, as far as they can; then set."""
        unsent = state in (State.DRAFT, State.EMPLOYER, State.CENTRALISER)
        one = self.filled() if unsent else self.examined()
        changes: dict[str, Any] = {"state": state}
        if state == State.CENTRALISER:
            changes |= {"organisation": self.organisation, "organisation_name": "Centre", "circuit": "sends"}
        if state == State.ASKED:
            changes |= {"due_on": clock.today() + datetime.timedelta(days=9)}
        if state in (State.REFUSED, State.CANCELLED):
            changes |= {"reason": "Parce que."}
        if state in (State.ACCEPTED, State.REFUSED, State.WITHDRAWN, State.CANCELLED):
            changes |= {"closed_at": clock.now()}
        Dossier.objects.filter(pk=one.pk).update(**changes)
        return self.now(one.reference)

    def page(self, who: Someone, reference: str = "", rest: str = "") -> Any:
        """A page of the dossier, or of « Demandes »."""
        return self.signed_in(who).get(self.address(reference, rest))

    def posts(self, who: Someone, reference: str, rest: str = "", **data: Any) -> Any:
        """A form of the dossier."""
        return self.signed_in(who).post(self.address(reference, rest), data)

    def address(self, reference: str = "", rest: str = "") -> str:
        return f"/etablissements/{self.world.here.siret}/demandes/{f'{reference}/' if reference else ''}{rest}"
