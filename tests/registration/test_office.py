"""The office's pages: the queue, one registration, its documents, the letters to print; and « Premiers pas »."""

import io
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from parvis.access.models import Membership
from parvis.access.standing import standing
from parvis.access.tasks import tasks_of
from parvis.advisers.models import SensitiveAct
from parvis.establishments.models import Establishment
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused
from parvis.identity.models import Person
from parvis.journal.models import Event
from parvis.journal.queries import HistoryFilters, history
from parvis.registration import steps
from parvis.registration.models import FirstSteps
from tests.browsers import inside
from tests.plugins.html import ReadingClient
from tests.registration.hands import START, Registrant, free_establishment, messages
from tests.world import World

OFFICE = "/conseiller/inscriptions/"
LETTERS = "/conseiller/courriers/"


@pytest.fixture
def office(world: World) -> Callable[[str], ReadingClient]:
    """An adviser's browser, with a second factor given just now."""

    def browser(name: str) -> ReadingClient:
        return inside(ReadingClient(), world.advisers[name])

    return browser


Office = Callable[[str], ReadingClient]


def test_two_advisers_accept_documents_on_their_pages(registrant: Registrant, office: Office) -> None:
    registrant.uploaded()
    reference = registrant.registration.reference
    first, second = office("first"), office("second")
    assert "Alex" in first.get(OFFICE).content.decode()
    page = first.get(f"{OFFICE}{reference}/").content.decode()
    assert "Solène" in page and "arrete.png" in page
    assert (
        "Dites ce que vous avez vérifié"
        in first.post(f"{OFFICE}{reference}/", {"geste": "proposer", "reason": ""}).content.decode()
    )
    assert first.post(f"{OFFICE}{reference}/", {"geste": "proposer", "reason": "Signé"}).status_code == 302
    assert "Second conseiller attendu" in first.get(OFFICE).content.decode()
    with tenancy.scope(role="parvis_owner"):
        act = SensitiveAct.objects.get()
    where = f"/conseiller/quatre-yeux/{act.pk}/"
    assert "Seul un conseiller de second niveau" in first.get(where).content.decode()
    assert "Solène Vautrin" in second.get(where).content.decode()
    assert second.post(where, {"geste": "approuver", "note": ""}).status_code == 302
    assert registrant.registration.state == "accepted"
    with tenancy.scope(establishment=registrant.place.pk):
        said = [line.actor for line in history(HistoryFilters()).lines]
    assert "Noémie Ferrand, conseiller (Gestionnaire des fonds)" in said
    assert "Olivier Marchetti, conseiller (Gestionnaire des fonds)" in said


def test_a_document_is_saved_and_its_opening_noted(registrant: Registrant, office: Office) -> None:
    registrant.uploaded()
    reference = registrant.registration.reference
    with tenancy.scope(establishment=registrant.place.pk):
        number = registrant.registration.documents.get().pk
    answer = office("first").get(f"{OFFICE}{reference}/documents/{number}/")
    assert answer.content.startswith(b"\x89PNG")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    with tenancy.scope(establishment=registrant.place.pk):
        assert Event.objects.filter(kind="registration.document_opened", origin="conseiller").count() == 1
    assert office("first").get(f"{OFFICE}{reference}/documents/999999/").status_code == 404
    stale = ReadingClient()
    stale.cookies = office("first").cookies
    session = stale.session
    session["factor_at"] = 0
    session.save()
    assert stale.get(f"{OFFICE}{reference}/documents/{number}/").headers["Location"].startswith("/confirmer/")


def test_an_adviser_of_another_fund_meets_404_and_an_empty_queue(registrant: Registrant, office: Office) -> None:
    registrant.uploaded()
    other, reference = office("other"), registrant.registration.reference
    with tenancy.scope(establishment=registrant.place.pk):
        number = registrant.registration.documents.get().pk
    assert "Aucune inscription en cours" in other.get(OFFICE).content.decode()
    assert other.get(f"{OFFICE}{reference}/").status_code == 404
    assert other.post(f"{OFFICE}{reference}/", {"geste": "refuser", "note": "x"}).status_code == 404
    assert other.get(f"{OFFICE}{reference}/documents/{number}/").status_code == 404
    assert registrant.registration.state == "checking"


def test_refusing_and_unknown_gestures(registrant: Registrant, office: Office) -> None:
    registrant.uploaded()
    first, where = office("first"), f"{OFFICE}{registrant.registration.reference}/"
    assert "Choisissez ce que vous voulez faire" in first.post(where, {"geste": "x"}).content.decode()
    kept = first.post(where, {"geste": "courrier", "note": "Gardé"}).content.decode()
    assert "n’attend pas de courrier" in kept and "Gardé" in kept
    assert first.post(where, {"geste": "refuser", "note": "Illisible."}).status_code == 302
    assert "registration.refused" in messages(registrant.place)


def test_what_was_said_against_it_is_read_first(registrant: Registrant, office: Office) -> None:
    registrant.posted()
    other = Registrant(ReadingClient(), registrant.place)
    other.asks()
    other.client.post(
        f"{START}reponse/signaler/",
        {"name": "Jean Morel", "function": "Maire", "phone": "04 65 71 00 10", "what": "Personne ici."},
    )
    first = office("first")
    assert "Signalée" in first.get(OFFICE).content.decode()
    page = first.get(f"{OFFICE}{registrant.registration.reference}/").content.decode()
    assert "Jean Morel" in page and "« Personne ici. »" in page
    code = registrant.code
    assert "un conseiller l’examine" in registrant.does("code", code=code).content.decode()
    where = f"{OFFICE}{registrant.registration.reference}/"
    assert first.post(where, {"geste": "lever"}).status_code == 302
    assert "n’est pas signalée" in first.post(where, {"geste": "lever"}).content.decode()
    assert registrant.does("code", code=code).status_code == 302
    assert registrant.registration.state == "accepted"


def test_the_queue_asks_the_same_of_the_database_however_long_it_is(registrant: Registrant, office: Office) -> None:
    registrant.posted()
    first = office("first")
    first.get(OFFICE)

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert first.get(OFFICE).status_code == 200
        return len(captured)

    alone = asked()
    for number, siret in enumerate(("21740004300014", "21740005000019", "21740006800011")):
        place = free_establishment(siret, f"Commune {number}")
        with tenancy.scope(establishment=place.pk):
            found = registrant.registration
            found.pk, found.reference, found.establishment = None, f"2222222{number}", place
            found.save(force_insert=True)
    assert asked() == alone


# --- Letters ---------------------------------------------------------------------------------------------------------
def test_letters_are_printed_then_marked_and_their_codes_forgotten(registrant: Registrant, office: Office) -> None:
    registrant.posted()
    code, number, first = registrant.code, registrant.letter.pk, office("first")
    page = first.get(LETTERS).content.decode()
    assert "Alex" in page and code not in page
    assert "Ouvrez d’abord le PDF" in first.post(LETTERS, {"geste": "imprimes", "courrier": [number]}).content.decode()
    answer = first.post(LETTERS, {"geste": "pdf", "courrier": [number]})
    text = " ".join(PdfReader(io.BytesIO(answer.content)).pages[0].extract_text().split())
    for said in (code, "Alex", "À l’attention du maire", "inscrire-un-etablissement/suivi/", "Vautrin"):
        assert (said in text) == (said != "Vautrin"), said
    assert first.post(LETTERS, {"geste": "imprimes", "courrier": [number]}).status_code == 302
    assert "ne le sont plus" in first.post(LETTERS, {"geste": "pdf", "courrier": [number]}).content.decode()
    assert registrant.does("code", code=code).status_code == 302
    with tenancy.scope(establishment=registrant.place.pk):
        said = [line.label for line in history(HistoryFilters()).lines if "Ferrand" in line.actor]
    assert len(said) == 2


def test_printing_wants_a_choice_a_fresh_factor_and_the_right_fund(registrant: Registrant, office: Office) -> None:
    registrant.posted()
    number = registrant.letter.pk
    assert "Choisissez au moins un courrier" in office("first").post(LETTERS, {"geste": "pdf"}).content.decode()
    other = office("other")
    assert "Aucun courrier à imprimer" in other.get(LETTERS).content.decode()
    assert other.post(LETTERS, {"geste": "pdf", "courrier": [number, "x", "9" * 30]}).status_code == 200
    stale = office("first")
    session = stale.session
    session["factor_at"] = 0
    session.save()
    assert stale.post(LETTERS, {"geste": "pdf", "courrier": [number]}).headers["Location"].startswith("/confirmer/")
    assert registrant.letter.drawn_at is None


# --- « Premiers pas » ------------------------------------------------------------------------------------------------
@pytest.fixture
def administrator(registrant: Registrant) -> tuple[Establishment, Person, Membership]:
    """The registrant, who has chosen a password."""
    registrant.posted()
    registrant.does("code", code=registrant.code)
    place = registrant.place
    with tenancy.scope(role="parvis_owner"):
        account = Membership.objects.get(establishment=place)
        person = Person.objects.create(first_name="Solène", last_name="Vautrin", password="!", created_at=clock.now())
        account.person, account.confirmed_at = person, clock.now()
        account.save()
    return place, person, account


def left(place: Establishment, person: Person) -> list[str]:
    with tenancy.scope(person=person.pk, establishment=place.pk):
        who = standing(person.pk, place.pk)
        assert who is not None
        return [task.title for task in tasks_of(who) if task.state == "Premiers pas"]


def test_first_steps_show_what_is_left(administrator: tuple[Establishment, Person, Membership]) -> None:
    place, person, _ = administrator
    # The next one, and the way to all of them.
    assert left(place, person) == ["Nommer une seconde personne qui administre", "Premiers pas : 0 sur 5 faits"]
    with tenancy.scope(person=person.pk, establishment=place.pk):
        steps.mark(establishment_id=place.pk, code="notifications")
        with pytest.raises(Refused, match="se coche d’elle-même"):
            steps.mark(establishment_id=place.pk, code="terms")
    assert "Premiers pas : 1 sur 5 faits" in left(place, person)


def test_first_steps_are_put_away_by_hand_and_by_time(
    administrator: tuple[Establishment, Person, Membership], settings: object
) -> None:
    place, person, _ = administrator
    browser = inside(ReadingClient(), person)
    where = f"/etablissements/{place.siret}/premiers-pas/"
    assert "Choisir vos notifications" in browser.get(where).content.decode()
    assert browser.post(where, {"etape": "notifications"}).status_code == 302
    assert "se coche" in browser.post(where, {"etape": "terms"}).content.decode()
    assert browser.post(where, {"retirer": "1"}).status_code == 302
    assert left(place, person) == []
    with tenancy.scope(establishment=place.pk):
        assert FirstSteps.objects.get().closed_by == Membership.objects.get().ref
    assert "Rien à faire ici" in browser.get(where).content.decode()


def test_other_establishments_have_no_first_steps(world: World) -> None:
    assert left(world.here, world.administrator.person) == []
    reader = inside(ReadingClient(), world.reader.person)
    assert reader.get(f"/etablissements/{world.here.siret}/premiers-pas/").status_code == 403
    stranger = inside(ReadingClient(), world.stranger.person)
    assert stranger.get(f"/etablissements/{world.here.siret}/premiers-pas/").status_code == 404
