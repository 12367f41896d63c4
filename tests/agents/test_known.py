"""Who is known: by NIR in one statement, by another employer without telling where, claimed by one who may."""

import datetime
import uuid
from decimal import Decimal

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from parvis.access.levels import Level
from parvis.agents import duplicates, nir, numbers
from parvis.agents.actions import Declared
from parvis.agents.actions.claiming import claim
from parvis.agents.entries import Identity
from parvis.agents.models import Affiliation, Agent, Post
from parvis.agents.queries import by_nir_keys
from parvis.agents.words import NoHours, minutes_of
from parvis.ground import tenancy
from parvis.ground.sealing import Unsealable, unseal
from parvis.journal.models import Event
from parvis.notices.models import Notice
from parvis.notices.readers import shown
from parvis.regulations.identifiers.persons import nir_masked
from tests.agents.conftest import NIR, declared


def test_a_nir_is_found_with_and_without_its_key_and_opens_for_nothing_else():
    assert nir.key("2 85 04 74 010 001") == nir.key(NIR) == nir.key(NIR + "42")
    assert nir.ntt_key(NIR) != nir.key(NIR)
    kept = nir.sealed(NIR + "42")
    assert NIR not in kept
    assert nir.unsealed(kept) == NIR
    with pytest.raises(Unsealable):
        unseal(kept, purpose="exchange-details")
    assert nir.unsealed("nonsense") == ""
    assert nir_masked(NIR) == "2\u00a085\u00a0••\u00a0••\u00a0•••\u00a0•••"


def test_numbers_are_ours_and_check_themselves():
    given = numbers.of("cnracl", 421_761)
    assert given.startswith("PVC00421761")
    assert numbers.right(given)
    wrong = [
        given[:-1] + ("0" if given[-1] != "0" else "1"),
        given[:4] + given[5] + given[4] + given[6:],
        "",
        given + "1",
    ]
    assert not any(numbers.right(one) for one in wrong if one != given)
    assert numbers.grouped(given).startswith("PVC\u00a00042\u00a01761\u00a0")


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("35", 2100),
        ("35 h", 2100),
        ("17h30", 1050),
        ("17 h 30", 1050),
        ("17,5", 1050),
        ("17.50", 1050),
        ("17:30:00", 1050),
    ],
)
def test_hours_as_people_write_them(typed, minutes):
    assert minutes_of(typed) == minutes


@pytest.mark.parametrize("typed", ["", "0", "49 h", "trente", "17 h 75", "-5", "１７", "1e3"])
def test_hours_that_are_none(typed):
    with pytest.raises(NoHours):
        minutes_of(typed)


def test_a_batch_is_known_in_one_statement_whatever_its_size(world, enrolled):
    people = [declared(rank) for rank in range(1, 9)]
    enrolled(*people)
    keys = [one.key for one in people]
    with tenancy.scope(establishment=world.here.pk):
        counts = []
        for some in (keys[:1], keys):
            with CaptureQueriesContext(connection) as seen:
                found = by_nir_keys(world.here.pk, [*some, "unknown"])
            counts.append(len(seen))
            assert set(found) == set(some)
        assert counts[0] == counts[1]
        one = found[keys[0]]
        day = datetime.date(2026, 1, 1)
        assert one.affiliation("ircantec", day).state == "active"
        assert one.affiliation("ircantec", datetime.date(2024, 12, 31)) is None
        assert one.affiliation("cnracl", day) is None
        assert (one.post(day).minutes, one.post(day).part_time) == (2100, Decimal("100.00"))


def test_entering_twice_makes_one_and_the_cnracl_waits(world, enrolled):
    of_cnracl = declared(3, scheme="cnracl", status="tenured")
    provisional = Declared("", "Sans", "Nir", "ircantec", "contract", datetime.date(2026, 1, 1), ntt="1740001234")
    first = enrolled(declared(1), of_cnracl, provisional)
    assert set(first) == {declared(1).key, provisional.key}
    assert enrolled(declared(1), provisional) == first
    waiting = enrolled(of_cnracl, incomplete=True)
    with tenancy.scope(establishment=world.here.pk):
        held = Affiliation.objects.get(agent_id=waiting[of_cnracl.key])
        assert (held.state, held.number, held.missing) == ("incomplete", "", ["nationality", "permanent"])
        assert Agent.objects.get(pk=first[provisional.key]).provisional
        assert Post.objects.count() == Agent.objects.count() == 3


def test_elsewhere_says_yes_or_no_and_never_where(world, enrolled):
    enrolled(declared(1), where=world.there.pk)
    key, day = declared(1).key, datetime.date(2026, 1, 1)
    with tenancy.scope(establishment=world.here.pk):
        assert duplicates.elsewhere([key, "other", ""], "ircantec", day) == {key}
        assert duplicates.elsewhere([key], "cnracl", day) == set()
        assert duplicates.elsewhere([key], "ircantec", datetime.date(2024, 1, 1)) == set()
        assert not Agent.objects.exists()
        found = duplicates.look(world.here.pk, Identity(declared(1).nir, "Nom1", "Awa"), "ircantec", day)
        assert (found.here, found.alike, found.elsewhere) == (None, (), True)
    with tenancy.scope(establishment=world.there.pk):
        assert duplicates.elsewhere([key], "ircantec", day) == set()
    # From no establishment, and under the role of a person, nothing is answered.
    with tenancy.scope():
        assert duplicates.elsewhere([key], "ircantec", day) == set()
    with (
        tenancy.scope(person=world.stranger.person.pk, role="parvis_person"),
        pytest.raises(ProgrammingError),
        transaction.atomic(),
    ):
        duplicates.elsewhere([key], "ircantec", day)


def test_a_stranger_claims_nobody(world, enrolled):
    enrolled(declared(1), where=world.there.pk)
    mine = enrolled(declared(2))
    with tenancy.scope(establishment=world.there.pk):
        theirs = Affiliation.objects.get()
    with tenancy.scope(establishment=world.here.pk), connection.cursor() as cursor:
        own = Affiliation.objects.get(agent_id=mine[declared(2).key])
        # Neither by naming the other's row, nor by one of an agent that is not theirs too.
        cursor.execute("SELECT * FROM agents_claimed(%s)", [[theirs.pk, own.pk]])
        assert cursor.fetchall() == []
    with tenancy.scope(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM agents_claimed(%s)", [[theirs.pk, own.pk]])
        assert cursor.fetchall() == []


def test_who_had_an_agent_is_told_once_in_its_own_place_and_never_by_whom(world, enrolled):
    enrolled(declared(1), declared(2), where=world.there.pk)
    ours = enrolled(declared(1), declared(2), declared(3))
    with tenancy.scope(establishment=world.here.pk):
        own = [one.pk for one in Affiliation.objects.filter(agent_id__in=ours.values())]
        # Again, by the same or another act: nothing more is said.
        for _ in range(2):
            claim(own)
        assert tenancy.current().establishment == world.here.pk
        assert not Notice.objects.exists() and not Event.objects.filter(kind="agent.claimed").exists()
    with tenancy.scope(establishment=world.there.pk):
        entered = datetime.date(2025, 1, 1)
        assert set(Affiliation.objects.values_list("claimed_on", flat=True)) == {entered}
        notice = Notice.objects.get()
        assert (notice.kind, notice.service, notice.level) == ("agent_claimed", "agents", Level.WRITE)
        events = list(Event.objects.filter(kind="agent.claimed"))
        assert [one.after for one in events] == [{"scheme": "ircantec", "on": "2025-01-01"}] * 2
        assert {one.object for one in events} == set(Agent.objects.values_list("ref", flat=True))
        assert {one.actor for one in events} == {None}
        told = f"{notice.detail} {[one.after for one in events]} {shown(notice, world.there.siret)}"
    assert notice.detail == {"count": 2} and "2 de vos agents" in told
    for secret in (world.here.siret, world.here.name, "Nom1", declared(1).nir):
        assert secret not in told, secret
    with tenancy.scope(establishment=world.here.pk):
        assert not Event.objects.filter(kind="agent.claimed").exists()


def test_no_succession_no_agents(world, enrolled):
    enrolled(declared(1), where=world.there.pk)
    with (
        tenancy.scope(establishment=world.here.pk),
        pytest.raises(ProgrammingError, match="no such succession"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT agents_succeed(%s)", [world.there.pk])


def test_rows_of_others_are_not_there(world, enrolled):
    enrolled(declared(1), where=world.there.pk)
    with tenancy.scope(establishment=world.here.pk):
        assert not Agent.objects.exists()
        assert not Affiliation.objects.exists()
        assert not Post.objects.exists()
        with pytest.raises(ProgrammingError), transaction.atomic():
            Agent.objects.create(
                establishment=world.there, surname="X", created_at=_now(), changed_at=_now(), sort_key="", search_key=""
            )
    assert uuid.uuid4()


def _now() -> datetime.datetime:
    return datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
