"""Questions and their answers, as the help centre shows them today."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from parvis.access.terms.text import Block, blocks
from parvis.ground import clock, tenancy
from parvis.ground.pages.typography import spaced
from parvis.information.models import Question
from parvis.information.news.audience import fund_names

MOST = 40


@dataclass(frozen=True, slots=True)
class Answered:
    """A question with its answer, ready to show. `funds`: those it is about, by their short names."""

    ref: uuid.UUID
    question: str
    answer: tuple[Block, ...]
    funds: tuple[str, ...]
    theme: str
    service: str


def of_service(code: str) -> list[Answered]:
    """Those of a service, in their order."""
    return _asked(Q(service=code))


def of_theme(code: str) -> list[Answered]:
    """Those of a theme that are of none of its services."""
    return _asked(Q(theme=code, service=""))


def of_platform() -> list[Answered]:
    """Those of no theme: about the platform itself."""
    return _asked(Q(theme="", service=""))


def one(ref: uuid.UUID) -> Answered | None:
    """The question of that reference, while it is shown."""
    return next(iter(_asked(Q(ref=ref))), None)


def shown() -> QuerySet[Question]:
    """What is published and valid today."""
    today = clock.today()
    return Question.objects.filter(
        Q(starts_on=None) | Q(starts_on__lte=today), Q(ends_on=None) | Q(ends_on__gte=today), state="published"
    )


def _asked(which: Q) -> list[Answered]:
    with tenancy.scope(read_only=True):
        rows: Sequence[Question] = list(shown().filter(which).order_by("rank", "question", "id")[:MOST])
    return [answered(one) for one in rows]


def answered(question: Question) -> Answered:
    """As it reads."""
    return Answered(
        question.ref,
        spaced(question.question),
        blocks(question.answer),
        fund_names(question.funds),
        question.theme,
        question.service,
    )
