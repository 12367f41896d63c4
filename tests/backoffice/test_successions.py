"""An establishment takes another's place: what moves, what stays readable, who may decide it, and who sees what."""

import datetime
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from parvis.access.levels import Level
from parvis.access.models import Absence, Delegation, DelegationService, Link, Membership, Profile, Right
from parvis.access.succession.crossings import OF_ACCOUNT, WITH_ACCOUNTS
from parvis.access.why.past import past
from parvis.advisers import four_eyes
from parvis.advisers.models import SensitiveAct
from parvis.advisers.standing import AdviserStanding, adviser_of
from parvis.backoffice.succession import actions
from parvis.backoffice.succession.queries import preview
from parvis.establishments.lineage import inherited
from parvis.establishments.models import Contract, Establishment, Succession
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused
from parvis.identity.models import Credential, Person
from parvis.journal.actions import SYSTEM, record
from parvis.journal.models import Event
from parvis.journal.queries import HistoryFilters, history
from parvis.post.models import Message
from parvis.post.registry import LETTERS, Envelope
from tests.browsers import inside
from tests.plugins.html import ReadingClient
from tests.world import Someone, World, establishment, someone

pytestmark = pytest.mark.usefixtures("as_owner")
FIRST_DAY = datetime.date(2026, 1, 1)
CENTRE, ELSEWHERE = "28740006900018", "21740203100017"


class Merger:
    """Abondance, whose place Annecy takes: who is where."""

    def __init__(self, world: World) -> None:
        self.world, self.old, self.new = world, world.there, world.here
        self.centre = establishment(CENTRE, "Centre de gestion", ("cnracl",))
        self.elsewhere = establishment(ELSEWHERE, "Novel", ("cnracl",))
        self.apart = someone(self.elsewhere, "Hugo", "Lambert", Profile.ADMINISTRATOR)
        # Léa has an account on both sides, an administrator's in Abondance; Jean waits for his password.
        self.double = someone(
            self.old,
            "Léa",
            "Martin",
            Profile.ADMINISTRATOR,
            {"contrats": Level.WRITE, "correspondants": Level.READ},
            person=world.user.person,
        )
        self.pending = someone(self.old, "Jean", "Favre", rights={"contrats": Level.READ}, confirmed=False)
        with tenancy.scope(establishment=self.old.pk):
            Link.objects.create(
                establishment=self.old,
                membership=self.pending.membership,
                created_at=clock.now(),
                expires_at=clock.now() + datetime.timedelta(days=15),
            )
            record(
                "account.created", actor=SYSTEM, object=world.stranger.membership.ref, after={"profile": "utilisateur"}
            )
            Absence.objects.create(
                establishment=self.old,
                absent=world.stranger.membership,
                absent_name="Inès Moreau",
                receiver=self.double.membership,
                starts_on=clock.today(),
                ends_on=clock.today() + datetime.timedelta(days=9),
                created_at=clock.now(),
                created_by=world.stranger.membership.ref,
            )
            self.delegation = self.delegated(self.old)

    def delegated(self, giver: Establishment) -> Delegation:
        made = Delegation.objects.create(
            establishment=giver,
            organisation=self.centre,
            starts_on=FIRST_DAY,
            ends_on=clock.today() + datetime.timedelta(days=200),
            reason="Retraites",
            proposed_side="establishment",
            proposed_at=clock.now(),
            proposed_by=self.world.stranger.membership.ref,
            proposed_name="Inès Moreau",
            accepted_at=clock.now(),
        )
        DelegationService.objects.create(
            establishment=giver, organisation=self.centre, delegation=made, service="contrats", level=Level.READ
        )
        return made


@pytest.fixture
def merger(world: World, as_owner: object) -> Merger:
    return Merger(world)


@contextmanager
def office(person: Person, place: int = 0) -> Iterator[AdviserStanding]:
    who = adviser_of(person.pk)
    assert who is not None
    with tenancy.scope(person=person.pk, establishment=place, role=tenancy.ADVISER, funds=who.funds):
        yield who


def prepared(merger: Merger, **more: Any) -> Succession:
    said = {"old_siret": merger.old.siret, "new_siret": merger.new.siret, "on": FIRST_DAY, **more}
    with office(merger.world.advisers["first"]) as who:
        return actions.prepare(who=who, cause="commune", reason="Arrêté du 1er octobre", **said)


def asked(merger: Merger) -> tuple[Succession, SensitiveAct]:
    made = prepared(merger)
    with office(merger.world.advisers["first"]) as who:
        return made, actions.ask(who=who, ref=made.ref)


def carried_out(merger: Merger) -> Succession:
    made, act = asked(merger)
    with office(merger.world.advisers["second"]) as who:
        four_eyes.approve(who=who, act_id=act.pk, note="Arrêté lu")
    made.refresh_from_db()
    return made


def plain(html: str) -> str:
    """What is read, with plain spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def account(one: Someone) -> Membership:
    return Membership.objects.get(pk=one.account_id)


def rights(one: Someone) -> dict[str, int]:
    return dict(Right.objects.filter(membership=one.account_id).values_list("service", "level"))


# --- What moves ------------------------------------------------------------------------------------------------------
def test_accounts_move_with_what_they_hold_and_doubles_are_merged(merger: Merger) -> None:
    done = carried_out(merger)
    assert not Membership.objects.filter(establishment=merger.old).exists()
    for one in (merger.world.stranger, merger.pending):
        assert account(one).establishment_id == merger.new.pk
        assert set(Right.objects.filter(membership=one.account_id).values_list("establishment", flat=True)) <= {
            merger.new.pk
        }
    assert Link.objects.get(membership=merger.pending.account_id).establishment_id == merger.new.pk
    kept = account(merger.world.user)
    assert kept.profile == Profile.ADMINISTRATOR
    assert rights(merger.world.user) == {"mon-etablissement": 2, "contrats": 2, "correspondants": 1}
    assert Absence.objects.get().receiver_id == kept.pk and Absence.objects.get().establishment_id == merger.new.pk
    # Both identifiers still open the one account.
    codes = set(Credential.objects.filter(person=merger.world.user.person).values_list("code", flat=True))
    assert codes == {merger.world.user.identifier, merger.double.identifier}
    assert done.moved == {"accounts": 2, "merged": 1, "contracts": 0, "given": 1, "received": 0}


def test_no_administrator_is_lost_and_limits_stay(merger: Merger) -> None:
    until = clock.today() + datetime.timedelta(days=5)
    Membership.objects.filter(pk=merger.double.account_id).update(limited_until=until)
    Membership.objects.filter(pk=merger.world.user.account_id).update(deactivated_at=clock.now())
    carried_out(merger)
    administering = Membership.objects.filter(establishment=merger.new, profile=Profile.ADMINISTRATOR)
    assert {one.first_name for one in administering} == {"Claire", "Paul", "Léa", "Inès"}
    kept = account(merger.world.user)
    assert (kept.deactivated_at, kept.limited_until) == (None, until)


def test_contracts_end_and_go_on_under_their_number_where_there_is_none(merger: Merger) -> None:
    Contract.objects.create(establishment=merger.old, fund="atiacl", number="A-7", starts_on=datetime.date(2015, 1, 1))
    carried_out(merger)
    last = FIRST_DAY - datetime.timedelta(days=1)
    assert set(Contract.objects.filter(establishment=merger.old).values_list("ends_on", flat=True)) == {last}
    came = Contract.objects.get(establishment=merger.new, fund="atiacl")
    assert (came.number, came.starts_on, came.ends_on) == ("A-7", FIRST_DAY, None)
    assert Contract.objects.filter(establishment=merger.new, fund="cnracl").count() == 1


def test_delegations_move_on_both_sides_and_doubled_ones_end(merger: Merger) -> None:
    theirs = merger.delegated(merger.new)
    Delegation.objects.filter(pk=theirs.pk).update(ref="00000000-0000-0000-0000-000000000007")
    carried_out(merger)
    merger.delegation.refresh_from_db()
    assert merger.delegation.ended_at is not None and "Annecy" in merger.delegation.word
    theirs.refresh_from_db()
    assert theirs.ended_at is None
    # Now the organisation itself is taken over: what it received follows.
    made = prepared(merger, old_siret=CENTRE, new_siret=ELSEWHERE)
    with office(merger.world.advisers["first"]) as who:
        act = actions.ask(who=who, ref=made.ref)
    with office(merger.world.advisers["second"]) as who:
        four_eyes.approve(who=who, act_id=act.pk)
    theirs.refresh_from_db()
    assert (theirs.organisation_id, theirs.ended_at) == (merger.elsewhere.pk, None)
    assert DelegationService.objects.get(delegation=theirs).organisation_id == merger.elsewhere.pk


def test_both_journals_tell_it_and_the_administrators_get_a_letter(merger: Merger) -> None:
    done = carried_out(merger)
    told = {
        (one.establishment_id, one.kind) for one in Event.objects.filter(object__in=[done.ref, merger.delegation.ref])
    }
    assert told >= {
        (merger.old.pk, "succession.prepared"),
        (merger.old.pk, "succession.left"),
        (merger.new.pk, "succession.taken"),
        (merger.new.pk, "delegation.arrived"),
        (merger.centre.pk, "succession.client"),
    }
    messages = Message.objects.filter(kind="backoffice.succession_done")
    came = {message.detail["to"]: message.detail["came"] for message in messages}
    world = merger.world
    assert came == {
        world.administrator.account_id: False,
        world.second.account_id: False,
        world.user.account_id: True,
        world.stranger.account_id: True,
    }
    with tenancy.scope(establishment=merger.new.pk):
        for message in messages:
            letter = LETTERS[message.kind].written(message)
            assert isinstance(letter, Envelope)
            assert letter.subject == "Parvis : Annecy a pris la place d’Abondance"
            assert ("Votre identifiant" in letter.text) is message.detail["came"]
            assert "3 comptes (dont 1 réuni), 0 contrat, 1 délégation" in plain(letter.html)


def test_letters_that_wait_leave_from_where_their_account_is(merger: Merger) -> None:
    from parvis.post.actions import queue

    with tenancy.scope(establishment=merger.old.pk):
        queue("access.first_link", object_id=1, establishment=merger.old.pk)
    carried_out(merger)
    assert Message.objects.get(kind="access.first_link").establishment_id == merger.new.pk
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT (args ->> 'establishment')::bigint FROM procrastinate_jobs")
        assert {row[0] for row in cursor.fetchall()} == {merger.new.pk}


def test_the_day_after_can_still_be_told_from_the_journal(merger: Merger) -> None:
    carried_out(merger)
    with tenancy.scope(establishment=merger.new.pk):
        found = {one.ref: one for one in past(clock.today()).standings}
    assert found[merger.world.stranger.membership.ref].profile == Profile.ADMINISTRATOR


# --- What stays readable ---------------------------------------------------------------------------------------------
def test_the_old_address_says_what_became_of_it_to_those_who_came_from_it(merger: Merger) -> None:
    carried_out(merger)
    for one in (merger.world.stranger, merger.double):
        browser = inside(ReadingClient(), one.person)
        for path in ("", "comptes/"):
            answer = browser.get(f"/etablissements/{merger.old.siret}/{path}")
            assert answer.status_code == 200
            assert "Annecy a pris la place de cet établissement" in answer.content.decode()
            assert f"/etablissements/{merger.new.siret}/" in answer.content.decode()
        assert browser.post(f"/etablissements/{merger.old.siret}/comptes/exporter/", {}).status_code in (404, 405)
    outside = inside(ReadingClient(), merger.apart.person)
    assert outside.get(f"/etablissements/{merger.old.siret}/").status_code == 404


def test_the_successor_reads_its_predecessors_history_and_nobody_elses(merger: Merger) -> None:
    with tenancy.scope(establishment=merger.elsewhere.pk):
        record("account.created", actor=SYSTEM, object=merger.apart.membership.ref, after={"profile": "utilisateur"})
    carried_out(merger)
    with tenancy.scope(establishment=merger.new.pk):
        shown = history(HistoryFilters(kind="account.created"), inherited=inherited())
        assert [(line.object, line.text) for line in shown.lines] == [
            ("Inès Moreau", "Dans Abondance · Profil Utilisateur")
        ]
        assert shown.total == 1
        one = history(HistoryFilters(object=merger.world.stranger.membership.ref), inherited=inherited())
        assert {line.kind for line in one.lines} >= {"account.created", "account.arrived"}
    for place in (merger.old.pk, merger.elsewhere.pk, merger.centre.pk):
        with tenancy.scope(establishment=place), connection.cursor() as cursor:
            assert inherited() == ""
            cursor.execute("SELECT count(*) FROM establishments_inherited(NULL, NULL, NULL, NULL)")
            assert cursor.fetchone() == (0,)
    browser = inside(ReadingClient(), merger.world.administrator.person)
    page = browser.get(f"/etablissements/{merger.new.siret}/historique/?type=account.created")
    assert "Dans Abondance" in page.content.decode()
    csv = browser.get(f"/etablissements/{merger.new.siret}/historique/historique.csv?type=account.created")
    assert "Dans Abondance" in csv.content.decode()


def test_what_is_only_prepared_shows_nothing_and_moves_nothing(merger: Merger) -> None:
    asked(merger)
    with tenancy.scope(establishment=merger.new.pk):
        assert inherited() == "" and not Succession.objects.exists()
    with tenancy.scope(establishment=merger.new.pk), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM establishments_inherited(NULL, NULL, NULL, NULL)")
        assert cursor.fetchone() == (0,)
    assert account(merger.world.stranger).establishment_id == merger.old.pk
    browser = inside(ReadingClient(), merger.world.stranger.person)
    assert "a été repris" not in browser.get(f"/etablissements/{merger.old.siret}/").content.decode()


def test_a_chain_leads_to_the_last_and_shows_all_the_history(merger: Merger) -> None:
    carried_out(merger)
    made = prepared(merger, old_siret=merger.new.siret, new_siret=ELSEWHERE)
    with office(merger.world.advisers["first"]) as who:
        act = actions.ask(who=who, ref=made.ref)
    with office(merger.world.advisers["second"]) as who:
        four_eyes.approve(who=who, act_id=act.pk)
    page = inside(ReadingClient(), merger.world.stranger.person).get(f"/etablissements/{merger.old.siret}/")
    assert "Novel a pris la place" in page.content.decode()
    with tenancy.scope(establishment=merger.elsewhere.pk):
        places = {line.text.split(" · ")[0] for line in history(HistoryFilters(), inherited=inherited()).lines}
    assert {"Dans Abondance", "Dans Annecy"} <= places


# --- Who decides it --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"old_siret": "21740001900022"}, "n’est pas dans le répertoire"),
        ({"new_siret": "21740001900014"}, "deux SIRET différents"),
        ({"on": datetime.date(2090, 1, 1)}, ""),
    ],
)
def test_what_cannot_be_prepared_or_asked_is_refused(merger: Merger, change: dict[str, Any], why: str) -> None:
    if why:
        with pytest.raises(Refused, match=why):
            prepared(merger, **change)
        return
    made = prepared(merger, **change)
    with office(merger.world.advisers["first"]) as who, pytest.raises(Refused, match="se décide à partir de ce jour"):
        actions.ask(who=who, ref=made.ref)


def test_nobody_decides_alone_and_nothing_is_done_twice(merger: Merger) -> None:
    made, act = asked(merger)
    with office(merger.world.advisers["first"]) as who:
        with pytest.raises(Refused, match="second niveau"):
            four_eyes.approve(who=who, act_id=act.pk)
        with pytest.raises(Refused, match="attend déjà"):
            actions.ask(who=who, ref=made.ref)
        with pytest.raises(Refused, match="second conseiller doit"):
            actions.cancel(who=who, ref=made.ref)
        with pytest.raises(Refused, match="déjà préparée ou faite"):
            actions.prepare(
                who=who,
                old_siret=merger.old.siret,
                new_siret=ELSEWHERE,
                cause="merger",
                on=FIRST_DAY,
                reason="Autre arrêté",
            )
    with office(merger.world.advisers["second"]) as who:
        four_eyes.approve(who=who, act_id=act.pk)
        with pytest.raises(Refused, match="déjà décidé"):
            four_eyes.approve(who=who, act_id=act.pk)
        with pytest.raises(Refused, match="faite, ou abandonnée"):
            actions.cancel(who=who, ref=made.ref)
    with office(merger.world.advisers["first"]) as who, pytest.raises(Refused, match="lui-même repris"):
        actions.prepare(
            who=who, old_siret=ELSEWHERE, new_siret=merger.old.siret, cause="merger", on=FIRST_DAY, reason="Arrêté"
        )


def test_a_fault_half_way_leaves_everything_as_it_was(merger: Merger, monkeypatch: pytest.MonkeyPatch) -> None:
    made, act = asked(merger)
    monkeypatch.setattr("parvis.backoffice.succession.carrying_out._tell", lambda *_: 1 / 0)
    with office(merger.world.advisers["second"]) as who, pytest.raises(ZeroDivisionError):
        four_eyes.approve(who=who, act_id=act.pk)
    made.refresh_from_db()
    act.refresh_from_db()
    assert (made.done_at, act.state) == (None, "waiting")
    assert account(merger.double).establishment_id == merger.old.pk
    assert rights(merger.world.user)["contrats"] == Level.READ
    assert not Event.objects.filter(kind="succession.left").exists()


def test_an_establishment_of_another_fund_is_left_alone(merger: Merger) -> None:
    foreign = establishment("21740081100014", "Chevaline", ("faefm",))
    with office(merger.world.advisers["first"]) as who:
        for field, sirets in (("old", (foreign.siret, ELSEWHERE)), ("new", (ELSEWHERE, foreign.siret))):
            with pytest.raises(Refused, match="ne relève pas de vos fonds") as refusal:
                actions.prepare(
                    who=who, old_siret=sirets[0], new_siret=sirets[1], cause="siret", on=FIRST_DAY, reason="x"
                )
            assert refusal.value.field == field
    made = prepared(merger)
    with office(merger.world.advisers["other"]) as who:
        assert not Succession.objects.exists()
        with pytest.raises(Refused, match="faite, ou abandonnée"):
            actions.ask(who=who, ref=made.ref)


def _denied(statement: str, values: list[Any]) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
    except ProgrammingError as fault:
        return isinstance(fault.__cause__, psycopg.errors.InsufficientPrivilege)
    return False


SUCCEED = "SELECT access_succeed(%s, '{}', '{}', '{}', '', NULL, %s, %s)"


def test_the_crossings_refuse_strangers(merger: Merger) -> None:
    made = prepared(merger)
    values = [made.ref, clock.now(), clock.today()]
    # Nobody asked two advisers to decide it; nor may an establishment's own people, nor advisers of other funds.
    with office(merger.world.advisers["second"]):
        assert _denied(SUCCEED, values)
    with office(merger.world.advisers["first"]) as who:
        actions.ask(who=who, ref=made.ref)
    with office(merger.world.advisers["other"]):
        assert _denied(SUCCEED, values)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM access_in_both(%s, %s)", [merger.old.pk, merger.new.pk])
            assert cursor.fetchone() == (0,)
            cursor.execute("SELECT count(*) FROM access_received(%s, 0, %s)", [merger.centre.pk, clock.today()])
            assert cursor.fetchone() == (0,)
    with tenancy.scope(person=merger.world.stranger.person.pk, establishment=merger.old.pk):
        assert _denied(SUCCEED, values)
        assert _denied("SELECT access_in_both(%s, %s)", [merger.old.pk, merger.new.pk])
        assert _denied("SELECT access_weight(%s)", [merger.new.pk])
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM access_became(%s, %s)", [merger.apart.person.pk, merger.old.siret])
            assert cursor.fetchone() == (0,)


# --- The pages -------------------------------------------------------------------------------------------------------
def test_the_whole_way_by_the_pages(merger: Merger) -> None:
    first = inside(ReadingClient(), merger.world.advisers["first"])
    prepare = "/conseiller/sirene/reprises/preparer/"
    assert f'value="{merger.old.siret}"' in first.get(f"{prepare}?ancien={merger.old.siret}").content.decode()
    wrong = first.post(prepare, {"old": "123", "new": "", "cause": "x", "on": "hier", "reason": ""})
    assert wrong.status_code == 200 and wrong.content.decode().count("Erreur :") >= 5
    said = {
        "old": merger.old.siret,
        "new": merger.new.siret,
        "cause": "commune",
        "on": "01/01/2026",
        "reason": "Arrêté",
    }
    answer = first.post(prepare, said)
    assert answer.status_code == 302
    page = first.get(answer.headers["Location"]).content.decode()
    text = plain(page)
    assert "Léa Martin Administrateur Réuni avec son compte d’Annecy, qui devient administrateur" in text
    assert "Inès Moreau Administrateur Passe tel quel" in text
    assert "Annecy a déjà un contrat avec ce fonds" in text and "Centre de gestion Passe telle quelle" in text
    assert first.post(answer.headers["Location"], {"geste": "demander"}).status_code == 302
    act = SensitiveAct.objects.get(kind="succession")
    second = inside(ReadingClient(), merger.world.advisers["second"])
    decided = second.post(f"/conseiller/quatre-yeux/{act.pk}/", {"geste": "approuver", "note": "Vu"})
    assert decided.status_code == 302
    assert "Faite" in first.get("/conseiller/sirene/reprises/").content.decode()
    assert "3 comptes (dont 1 réuni)" in plain(first.get(answer.headers["Location"]).content.decode())


def test_a_succession_is_given_up_and_may_be_prepared_again(merger: Merger) -> None:
    made = prepared(merger)
    first = inside(ReadingClient(), merger.world.advisers["first"])
    assert first.post(f"/conseiller/sirene/reprises/{made.ref}/", {"geste": "abandonner"}).status_code == 302
    assert "Abandonnée" in first.get(f"/conseiller/sirene/reprises/{made.ref}/").content.decode()
    assert prepared(merger).ref != made.ref
    other = inside(ReadingClient(), merger.world.advisers["other"])
    assert other.get(f"/conseiller/sirene/reprises/{made.ref}/").status_code == 404
    assert "Abondance" not in other.get("/conseiller/sirene/reprises/").content.decode()


def test_the_preview_asks_as_much_for_many_accounts(merger: Merger, django_assert_max_num_queries: Any) -> None:
    for number in range(12):
        someone(merger.old, f"Prénom{number}", "Durand", confirmed=False)
    with office(merger.world.advisers["first"]) as who, django_assert_max_num_queries(45):
        assert len(preview(who, merger.old, merger.new, FIRST_DAY).accounts) == 15


# --- Nothing is forgotten --------------------------------------------------------------------------------------------
# What stays with the predecessor, and why: it is of the establishment itself, or over.
STAYS = {
    *("access_review", "access_reviewline", "access_reviewdecision", "access_termsacceptance", "access_termsnotice"),
    *("access_opening", "access_import", "establishments_sirenechange", "establishments_establishmentdomain"),
    *("service_correspondents_correspondent", "post_expense", "post_postalletter", "journal_event", "journal_name"),
}
BY_HAND = {
    *("access_membership", "access_delegation", "access_delegationservice", "access_delegationdocument"),
    *("access_delegatevisit", "access_assignment", "access_portfolioclient", "establishments_contract", "post_message"),
}


def test_every_table_of_an_establishment_moves_or_stays_for_a_reason() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns WHERE column_name = 'establishment_id' "
            "AND table_schema = 'public'"
        )
        tables = {name for (name,) in cursor.fetchall()}
    known = STAYS | BY_HAND | {f"access_{name}" for name in WITH_ACCOUNTS}
    own = {name for name in tables if not name.startswith(("service_establishment", "advisers_", "backoffice_"))}
    assert {name for name in own - known if name.startswith(("access_", "establishments_", "post_"))} == set()


def test_every_row_that_hangs_on_an_account_follows_it_or_goes() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text FROM pg_constraint WHERE contype = 'f' "
            "AND confrelid = 'access_membership'::regclass"
        )
        hanging = {name for (name,) in cursor.fetchall()}
    followed = {"access_absence", "access_handover", "access_deputyship", "access_assignment", "access_portfoliomember"}
    assert hanging <= {f"access_{name}" for name in OF_ACCOUNT} | followed | {"access_draft"}
