"""The public form and the follow-up page, as somebody without any access uses them."""

from typing import Any

import pytest
from django.conf import settings as configured
from django.urls import reverse

from parvis.access.models import Membership
from parvis.ground import clock, files, tenancy, working_days
from parvis.ground.pages.filters import date_full
from parvis.journal.models import Event
from parvis.post.models import Message, PostalLetter
from parvis.recovery.actions.opening import PURPOSE
from parvis.recovery.models import Case, Proof
from parvis.recovery.sealed import unseal_coordinates, unseal_words
from tests.ground.files import made
from tests.ground.files.made import upload
from tests.plugins.html import ReadingClient
from tests.recovery.hands import WHERE, again, opened, printed_code, proven, typed
from tests.world import World


def text(answer: Any) -> str:
    return str(answer.content.decode().replace("\u00a0", " ").replace("\u202f", " "))


def only_case(world: World) -> Case:
    with tenancy.scope(establishment=world.here.pk):
        return Case.objects.get()


def test_a_request_tells_everybody_posts_a_code_and_shows_its_own_once(world: World, client: ReadingClient) -> None:
    proof = upload(made.picture(), "délibération.jpg")
    answer = client.post(WHERE, typed(world, proofs=[upload(made.pdf()), proof]))
    assert (answer.status_code, answer["Location"]) == (302, f"{WHERE}recue/")
    case = only_case(world)
    page = text(client.get(f"{WHERE}recue/"))
    assert f"{case.reference[:4]}-{case.reference[4:]}" in page
    target = working_days.after(clock.today(), configured.PARVIS_RECOVERY_TARGET_DAYS)
    assert case.target_on == target and date_full(target) in page
    assert unseal_coordinates(case.coordinates).email == "karim.roche@annecy.example"
    assert "Roche" not in case.coordinates and "retraite" not in case.explanation
    assert unseal_words(case.explanation).startswith("Mme Dubois")
    with tenancy.scope(establishment=world.here.pk):
        told = Message.objects.filter(kind="recovery.told").values_list("object_id", flat=True)
        assert set(told) == set(Membership.objects.values_list("pk", flat=True))
        assert Message.objects.filter(kind="recovery.received", object_id=case.pk).count() == 1
        letter = PostalLetter.objects.get(kind="recovery.code")
        assert (letter.object_id, letter.state, letter.address[0]) == (str(case.pk), "to_print", world.here.name)
        kept = list(Proof.objects.order_by("pk"))
        assert [(one.name, one.kind) for one in kept] == [("délibération.pdf", "pdf"), ("délibération.jpg", "jpeg")]
        assert files.read(kept[0].key, PURPOSE).startswith(b"%PDF-")
        (event,) = Event.objects.filter(kind="recovery.opened")
        assert event.after == {"reference": case.reference, "why": "left"} and event.actor is None


def test_the_page_asks_for_no_medical_document(client: ReadingClient, db: None) -> None:
    page = text(client.get(WHERE))
    assert "Ne joignez jamais de document médical" in page and "par la poste" in page


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"siret": ""}, "Saisissez le SIRET"),
        ({"siret": "123"}, "14 chiffres"),
        ({"siret": "13002526500013"}, "n’est pas dans l’annuaire"),
        ({"why": "x"}, "Choisissez l’une des réponses"),
        ({"explanation": " "}, "quelques phrases"),
        ({"explanation": "x" * 2_001}, "trop long"),
        ({"email": "karim"}, "n’est pas complète"),
        ({"phone": "12"}, ""),
        ({"last_name": "R0che"}, "un nom ne contient que"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    values: dict[str, str], said: str, world: World, client: ReadingClient
) -> None:
    answer = client.post(WHERE, typed(world, **values))
    assert answer.status_code == 200
    page = text(answer)
    assert said in page and "problème" in page and 'value="Karim"' in page
    with tenancy.scope(establishment=world.here.pk):
        assert not Case.objects.exists()


@pytest.mark.parametrize(
    "content",
    [made.raw_pdf(b"<< /S /JavaScript /JS (1) >>"), made.encrypted(), made.bomb(), made.also_an_archive(), b"MZ", b""],
    ids=["active", "encrypted", "bomb", "polyglot", "program", "empty"],
)
def test_a_hostile_file_stops_the_request_and_keeps_nothing(
    content: bytes, world: World, client: ReadingClient, settings: Any
) -> None:
    answer = client.post(WHERE, typed(world, proofs=[upload(made.pdf()), upload(content, "pièce.pdf")]))
    page = text(answer)
    assert answer.status_code == 200 and "pièce.pdf" in page and "Choisissez de nouveau vos fichiers" in page
    with tenancy.scope(establishment=world.here.pk):
        assert not Case.objects.exists() and not Message.objects.filter(kind="recovery.told").exists()
    assert [path for path in settings.DATA_DIR.rglob("*") if path.is_file()] == []


def test_too_many_files_and_too_large_ones_are_refused(world: World, client: ReadingClient, settings: Any) -> None:
    answer = client.post(WHERE, typed(world, proofs=[upload(made.pdf()) for _ in range(6)]))
    assert "6 fichiers choisis : envoyez-en 5 au plus" in text(answer)
    settings.PARVIS_UPLOAD_LIMIT = 3_000
    answer = client.post(WHERE, typed(world, proofs=[upload(made.pdf() + b" " * 4_000)]))
    assert "Mo ensemble" in text(answer)


def test_requests_of_one_establishment_and_of_one_network_are_limited(
    world: World, client: ReadingClient, settings: Any
) -> None:
    for number in range(settings.PARVIS_RECOVERY_OPEN):
        assert client.post(WHERE, typed(world, email=f"k{number}@annecy.example")).status_code == 302
    assert "Plusieurs demandes sont déjà en cours" in text(client.post(WHERE, typed(world)))
    settings.PARVIS_RATE_RECOVERY = 1
    assert client.post(WHERE, typed(world)).status_code == 429


def test_an_establishment_without_any_account_is_sent_to_registration(world: World, client: ReadingClient) -> None:
    with tenancy.scope(establishment=world.there.pk):
        Membership.objects.all().delete()
    assert "Inscrire un établissement" in text(client.post(WHERE, typed(world, siret=world.there.siret)))


# --- Following ------------------------------------------------------------------------------------------------------
def following(world: World, client: ReadingClient, **values: str) -> Case:
    done = opened(world, **values)
    answer = client.post(f"{WHERE}suivi/", {"geste": "ouvrir", "reference": done.case.reference, "code": done.code})
    assert (answer.status_code, answer["Location"]) == (302, f"{WHERE}suivi/")
    return done.case


def test_reference_and_code_open_the_follow_up_page_however_they_are_typed(world: World, client: ReadingClient) -> None:
    done = opened(world)
    reference = f" {done.case.reference[:4].lower()}-{done.case.reference[4:]} "
    client.post(f"{WHERE}suivi/", {"geste": "ouvrir", "reference": reference, "code": done.code.lower()})
    page = text(client.get(f"{WHERE}suivi/"))
    assert date_full(done.case.target_on) in page
    assert "Aucune ne conteste" in page and "part dans les prochains jours" in page


@pytest.mark.parametrize(("reference", "code"), [("", ""), ("22222222", "33333333"), ("right", "33333333")])
def test_a_wrong_reference_and_a_wrong_code_answer_alike(
    reference: str, code: str, world: World, client: ReadingClient
) -> None:
    done = opened(world)
    given = done.case.reference if reference == "right" else reference
    answer = client.post(f"{WHERE}suivi/", {"geste": "ouvrir", "reference": given, "code": code})
    assert answer.status_code == 200
    assert ("ne vont pas ensemble" if code else "Saisissez la référence") in text(answer)


def test_follow_up_codes_are_not_guessed(world: World, client: ReadingClient, settings: Any) -> None:
    settings.PARVIS_RECOVERY_FOLLOW_TRIES = 2
    done = opened(world)
    sent = {"geste": "ouvrir", "reference": done.case.reference, "code": "33333333"}
    assert [client.post(f"{WHERE}suivi/", sent).status_code for _ in range(3)] == [200, 200, 429]
    # The reference written another way is the same reference.
    spelled = {**sent, "reference": f"{done.case.reference[:4]} {done.case.reference[4:]}", "code": done.code}
    assert client.post(f"{WHERE}suivi/", spelled).status_code == 429


def test_the_letters_code_proves_the_request(world: World, client: ReadingClient) -> None:
    case = following(world, client)
    code = printed_code(world, case)
    answer = client.post(f"{WHERE}suivi/", {"geste": "code", "typed": f"{code[:4]} {code[4:].lower()}"})
    assert answer.status_code == 302
    page = text(client.get(f"{WHERE}suivi/"))
    assert "Le code est bon" in page and "Des conseillers examinent votre demande" in page
    assert again(world, case).code_right_at is not None


def test_five_wrong_codes_kill_the_letter_and_say_whom_to_call(world: World, client: ReadingClient) -> None:
    case = following(world, client)
    code = printed_code(world, case)
    for left in (4, 3, 2, 1):
        page = text(client.post(f"{WHERE}suivi/", {"geste": "code", "typed": "22222222"}))
        assert f"Il vous reste {left} essai" in page
    client.post(f"{WHERE}suivi/", {"geste": "code", "typed": "22222222"})
    page = text(client.get(f"{WHERE}suivi/"))
    assert "Cinq codes erronés" in page and "09 70 80 93 29" in page
    client.post(f"{WHERE}suivi/", {"geste": "code", "typed": code})
    assert again(world, case).code_right_at is None


def test_proofs_are_added_up_to_their_number(world: World, client: ReadingClient, settings: Any) -> None:
    settings.PARVIS_RECOVERY_FILES = 2
    case = following(world, client)
    assert "Choisissez au moins un fichier" in text(client.post(f"{WHERE}suivi/", {"geste": "pieces"}))
    for name in ("un.pdf", "deux.pdf"):
        client.post(f"{WHERE}suivi/", {"geste": "pieces", "proofs": [upload(made.pdf(), name)]})
    page = text(client.get(f"{WHERE}suivi/"))
    assert "un.pdf" in page and "deux.pdf" in page and 'type="file"' not in page
    client.post(f"{WHERE}suivi/", {"geste": "pieces", "proofs": [upload(made.pdf(), "trois.pdf")]})
    with tenancy.scope(establishment=world.here.pk):
        assert Proof.objects.filter(case=case).count() == 2


def test_whoever_asked_takes_it_back_and_the_letter_serves_no_more(world: World, client: ReadingClient) -> None:
    case = following(world, client)
    client.post(f"{WHERE}suivi/", {"geste": "retirer"})
    assert again(world, case).state == "withdrawn"
    with tenancy.scope(establishment=world.here.pk):
        assert PostalLetter.objects.get(object_id=str(case.pk)).state == "replaced"
    # Sent twice, or from an old page: said, not broken.
    client.post(f"{WHERE}suivi/", {"geste": "retirer"})
    client.post(f"{WHERE}suivi/", {"geste": "code", "typed": "22222222"})
    assert "Demande terminée" in text(client.get(f"{WHERE}suivi/"))


def test_leaving_the_follow_up_page_asks_for_the_code_again(world: World, client: ReadingClient) -> None:
    following(world, client)
    client.post(f"{WHERE}suivi/", {"geste": "quitter"})
    assert "Code de suivi perdu" in text(client.get(f"{WHERE}suivi/"))
    assert client.get(f"{WHERE}recue/")["Location"] == f"{WHERE}suivi/"


def test_a_stranger_reads_nothing_of_a_request(world: World) -> None:
    case = proven(world)
    with tenancy.scope(establishment=world.there.pk):
        assert not Case.objects.exists()
    for role in (tenancy.APP, tenancy.PERSON):
        with tenancy.scope(person=world.stranger.person.pk, role=tenancy.APP if role == tenancy.APP else role):
            if role == tenancy.APP:
                assert not Case.objects.filter(pk=case.pk).exists()


def test_sign_in_and_refusals_lead_here(world: World, client: ReadingClient) -> None:
    assert reverse("recovery:start") in client.get("/connexion/").content.decode()
