"""Absences: chosen rights for a period, which ends by itself; who may, and who is told."""

import dataclasses
import uuid

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parvis.access.actions import lifecycle
from parvis.access.actions.creation import Grant
from parvis.access.handing import daily
from parvis.access.handing.actions import absences
from parvis.access.handing.views import absences as pages
from parvis.access.levels import Level
from parvis.access.models import Absence
from parvis.access.registry import get
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused
from tests.access.handing.hands import (
    READ_CONTRACTS,
    SignedIn,
    absence,
    absences_of,
    alter,
    base,
    level,
    night,
    relay,
    told,
    written,
)
from tests.access.reading import DAY, acting, events, kinds, later, summary, words
from tests.world import Someone, World, someone


def typed(absent: Someone, receiver: Someone, begins: int = 0, days: int = 3) -> dict[str, str]:
    first = clock.today() + begins * DAY
    return {
        "absent": str(absent.account_id),
        "receiver": str(receiver.account_id),
        "starts_on": f"{first:%d/%m/%Y}",
        "ends_on": f"{first + (days - 1) * DAY:%d/%m/%Y}",
    }


def query(values: dict[str, str]) -> str:
    return "&".join(f"{name}={value}" for name, value in values.items())


# --- What it gives ---------------------------------------------------------------------------------------------------
def test_the_receiver_holds_the_rights_from_the_first_to_the_last_day_and_the_next_request_finds_them_over(
    world: World, signed_in: SignedIn
) -> None:
    assert level(world.user, "correspondants") is Level.NONE
    absence(world.administrator, world.reader, world.user, begins=1, days=2)
    assert level(world.user, "correspondants") is Level.NONE
    declared = get("correspondants")
    assert declared is not None
    service = declared.address(world.here.siret)
    for moved, held in ((DAY, True), (2 * DAY, True), (3 * DAY, False)):
        with later(moved):
            assert level(world.user, "correspondants") is (Level.WRITE if held else Level.NONE)
            # No daily run in between: the days alone decide, request by request.
            assert signed_in(world.user).get(service).status_code == (200 if held else 403)


def test_an_absence_of_one_day_holds_today_alone(world: World) -> None:
    absence(world.administrator, world.reader, world.user, days=1)
    assert level(world.user, "correspondants") is Level.WRITE
    with later(DAY):
        assert level(world.user, "correspondants") is Level.NONE


def test_it_adds_to_ones_own_right_and_never_lowers_it(world: World) -> None:
    absence(world.administrator, world.reader, world.user, [Grant("mon-etablissement", Level.READ)])
    assert level(world.user, "mon-etablissement") is Level.WRITE
    assert level(world.user, "contrats") is Level.READ


def test_ended_early_it_is_over_at_the_next_request(world: World) -> None:
    made = absence(world.administrator, world.reader, world.user)
    with acting(world.second) as who:
        absences.end(who=who, ref=made.ref)
    assert level(world.user, "correspondants") is Level.NONE
    with acting(world.second) as who, pytest.raises(Refused, match="déjà terminée"):
        absences.end(who=who, ref=made.ref)
    assert kinds(world.here.pk, world.user.membership.ref) == ["absence.planned", "absence.ended"]


def test_a_closed_account_holds_nothing_by_an_absence(world: World) -> None:
    absence(world.administrator, world.reader, world.user)
    alter(world.user, deactivated_at=clock.now())
    assert level(world.user, "correspondants") is Level.NONE


def test_it_outlives_the_absent_and_goes_with_the_receiver(as_owner: object, world: World) -> None:
    away, receiver = (someone(world.here, name, "Blanc") for name in ("Zoé", "Yves"))
    absence(world.administrator, away, receiver)
    with acting(world.administrator) as who:
        lifecycle.delete(who=who, account_id=away.account_id)
    assert level(receiver, "correspondants") is Level.WRITE
    assert absences_of(world).absent_name == "Zoé Blanc"
    with acting(world.administrator) as who:
        lifecycle.delete(who=who, account_id=receiver.account_id)
        assert not Absence.objects.exists()
    with later(9 * DAY):
        assert night()[0] == 0


# --- Refusals --------------------------------------------------------------------------------------------------------
def test_nobody_gives_themselves_rights_even_for_an_absence(world: World) -> None:
    with pytest.raises(Refused, match="Personne ne change"):
        absence(world.administrator, world.reader, world.administrator)
    # Their own absence is another matter: somebody else receives.
    absence(world.administrator, world.administrator, world.user)
    made = absence(world.administrator, world.reader, world.second)
    with acting(world.second) as who, pytest.raises(Refused, match="Personne ne change"):
        absences.end(who=who, ref=made.ref)


@pytest.mark.parametrize(
    ("begins", "days", "said"),
    [(-1, 3, "déjà passé"), (2, 0, "précède"), (0, settings.PARVIS_ABSENCE_LIMIT.days + 1, "au plus")],
)
def test_days_that_make_no_period_are_refused(world: World, begins: int, days: int, said: str) -> None:
    with pytest.raises(Refused, match=said):
        absence(world.administrator, world.reader, world.user, begins=begins, days=days)


def test_the_longest_period_is_allowed_to_the_day(world: World) -> None:
    absence(world.administrator, world.reader, world.user, days=settings.PARVIS_ABSENCE_LIMIT.days)


def test_forged_services_levels_and_accounts_are_refused(world: World) -> None:
    for grants in (
        [Grant("inconnu", Level.READ)],
        [Grant("contrats", Level.WRITE)],
        [],
        [Grant("contrats", Level.NONE)],
    ):
        with pytest.raises(Refused):
            absence(world.administrator, world.reader, world.user, grants)
    with pytest.raises(Refused, match="n’existe plus"):
        absence(world.administrator, world.reader, world.stranger)
    with pytest.raises(Refused, match="deux personnes différentes"):
        absence(world.administrator, world.user, world.user)
    alter(world.user, deactivated_at=clock.now())
    with pytest.raises(Refused, match="désactivé ou expiré"):
        absence(world.administrator, world.reader, world.user)
    with tenancy.scope(establishment=world.here.pk):
        assert not Absence.objects.exists()


def test_the_same_absence_twice_is_one(world: World) -> None:
    absence(world.administrator, world.reader, world.user)
    with pytest.raises(Refused, match="reçoit déjà"):
        absence(world.administrator, world.reader, world.user, begins=2, days=4)
    absence(world.administrator, world.reader, world.user, begins=3, days=4)
    absence(world.administrator, world.reader, world.second)


# --- E-mails and the daily run ---------------------------------------------------------------------------------------
def test_receiver_and_administrators_are_told_at_once_where_it_begins_today(world: World) -> None:
    absence(world.administrator, world.reader, world.user)
    assert told(world) == [("absence_begun", world.user.account_id), ("absence_told", world.second.account_id)]
    begun = written(world, "absence_begun", world.user)
    assert begun is not None
    assert "Claire Dubois vous confie des droits" in begun.text
    assert "absence de Marc Petit" in begun.text.replace("\u00a0", " ")
    assert "Correspondants" in begun.text
    assert "Léa Martin" in written(world, "absence_told", world.second).text  # type: ignore[union-attr]


def test_the_daily_run_tells_the_beginning_and_the_end_once_each(as_owner: object, world: World) -> None:
    absence(world.administrator, world.reader, world.user, begins=2, days=2)
    assert told(world) == [("absence_told", world.second.account_id)]
    assert night()[0] == 0
    with later(2 * DAY):
        assert (night()[0], night()[0]) == (1, 0)
        assert told(world)[1:] == [("absence_begun", world.user.account_id)]
    with later(4 * DAY):
        assert (night()[0], night()[0]) == (1, 0)
        others = {("absence_told", who.account_id) for who in (world.administrator, world.second)}
        assert told(world)[2] == ("absence_over", world.user.account_id)
        assert set(told(world)[3:]) == others
        assert "ont pris fin" in written(world, "absence_over", world.user).text  # type: ignore[union-attr]
    assert kinds(world.here.pk, world.user.membership.ref) == ["absence.planned", "absence.over"]
    (_, over) = events(world.here.pk, world.user.membership.ref)
    assert over.origin == "système"


def test_days_that_the_daily_run_missed_are_not_told_as_if_they_began(as_owner: object, world: World) -> None:
    absence(world.administrator, world.reader, world.user, begins=2, days=2)
    with later(30 * DAY):
        night()
        assert {kind for kind, _ in told(world)} == {"absence_told"}


def test_one_that_never_began_tells_its_receiver_nothing(world: World) -> None:
    made = absence(world.administrator, world.reader, world.user, begins=5)
    with acting(world.administrator) as who:
        absences.end(who=who, ref=made.ref)
    assert {kind for kind, _ in told(world)} == {"absence_told"}


def test_one_that_breaks_does_not_keep_the_others(
    as_owner: object, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = absence(world.administrator, world.reader, world.user, days=1)
    absence(world.administrator, world.reader, world.second, days=1)
    to_begin = absence(world.administrator, world.reader, world.user, begins=2, days=3)
    kept = daily.end_due

    def breaks(number: int) -> bool:
        if number == first.pk:
            raise RuntimeError("broken")
        return kept(number)

    monkeypatch.setattr(daily, "end_due", breaks)
    with later(2 * DAY):
        with pytest.raises(daily.NotDone):
            daily.follow_absences()
        with tenancy.scope(establishment=world.here.pk):
            assert set(Absence.objects.filter(ended_at=None).values_list("id", flat=True)) == {first.pk, to_begin.pk}
            assert Absence.objects.get(pk=to_begin.pk).begun_at is not None


# --- Pages -----------------------------------------------------------------------------------------------------------
def test_the_whole_way_by_the_pages(world: World, signed_in: SignedIn) -> None:
    browser = signed_in(world.administrator)
    assert browser.get(relay(world, f"absences/nouvelle/?absent={world.reader.account_id}")).status_code == 200
    answer = browser.post(relay(world, "absences/nouvelle/"), typed(world.reader, world.user))
    assert answer.status_code == 302
    step = answer.headers["Location"]
    shown = browser.get(step)
    assert "Droits confiés à Léa Martin" in words(shown)
    # Filled with what Marc holds.
    assert b'value="lecture" checked' in shown.content
    answer = browser.post(step, {"niveau-correspondants": "modification", "niveau-mon-etablissement": "aucun"})
    assert answer.headers["Location"] == relay(world)
    made = absences_of(world)
    with tenancy.scope(establishment=world.here.pk):
        given = {one.service: one.level for one in made.rights.all()}
    # What the page did not send is as it was shown.
    assert given == {"correspondants": Level.WRITE, "contrats": Level.READ}
    assert "Léa Martin" in words(browser.get(relay(world)))
    for who in (world.user, world.reader):
        tab = words(browser.get(f"{base(world)}comptes/{who.account_id}/droits/"))
        assert "Absence de Marc Petit" in tab.replace("\u00a0", " ")
    ended = browser.post(relay(world, f"absences/{made.ref}/"))
    assert ended.headers["Location"] == relay(world)
    assert "Terminée" in words(browser.get(relay(world)))


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_is_kept(world: World, signed_in: SignedIn) -> None:
    browser = signed_in(world.administrator)
    wrong = {**typed(world.reader, world.user), "ends_on": "31/02/2027", "absent": ""}
    answer = browser.post(relay(world, "absences/nouvelle/"), wrong)
    assert answer.status_code == 200
    assert set(summary(answer).values()) == {"#id_absent", "#id_ends_on"}
    assert b"31/02/2027" in answer.content
    past = browser.post(relay(world, "absences/nouvelle/"), typed(world.reader, world.user, begins=-3))
    assert summary(past) == {
        "Le premier jour est déjà passé : choisissez aujourd’hui ou un jour à venir.": "#id_starts_on"
    }
    # Step 2 with an address that somebody made up.
    for made_up in ("", "?absent=x&receiver=y", "?absent=1&receiver=2&starts_on=%00&ends_on=a"):
        assert browser.get(relay(world, f"absences/nouvelle/droits/{made_up}")).status_code == 302
    ask = query(typed(world.reader, world.user))
    nothing = {"niveau-correspondants": "aucun", "niveau-mon-etablissement": "aucun", "niveau-contrats": "aucun"}
    answer = browser.post(relay(world, f"absences/nouvelle/droits/?{ask}"), nothing)
    assert "Aucun droit n’est choisi" in words(answer)
    answer = browser.post(relay(world, f"absences/nouvelle/droits/?{ask}"), {"niveau-contrats": "modification"})
    assert answer.status_code == 200


def test_a_sensitive_service_asks_for_a_fresh_second_factor(
    world: World, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    contracts = get("contrats")
    assert contracts is not None
    sensitive = dataclasses.replace(contracts, asks_fresh_factor=True)
    monkeypatch.setattr(pages.registry, "get", lambda code: sensitive if code == "contrats" else get(code))
    monkeypatch.setattr(pages, "is_fresh", lambda request: False)
    browser = signed_in(world.administrator)
    ask = relay(world, f"absences/nouvelle/droits/?{query(typed(world.reader, world.user))}")
    nothing = {f"niveau-{code}": "aucun" for code in ("mon-etablissement", "correspondants", "contrats")}
    answer = browser.post(ask, {**nothing, "niveau-contrats": "lecture"})
    assert answer.status_code == 302
    assert "relais" not in answer.headers["Location"]
    with tenancy.scope(establishment=world.here.pk):
        assert not Absence.objects.exists()
    assert browser.post(ask, {**nothing, "niveau-correspondants": "lecture"}).headers["Location"] == relay(world)


def test_only_who_administers_here_opens_these_pages(world: World, signed_in: SignedIn) -> None:
    made = absence(world.administrator, world.reader, world.user, READ_CONTRACTS)
    one = relay(world, f"absences/{made.ref}/")
    for path in (relay(world), one, relay(world, "absences/nouvelle/")):
        assert signed_in(world.user).get(path).status_code == 403
        assert signed_in(world.stranger).get(path).status_code == 404
    assert signed_in(world.user).post(one).status_code == 403
    assert signed_in(world.stranger).post(one).status_code == 404
    theirs = f"/etablissements/{world.there.siret}/comptes/relais/absences/{made.ref}/"
    assert signed_in(world.stranger).get(theirs).status_code == 404
    assert signed_in(world.administrator).get(relay(world, f"absences/{uuid.uuid4()}/")).status_code == 404
    assert level(world.user, "contrats") is Level.READ


def test_the_list_takes_as_many_statements_for_many_as_for_one(world: World, signed_in: SignedIn) -> None:
    browser = signed_in(world.administrator)
    absence(world.administrator, world.reader, world.user)
    browser.get(relay(world))
    with CaptureQueriesContext(connection) as few:
        browser.get(relay(world))
    for count in range(1, 6):
        absence(world.administrator, world.reader, world.user, begins=10 * count)
    with CaptureQueriesContext(connection) as many:
        browser.get(relay(world))
    assert len(many) == len(few)


def test_the_event_says_who_is_away_from_when_to_when_and_which_rights(world: World) -> None:
    made = absence(world.administrator, world.reader, world.user)
    (event,) = events(world.here.pk, world.user.membership.ref)
    assert event.actor == world.administrator.membership.ref
    assert event.after == {
        "absence": str(made.ref),
        "absent": str(world.reader.membership.ref),
        "starts_on": made.starts_on.isoformat(),
        "ends_on": made.ends_on.isoformat(),
        "rights": {"correspondants": {"level": 2}},
    }
