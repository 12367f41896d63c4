"""Work that passes on: the deputy and the return at the same moment, two daily runs, a cancellation and the day."""

from collections.abc import Callable
from typing import Any

from django.db import connection, connections

from parvis.access.actions.guards import active_administrator_ids
from parvis.access.handing import daily
from parvis.access.handing.actions import deputies, handovers
from parvis.access.handing.returning import missed, note_return
from parvis.access.models import Deputyship, Handover, Membership, Profile
from parvis.access.standing import standing
from parvis.establishments.models import Establishment
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused
from parvis.journal.models import Event
from tests.access.parallel.hands import ROUNDS, Made, account, acting, at_once, place
from tests.access.reading import DAY
from tests.plugins.database import owner_connection
from tests.world import Someone, someone


def as_daily(run: Callable[[], int]) -> Callable[[], int]:
    """A part of `parvis daily`, as the owner, on a connection of its own."""

    def inside() -> int:
        application = connections["default"]
        connections["default"] = owner_connection()
        try:
            return run()
        finally:
            connections["default"].close()
            connections["default"] = application

    return inside


def visiting(who: Someone) -> Callable[[], bool]:
    """A visit as `rules._visited` notes it, by a request that loaded its standing before."""
    where = who.membership.establishment_id

    def run() -> bool:
        with tenancy.scope(person=who.person.pk, establishment=where):
            here = standing(who.person.pk, where)
        assert here is not None
        with tenancy.scope(person=who.person.pk, establishment=where), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE access_membership SET last_visit_at = %s WHERE id = %s", [clock.now(), who.account_id]
            )
            late = missed(here)
        note_return(here, missed=late)
        return late

    return run


def due(where: Establishment, chief: Someone, deputy: Someone) -> None:
    """As the owner: the deputy serves at the next daily run."""
    long_ago = clock.now() - 70 * DAY
    Membership.objects.filter(establishment=where).update(
        created_at=long_ago, confirmed_at=long_ago, last_visit_at=long_ago
    )
    Membership.objects.filter(pk=deputy.account_id).update(profile=Profile.USER, last_visit_at=clock.now())
    Deputyship.objects.filter(establishment=where).delete()
    Deputyship.objects.create(
        establishment=where,
        deputy=deputy.membership,
        deputy_name="Zoé Essai",
        named_at=long_ago,
        named_by=chief.membership.ref,
        accepted_at=long_ago,
        warned_for=long_ago.astimezone(clock.PARIS).date(),
        warned_days=55,
        warned_on=clock.today() - 10 * DAY,
        serving_for=chief.membership,
        serving_name="Alix Essai",
    )


def test_the_deputy_and_the_return_at_the_same_moment(committed: Callable[[Made], Any]) -> None:
    where = committed(place)
    chief = committed(lambda: someone(where, "Alix", "Essai", Profile.ADMINISTRATOR))
    deputy = committed(lambda: someone(where, "Zoé", "Essai"))
    for _ in range(ROUNDS):
        committed(lambda: due(where, chief, deputy))
        at_once(as_daily(daily.follow_deputies), visiting(chief))
        # Whoever came first: the administrator is there, so that nobody stands in for them.
        assert account(where, deputy).profile == Profile.USER
        assert account(where, chief).profile == Profile.ADMINISTRATOR
        with tenancy.scope(establishment=where.pk):
            assert active_administrator_ids() == [chief.account_id]
            assert Deputyship.objects.get().serving_since is None
            begun = Event.objects.filter(kind="deputy.serving").count()
            assert Event.objects.filter(kind="deputy.over").count() == begun


def test_a_deputy_who_serves_and_two_pages_opened_at_once(committed: Callable[[Made], Any]) -> None:
    where = committed(place)
    chief = committed(lambda: someone(where, "Alix", "Essai", Profile.ADMINISTRATOR))
    deputy = committed(lambda: someone(where, "Zoé", "Essai"))
    for count in range(1, ROUNDS + 1):
        committed(lambda: due(where, chief, deputy))
        assert committed(daily.follow_deputies) == 1
        assert account(where, deputy).profile == Profile.ADMINISTRATOR
        at_once(visiting(chief), visiting(chief), as_daily(daily.follow_deputies))
        assert account(where, deputy).profile == Profile.USER
        with tenancy.scope(establishment=where.pk):
            assert Event.objects.filter(kind="deputy.over").count() == count


def test_two_daily_runs_at_once_give_the_profile_once(committed: Callable[[Made], Any]) -> None:
    where = committed(place)
    chief = committed(lambda: someone(where, "Alix", "Essai", Profile.ADMINISTRATOR))
    deputy = committed(lambda: someone(where, "Zoé", "Essai"))
    for count in range(1, ROUNDS + 1):
        committed(lambda: due(where, chief, deputy))
        run = as_daily(daily.follow_deputies)
        assert sorted(at_once(run, run)) == [0, 1]
        with tenancy.scope(establishment=where.pk):
            assert Event.objects.filter(kind="deputy.serving").count() == count


def test_accepted_and_withdrawn_at_the_same_moment(committed: Callable[[Made], Any]) -> None:
    where = committed(place)
    chief = committed(lambda: someone(where, "Alix", "Essai", Profile.ADMINISTRATOR))
    deputy = committed(lambda: someone(where, "Zoé", "Essai"))

    def accept() -> Any:
        with tenancy.scope(person=deputy.person.pk, establishment=where.pk):
            here = standing(deputy.person.pk, where.pk)
            assert here is not None
            return deputies.accept(who=here)

    for _ in range(ROUNDS):
        name = acting(chief, lambda here: deputies.name(who=here, deputy_id=deputy.account_id))
        assert not isinstance(at_once(name)[0], Refused)
        accepted, withdrawn = at_once(accept, acting(chief, lambda here: deputies.withdraw(who=here)))
        assert not isinstance(withdrawn, Refused)
        with tenancy.scope(establishment=where.pk):
            last = Deputyship.objects.latest("id")
        assert (last.outcome, last.accepted_at is None) == ("withdrawn", isinstance(accepted, Refused))


def test_cancelled_and_carried_out_at_the_same_moment_one_of_the_two(committed: Callable[[Made], Any]) -> None:
    for _ in range(ROUNDS):
        where = committed(place)
        chief = committed(lambda w=where: someone(w, "Alix", "Essai", Profile.ADMINISTRATOR))
        leaver, receiver = (committed(lambda w=where, n=n: someone(w, n, "Essai")) for n in ("Zoé", "Yves"))
        plan = acting(
            chief,
            lambda here, a=leaver, b=receiver: handovers.plan(
                who=here, leaver_id=a.account_id, receiver_id=b.account_id, on=clock.today() + DAY, profile=False
            ),
        )
        made = at_once(plan)[0]
        committed(lambda m=made: Handover.objects.filter(pk=m.pk).update(on=clock.today()))
        cancel = acting(chief, lambda here, m=made: handovers.cancel(who=here, ref=m.ref))
        cancelled, done = at_once(cancel, as_daily(daily.carry_out_handovers))
        closed = account(where, leaver).deactivated_at is not None
        assert closed == (done == 1) == isinstance(cancelled, Refused)


def test_two_handovers_that_would_leave_nobody_leave_one(committed: Callable[[Made], Any]) -> None:
    for _ in range(ROUNDS):
        where = committed(place)
        both = [committed(lambda w=where, n=n: someone(w, n, "Essai", Profile.ADMINISTRATOR)) for n in ("Alix", "Zoé")]
        receiver = committed(lambda w=where: someone(w, "Yves", "Essai"))

        def leaving(by: Someone, leaver: Someone, to: Someone = receiver) -> Callable[[], Any]:
            return acting(
                by,
                lambda here: handovers.plan(
                    who=here, leaver_id=leaver.account_id, receiver_id=to.account_id, on=clock.today(), profile=False
                ),
            )

        answers = at_once(leaving(both[0], both[1]), leaving(both[1], both[0]))
        assert sum(isinstance(answer, Refused) for answer in answers) == 1
        with tenancy.scope(establishment=where.pk):
            assert len(active_administrator_ids()) == 1
