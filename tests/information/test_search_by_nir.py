"""A NIR that is typed into the one search: it stands in no address, and who may find something by it still does."""

import re
from collections.abc import Sequence
from typing import Any

import pytest
from django.urls import reverse

from parvis.access.finding import SOURCES, Hit, Source
from parvis.ground import clock
from parvis.ground.database.together import Question
from parvis.regulations.identifiers.persons import looks_like_a_nir, tells_a_nir
from tests.access.expiry.hands import alter
from tests.access.reading import DAY, tree, words
from tests.backoffice.test_seeing_as import begin
from tests.inbox.hands import SignedIn
from tests.plugins.html import ReadingClient
from tests.world import HERE, World

ALL, MINE = reverse("information:search"), reverse("information:search-here", args=[HERE])
NIR = "285047401012371"
# As people write one; its first ten digits tell nearly all of it.
TYPED = [
    NIR,
    NIR[:13],
    "2 85 04 74 010 123 71",
    "2.85.04.74.010.123",
    "2 85 04 2A 010 123",
    "Durand 2-85-04-74-010-123",
]
TYPED += ["2850474010", "2/85/04/74/010/123 / 71"]


def held(page: Any) -> list[str]:
    """Every address that a page holds, and its title, without signs: where no digits of the NIR may stand."""
    root = tree(page)
    found = [one.get(name, "") for one in root.iter() for name in ("href", "action", "formaction", "src", "content")]
    return [re.sub(r"[\W_]|%[0-9A-F]{2}", "", one) for one in [*found, root.findtext("head/title") or ""] if one]


def in_no_address(page: Any) -> bool:
    return not any("285047401" in one or "285042A01" in one for one in held(page))


def test_what_tells_a_nir_and_what_does_not() -> None:
    assert all(tells_a_nir(one) for one in TYPED)
    assert [looks_like_a_nir(one) for one in TYPED] == [True] * 5 + [False] * 3
    for other in ("05 46 12 34 56", "attestation 2026", "200063402", "28504740", "2026-11-29", "7HK4PX92A"):
        assert not tells_a_nir(other), other


@pytest.mark.parametrize("where", [ALL, MINE])
def test_by_an_address_nothing_is_found_and_no_other_address_has_it(
    world: World, signed_in: SignedIn, where: str
) -> None:
    browsers = [signed_in(world.user)] if where == MINE else [ReadingClient(), signed_in(world.user)]
    for browser in browsers:
        for typed in TYPED:
            answer = browser.get(where, {"q": typed, "dans": "news"})
            assert (answer.status_code, answer["Location"]) == (302, f"{where}?numero=1"), typed
        page = browser.get(f"{where}?numero=1")
        assert "Il ressemble à un numéro de sécurité sociale" in words(page)
        assert "Aucun résultat" not in words(page)
    # Not to the page of signing in either, where the session is over.
    assert NIR not in str(ReadingClient().get(MINE, {"q": NIR}, follow=True).redirect_chain)


def test_a_visitor_is_told_not_to_type_one_and_words_keep_their_address(as_owner: Any, world: World) -> None:
    page = ReadingClient().get(f"{ALL}?numero=1")
    assert "ne le saisissez pas ici" in words(page)
    answer = ReadingClient().get(ALL, {"q": "zèbre 2026"})
    assert 'value="zèbre 2026"' in answer.content.decode() and "parvis_csrf" not in answer.cookies
    forms = [one for one in tree(answer).iter("form") if one.get("role") == "search"]
    assert [(one.get("method"), one.get("action")) for one in forms] == [("get", ALL)] * 2
    # A form of a session that is over.
    assert ReadingClient().post(ALL, {"nir": NIR})["Location"] == f"{ALL}?numero=1"
    assert ReadingClient().post(ALL, {"nir": "contrat"})["Location"] == f"{ALL}?q=contrat"


def test_whoever_signed_in_sends_words_to_their_address_and_a_nir_to_none(
    world: World, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, int]] = []

    def question(who: Any, text: str, limit: int) -> Question[Sequence[Hit]]:
        asked.append((text, limit))
        return Question(("1",), {}, lambda _: [Hit("Martine Durand", "/durand/", "Une agente.", 1.0)] * limit)

    monkeypatch.setitem(SOURCES, "zoo", Source("zoo", "Vos agents", question))
    browser = signed_in(world.user)
    for page in (browser.get(MINE), browser.get(reverse("information:help")), browser.get(f"/etablissements/{HERE}/")):
        forms = [one for one in tree(page).iter("form") if one.get("role") == "search"]
        assert forms and {one.get("method") for one in forms} == {"post"}
    for typed, query in (("contrats d’hiver", "?q=contrats+d%E2%80%99hiver"), (" ", ""), ("\0", "")):
        assert browser.post(MINE, {"nir": typed})["Location"] == MINE + query
    for typed in TYPED:
        answer = browser.post(MINE, {"nir": typed})
        assert answer.status_code == 200 and answer["Cache-Control"] == "no-store"
        assert "Martine Durand" in words(answer) and in_no_address(answer), typed
    # One word, however it was grouped; more than are shown.
    assert asked[2] == (NIR, 6)
    [form] = [one for one in tree(answer).iter("form") if "Tous les résultats" in "".join(one.itertext())]
    sent = {one.get("name", ""): one.get("value", "") for one in form.iter("input")}
    assert (form.get("method"), form.get("action"), sent["nir"], sent["dans"]) == ("post", MINE, TYPED[-1], "zoo")
    every = browser.post(MINE, sent)
    assert asked[-1] == (NIR, 51) and "Chercher partout" in words(every) and in_no_address(every)
    assert "Un NIR se cherche seul et en entier" in words(browser.post(MINE, {"nir": TYPED[5]}))
    monkeypatch.delitem(SOURCES, "zoo")
    # A part of one is no words of the help.
    for typed, said in ((NIR, "Aucun agent trouvé sous ce NIR"), ("2 85 04 74 010", "Rien ne répond à ce numéro")):
        assert said in words(browser.post(MINE, {"nir": typed}))
    # Help and news alone: the way to one's own establishment is a form too.
    page = browser.post(ALL, {"nir": NIR})
    assert "Chercher aussi dans mon établissement" in words(page) and in_no_address(page)


def test_who_may_change_nothing_searches_all_the_same(as_owner: Any, world: World, signed_in: SignedIn) -> None:
    # The only administrator, whose end date passed yesterday, sends nothing else.
    alter(world.second, profile="utilisateur")
    alter(world.administrator, ends_on=clock.today() - DAY)
    browser = signed_in(world.administrator)
    assert browser.post(MINE, {"nir": "contrat"})["Location"] == f"{MINE}?q=contrat"
    assert browser.post(MINE, {"nir": NIR}).status_code == 200
    # An adviser who sees somebody's pages sends nothing at all.
    page = begin(world, world.user).get(MINE, {"q": "contrat"})
    assert {one.get("method") for one in tree(page).iter("form") if one.get("role") == "search"} == {"get"}
    told = begin(world, world.user).get(MINE, {"q": NIR}, follow=True)
    assert "ne le saisissez pas ici" in words(told)
