"""The help centre and the pages of the footer: open to everybody, true to the rules, honest about what is unknown."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.template.loader import get_template
from django.urls import reverse

from parvis.access.registry import catalogue
from parvis.access.status import Status
from parvis.establishments.funds import ALL
from parvis.ground.pages.filters import plural
from parvis.ground.retention import KEPT, Sweep
from parvis.information.articles import ARTICLES, beside
from parvis.information.held import ROOMS, lines, span
from tests.plugins.html import ReadingClient
from tests.world import Someone, World

PAGES = [reverse(f"information:{name}") for name in ("help", "contact", "accessibility", "privacy", "legal")] + [
    reverse("information:article", args=[article.slug]) for article in ARTICLES
]
pytestmark = pytest.mark.django_db
OPERATOR = ("", "_ADDRESS", "_CONTACT", "_DIRECTOR", "_HOST", "_DPO")


def plain(said: str) -> str:
    return said.replace("\u00a0", " ").replace("\u202f", " ")


def text(address: str) -> str:
    answer = ReadingClient().get(address)
    assert answer.status_code == 200
    return plain(answer.content.decode())


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


def test_no_service_that_there_is_is_said_to_be_missing() -> None:
    page = text(reverse("information:article", args=["parvis"]))
    sentence = next(part for part in page.split("<p>") if "n’y sont pas" in part).lower()
    for one in catalogue(ALL):
        assert one.name.partition(" (")[0].lower() not in sentence, one.name


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


def test_privacy_speaks_of_every_table_of_people_in_letters_exchanges_obligations_notices_and_news() -> None:
    spoken = {table for line in lines() for table in line.tables}
    held = {kind.table for kind in KEPT.values() if kind.table.partition("_")[0] in ROOMS}
    assert spoken == held
    page = text(reverse("information:privacy"))
    for line in lines():
        assert plain(line.what) in page and plain(line.term) in page, line.what
    # The durations are those that the erasing goes by.
    for kind in KEPT.values():
        if kind.table in spoken and isinstance(kind.ends, Sweep) and kind.ends.term:
            said = getattr(settings, kind.ends.term)
            wanted = span(said) if isinstance(said, datetime.timedelta) else plural(said, "an", "ans")
            assert any(wanted in line.term for line in lines() if kind.table in line.tables), kind.code


@pytest.mark.parametrize(
    ("days", "said"), [(365, "1 an"), (730, "2 ans"), (364, "364 jours"), (366, "366 jours"), (1, "24 heures")]
)
def test_whole_years_are_said_in_years(days: int, said: str) -> None:
    assert plain(span(datetime.timedelta(days=days))) == said


def test_articles_of_exchanges_deadlines_and_notices_give_the_numbers_in_force(settings: Any) -> None:
    settings.PARVIS_EXCHANGE_DRAFT_RETENTION = datetime.timedelta(days=31)
    settings.PARVIS_EXCHANGE_SILENCE = datetime.timedelta(days=32)
    settings.PARVIS_EXCHANGE_REOPEN = datetime.timedelta(days=63)
    settings.PARVIS_OBLIGATION_SOON_DAYS = 14
    settings.PARVIS_OBLIGATION_REMINDER_DAYS = (10, 2)
    settings.PARVIS_NOTICE_RETENTION = datetime.timedelta(days=730)
    settings.PARVIS_DIGEST_HOUR = 6
    settings.PARVIS_LETTER_RECALL = datetime.timedelta(days=11)
    settings.PARVIS_LETTER_RECALL_ADMINISTRATORS = datetime.timedelta(days=23)
    told = {
        "lire-et-classer-les-courriers": ("au bout de 11 jours", "administrent au bout de 23 jours"),
        "nous-contacter": ("gardée 31 jours", "pendant 32 jours", "pendant 63 jours"),
        "suivre-ses-echeances": ("dans les 14 jours", "10 jours et 2 jours avant"),
        "accueil-et-notifications": ("pendant 2 ans", "à partir de 6 h"),
    }
    for slug, words in told.items():
        page = text(reverse("information:article", args=[slug]))
        assert all(word in page for word in words), slug


def test_accessibility_page_bears_the_state_that_is_declared_and_says_what_wants_javascript(
    settings: Any,
) -> None:
    page = text(reverse("information:accessibility"))
    assert "<title>Accessibilité : non conforme, non audité – Parvis</title>" in page
    assert "ajouter une clé d’accès" in page
    settings.PARVIS_ACCESSIBILITY, settings.PARVIS_ACCESSIBILITY_AUDIT = "partiellement", "Cabinet, 3 mars 2027"
    page = text(reverse("information:accessibility"))
    assert "<title>Accessibilité : partiellement conforme – Parvis</title>" in page
