"""News and questions of the help centre as advisers write them: for their funds, seen before they are published."""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from parvis.backoffice.news.actions import Written, pin, publish, withdraw, write
from parvis.ground import clock
from parvis.ground.tenancy import Refused
from parvis.information.models import News, Question, Word
from parvis.information.news.queries import latest_public
from parvis.journal.models import Event
from tests.backoffice.hands import fresh, office
from tests.identity.factors.hands import code_now
from tests.identity.factors.hands import stale as made_stale
from tests.information.test_news import sent
from tests.plugins.html import ReadingClient
from tests.world import World

TODAY = clock.today()
DAY = datetime.timedelta(days=1)


def written(**given: Any) -> Written:
    values: dict[str, Any] = {
        "title": "Du nouveau",
        "summary": "En une phrase.",
        "body": "Un texte sur les ornithorynques.",
        "funds": ["cnracl"],
        "kinds": [],
        "themes": [],
        "public": True,
    }
    return Written(**{**values, **given})


def kinds() -> list[str]:
    return list(Event.objects.filter(kind__startswith="news.").order_by("id").values_list("kind", flat=True))


# Who may write for whom: the first and second levels for their funds (CNRACL, Ircantec, RAFP), who supervises for all.
FUNDS = [
    ("first", ["cnracl"], ""),
    ("first", ["cnracl", "rafp"], ""),
    ("first", ["faefm"], "parmi vos fonds"),
    ("first", ["cnracl", "faefm"], "parmi vos fonds"),
    ("second", [], "Seule la supervision"),
    ("supervisor", [], ""),
    ("supervisor", ["feh"], "parmi vos fonds"),
    ("other", ["faefm"], ""),
    ("other", ["cnracl"], "parmi vos fonds"),
]


def test_adviser_writes_for_their_own_funds_alone(world: World) -> None:
    for role, funds, refusal in FUNDS:
        with office(world.advisers[role]) as who:
            if refusal:
                with pytest.raises(Refused, match=refusal):
                    write(who=who, written=written(funds=funds))
            else:
                assert write(who=who, written=written(funds=funds)).state == "draft"


def test_item_goes_from_draft_to_published_to_withdrawn_and_each_step_is_in_the_journal(
    as_owner: Any, world: World
) -> None:
    with office(world.advisers["first"]) as who:
        news = write(who=who, written=written())
        assert not News.objects.get(pk=news.pk).slug
        publish(who=who, ref=news.ref, starts_on=TODAY, ends_on=TODAY + DAY)
        twin = write(who=who, written=written())
        publish(who=who, ref=twin.ref, starts_on=TODAY, ends_on=None)
    slug = f"{TODAY:%Y-%m}-du-nouveau"
    news.refresh_from_db()
    twin.refresh_from_db()
    assert (news.slug, twin.slug) == (slug, f"{slug}-{twin.ref.hex[:8]}")
    assert {one.title for one in latest_public(9)} == {"Du nouveau"}
    # What is published is learnt by the search; a draft is not.
    assert Word.objects.filter(word="ornithorynques").exists()
    with office(world.advisers["second"]) as who:
        write(who=who, written=written(title="Autrement"), ref=news.ref)
        pin(who=who, ref=news.ref, pinned=True)
        pin(who=who, ref=news.ref, pinned=True)
        with pytest.raises(Refused, match="dernier jour"):
            publish(who=who, ref=news.ref, starts_on=TODAY - 9 * DAY, ends_on=TODAY - DAY)
    assert latest_public(1)[0].title == "Autrement"
    # Its address holds for ever.
    assert latest_public(1)[0].href == f"/actualites/{slug}/"
    with office(world.advisers["first"]) as who:
        withdraw(who=who, ref=news.ref)
        with pytest.raises(Refused, match="déjà retirée"):
            withdraw(who=who, ref=news.ref)
    assert [one.href for one in latest_public(9)] == [f"/actualites/{slug}-{twin.ref.hex[:8]}/"]
    assert kinds() == [
        *("news.created", "news.published", "news.created", "news.published"),
        *("news.changed", "news.pinned", "news.withdrawn"),
    ]


def test_adviser_of_other_funds_sees_and_changes_nothing(as_owner: Any, world: World) -> None:
    with office(world.advisers["first"]) as who:
        news = write(who=who, written=written())
    with office(world.advisers["other"]) as who:
        for act in (
            lambda: write(who=who, written=written(funds=["faefm"]), ref=news.ref),
            lambda: publish(who=who, ref=news.ref, starts_on=TODAY, ends_on=None),
            lambda: withdraw(who=who, ref=news.ref),
            lambda: pin(who=who, ref=news.ref, pinned=True),
        ):
            with pytest.raises(Refused, match="n’existe pas"):
                act()
    browser = fresh(world.advisers["other"])
    for name in ("news-item", "news-write"):
        assert browser.get(reverse(f"backoffice:{name}", args=[news.ref])).status_code == 404
    assert "Du nouveau" not in browser.get(reverse("backoffice:news")).content.decode()


FORM = {
    "title": "Une image",
    "summary": "En une phrase.",
    "body": "## Titre\r\n\r\n- une <b>ligne</b>",
    "funds": ["cnracl"],
    "public": "on",
}


def test_news_is_written_seen_and_published_from_the_pages(as_owner: Any, world: World) -> None:
    browser = fresh(world.advisers["first"])
    new = reverse("backoffice:news-new")
    # A picture wants its text; what was typed is kept.
    answer = browser.post(new, {**FORM, "picture": sent()})
    assert "Dites ce que montre l’image" in answer.content.decode()
    assert 'value="Une image"' in answer.content.decode()
    assert "Choisissez les fonds" in browser.post(new, {**FORM, "funds": []}).content.decode()
    assert "Ce choix n’existe pas" in browser.post(new, {**FORM, "kinds": ["rien"]}).content.decode()
    assert "abrégez-le" in browser.post(new, {**FORM, "body": "x" * 10_001}).content.decode()
    assert not News.objects.exists()
    answer = browser.post(new, {**FORM, "picture": sent(), "picture_alt": "Un aplat"})
    news = News.objects.get()
    here = reverse("backoffice:news-item", args=[news.ref])
    assert answer["Location"] == here
    page = browser.get(here).content.decode()
    assert "une &lt;b&gt;ligne&lt;/b&gt;" in page
    assert 'alt="Un aplat"' in page
    assert news.pictures.count() == 2
    picture = reverse("backoffice:news-picture", args=[news.pictures.first().digest])  # type: ignore[union-attr]
    assert browser.get(picture)["Content-Type"] == "image/webp"
    assert ReadingClient().get(reverse("information:news-picture", args=[picture[-45:-5]])).status_code == 404
    wrong = browser.post(here, {"geste": "publier", "starts_on": "31/02/2027"}).content.decode()
    assert "Cette date n’existe pas" in wrong
    assert browser.post(here, {"geste": "rien"}).status_code == 200
    assert browser.post(here, {"geste": "publier", "starts_on": f"{TODAY:%d/%m/%Y}"}).status_code == 302
    assert latest_public(1)[0].picture is not None
    # Publishing wants a factor given lately.
    stale = made_stale(fresh(world.advisers["first"]))
    assert "/confirmer/" in stale.post(here, {"geste": "retirer"})["Location"]
    # So does changing what is online; a picture chosen meanwhile is asked for again, and nothing is lost or half done.
    again, change = {**FORM, "no_picture": "on"}, reverse("backoffice:news-write", args=[news.ref])
    assert "/confirmer/" in stale.get(change)["Location"]
    asked = stale.post(change, {**FORM, "title": "Autre titre", "picture": sent(), "picture_alt": "Un autre aplat"})
    assert "/confirmer/" in asked["Location"]
    back = stale.post(asked["Location"], {"code": code_now()})
    assert back["Location"] == change
    page = stale.get(change).content.decode()
    assert "Choisissez à nouveau l’image" in page and 'value="Autre titre"' in page
    assert latest_public(1)[0].title == FORM["title"]
    assert browser.post(change, again).status_code == 302
    assert not news.pictures.exists()


def test_question_is_written_published_and_withdrawn(as_owner: Any, world: World) -> None:
    browser: Client = fresh(world.advisers["first"])
    new = reverse("backoffice:question-new")
    form = {"question": "Où ?", "answer": "**Ici**.", "where": "service:contrats", "funds": ["rafp"], "rank": "3"}
    wrong = browser.post(new, {**form, "starts_on": "02/01/2027", "ends_on": "01/01/2027"}).content.decode()
    assert "La fin précède le début" in wrong
    assert "nombre de 1 à 999" in browser.post(new, {**form, "rank": "beaucoup"}).content.decode()
    assert "Ce choix n’existe pas" in browser.post(new, {**form, "where": "service:rien"}).content.decode()
    assert "Ce choix n’existe pas" in browser.post(new, {**form, "funds": ["faefm"]}).content.decode()
    assert browser.post(new, form).status_code == 302
    one = Question.objects.get()
    assert (one.theme, one.service, one.rank, one.state) == ("etablissement", "contrats", 3, "draft")
    here, public = reverse("backoffice:question", args=[one.ref]), reverse("information:question", args=[one.ref])
    assert ReadingClient().get(public).status_code == 404
    assert browser.post(here, {"geste": "publier"}).status_code == 302
    assert "<strong>Ici</strong>" in ReadingClient().get(public).content.decode()
    assert "Où" in browser.get(reverse("backoffice:questions"), {"ou": "service:contrats"}).content.decode()
    stale = made_stale(fresh(world.advisers["first"]))
    change = reverse("backoffice:question-write", args=[one.ref])
    asked = stale.post(change, {**form, "question": "Quand ?"})["Location"]
    assert Question.objects.get().question == "Où ?"
    assert stale.post(asked, {"code": code_now()})["Location"] == here
    assert Question.objects.get().question == "Quand ?"
    other = fresh(world.advisers["other"])
    assert other.get(here).status_code == 404
    assert other.post(here, {"geste": "retirer"}).status_code == 404
    assert browser.post(here, {"geste": "retirer"}).status_code == 302
    assert ReadingClient().get(public).status_code == 404
    # Nobody but advisers opens these pages.
    assert ReadingClient().get(here).status_code == 302
