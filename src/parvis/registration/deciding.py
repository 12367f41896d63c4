"""What advisers do with a registration: ask for its acceptance (two of them decide), refuse it, send another letter.

A registration proven by documents opens an administrator's access: whoever asks for its acceptance does not decide it.
Each act runs in the establishment's scope, under the adviser's own reference.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from parvis.advisers import four_eyes
from parvis.advisers.models import SensitiveAct
from parvis.advisers.standing import AdviserStanding
from parvis.ground import tenancy
from parvis.ground.pages.filters import phone
from parvis.ground.pages.filters import siret as grouped_siret
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import record, remember_name
from parvis.registration.actions import proving, settling
from parvis.registration.actions.begun import registration_for_update
from parvis.registration.models import Registration, RegistrationDocument
from parvis.registration.sealed import grouped, unseal_coordinates

ACCEPT = "registration.accept"
State = Registration.State


@contextmanager
def inside(who: AdviserStanding, establishment_id: int) -> Iterator[None]:
    """The establishment's scope, in which its history knows this adviser by name."""
    with tenancy.scope(person=who.person_id, establishment=establishment_id):
        remember_name(who.ref, f"{who.name}, conseiller ({who.operator})")
        yield


def of_adviser(reference: str) -> Registration:
    """The registration, under the adviser's own policy: one of another fund does not exist. Raises Refused."""
    found = Registration.objects.filter(reference=reference).first()
    if found is None:
        raise Refused("Cette inscription n’existe pas, ou ne concerne pas vos fonds.")
    return found


@action
def ask_acceptance(*, who: AdviserStanding, reference: str, reason: str) -> SensitiveAct:
    """Ask a second adviser to accept it. Raises Refused where it is not checked by advisers, or without a word on what
    was checked."""
    found = of_adviser(reference)
    if found.state != State.CHECKING:
        raise Refused("Seule une inscription avec des documents, encore à vérifier, peut être proposée.")
    if not reason.strip():
        raise Refused("Dites ce que vous avez vérifié : le second conseiller s’appuie dessus.", field="reason")
    with inside(who, found.establishment_id):
        pass
    return four_eyes.ask(
        who=who,
        kind=ACCEPT,
        fund=found.fund,
        establishment_id=found.establishment_id,
        subject=reference,
        reason=reason.strip()[:1000],
    )


@action
def refuse(*, who: AdviserStanding, reference: str, note: str) -> None:
    """Refuse it: nothing opens, one adviser is enough. What a colleague asked to accept is over with it."""
    found = of_adviser(reference)
    with inside(who, found.establishment_id):
        settling.refuse(actor=who.actor, registration=registration_for_update(reference), note=note)


@action
def post_again(*, who: AdviserStanding, reference: str) -> None:
    """Another letter by post."""
    found = of_adviser(reference)
    with inside(who, found.establishment_id):
        proving.post_again(actor=who.actor, reference=reference)


@action
def clear_contest(*, who: AdviserStanding, reference: str) -> None:
    """What somebody said against it is settled: it goes on."""
    found = of_adviser(reference)
    with inside(who, found.establishment_id):
        settling.clear_contest(actor=who.actor, registration=registration_for_update(reference))


def note_opened(who: AdviserStanding, document: RegistrationDocument, reference: str) -> None:
    """An adviser opened a document: the establishment's history says so. After the READ ONLY request."""
    with inside(who, document.establishment_id):
        record("registration.document_opened", actor=who.actor, after={"reference": reference})


# --- What the second adviser sees and does ---------------------------------------------------------------------------
def _shown(act: SensitiveAct) -> list[tuple[str, str]]:
    found = Registration.objects.select_related("establishment").filter(reference=act.subject).first()
    if found is None:
        return [("Inscription", "Elle n’existe plus.")]
    person = unseal_coordinates(found.coordinates)
    return [
        ("Établissement", f"{found.establishment.name}, SIRET {grouped_siret(found.establishment.siret)}"),
        ("Inscription", f"{grouped(found.reference)} ({found.get_state_display().lower()})"),
        ("Personne", f"{person.first_name} {person.last_name}, {person.function}"),
        ("Adresse électronique", person.email),
        ("Téléphone", phone(person.phone)),
        ("Numéro de contrat", found.contract_number or "sans : compte d’un autre site"),
        ("Documents", ", ".join(found.documents.order_by("id").values_list("name", flat=True)) or "aucun"),
    ]


def _carried_out(who: AdviserStanding, act: SensitiveAct) -> None:
    if act.establishment_id is None:
        raise Refused("Cet acte ne nomme aucun établissement.")
    with inside(who, act.establishment_id):
        found = registration_for_update(act.subject)
        if found.state != State.CHECKING:
            raise Refused("Cette inscription n’attend plus de vérification : refusez cet acte.")
        settling.accept(registration=found, actor=who.actor)


four_eyes.register(four_eyes.ActKind(ACCEPT, "Accepter une inscription prouvée par un document", _shown, _carried_out))
