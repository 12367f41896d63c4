"""Declaring: conditions, duplicates told apart, a number at once, once; hours, departures; parallel requests."""

import datetime
import threading
import uuid

import pytest
from django.db import connection, connections

from parvis.agents import numbers
from parvis.agents.actions.changing import change_hours, complete
from parvis.agents.actions.declaring import declare
from parvis.agents.actions.leaving import cancel_leaving, leave, to_restore
from parvis.agents.entries import PostEntry
from parvis.agents.models import Affiliation, Agent, Post
from parvis.ground.tenancy import Refused
from parvis.journal.kinds import KINDS
from parvis.journal.models import Event
from parvis.notices.models import Notice
from parvis.notices.readers import reads
from tests.services.affiliations.conftest import OTHER_SIRET, SIRET, number, told


def test_an_official_gets_both_numbers_at_once_and_the_journal_says_no_nir(places, declared):
    made = declared()
    with places.scope("redactrice"):
        held = list(Affiliation.objects.order_by("scheme").values_list("scheme", "state", "number"))
        event = Event.objects.get(kind="affiliation.declared")
        agent = Agent.objects.get()
        post = Post.objects.get()
    assert [one[:2] for one in held] == [("cnracl", "active"), ("rafp", "active")]
    assert all(numbers.right(one[2]) for one in held)
    assert len({one[2] for one in held}) == 2
    assert event.object == agent.ref
    assert event.after["number"] == made.number
    assert number() not in str(event.after) + str(event.before)
    assert number() not in agent.nir_sealed + agent.nir_key + agent.search_key
    assert (post.minutes, post.starts_on) == (2100, datetime.date(2026, 9, 1))


def test_the_same_request_is_declared_once(places):
    request = uuid.uuid4()
    with places.scope("redactrice"):
        who = places.standing("redactrice")
        first, fresh = declare(who=who, told=told(), request=request)
        second, again = declare(who=who, told=told(), request=request)
        assert (first.pk, fresh, again) == (second.pk, True, False)
        assert Agent.objects.count() == 1


REFUSALS = [
    ("no permanent post", {"post": {"permanent": False}}, "conditions"),
    ("under 28 hours", {"minutes": 1679}, "conditions"),
    ("a contract agent", {"status": "contract", "entry": "contract"}, "conditions"),
    ("another nationality", {"identity": {"nationality": "other"}}, "conditions"),
    ("past the age limit", {"identity": {"born_on": datetime.date(1955, 4, 3)}}, "conditions"),
    ("the Ircantec for an official of the CNRACL", {"scheme": "ircantec"}, "conditions"),
    ("no NIR", {"identity": {"nir": ""}}, "nir"),
    ("much too early", {"on": datetime.date(2031, 1, 1)}, "entered_on"),
    ("before the birth", {"on": datetime.date(1980, 1, 1)}, "entered_on"),
]


@pytest.mark.parametrize(("change", "field"), [one[1:] for one in REFUSALS], ids=[one[0] for one in REFUSALS])
def test_what_the_law_or_sense_forbids_is_refused_and_nothing_is_written(places, change, field):
    with places.scope("redactrice"):
        with pytest.raises(Refused) as refused:
            declare(who=places.standing("redactrice"), told=told(**change), request=uuid.uuid4())
        assert refused.value.field == field
        assert not Agent.objects.exists()


def test_a_scheme_without_a_contract_is_refused(places):
    places.owner.execute(
        "DELETE FROM establishments_contract WHERE fund = 'ircantec' AND establishment_id = ANY(%s)",
        [list(places.establishments.values())],
    )
    with places.scope("redactrice"), pytest.raises(Refused, match="pas de contrat en cours avec l’Ircantec"):
        change = {"status": "contract", "entry": "contract", "scheme": "ircantec"}
        declare(who=places.standing("redactrice"), told=told(**change), request=uuid.uuid4())


def test_duplicates_are_told_apart(places, declared):
    declared()
    with places.scope("redactrice"):
        who = places.standing("redactrice")

        def refusal(**more):
            with pytest.raises(Refused) as refused:
                declare(who=who, told=told(**more), request=uuid.uuid4())
            return refused.value.field, refused.value.message

        field, message = refusal()
        assert field == "nir"
        assert "déjà affilié par votre établissement depuis le 1ᵉʳ septembre 2026" in message
        other = {"born_on": datetime.date(1990, 1, 2), "surname": "Dupont"}
        field, message = refusal(identity=other)
        assert field == "nir"
        assert "déjà celui de Awa Bonnefoy" in message
        field, message = refusal(rank=2)
        assert field == "alike"
        assert "S’agit-il de la même personne" in message
        # Of the CNRACL here, the Ircantec is not declared beside it: the departure or the hours are.
        change = {"status": "contract", "entry": "contract", "scheme": "ircantec", "on": datetime.date(2026, 10, 1)}
        field, message = refusal(**change)
        assert (field, "déjà affilié" in message) == ("nir", True)
        # Two people of the same name and birth, the writer says.
        declare(who=who, told=told(rank=2, distinct=True), request=uuid.uuid4())
        assert Agent.objects.count() == 2


def test_another_employer_s_agent_needs_a_mutation_or_hours_kept_and_that_employer_is_told(places, declared):
    theirs = declared("etrangere", OTHER_SIRET)
    with places.scope("redactrice"):
        who = places.standing("redactrice")
        with pytest.raises(Refused, match="un autre employeur") as refused:
            declare(who=who, told=told(), request=uuid.uuid4())
        assert refused.value.field == "elsewhere"
        assert "Chamonix" not in refused.value.message
        declare(who=who, told=told(entry="mutation", on=datetime.date(2026, 11, 1)), request=uuid.uuid4())
    with places.scope("etrangere", OTHER_SIRET):
        assert Affiliation.objects.get(pk=theirs.pk).claimed_on == datetime.date(2026, 11, 1)
        assert Agent.objects.count() == 1
        notice = Notice.objects.get()
        assert (notice.kind, notice.detail) == ("agent_claimed", {"count": 1})
        assert reads(places.standing("etrangere", OTHER_SIRET), notice)


def test_hours_of_several_employers_count_together(places):
    with places.scope("redactrice"):
        who = places.standing("redactrice")
        made, _ = declare(who=who, told=told(minutes=1200, other_minutes=480), request=uuid.uuid4())
        assert (made.scheme, made.elsewhere) == ("cnracl", True)


def test_fewer_hours_lead_to_the_ircantec_and_more_lead_back(places, declared):
    agent = declared().agent
    with places.scope("redactrice"):
        who = places.standing("redactrice")
        _, moved = change_hours(who=who, ref=agent.ref, post=PostEntry(1500), on=datetime.date(2026, 10, 1))
        assert moved == "ircantec"
        held = dict(Affiliation.objects.filter(left_on=None).values_list("scheme", "entered_on"))
        assert held == {"ircantec": datetime.date(2026, 10, 1)}
        ended = Affiliation.objects.filter(left_on=datetime.date(2026, 9, 30))
        assert sorted(ended.values_list("scheme", "leaving")) == [("cnracl", "hours"), ("rafp", "hours")]
        _, moved = change_hours(who=who, ref=agent.ref, post=PostEntry(1680), on=datetime.date(2026, 11, 1))
        assert moved == "cnracl"
        posts = list(Post.objects.order_by("starts_on").values_list("minutes", "ends_on"))
        assert posts == [(2100, datetime.date(2026, 9, 30)), (1500, datetime.date(2026, 10, 31)), (1680, None)]
        with pytest.raises(Refused, match="choisissez ce jour ou un jour après"):
            change_hours(who=who, ref=agent.ref, post=PostEntry(2100), on=datetime.date(2026, 10, 15))


def test_a_departure_ends_everything_once_and_may_be_taken_back(places, declared):
    agent = declared().agent
    with places.scope("redactrice"):
        who = places.standing("redactrice")
        with pytest.raises(Refused, match="ne peut être avant"):
            leave(who=who, ref=agent.ref, leaving="mutation", last_day=datetime.date(2026, 8, 1))
        held = leave(who=who, ref=agent.ref, leaving="resignation", last_day=datetime.date(2026, 10, 31))
        assert [one.scheme for one in held] == ["cnracl", "rafp"]
        assert to_restore(held)
        assert not Affiliation.objects.filter(left_on=None).exists()
        assert Post.objects.get().ends_on == datetime.date(2026, 10, 31)
        with pytest.raises(Refused, match="déjà déclaré"):
            leave(who=who, ref=agent.ref, leaving="mutation", last_day=datetime.date(2026, 10, 31))
        cancel_leaving(who=who, ref=agent.ref)
        assert Affiliation.objects.filter(left_on=None, state="active").count() == 2
        assert Post.objects.get().ends_on is None
        with pytest.raises(Refused, match="pas de départ à annuler"):
            cancel_leaving(who=who, ref=agent.ref)


def test_nothing_begins_within_what_ended_nor_far_ahead(places, declared):
    agent = declared().agent
    last = datetime.date(2026, 10, 31)
    far = datetime.date(2035, 1, 1)
    contract = {"status": "contract", "entry": "contract", "scheme": "ircantec", "minutes": 1200}
    with places.scope("redactrice"):
        who = places.standing("redactrice")
        leave(who=who, ref=agent.ref, leaving="resignation", last_day=last)
        for change in ({}, contract, contract | {"status": "elected", "entry": "mandate"}):
            with pytest.raises(Refused, match="va jusqu’au 31 octobre 2026") as refused:
                declare(who=who, told=told(on=last, **change), request=uuid.uuid4())
            assert refused.value.field == "entered_on"
        assert Affiliation.objects.filter(left_on=None).count() == 0
        declare(who=who, told=told(on=last + datetime.timedelta(days=1)), request=uuid.uuid4())
        for act in (
            lambda: change_hours(who=who, ref=agent.ref, post=PostEntry(1900), on=far),
            lambda: leave(who=who, ref=agent.ref, leaving="resignation", last_day=far),
            lambda: declare(who=who, told=told(rank=2, distinct=True, on=far), request=uuid.uuid4()),
        ):
            with pytest.raises(Refused, match="au plus 3\u00a0mois à l’avance"):
                act()


def test_what_is_completed_obeys_the_same_days(places, declared):
    gone = declared().agent
    with places.scope("redactrice"):
        who = places.standing("redactrice")
        leave(who=who, ref=gone.ref, leaving="resignation", last_day=datetime.date(2026, 10, 31))
        waiting = Affiliation.objects.create(
            establishment_id=who.establishment_id, agent=gone, scheme="cnracl", status="tenured", state="incomplete",
            missing=["nationality"], entry="declared", entered_on=datetime.date(2026, 11, 1),
            declared_at=datetime.datetime(2026, 11, 2, tzinfo=datetime.UTC),
        )  # fmt: skip
        for day, said in (
            (datetime.date(2035, 1, 1), "au plus 3\u00a0mois à l’avance"),
            (datetime.date(1980, 1, 1), "précède la naissance"),
            (datetime.date(2026, 10, 15), "va jusqu’au 31 octobre 2026"),
        ):
            with pytest.raises(Refused, match=said) as refused:
                complete(who=who, affiliation_id=waiting.pk, told=told(on=day))
            assert refused.value.field == "entered_on"
        done = complete(who=who, affiliation_id=waiting.pk, told=told(on=datetime.date(2026, 11, 1)))
        assert (done.state, bool(done.number)) == ("active", True)


def test_what_a_post_said_before_it_changed_stays_in_the_history(places, declared):
    def history() -> list[str]:
        rows = Event.objects.exclude(kind="agent.corrected").order_by("-pk")
        return [KINDS[one.kind].describe(one.before, one.after).replace("\u00a0", " ") for one in rows[:1]]

    agent = declared(minutes=1200, status="contract", entry="contract", scheme="ircantec", post={"grade": "Animatrice"})
    agent, day = agent.agent, datetime.date
    with places.scope("redactrice"):
        who = places.standing("redactrice")
        change_hours(who=who, ref=agent.ref, post=PostEntry(1500), on=day(2026, 9, 1))
        assert "à la place de ce qui était dit du même jour : 20 h sur 35 h, sédentaire, Animatrice" in history()[0]
        # An affiliation to the CNRACL ends the one to the Ircantec, and the post.
        declare(who=who, told=told(on=day(2026, 10, 1)), request=uuid.uuid4())
        said = history()[0]
        assert "fin de l’affiliation à l’Ircantec la veille" in said
        assert "fin du poste précédent (25 h sur 35 h, sédentaire) le 30 septembre 2026" in said
        change_hours(who=who, ref=agent.ref, post=PostEntry(1900), on=day(2026, 12, 1))
        leave(who=who, ref=agent.ref, leaving="resignation", last_day=day(2026, 10, 31))
        said = history()[0]
        assert "au lieu du 30 novembre 2026" in said
        assert "le poste prévu à compter du 1ᵉʳ décembre 2026 est retiré : 31 h 40 sur 35 h" in said
        assert Event.objects.get(kind="agent.left").before["dropped"][0]["minutes"] == 1900


@pytest.fixture
def committed(rows, django_db_blocker):
    """For what only separate transactions show: they commit, and what they leave is taken back."""
    rows.contract("ircantec")
    with django_db_blocker.unblock():
        yield rows
    for table in ("agents_post", "agents_affiliation", "agents_agent"):
        rows.owner.execute(
            f"DELETE FROM {table} WHERE establishment_id = ANY(%s)", [list(rows.establishments.values())]
        )


def test_two_at_once_make_one(committed):
    said: list[str] = []

    def press() -> None:
        try:
            with committed.scope("redactrice"):
                declare(who=committed.standing("redactrice"), told=told(), request=uuid.uuid4())
            said.append("done")
        except Refused as refusal:
            said.append(refusal.field)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press) for _ in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(said) == ["done", "nir", "nir"]
    count = committed.owner.execute(
        "SELECT count(*) FROM agents_affiliation WHERE establishment_id = %s AND scheme = 'cnracl'",
        [committed.establishments[SIRET]],
    ).fetchone()[0]
    assert count == 1
    assert connection is not None
