"""Steps out of order, drafts of others · A lost session, a forged form."""

import uuid
from urllib.parse import urlencode

import pytest

from parvis.access.models import Membership
from parvis.ground import tenancy
from tests.access.creation.hands import (
    GOOD,
    RIGHTS,
    SignedIn,
    account_of,
    accounts_and_drafts,
    created,
    draft_of,
    drafted,
)
from tests.access.reading import (
    kinds,
    summary,
    value,
    words,
)
from tests.browsers import inside, trusted
from tests.plugins.html import ReadingClient
from tests.world import PASSWORD, World


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


def test_two_drafts_of_the_same_person_are_one_account_unless_somebody_wants_two(
    world: World, browser: ReadingClient, base: str
) -> None:
    first, second = drafted(browser, base), drafted(browser, base)
    for where in (first, second):
        browser.post(where + "droits/", RIGHTS)
        assert "sert déjà ici" not in words(browser.get(where + "verification/"))
    browser.post(first + "verification/")
    made = account_of(world, first)
    count = accounts_and_drafts(world)[0]
    page = browser.post(second + "verification/")
    assert page.status_code == 200 and "vient d’apparaître ici" in words(page)
    assert made.name in words(page)
    assert accounts_and_drafts(world)[0] == count
    # The page now shows the other one: pressed again, it is another person with the same address.
    assert value(page, "vus") == str(made.pk)
    assert browser.post(second + "verification/", {"vus": "999999999"}).status_code == 200
    assert browser.post(second + "verification/", {"vus": "x,,²"}).status_code == 200
    answer = browser.post(second + "verification/", {"vus": value(page, "vus")})
    assert answer.headers["Location"] == second + "identifiant/"
    assert accounts_and_drafts(world)[0] == count + 1


def test_a_shared_address_stays_possible_however_many_use_it(world: World, browser: ReadingClient, base: str) -> None:
    for number in range(6):
        where = drafted(browser, base, last_name=f"Blanc{'abcdef'[number]}")
        browser.post(where + "droits/", RIGHTS)
        page = browser.get(where + "verification/")
        assert ("2 autres" in words(page).replace("\u00a0", " ")) == (number == 5)
        sent = {"vus": value(page, "vus")} if number else {}
        assert browser.post(where + "verification/", sent).headers["Location"] == where + "identifiant/"


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
    trusted(browser, world.administrator.person.pk)
    del browser.cookies["parvis_session"]
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
    trusted(browser, world.administrator.person.pk)
    del browser.cookies["parvis_session"]
    browser.post(where + "droits/", RIGHTS)
    browser.post("/connexion/", {"login": world.administrator.identifier, "password": PASSWORD})
    page = browser.get(other + "droits/")
    assert "repris" not in words(page)
    assert value(page, "niveau-mon-etablissement") == "aucun"


def test_form_from_elsewhere_is_refused_with_a_page(world: World, base: str) -> None:
    forger = ReadingClient(enforce_csrf_checks=True)
    inside(forger, world.administrator.person)
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
