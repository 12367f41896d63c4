"""Renewals, visits and administrators past the day, at the same moment."""

from collections.abc import Callable
from typing import Any

import pytest

from parvis.access.actions import lifecycle, renewal
from parvis.access.expiry.warnings import expire_accounts, warn_of_expiry
from parvis.access.models import ExpiryWarning, Membership, Profile
from parvis.access.places.renewing import renew_in_several
from parvis.access.queries.account import status_of
from parvis.access.status import Status
from parvis.establishments.models import Establishment
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused
from parvis.journal.models import Event
from parvis.post.models import Message
from tests.access.parallel.hands import ROUNDS, Made, account, acting, against, at_once, place
from tests.access.reading import DAY
from tests.world import Someone, someone


def past(who: Someone, days: int = 1) -> None:
    Membership.objects.filter(pk=who.account_id).update(ends_on=clock.today() - days * DAY)


def statuses(where: Establishment, *people: Someone) -> list[Status]:
    with tenancy.scope(establishment=where.pk):
        found = {one.pk: one for one in Membership.objects.all()}
        return [status_of(found[who.account_id]) for who in people if who.account_id in found]


def renew_oneself(who: Someone) -> Callable[[], Any]:
    return acting(who, lambda here: renewal.renew_oneself(who=here))


def test_of_two_past_the_same_day_who_renew_themselves_at_once_one_does(committed: Callable[[Made], Any]) -> None:
    for _ in range(ROUNDS):

        def make() -> tuple[Establishment, Someone, Someone]:
            where = place()
            pair = [someone(where, name, "Essai", Profile.ADMINISTRATOR) for name in ("Alix", "Maud")]
            for one in pair:
                past(one)
            return where, pair[0], pair[1]

        where, first, second = committed(make)
        answers = at_once(renew_oneself(first), renew_oneself(second))
        assert sum(isinstance(answer, Refused) for answer in answers) == 1
        assert sorted(one.slug for one in statuses(where, first, second)) == ["actif", "expire"]


def test_one_administrator_deleted_while_the_other_passes_the_day_leaves_one_to_renew(
    committed: Callable[[Made], Any],
) -> None:
    """Alix's request began before midnight and deletes Maud; Alix's own day has passed when the lock is taken."""

    def make() -> tuple[Establishment, Someone, Someone]:
        where = place()
        a, b = (someone(where, name, "Essai", Profile.ADMINISTRATOR) for name in ("Alix", "Maud"))
        return where, a, b

    where, alix, maud = committed(make)

    def late(here: Any) -> Any:
        with tenancy.scope(establishment=where.pk):
            past(alix)
        return lifecycle.delete(who=here, account_id=maud.account_id)

    (answer,) = at_once(acting(alix, late))
    # Maud is the one who administers by then: nobody who has expired takes her away.
    assert isinstance(answer, Refused)
    assert statuses(where, maud) == [Status.ACTIVE]


def test_both_take_each_other_away_while_a_third_expired_long_ago_and_one_of_them_stays(
    committed: Callable[[Made], Any],
) -> None:
    """Whoever would come back as « À renouveler » for want of others does not count as the one who stays."""
    for _ in range(ROUNDS):

        def make() -> tuple[Establishment, list[Someone]]:
            where = place()
            three = [someone(where, name, "Essai", Profile.ADMINISTRATOR) for name in ("Alix", "Maud", "Rémi")]
            past(three[2], 300)
            return where, three

        where, (a, b, gone) = committed(make)
        answers = at_once(against("delete", a, b), against("delete", b, a))
        assert sum(isinstance(answer, Refused) for answer in answers) == 1
        assert statuses(where, a, b) == [Status.ACTIVE]
        assert statuses(where, gone) == [Status.EXPIRED]


@pytest.mark.parametrize("act", ["deactivate", "delete", "demote"])
def test_list_renewed_while_one_of_it_is_closed_is_renewed_whole_or_not_at_all(
    committed: Callable[[Made], Any], act: str
) -> None:
    for _ in range(ROUNDS):

        def make() -> tuple[Establishment, list[Someone]]:
            where = place()
            names = (("Alix", Profile.ADMINISTRATOR), ("Maud", Profile.ADMINISTRATOR), ("Zoé", Profile.USER))
            return where, [someone(where, name, "Essai", profile) for name, profile in names]

        where, (a, b, target) = committed(make)
        numbers = [b.account_id, target.account_id]
        renewed, _ = at_once(
            acting(a, lambda who, n=numbers: renewal.renew_several(who=who, account_ids=n)),  # type: ignore[misc]
            against(act, b, target),
        )
        with tenancy.scope(establishment=where.pk):
            marks = [one.renewed_at for one in Membership.objects.filter(pk__in=numbers)]
            told = Event.objects.filter(kind="account.renewed").count()
        if isinstance(renewed, Refused):
            assert (set(marks), told) == ({None}, 0)
        else:
            assert None not in marks
            assert told == 2


def test_two_lists_in_opposite_orders_at_once_never_wait_for_each_other_in_a_ring(
    committed: Callable[[Made], Any],
) -> None:
    def make() -> tuple[Establishment, Someone, Someone, list[Someone]]:
        where = place()
        a, b = (someone(where, name, "Essai", Profile.ADMINISTRATOR) for name in ("Alix", "Maud"))
        return where, a, b, [someone(where, f"Zoé{number}", "Essai") for number in range(6)]

    where, a, b, targets = committed(make)
    numbers = [one.account_id for one in targets]
    for _ in range(ROUNDS):
        at_once(
            acting(a, lambda who: renewal.renew_several(who=who, account_ids=numbers)),
            acting(b, lambda who: renewal.renew_several(who=who, account_ids=numbers[::-1])),
            against("deactivate", a, targets[0]),
            against("end", b, targets[3]),
        )
        at_once(acting(a, lambda who: lifecycle.reactivate(who=who, account_id=numbers[0])))
    assert account(where, targets[5]).renewed_at is not None


def test_two_runs_at_once_warn_and_note_each_account_once(committed: Callable[[Made], Any]) -> None:
    def make() -> tuple[Establishment, Someone, Someone, Someone]:
        where = place()
        a = someone(where, "Alix", "Essai", Profile.ADMINISTRATOR)
        soon, over = someone(where, "Zoé", "Essai"), someone(where, "Ada", "Essai")
        early = clock.now() - 100 * DAY
        Membership.objects.filter(pk=soon.account_id).update(ends_on=clock.today() + DAY, created_at=early)
        past(over)
        return where, a, soon, over

    where, a, soon, over = committed(make)

    def run() -> None:
        # Each on a connection of its own, as the owner.
        from django.db import connections

        from tests.plugins.database import owner_connection

        application = connections["default"]
        connections["default"] = owner_connection()
        try:
            expire_accounts()
            warn_of_expiry()
        finally:
            connections["default"].close()
            connections["default"] = application

    at_once(run, run)
    with tenancy.scope(establishment=where.pk):
        assert Event.objects.filter(kind="account.expired", object=over.membership.ref).count() == 1
        assert ExpiryWarning.objects.filter(membership=soon.membership).count() == 1
        told = Message.objects.filter(kind__startswith="access.exp").order_by("kind").values_list("kind", "object_id")
        assert list(told) == [
            ("access.expired", over.account_id),
            ("access.expiry", soon.account_id),
            ("access.expiry_administrators", a.account_id),
        ]


def test_a_person_renewed_in_several_places_by_two_at_once_is_renewed_in_each_without_waiting_in_a_circle(
    committed: Callable[[Made], Any],
) -> None:
    """Each begins from another of the two establishments."""

    def make() -> tuple[list[Someone], list[Someone], list[Someone]]:
        places = [place(), place()]
        pairs = []
        for name, profile in (("Alix", Profile.ADMINISTRATOR), ("Maud", Profile.ADMINISTRATOR), ("Zoé", Profile.USER)):
            here = someone(places[0], name, "Essai", profile)
            pairs.append([here, someone(places[1], name, "Essai", profile, person=here.person)])
        for one in pairs[2]:
            Membership.objects.filter(pk=one.account_id).update(ends_on=clock.today() + 20 * DAY)
        return pairs[0], pairs[1], pairs[2]

    def renewing(account_id: int, other: str, days: int) -> Callable[[Any], Any]:
        return lambda who: renew_in_several(
            who=who, account_id=account_id, until=lambda _: clock.today() + days * DAY, others=[other]
        )

    for _ in range(ROUNDS):
        alix, maud, zoe = committed(make)
        sirets = [one.membership.establishment.siret for one in zoe]
        answers = at_once(
            acting(alix[0], renewing(zoe[0].account_id, sirets[1], 100)),
            acting(maud[1], renewing(zoe[1].account_id, sirets[0], 200)),
        )
        assert not any(isinstance(answer, Refused) for answer in answers)
        ends = {account(one.membership.establishment, one).ends_on for one in zoe}
        # Whoever came second in a place has the last word there; both did all of theirs.
        assert ends <= {clock.today() + 100 * DAY, clock.today() + 200 * DAY}
        for one in zoe:
            with tenancy.scope(establishment=one.membership.establishment_id):
                assert Event.objects.filter(kind="account.renewed", object=one.membership.ref).count() == 2
