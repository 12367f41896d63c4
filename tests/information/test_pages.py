"""The help centre and the pages of the footer: open to everybody, true to the rules, honest about what is unknown."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.template.loader import get_template
from django.urls import reverse

from parvis.access.status import Status
from parvis.information.articles import ARTICLES, beside
from tests.plugins.html import ReadingClient
from tests.world import Someone, World

PAGES = [reverse(f"information:{name}") for name in ("help", "contact", "accessibility", "privacy", "legal")] + [
    reverse("information:article", args=[article.slug]) for article in ARTICLES
]
pytestmark = pytest.mark.django_db
OPERATOR = ("", "_ADDRESS", "_CONTACT", "_DIRECTOR", "_HOST", "_DPO")


def text(address: str) -> str:
    answer = ReadingClient().get(address)
    assert answer.status_code == 200
    return answer.content.decode().replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize("address", PAGES)
def test_visitor_reads_every_page(address: str) -> None:
    answer = ReadingClient().get(address)
    assert answer.status_code == 200
    assert "Se connecter" in answer.content.decode()


@pytest.mark.parametrize("address", PAGES)
def test_person_signed_in_reads_every_page_in_their_own_frame(
    world: World, signed_in: Callable[[Someone], ReadingClient], address: str
) -> None:
    answer = signed_in(world.administrator).get(address)
    assert answer.status_code == 200
    assert "Se déconnecter" in answer.content.decode()


@pytest.mark.parametrize("address", PAGES)
def test_page_is_read_and_never_sent(address: str) -> None:
    assert ReadingClient().post(address).status_code == 405


def test_article_that_does_not_exist_is_not_found() -> None:
    assert ReadingClient().get("/aide/cela-n-existe-pas/").status_code == 404


def test_help_centre_leads_to_every_article() -> None:
    page = text(reverse("information:help"))
    for article in ARTICLES:
        assert f'href="{reverse("information:article", args=[article.slug])}"' in page
        get_template(article.template)


def test_article_leads_to_the_others_of_its_theme() -> None:
    for article in ARTICLES:
        assert beside(article)
        assert article not in beside(article)


def test_first_connection_says_the_delay_in_force() -> None:
    page = text(reverse("information:article", args=["premiere-connexion"]))
    assert f"<strong>{settings.PARVIS_INVITATION_VALIDITY.days} jours</strong>" in page
    assert settings.PARVIS_INVITATION_TRIES == 5
    assert "Cinq identifiants erronés" in page


def test_accounts_article_names_every_status() -> None:
    page = text(reverse("information:article", args=["gerer-les-comptes"]))
    for status in Status:
        assert status.label in page


def test_creation_article_names_the_steps_as_the_product_does() -> None:
    from parvis.access.views.creation import STEPS

    page = text(reverse("information:article", args=["creer-un-compte"]))
    for number, step in enumerate(STEPS, start=1):
        assert f"Étape {number} : {step}" in page


def test_accessibility_claims_no_audit() -> None:
    page = text(reverse("information:accessibility"))
    assert "Non conforme, faute d’audit." in page
    assert "Défenseur des droits" in page


@pytest.mark.parametrize("page", ["legal", "privacy"])
def test_operator_who_filled_nothing_in_is_not_invented(monkeypatch: pytest.MonkeyPatch, page: str) -> None:
    for name in OPERATOR:
        monkeypatch.delenv(f"PARVIS_OPERATOR{name}", raising=False)
    assert "<dd>non renseigné</dd>" in text(reverse(f"information:{page}"))


def test_operator_is_shown_as_filled_in_and_never_as_html(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in OPERATOR:
        monkeypatch.setenv(f"PARVIS_OPERATOR{name}", f"Syndicat <b>{name}</b>")
    page = text(reverse("information:legal"))
    assert "Syndicat &lt;b&gt;_HOST&lt;/b&gt;" in page
    assert "<dd>non renseigné</dd>" not in page


def test_privacy_gives_the_delays_in_force() -> None:
    page = text(reverse("information:privacy"))
    assert f"{settings.PARVIS_NAME_RETENTION_YEARS} ans après la suppression" in page
    assert f"{settings.PARVIS_DRAFT_RETENTION.days} jours" in page
