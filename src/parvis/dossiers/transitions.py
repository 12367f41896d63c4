"""The one table of what may be done with a dossier: by which side, from which states, to which, and what that takes.

Whoever acts is found elsewhere (`rights.py`); what an action writes, in `actions/`. Each of them asks `allowed` first.
"""

import enum
from dataclasses import dataclass

from parvis.dossiers.models import State


class Side(enum.StrEnum):
    """Who acts. `SECOND`: another adviser than the one who proposed to accept."""

    EMPLOYER = "employer"
    CENTRALISER = "centraliser"
    FUND = "fund"
    SECOND = "second"


class Gesture(enum.StrEnum):
    """What is done; the lines of a dossier's history bear these codes."""

    BEGUN = "begun"
    PUSHED = "pushed"
    WRITE = "write"
    JOIN = "join"
    COMMENT = "comment"
    ASSIGN = "assign"
    RELEASE = "release"
    DELEGATE = "delegate"
    RECALL = "recall"
    RETURN = "return"
    SEND = "send"
    ANSWER = "answer"
    GIVE_UP = "give_up"
    WITHDRAW = "withdraw"
    TAKE = "take"
    PUT_BACK = "put_back"
    ASK = "ask"
    PROPOSE = "propose"
    DISCARD = "discard"
    ACCEPT = "accept"
    REFUSE = "refuse"
    CANCEL = "cancel"


class Need(enum.StrEnum):
    """What a transition takes besides; checked by the action."""

    COMPLETE = "every answer and document"
    UNSENT = "the fund has not received it yet"
    REASON = "a sentence that says why"
    DUE = "a day until which a document is awaited"
    ORGANISATION = "an organisation to which the establishment delegated the service"
    IDLE = "nobody of the organisation works on it"
    CIRCUIT = "an organisation that sends what it has checked"
    ONE = "a decision that one adviser may take"
    TWO = "a decision that takes two advisers"


@dataclass(frozen=True, slots=True)
class Transition:
    """One line. `to` None: it stays where it is. `when_asked`: where to, if the fund waits for a document."""

    gesture: Gesture
    by: Side
    sources: frozenset[State]
    to: State | None = None
    when_asked: State | None = None
    needs: frozenset[Need] = frozenset()

    def target(self, state: State, *, asked: bool) -> State:
        """Where it leads from that state."""
        return (self.when_asked if asked else None) or self.to or state


def _line(
    gesture: Gesture,
    by: Side,
    *sources: State,
    to: State | None = None,
    when_asked: State | None = None,
    needs: tuple[Need, ...] = (),
) -> Transition:
    return Transition(gesture, by, frozenset(sources), to, when_asked, frozenset(needs))


_S, _G, _N = State, Gesture, Need
_WITH_FUND = (_S.SENT, _S.EXAMINED, _S.ASKED, _S.DECIDING)
_EMPLOYERS = (_S.DRAFT, _S.EMPLOYER)

TABLE: tuple[Transition, ...] = (
    # The establishment, as long as the dossier is not in a centralisateur's hands.
    _line(_G.WRITE, Side.EMPLOYER, *_EMPLOYERS, needs=(_N.UNSENT,)),
    _line(_G.JOIN, Side.EMPLOYER, *_EMPLOYERS, _S.ASKED),
    _line(_G.COMMENT, Side.EMPLOYER, *_EMPLOYERS, *_WITH_FUND),
    _line(_G.ASSIGN, Side.EMPLOYER, *_EMPLOYERS, *_WITH_FUND),
    _line(_G.RELEASE, Side.EMPLOYER, *_EMPLOYERS, *_WITH_FUND),
    _line(_G.DELEGATE, Side.EMPLOYER, *_EMPLOYERS, _S.ASKED, to=_S.CENTRALISER, needs=(_N.ORGANISATION,)),
    _line(_G.RECALL, Side.EMPLOYER, _S.CENTRALISER, to=_S.EMPLOYER, when_asked=_S.ASKED, needs=(_N.IDLE,)),
    _line(_G.SEND, Side.EMPLOYER, *_EMPLOYERS, to=_S.SENT, needs=(_N.COMPLETE,)),
    # Back to who examines it; to the queue, where nobody of the fund has it any more.
    _line(_G.ANSWER, Side.EMPLOYER, _S.ASKED, to=_S.EXAMINED, needs=(_N.COMPLETE,)),
    _line(_G.GIVE_UP, Side.EMPLOYER, _S.DRAFT, needs=(_N.UNSENT,)),
    _line(_G.WITHDRAW, Side.EMPLOYER, _S.EMPLOYER, _S.SENT, _S.EXAMINED, _S.ASKED, to=_S.WITHDRAWN),
    # The centralisateur, as long as it is.
    _line(_G.WRITE, Side.CENTRALISER, _S.CENTRALISER, needs=(_N.UNSENT,)),
    _line(_G.JOIN, Side.CENTRALISER, _S.CENTRALISER),
    _line(_G.COMMENT, Side.CENTRALISER, _S.CENTRALISER),
    _line(_G.ASSIGN, Side.CENTRALISER, _S.CENTRALISER),
    _line(_G.RELEASE, Side.CENTRALISER, _S.CENTRALISER),
    _line(_G.RETURN, Side.CENTRALISER, _S.CENTRALISER, to=_S.EMPLOYER, when_asked=_S.ASKED, needs=(_N.REASON,)),
    _line(
        _G.SEND,
        Side.CENTRALISER,
        _S.CENTRALISER,
        to=_S.SENT,
        when_asked=_S.EXAMINED,
        needs=(_N.COMPLETE, _N.CIRCUIT),
    ),
    # The fund, once it has received it, and while it is not with the centralisateur again.
    _line(_G.COMMENT, Side.FUND, *_WITH_FUND),
    _line(_G.TAKE, Side.FUND, _S.SENT, to=_S.EXAMINED),
    _line(_G.TAKE, Side.FUND, _S.EXAMINED, _S.ASKED),
    _line(_G.PUT_BACK, Side.FUND, _S.EXAMINED, to=_S.SENT),
    _line(_G.PUT_BACK, Side.FUND, _S.ASKED),
    _line(_G.ASK, Side.FUND, _S.SENT, _S.EXAMINED, _S.ASKED, to=_S.ASKED, needs=(_N.REASON, _N.DUE)),
    _line(_G.ACCEPT, Side.FUND, _S.EXAMINED, to=_S.ACCEPTED, needs=(_N.ONE,)),
    _line(_G.PROPOSE, Side.FUND, _S.EXAMINED, to=_S.DECIDING, needs=(_N.TWO,)),
    _line(_G.ACCEPT, Side.SECOND, _S.DECIDING, to=_S.ACCEPTED, needs=(_N.TWO,)),
    _line(_G.DISCARD, Side.SECOND, _S.DECIDING, to=_S.EXAMINED),
    _line(_G.REFUSE, Side.FUND, _S.EXAMINED, _S.ASKED, to=_S.REFUSED, needs=(_N.REASON,)),
    _line(_G.CANCEL, Side.FUND, _S.SENT, _S.EXAMINED, _S.ASKED, to=_S.CANCELLED, needs=(_N.REASON,)),
)
_LINES = {(line.gesture, line.by, state): line for line in TABLE for state in line.sources}


def allowed(gesture: Gesture, by: Side, state: str) -> Transition | None:
    """The line that lets this side do that in this state; None where none does."""
    return _LINES.get((gesture, by, State(state)))


# Why not, for who tries all the same: nearly always somebody else moved the dossier meanwhile.
WHY_NOT = {
    State.DRAFT: "Cette demande est encore un brouillon.",
    State.EMPLOYER: "Ce dossier est à instruire par l’employeur.",
    State.CENTRALISER: "Ce dossier est entre les mains du centralisateur : personne d’autre n’y écrit jusqu’à ce qu’il "
    "le rende.",
    State.SENT: "Ce dossier est transmis au fonds : ce qui est écrit ne change plus.",
    State.EXAMINED: "Ce dossier est en cours d’instruction par le fonds.",
    State.ASKED: "Le fonds attend une pièce pour ce dossier.",
    State.DECIDING: "La décision du fonds sur ce dossier est en cours.",
    State.ACCEPTED: "Ce dossier est accepté : il ne change plus.",
    State.REFUSED: "Ce dossier est refusé : il ne change plus. Une nouvelle demande peut être faite.",
    State.WITHDRAWN: "Ce dossier est retiré : il ne change plus.",
    State.CANCELLED: "Ce dossier est classé sans suite : il ne change plus.",
}
