"""A dossier as its steps hold it: what was answered, what each page still lacks, whether it may be sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from parvis.access.standing import Standing
from parvis.dossiers import registry
from parvis.dossiers.forms import StepForm
from parvis.dossiers.models import CLOSED, Document, Dossier, Wanted
from parvis.dossiers.registry import Asking, Condition, Kind, Piece, Step
from parvis.dossiers.sealed import Answers, unseal_answers
from parvis.ground import clock


@dataclass(frozen=True, slots=True)
class Slot:
    """A document that is asked for, with the files that were joined for it: the one that counts, and those before.

    `asked`: by the fund, which waits for it; `why`: in its words. `given`: answered, by a version as recent as that.
    """

    piece: Piece
    current: Document | None
    former: tuple[Document, ...]
    asked: bool = False
    why: str = ""

    @property
    def missing(self) -> bool:
        """Whether the dossier cannot go on without it."""
        return self.piece.required and (self.current is None or (self.asked and self.current.sent_at is not None))


@dataclass(frozen=True, slots=True)
class Held:
    """A dossier with all that its pages ask of it.

    `lacking`: by step, what is wrong with its answers as of today; nothing once the fund has them. `conditions`: what
    must hold, as far as the answers say what.
    """

    dossier: Dossier
    kind: Kind
    asking: Asking
    documents: tuple[Document, ...]
    wanted: tuple[Wanted, ...]
    lacking: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    conditions: tuple[Condition, ...] = ()

    @property
    def answers(self) -> Answers:
        return self.asking.answers

    @property
    def steps(self) -> list[Step]:
        """The steps through which these answers lead."""
        return [step for step in self.kind.steps if step.wanted(self.answers)]

    def form(self, step: Step, data: object = None) -> StepForm:
        """The form of a step, filled in with what was answered unless `data` says something else."""
        return step.form(data, asking=self.asking, step=step.code)  # type: ignore[arg-type]

    def judged(self, step: Step) -> tuple[str, ...]:
        """What is wrong with what a step holds, as of today; nothing where it is answered."""
        again = self.form(step, self.form(step).again())
        return () if again.is_valid() else tuple(message for message, _ in again.problems)

    @property
    def slots(self) -> list[Slot]:
        """The documents that the kind asks for, then those that the fund asks for besides."""
        asked = {one.piece: one for one in self.wanted if one.answered_at is None}
        pieces = list(self.kind.pieces(self.answers)) if not self.first_lacking_step else []
        known = {one.code for one in pieces}
        besides = {one.piece: one.label for one in self.wanted if one.piece not in known}
        pieces += [Piece(code, label) for code, label in besides.items()]
        return [self._slot(piece, asked.get(piece.code)) for piece in pieces]

    def _slot(self, piece: Piece, wanted: Wanted | None) -> Slot:
        mine = [one for one in self.documents if one.piece == piece.code]
        current = next((one for one in mine if one.replaced_at is None), None)
        former = tuple(one for one in mine if one is not current)
        if wanted is not None:
            piece = Piece(piece.code, piece.label, piece.hint)
        return Slot(piece, current, former, wanted is not None, wanted.why if wanted else "")

    @property
    def others(self) -> list[Document]:
        """What was joined besides what is asked for."""
        asked = {slot.piece.code for slot in self.slots}
        return [one for one in self.documents if one.piece not in asked and one.replaced_at is None]

    @property
    def missing(self) -> list[Slot]:
        """The documents without which it does not go on."""
        return [slot for slot in self.slots if slot.missing]

    @property
    def first_lacking_step(self) -> Step | None:
        return next((step for step in self.steps if self.lacking.get(step.code)), None)

    @property
    def ready(self) -> bool:
        """Whether nothing stands in the way of sending it."""
        return self.obstacle is None

    @property
    def obstacle(self) -> str | None:
        """What is still missing, in a sentence."""
        if (step := self.first_lacking_step) is not None:
            return f"Complétez « {step.label} » : {self.lacking[step.code][0]}"
        if missing := self.missing:
            return f"Joignez « {missing[0].piece.label} »."
        failed = next((one for one in self.conditions if one.needed and not one.holds), None)
        return f"{failed.label} : {failed.detail}" if failed is not None else None

    def rows(self) -> list[tuple[Step, list[tuple[str, str]]]]:
        """Step by step, what was answered: labels and answers ready to show."""
        return [(step, self.form(step).shown()) for step in self.steps]


def held(dossier: Dossier, *, funds: Iterable[str], who: Standing | None = None, judging: bool = True) -> Held | None:
    """What the pages of a dossier ask of it. None where nobody declares its kind any more.

    `judging`: its conditions are looked at, unless it is closed; that wants the establishment's own scope.
    """
    kind = registry.get(dossier.kind)
    if kind is None:
        return None
    asking = Asking(dossier.establishment_id, frozenset(funds), clock.today(), unseal_answers(dossier.content), who)
    whole = Held(
        dossier,
        kind,
        asking,
        tuple(Document.objects.filter(dossier=dossier).order_by("-id")),
        tuple(Wanted.objects.filter(dossier=dossier).order_by("id")),
    )
    if dossier.sent_at is None:
        whole = replace(whole, lacking={step.code: whole.judged(step) for step in whole.steps})
    if judging and dossier.state not in CLOSED and whole.first_lacking_step is None:
        whole = replace(whole, conditions=tuple(kind.conditions(asking)))
    return whole
