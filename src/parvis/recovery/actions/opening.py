"""A request is opened: by somebody on the public form, or by an adviser for who calls."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from parvis.access.actions.creation import Coordinates
from parvis.access.actions.guards import locked
from parvis.access.models import Membership
from parvis.advisers.standing import AdviserStanding
from parvis.establishments.models import Contract, Establishment
from parvis.establishments.window import lines_of
from parvis.ground import clock, files, tenancy, working_days
from parvis.ground.adviser_line import ADVISER_LINE
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import Actor, record, remember_name
from parvis.post import postal
from parvis.post.actions import queue, queue_each
from parvis.recovery.models import Case, Proof
from parvis.recovery.sealed import draw, hashed, seal_coordinates, seal_words

State = Case.State
# Nobody is known yet: who asks acts for themselves.
ANYBODY = Actor(ref=None, origin="demande")
LETTER = "recovery.code"
PURPOSE = "recovery"

TOO_MANY = (
    "Plusieurs demandes sont déjà en cours pour cet établissement : suivez la vôtre avec sa référence et son code, ou "
    f"appelez un conseiller au {ADVISER_LINE.phone}."
)


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: by whom (who will administer), why, in which words."""

    coordinates: Coordinates
    why: Case.Why
    explanation: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A request that was opened, and its follow-up code, which is told once and kept as a hash alone."""

    case: Case
    code: str


@action
def open_case(
    *, establishment_id: int, fund: str, request: Request, proofs: Sequence[files.Clean] = (), by: Actor = ANYBODY
) -> Opened:
    """Open a request, in the establishment's scope: everybody known there is told, the letter with the code is queued.

    Several people may ask at once, up to `PARVIS_RECOVERY_OPEN`: the first one to ask must not be able to shut out who
    has the right to. Raises Refused beyond that, and for too many within `PARVIS_RECOVERY_WINDOW`.
    """
    locked(establishment_id)
    now, today = clock.now(), clock.today()
    recent = Case.objects.filter(opened_at__gt=now - settings.PARVIS_RECOVERY_WINDOW)
    if (
        Case.objects.filter(state=State.OPEN).count() >= settings.PARVIS_RECOVERY_OPEN
        or recent.count() >= settings.PARVIS_RECOVERY_PER_SIRET
    ):
        raise Refused(TOO_MANY)
    code = draw()
    case = Case.objects.create(
        reference=draw(),
        code_hash=hashed(code),
        establishment_id=establishment_id,
        fund=fund,
        why=request.why,
        coordinates=seal_coordinates(request.coordinates),
        explanation=seal_words(request.explanation),
        opened_at=now,
        opened_by=by.ref,
        target_on=working_days.after(today, settings.PARVIS_RECOVERY_TARGET_DAYS),
        moved_at=now,
    )
    keep_proofs(case, proofs)
    record("recovery.opened", actor=by, object=case.ref, after={"reference": case.reference, "why": str(case.why)})
    post_letter(case)
    queue("recovery.received", object_id=case.pk, establishment=establishment_id)
    _tell(case, request.coordinates.email)
    return Opened(case, code)


def open_by_adviser(*, who: AdviserStanding, establishment_id: int, request: Request) -> Opened:
    """The same for who calls: their word counts no more than on the form. Opens the establishment's scope.

    `code` is to be read out to them once. Raises Refused where the establishment has no contract with a fund of the
    adviser's.
    """
    with tenancy.scope(establishment=establishment_id):
        held = Contract.objects.filter(fund__in=who.funds).order_by("fund").values_list("fund", flat=True)
        fund = next(iter(held), None)
        if fund is None:
            raise Refused("Cet établissement n’a pas de contrat avec l’un de vos fonds.")
        remember_name(who.ref, who.signature)
        return open_case(establishment_id=establishment_id, fund=fund, request=request, by=who.actor)


def keep_proofs(case: Case, proofs: Sequence[files.Clean]) -> None:
    """Keep these files with the request. Raises Refused beyond `PARVIS_RECOVERY_FILES`."""
    if case.proofs.count() + len(proofs) > settings.PARVIS_RECOVERY_FILES:
        raise Refused(
            f"{settings.PARVIS_RECOVERY_FILES} pièces au plus pour une demande : réunissez plusieurs pages dans un "
            "seul PDF.",
            field="proofs",
        )
    now = clock.now()
    Proof.objects.bulk_create(
        Proof(
            establishment_id=case.establishment_id,
            case=case,
            fund=case.fund,
            name=clean.name,
            kind=clean.kind,
            size=len(clean.content),
            sha256=hashlib.sha256(clean.content).hexdigest(),
            key=files.keep(clean.content, PURPOSE),
            added_at=now,
        )
        for clean in proofs
    )


def post_letter(case: Case) -> None:
    """Queue the letter to the legal representative; the one before it serves no more."""
    where = Establishment.objects.get(pk=case.establishment_id)
    postal.send_by_post(
        kind=LETTER,
        establishment_id=case.establishment_id,
        object_id=case.pk,
        address=lines_of(where),
        fund=case.fund,
    )
    case.letters += 1
    case.save(update_fields=["letters"])


def _tell(case: Case, besides: str) -> None:
    """Everybody who has an account there, whatever its state: one who left knows whether somebody stayed."""
    known = Membership.objects.exclude(email__iexact=besides).exclude(email="").order_by("pk")
    queue_each(
        "recovery.told", [(case.establishment_id, number) for number in known.values_list("pk", flat=True)],
        detail={"case": case.pk},
    )  # fmt: skip


def case_for_update(case_id: int, *states: Case.State) -> Case:
    """The request of the establishment in scope, locked. Raises Refused where it is not in one of these states."""
    case = Case.objects.select_for_update(of=("self",)).filter(pk=case_id).first()
    if case is None:
        raise Refused("Cette demande n’existe plus : elle a été effacée avec le temps.")
    if states and case.state not in states:
        raise Refused(
            f"Cette demande est terminée ({case.get_state_display().lower()}) : il n’y a plus rien à y faire."
        )
    return case


@action
def settle(case: Case, state: Case.State, *, actor: Actor, note: str = "") -> None:
    """End a request: its letter serves no more, whoever asked is told, and so is everybody who was told before."""
    postal.withdraw(kind=LETTER, object_id=case.pk)
    case.state, case.settled_at, case.note = state, clock.now(), note
    case.save(update_fields=["state", "settled_at", "note", "account"])
    record(f"recovery.{state}", actor=actor, object=case.ref, after={"reference": case.reference})
    queue("recovery.settled", object_id=case.pk, establishment=case.establishment_id)
