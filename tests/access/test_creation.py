"""« Créer un compte »: three steps through the browser, with everything that somebody could type or forge."""

import json
import re
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.test import Client

from parvis.access.actions.links import hash_token
from parvis.access.levels import Level
from parvis.access.models import Draft, Link, LinkToken, Membership, Right
from parvis.ground import tenancy
from parvis.identity.models import Person
from parvis.journal.models import Name
from parvis.post.models import Message
from tests.access.reading import (
    acting,
    anchors_lead_somewhere,
    at_field,
    events,
    html,
    kinds,
    summary,
    value,
    words,
)
from tests.plugins.html import ReadingClient
from tests.world import PASSWORD, Someone, World

SignedIn = Callable[[Someone], ReadingClient]

GOOD = {
    "civility": "mme",
    "last_name": "D’Aubigné-Lefèvre",
    "first_name": "Zoé-Anaïs",
    "function": "Gestionnaire paie",
    "unit": "Ressources humaines",
    "email": "zoe.daubigne@annecy.example",
    "phone": "04 50 33 88 88",
    "profile": "utilisateur",
    "starts_on": "",
    "ends_on": "",
}
RIGHTS = {"niveau-mon-etablissement": "modification", "niveau-contrats": "lecture", "niveau-correspondants": "aucun"}


@pytest.fixture
def browser(world: World, signed_in: SignedIn) -> ReadingClient:
    return signed_in(world.administrator)


@pytest.fixture
def base(world: World) -> str:
    return f"/etablissements/{world.here.siret}/comptes/creer/"


def accounts_and_drafts(world: World) -> tuple[int, int, int]:
    with tenancy.scope(establishment=world.here.pk):
        return Membership.objects.count(), Draft.objects.count(), Message.objects.count()


def drafted(browser: ReadingClient, base: str, **changes: Any) -> str:
    """Step 1 done; the address of the draft."""
    answer = browser.post(base, {**GOOD, "draft": str(uuid.uuid4()), **changes})
    assert answer.status_code == 302, summary(answer)
    return answer.headers["Location"].removesuffix("droits/")


def created(browser: ReadingClient, base: str, **changes: Any) -> str:
    """All three steps; the address of the draft."""
    where = drafted(browser, base, **changes)
    assert browser.post(where + "droits/", RIGHTS).headers["Location"] == where + "verification/"
    assert browser.post(where + "verification/").headers["Location"] == where + "identifiant/"
    return where


def draft_of(world: World, where: str) -> Draft:
    with tenancy.scope(establishment=world.here.pk):
        return Draft.objects.get(pk=where.rstrip("/").rsplit("/", 1)[1])


def account_of(world: World, where: str) -> Membership:
    with tenancy.scope(establishment=world.here.pk):
        return Membership.objects.get(draft__pk=where.rstrip("/").rsplit("/", 1)[1])


# --- The whole way ----------------------------------------------------------------------------------------------------


def test_administrator_who_goes_through_the_steps_makes_one_account_with_its_rights_and_its_message(
    world: World, browser: ReadingClient, base: str
) -> None:
    before = accounts_and_drafts(world)
    where = created(browser, base)
    made = account_of(world, where)
    with tenancy.scope(establishment=world.here.pk):
        assert {right.service: right.level for right in made.rights.all()} == {
            "mon-etablissement": Level.WRITE,
            "contrats": Level.READ,
        }
        link = Link.objects.get(membership=made)
        assert Message.objects.filter(kind="access.first_link", object_id=link.pk).count() == 1
        assert Name.objects.get(ref=made.ref).name == "Zoé-Anaïs D’Aubigné-Lefèvre"
    assert (made.first_name, made.last_name, made.phone) == ("Zoé-Anaïs", "D’Aubigné-Lefèvre", "+33450338888")
    assert made.created_by == world.administrator.membership.ref
    assert (made.person_id, made.confirmed_at) == (None, None)
    assert accounts_and_drafts(world) == (before[0] + 1, before[1] + 1, before[2] + 1)
    page = browser.get(where + "identifiant/")
    assert f"{made.identifier[:4]}-{made.identifier[4:]}" in words(page)
    draft = draft_of(world, where)
    assert (draft.coordinates, draft.rights) == ({}, {})


def test_administrator_reads_in_words_what_will_be_given(world: World, browser: ReadingClient, base: str) -> None:
    where = drafted(browser, base, profile="administrateur", starts_on="01/12/2099", ends_on="31/12/2099")
    browser.post(where + "droits/", {**RIGHTS, "fin-contrats": "24/11/2099"})
    said = words(browser.get(where + "verification/"))
    for expected in (
        "Madame Zoé-Anaïs D’Aubigné-Lefèvre",
        "Gestionnaire paie",
        "zoe.daubigne@annecy.example",
        "04 50 33 88 88",
        "Pourra créer des comptes et attribuer des droits",
        "31 décembre 2099 inclus",
        "Mon établissement Modification",
        "Contrats avec les fonds Lecture seule",
        "Jusqu’au 24/11/2099 inclus",
        "Correspondants Aucun",
        "N’apparaît pas dans son espace.",
    ):
        assert expected in said.replace("\u00a0", " "), expected
    assert "{" not in said


def test_each_step_leaves_its_event_and_none_holds_personal_data(
    world: World, browser: ReadingClient, base: str
) -> None:
    where = created(browser, base)
    draft, made = draft_of(world, where), account_of(world, where)
    gone = drafted(browser, base, last_name="Perdue")
    browser.post(gone + "abandonner/")
    assert kinds(world.here.pk, draft.pk) == ["draft.started"]
    assert kinds(world.here.pk, made.ref) == ["account.created"]
    assert kinds(world.here.pk, uuid.UUID(gone.rstrip("/").rsplit("/", 1)[1])) == ["draft.started", "draft.abandoned"]
    for event in events(world.here.pk):
        kept = json.dumps([event.before, event.after], ensure_ascii=False).lower()
        for personal in ("aubign", "zoé", "zoe", "perdue", "@", "0450338888", "338888", "+33", "gestionnaire"):
            assert personal not in kept, event
        assert event.actor == world.administrator.membership.ref
    told = events(world.here.pk, made.ref)[0].after
    assert told == {"profile": "utilisateur", "rights": {"contrats": {"level": 1}, "mon-etablissement": {"level": 2}}}


# --- Step 1: what is typed -----------------------------------------------------------------------------------------

LONG = "é" * 10_000
BAD = [
    ("last_name", "", "Saisissez le nom de famille."),
    ("last_name", "   \t ", "Saisissez le nom de famille."),
    ("last_name", LONG, "abrégez-le à 100 caractères au plus"),
    ("first_name", LONG, "abrégez-le à 100 caractères au plus"),
    ("first_name", "Zoé 🙂", "Retirez « 🙂 »"),
    ("last_name", "<b>Martin</b>", "Retirez « < »"),
    ("last_name", "Martin2", "Retirez « 2 »"),
    ("last_name", "Martin\ufffd", "Retirez « \ufffd »"),
    ("function", LONG, "abrégez-le à 120 caractères au plus"),
    ("function", "", "Saisissez la fonction"),
    ("unit", LONG, "abrégez-le à 120 caractères au plus"),
    ("email", "zoe", "n’est pas complète"),
    ("email", "zoe@@annecy.example", "n’est pas complète"),
    ("email", "zoé@annecy.example", "n’est pas complète"),
    ("email", "zoe@annecy.example, paul@annecy.example", "n’est pas complète"),
    ("email", "a@" + "b" * 10_000 + ".example", "abrégez-le à 254 caractères au plus"),
    ("phone", "12", "n’existe pas"),
    ("phone", "5" * 10_000, "abrégez-le à 40 caractères au plus"),
    ("phone", "zéro quatre", "n’existe pas"),
    ("starts_on", "31/02/2026", "Cette date n’existe pas"),
    ("starts_on", "24/11/1826", "comprise entre 2000 et 2100"),
    ("ends_on", "demain", "Cette date n’existe pas"),
    ("ends_on", "01/01/2020", "déjà passée"),
    ("ends_on", "9" * 10_000, "Cette date n’existe pas"),
]


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


# --- Step 2 ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("forged", "expected"),
    [
        ({"niveau-contrats": "modification"}, "choisissez l’un des niveaux proposés"),
        ({"niveau-contrats": "2"}, "choisissez l’un des niveaux proposés"),
        ({"niveau-contrats": "<b>"}, "choisissez l’un des niveaux proposés"),
        ({"niveau-tout": "modification"}, "n’est pas au catalogue"),
        ({"niveau-": "aucun"}, "n’est pas au catalogue"),
        ({"debut-contrats": "31/02/2099"}, "Cette date n’existe pas"),
        ({"debut-contrats": "02/02/2099", "fin-contrats": "01/02/2099"}, "la fin précède le début"),
        ({"fin-contrats": "9" * 10_000}, "Cette date n’existe pas"),
    ],
)
def test_forged_or_wrong_right_is_refused_and_the_other_choices_are_kept(
    world: World, browser: ReadingClient, base: str, forged: dict[str, str], expected: str
) -> None:
    where = drafted(browser, base)
    answer = browser.post(where + "droits/", {**RIGHTS, **forged})
    assert answer.status_code == 200
    assert any(expected in line for line in summary(answer))
    anchors_lead_somewhere(answer)
    assert value(answer, "niveau-mon-etablissement") == "modification"
    draft = draft_of(world, where)
    assert (draft.rights, draft.rights_given) == ({}, False)


def test_service_outside_of_the_catalogue_is_refused_where_no_contract_is_held(
    as_owner: Any, world: World, signed_in: SignedIn
) -> None:
    as_owner.cursor().execute("DELETE FROM establishments_contract WHERE establishment_id = %s", [world.here.pk])
    base = f"/etablissements/{world.here.siret}/comptes/creer/"
    browser = signed_in(world.administrator)
    where = drafted(browser, base)
    page = browser.get(where + "droits/")
    assert "niveau-mon-etablissement" in html(page)
    assert "niveau-correspondants" not in html(page)
    answer = browser.post(where + "droits/", {"niveau-correspondants": "modification"})
    assert any("n’est pas au catalogue" in line for line in summary(answer))
    assert not draft_of(world, where).rights_given


def test_catalogue_that_changed_before_create_is_told_and_nothing_is_made(
    as_owner: Any, world: World, signed_in: SignedIn
) -> None:
    browser = signed_in(world.administrator)
    where = drafted(browser, f"/etablissements/{world.here.siret}/comptes/creer/")
    browser.post(where + "droits/", {**RIGHTS, "niveau-correspondants": "lecture"})
    before = accounts_and_drafts(world)
    as_owner.cursor().execute("DELETE FROM establishments_contract WHERE establishment_id = %s", [world.here.pk])
    answer = browser.post(where + "verification/")
    assert answer.status_code == 200
    assert any("n’est pas au catalogue" in line for line in summary(answer))
    assert accounts_and_drafts(world) == before


def test_shortcut_fills_the_group_and_gives_nothing(world: World, browser: ReadingClient, base: str) -> None:
    where = drafted(browser, base)
    page = browser.get(where + "droits/")
    shortcut = re.search(r'name="raccourci" value="([^"]+:lecture)"', html(page))
    assert shortcut is not None
    answer = browser.post(where + "droits/", {**RIGHTS, "raccourci": shortcut[1]})
    assert answer.status_code == 200
    assert "vérifiez-les avant de continuer" in words(answer)
    assert (value(answer, "niveau-mon-etablissement"), value(answer, "niveau-contrats")) == ("lecture", "lecture")
    assert not draft_of(world, where).rights_given
    assert browser.get(where + "verification/").headers["Location"] == where + "droits/"


def test_colleagues_rights_are_copied_without_their_dates(world: World, browser: ReadingClient, base: str) -> None:
    with tenancy.scope(establishment=world.here.pk):
        Right.objects.filter(membership=world.user.membership, service="contrats").update(ends_on="2099-01-01")
    where = drafted(browser, base)
    answer = browser.post(where + "droits/", {"copier": "1", "collegue": str(world.user.account_id)})
    assert "sont recopiés ci-dessous" in words(answer)
    levels = [value(answer, f"niveau-{code}") for code in ("mon-etablissement", "contrats", "correspondants")]
    assert levels == ["modification", "lecture", "aucun"]
    assert value(answer, "fin-contrats") == ""
    assert not draft_of(world, where).rights_given


@pytest.mark.parametrize("chosen", ["", "0", "x", "9" * 18, "9" * 40, "-1", "²", "stranger"])
def test_rights_of_nobody_here_are_not_copied(world: World, browser: ReadingClient, base: str, chosen: str) -> None:
    where = drafted(browser, base)
    who = str(world.stranger.account_id) if chosen == "stranger" else chosen
    answer = browser.post(where + "droits/", {**RIGHTS, "copier": "1", "collegue": who})
    assert answer.status_code == 200
    assert "Choisissez d’abord la personne" in words(answer)
    assert value(answer, "niveau-mon-etablissement") == "modification"


@pytest.mark.parametrize("shortcut", ["", "x:lecture", ":", "etablissement:tout", "\0", "x" * 10_000])
def test_forged_shortcut_changes_nothing(world: World, browser: ReadingClient, base: str, shortcut: str) -> None:
    where = drafted(browser, base)
    answer = browser.post(where + "droits/", {**RIGHTS, "raccourci": shortcut})
    assert "n’existe plus" in words(answer)
    assert value(answer, "niveau-mon-etablissement") == "modification"


@pytest.mark.parametrize("filling", ["raccourci", "copier"])
def test_shortcut_and_copy_on_an_accounts_tab_fill_and_save_nothing(
    world: World, browser: ReadingClient, filling: str
) -> None:
    where = f"/etablissements/{world.here.siret}/comptes/{world.reader.account_id}/droits/modifier/"
    shortcut = re.search(r'name="raccourci" value="([^"]+:modification)"', html(browser.get(where)))
    assert shortcut is not None
    typed = {"raccourci": {"raccourci": shortcut[1]}, "copier": {"copier": "1", "collegue": str(world.user.account_id)}}
    answer = browser.post(where, {"niveau-mon-etablissement": "aucun", **typed[filling]})
    assert answer.status_code == 200
    assert value(answer, "niveau-mon-etablissement") == "modification"
    with tenancy.scope(establishment=world.here.pk):
        held = {right.service: right.level for right in world.reader.membership.rights.all()}
    assert set(held.values()) == {Level.READ}
    assert not kinds(world.here.pk, world.reader.membership.ref)


# --- Steps out of order, drafts of others ---------------------------------------------------------------------------


def test_create_before_the_rights_sends_back_to_the_rights(world: World, browser: ReadingClient, base: str) -> None:
    before = accounts_and_drafts(world)
    where = drafted(browser, base)
    for answer in (browser.get(where + "verification/"), browser.post(where + "verification/")):
        assert answer.headers["Location"] == where + "droits/"
    assert browser.get(where + "identifiant/").headers["Location"] == where + "droits/"
    assert browser.get(where + "fiche.pdf").status_code == 404
    assert accounts_and_drafts(world)[0] == before[0]


def test_create_pressed_again_gives_the_same_account(world: World, browser: ReadingClient, base: str) -> None:
    where = created(browser, base)
    made, count = account_of(world, where), accounts_and_drafts(world)
    for _ in range(3):
        assert browser.post(where + "verification/").headers["Location"] == where + "identifiant/"
    for step in ("coordonnees/", "droits/", "verification/"):
        assert browser.get(where + step).headers["Location"] == where + "identifiant/"
        assert browser.post(where + step, {**GOOD, **RIGHTS}).headers["Location"] == where + "identifiant/"
    again = browser.post(base, {**GOOD, "last_name": "Autre", "draft": str(draft_of(world, where).pk)})
    assert browser.get(again.headers["Location"]).headers["Location"] == where + "identifiant/"
    assert accounts_and_drafts(world) == count
    assert account_of(world, where).last_name == made.last_name
    assert kinds(world.here.pk, made.ref) == ["account.created"]


def test_draft_of_another_establishment_is_nobodys(
    world: World, browser: ReadingClient, base: str, signed_in: SignedIn
) -> None:
    where = drafted(browser, base)
    stranger = signed_in(world.stranger)
    number = where.rstrip("/").rsplit("/", 1)[1]
    hers = f"/etablissements/{world.there.siret}/comptes/creer/"
    for step in ("coordonnees/", "droits/", "verification/", "identifiant/", "fiche.pdf", "abandonner/"):
        assert stranger.get(f"{hers}{number}/{step}").status_code == 404
        assert stranger.post(f"{hers}{number}/{step}", {**GOOD, **RIGHTS}).status_code in (404, 405)
    answer = stranger.post(hers, {**GOOD, "last_name": "Volée", "draft": number})
    assert answer.status_code == 200
    assert "n’existe plus" in " ".join(summary(answer))
    assert draft_of(world, where).coordinates["last_name"] == GOOD["last_name"]


def test_abandoned_draft_is_gone_for_everybody(
    world: World, browser: ReadingClient, base: str, signed_in: SignedIn
) -> None:
    where = drafted(browser, base)
    listing = f"/etablissements/{world.here.siret}/comptes/"
    assert "Reprendre la création du compte de Zoé-Anaïs" in words(browser.get(listing))
    assert "Reprendre la création" in words(signed_in(world.second).get(listing))
    assert browser.get(where + "abandonner/").status_code == 200
    assert "Reprendre la création" in words(browser.get(listing))
    assert browser.post(where + "abandonner/").headers["Location"] == listing
    assert "Reprendre la création" not in words(browser.get(listing))
    for step in ("coordonnees/", "droits/", "verification/", "identifiant/", "abandonner/"):
        assert browser.get(where + step).status_code == 404
        assert browser.post(where + step, {**GOOD, **RIGHTS}).status_code in (404, 405)


def test_account_that_was_created_is_not_abandoned(world: World, browser: ReadingClient, base: str) -> None:
    where = created(browser, base)
    browser.post(where + "abandonner/")
    assert account_of(world, where).identifier
    assert "draft.abandoned" not in kinds(world.here.pk)


def test_same_email_in_the_establishment_is_told_on_the_check_page(
    world: World, browser: ReadingClient, base: str
) -> None:
    with tenancy.scope(establishment=world.here.pk):
        email = Membership.objects.get(pk=world.user.account_id).email
    where = drafted(browser, base, email=email.upper().replace("EXAMPLE", "example"))
    browser.post(where + "droits/", RIGHTS)
    page = words(browser.get(where + "verification/"))
    assert "Cette adresse électronique sert déjà ici" in page
    assert world.user.membership.name in page


# --- A lost session, a forged form ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "typed", "field", "chosen", "banner"),
    [
        ("droits/", {**RIGHTS, "fin-contrats": "24/11/2099"}, "fin-contrats", "24/11/2099", "vos choix sont repris"),
        ("coordonnees/", {**GOOD, "unit": "Paie"}, "unit", "Paie", "ce que vous aviez saisi est repris"),
    ],
)
def test_administrator_whose_session_was_lost_finds_the_choices_again_and_nothing_was_saved(
    world: World,
    browser: ReadingClient,
    base: str,
    step: str,
    typed: dict[str, str],
    field: str,
    chosen: str,
    banner: str,
) -> None:
    where = drafted(browser, base)
    before = draft_of(world, where)
    browser.cookies.clear()
    refused = browser.post(where + step, typed)
    assert refused.headers["Location"] == f"/connexion/?{urlencode({'suite': where + step})}"
    entered = browser.post(
        refused.headers["Location"],
        {"login": world.administrator.identifier, "password": PASSWORD, "suite": where + step},
    )
    assert entered.headers["Location"] == where + step
    page = browser.get(where + step)
    assert banner in words(page)
    assert value(page, field) == chosen
    if step == "droits/":
        assert value(page, "niveau-mon-etablissement") == "modification"
    after = draft_of(world, where)
    assert (after.rights, after.coordinates, after.rights_given) == (before.rights, before.coordinates, False)
    # Given back once.
    assert banner not in words(browser.get(where + step))
    assert browser.post(where + step, typed).status_code == 302


def test_what_was_kept_is_not_given_to_another_page(world: World, browser: ReadingClient, base: str) -> None:
    where, other = drafted(browser, base), drafted(browser, base)
    browser.cookies.clear()
    browser.post(where + "droits/", RIGHTS)
    browser.post("/connexion/", {"login": world.administrator.identifier, "password": PASSWORD})
    page = browser.get(other + "droits/")
    assert "repris" not in words(page)
    assert value(page, "niveau-mon-etablissement") == "aucun"


def test_form_from_elsewhere_is_refused_with_a_page(world: World, base: str) -> None:
    forger = ReadingClient(enforce_csrf_checks=True)
    forger.force_login(world.administrator.person, backend="parvis.identity.backend.PersonBackend")
    before = accounts_and_drafts(world)
    answer = forger.post(base, {**GOOD, "draft": str(uuid.uuid4())})
    assert answer.status_code == 403
    assert words(answer)
    assert accounts_and_drafts(world) == before
    token = value(forger.get(base), "csrfmiddlewaretoken")
    sent = forger.post(base, {**GOOD, "csrfmiddlewaretoken": token, "draft": str(uuid.uuid4())})
    assert sent.status_code == 302


def test_rights_taken_away_in_the_middle_stop_the_next_step(world: World, browser: ReadingClient, base: str) -> None:
    where = drafted(browser, base)
    browser.post(where + "droits/", RIGHTS)
    with tenancy.scope(establishment=world.here.pk):
        Membership.objects.filter(pk=world.administrator.account_id).update(profile="utilisateur")
    before = accounts_and_drafts(world)
    assert browser.post(where + "verification/").status_code == 403
    assert accounts_and_drafts(world) == before


# --- Step 3 ---------------------------------------------------------------------------------------------------------


def test_step_three_looks_the_same_whoever_the_email_belongs_to(
    world: World, browser: ReadingClient, base: str
) -> None:
    """Otherwise an administrator would learn who has an account elsewhere."""
    with tenancy.scope(person=world.stranger.person.pk, role=tenancy.PERSON):
        known = Person.objects.get().email_set.get().address

    def page(email: str) -> tuple[str, str, str]:
        where = created(browser, base, email=email)
        made = account_of(world, where)
        shown = [html(browser.get(where + step)) for step in ("identifiant/",)]
        shown.append(html(browser.get(f"/etablissements/{world.here.siret}/comptes/{made.pk}/")))
        with tenancy.scope(establishment=world.here.pk):
            row = Membership.objects.filter(pk=made.pk).values("person_id", "confirmed_at", "profile").get()
            kept = str(row), str([event.after for event in events(world.here.pk, made.ref)])
        for own, common in (
            (email, "EMAIL"),
            (made.identifier[:4], "IDEN"),
            (made.identifier[4:], "TIFIER"),
            (where.rstrip("/").rsplit("/", 1)[1], "DRAFT"),
            (f"/comptes/{made.pk}/", "/comptes/N/"),
        ):
            shown = [text.replace(own, common) for text in shown]
        steady = [re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text) for text in shown]
        return steady[0], re.sub(r"\d+ h \d+|\d+:\d+", "", steady[1]), str(kept)

    assert page(known) == page("personne.inconnue@annecy.example")


def test_sheet_holds_the_identifier_and_no_token(world: World, browser: ReadingClient, base: str) -> None:
    where = created(browser, base)
    made = account_of(world, where)
    answer = browser.get(where + "fiche.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert made.identifier in answer.headers["Content-Disposition"]
    assert answer.content.startswith(b"%PDF")


def test_link_of_the_new_account_opens_it_once_with_its_identifier(
    world: World, browser: ReadingClient, base: str
) -> None:
    from parvis.access.actions.links import new_token

    where = created(browser, base)
    made = account_of(world, where)
    with acting(world.administrator):
        token = new_token(Link.objects.get(membership=made))
        assert LinkToken.objects.filter(hash=hash_token(token)).exists()
    newcomer = ReadingClient()
    assert newcomer.get(f"/premiere-connexion/{token}/").status_code == 200
    opened = newcomer.post(
        f"/premiere-connexion/{token}/",
        {"way": "new", "identifier": made.identifier.lower(), "password": "quatre tuiles bleues"},
    )
    assert opened.headers["Location"] == f"/etablissements/{world.here.siret}/"
    home: HttpResponse = newcomer.get(opened.headers["Location"])
    assert "Mon établissement" in words(home)
    assert Client().get(f"/premiere-connexion/{token}/").status_code == 410
