"""Who administers accounts needs a longer password: on a first link, on a reset, and after becoming one."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from parvis.access.models import Profile
from parvis.ground import tenancy
from parvis.identity.hashing import hashed
from parvis.identity.models import Person
from tests.access.changes.hands import alter
from tests.access.first_link.hands import as_known, as_new, invite
from tests.browsers import trusted
from tests.entering import confirm
from tests.identity.passwords.hands import FRESH, token_for, told
from tests.plugins.html import ReadingClient
from tests.world import PASSWORD, Someone, World

SHORT = "gzvtl bqnwod"  # 12 characters
LONGER = "/mot-de-passe/plus-long/"
SignedIn = Callable[[Someone], ReadingClient]


def choose(who: Someone, password: str) -> None:
    with tenancy.scope(person=who.person.pk, role=tenancy.PERSON):
        Person.objects.filter(pk=who.person.pk).update(password=hashed(password))


def sign_in(who: Someone, password: str, client: ReadingClient | None = None, **more: str) -> Any:
    client = client or trusted(ReadingClient(), who.person.pk)
    return client, client.post("/connexion/", {"login": who.identifier, "password": password, **more})


@pytest.fixture
def short(world: World) -> Someone:
    """Claire administers, with a password of twelve characters."""
    choose(world.administrator, SHORT)
    return world.administrator


@pytest.mark.parametrize(("length", "taken"), [(12, False), (13, False), (14, True)])
def test_fourteen_characters_are_wanted_of_who_administers(length: int, taken: bool) -> None:
    password = "gzvtl bqnwod kx"[:length]
    assert told(password) == []
    found = told(password, administers=True)
    assert (found == []) is taken
    if not taken:
        assert "14 au minimum, parce que vous administrez des comptes" in found[0]


def test_a_reset_asks_who_administers_for_a_longer_one(world: World) -> None:
    for who, status in ((world.administrator, 200), (world.user, 302)):
        where = f"/mot-de-passe/{token_for(who)}/"
        page = ReadingClient().get(where).content.decode()
        assert f"{14 if status == 200 else 12} caractères au moins" in page
        assert ReadingClient().post(where, {"password": SHORT}).status_code == status


def test_a_reset_knows_the_names_of_the_employers(world: World) -> None:
    answer = ReadingClient().post(f"/mot-de-passe/{token_for(world.user)}/", {"password": "annecy-annecy-1"})
    assert "ressemble trop" in answer.content.decode()


@pytest.mark.parametrize("profile", list(Profile))
def test_a_first_link_asks_for_what_its_own_profile_demands(profile: Profile, world: World) -> None:
    invited = invite(world, profile=profile)
    administers = profile is Profile.ADMINISTRATOR
    assert f"{14 if administers else 12} caractères au moins" in ReadingClient().get(invited.where).content.decode()
    answer = as_new(ReadingClient(), invited, password=SHORT)
    assert answer.status_code == (200 if administers else 302)


# --- After the profile was given -------------------------------------------------------------------------------------
def test_an_administrator_with_a_short_password_chooses_a_longer_one_before_going_on(short: Someone) -> None:
    client, answer = sign_in(short, SHORT, suite="/mes-etablissements/")
    assert answer["Location"] == "/mes-etablissements/"
    here = f"/etablissements/{short.membership.establishment.siret}/"
    for page in ("/", "/mes-etablissements/", here, f"{here}comptes/"):
        answer = client.get(page)
        assert answer["Location"].startswith(LONGER), page
    session = client.session
    session["factor_at"] = session["entered_at"]
    session.save()
    page = client.get(f"{LONGER}?suite=/mes-etablissements/").content.decode()
    assert "Vous administrez désormais des comptes" in page
    assert "14 caractères au moins" in page
    refused = client.post(LONGER, {"password": SHORT, "suite": "/mes-etablissements/"})
    assert "trop court" in refused.content.decode()
    answer = client.post(LONGER, {"password": FRESH, "suite": "/mes-etablissements/"})
    assert answer["Location"] == "/mes-etablissements/"
    assert client.get("/mes-etablissements/").status_code in (200, 302)
    assert not client.get(here).headers.get("Location", "").startswith(LONGER)
    other, answer = sign_in(short, FRESH)
    assert not other.get(here).headers.get("Location", "").startswith(LONGER)


def test_the_longer_password_wants_a_fresh_factor(short: Someone) -> None:
    client, _ = sign_in(short, SHORT)
    assert client.get(LONGER)["Location"] == reverse("identity:confirm")
    assert client.post(LONGER, {"password": FRESH})["Location"] == reverse("identity:confirm")
    assert client.get("/")["Location"].startswith(LONGER)


def test_past_the_second_factor_of_an_unknown_browser_the_longer_password_is_asked_too(short: Someone) -> None:
    client, answer = sign_in(short, SHORT, ReadingClient())
    assert confirm(client, answer).status_code == 302
    assert client.get("/")["Location"].startswith(LONGER)
    assert client.get(LONGER).status_code == 200


def test_a_long_password_of_an_administrator_is_left_alone(world: World) -> None:
    assert len(PASSWORD) >= 14
    client, _ = sign_in(world.administrator, PASSWORD)
    assert "short_password" not in client.session


def test_a_short_password_of_who_administers_nothing_is_left_alone(world: World) -> None:
    choose(world.user, SHORT)
    client, _ = sign_in(world.user, SHORT)
    assert "short_password" not in client.session
    alter(world.user, profile=Profile.ADMINISTRATOR)
    client, _ = sign_in(world.user, SHORT)
    assert client.session["short_password"] is True


def test_a_known_person_whose_first_link_makes_them_administer_is_asked_for_a_longer_one(world: World) -> None:
    choose(world.user, SHORT)
    invited = invite(world, by=world.stranger, profile=Profile.ADMINISTRATOR)
    client = trusted(ReadingClient(), world.user.person.pk)
    answer = as_known(client, invited, login=world.user.identifier, password=SHORT)
    assert answer.status_code == 302
    assert client.get(f"/etablissements/{world.there.siret}/")["Location"].startswith(LONGER)


def test_what_was_typed_in_a_form_meanwhile_is_kept(short: Someone) -> None:
    client, _ = sign_in(short, SHORT)
    here = f"/etablissements/{short.membership.establishment.siret}/comptes/creer/"
    assert client.post(here, {"last_name": "Blanc"})["Location"].startswith(LONGER)
    assert [one["path"] for one in client.session["kept"]] == [here]
