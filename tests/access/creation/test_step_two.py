"""Step 2."""

import re
from typing import Any

import pytest

from parvis.access.levels import Level
from parvis.access.models import Right
from parvis.ground import tenancy
from tests.access.creation.hands import RIGHTS, SignedIn, accounts_and_drafts, draft_of, drafted
from tests.access.reading import (
    anchors_lead_somewhere,
    html,
    kinds,
    summary,
    value,
    words,
)
from tests.plugins.html import ReadingClient
from tests.world import World


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
