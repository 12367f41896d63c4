"""At the same moment: two who register one establishment, codes that are tried, a double press. Committed for good."""

from collections.abc import Callable
from typing import Any

from parvis.access.actions.creation import Coordinates
from parvis.access.models import Membership, Profile, TermsAcceptance
from parvis.establishments.models import Establishment
from parvis.ground import tenancy
from parvis.ground.tenancy import Refused
from parvis.post import postal
from parvis.post.models import PostalLetter
from parvis.post.postal import Outcome
from parvis.registration.actions import begun, proving
from parvis.registration.models import Registration
from tests.access.parallel.conftest import committed  # noqa: F401  (a fixture)
from tests.access.parallel.hands import Made, at_once, place

ROUNDS = 4
Committed = Callable[[Made], Any]


def empty() -> Establishment:
    made = place()
    TermsAcceptance.objects.filter(establishment=made).delete()
    return made


def begins(where: Establishment, name: str) -> Registration:
    person = Coordinates(
        *("mme", "Zoé", name, "Secrétaire", "", f"{name}@essai.example", "+33465710042", Profile.ADMINISTRATOR),
        None,
        None,
    )
    with tenancy.scope(establishment=where.pk):
        return begun.begin(
            establishment_id=where.pk,
            coordinates=person,
            way=Registration.Way.CLASSIC,
            fund="",
            contract_number="CNRACL-0042",
        ).registration


def inside(where: Establishment, act: Callable[[], Any]) -> Callable[[], Any]:
    """`act` as a request would run it, in a scope of its own."""

    def run() -> Any:
        with tenancy.scope(establishment=where.pk):
            return act()

    return run


def code_of(where: Establishment, registration: Registration) -> str:
    with tenancy.scope(establishment=where.pk):
        letter = postal.latest(kind=begun.LETTER, object_id=registration.pk)
        assert letter is not None
        return postal.code_given(letter)


def test_of_two_proofs_sent_at_once_one_is_under_way(committed: Committed) -> None:  # noqa: F811
    for _ in range(ROUNDS):
        where = committed(empty)
        mine, other = begins(where, "Une"), begins(where, "Deux")
        answers = at_once(
            *[inside(where, lambda r=one.reference: proving.by_post(reference=r)) for one in (mine, other)]
        )
        assert sum(isinstance(answer, Refused) for answer in answers) == 1
        with tenancy.scope(establishment=where.pk):
            assert Registration.objects.filter(state="posted").count() == 1
            assert PostalLetter.objects.count() == 1


def test_a_code_typed_twice_at_once_makes_one_account(committed: Committed) -> None:  # noqa: F811
    for _ in range(ROUNDS):
        where = committed(empty)
        mine = begins(where, "Une")
        with tenancy.scope(establishment=where.pk):
            proving.by_post(reference=mine.reference)
        code = code_of(where, mine)
        act = inside(where, lambda r=mine.reference, c=code: proving.type_code(reference=r, typed=c))  # type: ignore[misc]
        answers = at_once(act, act, act)
        assert sum(not isinstance(answer, Refused) and answer.outcome is Outcome.RIGHT for answer in answers) == 1
        with tenancy.scope(establishment=where.pk):
            assert Membership.objects.count() == 1


def test_the_right_code_among_five_wrong_ones_opens_only_a_letter_that_lives(
    committed: Committed,  # noqa: F811
) -> None:
    for _ in range(ROUNDS):
        where = committed(empty)
        mine = begins(where, "Une")
        with tenancy.scope(establishment=where.pk):
            proving.by_post(reference=mine.reference)
        code, reference = code_of(where, mine), mine.reference

        def typed(text: str, r: str = reference) -> Any:
            return proving.type_code(reference=r, typed=text)

        acts = [inside(where, lambda: typed("AAAAAAAA"))] * 5
        *_, right = at_once(*acts, inside(where, lambda c=code: typed(c)))  # type: ignore[misc]
        with tenancy.scope(establishment=where.pk):
            letter = PostalLetter.objects.get()
            accounts = Membership.objects.count()
        assert letter.tries <= 5
        opened = not isinstance(right, Refused) and right.outcome is Outcome.RIGHT
        assert accounts == opened == (letter.state == "used")


def test_reporting_and_typing_at_once_leave_no_access_that_was_reported(committed: Committed) -> None:  # noqa: F811
    for _ in range(ROUNDS):
        where = committed(empty)
        mine = begins(where, "Une")
        with tenancy.scope(establishment=where.pk):
            proving.by_post(reference=mine.reference)
            letter = postal.latest(kind=begun.LETTER, object_id=mine.pk)
            assert letter is not None
        code = code_of(where, mine)
        at_once(
            inside(where, lambda r=mine.reference, c=code: proving.type_code(reference=r, typed=c)),  # type: ignore[misc]
            lambda ref=letter.reference: postal.report(ref),  # type: ignore[misc]
        )
        with tenancy.scope(establishment=where.pk):
            found = Registration.objects.get()
            assert found.reported_at is not None
            assert not Membership.objects.filter(deactivated_at=None).exists()
