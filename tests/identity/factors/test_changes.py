"""« Second facteur »: renaming, removing, the last one, who administers; each change is told and wants a fresh one."""

from collections.abc import Callable
from typing import Any

import pytest

from parvis.ground import clock, tenancy
from parvis.identity.models import Browser, Passkey
from parvis.identity.queries.factors import factors_of
from tests.browsers import trusted
from tests.identity.factors.hands import (
    CONFIRM,
    LANDLINE,
    MINE,
    code_now,
    events,
    give_phone,
    halfway,
    person_of,
    stale,
    told,
    without_factor,
)
from tests.plugins.html import ReadingClient
from tests.world import Someone, World

REMOVE_APP = f"{MINE}application/0/retirer/"
SignedIn = Callable[[Someone], ReadingClient]


def give_passkey(who: Someone, name: str = "Ordinateur du bureau") -> Passkey:
    with tenancy.scope(person=who.person.pk, role=tenancy.PERSON):
        return Passkey.objects.create(
            person_id=who.person.pk, credential=f"c-{who.person.pk}-{name}", public_key=b"", name=name,
            added_at=clock.now(),
        )  # fmt: skip


# --- The list --------------------------------------------------------------------------------------------------------
def test_the_page_lists_what_one_holds_and_encourages_a_second_kind(world: World, signed_in: SignedIn) -> None:
    browser = signed_in(world.user)
    page = browser.get(MINE).content.decode()
    assert "Application de codes" in page and "Codes de secours" in page and "Un conseil" in page
    give_passkey(world.user)
    give_phone(world.user, extension="12")
    page = browser.get(MINE).content.decode()
    assert "Ordinateur du bureau" in page and "06\u00a039\u00a098\u00a001\u00a002" in page and "poste 12" in page
    assert "Un conseil" not in page


def test_looking_needs_no_fresh_factor_and_changing_does(world: World, signed_in: SignedIn) -> None:
    key = give_passkey(world.user)
    browser = stale(signed_in(world.user))
    assert browser.get(MINE).status_code == 200
    for path in (
        REMOVE_APP,
        f"{MINE}cle/{key.pk}/renommer/",
        f"{MINE}ajouter/",
        f"{MINE}application/",
        f"{MINE}codes/",
    ):
        assert browser.get(path)["Location"].split("?")[0] == CONFIRM, path


def test_a_visitor_is_sent_to_sign_in(client: ReadingClient, world: World) -> None:
    for path in (MINE, REMOVE_APP, f"{MINE}ajouter/", f"{MINE}codes/", f"{MINE}suite/", f"{MINE}plus-sur/"):
        assert client.get(path)["Location"].startswith("/connexion/?suite="), path


# --- Removing --------------------------------------------------------------------------------------------------------
def test_a_factor_is_removed_after_a_page_that_asks_and_the_person_is_told(world: World, signed_in: SignedIn) -> None:
    give_phone(world.user)
    elsewhere = trusted(ReadingClient(), world.user.person.pk)
    browser = signed_in(world.user)
    page = browser.get(REMOVE_APP).content.decode()
    assert "Retirer votre application de codes" in page
    assert factors_of(world.user.person.pk).totp_since is not None
    after = browser.post(REMOVE_APP, follow=True).content.decode()
    assert "Votre application de codes ne sert plus" in after
    assert factors_of(world.user.person.pk).totp_since is None
    assert events(world.user) == [("identity.factor_removed", {"kind": "totp"})]
    assert told(world.user) == [{"done": "removed", "kind": "totp", "browser": "Navigateur"}]
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        assert not Browser.objects.filter(trusted_until__isnull=False).exists()
    halfway(world.user, elsewhere)
    assert person_of(elsewhere) is None


@pytest.mark.parametrize("kind", ["application", "cle", "telephone"])
def test_the_last_factor_stays(kind: str, world: World, signed_in: SignedIn) -> None:
    number = 0
    if kind != "application":
        without_factor(world.user)
        number = (give_passkey(world.user) if kind == "cle" else give_phone(world.user)).pk
    answer = signed_in(world.user).post(f"{MINE}{kind}/{number}/retirer/")
    page = answer.content.decode()
    assert answer.status_code == 200 and "ajoutez-en un autre d’abord" in page and "Ajouter un moyen" in page
    assert factors_of(world.user.person.pk).any
    assert events(world.user) == []


def test_recovery_codes_are_no_factor_to_stay_with(world: World, signed_in: SignedIn) -> None:
    browser = signed_in(world.user)
    browser.post(f"{MINE}codes/")
    assert browser.post(REMOVE_APP).status_code == 200
    assert factors_of(world.user.person.pk).any


def test_an_administrator_keeps_a_factor_that_is_no_shared_landline_and_a_user_need_not(
    world: World, signed_in: SignedIn
) -> None:
    for who in (world.administrator, world.user):
        give_phone(who, LANDLINE, "voice", shared=True)
    refused = signed_in(world.administrator).post(REMOVE_APP)
    assert refused.status_code == 200 and "qui ne sert qu’à vous" in " ".join(refused.content.decode().split())
    assert factors_of(world.administrator.person.pk).strong
    assert signed_in(world.user).post(REMOVE_APP)["Location"] == MINE


@pytest.mark.parametrize(
    "path", ["application/1/", "cle/0/", "cle/{theirs}/", "telephone/{phone}/", "secours/0/", "x/1/"]
)
def test_what_is_another_persons_or_nothing_is_not_found(path: str, world: World, signed_in: SignedIn) -> None:
    theirs, phone = give_passkey(world.reader), give_phone(world.reader)
    where = f"{MINE}{path.format(theirs=theirs.pk, phone=phone.pk)}retirer/"
    browser = signed_in(world.user)
    assert browser.get(where).status_code == 404
    assert browser.post(where).status_code == 404
    assert len(factors_of(world.reader.person.pk).passkeys) == 1
    assert browser.get(f"{MINE}cle/{theirs.pk}/renommer/").status_code == 404


def test_removing_in_two_tabs_says_that_it_is_gone(world: World, signed_in: SignedIn) -> None:
    from parvis.ground.tenancy import Refused
    from parvis.identity.factors import changes

    give_phone(world.user)
    key = give_passkey(world.user)
    changes.remove(world.user.person.pk, "passkey", key.pk, browser="")
    with pytest.raises(Refused, match="n’existe plus"):
        changes.remove(world.user.person.pk, "passkey", key.pk, browser="")


# --- Renaming --------------------------------------------------------------------------------------------------------
def test_a_passkey_is_renamed_and_the_person_is_told(world: World, signed_in: SignedIn) -> None:
    key = give_passkey(world.user)
    path = f"{MINE}cle/{key.pk}/renommer/"
    browser = signed_in(world.user)
    assert 'value="Ordinateur du bureau"' in browser.get(path).content.decode()
    assert browser.post(path, {"name": "  Portable  "})["Location"] == MINE
    assert factors_of(world.user.person.pk).passkeys[0].name == "Portable"
    assert told(world.user)[-1]["done"] == "renamed"


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_passkey_has_a_name_that_can_be_read(name: str, world: World, signed_in: SignedIn) -> None:
    key = give_passkey(world.user)
    answer = signed_in(world.user).post(f"{MINE}cle/{key.pk}/renommer/", {"name": name})
    assert answer.status_code == 200 and 'aria-invalid="true"' in answer.content.decode()
    assert factors_of(world.user.person.pk).passkeys[0].name == "Ordinateur du bureau"


# --- Who administers with a shared landline alone --------------------------------------------------------------------
def weak(who: Someone) -> Someone:
    give_phone(without_factor(who), LANDLINE, "voice", shared=True)
    return who


def sign_in(who: Someone) -> ReadingClient:
    """By a trusted browser: the session knows what the person holds."""
    return halfway(who, trusted(ReadingClient(), who.person.pk))


def test_an_administrator_with_a_shared_landline_alone_adds_something_first(world: World) -> None:
    browser = sign_in(weak(world.administrator))
    accounts = f"/etablissements/{world.here.siret}/comptes/"
    assert browser.get(accounts)["Location"] == f"{MINE}plus-sur/"
    page = browser.get(f"{MINE}plus-sur/").content.decode()
    assert "un téléphone que d’autres décrochent" in page
    assert browser.get(f"/etablissements/{world.here.siret}/").status_code == 200
    assert browser.post(f"{accounts}creer/", {})["Location"] == f"{MINE}plus-sur/"


def test_once_a_stronger_one_is_added_the_page_that_was_wanted_opens(world: World) -> None:
    from parvis.identity.factors import totp

    browser = sign_in(weak(world.administrator))
    accounts = f"/etablissements/{world.here.siret}/comptes/"
    browser.get(accounts)
    secret = totp.draw()
    assert totp.add(world.administrator.person.pk, secret, code_now(secret), browser="")
    assert browser.get(f"{MINE}plus-sur/")["Location"] == accounts
    assert browser.get(accounts).status_code == 200


def test_a_user_with_a_shared_landline_alone_is_only_encouraged(world: World) -> None:
    browser = sign_in(weak(world.user))
    assert browser.get(f"/etablissements/{world.here.siret}/services/contrats/").status_code == 200
    assert "Un conseil" in browser.get(MINE).content.decode()


def test_an_administrator_who_removed_what_was_strong_elsewhere_is_stopped_at_the_next_sign_in(
    world: World, settings: Any
) -> None:
    assert sign_in(world.administrator).get(f"/etablissements/{world.here.siret}/comptes/").status_code == 200
    assert sign_in(weak(world.administrator)).session["strong_factor"] is False
