"""Retention on real rows with the clock moved: what is over goes, the rest stays, and a crash harms nothing."""

import datetime
import threading
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from parvis.access.models import Absence, Deputyship, Handover, Link, LinkToken, Membership
from parvis.advisers.models import Adviser
from parvis.ground import clock, tenancy
from parvis.ground.retention import KEPT
from parvis.identity.models import Code, Person
from parvis.journal import retention
from parvis.journal.models import Event, Name
from parvis.journal.retention import carry_out, erase
from parvis.post.models import Message
from parvis.services.correspondents.models import Correspondent
from parvis.services.establishment.models import Declaration, Representative
from tests.access.reading import DAY, later
from tests.plugins.database import owner_connection
from tests.world import World, someone

OVER = settings.PARVIS_OVER_RETENTION
YEAR = 366 * DAY


def message(at: datetime.datetime | None, **more: Any) -> Message:
    return Message.objects.create(kind="x", object_id=1, queued_at=clock.now(), settled_at=at, **more)


def test_traces_of_messages_and_codes_go_when_their_time_is_over(as_owner: object, world: World) -> None:
    now = clock.now()
    waiting, gone = message(None).pk, message(now).pk
    code = Code.objects.create(
        person=world.user.person, purpose="sign_in", number="+33612345678", channel="sms", hash="x" * 64, asked_at=now,
        expires_at=now,
    )  # fmt: skip
    with later(settings.PARVIS_MESSAGE_RETENTION - DAY):
        assert erase("post.messages") == 0
    with later(settings.PARVIS_MESSAGE_RETENTION + DAY):
        assert erase("post.messages") >= 1
        assert erase("identity.codes") == 1
    assert set(Message.objects.filter(pk__in=[waiting, gone]).values_list("pk", flat=True)) == {waiting}
    assert not Code.objects.filter(pk=code.pk).exists()


def test_what_colleagues_agreed_goes_three_years_after_it_is_over(as_owner: object, world: World) -> None:
    today, now = clock.today(), clock.now()
    common = {"establishment": world.here, "created_at": now, "created_by": world.administrator.membership.ref}
    member = world.user.membership
    absence = Absence.objects.create(
        receiver=member, absent_name="Paul Girard", starts_on=today, ends_on=today + 5 * DAY, **common
    )
    running = Absence.objects.create(
        receiver=member, absent_name="Marc Petit", starts_on=today, ends_on=today + OVER + 90 * DAY, **common
    )
    handover = Handover.objects.create(
        leaver=member,
        leaver_name="Léa Martin",
        receiver_name="Marc Petit",
        on=today,
        profile=False,
        done_at=now,
        **common,
    )
    deputy = Deputyship.objects.create(
        establishment=world.here, deputy_name="Paul Girard", named_at=now, named_by=member.ref, closed_at=now,
        outcome="withdrawn",
    )  # fmt: skip
    with later(OVER - DAY):
        assert [erase(f"access.{kind}") for kind in ("absences", "handovers", "deputyships")] == [0, 0, 0]
    with later(OVER + 10 * DAY):
        assert [erase(f"access.{kind}") for kind in ("absences", "handovers", "deputyships")] == [1, 1, 1]
    assert list(Absence.objects.filter(pk__in=[absence.pk, running.pk]).values_list("pk", flat=True)) == [running.pk]
    assert not Handover.objects.filter(pk=handover.pk).exists()
    assert not Deputyship.objects.filter(pk=deputy.pk).exists()


def test_a_link_used_long_ago_goes_with_its_token_and_the_one_that_waits_stays(as_owner: object, world: World) -> None:
    now = clock.now()
    made = {"establishment": world.here, "membership": world.user.membership, "created_at": now}
    used = Link.objects.create(expires_at=now + DAY, used_at=now, **made)
    expired = Link.objects.create(expires_at=now + DAY, **made)
    for link in (used, expired):
        LinkToken.objects.create(hash=f"token {link.pk}", establishment=world.here, link=link)
    with later(settings.PARVIS_LINK_RETENTION + DAY):
        assert erase("access.links") == 1
    assert list(Link.objects.filter(pk__in=[used.pk, expired.pk]).values_list("pk", flat=True)) == [expired.pk]
    assert not LinkToken.objects.filter(hash=f"token {used.pk}").exists()


def test_a_declaration_that_another_followed_goes_and_the_one_in_force_stays(as_owner: object, world: World) -> None:
    now = clock.now()
    made = []
    for version, age in ((1, 30), (2, 20), (3, 11 * 365)):
        declared = Declaration.objects.create(
            establishment=world.here, block="representative", version=version, declared_at=now - (12 * 365 - age) * DAY,
            declared_by=uuid.uuid4(),
        )  # fmt: skip
        Representative.objects.create(
            establishment=world.here, declaration=declared, civility="mme", first_name="Aline", last_name=f"N{version}",
            function="Maire",
        )  # fmt: skip
        made.append(declared.pk)
    # The first was followed by the second almost twelve years ago; the second by the third a year ago.
    assert erase("establishment.declarations") == 1
    assert list(Declaration.objects.filter(pk__in=made).order_by("pk").values_list("pk", flat=True)) == made[1:]
    with later(11 * YEAR):
        assert erase("establishment.declarations") == 1
        assert list(Representative.objects.filter(declaration__in=made).values_list("last_name", flat=True)) == ["N3"]
    with later(40 * YEAR):
        assert erase("establishment.declarations") == 0


def test_a_correspondent_whose_days_are_over_goes(as_owner: object, world: World) -> None:
    common = {
        "establishment": world.here, "civility": "m", "first_name": "Hugo", "last_name": "Roy", "function": "RH",
        "email": "h@roy.example", "phone": "+33465710042", "functions": ["careers"], "funds": ["cnracl"], "version": 1,
        "changed_at": clock.now(), "changed_by": uuid.uuid4(), "sort_key": "roy",
    }  # fmt: skip
    ended = Correspondent.objects.create(**common, ends_on=clock.today())
    lasting = Correspondent.objects.create(**common)
    with later(OVER + 2 * DAY):
        assert erase("correspondents.correspondents") == 1
    assert not Correspondent.objects.filter(pk=ended.pk).exists()
    assert Correspondent.objects.filter(pk=lasting.pk).exists()


# --- Accounts and advisers that nobody uses any more ------------------------------------------------------------------
CLOSED = settings.PARVIS_CLOSED_ACCOUNT_RETENTION


def test_an_account_closed_for_three_years_is_deleted_with_its_person_and_one_renewed_stays(
    as_owner: object, world: World
) -> None:
    now = clock.now()
    left, back = someone(world.here, "Jean", "Roux"), someone(world.here, "Anne", "Blanc")
    with tenancy.scope(establishment=world.here.pk):
        Membership.objects.filter(pk=left.account_id).update(deactivated_at=now)
        Membership.objects.filter(pk=back.account_id).update(expired_at=now)
    with later(CLOSED - DAY):
        assert erase("access.accounts") == 0
    with later(CLOSED + DAY):
        with tenancy.scope(establishment=world.here.pk):
            Membership.objects.filter(pk=back.account_id).update(expired_at=None)
        assert erase("access.accounts") == 1
        assert erase("access.accounts") == 0
    assert not Membership.objects.filter(pk=left.account_id).exists()
    assert not Person.objects.filter(pk=left.person.pk).exists()
    assert Membership.objects.filter(pk=back.account_id).exists()
    with tenancy.scope(establishment=world.here.pk):
        event = Event.objects.get(kind="account.deleted", object=left.membership.ref)
        assert (event.actor, event.origin) == (None, "système")
        # The name stays in the history for its own time.
        assert Name.objects.filter(ref=left.membership.ref).exclude(name="").exists()


def test_somebody_closed_here_and_active_elsewhere_keeps_the_rest(as_owner: object, world: World) -> None:
    gone = someone(world.here, "Jean", "Roux")
    kept = someone(world.there, "Jean", "Roux", person=gone.person)
    with tenancy.scope(establishment=world.here.pk):
        Membership.objects.filter(pk=gone.account_id).update(deactivated_at=clock.now())
    with later(CLOSED + DAY):
        assert erase("access.accounts") == 1
    assert Membership.objects.filter(pk=kept.account_id).exists()
    assert Person.objects.filter(pk=gone.person.pk).exists()


def test_a_former_adviser_loses_what_they_signed_in_with_then_their_name(as_owner: object, world: World) -> None:
    person = world.advisers["first"].pk
    Adviser.objects.filter(person_id=person).update(closed_at=clock.now())
    with later(settings.PARVIS_CLOSED_ADVISER_RETENTION - DAY):
        assert erase("advisers.sign_in") == 0
    with later(settings.PARVIS_CLOSED_ADVISER_RETENTION + DAY):
        assert erase("advisers.sign_in") == 1
        assert erase("advisers.sign_in") == 0
        assert erase("advisers.names") == 0
    assert not Person.objects.filter(pk=person).exists()
    with later(settings.PARVIS_ACT_RETENTION_YEARS * YEAR):
        assert erase("advisers.names") == 1
        assert erase("advisers.names") == 0
    assert str(Adviser.objects.get(person_id=person)).strip() == ""
    assert Person.objects.filter(pk=world.advisers["second"].pk).exists()


# --- Batches, the report, crashes -------------------------------------------------------------------------------------
def test_the_run_is_noted_in_one_event_of_the_system_with_the_counts(as_owner: object, world: World) -> None:
    carry_out()
    Event.objects.filter(kind="retention.carried_out").count()
    message(clock.now() - settings.PARVIS_MESSAGE_RETENTION - DAY)
    before = set(Event.objects.filter(kind="retention.carried_out").values_list("pk", flat=True))
    outcomes = {one.kind.code: one for one in carry_out()}
    (event,) = Event.objects.filter(kind="retention.carried_out").exclude(pk__in=before)
    assert (event.actor, event.establishment_id, event.person_id, event.origin) == (None, None, None, "système")
    assert event.after == {"erased": {"post.messages": 1}, "failed": []}
    assert outcomes["post.messages"].said.endswith(": 1 effacé.")


def test_a_kind_that_fails_stops_no_other_and_is_said(
    as_owner: object, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = retention._batch

    def broken(table: str, *more: Any) -> int:
        if table == "post_message":
            raise RuntimeError("no disk")
        return real(table, *more)

    monkeypatch.setattr(retention, "_batch", broken)
    outcomes = {one.kind.code: one for one in carry_out()}
    assert {code for code, one in outcomes.items() if one.failed} == {"post.messages"}
    assert "échec" in outcomes["post.messages"].said
    assert Event.objects.filter(kind="retention.carried_out").latest("id").after["failed"] == ["post.messages"]


def test_large_amounts_go_in_batches_of_one_statement_each(as_owner: object, world: World, settings: Any) -> None:
    settings.PARVIS_RETENTION_BATCH = 40
    old = clock.now() - settings.PARVIS_MESSAGE_RETENTION - DAY
    erase("post.messages")
    Message.objects.bulk_create(Message(kind="x", object_id=1, queued_at=old, settled_at=old) for _ in range(100))
    with CaptureQueriesContext(connection) as seen:
        assert erase("post.messages") == 100
    assert sum("DELETE FROM post_message" in str(one["sql"]) for one in seen.captured_queries) == 3


@pytest.fixture
def real(db: None) -> Iterator[Callable[[Callable[[], Any]], Any]]:
    """Run as the owner, committed, outside of any transaction; the rows of kind « crash » are taken back."""
    held = connections["default"]

    def run(act: Callable[[], Any]) -> Any:
        connections["default"] = owner_connection()
        try:
            return act()
        finally:
            connections["default"].close()
            connections["default"] = held

    try:
        yield run
    finally:
        run(lambda: Message.objects.filter(kind="crash").delete())
        connections["default"] = held


def filled(count: int) -> None:
    old = clock.now() - settings.PARVIS_MESSAGE_RETENTION - DAY
    Message.objects.bulk_create(Message(kind="crash", object_id=1, queued_at=old, settled_at=old) for _ in range(count))


def count() -> int:
    return Message.objects.filter(kind="crash").count()


def test_a_crash_half_way_keeps_what_was_done_and_the_next_run_ends_it(
    real: Callable[[Callable[[], Any]], Any], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.PARVIS_RETENTION_BATCH = 10
    real(lambda: erase("post.messages"))
    real(lambda: filled(45))
    done, whole = [], retention._batch

    def twice_then_killed(*arguments: Any) -> int:
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(whole(*arguments))
        return done[-1]

    with monkeypatch.context() as patch:
        patch.setattr(retention, "_batch", twice_then_killed)
        with pytest.raises(KeyboardInterrupt):
            real(lambda: erase("post.messages"))
    assert done == [10, 10]
    assert real(count) == 25
    assert real(lambda: erase("post.messages")) == 25
    assert real(lambda: erase("post.messages")) == 0


def test_a_crash_inside_a_batch_undoes_that_batch_with_its_children(
    real: Callable[[Callable[[], Any]], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    real(lambda: erase("post.messages"))
    real(lambda: filled(5))
    kept = KEPT["post.messages"]
    broken = type(kept.ends)(kept.ends.term, kept.ends.since, kept.ends.old, children=(("no_such_table", "id"),))  # type: ignore[union-attr]
    monkeypatch.setitem(
        KEPT, "post.messages", type(kept)(kept.code, kept.data, kept.table, kept.processing, kept.basis, broken)
    )
    with pytest.raises(Exception, match="no_such_table"):
        real(lambda: erase("post.messages"))
    assert real(count) == 5


def test_somebody_at_work_on_a_row_is_not_waited_for(real: Callable[[Callable[[], Any]], Any], settings: Any) -> None:
    settings.PARVIS_RETENTION_WAIT = datetime.timedelta(seconds=1)
    real(lambda: erase("post.messages"))
    real(lambda: filled(1))
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        connections["default"] = owner_connection()
        with transaction.atomic():
            Message.objects.select_for_update().filter(kind="crash").first()
            held.set()
            release.wait(30)
        connections["default"].close()

    worker = threading.Thread(target=hold)
    worker.start()
    try:
        assert held.wait(30)
        outcome = real(lambda: retention._one(KEPT["post.messages"]))
        assert (outcome.count, outcome.failed) == (0, True)
    finally:
        release.set()
        worker.join(30)
    assert real(lambda: erase("post.messages")) == 1
