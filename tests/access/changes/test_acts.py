"""Success and its event."""

import datetime

import pytest

from parvis.access.actions import changes, lifecycle, renewal
from parvis.access.models import Profile
from parvis.ground import clock
from parvis.ground.tenancy import Refused
from tests.access.changes.hands import (
    SignedIn,
    address,
    alter,
    fresh,
    path,
    typed,
)
from tests.access.reading import DAY, acting, at_field, events, kinds, later, summary, value, words
from tests.world import World


def test_administrator_changes_coordinates_with_an_event_that_names_the_fields_alone(
    world: World, signed_in: SignedIn
) -> None:
    answer = signed_in(world.administrator).post(
        path(world, world.user, "modifier/"), typed(world.user, last_name="Martin-Roux", function="Paie")
    )
    assert answer.status_code == 302
    found = fresh(world.user)
    assert (found.last_name, found.function) == ("Martin-Roux", "Paie")
    assert "martin-roux" in found.search_key
    (event,) = events(world.here.pk, found.ref)
    assert (event.kind, event.after) == ("account.coordinates_changed", {"fields": ["last_name", "function"]})
    assert event.actor == world.administrator.membership.ref
    assert "Martin-Roux" in words(signed_in(world.administrator).get(f"/etablissements/{world.here.siret}/historique/"))


def test_coordinates_left_as_they_are_leave_no_event(world: World, signed_in: SignedIn) -> None:
    browser = signed_in(world.administrator)
    form = browser.get(path(world, world.user, "modifier/"))
    sent = {name: value(form, name) for name in typed(world.user)}
    assert browser.post(path(world, world.user, "modifier/"), sent).status_code == 302
    assert kinds(world.here.pk, world.user.membership.ref) == []


def test_administrator_changes_a_profile(world: World, signed_in: SignedIn) -> None:
    browser = signed_in(world.administrator)
    assert browser.post(path(world, world.user, "profil/"), {"profile": "administrateur"}).status_code == 302
    (event,) = events(world.here.pk, world.user.membership.ref)
    assert (event.kind, event.before, event.after) == (
        "account.profile_changed",
        {"profile": "utilisateur"},
        {"profile": "administrateur"},
    )
    assert signed_in(world.user).get(f"/etablissements/{world.here.siret}/comptes/").status_code == 200


def test_forged_profile_is_refused_in_words(world: World, signed_in: SignedIn) -> None:
    answer = signed_in(world.administrator).post(path(world, world.user, "profil/"), {"profile": "chef"})
    assert answer.status_code == 200
    assert "n’existe pas" in at_field(answer, "profile")
    with acting(world.administrator) as who, pytest.raises(Refused):
        changes.change_profile(who=who, account_id=world.user.account_id, profile="chef")
    assert fresh(world.user).profile == Profile.USER


def test_administrator_changes_dates(world: World, signed_in: SignedIn) -> None:
    browser = signed_in(world.administrator)
    sent = {"starts_on": "01/02/2026", "ends_on": "24/11/2099"}
    assert browser.post(path(world, world.user, "dates/"), sent).status_code == 302
    (event,) = events(world.here.pk, world.user.membership.ref)
    assert (event.kind, event.before) == ("account.dates_changed", {})
    assert event.after == {"starts_on": "2026-02-01", "ends_on": "2099-11-24"}


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"starts_on": "02/02/2099", "ends_on": "01/02/2099"}, "ends_on"),
        ({"starts_on": "31/02/2099", "ends_on": ""}, "starts_on"),
        ({"starts_on": "", "ends_on": "bientôt"}, "ends_on"),
    ],
)
def test_wrong_dates_are_kept_and_told(world: World, signed_in: SignedIn, sent: dict[str, str], field: str) -> None:
    answer = signed_in(world.administrator).post(path(world, world.user, "dates/"), sent)
    assert answer.status_code == 200
    assert at_field(answer, field)
    assert f"#id_{field}" in summary(answer).values()
    assert {name: value(answer, name) for name in sent} == sent
    assert kinds(world.here.pk, world.user.membership.ref) == []


@pytest.mark.parametrize("until", ["usual", "day", "none"])
def test_account_that_expired_is_renewed_and_open_at_once(world: World, signed_in: SignedIn, until: str) -> None:
    yesterday = clock.today() - DAY
    alter(world.user, ends_on=yesterday, expired_at=clock.now())
    person, home = signed_in(world.user), f"/etablissements/{world.here.siret}/"
    assert person.get(home).status_code == 403
    day = f"{clock.today():%d/%m/%Y}" if until == "day" else ""
    answer = signed_in(world.administrator).post(
        path(world, world.user, "renouveler/"), {"until": until, "ends_on": day}
    )
    assert answer.status_code == 302
    assert person.get(home).status_code == 200
    found = fresh(world.user)
    assert found.expired_at is None
    assert found.ends_on == {"usual": found.ends_on, "day": clock.today(), "none": None}[until]
    (event,) = events(world.here.pk, found.ref)
    told = {"ends_on": yesterday.isoformat(), "expires_on": yesterday.isoformat()}
    assert (event.kind, event.before) == ("account.renewed", told)


@pytest.mark.parametrize("sent", [{}, {"until": "jamais"}, {"until": "day"}, {"until": "day", "ends_on": "01/01/2020"}])
def test_renewal_without_a_day_to_come_is_refused(world: World, signed_in: SignedIn, sent: dict[str, str]) -> None:
    answer = signed_in(world.administrator).post(path(world, world.user, "renouveler/"), sent)
    assert answer.status_code == 200
    assert summary(answer)
    assert kinds(world.here.pk, world.user.membership.ref) == []


def test_administrator_deactivates_and_reactivates_with_the_rights_kept(world: World, signed_in: SignedIn) -> None:
    browser, person = signed_in(world.administrator), signed_in(world.user)
    home = f"/etablissements/{world.here.siret}/"
    assert browser.get(path(world, world.user, "desactiver/")).status_code == 200
    assert person.get(home).status_code == 200
    assert browser.post(path(world, world.user, "desactiver/")).status_code == 302
    closed = person.get(home)
    assert closed.status_code == 403
    assert "n’est pas ouvert dans cet établissement" in words(closed)
    assert "Claire Dubois" in words(closed)
    assert person.get("/mes-etablissements/").status_code == 200
    assert browser.post(path(world, world.user, "reactiver/")).status_code == 302
    page = person.get(home)
    assert page.status_code == 200
    assert "Contrats avec les fonds" in words(page)
    assert kinds(world.here.pk, world.user.membership.ref) == ["account.deactivated", "account.reactivated"]


def test_account_past_its_end_date_meets_the_closed_page_that_says_when(world: World, signed_in: SignedIn) -> None:
    alter(world.user, ends_on=datetime.date(2020, 3, 2))
    for where in (f"/etablissements/{world.here.siret}/", address(world, "contrats"), path(world, world.user)):
        answer = signed_in(world.user).get(where)
        assert answer.status_code == 403
        assert "2 mars 2020" in words(answer).replace("\u00a0", " ")


def test_account_is_not_open_before_its_start_date(world: World, signed_in: SignedIn) -> None:
    home = f"/etablissements/{world.here.siret}/"
    alter(world.user, starts_on=clock.today() + 2 * DAY)
    assert signed_in(world.user).get(home).status_code == 403
    with later(2 * DAY):
        assert signed_in(world.user).get(home).status_code == 200


def test_deactivation_twice_leaves_one_event_and_reactivation_twice_is_refused(
    world: World, signed_in: SignedIn
) -> None:
    with acting(world.administrator) as who:
        for _ in range(2):
            lifecycle.deactivate(who=who, account_id=world.user.account_id)
        lifecycle.reactivate(who=who, account_id=world.user.account_id)
        with pytest.raises(Refused, match="n’est pas désactivé"):
            lifecycle.reactivate(who=who, account_id=world.user.account_id)
    assert kinds(world.here.pk, world.user.membership.ref) == ["account.deactivated", "account.reactivated"]


@pytest.mark.parametrize("tab", ["desactiver/", "supprimer/", "profil/", "dates/", "droits/modifier/"])
def test_account_that_somebody_deleted_meanwhile_is_told_not_broken(
    world: World, signed_in: SignedIn, tab: str
) -> None:
    gone = world.user.account_id
    with acting(world.administrator) as who:
        lifecycle.delete(who=who, account_id=gone)
        for act in (
            lambda: lifecycle.deactivate(who=who, account_id=gone),
            lambda: lifecycle.delete(who=who, account_id=gone),
            lambda: changes.set_rights(who=who, account_id=gone, grants=[]),
            lambda: renewal.renew(who=who, account_id=gone, ends_on=None),
        ):
            with pytest.raises(Refused, match="n’existe plus"):
                act()
    assert signed_in(world.administrator).post(path(world, world.user, tab), {}).status_code == 404
