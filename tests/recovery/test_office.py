"""The advisers' queue and the page of a request; the link by which somebody objects."""

import datetime
from typing import Any

import pytest

from parvis.ground import clock, files, tenancy
from parvis.journal.models import Event
from parvis.recovery.actions.objecting import token
from parvis.recovery.actions.opening import keep_proofs
from parvis.recovery.models import Case, Objection, Proof
from parvis.recovery.sealed import unseal_words
from tests.browsers import inside
from tests.ground.files import made
from tests.plugins.html import ReadingClient
from tests.recovery.hands import WHERE, again, opened, proven
from tests.recovery.test_request import text
from tests.world import World

QUEUE = "/conseiller/retrouver-l-acces/"


def browser(world: World, who: str = "first") -> ReadingClient:
    return inside(ReadingClient(), world.advisers[who])


def with_proof(world: World) -> tuple[Case, Proof]:
    case = proven(world)
    with tenancy.scope(establishment=world.here.pk):
        keep_proofs(case, [files.Clean("arrêté n° 4.pdf", "pdf", made.pdf())])
        return case, Proof.objects.get()


def test_the_queue_shows_age_target_and_what_each_request_waits_for(world: World) -> None:
    case, other = opened(world).case, proven(world, email="autre@annecy.example")
    with tenancy.scope(establishment=world.here.pk):
        old = clock.now() - datetime.timedelta(days=9)
        Case.objects.filter(pk=case.pk).update(opened_at=old, target_on=old.date())
    page = text(browser(world).get(QUEUE))
    assert page.index(f"{case.reference[:4]}-") < page.index(f"{other.reference[:4]}-")
    for said in ("9 jours", "aujourd’hui", "En retard", "Attend le code du courrier", "À examiner", "Annecy"):
        assert said in page
    assert case.reference[:4] not in text(browser(world, "other").get(QUEUE))


def test_the_queue_asks_as_many_statements_for_many_requests(
    world: World, django_assert_max_num_queries: Any, settings: Any
) -> None:
    settings.PARVIS_RECOVERY_OPEN = settings.PARVIS_RECOVERY_PER_SIRET = 20
    asking = browser(world)

    def statements() -> int:
        with django_assert_max_num_queries(60) as found:
            asking.get(QUEUE)
        return len(found)

    opened(world)
    statements()  # the first page of a session writes when it was last seen
    few = statements()
    for number in range(6):
        opened(world, email=f"k{number}@annecy.example")
    assert statements() == few


def test_reading_a_request_leaves_an_event_and_shows_all_of_it(world: World) -> None:
    case, _ = with_proof(world)
    page = text(browser(world).get(f"{QUEUE}{case.pk}/"))
    for said in (
        "Karim Roche",
        "karim.roche@annecy.example",
        "Partie en retraite.",
        "arrêté n° 4.pdf",
        "Claire Dubois",
    ):
        assert said in page
    with tenancy.scope(establishment=world.here.pk):
        (event,) = Event.objects.filter(kind="recovery.read")
        assert event.origin == "conseiller"


def test_a_proof_is_saved_and_never_shown_within_our_pages(world: World) -> None:
    case, proof = with_proof(world)
    answer = browser(world).get(f"{QUEUE}{case.pk}/pieces/{proof.pk}/")
    assert answer.content == made.pdf() or answer.content.startswith(b"%PDF-")
    assert answer["Content-Disposition"].startswith("attachment;") and "sandbox" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    with tenancy.scope(establishment=world.here.pk):
        assert Event.objects.filter(kind="recovery.proof_read").count() == 1


@pytest.mark.parametrize("rest", ["", "pieces/{proof}/"])
def test_another_funds_adviser_and_a_wrong_number_meet_404(world: World, rest: str) -> None:
    case, proof = with_proof(world)
    where = f"{QUEUE}{case.pk}/{rest}".format(proof=proof.pk)
    assert browser(world, "other").get(where).status_code == 404
    assert browser(world).get(f"{QUEUE}999999/{rest}".format(proof=proof.pk)).status_code == 404
    assert inside(ReadingClient(), world.administrator.person).get(where).status_code == 404
    assert ReadingClient().get(where).status_code == 302


def test_a_proof_of_another_request_is_not_found_under_this_one(world: World) -> None:
    _, proof = with_proof(world)
    other = opened(world, email="autre@annecy.example").case
    assert browser(world).get(f"{QUEUE}{other.pk}/pieces/{proof.pk}/").status_code == 404


def test_acts_want_a_fresh_second_factor(world: World) -> None:
    case = proven(world)
    stale = browser(world)
    session = stale.session
    session["factor_at"] = clock.now().timestamp() - 3_600
    session.save()
    answer = stale.post(f"{QUEUE}{case.pk}/", {"geste": "refuser", "note": "Non."})
    assert answer.status_code in (302, 303)
    assert again(world, case).state == "open"


def test_from_asking_to_the_second_advisers_page(world: World) -> None:
    case = proven(world)
    first = browser(world)
    page = first.post(f"{QUEUE}{case.pk}/", {"geste": "demander", "reason": " "})
    assert page.status_code == 200 and "Dites ce que vous avez vérifié" in text(page)
    assert first.post(f"{QUEUE}{case.pk}/", {"geste": "demander", "reason": "Mairie appelée."}).status_code == 302
    assert "À décider par un second conseiller" in text(first.get(QUEUE))
    second = browser(world, "second")
    page = text(second.get(f"{QUEUE}{case.pk}/"))
    act = page.split('href="/conseiller/quatre-yeux/')[2].split('"')[0]
    shown = text(second.get(f"/conseiller/quatre-yeux/{act}"))
    for said in ("Karim Roche, Secrétaire général", "Mairie appelée.", "Aucune", "Saisi le"):
        assert said in shown
    assert second.post(f"/conseiller/quatre-yeux/{act}", {"geste": "approuver", "note": "Vu."}).status_code == 302
    assert again(world, case).state == "granted"
    assert "Accès rétabli" in text(first.get(f"{QUEUE}{case.pk}/"))


@pytest.mark.parametrize("gesture", ["", "x", "ecarter-", "ecarter-x", "ecarter-99", "ecarter-" + "9" * 40, "courrier"])
def test_what_is_no_act_is_said_and_changes_nothing(world: World, gesture: str) -> None:
    case = proven(world)
    answer = browser(world).post(f"{QUEUE}{case.pk}/", {"geste": gesture})
    assert answer.status_code == 200 and "problème" in text(answer)
    assert again(world, case).state == "open"


def test_the_other_acts_of_the_page(world: World) -> None:
    case = opened(world).case
    page = browser(world)
    page.post(f"{QUEUE}{case.pk}/", {"geste": "courrier"})
    page.post(f"{QUEUE}{case.pk}/", {"geste": "suivi"})
    said = text(page.get(f"{QUEUE}{case.pk}/"))
    assert "Un nouveau courrier attend" in said and "à dicter maintenant" in said
    page.post(f"{QUEUE}{case.pk}/", {"geste": "refuser", "note": "La mairie ne vous connaît pas."})
    assert (again(world, case).state, again(world, case).letters) == ("refused", 2)
    assert "La mairie ne vous connaît pas." in text(page.get(f"{QUEUE}{case.pk}/"))


# --- Objecting --------------------------------------------------------------------------------------------------------
def link(world: World, case: Case) -> str:
    return f"{WHERE}contester/{token(case, world.administrator.membership)}/"


def test_the_link_shows_and_only_its_button_objects(world: World, client: ReadingClient) -> None:
    case = opened(world).case
    page = text(client.get(link(world, case)))
    assert "Karim Roche demande à administrer" in page and "karim.roche@" not in page
    client.head(link(world, case))
    with tenancy.scope(establishment=world.here.pk):
        assert not Objection.objects.exists()
    assert "enregistrée" in text(client.post(link(world, case), {"text": "Je suis toujours là."}))
    with tenancy.scope(establishment=world.here.pk):
        (one,) = Objection.objects.all()
        assert unseal_words(one.text) == "Je suis toujours là." and "toujours" not in one.text
        (event,) = Event.objects.filter(kind="recovery.objected")
        assert event.actor == world.administrator.membership.ref
    assert "déjà enregistrée" in text(client.get(link(world, case)))
    page = text(browser(world).get(f"{QUEUE}{case.pk}/"))
    assert "Claire Dubois" in page and "Je suis toujours là." in page
    number = one.pk
    answer = browser(world).post(f"{QUEUE}{case.pk}/", {"geste": f"ecarter-{number}", f"why_{number}": "Partie."})
    assert answer.status_code == 302


def test_a_link_that_was_changed_or_comes_too_late_says_so(world: World, client: ReadingClient) -> None:
    case = opened(world).case
    where = link(world, case)
    for wrong in (f"{WHERE}contester/x/", where[:-3] + "xx/"):
        assert client.get(wrong).status_code == 404
        assert client.post(wrong).status_code == 404
    browser(world).post(f"{QUEUE}{case.pk}/", {"geste": "classer", "note": "Une personne administre."})
    assert client.get(where).status_code == 410
    assert client.post(where).status_code == 410


def test_too_long_a_text_is_refused_and_kept(world: World, client: ReadingClient) -> None:
    answer = client.post(link(world, opened(world).case), {"text": "x" * 2_001})
    assert answer.status_code == 200 and "abrégez-le" in text(answer) and "x" * 2_001 in text(answer)
