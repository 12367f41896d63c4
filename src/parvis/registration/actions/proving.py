"""Proving a registration: a code by post to the head of the establishment, or documents that an adviser checks.

Sending the proof is what makes a registration known to others: from then on there is but one for the establishment.
"""

import hashlib
from collections.abc import Sequence

from django.conf import settings
from django.db import IntegrityError, transaction

from parvis.ground import clock, files
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import Actor, record
from parvis.post import postal
from parvis.post.actions import queue
from parvis.post.models import PostalLetter
from parvis.post.postal import Outcome, Spent
from parvis.registration.actions.begun import ANYBODY, LETTER, TAKEN, registration_for_update
from parvis.registration.actions.settling import accept, free_or_refused, tell
from parvis.registration.address import lines_of
from parvis.registration.models import Registration, RegistrationDocument

State = Registration.State
PURPOSE = "registration"


def kept_files() -> set[str]:
    """The keys of all documents, for the sweep of files that no row knows (`ground.files`); as the owner."""
    return set(RegistrationDocument.objects.values_list("key", flat=True))


def _submitted(registration: Registration, state: Registration.State, proof: Registration.Proof) -> None:
    first = registration.submitted_at is None
    now = clock.now()
    registration.state, registration.proof, registration.updated_at = state, proof, now
    registration.submitted_at = registration.submitted_at or now
    try:
        with transaction.atomic():
            registration.save()
    except IntegrityError as fault:
        # The database tells which of two came first.
        raise Refused(TAKEN) from fault
    if first:
        record(
            "registration.submitted",
            actor=ANYBODY,
            after={"reference": registration.reference, "proof": str(proof)},
        )


@action
def by_post(*, reference: str) -> Registration:
    """A letter with a code to the head of the establishment, to be printed by an adviser. Raises Refused."""
    registration = registration_for_update(reference)
    if registration.state not in (State.STARTED, State.POSTED):
        raise Refused("Cette inscription n’attend pas de courrier : voyez où elle en est.")
    free_or_refused(registration.establishment_id)
    _post(registration)
    _submitted(registration, State.POSTED, Registration.Proof.POST)
    queue("registration.submitted", object_id=registration.pk, establishment=registration.establishment_id)
    return registration


def _post(registration: Registration) -> None:
    if registration.letters >= settings.PARVIS_REGISTRATION_LETTERS:
        raise Refused(
            f"{settings.PARVIS_REGISTRATION_LETTERS} courriers ont déjà été demandés pour cette inscription : envoyez "
            "plutôt un document, ou appelez un conseiller."
        )
    held = postal.latest(kind=LETTER, object_id=registration.pk)
    if held is not None and held.state == PostalLetter.State.TO_PRINT:
        raise Refused("Un courrier est déjà demandé : il part dès qu’un conseiller l’a imprimé.")
    registration.letters += 1
    postal.send_by_post(
        kind=LETTER,
        establishment_id=registration.establishment_id,
        object_id=registration.pk,
        address=lines_of(registration.establishment),
        fund=registration.fund,
    )


@action
def by_upload(*, reference: str, documents: Sequence[files.Clean]) -> Registration:
    """Documents that two advisers check. Raises Refused without any, or with too many.

    A letter that was on its way serves no more.
    """
    if not documents:
        raise Refused(
            "Choisissez au moins un document : la délibération, ou l’arrêté qui vous nomme.", field="documents"
        )
    registration = registration_for_update(reference)
    if registration.state not in (State.STARTED, State.POSTED, State.CHECKING):
        raise Refused("Cette inscription n’attend pas de document : voyez où elle en est.")
    held = registration.documents.count()
    if held + len(documents) > settings.PARVIS_REGISTRATION_FILES:
        raise Refused(
            f"Envoyez {settings.PARVIS_REGISTRATION_FILES} documents au plus : il y en a déjà {held}."
            if held
            else f"Envoyez {settings.PARVIS_REGISTRATION_FILES} documents au plus.",
            field="documents",
        )
    free_or_refused(registration.establishment_id)
    postal.withdraw(kind=LETTER, object_id=registration.pk)
    now = clock.now()
    _submitted(registration, State.CHECKING, Registration.Proof.UPLOAD)
    RegistrationDocument.objects.bulk_create(
        RegistrationDocument(
            establishment_id=registration.establishment_id,
            registration=registration,
            fund=registration.fund,
            name=document.name[:120],
            kind=document.kind,
            size=len(document.content),
            sha256=hashlib.sha256(document.content).hexdigest(),
            key=files.keep(document.content, PURPOSE),
            added_at=now,
        )
        for document in documents
    )
    record("registration.documents", actor=ANYBODY, after={"reference": reference, "count": len(documents)})
    queue("registration.submitted", object_id=registration.pk, establishment=registration.establishment_id)
    return registration


@action
def by_provider(*, reference: str) -> Registration:
    """A provider states the authority of whoever registers: access opens at once. Raises Refused."""
    registration = registration_for_update(reference)
    if registration.state != State.STARTED or registration.way != Registration.Way.PROVIDER:
        raise Refused("Cette inscription n’attend pas cette preuve : voyez où elle en est.")
    _submitted(registration, State.STARTED, Registration.Proof.PROVIDER)
    accept(registration=registration, actor=ANYBODY)
    return registration


def type_code(*, reference: str, typed: str) -> Spent:
    """The code that came by post: the right one opens the access at once; a wrong one counts, and is an answer.

    In the establishment's scope. Raises Refused where the registration waits for no code, or somebody administers
    meanwhile: the code then serves no more either.
    """
    with transaction.atomic():
        registration = registration_for_update(reference)
        if registration.state != State.POSTED:
            raise Refused("Cette inscription n’attend pas de code : voyez où elle en est.")
        if registration.contested_at is not None:
            raise Refused(
                "Une autre personne de l’établissement a signalé cette inscription : un conseiller l’examine avant que "
                "l’accès s’ouvre. Votre code reste valable."
            )
        spent = postal.spend(LETTER, registration.pk, typed)
        if spent.outcome is Outcome.RIGHT:
            accept(registration=registration, actor=ANYBODY)
        return spent


@action
def post_again(*, actor: Actor, reference: str) -> Registration:
    """An adviser sends another letter: the first was stolen, lost or killed. In the establishment's scope."""
    registration = registration_for_update(reference)
    if registration.state not in (State.POSTED, State.STOPPED):
        raise Refused("Cette inscription n’attend pas de courrier.")
    registration.letters = min(registration.letters, settings.PARVIS_REGISTRATION_LETTERS - 1)
    registration.state, registration.updated_at = State.POSTED, clock.now()
    _post(registration)
    registration.save()
    record("registration.posted_again", actor=actor, after={"reference": reference})
    tell(registration, "submitted")
    return registration
