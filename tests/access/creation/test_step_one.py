"""Step 1: what is typed."""

import uuid
from urllib.parse import urlencode

import pytest

from tests.access.creation.hands import BAD, GOOD, RIGHTS, accounts_and_drafts, draft_of, drafted
from tests.access.reading import (
    anchors_lead_somewhere,
    at_field,
    html,
    kinds,
    summary,
    value,
    words,
)
from tests.plugins.html import ReadingClient
from tests.world import World


@pytest.mark.parametrize(("name", "typed", "expected"), BAD, ids=[f"{n}-{t[:12]!a}" for n, t, _ in BAD])
def test_administrator_who_types_something_wrong_finds_it_again_with_a_message_at_the_field_and_above(
    world: World, browser: ReadingClient, base: str, name: str, typed: str, expected: str
) -> None:
    before = accounts_and_drafts(world)
    answer = browser.post(base, {**GOOD, name: typed, "draft": str(uuid.uuid4())})
    assert answer.status_code == 200
    assert expected in at_field(answer, name)
    (line,) = summary(answer).items()
    assert expected in line[0]
    assert line[1] == f"#id_{name}"
    anchors_lead_somewhere(answer)
    for field, given in {**GOOD, name: typed}.items():
        assert value(answer, field).split() == given.split(), field
    assert accounts_and_drafts(world) == before


def test_administrator_who_chooses_nothing_is_told_of_each_missing_field(browser: ReadingClient, base: str) -> None:
    answer = browser.post(base, {})
    missing = ("civility", "last_name", "first_name", "function", "email", "phone", "profile")
    assert list(summary(answer)) == [at_field(answer, name) for name in missing]
    assert all(summary(answer))
    anchors_lead_somewhere(answer)


def test_end_before_start_is_refused_at_the_end(browser: ReadingClient, base: str) -> None:
    answer = browser.post(base, {**GOOD, "starts_on": "02/02/2099", "ends_on": "01/02/2099"})
    assert "précède son début" in at_field(answer, "ends_on")


@pytest.mark.parametrize(("name", "typed"), [("profile", "root"), ("civility", "dr"), ("profile", "administrateur\0")])
def test_forged_choice_is_refused_in_words(browser: ReadingClient, base: str, name: str, typed: str) -> None:
    answer = browser.post(base, {**GOOD, name: typed})
    assert answer.status_code == 200
    assert "n’existe pas" in at_field(answer, name)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("O'Neil", "O'Neil"),
        ("L’Hostis", "L’Hostis"),
        ("Martin-Bonnefoy", "Martin-Bonnefoy"),
        ("de  La\u00a0Tour", "de La Tour"),
        ("محمد بن علي", "محمد بن علي"),
        ("שרה", "שרה"),
        ("\u202eMartin\u202c", "Martin"),
        ("Đặng", "Đặng"),
        ("Éric".encode().decode(), "Éric"),
        ("E\u0301ric", "Éric"),
        ("Mar\0tin", "Mar tin"),
        ("Ma.", "Ma."),
    ],
)
def test_names_as_people_bear_them_are_taken(
    world: World, browser: ReadingClient, base: str, typed: str, stored: str
) -> None:
    where = drafted(browser, base, last_name=typed)
    assert draft_of(world, where).coordinates["last_name"] == stored
    assert stored in words(browser.get(where + "droits/")).replace("\u00a0", " ")


def test_text_that_looks_like_html_is_shown_as_text(world: World, browser: ReadingClient, base: str) -> None:
    wicked = '<script>alert("1")</script>\'"><img src=x onerror=alert(1)> {{ 7*7 }} 🙂 مرحبا'
    where = drafted(browser, base, function=wicked, unit=wicked)
    browser.post(where + "droits/", RIGHTS)
    for step in ("coordonnees/", "verification/"):
        page = browser.get(where + step)
        assert "<script>alert" not in html(page)
        assert "<img src=x" not in html(page)
    assert wicked in words(page)
    assert draft_of(world, where).coordinates["function"] == wicked


@pytest.mark.parametrize("body", [b"last_name=%FF%FE%80&first_name=Zo%E9", b"last_name=\xff\xfe\xd7&unit=\xe9\x00"])
def test_bytes_that_are_no_utf8_are_answered_with_the_form(
    world: World, browser: ReadingClient, base: str, body: bytes
) -> None:
    before = accounts_and_drafts(world)
    rest = urlencode({name: text for name, text in GOOD.items() if name not in ("last_name", "first_name")}).encode()
    answer = browser.generic("POST", base, body + b"&" + rest, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200
    assert at_field(answer, "first_name" if b"%" in body else "last_name")
    assert accounts_and_drafts(world) == before


def test_nul_in_every_field_breaks_nothing(browser: ReadingClient, base: str) -> None:
    answer = browser.post(base, {name: "\0" + text + "\0" for name, text in GOOD.items()} | {"draft": "\0"})
    assert answer.status_code == 200
    assert at_field(answer, "profile")
    where = drafted(browser, base, function="Pa\0ie", email="\0zoe@annecy.example", phone="04 50 33 88 88\0")
    answer = browser.post(where + "droits/", {"niveau-contrats": "lecture\0", "debut-contrats": "\0", "collegue": "\0"})
    assert answer.status_code == 200


def test_page_sent_twice_makes_one_draft(world: World, browser: ReadingClient, base: str) -> None:
    number = value(browser.get(base), "draft")
    places = [browser.post(base, {**GOOD, "draft": number}).headers["Location"] for _ in range(2)]
    assert places[0] == places[1]
    assert kinds(world.here.pk, uuid.UUID(number)) == ["draft.started"]


def test_back_at_step_one_everything_is_there_and_the_rights_are_kept(
    world: World, browser: ReadingClient, base: str
) -> None:
    where = drafted(browser, base, starts_on="01/12/2099")
    browser.post(where + "droits/", RIGHTS)
    page = browser.get(where + "coordonnees/")
    assert {name: value(page, name).replace("\u00a0", " ") for name in GOOD} == {**GOOD, "starts_on": "01/12/2099"}
    assert browser.post(where + "coordonnees/", {**GOOD, "function": "Paie"}).status_code == 302
    draft = draft_of(world, where)
    assert draft.coordinates["function"] == "Paie"
    assert draft.rights == {"mon-etablissement": {"level": 2}, "contrats": {"level": 1}}
