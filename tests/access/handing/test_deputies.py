"""Deputies: named, accepted, warned, serving while the only administrator stays away, and no longer on their return."""

import pytest
from django.conf import settings

from parvis.access.actions import changes, lifecycle, renewal
from parvis.access.actions.guards import active_administrator_ids
from parvis.access.handing.actions import deputies, handovers
from parvis.access.models import Deputyship, Profile
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused
from tests.access.handing.hands import (
    SignedIn,
    administers,
    alter,
    base,
    deputyship,
    forget_messages,
    here,
    named,
    night,
    night_at,
    relay,
    serving,
    told,
    visited,
    written,
)
from tests.access.reading import DAY, acting, kinds, later
from tests.world import World


# --- The way of it ---------------------------------------------------------------------------------------------------
def test_warned_at_each_stage_then_given_the_profile(alone: World) -> None:
    named(alone.administrator, alone.user)
    forget_messages(alone)
    both = {alone.administrator.account_id, alone.user.account_id}
    for day in range(20, 60):
        done = night_at(alone, day)
        assert done == (1 if day in settings.PARVIS_DEPUTY_WARNING_DAYS else 0), day
        if done:
            with later(day * DAY):
                assert {to for _, to in told(alone)[-2:]} == both
                for who in (alone.administrator, alone.user):
                    assert written(alone, "deputy_warning", who) is not None
        assert not administers(alone.user)
    assert night_at(alone, 60) == 1
    assert administers(alone.user)
    assert {to for kind, to in told(alone) if kind == "deputy_serving"} == both
    assert night_at(alone, 61) == 0
    assert kinds(alone.here.pk, alone.user.membership.ref) == [
        "deputy.named", "deputy.accepted", "deputy.warned", "deputy.warned", "deputy.warned",
        "account.profile_changed", "deputy.serving",
    ]  # fmt: skip
    # The administrator's own account is as it was.
    assert administers(alone.administrator)


def test_a_run_that_was_missed_never_skips_the_last_warning(alone: World) -> None:
    named(alone.administrator, alone.user)
    # 90 days without `parvis daily`: the last warning leaves, and the deputy waits as long as after any other.
    assert night_at(alone, 90) == 1
    wait = settings.PARVIS_DEPUTY_DAYS - max(settings.PARVIS_DEPUTY_WARNING_DAYS)
    assert night_at(alone, 90 + wait - 1) == 0
    assert not administers(alone.user)
    assert night_at(alone, 90 + wait) == 1
    assert administers(alone.user)


def test_a_visit_between_two_warnings_begins_all_anew(alone: World) -> None:
    named(alone.administrator, alone.user)
    night_at(alone, 30)
    night_at(alone, 55)
    with later(56 * DAY):
        visited(alone.administrator, 0)
        # What was queued before is not told any more.
        assert written(alone, "deputy_warning", alone.user) is None
    for day in range(57, 86):
        assert night_at(alone, day) == 0
    assert night_at(alone, 86) == 1
    assert night_at(alone, 116) == 1  # 60 days after the visit: first the last warning
    assert not administers(alone.user)


def test_never_while_two_administer(as_owner: object, world: World) -> None:
    for who in (world.administrator, world.second, world.user):
        visited(who, 0)
    named(world.administrator, world.user)
    for day in (30, 45, 55, 60, 70):
        assert night_at(world, day) == 0
    assert not administers(world.user)


def test_nothing_before_the_person_has_accepted(alone: World) -> None:
    named(alone.administrator, alone.user, accepted=False)
    for day in (30, 55, 60, 70):
        assert night_at(alone, day) == 0
    assert not administers(alone.user)


def test_a_second_administrator_named_after_the_warnings_stops_it(alone: World) -> None:
    named(alone.administrator, alone.user)
    for day in (30, 45, 55):
        night_at(alone, day)
    alter(alone.second, profile=Profile.ADMINISTRATOR)
    assert night_at(alone, 60) == 0
    assert not administers(alone.user)


# --- The return ------------------------------------------------------------------------------------------------------
def test_at_the_next_visit_of_the_administrator_it_ends_by_itself(alone: World, signed_in: SignedIn) -> None:
    serving(alone)
    with later(61 * DAY):
        forget_messages(alone)
        assert here(alone.user).stands_in_since is not None
        assert here(alone.administrator).replaced_by_deputy
        assert signed_in(alone.user).get(relay(alone)).status_code == 200
        assert signed_in(alone.administrator).get(base(alone)).status_code == 200
        assert not administers(alone.user)
        assert administers(alone.administrator)
        assert signed_in(alone.user).get(relay(alone)).status_code == 403
        assert set(told(alone)) == {
            ("deputy_over", alone.user.account_id), ("deputy_over", alone.administrator.account_id)
        }  # fmt: skip
        letter = written(alone, "deputy_over", alone.user)
        assert letter is not None
        assert "est revenue" in letter.text
        assert kinds(alone.here.pk, alone.user.membership.ref)[-2:] == ["account.profile_changed", "deputy.over"]
    # The deputy stays one, for the next time.
    assert deputyship(alone).closed_at is None
    assert deputyship(alone).serving_since is None


def test_a_return_that_was_missed_is_seen_by_the_daily_run(alone: World) -> None:
    serving(alone)
    with later(61 * DAY):
        alter(alone.administrator, last_visit_at=clock.now())
        assert night()[2] == 1
    assert not administers(alone.user)


def test_visits_of_others_end_nothing(alone: World, signed_in: SignedIn) -> None:
    serving(alone)
    with later(61 * DAY):
        for who in (alone.user, alone.reader, alone.second):
            signed_in(who).get(base(alone))
        assert administers(alone.user)
        with acting(alone.reader) as who:
            assert deputies.come_back(who=who) is False


def test_while_serving_the_deputy_leaves_the_administrators_account_as_it_is(alone: World) -> None:
    serving(alone)
    away = alone.administrator.account_id
    acts = {
        "profile": lambda who: changes.change_profile(who=who, account_id=away, profile=Profile.USER),
        "deactivate": lambda who: lifecycle.deactivate(who=who, account_id=away),
        "delete": lambda who: lifecycle.delete(who=who, account_id=away),
        "dates": lambda who: changes.change_dates(
            who=who, account_id=away, starts_on=None, ends_on=clock.today() + DAY
        ),
        "rights": lambda who: changes.set_rights(who=who, account_id=away, grants=[]),
        "shorter": lambda who: renewal.renew(who=who, account_id=away, ends_on=clock.today() + DAY),
        "handover": lambda who: handovers.plan(
            who=who, leaver_id=away, receiver_id=alone.reader.account_id, on=clock.today() + DAY, profile=True
        ),
    }
    with later(61 * DAY):
        for name, act in acts.items():
            with acting(alone.user) as who, pytest.raises(Refused) as refusal:
                act(who)
            assert "Claire Dubois" in refusal.value.message, name
        # What opens the account is allowed: they must be able to come back.
        with acting(alone.user) as who:
            renewal.renew(who=who, account_id=away, ends_on=None)
    assert administers(alone.administrator)


def test_a_deputy_does_not_name_a_deputy_nor_keep_the_profile_by_withdrawing(alone: World) -> None:
    serving(alone)
    with later(61 * DAY), acting(alone.user) as who:
        with pytest.raises(Refused, match="désigner"):
            deputies.name(who=who, deputy_id=alone.reader.account_id)
        with pytest.raises(Refused, match="Personne ne change"):
            deputies.withdraw(who=who)


def test_the_deputy_may_give_it_up_while_serving(alone: World) -> None:
    serving(alone)
    with later(61 * DAY):
        with acting(alone.user) as who:
            deputies.decline(who=who)
        assert not administers(alone.user)
        assert deputyship(alone).outcome == "resigned"


def test_another_administrator_withdraws_it_and_the_profile_with_it(alone: World) -> None:
    serving(alone)
    with later(61 * DAY):
        alter(alone.second, profile=Profile.ADMINISTRATOR)
        with acting(alone.second) as who:
            deputies.withdraw(who=who)
        assert not administers(alone.user)
        assert deputyship(alone).outcome == "withdrawn"


def test_where_another_administers_in_place_of_the_one_who_left_the_deputy_is_no_longer_needed(alone: World) -> None:
    serving(alone)
    with later(61 * DAY):
        alter(alone.second, profile=Profile.ADMINISTRATOR)
        assert night()[2] == 0
        alter(alone.administrator, deactivated_at=clock.now())
        assert night()[2] == 1
        assert not administers(alone.user)
        with tenancy.scope(establishment=alone.here.pk):
            assert active_administrator_ids() == [alone.second.account_id]


def test_a_profile_taken_back_by_somebody_is_noted(alone: World) -> None:
    serving(alone)
    with later(61 * DAY):
        alter(alone.user, profile=Profile.USER)
        assert night()[2] == 1
        assert deputyship(alone).serving_since is None


# --- A deputy who is no longer there ---------------------------------------------------------------------------------
@pytest.mark.parametrize("how", ["deactivated", "expired", "gone"])
def test_a_deputy_whose_account_is_closed_is_none_and_the_administrators_are_told(alone: World, how: str) -> None:
    named(alone.administrator, alone.user)
    if how == "deactivated":
        alter(alone.user, deactivated_at=clock.now())
    elif how == "expired":
        alter(alone.user, ends_on=clock.today() - DAY)
    else:
        with tenancy.scope(establishment=alone.here.pk):
            Deputyship.objects.update(deputy=None)
    forget_messages(alone)
    assert night_at(alone, 60) == 1
    found = deputyship(alone)
    assert (found.outcome, found.closed_at is not None) == ("gone", True)
    assert told(alone) == [("deputy_lapsed", alone.administrator.account_id)]
    assert "Désignez quelqu’un d’autre" in written(alone, "deputy_lapsed", alone.administrator).text  # type: ignore[union-attr]
    # Another one may be named.
    named(alone.administrator, alone.reader)


def test_a_serving_deputy_whose_account_is_closed_administers_no_longer(alone: World) -> None:
    serving(alone)
    alter(alone.user, deactivated_at=clock.now())
    with later(61 * DAY):
        assert night()[2] == 1
    assert not administers(alone.user)
    assert deputyship(alone).outcome == "gone"


def test_a_deputy_who_becomes_an_administrator_is_none_any_more(alone: World) -> None:
    named(alone.administrator, alone.user)
    with acting(alone.administrator) as who:
        changes.change_profile(who=who, account_id=alone.user.account_id, profile=Profile.ADMINISTRATOR)
    assert night()[2] == 1
    assert deputyship(alone).outcome == "promoted"
    assert administers(alone.user)


# --- Naming and answering --------------------------------------------------------------------------------------------
def test_refusals_of_naming(alone: World) -> None:
    with acting(alone.administrator) as who:
        for account, said in (
            (alone.administrator, "votre propre"),
            (alone.stranger, "n’existe plus"),
        ):
            with pytest.raises(Refused, match=said):
                deputies.name(who=who, deputy_id=account.account_id)
    alter(alone.reader, deactivated_at=clock.now())
    alter(alone.second, profile=Profile.ADMINISTRATOR)
    with acting(alone.administrator) as who:
        with pytest.raises(Refused, match="n’est pas actif"):
            deputies.name(who=who, deputy_id=alone.reader.account_id)
        with pytest.raises(Refused, match="administre déjà"):
            deputies.name(who=who, deputy_id=alone.second.account_id)
    named(alone.administrator, alone.user)
    with acting(alone.administrator) as who, pytest.raises(Refused, match="retirez d’abord"):
        deputies.name(who=who, deputy_id=alone.user.account_id)


def test_nobody_else_answers_and_nobody_answers_twice(alone: World) -> None:
    named(alone.administrator, alone.user, accepted=False)
    for act in (deputies.accept, deputies.decline):
        with acting(alone.reader) as who, pytest.raises(Refused, match="ne vous est plus proposée"):
            act(who=who)
    with acting(alone.user) as who:
        deputies.accept(who=who)
        with pytest.raises(Refused):
            deputies.accept(who=who)


def test_withdrawn_before_the_answer(alone: World) -> None:
    named(alone.administrator, alone.user, accepted=False)
    with acting(alone.administrator) as who:
        deputies.withdraw(who=who)
        with pytest.raises(Refused, match="déjà terminée"):
            deputies.withdraw(who=who)
    with acting(alone.user) as who, pytest.raises(Refused):
        deputies.accept(who=who)
    assert written(alone, "deputy_withdrawn", alone.user) is not None
    # The question has nothing to ask any more.
    assert written(alone, "deputy_asked", alone.user) is None
