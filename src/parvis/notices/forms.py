"""The form of « Notifications »: one choice per kind."""

from collections.abc import Mapping
from dataclasses import dataclass

from parvis.notices.actions import EVERYWHERE
from parvis.notices.queries import Wishes, choices
from parvis.notices.registry import KINDS, Delivery

LABELS = {
    Delivery.AT_ONCE: "Aussitôt",
    Delivery.DAILY: "Dans le résumé du jour",
    Delivery.NEVER: "Jamais",
}
AS_EVERYWHERE = ""
_FIELD = "sorte-"


@dataclass(frozen=True, slots=True)
class Choice:
    """One kind with its answers: (value, label, chosen)."""

    name: str
    label: str
    obligatory: bool
    answers: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True, slots=True)
class Choosing:
    """Every kind, in order."""

    choices: tuple[Choice, ...]

    @classmethod
    def of(cls, wishes: Wishes, place: int, *, administers: bool) -> "Choosing":
        """As they are chosen now, of what one can receive; in an establishment with « comme partout » first."""
        made = []
        for kind in choices():
            if kind.of_administrators and not administers:
                continue
            own = wishes.held.get((place, kind.code)) if place else wishes.delivery(kind, EVERYWHERE)
            allowed = [one for one in Delivery if one is not Delivery.NEVER or not kind.obligatory]
            answers = [(str(one), LABELS[one], one is own) for one in allowed]
            if place:
                usual = LABELS[wishes.delivery(kind, EVERYWHERE)]
                answers.insert(0, (AS_EVERYWHERE, f"Comme partout ({usual[:1].lower()}{usual[1:]})", own is None))
            made.append(Choice(_FIELD + kind.code, kind.label, kind.obligatory, tuple(answers)))
        return cls(tuple(made))


def read_wishes(sent: Mapping[str, str]) -> dict[str, Delivery | None]:
    """What was chosen, by kind; None for « comme partout ». What is not understood is left as it was."""
    found: dict[str, Delivery | None] = {}
    for code in KINDS:
        value = sent.get(_FIELD + code)
        if value == AS_EVERYWHERE:
            found[code] = None
        elif value in list(Delivery):
            found[code] = Delivery(value)
    return found
