"""« Mes droits »: what a person holds in one of their establishments, and why, as the one decision says it."""

from dataclasses import dataclass

from parvis.access.decision import decide
from parvis.access.levels import Level
from parvis.access.registry import by_theme, catalogue
from parvis.access.rights_form import TONES
from parvis.access.standing import Standing, standing
from parvis.access.why.words import known, told
from parvis.ground import tenancy


@dataclass(frozen=True, slots=True)
class Line:
    """A service of the catalogue: the level in force, and the sentences that say why."""

    code: str
    service: str
    level: str
    tone: str
    held: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MyRights:
    """One establishment: who the person is there, and each service by theme."""

    standing: Standing
    groups: tuple[tuple[str, tuple[Line, ...]], ...]

    @property
    def held(self) -> int:
        """How many services the person holds today."""
        return sum(line.held for _, lines in self.groups for line in lines)


def my_rights(person_id: int, siret: str) -> MyRights | None:
    """The rights of the person in the establishment of that SIRET, with reasons; None without an account there."""
    where = tenancy.Lookup("access_enter", (person_id, siret))
    with tenancy.scope(person=person_id, establishment=where, read_only=True) as here:
        who = standing(person_id, here.establishment) if here.establishment else None
        if who is None:
            return None
        offered = catalogue(who.funds)
        decided = {service.code: decide(who, service) for service in offered}
        named = known(decided.values(), own=who.ref)
        groups = []
        for theme, services in by_theme(offered):
            lines = []
            for service in services:
                decision = decided[service.code]
                reasons = [told(reason, who, named) for reason in decision.reasons]
                lines.append(
                    Line(
                        service.code,
                        service.name,
                        decision.level.label,
                        TONES[decision.level],
                        decision.level > Level.NONE,
                        tuple(sentence for reason in reasons for sentence in reason.sentences),
                    )
                )
            groups.append((theme.name, tuple(lines)))
        return MyRights(who, tuple(groups))
