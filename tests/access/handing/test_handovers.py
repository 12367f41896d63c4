"""Hand-overs: planned, shown, cancelled, carried out on the day as a whole; and what becomes of them otherwise."""

import uuid

import pytest
from django.conf import settings

from parvis.access.actions import changes, lifecycle
from parvis.access.actions.creation import Grant
from parvis.access.actions.guards import active_administrator_ids
from parvis.access.handing.actions import handovers
from parvis.access.handing.views import handovers as pages
from parvis.access.levels import Level
from parvis.access.models import Handover, Profile, Right
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused
from tests.access.handing.hands import (
    SignedIn,
    administers,
    alter,
    base,
    forget_messages,
    fresh,
    handover,
    handovers_of,
    level,
    named,
    night,
    relay,
    told,
    written,
)
from tests.access.reading import DAY, acting, kinds, later, summary, words
from tests.world import Someone, World


def held(who: Someone) -> dict[str, int]:
    with tenancy.scope(establishment=who.membership.establishment_id):
        return dict(Right.objects.filter(membership_id=who.account_id).values_list("service", "level"))


# --- On the day ------------------------------------------------------------------------------------------------------
def test_on_the_day_the_rights_pass_and_the_account_closes(as_owner: object, world: World) -> None:
    made = handover(world.administrator, world.reader, world.user)
    with later(4 * DAY):
        assert night()[1] == 0
        assert level(world.reader, "correspondants") is Level.READ
    with later(5 * DAY):
        assert (night()[1], night()[1]) == (1, 0)
        # Léa had « Modification » on one: she keeps it, and receives what she did not have.
        assert held(world.user) == {"mon-etablissement": 2, "contrats": 1, "correspondants": 1}
        assert level(world.user, "correspondants") is Level.READ
        assert fresh(world.reader).deactivated_at is not None
    assert kinds(world.here.pk, world.reader.membership.ref) == [
        "handover.planned",
        "account.deactivated",
        "handover.done",
    ]
    assert kinds(world.here.pk, world.user.membership.ref) == ["rights.changed"]
    with tenancy.scope(establishment=world.here.pk):
        given = Right.objects.get(membership=world.user.membership, service="correspondants")
    assert given.granted_by == made.created_by == world.administrator.membership.ref


def test_a_day_that_the_daily_run_missed_is_made_up_for(as_owner: object, world: World) -> None:
    handover(world.administrator, world.reader, world.user)
    with later(9 * DAY):
        assert night()[1] == 1
        assert handovers_of(world).done_at is not None


def test_what_passes_is_what_the_leaver_holds_on_the_day(as_owner: object, world: World) -> None:
    handover(world.administrator, world.reader, world.user)
    with acting(world.administrator) as who:
        changes.set_rights(who=who, account_id=world.reader.account_id, grants=[])
    with later(5 * DAY):
        assert night()[1] == 1
    assert held(world.user) == {"mon-etablissement": 2, "contrats": 1}


def test_today_it_is_done_at_once(world: World) -> None:
    handover(world.administrator, world.reader, world.user, within=0)
    assert fresh(world.reader).deactivated_at is not None
    assert level(world.user, "correspondants") is Level.READ
    assert {kind for kind, _ in told(world)} == {"handover_done"}


def test_the_profile_passes_where_it_was_chosen(as_owner: object, world: World) -> None:
    handover(world.administrator, world.second, world.user, profile=True)
    with later(5 * DAY):
        assert night()[1] == 1
    assert administers(world.user)
    assert kinds(world.here.pk, world.user.membership.ref) == ["account.profile_changed"]
    assert fresh(world.second).deactivated_at is not None


def test_a_profile_taken_back_meanwhile_does_not_pass(as_owner: object, world: World) -> None:
    handover(world.administrator, world.second, world.user, profile=True)
    with acting(world.administrator) as who:
        changes.change_profile(who=who, account_id=world.second.account_id, profile=Profile.USER)
    with later(5 * DAY):
        assert night()[1] == 1
    assert not administers(world.user)
    assert handovers_of(world).profile is False


def test_the_only_administrator_hands_over_with_the_profile_alone(alone: World) -> None:
    with pytest.raises(Refused, match="Cochez"):
        handover(alone.administrator, alone.administrator, alone.user)
    handover(alone.administrator, alone.administrator, alone.user, profile=True)
    with later(5 * DAY):
        assert night()[1] == 1
        with tenancy.scope(establishment=alone.here.pk):
            assert active_administrator_ids() == [alone.user.account_id]
    assert fresh(alone.administrator).deactivated_at is not None


def test_what_does_not_fit_is_left_and_told(world: World) -> None:
    soon = clock.today() + 9 * DAY
    with acting(world.administrator) as who:
        grants = [Grant("correspondants", Level.WRITE, None, soon)]
        changes.set_rights(who=who, account_id=world.user.account_id, grants=[Grant("correspondants", Level.READ)])
        changes.set_rights(who=who, account_id=world.reader.account_id, grants=grants)
    handover(world.administrator, world.reader, world.user, within=0)
    assert held(world.user) == {"correspondants": 1}
    assert handovers_of(world).left == ["correspondants"]
    letter = written(world, "handover_done", world.second)
    assert letter is not None
    assert "Correspondants" in letter.text


# --- Where it cannot be done -----------------------------------------------------------------------------------------
def gone(world: World, who: Someone) -> None:
    """Deleted, as the database knows it: the fixed people have sessions and events of their own."""
    with tenancy.scope(establishment=world.here.pk):
        Handover.objects.filter(leaver_id=who.account_id).update(leaver=None)
        Handover.objects.filter(receiver_id=who.account_id).update(receiver=None)


def test_on_the_day_a_missing_or_closed_account_leaves_everything_as_it_is(as_owner: object, world: World) -> None:
    cases = {
        "leaver_gone": lambda: gone(world, world.reader),
        "receiver_gone": lambda: gone(world, world.user),
        "receiver_closed": lambda: alter(world.user, deactivated_at=clock.now()),
    }
    for fault, happens in cases.items():
        handover(world.administrator, world.reader, world.user)
        happens()
        forget_messages(world)
        with later(5 * DAY):
            assert (night()[1], night()[1]) == (0, 0)
            found = handovers_of(world)
            assert (found.fault, found.done_at, found.failed_at is not None) == (fault, None, True)
            letter = written(world, "handover_failed", world.second)
            assert letter is not None
            assert Handover.Fault(fault).label in letter.text
        assert fresh(world.reader).deactivated_at is None
        assert held(world.user) == {"mon-etablissement": 2, "contrats": 1}
        alter(world.user, deactivated_at=None)


def test_an_establishment_is_never_left_without_an_administrator(as_owner: object, world: World) -> None:
    handover(world.administrator, world.second, world.user)
    # Since then Claire's own account has come to have an end.
    alter(world.administrator, profile=Profile.USER)
    with later(5 * DAY):
        assert night()[1] == 0
        assert handovers_of(world).fault == "last_administrator"
    assert fresh(world.second).deactivated_at is None
    assert administers(world.second)
    # Nothing of what was begun stays.
    assert held(world.user) == {"mon-etablissement": 2, "contrats": 1}
    assert "account.deactivated" not in kinds(world.here.pk, world.second.membership.ref)


def test_a_leaver_who_was_deactivated_before_still_hands_over(as_owner: object, world: World) -> None:
    handover(world.administrator, world.reader, world.user)
    with acting(world.administrator) as who:
        lifecycle.deactivate(who=who, account_id=world.reader.account_id)
    with later(5 * DAY):
        assert night()[1] == 1
    assert held(world.user)["correspondants"] == 1


def test_a_deputy_keeps_for_good_what_a_handover_gives(alone: World) -> None:
    named(alone.administrator, alone.user)
    handover(alone.administrator, alone.administrator, alone.user, profile=True)
    with later(5 * DAY):
        night()
        assert administers(alone.user)
        night()
        assert administers(alone.user)


# --- Refusals --------------------------------------------------------------------------------------------------------
def test_what_cannot_be_planned_is_refused_in_words(world: World) -> None:
    with pytest.raises(Refused, match="Personne ne change"):
        handover(world.administrator, world.reader, world.administrator)
    with pytest.raises(Refused, match="déjà passé"):
        handover(world.administrator, world.reader, world.user, within=-1)
    with pytest.raises(Refused, match="au plus tôt demain"):
        handover(world.administrator, world.administrator, world.user, within=0)
    with pytest.raises(Refused, match="trop lointain"):
        handover(world.administrator, world.reader, world.user, within=settings.PARVIS_HANDOVER_HORIZON.days + 1)
    with pytest.raises(Refused, match="deux personnes différentes"):
        handover(world.administrator, world.user, world.user)
    with pytest.raises(Refused, match="n’a pas le profil"):
        handover(world.administrator, world.reader, world.user, profile=True)
    with pytest.raises(Refused, match="n’existe plus"):
        handover(world.administrator, world.reader, world.stranger)
    handover(world.administrator, world.reader, world.user)
    with pytest.raises(Refused, match="déjà prévue"):
        handover(world.second, world.reader, world.user, within=9)
    with tenancy.scope(establishment=world.here.pk):
        assert Handover.objects.count() == 1


def test_cancelled_it_is_never_carried_out(as_owner: object, world: World) -> None:
    made = handover(world.administrator, world.reader, world.user)
    forget_messages(world)
    with acting(world.second) as who:
        handovers.cancel(who=who, ref=made.ref)
    assert {to for _, to in told(world, "handover_cancelled")} == {
        who.account_id for who in (world.administrator, world.reader, world.user)
    }
    with later(5 * DAY):
        assert night()[1] == 0
    with acting(world.second) as who, pytest.raises(Refused, match="n’est plus prévue"):
        handovers.cancel(who=who, ref=made.ref)
    assert fresh(world.reader).deactivated_at is None
    # Another one may be planned now.
    handover(world.administrator, world.reader, world.user)


# --- Pages -----------------------------------------------------------------------------------------------------------
def typed(leaver: Someone, receiver: Someone, within: int = 5) -> dict[str, str]:
    return {
        "leaver": str(leaver.account_id),
        "receiver": str(receiver.account_id),
        "on": f"{clock.today() + within * DAY:%d/%m/%Y}",
    }


def test_the_whole_way_by_the_pages(world: World, signed_in: SignedIn) -> None:
    browser = signed_in(world.administrator)
    answer = browser.post(relay(world, "passations/nouvelle/"), typed(world.reader, world.user))
    step = answer.headers["Location"]
    shown = words(browser.get(step)).replace("\u00a0", " ")
    assert "Marc Petit part, Léa Martin reprend" in shown
    assert "Déjà là" in shown
    with tenancy.scope(establishment=world.here.pk):
        assert not Handover.objects.exists()
    assert browser.post(step).headers["Location"] == relay(world)
    made = handovers_of(world)
    assert "Prévue" in words(browser.get(relay(world)))
    for who in (world.user, world.reader):
        assert "Passation prévue le" in words(browser.get(f"{base(world)}comptes/{who.account_id}/droits/"))
    one = relay(world, f"passations/{made.ref}/")
    assert "Annuler cette passation" in words(browser.get(one))
    assert browser.post(one).headers["Location"] == relay(world)
    assert "Annulée" in words(browser.get(one))
    assert "n’est plus prévue" in words(browser.post(one))


def test_planning_asks_for_a_fresh_second_factor(
    world: World, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "is_fresh", lambda request: False)
    browser = signed_in(world.administrator)
    step = browser.post(relay(world, "passations/nouvelle/"), typed(world.reader, world.user)).headers["Location"]
    answer = browser.post(step)
    assert answer.status_code == 302
    assert "relais" not in answer.headers["Location"]
    with tenancy.scope(establishment=world.here.pk):
        assert not Handover.objects.exists()


def test_what_is_wrong_is_said_at_its_field(world: World, signed_in: SignedIn) -> None:
    browser = signed_in(world.administrator)
    path = relay(world, "passations/nouvelle/")
    assert set(summary(browser.post(path, {})).values()) == {"#id_leaver", "#id_receiver", "#id_on"}
    assert "#id_on" in summary(browser.post(path, typed(world.reader, world.user, within=-2))).values()
    wrong = {**typed(world.reader, world.user), "profile": "on"}
    answer = browser.post(path, wrong)
    assert "#id_profile" in summary(answer).values()
    for made_up in ("", "?leaver=x", "?leaver=1&receiver=2&on=01/01/2030"):
        assert browser.get(relay(world, f"passations/nouvelle/verification/{made_up}")).status_code == 302


def test_only_who_administers_here_opens_these_pages(world: World, signed_in: SignedIn) -> None:
    made = handover(world.administrator, world.reader, world.user)
    one = relay(world, f"passations/{made.ref}/")
    for path in (one, relay(world, "passations/nouvelle/")):
        assert signed_in(world.user).get(path).status_code == 403
        assert signed_in(world.stranger).get(path).status_code == 404
    assert signed_in(world.user).post(one).status_code == 403
    theirs = f"/etablissements/{world.there.siret}/comptes/relais/passations/{made.ref}/"
    assert signed_in(world.stranger).post(theirs).status_code == 404
    assert signed_in(world.administrator).get(relay(world, f"passations/{uuid.uuid4()}/")).status_code == 404
    assert handovers_of(world).cancelled_at is None
