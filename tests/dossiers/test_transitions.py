"""The one table, tried whole: every gesture by every side in every state does what a line says, or nothing."""

import datetime
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction

from parvis.backoffice.dossiers import actions as office
from parvis.dossiers.actions import drafting, handing, sending
from parvis.dossiers.actions.deciding import Decision
from parvis.dossiers.models import CLOSED, Dossier, State
from parvis.dossiers.transitions import TABLE, Gesture, Side, allowed
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused
from tests.dossiers.hands import Hands, clean
from tests.world import Someone

Act = Callable[[str], Any]
SOON = datetime.timedelta(days=9)


def of_employer(hands: Hands) -> dict[Gesture, Act]:
    """What somebody of the establishment does; `ASSIGN` is a colleague's."""
    return {
        **_of_side(hands, hands.lea),
        Gesture.ASSIGN: lambda one: hands.does(hands.claire, handing.assign, reference=one),
        Gesture.DELEGATE: lambda one: hands.does(
            hands.lea, handing.delegate, reference=one, organisation=hands.organisation.pk
        ),
        Gesture.RECALL: lambda one: hands.does(hands.lea, handing.recall, reference=one),
        Gesture.GIVE_UP: lambda one: hands.does(hands.lea, drafting.give_up, reference=one),
        Gesture.WITHDRAW: lambda one: hands.does(hands.lea, sending.withdraw, reference=one, text="Parce que."),
    }


def of_centraliser(hands: Hands) -> dict[Gesture, Act]:
    """What the agent of the centre does."""
    return {
        **_of_side(hands, hands.agent),
        Gesture.ASSIGN: lambda one: hands.does(hands.agent, handing.assign, reference=one),
        Gesture.RETURN: lambda one: hands.does(hands.agent, handing.give_it_back, reference=one, text="Contrôlé."),
    }


def _of_side(hands: Hands, who: Someone) -> dict[Gesture, Act]:
    def write(one: str) -> Any:
        said = {"fund": "cnracl", "amount": 777}
        return hands.does(
            who, drafting.write, reference=one, step="objet", answers=said, version=hands.now(one).version
        )

    def send(one: str) -> Any:
        return hands.does(who, sending.send, reference=one, version=hands.now(one).version, attested=True)

    return {
        Gesture.WRITE: write,
        Gesture.JOIN: lambda one: hands.does(who, drafting.join, reference=one, piece="preuve", document=clean("red")),
        Gesture.COMMENT: lambda one: hands.does(who, sending.comment, reference=one, text="Un mot."),
        Gesture.RELEASE: lambda one: hands.does(who, handing.release, reference=one),
        Gesture.SEND: send,
    }


def of_fund(hands: Hands) -> dict[Gesture, Act]:
    """What the second adviser does: the first one has the dossier."""
    who, decision = "second", Decision(12_345)
    return {
        Gesture.TAKE: lambda one: hands.adviser(who, office.take, reference=one),
        Gesture.PUT_BACK: lambda one: hands.adviser(who, office.put_back, reference=one),
        Gesture.COMMENT: lambda one: hands.adviser(who, office.comment, reference=one, text="Un mot."),
        Gesture.ASK: lambda one: hands.adviser(
            who, office.ask, reference=one, piece="rib", label="", text="Illisible.", due_on=clock.today() + SOON
        ),
        Gesture.ACCEPT: lambda one: hands.adviser(who, office.accept, reference=one, decision=decision),
        Gesture.REFUSE: lambda one: hands.adviser(who, office.refuse, reference=one, text="Non."),
        Gesture.CANCEL: lambda one: hands.adviser(who, office.cancel, reference=one, text="En double."),
    }


class Undo(Exception):
    """The act is taken back, so that the next one finds the same dossier."""


def tried(hands: Hands, act: Act, one: Dossier) -> tuple[bool, str | None]:
    """Whether anything changed, and the state then (None: it is gone)."""
    outcome: list[Any] = []
    try:
        with transaction.atomic():
            before = _picture(hands, one.reference)
            try:
                act(one.reference)
            except Refused:
                outcome += [False, one.state]
            else:
                after = _picture(hands, one.reference)
                outcome += [after != before, after[0] if after else None]
            raise Undo
    except Undo:
        return outcome[0], outcome[1]


def _picture(hands: Hands, reference: str) -> tuple[Any, ...]:
    with tenancy.scope(establishment=hands.world.here.pk):
        found = Dossier.objects.filter(reference=reference).first()
        if found is None:
            return ()
        return (found.state, found.version, found.taken_by, found.worked_by, found.adviser_id, found.entries.count())


# « Transmettre » answers what the fund asks for, once it has the dossier.
ALSO = {(Gesture.SEND, Side.EMPLOYER, State.ASKED): Gesture.ANSWER}
# What two advisers decide is tried in `test_deciding.py`; the answer of a document awaited is that of another test.
ELSEWHERE = {Gesture.PROPOSE, Gesture.DISCARD, Gesture.ANSWER}


@pytest.mark.parametrize("state", list(State))
def test_every_gesture_of_every_side_does_what_the_table_says_and_nothing_else(state: State, hands: Hands) -> None:
    one = hands.in_state(state)
    for side, acts in (
        (Side.EMPLOYER, of_employer(hands)),
        (Side.CENTRALISER, of_centraliser(hands)),
        (Side.FUND, of_fund(hands)),
    ):
        for gesture, act in acts.items():
            line = allowed(ALSO.get((gesture, side, state), gesture), side, state)
            # Nobody has it at the centre, and whoever has nothing leaves nothing.
            nothing = gesture is Gesture.RELEASE and side is Side.CENTRALISER
            done, after = tried(hands, act, one)
            assert done == (line is not None and not nothing), (gesture, side, state)
            if line is not None and done:
                wanted = None if gesture is Gesture.GIVE_UP else line.target(state, asked=state is State.ASKED)
                assert after == (str(wanted) if wanted else None), (gesture, side, state)


def test_every_line_of_the_table_is_tried_or_named() -> None:
    sides = {Side.EMPLOYER: of_employer, Side.CENTRALISER: of_centraliser, Side.FUND: of_fund}
    hands: Any = SimpleNamespace(lea=None, agent=None)
    for line in TABLE:
        acts = sides[line.by](hands) if line.by in sides else {}
        assert line.gesture in acts or line.gesture in ELSEWHERE or line.by is Side.SECOND, line
    for state in CLOSED:
        assert not [line for line in TABLE if state in line.sources], "what is over stays over"
