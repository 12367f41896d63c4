"""Registering by post and by upload: from a SIRET to the first administrator; codes, tries, letters, time."""

import datetime
from collections.abc import Callable

import pytest
from django.conf import settings

from parvis.access.models import Link, Membership, Right
from parvis.advisers import four_eyes
from parvis.advisers.standing import AdviserStanding
from parvis.establishments.models import Establishment
from parvis.ground import clock, files, tenancy
from parvis.ground.tenancy import Refused
from parvis.journal.models import Event
from parvis.post import postal
from parvis.registration import deciding
from parvis.registration.daily import lapse_registrations
from parvis.registration.models import FirstSteps, Registration, RegistrationDocument
from tests.plugins.html import ReadingClient
from tests.registration.hands import CONTRACT, START, Registrant, messages, picture
from tests.world import World

Standing = Callable[[str], AdviserStanding]


def account_of(place: Establishment) -> Membership:
    with tenancy.scope(establishment=place.pk):
        return Membership.objects.get()


def kinds_of(place: Establishment) -> list[str]:
    with tenancy.scope(establishment=place.pk):
        return list(Event.objects.order_by("id").values_list("kind", flat=True))


# --- By post ---------------------------------------------------------------------------------------------------------
def test_the_code_of_the_letter_opens_the_access_at_once(registrant: Registrant) -> None:
    registrant.posted()
    assert registrant.letter.address == ["Alex", "À l’attention du maire", "2 place de la Mairie", "74290 ALEX"]
    assert messages(registrant.place) == ["registration.submitted"]
    assert registrant.does("code", code=registrant.code.lower()).status_code == 302
    account = account_of(registrant.place)
    assert (account.profile, account.email, account.created_by) == ("administrateur", CONTRACT["email"], None)
    assert account.identifier[:4] in registrant.page()
    with tenancy.scope(establishment=registrant.place.pk):
        link = Link.objects.get()
        assert link.expires_at - link.created_at == datetime.timedelta(days=15)
        assert set(Right.objects.values_list("level", flat=True)) == {1, 2}
        assert FirstSteps.objects.get().closed_at is None
    assert kinds_of(registrant.place) == [
        "registration.started", "postal.queued", "registration.submitted", "postal.used", "account.created",
        "registration.accepted",
    ]  # fmt: skip
    assert messages(registrant.place)[-1] == "access.first_link"


def test_nothing_is_known_to_others_before_a_proof_is_sent(registrant: Registrant) -> None:
    registrant.asks()
    assert registrant.says().headers["Location"] == f"{START}preuve/"
    assert registrant.registration.state == "started"
    assert messages(registrant.place) == []
    other = Registrant(ReadingClient(), registrant.place)
    assert "Vous pouvez inscrire cet établissement" in other.asks().content.decode()


def test_what_was_typed_is_kept_and_corrected(registrant: Registrant) -> None:
    registrant.asks()
    wrong = registrant.says(email="solene", contract_number="X").content.decode()
    assert "solene.vautrin" not in wrong and 'value="solene"' in wrong
    refused = registrant.says(contract_number="CNRACL-9999").content.decode()
    assert "n’est pas celui d’un contrat en cours" in refused and "Vautrin" in refused
    registrant.says()
    first = registrant.registration.reference
    # However it was typed, the number is kept as the fund writes it.
    assert registrant.registration.contract_number == "CNRACL-0042"
    assert "Vautrin" in registrant.client.get(f"{START}coordonnees/").content.decode()
    registrant.says(last_name="Vautrin-Roche")
    assert registrant.registration.reference == first
    assert "Reprendre cette inscription" in registrant.client.get(START).content.decode()


def test_five_wrong_codes_kill_the_letter_and_another_may_be_asked_for(registrant: Registrant) -> None:
    registrant.posted()
    old = registrant.code
    for left in (4, 3, 2, 1):
        assert f"Il vous reste {left}" in registrant.does("code", code="AAAAAAAA").content.decode()
    assert "ne sert plus" in registrant.does("code", code="AAAAAAAA").content.decode()
    assert "registration.code_dead" in messages(registrant.place)
    assert "ne sert plus" in registrant.does("code", code=old).content.decode()
    assert registrant.does("courrier").status_code == 302
    assert registrant.does("code", code=registrant.code).status_code == 302
    assert account_of(registrant.place).profile == "administrateur"


def test_three_letters_and_no_more(registrant: Registrant) -> None:
    registrant.posted()
    assert "Un courrier est déjà demandé" in registrant.does("courrier").content.decode()
    for _ in range(settings.PARVIS_REGISTRATION_LETTERS - 1):
        for _ in range(settings.PARVIS_POSTAL_TRIES):
            registrant.does("code", code="AAAAAAAA")
        assert registrant.does("courrier").status_code == 302
    for _ in range(settings.PARVIS_POSTAL_TRIES):
        registrant.does("code", code="AAAAAAAA")
    assert "3 courriers ont déjà été demandés" in registrant.does("courrier").content.decode()


def test_a_stolen_letter_stops_everything_until_an_adviser_has_looked(
    registrant: Registrant, adviser: Standing
) -> None:
    registrant.posted()
    code, reference = registrant.code, registrant.letter.reference
    anybody = ReadingClient()
    assert (
        "Aucun courrier ne porte cette référence"
        in anybody.post(f"{START}courrier/", {"reference": "2222-2222-2222"}).content.decode()
    )
    assert anybody.post(f"{START}courrier/", {"reference": reference}).headers["Location"].endswith("/signale/")
    assert registrant.registration.state == "stopped"
    assert "n’attend pas de code" in registrant.does("code", code=code).content.decode()
    assert "registration.stopped" in messages(registrant.place)
    who = adviser("first")
    with tenancy.scope(person=who.person_id, role=tenancy.ADVISER, funds=who.funds):
        deciding.post_again(who=who, reference=registrant.registration.reference)
    assert registrant.does("code", code=registrant.code).status_code == 302


def test_a_letter_reported_after_its_code_was_used_closes_what_nobody_opened_yet(registrant: Registrant) -> None:
    registrant.posted()
    reference = registrant.letter.reference
    registrant.does("code", code=registrant.code)
    assert postal.report(reference)
    assert account_of(registrant.place).deactivated_at is not None
    assert "cet accès est fermé" in registrant.page()
    other = Registrant(ReadingClient(), registrant.place)
    assert "Vous pouvez inscrire cet établissement" in other.asks().content.decode()


def test_a_letter_that_nobody_used_takes_its_registration_with_it(
    registrant: Registrant, monkeypatch: pytest.MonkeyPatch
) -> None:
    registrant.posted()
    late = clock.now() + settings.PARVIS_POSTAL_VALIDITY + datetime.timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: late)
    assert postal.expire_letters() == 1
    assert registrant.registration.state == "lapsed"
    assert "registration.lapsed" in messages(registrant.place)
    assert "Vous pouvez inscrire cet établissement" in registrant.asks().content.decode()


def test_a_letter_that_died_and_is_not_replaced_ends_with_time(
    registrant: Registrant, monkeypatch: pytest.MonkeyPatch
) -> None:
    registrant.posted()
    for _ in range(settings.PARVIS_POSTAL_TRIES):
        registrant.does("code", code="AAAAAAAA")
    assert lapse_registrations() == 0
    late = clock.now() + settings.PARVIS_POSTAL_VALIDITY + datetime.timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: late)
    assert lapse_registrations() == 1
    assert lapse_registrations() == 0


def test_giving_up_frees_the_establishment(registrant: Registrant) -> None:
    registrant.posted()
    other = Registrant(ReadingClient(), registrant.place)
    assert "Une inscription est en cours" in other.asks().content.decode()
    code = registrant.code
    assert registrant.does("abandonner").status_code == 302
    assert "n’attend pas de code" in registrant.does("code", code=code).content.decode()
    assert "Vous pouvez inscrire cet établissement" in other.asks().content.decode()


# --- By upload -------------------------------------------------------------------------------------------------------
def test_documents_open_an_access_once_two_advisers_agree(registrant: Registrant, adviser: Standing) -> None:
    registrant.uploaded()
    reference = registrant.registration.reference
    first, second = adviser("first"), adviser("second")
    with tenancy.scope(person=first.person_id, role=tenancy.ADVISER, funds=first.funds):
        document = RegistrationDocument.objects.get()
        assert files.read(document.key, "registration").startswith(b"\x89PNG")
        with pytest.raises(Refused, match="Dites ce que vous avez vérifié"):
            deciding.ask_acceptance(who=first, reference=reference, reason=" ")
        act = deciding.ask_acceptance(who=first, reference=reference, reason="Délibération signée")
    assert registrant.registration.state == "checking"
    with tenancy.scope(person=first.person_id, role=tenancy.ADVISER, funds=first.funds), pytest.raises(Refused):
        four_eyes.approve(who=first, act_id=act.pk)
    with tenancy.scope(person=second.person_id, role=tenancy.ADVISER, funds=second.funds):
        four_eyes.approve(who=second, act_id=act.pk)
    assert registrant.registration.state == "accepted"
    assert account_of(registrant.place).email == CONTRACT["email"]
    with tenancy.scope(establishment=registrant.place.pk):
        accepted = Event.objects.get(kind="registration.accepted")
    assert (accepted.actor, accepted.origin) == (second.ref, "conseiller")


def test_one_adviser_refuses_and_says_why(registrant: Registrant, adviser: Standing) -> None:
    registrant.uploaded()
    who = adviser("first")
    reference = registrant.registration.reference
    with tenancy.scope(person=who.person_id, role=tenancy.ADVISER, funds=who.funds):
        with pytest.raises(Refused, match="Dites pourquoi"):
            deciding.refuse(who=who, reference=reference, note="  ")
        deciding.refuse(who=who, reference=reference, note="Le document n’est pas signé.")
    assert "Le document n’est pas signé." in registrant.page()
    assert "registration.refused" in messages(registrant.place)
    assert "Vous pouvez inscrire cet établissement" in registrant.asks().content.decode()


def test_an_adviser_of_another_fund_knows_nothing_of_it(registrant: Registrant, adviser: Standing) -> None:
    registrant.uploaded()
    other = adviser("other")
    with tenancy.scope(person=other.person_id, role=tenancy.ADVISER, funds=other.funds):
        assert not Registration.objects.exists()
        assert not RegistrationDocument.objects.exists()
        with pytest.raises(Refused, match="n’existe pas"):
            deciding.refuse(who=other, reference=registrant.registration.reference, note="Non")


def test_an_act_that_waits_for_a_registration_given_up_opens_nothing(registrant: Registrant, adviser: Standing) -> None:
    registrant.uploaded()
    first, second = adviser("first"), adviser("second")
    with tenancy.scope(person=first.person_id, role=tenancy.ADVISER, funds=first.funds):
        act = deciding.ask_acceptance(who=first, reference=registrant.registration.reference, reason="Vu")
    registrant.does("abandonner")
    with (
        tenancy.scope(person=second.person_id, role=tenancy.ADVISER, funds=second.funds),
        pytest.raises(Refused, match="n’attend plus de vérification"),
    ):
        four_eyes.approve(who=second, act_id=act.pk)
    with tenancy.scope(establishment=registrant.place.pk):
        assert not Membership.objects.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "est vide"),
        (b"MZ\x90\x00 not a document", "n’est ni un PDF"),
        (b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj", ""),
    ],
)
def test_a_hostile_document_is_refused_and_nothing_is_sent(registrant: Registrant, content: bytes, said: str) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    registrant.asks()
    registrant.says()
    answer = registrant.by_upload(SimpleUploadedFile("arrete.pdf", content, "application/pdf"))
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert registrant.registration.state == "started"


def test_too_many_documents_and_none_are_refused(registrant: Registrant) -> None:
    registrant.asks()
    registrant.says()
    none = registrant.client.post(f"{START}preuve/", {"preuve": "documents"}).content.decode()
    assert "Choisissez au moins un document" in none
    many = registrant.by_upload(*[picture(f"{number}.png") for number in range(6)])
    assert "5 documents au plus" in many.content.decode()


# --- Two at once, and following --------------------------------------------------------------------------------------
def test_of_two_who_register_the_second_is_told(registrant: Registrant) -> None:
    second = Registrant(ReadingClient(), registrant.place)
    for one in (registrant, second):
        one.asks()
        one.says()
    assert registrant.by_post().status_code == 302
    late = second.client.post(f"{START}preuve/", {"preuve": "courrier"}, follow=True)
    assert "Une inscription est en cours" in late.content.decode()
    assert messages(registrant.place) == ["registration.submitted"]


def test_the_follow_up_page_wants_reference_and_code(registrant: Registrant) -> None:
    registrant.posted()
    noted, reference = registrant.noted(), registrant.registration.reference
    elsewhere = ReadingClient()
    assert elsewhere.get(registrant.follow).headers["Location"] == f"{START}suivi/{reference}/code/"
    wrong = elsewhere.post(f"{START}suivi/", {"reference": reference, "code": "AAAA-AAAA"})
    assert "ne vont pas ensemble" in wrong.content.decode()
    assert (
        "ne vont pas ensemble"
        in elsewhere.post(f"{START}suivi/", {"reference": "22222222", "code": noted}).content.decode()
    )
    right = elsewhere.post(f"{START}suivi/", {"reference": reference.lower(), "code": noted.lower()})
    assert right.headers["Location"] == registrant.follow
    assert "Vautrin" in elsewhere.get(registrant.follow).content.decode()
    registrant.client.post(f"{START}suivi/note/")
    assert noted not in registrant.page()


def test_guessing_a_follow_up_code_is_stopped(registrant: Registrant) -> None:
    registrant.posted()
    elsewhere, reference = ReadingClient(), registrant.registration.reference
    tries = [
        elsewhere.post(f"{START}suivi/", {"reference": reference, "code": "AAAAAAAA"}).status_code
        for _ in range(settings.PARVIS_REGISTRATION_FOLLOW_TRIES + 1)
    ]
    assert tries == [200] * settings.PARVIS_REGISTRATION_FOLLOW_TRIES + [429]


def test_the_code_is_in_no_email_and_nothing_is_kept_in_the_open(registrant: Registrant) -> None:
    registrant.posted()
    noted = registrant.noted()
    with tenancy.scope(establishment=registrant.place.pk):
        row = str(Registration.objects.values_list().get())
        events = str(list(Event.objects.values_list("before", "after")))
    for secret in (noted.replace("-", ""), CONTRACT["email"], CONTRACT["last_name"]):
        assert secret not in row
        assert secret not in events


def test_nobody_else_reads_a_registration(registrant: Registrant, world: World) -> None:
    registrant.posted()
    with tenancy.scope(establishment=world.here.pk):
        assert not Registration.objects.exists()
