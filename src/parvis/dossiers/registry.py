"""The kinds of requests: each online service declares its own, and nothing else changes.

From a declaration come the pages on which a request is made, its documents, its line in « Demandes », its rights (those
of its service), the advisers' page on which it is decided, and what its acceptance sets off.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from parvis.access.registry import Service
from parvis.access.registry import get as service_of
from parvis.access.standing import Standing
from parvis.dossiers.forms import StepForm
from parvis.dossiers.models import Dossier
from parvis.dossiers.sealed import Answers
from parvis.journal.actions import Actor


@dataclass(frozen=True, slots=True)
class Asking:
    """For whom a step is asked: establishment, funds held, what was answered in the steps before."""

    establishment_id: int
    funds: frozenset[str]
    today: datetime.date
    answers: Answers
    who: Standing | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A page of questions. `wanted`: whether these answers lead through it; `intro`: a sentence above."""

    code: str
    label: str
    form: type[StepForm]
    intro: str = ""
    wanted: Callable[[Answers], bool] = lambda answers: True


@dataclass(frozen=True, slots=True)
class Piece:
    """A document that is asked for. `code`: lower case, hyphens; it names the document for good."""

    code: str
    label: str
    hint: str = ""
    required: bool = True


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that must hold before the request can be sent: as the page says it, and whether it does.

    `detail`: what it was judged on, or what to do. Not `needed`: it is told, and hinders nothing.
    """

    label: str
    holds: bool
    detail: str = ""
    needed: bool = True


@dataclass(frozen=True, slots=True)
class Decider:
    """Who takes the decision. `two`: a second adviser validates it; `reference`: that of an act is asked for."""

    label: str
    two: bool = False
    reference: bool = False


@dataclass(frozen=True, slots=True)
class Granting:
    """What an acceptance sets off, in its transaction and in the establishment's scope. `granted`: cents."""

    dossier: Dossier
    answers: Answers
    granted: int | None
    on: datetime.date
    actor: Actor


def _nothing(granting: Granting) -> None:
    """An acceptance that sets nothing off."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of request.

    `service`: the code of the one whose rights decide here: « Lecture seule » follows, « Modification » acts.
    `funds`: to whom one of these contracts is held the kind is offered; empty: to everybody. `title`, `fund`, `amount`
    (cents), `pieces`, `conditions`: what they are, after the answers so far. `effect`: called once, on acceptance;
    what it raises (Refused, or anything) leaves nothing of the acceptance. `partial`: less may be granted than asked.
    `name` is how one is called (« demande de remboursement »), `label` its title.
    """

    code: str
    label: str
    name: str
    service: str
    sentence: str
    steps: tuple[Step, ...]
    title: Callable[[Answers], str]
    fund: Callable[[Answers], str]
    funds: frozenset[str] = frozenset()
    amount: Callable[[Answers], int | None] = lambda answers: None
    pieces: Callable[[Answers], tuple[Piece, ...]] = lambda answers: ()
    conditions: Callable[[Asking], list[Condition]] = lambda asking: []
    decider: Callable[[Dossier, int | None], Decider] = lambda dossier, granted: Decider("le fonds")
    effect: Callable[[Granting], None] = _nothing
    accepted: str = "Votre demande est acceptée."
    attestation: str = ""
    partial: bool = False
    target_days: int = 15
    rank: int = 100

    def offered_to(self, held: frozenset[str]) -> bool:
        """Whether an establishment with these contracts may make one."""
        return not self.funds or not self.funds.isdisjoint(held)

    @property
    def declared(self) -> Service | None:
        """The service whose rights decide; None where it is no longer there."""
        return service_of(self.service)


_KINDS: dict[str, Kind] = {}


def declare(kind: Kind) -> Kind:
    """Enter a kind in the registry (from the AppConfig of its service). Raises ValueError for a code taken already."""
    if kind.code in _KINDS and _KINDS[kind.code] is not kind:
        raise ValueError(f"Kind of dossiers declared twice: {kind.code}")
    if not kind.steps:
        raise ValueError(f"A kind asks something: {kind.code}")
    _KINDS[kind.code] = kind
    return kind


def get(code: str) -> Kind | None:
    """The kind of that code, or None."""
    return _KINDS.get(code)


def kinds() -> list[Kind]:
    """All of them, in order."""
    return sorted(_KINDS.values(), key=lambda kind: (kind.rank, kind.label))


def label_of(code: str) -> str:
    """How a kind is called; for one that nobody declares any more, what it was."""
    return _KINDS[code].label if code in _KINDS else "Demande d’un service qui n’existe plus"
