"""What a SIRET answers, to whom a name is told, how often one may ask; the table of excluded categories."""

import datetime

import pytest
from django.conf import settings
from django.db import connection

from parvis.establishments.models import Contract, Establishment, EstablishmentDomain
from parvis.ground import clock, tenancy
from parvis.identity.models import Person
from parvis.post.models import Message
from parvis.registration import known
from parvis.registration.actions import belonging
from parvis.registration.actions.belonging import Tried
from parvis.registration.address import head_of, lines_of
from parvis.registration.eligibility import excluded, why_excluded
from parvis.registration.looking import Answer, look
from parvis.registration.models import Belonging, PassedRequest
from tests.plugins.html import ReadingClient
from tests.registration.hands import START, Registrant, free_establishment, messages
from tests.world import HERE, World

ASKER = {
    "last_name": "Prat",
    "first_name": "Hélène",
    "function": "Paie",
    "email": "h.prat@annecy.example",
    "phone": "04 65 71 00 77",
}


def asked(client: ReadingClient, siret: str) -> str:
    return str(client.post(START, {"siret": siret}, follow=True).content.decode())


@pytest.mark.parametrize(
    ("siret", "said"),
    [
        ("", "14 chiffres"),
        ("2174", "14 chiffres : vous en avez saisi 4"),
        ("21740003500011", "vérifiez les 5 derniers"),
        ("x" * 70, "abrégez"),
        ("\x00'; DROP", "ne contient que des chiffres"),
    ],
)
def test_what_is_no_siret_is_said_at_once(client: ReadingClient, world: World, siret: str, said: str) -> None:
    assert said in asked(client, siret)


def test_each_answer(registrant: Registrant) -> None:
    place, client = registrant.place, registrant.client
    everywhere = Establishment.objects.filter(pk=place.pk)
    assert "pas dans notre répertoire" in asked(client, "21740007600014")
    assert "Vous pouvez inscrire cet établissement" in asked(client, place.siret)
    everywhere.update(legal_category="7171")
    assert "Service déconcentré" in asked(client, place.siret)
    everywhere.update(legal_category="7210", closed_on=datetime.date(2025, 12, 31))
    assert "31 décembre 2025" in asked(client, place.siret)
    everywhere.update(closed_on=None)
    Contract.objects.filter(establishment=place).update(ends_on=clock.today() - datetime.timedelta(days=1))
    assert "Aucun contrat en cours" in asked(client, place.siret)
    assert client.post(f"{START}coordonnees/", {}).headers["Location"] == f"{START}reponse/"


def test_a_registered_establishment_names_nobody(client: ReadingClient, world: World) -> None:
    page = asked(client, HERE)
    assert "Une personne administre déjà cet établissement" in page
    for someone in (world.administrator, world.second):
        assert someone.membership.last_name not in page
        assert someone.membership.email not in page


def test_what_a_stranger_asks_of_the_database_is_public_or_yes_and_no(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone()[0] == "parvis_app"
        cursor.execute("SELECT * FROM registration_look(%s, %s, 18, %s)", [HERE, clock.today(), clock.now()])
        told = str(cursor.fetchone())
        cursor.execute("SELECT * FROM registration_by_reference('22222222')")
        assert cursor.fetchone() is None
    for someone in (world.administrator, world.user):
        assert someone.membership.email not in told
        assert someone.membership.last_name not in told
    with tenancy.scope(establishment=world.there.pk):
        assert not Belonging.objects.exists()


def test_looking_up_is_limited_by_network(client: ReadingClient, world: World) -> None:
    for _ in range(settings.PARVIS_RATE_REGISTRATION):
        assert client.post(START, {"siret": HERE}).status_code == 302
    assert client.post(START, {"siret": HERE}).status_code == 429


def test_contract_numbers_are_limited_by_siret(registrant: Registrant) -> None:
    registrant.asks()
    for number in range(settings.PARVIS_RATE_REGISTRATION_SIRET):
        assert registrant.says(contract_number=f"X{number}").status_code == 200
    assert registrant.says().status_code == 429


@pytest.mark.parametrize("path", ["reponse/", "coordonnees/", "preuve/", "appartenance/", "demande/"])
def test_pages_further_on_begin_with_the_siret(client: ReadingClient, world: World, path: str) -> None:
    assert client.get(START + path).headers["Location"] == START


# --- Belonging -------------------------------------------------------------------------------------------------------
def verified(world: World, domain: str) -> None:
    with tenancy.scope(establishment=world.here.pk):
        EstablishmentDomain.objects.create(
            establishment=world.here,
            domain=domain,
            verified_at=clock.now(),
            verified_by=world.administrator.membership.ref,
        )


def code_of(world: World) -> str:
    """The code as the e-mail of the last request says it."""
    with tenancy.scope(establishment=world.here.pk):
        return belonging.draw_code(Belonging.objects.latest("id"))


def test_an_address_of_a_verified_domain_proves_and_the_name_is_told(client: ReadingClient, world: World) -> None:
    verified(world, "ville-annecy.example")
    asked(client, HERE)
    client.post(f"{START}appartenance/", {"email": "accueil@ville-annecy.example"})
    answer = client.post(f"{START}appartenance/code/", {"code": code_of(world)}, follow=True).content.decode()
    assert "Claire Dubois" in answer and "Paul Girard" in answer
    assert world.administrator.membership.email not in answer
    elsewhere = ReadingClient()
    assert "Claire" not in asked(elsewhere, HERE)


def test_the_exact_address_that_the_establishment_declared_proves(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known, "_SOURCES", [lambda: ["Mairie.Annecy@orange.fr"]])
    with tenancy.scope(establishment=world.here.pk):
        assert known.belongs("mairie.annecy@ORANGE.fr")
        assert not known.belongs("autre@orange.fr")
        assert not known.belongs("mairie.annecy@orange.fr.example")


def test_a_mailbox_provider_proves_nothing_even_where_somebody_verified_it(world: World) -> None:
    verified(world, "gmail.com")
    with tenancy.scope(establishment=world.here.pk):
        assert not known.belongs("mairie@gmail.com")


def test_an_unknown_address_gets_the_same_page_and_no_email(client: ReadingClient, world: World) -> None:
    verified(world, "ville-annecy.example")
    pages = []
    for email in ("accueil@ville-annecy.example", "quelquun@ailleurs.example"):
        asked(client, HERE)
        answer = client.post(f"{START}appartenance/", {"email": email}, follow=True)
        pages.append(answer.content.decode().replace(email, "…"))
    assert pages[0].split("csrfmiddlewaretoken")[0] == pages[1].split("csrfmiddlewaretoken")[0]
    with tenancy.scope(establishment=world.here.pk):
        assert Message.objects.filter(kind="registration.belonging").count() == 1
    client.post(f"{START}appartenance/code/", {"code": "000000"})
    assert "Claire" not in client.get(f"{START}reponse/").content.decode()


def test_five_wrong_codes_end_it(client: ReadingClient, world: World) -> None:
    verified(world, "ville-annecy.example")
    email = "accueil@ville-annecy.example"
    with tenancy.scope(establishment=world.here.pk):
        belonging.ask_code(establishment_id=world.here.pk, email=email)
    right = code_of(world)
    with tenancy.scope(establishment=world.here.pk):
        tried = [belonging.try_code(email=email, typed="no") for _ in range(settings.PARVIS_BELONGING_TRIES)]
        assert tried == [Tried.WRONG] * 4 + [Tried.OVER]
        assert belonging.try_code(email=email, typed=right) is Tried.OVER


def test_a_code_serves_for_its_address_and_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    verified(world, "ville-annecy.example")
    with tenancy.scope(establishment=world.here.pk):
        belonging.ask_code(establishment_id=world.here.pk, email="a@ville-annecy.example")
    right = code_of(world)
    with tenancy.scope(establishment=world.here.pk):
        assert belonging.try_code(email="b@ville-annecy.example", typed=right) is Tried.OVER
        assert belonging.try_code(email="A@ville-annecy.example", typed=f" {right} ") is Tried.RIGHT
        assert belonging.try_code(email="a@ville-annecy.example", typed=right) is Tried.OVER
        belonging.ask_code(establishment_id=world.here.pk, email="a@ville-annecy.example")
    fresh = code_of(world)
    late = clock.now() + settings.PARVIS_BELONGING_VALIDITY
    monkeypatch.setattr(clock, "now", lambda: late)
    with tenancy.scope(establishment=world.here.pk):
        assert belonging.try_code(email="a@ville-annecy.example", typed=fresh) is Tried.OVER


def test_a_request_is_passed_on_to_each_administrator_a_few_times_a_day(client: ReadingClient, world: World) -> None:
    asked(client, HERE)
    assert "Saisissez votre nom" in client.post(f"{START}demande/", {}).content.decode()
    for _ in range(settings.PARVIS_PASSED_REQUESTS):
        assert client.post(f"{START}demande/", ASKER).status_code == 302
    assert "réessayez demain" in client.post(f"{START}demande/", ASKER).content.decode()
    with tenancy.scope(establishment=world.here.pk):
        sent = list(Message.objects.filter(kind="registration.request_passed").values_list("detail", flat=True))
        assert [one["to"] for one in sent] == [world.administrator.account_id, world.second.account_id] * 3
        assert not PassedRequest.objects.filter(proven=True).exists()
        assert "Prat" not in str(list(PassedRequest.objects.values_list()))


# --- Under way -------------------------------------------------------------------------------------------------------
def test_the_email_is_sent_again_a_few_times_and_tells_nothing(registrant: Registrant) -> None:
    registrant.posted()
    other = Registrant(ReadingClient(), registrant.place)
    page = other.asks().content.decode()
    assert "Une inscription est en cours" in page
    assert "Vautrin" not in page and "solene" not in page
    for _ in range(settings.PARVIS_REGISTRATION_RESENT + 2):
        assert other.client.post(f"{START}reponse/renvoyer/").status_code == 302
    assert len(messages(registrant.place, "registration.submitted")) == settings.PARVIS_REGISTRATION_RESENT


def test_the_first_link_is_sent_again_once_accepted(registrant: Registrant) -> None:
    registrant.posted()
    registrant.does("code", code=registrant.code)
    other = Registrant(ReadingClient(), registrant.place)
    assert "Une inscription est en cours" in other.asks().content.decode()
    other.client.post(f"{START}reponse/renvoyer/")
    assert len(messages(registrant.place, "access.first_link")) == 2


def test_whoever_does_not_recognise_it_says_so_and_the_first_word_stays(registrant: Registrant) -> None:
    registrant.posted()
    other = Registrant(ReadingClient(), registrant.place)
    other.asks()
    word = {"name": "Jean Morel", "function": "Maire", "phone": "04 65 71 00 10", "what": "Personne ici."}
    assert (
        "Saisissez votre fonction"
        in other.client.post(f"{START}reponse/signaler/", {**word, "function": ""}).content.decode()
    )
    other.client.post(f"{START}reponse/signaler/", word)
    first = registrant.registration.contested_at
    other.client.post(f"{START}reponse/signaler/", {**word, "what": "Encore."})
    assert first is not None and registrant.registration.contested_at == first
    assert "Morel" not in registrant.registration.contest


def test_whoever_is_signed_in_may_register_too(registrant: Registrant, world: World) -> None:
    assert isinstance(world.user.person, Person)
    registrant.client.force_login(world.user.person, backend="parvis.identity.backend.PersonBackend")
    assert "Vous pouvez inscrire" in registrant.asks().content.decode()


# --- Tables ----------------------------------------------------------------------------------------------------------
def test_the_table_of_categories_is_whole_and_the_longest_code_counts() -> None:
    assert len(excluded()) > 5
    found = why_excluded("5710")
    assert found is not None and found.code == "5"
    assert why_excluded("7113") is not None
    for open_ in ("7210", "7220", "7346", "7364", "7361", "7372", "4110", ""):
        assert why_excluded(open_) is None


def test_the_letter_goes_to_the_head_at_the_address_of_sirene(world: World, as_owner: None) -> None:
    place = free_establishment()
    assert lines_of(place) == ["Alex", "À l’attention du maire", "2 place de la Mairie", "74290 ALEX"]
    place.address, place.commune = [], ""
    assert lines_of(place)[-1] == "74290 Alex"
    assert head_of("9999") == "À l’attention de la représentation légale"
    assert look(HERE).answer is Answer.REGISTERED
