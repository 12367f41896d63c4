"""Rights · Oneself, and the only administrator."""

import datetime
from typing import Any

import pytest

from parvis.access.actions import changes, lifecycle
from parvis.access.actions.creation import Grant
from parvis.access.actions.guards import LAST_ADMINISTRATOR
from parvis.access.levels import Level
from parvis.access.models import Profile
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused
from tests.access.changes.hands import (
    LAST,
    OWN,
    SignedIn,
    address,
    alter,
    fresh,
    path,
)
from tests.access.reading import DAY, acting, events, kinds, later, summary, words
from tests.world import World


def test_right_given_is_obeyed_at_the_very_next_request_and_so_is_its_withdrawal(
    world: World, signed_in: SignedIn
) -> None:
    browser, person = signed_in(world.administrator), signed_in(world.user)
    service = address(world, "correspondants")
    form = path(world, world.user, "droits/modifier/")
    assert person.get(service).status_code == 403
    given = {
        "niveau-mon-etablissement": "modification",
        "niveau-contrats": "lecture",
        "niveau-correspondants": "lecture",
    }
    assert browser.post(form, given).status_code == 302
    assert person.get(service).status_code == 200
    assert browser.post(form, {**given, "niveau-correspondants": "aucun"}).status_code == 302
    assert person.get(service).status_code == 403
    first, second = events(world.here.pk, world.user.membership.ref)
    assert (first.kind, first.before, first.after) == (
        "rights.changed",
        {"rights": {}},
        {"rights": {"correspondants": {"level": 1}}},
    )
    assert (second.before, second.after) == ({"rights": {"correspondants": {"level": 1}}}, {"rights": {}})


def test_rights_left_as_they_are_leave_no_event_and_keep_who_gave_them(world: World, signed_in: SignedIn) -> None:
    def given() -> list[tuple[Any, ...]]:
        with tenancy.scope(establishment=world.here.pk):
            return list(
                world.reader.membership.rights.order_by("service").values_list("id", "granted_at", "granted_by")
            )

    before = given()
    same = {f"niveau-{code}": "lecture" for code in ("mon-etablissement", "contrats", "correspondants")}
    browser = signed_in(world.administrator)
    assert browser.post(path(world, world.reader, "droits/modifier/"), same).status_code == 302
    assert given() == before
    assert kinds(world.here.pk, world.reader.membership.ref) == []


def test_right_holds_from_its_first_day_to_its_last_and_on_no_other(world: World, signed_in: SignedIn) -> None:
    today = clock.today()
    sent = {
        "niveau-correspondants": "lecture",
        "debut-correspondants": f"{today + 2 * DAY:%d/%m/%Y}",
        "fin-correspondants": f"{today + 3 * DAY:%d/%m/%Y}",
    }
    assert signed_in(world.administrator).post(path(world, world.user, "droits/modifier/"), sent).status_code == 302
    service = address(world, "correspondants")
    for days, expected in ((0, 403), (1, 403), (2, 200), (3, 200), (4, 403)):
        with later(days * DAY):
            assert signed_in(world.user).get(service).status_code == expected, days
            shown = "Correspondants" in words(signed_in(world.user).get(f"/etablissements/{world.here.siret}/"))
            assert shown == (expected == 200), days


def test_right_on_a_service_follows_the_contracts_and_comes_back_with_them(
    as_owner: Any, world: World, signed_in: SignedIn
) -> None:
    service = address(world, "correspondants")

    def contracts(ends_on: datetime.date | None) -> None:
        as_owner.cursor().execute(
            "UPDATE establishments_contract SET ends_on = %s WHERE establishment_id = %s", [ends_on, world.here.pk]
        )

    assert signed_in(world.reader).get(service).status_code == 200
    contracts(clock.today())
    assert signed_in(world.reader).get(service).status_code == 200
    contracts(clock.today() - DAY)
    assert signed_in(world.reader).get(service).status_code == 403
    # Rights set meanwhile leave alone what is not on the page.
    assert (
        signed_in(world.administrator)
        .post(path(world, world.reader, "droits/modifier/"), {"niveau-mon-etablissement": "modification"})
        .status_code
        == 302
    )
    contracts(None)
    assert signed_in(world.reader).get(service).status_code == 200


@pytest.mark.parametrize(
    "forged", [{"niveau-contrats": "modification"}, {"niveau-inconnu": "lecture"}, {"niveau-contrats": "3"}]
)
def test_forged_right_changes_nothing(world: World, signed_in: SignedIn, forged: dict[str, str]) -> None:
    answer = signed_in(world.administrator).post(path(world, world.user, "droits/modifier/"), forged)
    assert answer.status_code == 200
    assert summary(answer)
    assert kinds(world.here.pk, world.user.membership.ref) == []
    with acting(world.administrator) as who:
        for grant in (Grant("contrats", Level.WRITE), Grant("inconnu", Level.READ)):
            with pytest.raises(Refused):
                changes.set_rights(who=who, account_id=world.user.account_id, grants=[grant])


@pytest.mark.parametrize("tab", OWN)
def test_administrator_does_to_another_what_is_refused_to_oneself(world: World, signed_in: SignedIn, tab: str) -> None:
    browser = signed_in(world.administrator)
    assert browser.get(path(world, world.second, tab)).status_code == 200
    for answer in (
        browser.get(path(world, world.administrator, tab)),
        browser.post(path(world, world.administrator, tab)),
    ):
        assert answer.status_code == 403
        assert "Personne ne change son propre profil" in words(answer)
    with acting(world.administrator) as who:
        with pytest.raises(Refused, match="Personne ne change"):
            OWN[tab](who, world.administrator.account_id)
        if tab != "reactiver/":
            OWN[tab](who, world.second.account_id)
    assert kinds(world.here.pk, world.administrator.membership.ref) == []


def test_only_administrator_sets_own_rights_under_an_event_of_its_own(alone: World, signed_in: SignedIn) -> None:
    browser = signed_in(alone.administrator)
    form = path(alone, alone.administrator, "droits/modifier/")
    assert "vous pouvez régler vos propres droits" in words(browser.get(form))
    assert browser.post(form, {"niveau-contrats": "lecture"}).status_code == 302
    (event,) = events(alone.here.pk, alone.administrator.membership.ref)
    assert event.kind == "rights.set_by_only_administrator"
    assert event.after == {"rights": {"contrats": {"level": 1}}}
    assert browser.get(f"/etablissements/{alone.here.siret}/").status_code == 200


@pytest.mark.parametrize(
    ("second", "allowed"),
    [
        ({}, False),
        ({"deactivated_at": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)}, True),
        ({"ends_on": datetime.date(2020, 1, 1)}, True),
        ({"ends_on": datetime.date(2099, 1, 1)}, False),
        ({"starts_on": datetime.date(2099, 1, 1)}, True),
        ({"profile": Profile.USER}, True),
    ],
)
def test_own_rights_are_refused_as_soon_as_another_administrator_can_give_them(
    world: World, signed_in: SignedIn, second: dict[str, Any], allowed: bool
) -> None:
    alter(world.second, **second)
    answer = signed_in(world.administrator).post(
        path(world, world.administrator, "droits/modifier/"), {"niveau-contrats": "lecture"}
    )
    assert answer.status_code == (302 if allowed else 403)
    assert kinds(world.here.pk, world.administrator.membership.ref) == (
        ["rights.set_by_only_administrator"] if allowed else []
    )


@pytest.mark.parametrize("act", LAST)
def test_last_lasting_administrator_stays_on_every_path(world: World, act: str) -> None:
    """Claire's own account ends one day: Paul is the last one who stays."""
    alter(world.administrator, ends_on=clock.today() + 30 * DAY)
    before = fresh(world.second)
    with acting(world.administrator) as who, pytest.raises(Refused) as refusal:
        LAST[act](who, world.second.account_id)
    assert refusal.value.message == LAST_ADMINISTRATOR
    after = fresh(world.second)
    assert {f.attname: getattr(after, f.attname) for f in after._meta.fields} == {
        f.attname: getattr(before, f.attname) for f in before._meta.fields
    }
    assert kinds(world.here.pk, world.second.membership.ref) == []


@pytest.mark.parametrize("act", LAST)
def test_administrator_who_is_not_the_last_may_go_on_every_path(world: World, act: str) -> None:
    with acting(world.administrator) as who:
        LAST[act](who, world.second.account_id)
    assert len(kinds(world.here.pk, world.second.membership.ref)) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"confirmed_at": None},
        {"deactivated_at": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)},
        {"ends_on": datetime.date(2099, 1, 1)},
        {"starts_on": datetime.date(2099, 1, 1)},
    ],
)
def test_administrator_who_cannot_answer_does_not_count(world: World, other: dict[str, Any]) -> None:
    alter(world.administrator, ends_on=clock.today() + 30 * DAY)
    alter(world.user, profile=Profile.ADMINISTRATOR, **other)
    with acting(world.administrator) as who, pytest.raises(Refused, match="sans administrateur"):
        lifecycle.deactivate(who=who, account_id=world.second.account_id)


def test_last_administrator_is_told_on_the_page_with_what_to_do(world: World, signed_in: SignedIn) -> None:
    alter(world.administrator, ends_on=clock.today() + 30 * DAY)
    browser = signed_in(world.administrator)
    for tab, sent in (
        ("profil/", {"profile": "utilisateur"}),
        ("dates/", {"ends_on": "24/11/2099"}),
        ("renouveler/", {"until": "day", "ends_on": "24/11/2099"}),
        ("desactiver/", {}),
        ("supprimer/", {}),
    ):
        answer = browser.post(path(world, world.second, tab), sent)
        assert answer.status_code == 200, tab
        assert any("Donnez d’abord le profil" in line for line in summary(answer)), tab
