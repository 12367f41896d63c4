"""What is said of an agent when somebody declares; validated by the service's forms, or read from a file."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from parvis.agents.models import Status
from parvis.regulations import affiliation as law
from parvis.regulations.pensions.categories import Category

# An arts teacher is told by the hours of a full post.
FRAMES = {960: law.Frame.ARTS_TEACHER, 1200: law.Frame.ARTS_ASSISTANT}
OFFICIALS = (Status.TRAINEE, Status.TENURED)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is. `nir`: 13 characters, "" where it is not known."""

    nir: str
    surname: str
    first_names: str
    used_name: str = ""
    born_on: datetime.date | None = None
    birth_place: str = ""
    nationality: str = ""
    payroll_number: str = ""


@dataclass(frozen=True, slots=True)
class PostEntry:
    """What they do: `minutes` a week, of `full_minutes` for a full post."""

    minutes: int
    full_minutes: int = 2100
    part_time: Decimal = Decimal(100)
    category: str = Category.SEDENTARY.value
    permanent: bool = True
    grade: str = ""
    gross_index: str = ""
    major_index: int | None = None

    @property
    def frame(self) -> law.Frame:
        """The framework of employment, where it has hours of its own."""
        return FRAMES.get(self.full_minutes, law.Frame.ORDINARY)


@dataclass(frozen=True, slots=True)
class Declaration:
    """An affiliation to declare. `scheme`: the one that the conditions lead to, as it was shown.

    `other_minutes`: of permanent posts with other employers, who keep the agent (`elsewhere`). `distinct`: the person
    who declares said that it is not the namesake who is known here already.
    """

    identity: Identity
    post: PostEntry
    scheme: str
    status: str
    entry: str
    entered_on: datetime.date
    other_minutes: int = 0
    distinct: bool = False

    @property
    def elsewhere(self) -> bool:
        """Whether the agent keeps other posts."""
        return self.other_minutes > 0

    def answer(self, *, hospital: bool) -> law.Answer:
        """The conditions of the CNRACL, and the scheme that follows."""
        return answer_for(
            self.identity, self.post, self.status, self.entered_on, other_minutes=self.other_minutes, hospital=hospital
        )


def answer_for(
    identity: Identity,
    post: PostEntry,
    status: str,
    on: datetime.date,
    *,
    other_minutes: int = 0,
    hospital: bool = False,
) -> law.Answer:
    """What the law says of somebody from a day on."""
    return law.answer(
        law.Situation(
            on=on,
            official=status in OFFICIALS,
            permanent=post.permanent,
            minutes=post.minutes,
            nationality=law.Nationality(identity.nationality) if identity.nationality else None,
            born_on=identity.born_on,
            category=Category(post.category or Category.SEDENTARY.value),
            other_minutes=other_minutes,
            hospital=hospital,
            frame=post.frame,
        )
    )
