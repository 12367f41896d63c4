"""Twenty at the same moment, on real connections: one code opens once, asks once, is tried five times."""

from collections.abc import Callable
from typing import Any

import pytest

from parvis.ground import tenancy
from parvis.ground.tenancy import Refused
from parvis.identity.factors import changes, recovery, telephone, totp
from parvis.identity.hashing import Busy
from parvis.identity.models import Code, PhoneFactor, RecoveryCode, Totp
from parvis.identity.queries.factors import factors_of
from parvis.post.telephone import Channel
from tests.access.parallel.hands import Made, at_once
from tests.identity.factors.hands import CHALLENGE, MOBILE, called, code_now, digits, give_phone, halfway, person_of
from tests.world import Someone

MANY = 20


@pytest.fixture(autouse=True)
def _calls(settings: Any, tmp_path: Any) -> None:
    settings.PARVIS_CALLS = tmp_path


def test_one_code_of_an_app_lets_one_in(person: Someone) -> None:
    code = code_now()
    said = at_once(*[lambda: totp.check(person.person.pk, code)] * MANY)
    assert said.count(totp.Said.RIGHT) == 1
    assert said.count(totp.Said.USED) == MANY - 1


def test_one_code_posted_by_many_browsers_opens_one_session(person: Someone) -> None:
    browsers = [halfway(person) for _ in range(8)]
    code = code_now()
    answers = at_once(*[lambda one=one: one.post(CHALLENGE, {"code": code}).status_code for one in browsers])  # type: ignore[misc]
    # Those that found five others trying at that moment were turned away without a look.
    assert answers.count(302) == 1 and set(answers) <= {200, 302, 429}
    assert [person_of(one) for one in browsers].count(person.person.pk) == 1


def test_one_recovery_code_opens_once(person: Someone) -> None:
    code = recovery.make(person.person.pk, browser="")[0]

    def use() -> bool | None:
        try:
            return recovery.use(person.person.pk, code, browser="").right
        except Busy:
            return None

    assert at_once(*[use] * MANY).count(True) == 1
    with tenancy.scope(person=person.person.pk, role=tenancy.PERSON):
        assert RecoveryCode.objects.filter(used_at__isnull=False).count() == 1


def test_one_code_by_sms_opens_once_and_wrong_ones_are_counted_each(person: Someone) -> None:
    mine = person.person.pk
    number = telephone.ask(mine, purpose=Code.Purpose.ANSWER, number=MOBILE, channel=Channel.SMS)
    code = digits(called(person))
    said = at_once(*[lambda: telephone.check(mine, number, Code.Purpose.ANSWER, code)] * MANY)
    assert said.count(telephone.Said.RIGHT) == 1

    with tenancy.scope(person=mine, role=tenancy.PERSON):
        Code.objects.update(used_at=None, tries=0)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    said = at_once(*[lambda: telephone.check(mine, number, Code.Purpose.ANSWER, wrong)] * MANY)
    assert said.count(telephone.Said.WRONG) == 4
    with tenancy.scope(person=mine, role=tenancy.PERSON):
        assert Code.objects.get().tries == 5


def test_many_who_ask_at_once_are_sent_one_code(person: Someone) -> None:
    def ask() -> int:
        return telephone.ask(person.person.pk, purpose=Code.Purpose.ANSWER, number=MOBILE, channel=Channel.SMS)

    said = at_once(*[ask] * MANY)
    assert sum(isinstance(one, int) for one in said) == 1
    assert all(isinstance(one, int | Refused) for one in said)


def test_two_factors_removed_at_once_leave_one(person: Someone, committed: Callable[[Made], Any]) -> None:
    mine = person.person.pk
    for _ in range(5):
        with tenancy.scope(person=mine, role=tenancy.PERSON):
            PhoneFactor.objects.all().delete()
        phone = give_phone(person)
        other = give_phone(person, "+33639980103")
        with tenancy.scope(person=mine, role=tenancy.PERSON):
            Totp.objects.all().delete()
        said = at_once(
            lambda p=phone: changes.remove(mine, "phone", p.pk, browser=""),
            lambda o=other: changes.remove(mine, "phone", o.pk, browser=""),
        )
        assert sum(isinstance(one, Refused) for one in said) == 1
        assert len(factors_of(mine).phones) == 1
