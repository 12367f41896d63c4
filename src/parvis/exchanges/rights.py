"""Who of an establishment reads an exchange, and who answers in it, today.

A motif is about a service, about a theme (any of its services), or about none. Reads: its author, and who holds the
service, or one of the theme's, at « Lecture seule » or more. Answers: its author, and who holds it at « Modification ».
Of a motif about a theme or about none, who administers does both. Nobody writes in the seven days of reading after a
recovery, nor while the services are closed for want of accepting the terms: what one wrote oneself is then still read.
A delegate has what their mandates give on the one service, nothing on a theme (to act on « Correspondants » for
somebody says nothing of their agents' pensions), and nothing as an author. An adviser who sees as somebody reads what
is exchanged with their own funds alone.
"""

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q

from parvis.access.actions.guards import not_limited
from parvis.access.decision import decide, manage, services_of, shows
from parvis.access.levels import Level
from parvis.access.registry import Service, by_theme, catalogue, get
from parvis.access.standing import Standing
from parvis.establishments.funds import ALL
from parvis.exchanges.models import Exchange, Motif
from parvis.ground.tenancy import Refused

# How `service` of a motif and of an exchange names a theme instead of a service.
_THEME = "theme:"
CLOSED = (
    "Les services sont fermés à tous : rien n’est envoyé. Une personne qui administre les rouvre aussitôt, en "
    "acceptant les conditions générales depuis la fiche de l’établissement."
)


def of_theme(code: str) -> str:
    """What says that a motif is about a theme: its holders are those of any service of the theme."""
    return _THEME + code


def is_theme(about: str) -> bool:
    """Whether the motif is about a theme."""
    return about.startswith(_THEME)


def themes() -> list[tuple[str, str]]:
    """The themes that a motif may be about: what says so, and the theme's name."""
    return [(of_theme(theme.code), theme.name) for theme, _ in by_theme(catalogue(ALL))]


def said_of(about: str) -> str:
    """What somebody must hold, in words: « ce service », « un service du thème « … » »; "" for none."""
    if is_theme(about):
        return f"un service du thème «\u00a0{dict(themes()).get(about, '')}\u00a0»"
    return "ce service" if about else ""


def _by_account(who: Standing) -> list[tuple[Service, Level]]:
    """The services that their own account gives: a mandate counts for its service alone, for who has both too."""
    if who.delegate is not None:
        return []
    return services_of(replace(who, mandates=()) if who.mandates else who)


def _services(who: Standing, about: str) -> list[tuple[Service, Level]]:
    """The services of what the motif is about, with the level that the person has, the highest first."""
    if not is_theme(about):
        declared = get(about)
        return [(declared, decide(who, declared).level)] if declared is not None else []
    code = about.removeprefix(_THEME)
    return sorted((one for one in _by_account(who) if one[0].theme.code == code), key=lambda one: -one[1])


def level_on(who: Standing, service: str) -> Level:
    """The level that the person has on what the motif is about; « Aucun » for a service that is no longer there."""
    held = next((level for _, level in _services(who, service)), Level.NONE)
    if service and not is_theme(service):
        return held
    return max(held, Level.NONE if who.terms.closed else manage(who).level)


def acting_on(who: Standing, about: str) -> str:
    """The code of the service by which the person acts in what the motif is about; "" for none."""
    return next((service.code for service, level in _services(who, about) if level > Level.NONE), "")


def is_author(who: Standing, person_id: int | None) -> bool:
    """Whether the person wrote it and has an account of their own here."""
    return who.delegate is None and person_id is not None and person_id == who.person_id


def may_read(who: Standing, exchange: Exchange) -> bool:
    """Whether the person may open the exchange."""
    return may_read_of(who, exchange.person_id, exchange.service, exchange.fund)


def may_read_of(who: Standing, person_id: int | None, service: str, fund: str) -> bool:
    """The same, of what a statement found of an exchange."""
    if not shows(who, fund):
        return False
    return is_author(who, person_id) or level_on(who, service) >= Level.READ


def may_answer(who: Standing, exchange: Exchange) -> bool:
    """Whether the person may write in the exchange, take it over, close and reopen it."""
    return may_answer_of(who, exchange.person_id, exchange.service)


def may_answer_of(who: Standing, person_id: int | None, service: str) -> bool:
    """The same, of what a statement found of an exchange."""
    if who.limited or who.terms.closed:
        return False
    return is_author(who, person_id) or level_on(who, service) >= Level.WRITE


def writes(who: Standing) -> None:
    """Raises Refused where nothing at all may be written: what has been recovered a moment ago, terms to accept."""
    not_limited(who)
    if who.terms.closed:
        raise Refused(CLOSED)


@dataclass(frozen=True, slots=True)
class Readable:
    """What somebody may open today, for statements. `about`: services and themes that a motif may be about ("" for
    none); `themes`: every theme; `author`: what they wrote themselves too; `funds`: with these alone, None for all."""

    about: tuple[str, ...]
    themes: bool
    author: bool
    funds: frozenset[str] | None


def read_by(who: Standing) -> Readable:
    """The exchanges of the establishment in scope that the person may open: the rule of `may_read`, for lists."""
    about = [service.code for service, level in services_of(who) if level >= Level.READ]
    if who.delegate is None:
        about += {of_theme(service.theme.code) for service, level in _by_account(who) if level >= Level.READ}
    none = level_on(who, "") >= Level.READ
    return Readable((*about, "") if none else tuple(about), none, who.delegate is None, who.seen_by)


def readable(who: Standing) -> Q:
    """The same as a condition of the model."""
    may = read_by(who)
    mine = Q(service__in=may.about)
    if may.author:
        mine |= Q(person_id=who.person_id)
    if may.themes:
        mine |= Q(service__startswith=_THEME)
    return mine if may.funds is None else mine & Q(fund__in=may.funds)


# The same of the row x, with the parameters of `readable_values`.
READABLE_SQL = f"""(x.service = ANY(%(about)s) OR x.person_id = %(author)s
  OR %(themes)s AND starts_with(x.service, '{_THEME}')) AND (%(funds)s::text[] IS NULL OR x.fund = ANY(%(funds)s))"""


def readable_values(who: Standing) -> dict[str, Any]:
    """What `READABLE_SQL` asks of somebody."""
    may = read_by(who)
    return {
        "about": list(may.about),
        "author": who.person_id if may.author else 0,
        "themes": may.themes,
        "funds": None if may.funds is None else sorted(may.funds),
    }


def may_write_about(who: Standing, motif: Motif) -> bool:
    """Whether the person may send something of that motif: every member; a delegate for what they do at
    « Modification »."""
    return who.delegate is None or (bool(motif.service) and level_on(who, motif.service) >= Level.WRITE)
