"""The terms: two administrators who press at once, two runs of `parvis daily` at once."""

from collections.abc import Callable
from typing import Any

from django.db import connections

from parvis.access.actions import changes
from parvis.access.models import Profile, TermsAcceptance, TermsNotice
from parvis.access.terms import announcing
from parvis.access.terms.actions import Accepted, accept
from parvis.access.terms.versions import newest
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused
from parvis.journal.models import Event
from parvis.post.models import Message
from tests.access.parallel.hands import ROUNDS, Made, acting, at_once, place
from tests.plugins.database import owner_connection
from tests.world import someone


def asked() -> tuple[int, str]:
    version = newest(clock.today())
    assert version is not None
    return version.number, version.digest


def unanswered(where: Any) -> None:
    """As the owner: the establishment has accepted nothing."""
    TermsAcceptance.objects.filter(establishment=where).delete()


def test_two_administrators_who_press_at_once_make_one_acceptance(committed: Callable[[Made], Any]) -> None:
    where = committed(place)
    both = [committed(lambda n=n: someone(where, n, "Dubois", Profile.ADMINISTRATOR)) for n in ("Claire", "Paul")]
    number, digest = asked()
    for _ in range(ROUNDS):
        committed(lambda: unanswered(where))
        press = [acting(who, lambda here: accept(who=here, number=number, digest=digest)) for who in both]
        answers: list[Accepted] = at_once(*press)
        assert sorted(answer.now for answer in answers) == [False, True]
        assert len({(answer.acceptance.pk, answer.acceptance.name) for answer in answers}) == 1
        with tenancy.scope(establishment=where.pk):
            assert TermsAcceptance.objects.count() == 1
    with tenancy.scope(establishment=where.pk):
        assert Event.objects.filter(kind="terms.accepted").count() == ROUNDS
        assert Message.objects.filter(kind="access.terms_accepted").count() == ROUNDS


def test_who_is_no_longer_an_administrator_when_their_turn_comes_accepts_nothing(
    committed: Callable[[Made], Any],
) -> None:
    number, digest = asked()
    for _ in range(ROUNDS):
        where = committed(place)
        claire = committed(lambda w=where: someone(w, "Claire", "Dubois", Profile.ADMINISTRATOR))
        paul = committed(lambda w=where: someone(w, "Paul", "Girard", Profile.ADMINISTRATOR))
        committed(lambda w=where: unanswered(w))
        demote = acting(
            claire,
            lambda here, p=paul: changes.change_profile(who=here, account_id=p.account_id, profile=Profile.USER),
        )
        press = acting(paul, lambda here: accept(who=here, number=number, digest=digest))
        _, pressed = at_once(demote, press)
        with tenancy.scope(establishment=where.pk):
            kinds = list(
                Event.objects.filter(kind__in=["terms.accepted", "account.profile_changed"])
                .order_by("id")
                .values_list("kind", flat=True)
            )
        # Either it was accepted while they still administered, or not at all.
        if isinstance(pressed, Refused):
            assert kinds == ["account.profile_changed"]
        else:
            assert kinds == ["terms.accepted", "account.profile_changed"]


def test_two_daily_runs_at_once_announce_once(committed: Callable[[Made], Any]) -> None:
    where = committed(place)
    claire = committed(lambda: someone(where, "Claire", "Dubois", Profile.ADMINISTRATOR))

    def run() -> int:
        application = connections["default"]
        connections["default"] = owner_connection()
        try:
            return announcing.announce_terms()
        finally:
            connections["default"].close()
            connections["default"] = application

    for _ in range(ROUNDS):
        committed(lambda: unanswered(where))
        committed(lambda: TermsNotice.objects.filter(establishment=where).delete())
        assert sorted(at_once(run, run)) == [0, 1]
    with tenancy.scope(establishment=where.pk):
        assert list(Message.objects.values_list("object_id", flat=True)) == [claire.account_id] * ROUNDS
        assert Event.objects.filter(kind="terms.announced").count() == ROUNDS
