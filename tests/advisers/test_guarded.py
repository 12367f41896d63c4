"""What an adviser tries that is not theirs: another fund's rows, one's own act, after one's account was closed."""

import datetime
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction

from parvis.access.models import Membership
from parvis.advisers import four_eyes
from parvis.advisers.models import Adviser, SensitiveAct
from parvis.advisers.standing import AdviserStanding, adviser_of
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused
from parvis.identity.models import PhoneFactor
from parvis.journal.models import Event
from tests.access.parallel.hands import at_once
from tests.advisers.test_four_eyes import asked, done, office  # noqa: F401  (`done` is a fixture)
from tests.browsers import inside
from tests.ground.policies.hands import ask, denied
from tests.plugins.database import owner_connection
from tests.plugins.html import ReadingClient
from tests.world import World, adviser

READ_BY_ADVISERS = """SELECT c.relname::text FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid
  JOIN pg_roles r ON r.oid = ANY (p.polroles) WHERE r.rolname = 'parvis_adviser'
  AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'establishment_id') ORDER BY 1"""


@pytest.fixture
def closed(as_owner: object, world: World) -> Callable[[str], None]:
    """Close an adviser, as the owner."""

    def close(who: str) -> None:
        Adviser.objects.filter(person_id=world.advisers[who].pk).update(closed_at=clock.now())

    return close


# --- Another fund's rows ----------------------------------------------------------------------------------------------
def test_an_adviser_of_another_fund_reads_no_row_of_the_establishment_in_any_table(world: World, owner: Any) -> None:
    tables = [name for (name,) in owner.execute(READ_BY_ADVISERS).fetchall()]
    assert "access_membership" in tables and "journal_name" in tables
    with office(world.advisers["other"], world):
        for table in tables:
            assert ask(f"SELECT count(*) FROM {table} WHERE establishment_id = %s", world.here.pk) == [(0,)], table
    with office(world.advisers["first"], world):
        assert ask("SELECT count(*) > 0 FROM access_membership WHERE establishment_id = %s", world.here.pk) == [(True,)]


def test_rows_are_of_the_establishment_in_scope_alone(world: World) -> None:
    with office(world.advisers["first"], world):
        assert set(Membership.objects.values_list("establishment_id", flat=True)) == {world.here.pk}
    with tenancy.scope(role=tenancy.ADVISER, funds=("cnracl",)):
        assert not Membership.objects.exists()


def test_funds_of_an_outer_scope_are_not_those_of_an_inner_one(world: World) -> None:
    with office(world.advisers["first"], world):
        with tenancy.scope(establishment=world.here.pk, role=tenancy.ADVISER):
            assert ask("SELECT current_setting('parvis.funds')") == [("",)]
            assert not Membership.objects.exists()
        assert ask("SELECT current_setting('parvis.funds')") == [("cnracl,ircantec,rafp",)]
        assert Membership.objects.exists()


def test_an_adviser_writes_no_row_of_an_establishment(world: World) -> None:
    with office(world.advisers["second"], world):
        for sql in (
            "UPDATE access_membership SET email = 'x@y.example'",
            "DELETE FROM access_right",
            "UPDATE establishments_contract SET fund = 'cnracl'",
            "UPDATE advisers_adviser SET funds = 'faefm'",
            "DELETE FROM advisers_sensitiveact",
        ):
            with denied():
                ask(sql)


def test_an_adviser_writes_no_event_in_another_establishment_nor_under_another_origin(world: World) -> None:
    line = (
        "INSERT INTO journal_event (at, kind, establishment_id, before, after, origin) "
        "VALUES (now(), 'x', %s, '{}', '{}', %s)"
    )
    with office(world.advisers["first"], world):
        with denied("row-level security"):
            ask(line, world.there.pk, "conseiller")
        with denied("row-level security"):
            ask(line, world.here.pk, "web")
        with denied("row-level security"):
            ask(line, None, "conseiller")
        ask(line, world.here.pk, "conseiller")


# --- Acts -------------------------------------------------------------------------------------------------------------
def test_the_database_lets_no_first_level_no_editor_and_no_stranger_decide(world: World, done: list[str]) -> None:  # noqa: F811
    act = asked(world, "second")

    def decides(who: str, **changes: Any) -> None:
        known = adviser_of(world.advisers[who].pk)
        assert known is not None
        with office(world.advisers["first"], world), pytest.raises(IntegrityError), transaction.atomic():
            SensitiveAct.objects.filter(pk=act.pk).update(
                decided_by_id=known.adviser_id, decided_at=clock.now(), **{"state": "approved", **changes}
            )

    decides("first")
    decides("second")
    decides("other")
    decides("first", state="withdrawn")
    with office(world.advisers["supervisor"], world) as who:
        four_eyes.note_edit(who=who, act=act)
    decides("supervisor")


def test_a_decided_act_and_what_was_asked_never_change(world: World, done: list[str]) -> None:  # noqa: F811
    act = asked(world)
    with office(world.advisers["second"], world) as who:
        for column in ("opened_by_id = 1", "fund = 'rafp'", "kind = 'x'", "detail = '{}'", "establishment_id = 1"):
            with denied():
                ask(f"UPDATE advisers_sensitiveact SET {column} WHERE id = %s", act.pk)
        four_eyes.approve(who=who, act_id=act.pk)
        with pytest.raises(IntegrityError), transaction.atomic():
            SensitiveAct.objects.filter(pk=act.pk).update(note="autre")
        with pytest.raises(Refused, match="déjà décidé"):
            four_eyes.note_edit(who=who, act=act)


def test_nobody_asks_under_a_fund_that_is_not_theirs(world: World, done: list[str]) -> None:  # noqa: F811
    with office(world.advisers["other"], world) as who, denied("may not do that"):
        four_eyes.ask(who=who, kind="test.act", fund="cnracl", establishment_id=world.here.pk, subject="9", reason="x")


def test_the_establishment_reads_who_asked_and_who_decided(world: World, done: list[str]) -> None:  # noqa: F811
    act = asked(world)
    with office(world.advisers["second"], world) as who:
        four_eyes.approve(who=who, act_id=act.pk)
    with tenancy.scope(establishment=world.here.pk):
        actors = set(Event.objects.filter(object=act.pk).values_list("actor", flat=True))
        names = {name for (name,) in ask("SELECT name FROM journal_name WHERE ref = ANY (%s)", list(actors))}
    assert names == {
        "Noémie Ferrand, conseiller (Gestionnaire des fonds)",
        "Olivier Marchetti, conseiller (Gestionnaire des fonds)",
    }


# --- Closed meanwhile -------------------------------------------------------------------------------------------------
def test_a_closed_adviser_is_out_at_the_next_page_with_the_session_they_had(
    world: World,
    closed: Callable[[str], None],
    done: list[str],  # noqa: F811
) -> None:
    act = asked(world)
    browser = inside(ReadingClient(), world.advisers["second"])
    assert browser.get("/conseiller/").status_code == 200
    closed("second")
    for address in ("/conseiller/", "/conseiller/quatre-yeux/", f"/conseiller/quatre-yeux/{act.pk}/"):
        assert browser.get(address).status_code == 404
    assert browser.post(f"/conseiller/quatre-yeux/{act.pk}/", {"geste": "approuver"}).status_code == 404
    assert browser.get(f"/etablissements/{world.here.siret}/").status_code == 404
    assert done == []


def test_who_is_closed_while_they_decide_does_not(
    world: World,
    closed: Callable[[str], None],
    done: list[str],  # noqa: F811
) -> None:
    act = asked(world)
    with office(world.advisers["second"], world) as who:
        known: AdviserStanding = who
    closed("second")
    with (
        tenancy.scope(person=known.person_id, role=tenancy.ADVISER, funds=known.funds),
        pytest.raises(Refused, match="votre compte"),
    ):
        four_eyes.approve(who=known, act_id=act.pk)
    with office(world.advisers["supervisor"], world):
        assert SensitiveAct.objects.get(pk=act.pk).state == "waiting"


def test_a_former_adviser_who_became_a_member_is_not_opened_again(
    world: World, closed: Callable[[str], None], as_owner: object
) -> None:
    closed("first")
    person = world.advisers["first"].pk
    Membership.objects.filter(pk=world.user.account_id).update(person_id=person)
    with pytest.raises(IntegrityError), transaction.atomic():
        Adviser.objects.filter(person_id=person).update(closed_at=None)


# --- What they sign in with -------------------------------------------------------------------------------------------
def test_an_adviser_with_a_telephone_takes_it_away_first(world: World) -> None:
    person = world.advisers["first"].pk
    browser = inside(ReadingClient(), world.advisers["first"])
    with tenancy.scope(person=person, role=tenancy.PERSON):
        now = clock.now()
        PhoneFactor.objects.create(
            person_id=person, number="+33612345678", channel="sms", added_at=now, confirmed_at=now
        )
    answer = browser.get("/conseiller/")
    assert answer.status_code == 403 and "Retirez le téléphone" in answer.content.decode()
    with tenancy.scope(person=person, role=tenancy.PERSON):
        PhoneFactor.objects.all().delete()
    assert browser.get("/conseiller/").status_code == 200


def test_a_factor_given_at_a_provider_is_asked_for_again_here(world: World) -> None:
    browser = inside(ReadingClient(), world.advisers["first"])
    session = browser.session
    session["factor_elsewhere"] = True
    session.save()
    assert browser.get("/conseiller/")["Location"].startswith("/confirmer/")


# --- At the same moment -----------------------------------------------------------------------------------------------
@pytest.fixture
def real(db: None, done: list[str]) -> Iterator[dict[str, Any]]:  # noqa: F811
    """Three advisers, committed; the test is in no transaction of its own."""
    held = connections["default"]
    mine = type(held)({**held.settings_dict}, "default")

    def owned(act: Callable[[], Any]) -> Any:
        connections["default"] = owner_connection()
        try:
            return act()
        finally:
            connections["default"].close()
            connections["default"] = mine

    def made() -> dict[str, Any]:
        fund = "feh"
        people = {role: adviser("Essai", role, role, fund) for role in ("first", "second", "supervisor")}
        return {name: adviser_of(person.pk) for name, person in people.items()}

    def take_back() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT array_agg(id), array_agg(person_id) FROM advisers_adviser WHERE first_name = 'Essai'"
            )
            ids, persons = cursor.fetchone()
            cursor.execute("DELETE FROM advisers_sensitiveedit WHERE adviser_id = ANY (%s)", [ids])
            cursor.execute("DELETE FROM advisers_sensitiveact WHERE opened_by_id = ANY (%s)", [ids])
            cursor.execute("DELETE FROM advisers_adviser WHERE id = ANY (%s)", [ids])
            for person in persons:
                cursor.execute("SELECT access_forget_person(%s, now())", [person])

    connections["default"] = mine
    try:
        yield {**owned(made), "owned": owned}
    finally:
        owned(take_back)
        mine.close()
        connections["default"] = held


def at_work(who: AdviserStanding, act: Callable[[], Any]) -> Callable[[], Any]:
    def run() -> Any:
        with tenancy.scope(person=who.person_id, role=tenancy.ADVISER, funds=who.funds):
            return act()

    return run


def opened(who: AdviserStanding, subject: str) -> SensitiveAct:
    return four_eyes.ask(who=who, kind="test.act", fund="feh", establishment_id=None, subject=subject, reason="Essai")


def test_two_who_decide_at_the_same_moment_carry_it_out_once(real: dict[str, Any], done: list[str]) -> None:  # noqa: F811
    for number in range(6):
        act = at_work(real["first"], lambda n=number: opened(real["first"], f"race-{n}"))()
        answers = at_once(
            *[
                at_work(real[who], lambda w=who, a=act.pk: four_eyes.approve(who=real[w], act_id=a))
                for who in ("second", "supervisor", "second", "supervisor")
            ]
        )
        assert sum(isinstance(one, SensitiveAct) for one in answers) == 1
        assert sum(isinstance(one, Refused) for one in answers) == 3
    assert sorted(done) == [f"race-{number}" for number in range(6)]


def test_who_edits_and_decides_at_the_same_moment_never_does_both(real: dict[str, Any], done: list[str]) -> None:  # noqa: F811
    for number in range(6):
        act = at_work(real["first"], lambda n=number: opened(real["first"], f"both-{n}"))()
        edited, approved = at_once(
            at_work(real["second"], lambda a=act: four_eyes.note_edit(who=real["second"], act=a)),
            at_work(real["second"], lambda a=act.pk: four_eyes.approve(who=real["second"], act_id=a)),
        )
        assert isinstance(edited, Refused) != isinstance(approved, Refused)


def test_the_same_act_asked_at_the_same_moment_waits_once(real: dict[str, Any], done: list[str]) -> None:  # noqa: F811
    for number in range(6):
        answers = at_once(
            *[at_work(real[who], lambda w=who, n=number: opened(real[w], f"twice-{n}")) for who in ("first", "second")]
        )
        assert sorted(type(one).__name__ for one in answers) == ["Refused", "SensitiveAct"]


def test_approved_and_withdrawn_at_the_same_moment_is_one_of_them(real: dict[str, Any], done: list[str]) -> None:  # noqa: F811
    for number in range(6):
        act = at_work(real["first"], lambda n=number: opened(real["first"], f"back-{n}"))()
        answers = at_once(
            at_work(real["first"], lambda a=act.pk: four_eyes.withdraw(who=real["first"], act_id=a)),
            at_work(real["second"], lambda a=act.pk: four_eyes.approve(who=real["second"], act_id=a)),
        )
        assert sum(isinstance(one, Refused) for one in answers) == 1
        taken_back = isinstance(answers[0], SensitiveAct)
        assert (f"back-{number}" in done) is not taken_back


def test_a_closing_that_came_first_undoes_the_decision(real: dict[str, Any], done: list[str]) -> None:  # noqa: F811
    act = at_work(real["first"], lambda: opened(real["first"], "closing"))()
    second = real["second"]
    real["owned"](
        lambda: Adviser.objects.filter(pk=second.adviser_id).update(
            closed_at=clock.now() - datetime.timedelta(seconds=1)
        )
    )
    with pytest.raises(Refused, match="votre compte"):
        at_work(second, lambda: four_eyes.approve(who=second, act_id=act.pk))()
    assert at_work(real["supervisor"], lambda: SensitiveAct.objects.get(pk=act.pk).state)() == "waiting"
