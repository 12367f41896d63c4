"""What advisers say on pages of the help centre: for their funds, in versions, found while it is valid."""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from parvis.backoffice.clarifications.actions import Written, set_state, write
from parvis.ground import clock
from parvis.ground.tenancy import Refused
from parvis.information.help import clarifications
from parvis.information.help.indexing import index_pages
from parvis.information.models import Clarification, ClarificationVersion, Word
from parvis.information.search.queries import find
from parvis.journal.models import Event
from tests.backoffice.hands import fresh, office
from tests.plugins.html import ReadingClient
from tests.world import World

DAY = datetime.timedelta(days=1)
ARTICLE = reverse("information:article", args=["niveaux"])
OWN_TEXT = "<h2>"


def written(**given: Any) -> Written:
    values: dict[str, Any] = {
        "page": "article:niveaux",
        "place": "before",
        "title": "Un cas de plus",
        "body": "Pour les **ornithorynques** : [voir](/aide/).",
        "funds": ["cnracl"],
        "starts_on": None,
        "ends_on": None,
    }
    return Written(**{**values, **given})


def text(address: str) -> str:
    answer = ReadingClient().get(address)
    assert answer.status_code == 200
    return answer.content.decode()


# Who may write what: for one's own funds; for all of them, and instead of a page, who supervises alone.
REFUSED = [
    ("first", {}, ""),
    ("first", {"funds": ["faefm"]}, "parmi vos fonds"),
    ("first", {"funds": []}, "Seule la supervision écrit"),
    ("first", {"place": "instead"}, "Seule la supervision remplace"),
    ("first", {"page": "article:rien"}, "Cette page n’existe pas"),
    ("supervisor", {"funds": [], "place": "instead"}, ""),
    ("supervisor", {"page": "theme:etablissement", "place": "instead"}, "ne se remplace pas"),
    ("supervisor", {"page": "theme:etablissement", "place": "after"}, ""),
]


def test_an_adviser_clarifies_for_their_funds_and_only_supervision_replaces(world: World) -> None:
    for role, given, refusal in REFUSED:
        with office(world.advisers[role]) as who:
            if refusal:
                with pytest.raises(Refused, match=refusal):
                    write(who=who, written=written(**given))
            else:
                assert write(who=who, written=written(**given)).state == "draft"


def test_a_page_shows_it_while_it_is_valid_and_the_search_finds_it(as_owner: Any, world: World) -> None:
    index_pages()
    with office(world.advisers["first"]) as who:
        one = write(who=who, written=written())
    assert one.title not in text(ARTICLE)
    assert not Word.objects.filter(word="ornithorynques").exists()
    with office(world.advisers["first"]) as who:
        set_state(who=who, ref=one.ref, published=True)
        with pytest.raises(Refused, match="déjà publiée"):
            set_state(who=who, ref=one.ref, published=True)
    page = text(ARTICLE)
    # Before the page's own text, which stays whole.
    assert page.index(one.title) < page.index(OWN_TEXT, page.index(one.title) + 100)
    assert "<strong>ornithorynques</strong>" in page
    assert "CNRACL" in page
    hit = find("ornithorinques").groups[0].hits[0]
    assert hit.href == f"{ARTICLE}#precision-{one.ref}"
    assert "Un cas de plus" in hit.title.striptags()
    today = clock.today()
    for starts, ends in ((today + DAY, None), (None, today - DAY)):
        with office(world.advisers["first"]) as who:
            write(who=who, written=written(starts_on=starts, ends_on=ends), ref=one.ref)
        assert one.title not in text(ARTICLE)
        assert not find("ornithorynques").total
    assert list(
        Event.objects.filter(kind__startswith="clarification.").order_by("id").values_list("kind", flat=True)
    ) == [
        "clarification.created",
        "clarification.published",
        "clarification.changed",
        "clarification.changed",
    ]


def test_what_stands_instead_hides_the_text_from_readers_and_from_the_search(
    as_owner: Any, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    index_pages()
    own = text(ARTICLE)
    assert find("comprendre niveaux").groups[0].hits[0].href == ARTICLE
    with office(world.advisers["supervisor"]) as who:
        one = write(who=who, written=written(place="instead", funds=[]))
        set_state(who=who, ref=one.ref, published=True)
    # However much else is said there: the search believes the page's own text hidden.
    with office(world.advisers["first"]) as who:
        for _ in range(2):
            set_state(who=who, ref=write(who=who, written=written(title="Encore")).ref, published=True)
    monkeypatch.setattr(clarifications, "MOST", 2)
    found = clarifications.around("article:niveaux")
    assert (len(found.instead), len(found.before)) == (1, 1)
    preview = fresh(world.advisers["supervisor"]).get(reverse("backoffice:clarification", args=[one.ref]))
    # As it reads there: not as a card beside the text.
    assert "Texte du" in preview.content.decode() and "Précision du" not in preview.content.decode()
    Clarification.objects.filter(title="Encore").update(state="draft")
    page = text(ARTICLE)
    assert "ornithorynques" in page
    assert len(page) < len(own) - 1_000
    hits = [hit.href for group in find("comprendre niveaux").groups for hit in group.hits]
    assert hits[0] == f"{ARTICLE}#precision-{one.ref}"
    assert ARTICLE not in hits
    with office(world.advisers["supervisor"]) as who:
        set_state(who=who, ref=one.ref, published=False)
    assert text(ARTICLE) == own
    # The text that comes with Parvis is what the index keeps: nothing of it is lost meanwhile.
    assert find("comprendre niveaux").groups[0].hits[0].href == ARTICLE


def test_each_text_stays_as_a_version_that_can_be_taken_again(as_owner: Any, world: World) -> None:
    browser: Client = fresh(world.advisers["first"])
    new = reverse("backoffice:clarification-new")
    form = {"page": "service:contrats", "place": "after", "title": "Premier", "body": "<b>Un</b>", "funds": ["rafp"]}
    wrong = browser.post(new, {**form, "starts_on": "02/01/2027", "ends_on": "01/01/2027"}).content.decode()
    assert "La fin précède le début" in wrong
    assert 'value="Premier"' in wrong
    for given, said in (
        ({"page": ""}, "Choisissez la page"),
        ({"page": "service:rien"}, "Ce choix n’existe pas"),
        ({"place": "instead"}, "Choisissez dans la liste"),
        ({"funds": ["faefm"]}, "Ce choix n’existe pas"),
        ({"body": " "}, "Saisissez le texte"),
        ({"body": "x" * 10_001}, "abrégez-le"),
    ):
        assert said in browser.post(new, {**form, **given}).content.decode().replace(
            "Ce choix n’existe pas : prenez-en un de la liste.", "Ce choix n’existe pas, Choisissez dans la liste"
        ), given
    assert not Clarification.objects.exists()
    assert browser.post(new, form).status_code == 302
    one = Clarification.objects.get()
    change = reverse("backoffice:clarification-write", args=[one.ref])
    here = reverse("backoffice:clarification", args=[one.ref])
    browser.post(change, {**form, "title": "Second"})
    # What changes nothing leaves nothing.
    browser.post(change, {**form, "title": "Second"})
    assert list(ClarificationVersion.objects.order_by("number").values_list("number", "title")) == [
        (1, "Premier"),
        (2, "Second"),
    ]
    assert Event.objects.filter(kind="clarification.changed").count() == 1
    page = browser.get(here).content.decode()
    assert "&lt;b&gt;Un&lt;/b&gt;" in page
    assert "Version 1" in page
    old = browser.get(reverse("backoffice:clarification-version", args=[one.ref, 1])).content.decode()
    assert "Premier" in old
    assert f'href="{change}?version=1"' in old
    assert 'value="Premier"' in browser.get(f"{change}?version=1").content.decode()
    for odd in ("9", "9" * 5_000, "²"):
        assert 'value="Second"' in browser.get(change, {"version": odd}).content.decode()
    assert browser.get(reverse("backoffice:clarification-version", args=[one.ref, 9])).status_code == 404
    assert browser.post(here, {"geste": "publier"}).status_code == 302
    assert "Second" in text(reverse("information:help-service", args=["contrats"]))
    assert "Second" in browser.get(reverse("backoffice:clarifications"), {"ou": "service:contrats"}).content.decode()
    # Another fund's adviser sees nothing of it, nor does anybody else; publishing wants a factor given lately.
    other = fresh(world.advisers["other"])
    for address in (here, change, reverse("backoffice:clarification-version", args=[one.ref, 1])):
        assert other.get(address).status_code == 404
        assert ReadingClient().get(address).status_code == 302
    assert other.post(here, {"geste": "retirer"}).status_code == 404
    stale = fresh(world.advisers["first"])
    session = stale.session
    session["factor_at"] = 0
    session.save()
    assert "/confirmer/" in stale.post(here, {"geste": "retirer"})["Location"]
