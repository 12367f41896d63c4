"""The one search: what it finds, in which words, for whom; safe, and as quick for many as for few."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from parvis.access.finding import SOURCES, Hit, Source, answers_sql, words_of
from parvis.access.standing import standing
from parvis.ground import tenancy
from parvis.ground.database.together import Question
from parvis.ground.identifiers.text import search_key
from parvis.information.help.indexing import index_pages
from parvis.information.models import HelpPage, News, Word
from parvis.information.search.queries import Findings, find
from parvis.information.search.words import EXCERPT, excerpt, marked, near
from tests.information.test_help import question
from tests.information.test_news import item
from tests.plugins.html import ReadingClient
from tests.world import HERE, THERE, Someone, World

ARTICLE = "information:article"
# What is typed, and the help that comes first.
TYPED = [
    ("mot de passe oublié", "mot-de-passe-oublie"),
    ("MOT DE PASSE OUBLIE", "mot-de-passe-oublie"),
    ("creer un compte", "creer-un-compte"),
    ("délégation", "deleguer-des-droits"),
    ("delegasion", "deleguer-des-droits"),
    ("importer tableur", "importer-des-comptes"),
    ("inporter tableru", "importer-des-comptes"),
    ("second facteur", "second-facteur"),
    ("l’historique", "exporter-et-historique"),
]


def searchable(title: str, text: str = "", **given: Any) -> News:
    keys = {"search_title": search_key(title), "search_text": search_key(text)}
    return item(title, body=text, summary="", **keys, **given)


def first(found: Findings) -> str:
    return found.groups[0].hits[0].href if found.groups else ""


def titles(found: Findings, name: str) -> list[str]:
    return [str(hit.title.striptags()) for group in found.groups if group.name == name for hit in group.hits]


def here(who: Someone, text: str) -> Findings:
    where = who.membership.establishment_id
    with tenancy.scope(person=who.person.pk, establishment=where):
        stands = standing(who.person.pk, where)
        assert stands is not None
        return find(text, stands)


def test_help_is_found_as_people_write_it_and_never_another_text(as_owner: Any, world: World) -> None:
    assert index_pages() == HelpPage.objects.count()
    for text, slug in TYPED:
        assert first(find(text)) == reverse(ARTICLE, args=[slug]), text
    assert find("delegasion").corrected == ("delegation",)
    # What an article says no more is found no more; nor is a page that is gone.
    HelpPage.objects.filter(key="article:niveaux").update(text="zébulon", search_text="zebulon")
    HelpPage.objects.create(
        key="article:disparu", title="x", href="/x/", text="x", search_title="zeppelin", search_text=""
    )
    assert find("zébulon").total == 1
    index_pages()
    assert find("zébulon").total == 0 == find("zeppelin").total
    assert not Word.objects.filter(word__in=["zebulon", "zeppelin"]).exists()


def test_news_and_questions_are_found_while_they_are_shown(as_owner: Any, world: World) -> None:
    searchable("Le zèbre des élus", "Une **phrase** avec [un lien](/aide/).")
    searchable("Zèbre à venir", starts_on="2100-01-01")
    searchable("Zèbre terminé", starts_on="2001-01-01", ends_on="2001-02-01")
    searchable("Zèbre retiré", state="withdrawn")
    searchable("Zèbre de la FAEFM", public=False, funds=["faefm"])
    searchable("Zèbre de l’Ircantec", public=False, funds=["ircantec"])
    question("Que faire d’un zèbre ?")
    question("Un zèbre en brouillon ?", state="draft")
    question("Un zèbre passé ?", ends_on="2001-02-01")
    assert titles(find("zebre"), "news") == ["Le zèbre des élus"]
    assert titles(find("zèbres"), "question") == ["Que faire d’un zèbre ?"]
    # Who stands in an establishment finds what concerns it besides.
    assert set(titles(here(world.reader, "zebre"), "news")) == {"Le zèbre des élus", "Zèbre de l’Ircantec"}
    assert titles(here(world.stranger, "zebre"), "news") == ["Le zèbre des élus"]
    (hit,) = [hit for group in find("phrase zebre").groups for hit in group.hits]
    assert "Une <mark>phrase</mark> avec un lien." in hit.text
    # None has both words: those that have one, and it is said.
    loose = find("zebre girafe")
    assert loose.loose
    assert loose.total == 2


@pytest.mark.parametrize(
    "text", ["", "  ", "!!! & | :*", "'; DROP TABLE x; --", "a", "\0\0", "<script>", "%", "9" * 500]
)
def test_whatever_is_typed_finds_something_or_nothing(as_owner: Any, text: str) -> None:
    answer = ReadingClient().get(reverse("information:search"), {"q": text})
    assert answer.status_code == 200
    assert "<script>" not in answer.content.decode().split("</head>")[1]


def test_member_finds_the_services_that_they_may_open_and_what_others_register(
    as_owner: Any, world: World, signed_in: Callable[[Someone], ReadingClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Léa has no right on « Correspondants »; Marc reads it.
    assert titles(here(world.reader, "correspondant"), "services") == ["Correspondants"]
    assert titles(here(world.reader, "correspandants"), "services") == ["Correspondants"]
    assert titles(here(world.user, "correspondants"), "services") == []
    asked: list[tuple[str, int]] = []

    def lost(who: Any, text: str, limit: int) -> Question[Sequence[Hit]]:
        asked.append((text, limit))
        found = [Hit("Girafe <b>", "/girafe/", "Une girafe.", 1.0)] * limit
        return Question(("%(animal)s::text",), {"animal": text}, lambda animal: found if animal == "girafe" else [])

    monkeypatch.setitem(SOURCES, "zoo", Source("zoo", "Vos animaux", lost))
    Word.objects.create(word="girafe")
    browser = signed_in(world.reader)
    page = browser.get(reverse("information:search-here", args=[HERE]), {"q": "girave"}).content.decode()
    # A word that nothing has is asked for again as it was understood.
    assert asked == [("girave", 6), ("girafe", 6)]
    assert "Vos animaux" in page
    assert "<mark>Girafe</mark> &lt;b&gt;" in page
    assert "plus de 5\u00a0résultats" in page
    assert 'value="girave"' in page
    # Where nothing answers, one writes to a fund with the same words: they find the motif.
    lost_words = browser.get(reverse("information:search-here", args=[HERE]), {"q": "zèbre & gnou"}).content.decode()
    assert f'href="{reverse("exchanges:new", args=[HERE])}?q=z%C3%A8bre+%26+gnou">Nous contacter</a>' in lost_words
    visitors = ReadingClient().get(reverse("information:search"), {"q": "zèbre"}).content.decode()
    assert f'href="{reverse("information:contact")}">Nous contacter</a>' in visitors
    # A visitor's search does not ask them, and another establishment's does not exist.
    before = len(asked)
    ReadingClient().get(reverse("information:search"), {"q": "girafe", "dans": "zoo"})
    assert len(asked) == before
    assert browser.get(reverse("information:search-here", args=[THERE]), {"q": "x"}).status_code == 404
    assert ReadingClient().get(reverse("information:search-here", args=[HERE]), {"q": "x"}).status_code == 302


def test_search_asks_no_more_when_more_is_found(as_owner: Any, world: World) -> None:
    def counted() -> int:
        with CaptureQueriesContext(connection) as held:
            find("zebre")
        return len(held)

    searchable("Un zèbre")
    few = counted()
    for number in range(12):
        searchable(f"Zèbre {number}")
    assert counted() == few
    (group,) = find("zebre").groups
    assert (len(group.hits), group.total) == (5, 13)
    assert len(find("zebre", only="news").groups[0].hits) == 13


def test_words_are_read_marked_and_forgiven_one_letter(as_owner: Any) -> None:
    assert words_of("Où est l’attestation, pour la CNRACL ?") == ["attestation", "cnracl"]
    assert words_of("le la les") == ["le", "la", "les"]
    pairs = [
        ("cotisation", "cotisation", True),
        ("cotisation", "cotisatoin", True),
        ("cotisation", "cotisaton", True),
        ("cotisation", "cotissation", True),
        ("cotisation", "cotisatiom", True),
        ("cotisation", "cotixatiom", False),
        ("droit", "froit", True),
        ("agent", "argent", True),
        ("paie", "pair", False),
        ("retraite", "retraites", True),
    ]
    with as_owner.cursor() as cursor:
        for stored, typed, wanted in pairs:
            cursor.execute("SELECT backoffice_near(%s, %s)", [stored, typed])
            assert (near(stored, typed), cursor.fetchone()[0]) == (wanted, wanted), (stored, typed)
        for key, typed, wanted in (
            ("facture de l'annee 2026", ["factur"], True),
            ("facture de l'annee 2026", ["fatcure", "2026"], True),
            ("facture de l'annee 2026", ["facture", "2025"], False),
            ("avis-echeance", ["echeance"], True),
        ):
            cursor.execute(f"SELECT {answers_sql('%(key)s::text')}", {"key": key, "words": typed})
            assert cursor.fetchone()[0] is wanted, typed
    assert marked("Vos <b>Cotisations</b>", ["cotisation"]) == "Vos &lt;b&gt;<mark>Cotisations</mark>&lt;/b&gt;"
    assert marked("Une agence", ["agents"]) == "Une agence"
    long = "mot " * 200 + "zèbre rayé" + " mot" * 200
    part = excerpt(long, ["zebre"])
    assert "<mark>zèbre</mark>" in part
    assert len(part.striptags()) <= EXCERPT + 10
