"""Two administrators on the same line, and a signature beside a decision, at the same moment."""

from collections.abc import Callable
from typing import Any

from parvis.access.models import Profile, ReviewDecision
from parvis.access.review import actions
from parvis.access.review.queries import lines_of, open_review
from parvis.establishments.models import Establishment
from parvis.ground import tenancy
from parvis.ground.tenancy import Refused
from tests.access.parallel.hands import ROUNDS, Made, acting, at_once, place
from tests.world import Someone, someone


def seals(who: Someone) -> tuple[int, dict[str, tuple[int, str]]]:
    with tenancy.scope(establishment=who.membership.establishment_id):
        review = open_review()
        assert review is not None
        return review.pk, {line.title: (line.id, line.seal) for line in lines_of(review)}


def chosen(where: Establishment) -> list[tuple[int, int, str]]:
    with tenancy.scope(establishment=where.pk):
        return list(ReviewDecision.objects.order_by("id").values_list("line_id", "number", "choice"))


def situation() -> tuple[Establishment, Someone, Someone]:
    where = place()
    first, second = (someone(where, name, "Essai", Profile.ADMINISTRATOR) for name in ("Alix", "Maud"))
    someone(where, "Zoé", "Essai", rights={"contrats": 1})  # type: ignore[dict-item]
    return where, first, second


def test_of_two_who_decide_the_same_line_at_once_one_does(committed: Callable[[Made], Any]) -> None:
    for _ in range(ROUNDS):
        where, first, second = committed(situation)
        acting(first, lambda who: actions.open_by_hand(who=who))()
        number, found = seals(first)
        line, seal = found["Zoé Essai"]

        def keeping(who: Any, n: int = number, one: int = line, seen: str = seal) -> Any:
            return actions.keep(who=who, review_id=n, seals={one: seen})

        def taking(who: Any, n: int = number, one: int = line, seen: str = seal) -> Any:
            return actions.withdraw(who=who, review_id=n, line_id=one, seal=seen, account=True)

        kept, taken = at_once(acting(first, keeping), acting(second, taking))
        assert bool(kept.names) is isinstance(taken, Refused)
        assert [(one, rank) for one, rank, _ in chosen(where)] == [(line, 1)]


def test_two_reviews_opened_at_once_are_one(committed: Callable[[Made], Any]) -> None:
    for _ in range(ROUNDS):
        _, first, second = committed(situation)
        answers = at_once(*(acting(one, lambda who: actions.open_by_hand(who=who)) for one in (first, second)))
        assert sum(isinstance(answer, Refused) for answer in answers) == 1


def test_two_who_keep_many_lines_at_once_decide_each_once(committed: Callable[[Made], Any]) -> None:
    """« Conserver ces lignes », by two at once, over lines that they share in part."""
    for _ in range(ROUNDS):

        def make() -> tuple[Establishment, Someone, Someone]:
            where, first, second = situation()
            for name in ("Ali", "Bao", "Clé", "Dan"):
                someone(where, name, "Essai", rights={"contrats": 1})  # type: ignore[dict-item]
            return where, first, second

        where, first, second = committed(make)
        acting(first, lambda who: actions.open_by_hand(who=who))()
        number, found = seals(first)
        lines = sorted(found[f"{name} Essai"] for name in ("Zoé", "Ali", "Bao", "Clé", "Dan"))

        def keeping(some: list[tuple[int, str]], n: int = number) -> Callable[[Any], Any]:
            return lambda who: actions.keep(who=who, review_id=n, seals=dict(some))

        one, other = at_once(acting(first, keeping(lines[:4])), acting(second, keeping(lines[:0:-1])))
        assert len(one.names) + len(other.names) == len(lines)
        assert not set(one.names) & set(other.names)
        assert len(one.refused) + len(other.refused) == 3
        assert sorted((line, rank) for line, rank, _ in chosen(where)) == [(line, 1) for line, _ in lines]
