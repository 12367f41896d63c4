"""The help centre: what it must answer, a page per theme and service, questions, « Nous contacter » in its context."""

import datetime
import uuid
from collections.abc import Callable
from typing import Any

from django.urls import reverse

from parvis.access import registry
from parvis.establishments.funds import ALL
from parvis.ground import clock
from parvis.ground.identifiers.text import search_key
from parvis.information.articles import ARTICLES
from parvis.information.models import Question
from tests.plugins.html import ReadingClient
from tests.world import HERE, Someone, World

TODAY = clock.today()
DAY = datetime.timedelta(days=1)
# What issue 7 wants answered at least, and the words that answer it, in the article that does.
ANSWERED = {
    "creer-un-compte": ("Étape 1", "Étape 3", "identifiant"),
    "mot-de-passe-oublie": ("Un centre de gestion", "Il ne peut donner ni identifiant ni mot de passe", "administre"),
    "gerer-les-comptes": ("Administrateur", "Utilisateur", "gestionnaire RH"),
    "joindre-un-fonds": ("CNRACL", "Ircantec", "RAFP", "FIPHFP", "/contact/"),
    "parvis": ("la plateforme", "fonds"),
}


def text(address: str, browser: ReadingClient | None = None) -> str:
    answer = (browser or ReadingClient()).get(address)
    assert answer.status_code == 200, address
    return answer.content.decode().replace("\u00a0", " ").replace("\u202f", " ")


def question(asked: str = "Une question ?", **given: Any) -> Question:
    now = clock.now()
    values = {"answer": "Une **réponse**.", "state": "published", "created_at": now, "changed_at": now, **given}
    return Question.objects.create(
        question=asked,
        written_by=uuid.uuid4(),
        search_title=search_key(asked),
        search_text=search_key(values["answer"]),
        **values,
    )


def test_help_answers_what_people_come_with(world: World) -> None:
    for slug, words in ANSWERED.items():
        page = text(reverse("information:article", args=[slug]))
        for word in words:
            assert word in page, (slug, word)


def test_each_service_and_theme_has_a_page_that_the_help_leads_to(world: World) -> None:
    centre = text(reverse("information:help"))
    for service in registry.catalogue(ALL):
        href = reverse("information:help-service", args=[service.code])
        theme = reverse("information:help-theme", args=[service.theme.code])
        page = text(href)
        assert f'href="{href}"' in centre
        assert f'href="{href}"' in text(theme)
        assert service.sentence.replace("\u00a0", " ") in page
        for level in service.helps:
            assert level.label in page
    for missing in ("services/rien", "themes/rien", f"questions/{uuid.uuid4()}"):
        assert ReadingClient().get(f"/aide/{missing}/").status_code == 404


def test_questions_stand_on_their_page_while_they_are_valid(as_owner: Any, world: World) -> None:
    service = reverse("information:help-service", args=["contrats"])
    theme = reverse("information:help-theme", args=["etablissement"])
    cases: list[tuple[dict[str, Any], str]] = [
        ({"service": "contrats", "theme": "etablissement"}, service),
        ({"theme": "etablissement"}, theme),
        ({}, reverse("information:help")),
        ({"service": "contrats", "state": "draft"}, ""),
        ({"service": "contrats", "state": "withdrawn"}, ""),
        ({"service": "contrats", "starts_on": TODAY + DAY}, ""),
        ({"service": "contrats", "ends_on": TODAY - DAY}, ""),
        ({"service": "contrats", "starts_on": TODAY, "ends_on": TODAY}, service),
    ]
    made = [(question(f"Cas {number} ?", **given), where) for number, (given, where) in enumerate(cases)]
    pages = {where: text(where) for where in (service, theme, reverse("information:help"))}
    for one, wanted in made:
        assert [where for where, page in pages.items() if f"{one.question}</summary>" in page] == [wanted] * bool(
            wanted
        )
        answer = ReadingClient().get(reverse("information:question", args=[one.ref]))
        assert answer.status_code == (200 if wanted else 404)


def test_contact_knows_what_one_was_reading_and_where(
    world: World, signed_in: Callable[[Someone], ReadingClient]
) -> None:
    service = reverse("information:help-service", args=["correspondants"])
    article = reverse("information:article", args=["niveaux"])
    contact = reverse("information:contact")
    assert f'href="{contact}">Nous contacter</a>' in text(service)
    browser = signed_in(world.reader)
    # From the service itself to its help, which then leads back into the establishment.
    assert f'href="{service}"' in text(reverse("service_correspondents:index", args=[HERE]), browser)
    new = reverse("exchanges:new", args=[HERE])
    assert f'href="{new}?service=correspondants">Nous contacter</a>' in text(service, browser)
    assert f'href="{new}?article=niveaux&amp;theme=comptes">Nous contacter</a>' in text(article, browser)
    # Each article leads to the first question answered, but for those that are about nothing in particular.
    bare = {one.slug for one in ARTICLES if not one.about}
    assert bare == {"parvis", "accueil-et-notifications", "joindre-un-fonds", "nous-contacter"}
    for one in ARTICLES:
        ready = text(f"{new}?article={one.slug}&theme={one.about}", browser)
        assert (f'value="{one.about}" checked' in ready) == (one.slug not in bare), one.slug
    assert f'href="{reverse("service_correspondents:index", args=[HERE])}">Ouvrir le service</a>' in text(
        service, browser
    )
