"""What somebody holds in an establishment, service by service, with the reasons in sentences."""

from dataclasses import dataclass

from parvis.access.decision import decide
from parvis.access.levels import Level
from parvis.access.registry import by_theme, catalogue
from parvis.access.rights_form import TONES
from parvis.access.standing import Standing
from parvis.access.why.words import known, told


@dataclass(frozen=True, slots=True)
class Line:
    """A service of the catalogue: the level in force, and the sentences that say why."""

    code: str
    service: str
    level: str
    tone: str
    held: bool
    reasons: tuple[str, ...]


Groups = tuple[tuple[str, tuple[Line, ...]], ...]


def lines(who: Standing, *, own: bool = False) -> Groups:
    """Each service of the catalogue by theme; `own`: the reader is `who`.

    A delegate reads of the delegated services alone: which others the establishment has is its own affair.
    """
    offered = catalogue(who.funds)
    if own and who.delegate is not None:
        delegated = {one.service for one in who.mandates}
        offered = [service for service in offered if service.code in delegated]
    decided = {service.code: decide(who, service) for service in offered}
    named = known(decided.values(), own=who.ref if own else None)
    groups = []
    for theme, services in by_theme(offered):
        found = []
        for service in services:
            decision = decided[service.code]
            reasons = [told(reason, who, named) for reason in decision.reasons]
            found.append(
                Line(
                    service.code,
                    service.name,
                    decision.level.label,
                    TONES[decision.level],
                    decision.level > Level.NONE,
                    tuple(sentence for reason in reasons for sentence in reason.sentences),
                )
            )
        groups.append((theme.name, tuple(found)))
    return tuple(groups)
