"""One dossier as the page of an establishment shows it: where it stands, what to do now, what was said and joined."""

from dataclasses import dataclass

from parvis.access.levels import Level
from parvis.access.standing import Standing, standings
from parvis.dossiers.circuits import organisations
from parvis.dossiers.models import CLOSED, Circuit, Document, Dossier, Entry, State
from parvis.dossiers.queries.portfolio import Line, line
from parvis.dossiers.rights import may_read, own_level, side_of, still_in_charge
from parvis.dossiers.steps import Held, held
from parvis.dossiers.transitions import Gesture, Side, allowed
from parvis.establishments.funds import FUNDS
from parvis.ground.pages.filters import date_long, datetime_long
from parvis.ledger.words import euros

# How a line of the history is said; those with a text are messages too.
TITLES = {
    Gesture.BEGUN: "Demande commencée",
    Gesture.PUSHED: "Demande reçue, à instruire",
    Gesture.COMMENT: "Message",
    Gesture.ASSIGN: "S’est attribué le dossier",
    Gesture.RELEASE: "Dossier laissé à qui le prendra",
    Gesture.DELEGATE: "Délégué au centralisateur",
    Gesture.RECALL: "Repris au centralisateur",
    Gesture.RETURN: "Rendu par le centralisateur",
    Gesture.SEND: "Transmis au fonds",
    Gesture.ANSWER: "Pièces transmises au fonds",
    Gesture.WITHDRAW: "Demande retirée",
    Gesture.TAKE: "Pris en charge par un conseiller",
    Gesture.ASK: "Pièce demandée",
    Gesture.ACCEPT: "Demande acceptée",
    Gesture.REFUSE: "Demande refusée",
    Gesture.CANCEL: "Dossier classé sans suite",
}
_MESSAGES = (Gesture.COMMENT, Gesture.RETURN, Gesture.ASK, Gesture.REFUSE, Gesture.CANCEL, Gesture.ACCEPT)


@dataclass(frozen=True, slots=True)
class Said:
    """A line of the thread. `message`: somebody wrote; `ours`: the fund does not read it; `mine`: of one's own side."""

    title: str
    who: str
    side: str
    at: str
    text: str
    message: bool
    ours: bool
    mine: bool


@dataclass(frozen=True, slots=True)
class Next:
    """What to do now, in words. `tone`: of the banner."""

    title: str
    text: str
    tone: str = "act"


@dataclass(frozen=True, slots=True)
class Detail:
    """A dossier as its page shows it to one person."""

    dossier: Dossier
    line: Line
    held: Held | None
    side: Side | None
    own: bool
    thread: list[Said]
    next: Next
    organisations: list[tuple[int, str]]
    may_recall: bool
    free: bool
    due: str
    target: str

    def may(self, gesture: str) -> bool:
        """Whether the person may do that now: a colleague who has the dossier is asked first (`blocked`)."""
        return self.side is not None and allowed(Gesture(gesture), self.side, self.dossier.state) is not None

    @property
    def writes(self) -> bool:
        """Whether the person writes in it at this moment, and need not take it over first."""
        return self.side is not None and (self.free or self.line.mine)

    @property
    def open(self) -> bool:
        return self.dossier.state not in CLOSED

    @property
    def sends(self) -> bool:
        """Whether the side that has it may send it to the fund."""
        return self.side is Side.EMPLOYER or self.dossier.circuit == Circuit.SENDS

    @property
    def fresh(self) -> bool:
        """Whether the fund has not received it yet: its answers may still change."""
        return self.dossier.sent_at is None

    @property
    def returned(self) -> Said | None:
        """What the centralisateur wrote when it gave the dossier back, while the employer has to see to it."""
        back = [one for one in self.thread if one.title == TITLES[Gesture.RETURN]]
        return back[-1] if back and self.dossier.state == State.EMPLOYER else None

    @property
    def granted(self) -> str:
        return euros(self.dossier.granted) if self.dossier.granted is not None else ""


def found(who: Standing, reference: str) -> Dossier | None:
    """A dossier of the establishment in scope; None for none."""
    return Dossier.objects.filter(reference=reference, establishment_id=who.establishment_id).first()


def detail(who: Standing, dossier: Dossier) -> Detail:
    """All that its pages show; a constant number of statements."""
    people = standings(who.establishment_id)
    side, whole = side_of(who, dossier), held(dossier, funds=who.funds, who=who)
    own = own_level(who, dossier.service) >= Level.WRITE and not who.limited and not who.terms.closed
    shown = line(dossier, who, people)
    holder = still_in_charge(dossier, people)
    delegable = own and allowed(Gesture.DELEGATE, Side.EMPLOYER, dossier.state) is not None
    recalls = own and dossier.state == State.CENTRALISER and holder is None
    return Detail(
        dossier=dossier,
        line=shown,
        held=whole,
        side=side,
        own=own,
        thread=thread_of(dossier, Entry.Side(side.value) if side else Entry.Side.EMPLOYER),
        next=_next(dossier, whole, side, own, shown, recalls),
        organisations=organisations(who, dossier.service) if delegable else [],
        may_recall=recalls,
        free=holder is None,
        due=date_long(dossier.due_on) if dossier.due_on else "",
        target=date_long(dossier.target_on) if dossier.target_on else "",
    )


def thread_of(dossier: Dossier, side: Entry.Side) -> list[Said]:
    """Everything that was done and said, the oldest first; `side`: whose lines are one's own. One statement.

    What the policy hides from a fund is not there for its advisers.
    """
    fund = FUNDS[dossier.fund].short if dossier.fund in FUNDS else "Le fonds"
    return [
        Said(
            title=TITLES.get(Gesture(one.gesture), ""),
            who=one.signed or ("Parvis" if one.side == Entry.Side.PLATFORM else fund),
            side=fund if one.side == Entry.Side.FUND else str(Entry.Side(one.side).label),
            at=datetime_long(one.at),
            text=one.text,
            message=bool(one.text) and one.gesture in _MESSAGES,
            ours=one.audience == Entry.Audience.OURS,
            mine=one.side == side,
        )
        for one in dossier.entries.order_by("at", "id")
    ]


def _next(dossier: Dossier, whole: Held | None, side: Side | None, own: bool, shown: Line, recalls: bool) -> Next:
    state, fund = State(dossier.state), shown.the_fund
    if state in CLOSED:
        return _over(dossier, whole, state, fund)
    if state in (State.SENT, State.EXAMINED, State.DECIDING):
        said = "Vous n’avez rien à faire : un courriel vous prévient de la suite."
        if shown.late:
            return Next(
                f"{fund[0].upper()}{fund[1:]} a du retard", f"La réponse était {shown.when[8:]}. {said}", "attention"
            )
        return Next(f"Le dossier est chez {fund}", f"La {shown.when}. {said}")
    if state == State.CENTRALISER and side is not Side.CENTRALISER:
        more = " Personne n’y travaille encore : vous pouvez le reprendre." if recalls else ""
        return Next(
            f"Le dossier est chez « {dossier.organisation_name} »",
            f"Vous le lisez, et personne de l’établissement n’y écrit jusqu’à ce qu’il vous soit rendu.{more}",
        )
    if side is None:
        whose = "à l’employeur" if not own else "à vos collègues"
        return Next("Vous lisez ce dossier", f"La suite appartient {whose} qui ont le niveau « Modification ».")
    if dossier.due_on is not None and whole is not None:
        if whole.missing:
            return Next(
                f"Une pièce est demandée par {fund}",
                f"Joignez-la avant le {date_long(dossier.due_on)}, puis transmettez-la.",
                "attention",
            )
        return Next("Les pièces demandées sont jointes", f"Il reste à les transmettre {shown.to_fund}.", "attention")
    if whole is None:
        return Next("Cette sorte de demande n’est plus proposée", "Elle reste lisible.")
    if obstacle := whole.obstacle:
        return Next("À compléter", obstacle, "attention")
    if side is Side.CENTRALISER and dossier.circuit == Circuit.RETURNS:
        return Next("Complet", "Rendez-le à l’employeur, qui le transmet au fonds.", "well")
    return Next("Complet", f"Relisez-le, puis transmettez-le {shown.to_fund}.", "well")


def _over(dossier: Dossier, whole: Held | None, state: State, fund: str) -> Next:
    day = date_long(dossier.closed_at) if dossier.closed_at else ""
    by = f" Décision : {dossier.decided_by}." if dossier.decided_by else ""
    if state == State.ACCEPTED:
        said = whole.kind.accepted if whole is not None else "La demande est acceptée."
        granted = ""
        if dossier.granted is not None and dossier.granted != dossier.amount:
            granted = f" Montant accordé : {euros(dossier.granted)}."
        return Next(f"Accepté le {day}", f"{said}{granted}{by} {dossier.reason}".strip(), "well")
    if state == State.REFUSED:
        return Next(f"Refusé par {fund} le {day}", dossier.reason, "wrong")
    if state == State.CANCELLED:
        return Next(f"Classé sans suite par {fund} le {day}", dossier.reason, "attention")
    return Next(f"Retiré le {day}", dossier.reason or "L’établissement n’y donne pas suite.")


def document(who: Standing, reference: str, number: int) -> Document | None:
    """A file of a dossier that the person may read; None for any other."""
    one = Document.objects.select_related("dossier").filter(pk=number, dossier__reference=reference).first()
    return one if one is not None and may_read(who, one.dossier.service) else None
