"""What an administrator does to an account: each act with its event, its refusals, and what the person meets next."""

import datetime
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from parvis.access import registry
from parvis.access.actions import changes, lifecycle, links
from parvis.access.actions.creation import Coordinates, Grant
from parvis.access.actions.guards import LAST_ADMINISTRATOR
from parvis.access.actions.links import State, look, new_token, open_link
from parvis.access.decision import Standing
from parvis.access.levels import Level
from parvis.access.models import Link, Membership, Profile, Proposal
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused
from parvis.journal.actions import remember_name
from parvis.post.models import Message
from tests.access.reading import DAY, acting, at_field, events, kinds, later, summary, value, words
from tests.plugins.html import ReadingClient
from tests.world import Someone, World, someone

SignedIn = Callable[[Someone], ReadingClient]


def fresh(who: Someone) -> Membership:
    with tenancy.scope(establishment=who.membership.establishment_id):
        return Membership.objects.get(pk=who.account_id)


def alter(who: Someone, **fields: Any) -> None:
    with tenancy.scope(establishment=who.membership.establishment_id):
        Membership.objects.filter(pk=who.account_id).update(**fields)


def path(world: World, who: Someone, tab: str = "") -> str:
    return f"/etablissements/{world.here.siret}/comptes/{who.account_id}/{tab}"


def address(world: World, code: str) -> str:
    service = registry.get(code)
    assert service is not None
    return service.address(world.here.siret)


def coordinates(who: Someone, **other: Any) -> Coordinates:
    found = fresh(who)
    names = Coordinates.__dataclass_fields__
    return Coordinates(**{**{name: getattr(found, name) for name in names}, **other})


def typed(who: Someone, **other: str) -> dict[str, str]:
    found = fresh(who)
    names = ("civility", "last_name", "first_name", "function", "unit", "email", "phone")
    return {**{name: getattr(found, name) for name in names}, **other}


@pytest.fixture
def alone(world: World) -> World:
    """Claire is the only administrator."""
    alter(world.second, profile=Profile.USER)
    return world


@pytest.fixture
def waiting(as_owner: object, world: World) -> Someone:
    """A colleague who waits for a password, with a link sent."""
    made = someone(world.here, "Zoé", "Blanc", confirmed=False)
    with tenancy.scope(establishment=world.here.pk):
        links.issue(made.membership)
    return made


def token_of(who: Someone) -> str:
    with tenancy.scope(establishment=who.membership.establishment_id):
        return new_token(Link.objects.filter(membership_id=who.account_id).latest("id"))


# --- Each act: success and its event --------------------------------------------------------------------------------


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
    assert (event.kind, event.before) == ("account.renewed", {"ends_on": yesterday.isoformat()})


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
            lambda: changes.renew(who=who, account_id=gone, ends_on=None),
        ):
            with pytest.raises(Refused, match="n’existe plus"):
                act()
    assert signed_in(world.administrator).post(path(world, world.user, tab), {}).status_code == 404


# --- Rights ---------------------------------------------------------------------------------------------------------


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


# --- Oneself, and the only administrator ----------------------------------------------------------------------------

OWN: dict[str, Callable[[Standing, int], object]] = {
    "profil/": lambda who, me: changes.change_profile(who=who, account_id=me, profile=Profile.USER),
    "dates/": lambda who, me: changes.change_dates(who=who, account_id=me, starts_on=None, ends_on=clock.today()),
    "renouveler/": lambda who, me: changes.renew(who=who, account_id=me, ends_on=clock.today() + DAY),
    "desactiver/": lambda who, me: lifecycle.deactivate(who=who, account_id=me),
    "reactiver/": lambda who, me: lifecycle.reactivate(who=who, account_id=me),
    "supprimer/": lambda who, me: lifecycle.delete(who=who, account_id=me),
    "droits/modifier/": lambda who, me: changes.set_rights(
        who=who, account_id=me, grants=[Grant("contrats", Level.READ)]
    ),
}


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


LAST: dict[str, Callable[[Standing, int], object]] = {
    "demote": lambda who, one: changes.change_profile(who=who, account_id=one, profile=Profile.USER),
    "deactivate": lambda who, one: lifecycle.deactivate(who=who, account_id=one),
    "delete": lambda who, one: lifecycle.delete(who=who, account_id=one),
    "end": lambda who, one: changes.change_dates(who=who, account_id=one, starts_on=None, ends_on=clock.today() + DAY),
    "end in the past": lambda who, one: changes.change_dates(
        who=who, account_id=one, starts_on=None, ends_on=clock.today() - DAY
    ),
    "start in the future": lambda who, one: changes.change_dates(
        who=who, account_id=one, starts_on=clock.today() + DAY, ends_on=None
    ),
    "renewal that ends": lambda who, one: changes.renew(who=who, account_id=one, ends_on=clock.today() + 500 * DAY),
}


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
        ("renouveler/", {"until": "usual"}),
        ("desactiver/", {}),
        ("supprimer/", {}),
    ):
        answer = browser.post(path(world, world.second, tab), sent)
        assert answer.status_code == 200, tab
        assert any("Donnez d’abord le profil" in line for line in summary(answer)), tab


# --- Coordinates of the person --------------------------------------------------------------------------------------


def test_corrected_email_of_an_account_that_waits_kills_the_old_link_and_sends_a_new_one(
    world: World, waiting: Someone, signed_in: SignedIn
) -> None:
    old = token_of(waiting)
    assert look(old).state is State.VALID
    answer = signed_in(world.administrator).post(
        path(world, waiting, "modifier/"), typed(waiting, email="zoe.juste@annecy.example")
    )
    assert answer.status_code == 302
    assert look(old).state is State.SUPERSEDED
    assert look(token_of(waiting)).state is State.VALID
    assert fresh(waiting).email == "zoe.juste@annecy.example"
    assert kinds(world.here.pk, waiting.membership.ref) == ["account.coordinates_changed", "link.renewed"]
    with tenancy.scope(establishment=world.here.pk):
        assert Message.objects.filter(kind="access.first_link").count() == 2
    refused = Client().post(f"/premiere-connexion/{old}/", {"way": "new", "identifier": waiting.identifier})
    assert refused.status_code == 410


def test_corrected_telephone_of_an_account_that_waits_keeps_its_link(
    world: World, waiting: Someone, signed_in: SignedIn
) -> None:
    old = token_of(waiting)
    signed_in(world.administrator).post(path(world, waiting, "modifier/"), typed(waiting, phone="04 50 33 88 88"))
    assert fresh(waiting).phone == "+33450338888"
    assert look(old).state is State.VALID


@pytest.mark.parametrize("closing", ["deactivated", "expired"])
def test_email_corrected_while_the_account_is_closed_kills_the_link_and_sends_the_new_one_at_its_reopening(
    world: World, waiting: Someone, closing: str
) -> None:
    """Otherwise whoever reads the wrong address would open the account, and the right address pass for verified."""
    old = token_of(waiting)
    with acting(world.administrator) as who:
        if closing == "deactivated":
            lifecycle.deactivate(who=who, account_id=waiting.account_id)
        else:
            alter(waiting, ends_on=clock.today() - DAY)
        assert look(old).state is State.CLOSED
        changed = coordinates(waiting, email="zoe.juste@annecy.example")
        changes.change_coordinates(who=who, account_id=waiting.account_id, coordinates=changed)
        assert Link.objects.filter(membership_id=waiting.account_id, superseded_at=None).count() == 0
        with pytest.raises(Refused, match="réactivez|renouvelez"):
            links.send_again(who=who, account_id=waiting.account_id)
        if closing == "deactivated":
            lifecycle.reactivate(who=who, account_id=waiting.account_id)
        else:
            changes.renew(who=who, account_id=waiting.account_id, ends_on=None)
        assert Link.objects.filter(membership_id=waiting.account_id, superseded_at=None).count() == 1
    assert look(old).state is State.SUPERSEDED
    assert look(token_of(waiting)).state is State.VALID


def test_reopened_account_whose_address_was_right_keeps_its_link(world: World, waiting: Someone) -> None:
    old = token_of(waiting)
    with acting(world.administrator) as who:
        lifecycle.deactivate(who=who, account_id=waiting.account_id)
        lifecycle.reactivate(who=who, account_id=waiting.account_id)
    assert look(old).state is State.VALID
    assert kinds(world.here.pk, waiting.membership.ref) == ["account.deactivated", "account.reactivated"]


def test_link_sent_again_kills_the_one_before(world: World, waiting: Someone, signed_in: SignedIn) -> None:
    old = token_of(waiting)
    assert signed_in(world.administrator).post(path(world, waiting, "renvoyer/")).status_code == 302
    assert look(old).state is State.SUPERSEDED
    assert look(token_of(waiting)).state is State.VALID
    assert kinds(world.here.pk, waiting.membership.ref) == ["link.renewed"]


def test_link_is_not_sent_to_who_has_a_password(world: World, signed_in: SignedIn) -> None:
    answer = signed_in(world.administrator).post(path(world, world.user, "renvoyer/"))
    assert any("a déjà choisi un mot de passe" in line for line in summary(answer))


@pytest.fixture
def proposed(world: World, signed_in: SignedIn) -> Proposal:
    """Claire corrects the e-mail and the telephone of Léa, who signs in already."""
    answer = signed_in(world.administrator).post(
        path(world, world.user, "modifier/"),
        typed(world.user, email="lea.juste@annecy.example", phone="04 50 33 88 88", function="Paie"),
    )
    assert answer.status_code == 302
    with tenancy.scope(establishment=world.here.pk):
        return Proposal.objects.get(membership=world.user.membership)


def test_correction_of_an_active_account_is_proposed_and_changes_nothing_yet(world: World, proposed: Proposal) -> None:
    found = fresh(world.user)
    assert (found.email, found.phone) == (world.user.membership.email, world.user.membership.phone)
    assert found.function == "Paie"
    assert (proposed.email, proposed.phone) == ("lea.juste@annecy.example", "+33450338888")
    happened = events(world.here.pk, found.ref)
    assert [event.kind for event in happened] == ["account.coordinates_changed", "account.correction_proposed"]
    assert "juste" not in json.dumps([[event.before, event.after] for event in happened])
    with tenancy.scope(establishment=world.here.pk):
        assert Message.objects.filter(kind="access.proposal", object_id=proposed.pk).count() == 1


@pytest.mark.parametrize(
    ("answer", "kind"), [("accept", "account.correction_accepted"), ("refuse", "account.correction_refused")]
)
def test_person_alone_answers_the_correction(
    world: World, proposed: Proposal, signed_in: SignedIn, answer: str, kind: str
) -> None:
    where = f"/etablissements/{world.here.siret}/correction/"
    for other in (world.administrator, world.second, world.reader):
        signed_in(other).post(where, {"answer": answer, "proposal": proposed.pk})
    assert fresh(world.user).email == world.user.membership.email
    with tenancy.scope(establishment=world.here.pk):
        assert Proposal.objects.filter(pk=proposed.pk).exists()
    browser = signed_in(world.user)
    assert "lea.juste@annecy.example" in words(browser.get(where))
    for sent in ({}, {"answer": "yes"}):
        assert browser.post(where, sent).status_code == 200
    # A correction that was not the one on the page is neither accepted nor refused.
    for unseen in ("", "x", proposed.pk + 1):
        assert browser.post(where, {"answer": answer, "proposal": unseen}).headers["Location"] == where
    assert fresh(world.user).email == world.user.membership.email
    assert browser.post(where, {"answer": answer, "proposal": proposed.pk}).status_code == 302
    found = fresh(world.user)
    accepted = answer == "accept"
    assert found.email == ("lea.juste@annecy.example" if accepted else world.user.membership.email)
    assert found.phone == ("+33450338888" if accepted else world.user.membership.phone)
    assert ("lea.juste" in found.search_key) == accepted
    last = events(world.here.pk, found.ref)[-1]
    assert (last.kind, last.actor, last.after) == (kind, found.ref, {"fields": ["email", "phone"]})
    # Answered twice: nothing more.
    browser.post(where, {"answer": "accept"})
    assert kinds(world.here.pk, found.ref).count("account.correction_accepted") == accepted


def test_later_correction_takes_the_place_of_the_one_before(world: World, proposed: Proposal) -> None:
    with acting(world.second) as who:
        other = coordinates(world.user, email="lea.encore@annecy.example")
        changes.change_coordinates(who=who, account_id=world.user.account_id, coordinates=other)
        found = Proposal.objects.get(membership=world.user.membership)
    assert (found.email, found.phone) == ("lea.encore@annecy.example", "")


def test_own_email_is_not_changed_from_the_accounts(world: World, signed_in: SignedIn) -> None:
    answer = signed_in(world.administrator).post(
        path(world, world.administrator, "modifier/"), typed(world.administrator, email="autre@annecy.example")
    )
    assert answer.status_code == 200
    assert any("demandez à un autre administrateur" in line for line in summary(answer))
    assert kinds(world.here.pk, world.administrator.membership.ref) == []


# --- Deletion -------------------------------------------------------------------------------------------------------


def owned(connection: Any, person: int) -> dict[str, int]:
    """How many rows of each table speak of the person, as the owner sees them."""
    with connection.cursor() as cursor:
        counts = {}
        for table in ("credential", "email", "phone", "link", "linktoken", "session"):
            cursor.execute(f"SELECT count(*) FROM identity_{table} WHERE person_id = %s", [person])
            counts[table] = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM identity_person WHERE id = %s", [person])
        counts["person"] = cursor.fetchone()[0]
    return counts


@pytest.fixture
def leaving(as_owner: Any, world: World) -> Iterator[Someone]:
    """A colleague with one account, signed in somewhere, with a link to choose a new password."""
    made = someone(world.here, "Noé", "Vidal", rights={"contrats": Level.READ})
    with as_owner.cursor() as cursor:
        cursor.execute(
            "INSERT INTO identity_link (person_id, email_id, purpose, asked_at, expires_at) "
            "SELECT person_id, id, 'password', now(), now() FROM identity_email WHERE person_id = %s RETURNING id",
            [made.person.pk],
        )
        link = cursor.fetchone()[0]
        cursor.execute("INSERT INTO identity_linktoken VALUES ('noe', %s, %s)", [link, made.person.pk])
    yield made


def test_deletion_of_the_last_account_erases_the_person_whole(
    as_owner: Any, world: World, leaving: Someone, signed_in: SignedIn
) -> None:
    browser = signed_in(leaving)
    assert browser.get(f"/etablissements/{world.here.siret}/").status_code == 200
    assert set(owned(as_owner, leaving.person.pk).values()) == {1}
    administrator = signed_in(world.administrator)
    assert administrator.get(path(world, leaving, "supprimer/")).status_code == 200
    assert set(owned(as_owner, leaving.person.pk).values()) == {1}
    assert administrator.post(path(world, leaving, "supprimer/")).status_code == 302
    assert set(owned(as_owner, leaving.person.pk).values()) == {0}
    assert browser.get(f"/etablissements/{world.here.siret}/").headers["Location"].startswith("/connexion/")
    with as_owner.cursor() as cursor:
        cursor.execute("SELECT kind FROM journal_event WHERE person_id = %s", [leaving.person.pk])
        assert ("identity.erased",) in cursor.fetchall()
        # What is left of the account is its identifier, never given again.
        cursor.execute("SELECT count(*) FROM identity_identifier WHERE code = %s", [leaving.identifier])
        assert cursor.fetchone() == (1,)
        for table in ("access_right", "access_link", "access_proposal"):
            cursor.execute(f"SELECT count(*) FROM {table} WHERE membership_id = %s", [leaving.account_id])
            assert cursor.fetchone() == (0,), table
    (event,) = [event for event in events(world.here.pk) if event.kind == "account.deleted"]
    assert event.object == leaving.membership.ref
    assert event.before == {"profile": "utilisateur", "rights": {"contrats": {"level": 1}}}


def test_name_of_a_deleted_account_stays_readable_in_the_history(
    as_owner: Any, world: World, leaving: Someone, signed_in: SignedIn
) -> None:
    browser = signed_in(world.administrator)
    browser.post(path(world, leaving, "supprimer/"))
    page = words(browser.get(f"/etablissements/{world.here.siret}/historique/"))
    assert "Compte supprimé" in page
    assert "Noé Vidal" in page
    assert browser.get(path(world, leaving)).status_code == 404


def test_person_with_another_account_goes_on_with_the_other_identifier(
    as_owner: Any, world: World, leaving: Someone, signed_in: SignedIn
) -> None:
    other = someone(world.there, "Noé", "Vidal", person=leaving.person)
    browser = signed_in(leaving)
    assert browser.get(f"/etablissements/{world.here.siret}/").status_code == 200
    signed_in(world.administrator).post(path(world, leaving, "supprimer/"))
    left = owned(as_owner, leaving.person.pk)
    assert (left["person"], left["credential"], left["phone"], left["session"]) == (1, 1, 1, 1)
    assert browser.get(f"/etablissements/{world.here.siret}/").status_code == 404
    assert browser.get(f"/etablissements/{world.there.siret}/").status_code == 200
    with as_owner.cursor() as cursor:
        cursor.execute("SELECT code FROM identity_credential WHERE person_id = %s", [leaving.person.pk])
        assert cursor.fetchall() == [(other.identifier,)]
        erased = "SELECT count(*) FROM journal_event WHERE kind = 'identity.erased' AND person_id = %s"
        cursor.execute(erased, [leaving.person.pk])
        assert cursor.fetchone() == (0,)


def test_identifier_once_given_is_never_given_again(
    world: World, monkeypatch: pytest.MonkeyPatch, signed_in: SignedIn
) -> None:
    from parvis.ground.identifiers import account
    from parvis.identity.actions import persons

    free = next(code for code in iter(account.draw, "") if code != world.user.identifier)
    signed_in(world.administrator).post(path(world, world.user, "supprimer/"))
    drawn = iter([world.user.identifier, world.reader.identifier, free])
    monkeypatch.setattr(persons.account, "draw", lambda: next(drawn))
    with tenancy.scope(establishment=world.here.pk):
        assert persons.reserve_identifier() == free


def test_account_that_waits_is_deleted_with_its_link(world: World, waiting: Someone, signed_in: SignedIn) -> None:
    token = token_of(waiting)
    assert signed_in(world.administrator).post(path(world, waiting, "supprimer/")).status_code == 302
    assert look(token).state is State.UNKNOWN
    assert open_link(token=token, identifier=waiting.identifier, password="x").state is State.UNKNOWN
    assert Client().get(f"/premiere-connexion/{token}/").status_code == 404


# --- The first link: attached, wrong identifiers --------------------------------------------------------------------


def test_person_who_signs_in_already_attaches_the_new_account_and_keeps_one_person(
    as_owner: Any, world: World, signed_in: SignedIn
) -> None:
    made = someone(world.here, "Inès", "Moreau", confirmed=False)
    with tenancy.scope(establishment=world.here.pk):
        links.issue(made.membership)
    browser = signed_in(world.stranger)
    answer = browser.post(f"/premiere-connexion/{token_of(made)}/", {"way": "known", "identifier": made.identifier})
    assert answer.headers["Location"] == f"/etablissements/{world.here.siret}/"
    assert browser.get(answer.headers["Location"]).status_code == 200
    assert fresh(made).person_id == world.stranger.person.pk
    assert owned(as_owner, world.stranger.person.pk)["credential"] == 2
    assert kinds(world.here.pk, made.membership.ref) == ["account.confirmed"]


def test_person_who_has_an_account_here_does_not_attach_a_second_one(
    world: World, waiting: Someone, signed_in: SignedIn
) -> None:
    token = token_of(waiting)
    answer = signed_in(world.user).post(
        f"/premiere-connexion/{token}/", {"way": "known", "identifier": waiting.identifier}
    )
    assert answer.status_code == 200
    assert any("Vous avez déjà un compte dans cet établissement" in line for line in summary(answer))
    assert fresh(waiting).person_id is None
    assert look(token).state is State.VALID


def test_person_erased_meanwhile_attaches_nothing(as_owner: Any, world: World, waiting: Someone) -> None:
    with as_owner.cursor() as cursor:
        gone = someone(world.there, "Ada", "Noir")
        cursor.execute("DELETE FROM access_membership WHERE id = %s", [gone.account_id])
        cursor.execute("SELECT access_forget_person(%s, now())", [gone.person.pk])
        assert cursor.fetchone() == (True,)
    with pytest.raises(Refused, match="vient d’être supprimé"):
        open_link(token=token_of(waiting), identifier=waiting.identifier, person=gone.person)
    assert fresh(waiting).person_id is None


def test_five_wrong_identifiers_kill_the_link_and_tell_the_administrators(
    world: World, waiting: Someone, signed_in: SignedIn
) -> None:
    token = token_of(waiting)
    browser = ReadingClient()
    for left in (4, 3, 2, 1):
        answer = browser.post(
            f"/premiere-connexion/{token}/",
            {"way": "new", "identifier": world.user.identifier, "password": "quatre tuiles bleues"},
        )
        assert answer.status_code == 200
        assert f"Il vous reste {left} essai" in " ".join(summary(answer)).replace("\u00a0", " ")
        assert browser.get(f"/premiere-connexion/{token}/").status_code == 200
    wrong = {"way": "new", "identifier": "nimporte quoi", "password": "quatre tuiles bleues"}
    assert browser.post(f"/premiere-connexion/{token}/", wrong).status_code == 410
    right = {**wrong, "identifier": waiting.identifier}
    assert browser.post(f"/premiere-connexion/{token}/", right).status_code == 410
    assert fresh(waiting).person_id is None
    assert kinds(world.here.pk, waiting.membership.ref) == ["link.wrong_identifier"] * 5 + ["link.killed"]
    with tenancy.scope(establishment=world.here.pk):
        told = Message.objects.filter(kind="access.link_killed")
        assert {message.detail["to"] for message in told} == {world.administrator.account_id, world.second.account_id}
    assert "cinq identifiants erronés" in words(signed_in(world.administrator).get(path(world, waiting)))


def test_link_is_worth_fifteen_days_and_not_one_more(world: World, waiting: Someone) -> None:
    token = token_of(waiting)
    for days, expected in ((14, State.VALID), (15, State.EXPIRED)):
        with later(days * DAY + datetime.timedelta(minutes=1)):
            assert look(token).state is expected


def test_name_is_remembered_once_for_each_name_borne(world: World) -> None:
    from parvis.journal.models import Name

    with tenancy.scope(establishment=world.here.pk):
        for name in ("Léa Martin", "Léa Roux", "Léa Roux", "Léa Martin"):
            remember_name(world.user.membership.ref, name)
        found = Name.objects.filter(ref=world.user.membership.ref).order_by("id").values_list("name", flat=True)
        assert list(found) == ["Léa Martin", "Léa Roux", "Léa Martin"]
