"""What stands at the top and the bottom of a signed-in page. `access/` fills it; `layouts/page.html` draws it."""

from dataclasses import dataclass
from typing import NamedTuple


class MenuItem(NamedTuple):
    """A line of the person's menu or of the navigation."""

    label: str
    href: str
    current: bool = False


class Administrator(NamedTuple):
    """Someone to ask: shown under « En cas de difficulté » and on refusals."""

    name: str
    function: str
    email: str
    phone: str


class Notice(NamedTuple):
    """What every page says at its top for as long as it holds, and where to see to it."""

    title: str
    text: str
    href: str = ""
    action: str = ""
    tone: str = "attention"


class Idle(NamedTuple):
    """How many seconds the session lives if nobody does anything, and how many before its end one is asked.

    `final`: it cannot live longer, whatever one does; `longest`, in words, says how long any session lives.
    """

    left: int
    warning: int
    final: bool
    longest: str


@dataclass(frozen=True, slots=True)
class SeenAs:
    """Somebody else looks at this page, and can change nothing: whose page it is, until when, and where it is ended."""

    name: str
    by: str
    until: str
    end_href: str


@dataclass(frozen=True, slots=True)
class Frame:
    """The person, the establishment and the ways from here; strings ready to show.

    `arrivals`: where what came is read; `searched`: whether the search of the site stands at the top.
    """

    person_name: str
    is_administrator: bool
    menu: tuple[MenuItem, ...]
    navigation: tuple[MenuItem, ...]
    establishment_name: str = ""
    establishment_siret: str = ""
    establishment_href: str = ""
    several_establishments: bool = False
    on_behalf: str = ""  # for a delegate: the organisation that they are of
    administrators: tuple[Administrator, ...] = ()
    notices: tuple[Notice, ...] = ()
    idle: Idle | None = None
    seen_as: SeenAs | None = None
    overview_href: str = ""  # for who has several establishments
    arrivals: MenuItem | None = None
    searched: bool = True
