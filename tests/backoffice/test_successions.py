"""An establishment takes another's place: what moves, what stays readable and for whom; nothing is forgotten."""

import datetime

import pytest
from django.db import connection

from parvis.access.models import Absence, Delegation, DelegationService, Link, Membership, Profile, Right
from parvis.access.succession.crossings import OF_ACCOUNT, WITH_ACCOUNTS
from parvis.access.why.past import past
from parvis.advisers import four_eyes
from parvis.backoffice.succession import actions
from parvis.establishments.lineage import inherited
from parvis.establishments.models import Contract, Succession
from parvis.ground import clock, tenancy
from parvis.identity.models import Credential
from parvis.journal.actions import SYSTEM, record
from parvis.journal.models import Event
from parvis.journal.queries import HistoryFilters, history
from parvis.post.models import Message
from parvis.post.registry import LETTERS, Envelope
from tests.backoffice.succession_hands import (
    CENTRE,
    ELSEWHERE,
    FIRST_DAY,
    Merger,
    account,
    asked,
    carried_out,
    office,
    plain,
    prepared,
    rights,
)
from tests.browsers import inside
from tests.plugins.html import ReadingClient
from tests.world import World

pytestmark = pytest.mark.usefixtures("as_owner")


@pytest.fixture
def merger(world: World, as_owner: object) -> Merger:
    return Merger(world)


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
    assert done.moved == {
        "accounts": 2,
        "merged": 1,
        "contracts": 0,
        "given": 1,
        "received": 0,
        "correspondents": 0,
        "letters": 0,
        "exchanges": 0,
        "reminders": 0,
        "notices": 0,
        **dict.fromkeys(("agents", "declarations", "dossiers", "ledger"), 0),
    }


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
    message = Message.objects.get(kind="access.first_link")
    assert message.establishment_id == merger.new.pk
    with connection.cursor() as cursor:
        # The jobs of this letter alone: others may wait that nobody's establishment sent.
        cursor.execute(
            "SELECT (args ->> 'establishment')::bigint FROM procrastinate_jobs "
            "WHERE (args ->> 'message_id')::bigint = %s",
            [message.pk],
        )
        assert cursor.fetchall() == [(merger.new.pk,)]


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


# --- Nothing is forgotten --------------------------------------------------------------------------------------------
# What stays with the predecessor, and why: it is of the establishment itself, or over.
STAYS = {
    *("access_review", "access_reviewline", "access_reviewdecision", "access_termsacceptance", "access_termsnotice"),
    *("access_opening", "access_import", "establishments_sirenechange", "establishments_establishmentdomain"),
    *("post_expense", "post_postalletter", "journal_event", "journal_name"),
}
BY_HAND = {
    *("access_membership", "access_delegation", "access_delegationservice", "access_delegationdocument"),
    *("access_delegatevisit", "access_assignment", "access_portfolioclient", "establishments_contract", "post_message"),
    # By its service (`access.succession.followers`).
    "service_correspondents_correspondent",
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
    # Choices of reminders follow (`obligations/following.py`); what was sent goes with its account.
    reminders = {"obligations_reminderchoice", "obligations_reminder"}
    assert hanging <= {f"access_{name}" for name in OF_ACCOUNT} | followed | {"access_draft"} | reminders
