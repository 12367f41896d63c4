"""The pages: what each reader sees of the terms, in each state."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings

from parvis.access.models import TermsAcceptance
from parvis.access.terms.versions import Version
from parvis.ground.pages.filters import date_full, date_long
from tests.access.terms.hands import DAY, FIRST, Texts, address, announced, today
from tests.plugins.html import ReadingClient
from tests.world import Someone, World

SignedIn = Callable[[Someone], ReadingClient]
Move = Callable[..., Any]
GRACE = settings.PARVIS_TERMS_GRACE


def text(answer: Any) -> str:
    """The words of a page, without tags, no-break spaces as spaces."""
    words = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"[\s\u00a0\u202f]+", " ", words).replace(" ,", ",").replace(" .", ".")


def home(world: World) -> str:
    return f"/etablissements/{world.here.siret}/"


# --- The page of the establishment -----------------------------------------------------------------------------------
def test_administrator_reads_the_whole_version_and_finds_one_button(
    world: World, second: Version, signed_in: SignedIn
) -> None:
    answer = signed_in(world.administrator).get(address(world.here))
    page, words = answer.content.decode(), text(answer)
    assert "Le nouveau texte." in words and "Les sauvegardes sont décrites." in words
    assert f"à accepter au plus tard le {date_full(today() + GRACE - DAY)}" in words
    assert page.count("Accepter la version 2</button>") == 1
    assert f'name="text" value="{second.digest}"' in page


def test_user_reads_it_too_with_who_can_accept_and_no_button(
    world: World, second: Version, signed_in: SignedIn
) -> None:
    answer = signed_in(world.user).get(address(world.here))
    page, words = answer.content.decode(), text(answer)
    assert "Le nouveau texte." in words
    assert "Seule une personne qui administre peut accepter : Claire Dubois ou Paul Girard" in words
    assert f"mailto:{world.administrator.membership.email}" in page
    assert "Accepter la version" not in page


def test_every_member_sees_who_accepted_each_version_and_when(
    world: World, second: Version, signed_in: SignedIn
) -> None:
    signed_in(world.second).post(address(world.here), {"version": "2", "text": second.digest})
    words = text(signed_in(world.reader).get(address(world.here)))
    assert "La version 2 est acceptée pour Annecy" in words
    assert words.index("Paul Girard") < words.index("Claire Dubois")
    assert "Les acceptations de l’établissement" in words


def test_version_that_is_no_longer_in_the_folder_keeps_its_acceptance_without_a_link(
    world: World, second: Version, signed_in: SignedIn
) -> None:
    TermsAcceptance.objects.filter(establishment=world.here).update(version=9)
    page = signed_in(world.reader).get(address(world.here)).content.decode()
    assert "Version 9" in page
    assert "/conditions-generales/9/" not in page


def test_before_any_version_the_page_says_that_nothing_is_to_accept(
    world: World, texts: Texts, as_owner: object, signed_in: SignedIn
) -> None:
    texts.write(1, today() + DAY)
    TermsAcceptance.objects.filter(establishment=world.here).delete()
    assert "Aucune version n’est à accepter" in text(signed_in(world.administrator).get(address(world.here)))
    assert "Rien à accepter" in text(signed_in(world.administrator).get(f"{home(world)}mon-etablissement/"))


# --- Home and « Mon établissement » ----------------------------------------------------------------------------------
def test_home_says_nothing_to_who_accepted(world: World, signed_in: SignedIn) -> None:
    assert "Conditions générales à accepter" not in text(signed_in(world.administrator).get(home(world)))


def test_home_asks_an_administrator_calmly_and_shows_the_services_all_the_same(
    world: World, second: Version, signed_in: SignedIn
) -> None:
    answer = signed_in(world.user).get(home(world))
    assert 'class="service"' in answer.content.decode()
    answer = signed_in(world.administrator).get(home(world))
    assert f"Conditions générales à accepter au plus tard le {date_full(today() + GRACE - DAY)}" in text(answer)
    assert "Une nouvelle version est parue." in text(answer)
    assert "Lire et accepter" in text(answer)
    assert "banner-act" in answer.content.decode()


def test_home_tells_a_user_who_can_accept(world: World, second: Version, signed_in: SignedIn) -> None:
    words = text(signed_in(world.user).get(home(world)))
    assert "Seule une personne qui administre peut le faire : Claire Dubois ou Paul Girard" in words
    assert "Lire et accepter" not in words


def test_home_calls_for_attention_in_the_last_days(
    world: World, second: Version, signed_in: SignedIn, move: Move
) -> None:
    move(GRACE - DAY)
    assert "banner-attention" in signed_in(world.user).get(home(world)).content.decode()


def test_before_the_announcement_no_day_is_promised(
    world: World, texts: Texts, as_owner: object, signed_in: SignedIn
) -> None:
    texts.write(1, FIRST)
    texts.write(2, today())
    words = text(signed_in(world.administrator).get(home(world)))
    assert "Conditions générales à accepter Une nouvelle version" in words
    assert f"{GRACE.days} jours après l’annonce" in words
    assert f"Elles ont ensuite {GRACE.days} jours" in text(signed_in(world.user).get(address(world.here)))


def test_the_sheet_says_where_the_establishment_is(
    world: World, second: Version, signed_in: SignedIn, move: Move
) -> None:
    sheet = f"{home(world)}mon-etablissement/"
    last = date_long(today() + GRACE - DAY)
    assert f"Version 2 à accepter au plus tard le {last}" in text(signed_in(world.user).get(sheet))
    move(GRACE)
    assert "Version 2 à accepter : les services sont fermés" in text(signed_in(world.user).get(sheet))
    signed_in(world.second).post(address(world.here), {"version": "2", "text": second.digest})
    assert "Version 2 acceptée" in text(signed_in(world.user).get(sheet))


# --- The page for everybody ------------------------------------------------------------------------------------------
def test_everybody_reads_the_version_in_force_and_those_before(
    world: World, texts: Texts, client: ReadingClient
) -> None:
    texts.write(1, FIRST, FIRST + 30 * DAY, changes="Première version.", body="Ancien texte.")
    texts.write(2, today() - 10 * DAY, today() - 5 * DAY, changes="Les sauvegardes.", body="Texte en vigueur.")
    words = text(client.get("/conditions-generales/"))
    assert f"Version 2. En vigueur depuis le {date_long(today() - 5 * DAY)}." in words
    assert "Texte en vigueur." in words and "Ancien texte." not in words
    assert f"S’est appliquée du 1ᵉʳ octobre 2026 au {date_long(today() - 6 * DAY)} Première version." in words
    old = text(client.get("/conditions-generales/1/"))
    assert "Ancien texte." in old and "Texte en vigueur." not in old
    assert "Ce qui change Première version." in old


def test_a_coming_version_is_announced_to_everybody_beside_the_one_in_force(
    texts: Texts, client: ReadingClient
) -> None:
    texts.write(1, FIRST, body="Texte en vigueur.")
    texts.write(2, today(), today() + 9 * DAY, body="Texte à venir.")
    texts.write(3, today() + 2 * DAY, today() + 19 * DAY, body="Texte secret.")
    words = text(client.get("/conditions-generales/"))
    assert f"La version 2 s’appliquera à partir du {date_long(today() + 9 * DAY)}" in words
    assert "Texte en vigueur." in words and "Texte à venir." not in words
    assert "Texte à venir." in text(client.get("/conditions-generales/2/"))
    assert client.get("/conditions-generales/3/").status_code == 404


@pytest.mark.parametrize("number", ["0", "9", "99999999999999999999"])
def test_version_that_does_not_exist_is_not_found(client: ReadingClient, number: str) -> None:
    assert client.get(f"/conditions-generales/{number}/").status_code == 404


def test_before_the_first_version_the_public_page_says_so(texts: Texts, client: ReadingClient) -> None:
    texts.write(1, today() + DAY)
    assert "Aucune version n’est encore parue." in text(client.get("/conditions-generales/"))


def test_first_version_that_does_not_apply_yet_is_read_all_the_same(texts: Texts, client: ReadingClient) -> None:
    texts.write(1, today(), today() + 4 * DAY)
    assert f"Version 1. S’appliquera à partir du {date_long(today() + 4 * DAY)}." in text(
        client.get("/conditions-generales/")
    )


def test_member_finds_the_way_from_the_public_page_to_the_acceptances(
    world: World, signed_in: SignedIn, client: ReadingClient
) -> None:
    browser = signed_in(world.user)
    browser.get(home(world))
    assert f'href="{address(world.here)}"' in browser.get("/conditions-generales/").content.decode()
    assert "Voir qui les a acceptées" not in client.get("/conditions-generales/").content.decode()


def test_the_foot_of_every_page_leads_to_the_terms(client: ReadingClient) -> None:
    assert 'href="/conditions-generales/"' in client.get("/connexion/").content.decode()


def test_pages_of_the_terms_ask_the_database_for_little(
    world: World, second: Version, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    announced(world.there, 2, today())
    browser = signed_in(world.user)
    browser.get(address(world.here))
    with django_assert_max_num_queries(14):
        browser.get(address(world.here))
