"""Over any sequence of all actions: somebody always administers; nobody gains what nobody could give; the level in
force is what a plain reading of the journal says; a delegate never outlives the delegation."""

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, note, settings
from hypothesis import strategies as st

from parvis.access.decision import decide
from parvis.access.models import Delegation
from parvis.access.registry import catalogue
from parvis.access.standing import standings
from parvis.access.status import Status
from parvis.access.why.past import past
from parvis.ground import clock, tenancy
from parvis.journal.models import Event
from tests.access.why import naive
from tests.access.why.town import ACTS, CENTRE, HERE, Town

# What gives, widens or prolongs; whoever it was must have administered the journal's establishment at that moment.
GIVING = (
    *("account.created", "account.profile_changed", "account.dates_changed", "account.renewed", "account.reactivated"),
    *("rights.changed", "absence.planned", "assignment.given", "portfolio.member_set", "portfolio.clients_added"),
)
Step = tuple[str, int, int, int]
# By time alone: what somebody who administered had planned.
BY_TIME = ("account.profile_changed", "rights.changed")
STEPS = st.lists(
    st.tuples(
        st.sampled_from([*sorted(ACTS), "time", "confirm"]), st.integers(0, 5), st.integers(0, 5), st.integers(0, 80)
    ),
    min_size=1,
    max_size=16,
)


class Watched:
    """A town, and what must hold of it after each step."""

    def __init__(self) -> None:
        self.town = Town()
        self.seen = {place.pk: len(self.town.events(place)) for place in self.town.places()}
        self.before = self.administrators()

    def administrators(self) -> dict[int, Any]:
        return {place.pk: self.town.administrators(place) for place in self.town.places()}

    def step(self, name: str, actor: int, target: int, n: int) -> None:
        self.before = self.administrators()
        done = self.town.do(name, actor, target, n)
        note(f"{name} {actor} {target} {n}: {'done' if done else 'refused'} on {clock.today()}")
        self.somebody_administers()
        self.nobody_gains_what_nobody_could_give(name)
        self.the_journal_says_the_same()
        self.delegates_live_by_a_delegation()

    def somebody_administers(self) -> None:
        for place, found in self.administrators().items():
            assert found, f"nobody administers {place}"

    def nobody_gains_what_nobody_could_give(self, name: str) -> None:
        for place in self.town.places():
            events = self.town.events(place)
            for event in events[self.seen[place.pk] :]:
                self._given(event, name)
            self.seen[place.pk] = len(events)

    def _given(self, event: Event, name: str) -> None:
        allowed = self.before[event.establishment_id]
        if event.kind == "delegation.accepted":
            row = Delegation.objects.get(ref=event.object)
            assert event.actor in set().union(*self.before.values())
            assert row.proposed_by != row.answered_by and row.answered_by == event.actor
        elif event.kind == "rights.set_by_only_administrator":
            assert allowed == {event.actor} and event.object == event.actor
        elif event.kind in GIVING and event.actor is None:
            assert name == "time" and event.kind in BY_TIME, f"{event.kind} by nobody"
        elif event.kind in GIVING and "deputyship" not in event.after:
            assert event.actor in allowed, f"{event.kind} by who administers nothing"
            assert (
                event.actor != event.object or event.kind.startswith("portfolio.") or event.kind == "assignment.given"
            )

    def the_journal_says_the_same(self) -> None:
        town, today = self.town, clock.today()
        here, centre = (naive.Journal(town.events(place)) for place in town.places())
        with tenancy.scope(establishment=town.here.pk):
            everybody = standings(town.here.pk)
            evening = past(today)
        levels = {}
        for who in everybody:
            for service in catalogue(who.funds):
                if who.membership_id:
                    said = naive.of_account(here, who.ref, service.code, today)
                else:
                    said = naive.of_delegate(here, centre, who.ref, service.code, today, client=HERE, of=CENTRE)
                levels[who.ref, service.code] = int(decide(who, service).level)
                assert levels[who.ref, service.code] == said, f"{who.name} on {service.code}"
                assert decide(who, service).level in service.levels
        self._nobody_is_missing(here, centre, levels)
        # Who is past the day for want of visits alone is no event: there the evening's matrix cannot know.
        if not any(who.status is Status.RENEWING for who in everybody) and not self._renewing_delegate(everybody):
            told = {
                (who.ref, service.code): int(decide(who, service).level)
                for who in evening.standings for service in catalogue(who.funds)
            }  # fmt: skip
            assert told == levels

    def _renewing_delegate(self, everybody: list[Any]) -> bool:
        return any(one.level < min(one.delegated, one.assigned) for who in everybody for one in who.mandates)

    def _nobody_is_missing(self, here: naive.Journal, centre: naive.Journal, levels: dict[Any, int]) -> None:
        """Whoever may do something by the journal has a line."""
        today = clock.today()
        assert here.accounts() <= {ref for ref, _ in levels}
        for ref in centre.accounts():
            for code in ("mon-etablissement", "contrats", "correspondants"):
                said = naive.of_delegate(here, centre, ref, code, today, client=HERE, of=CENTRE)
                assert said == levels.get((ref, code), 0)

    def delegates_live_by_a_delegation(self) -> None:
        today = clock.today()
        with tenancy.scope(establishment=self.town.here.pk):
            found = [one for who in standings(self.town.here.pk) for one in who.mandates]
        for one in found:
            row = Delegation.objects.get(ref=one.delegation)
            assert row.accepted_at and not row.ended_at and not row.replaced_at
            assert row.starts_on <= today <= row.ends_on
            assert one.level <= row.services.get(service=one.service).level


DELEGATING = [("propose", 0, 0, 80), ("accept", 0, 0, 3), ("assign", 0, 1, 1)]


@pytest.mark.usefixtures("as_owner")
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(STEPS)
@example([*DELEGATING, ("narrow", 0, 0, 40), ("end", 0, 0, 1), ("time", 0, 0, 0)])
@example([*DELEGATING, ("portfolio", 0, 0, 1), ("portfolio_add", 0, 0, 0), ("portfolio_member", 0, 1, 1),
          ("unassign", 0, 1, 0), ("portfolio_delete", 0, 0, 0)])  # fmt: skip
@example([*DELEGATING, ("time", 0, 0, 4), ("time", 0, 0, 4), ("time", 0, 0, 4), ("time", 0, 0, 4)])
@example([("profile", 0, 1, 0), ("deputy", 0, 2, 0), ("deputy_accept", 2, 0, 0), ("time", 0, 0, 3),
          ("deputy_decline", 2, 0, 0)])  # fmt: skip
@example([("absence", 0, 2, 32), ("time", 0, 0, 1), ("handover", 0, 2, 1), ("time", 0, 0, 1)])
@example([("create", 0, 0, 80), ("confirm", 0, 0, 0), ("rights", 1, 3, 77), ("delete", 0, 1, 1), ("time", 0, 0, 0)])
def test_what_holds_after_any_sequence_of_actions(
    committed_world: object, steps: list[tuple[str, int, int, int]]
) -> None:
    began = clock.offset()
    with transaction.atomic():
        try:
            watched = Watched()
            for step in steps:
                watched.step(*step)
        finally:
            clock.move(began - clock.offset())
            transaction.set_rollback(True)
