"""Access requests of an adviser's funds: what waits, what may be downloaded, what is over."""

import datetime
import uuid
from dataclasses import dataclass

from parvis.advisers.models import DataExport, SensitiveAct
from parvis.advisers.standing import AdviserStanding
from parvis.backoffice.data_export.actions import KIND, said
from parvis.ground import clock

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One request; `download`: the copy that this very adviser may take now."""

    act: uuid.UUID
    reference: str
    name: str
    asked_by: str
    asked_at: datetime.datetime
    state: str
    tone: str
    more: str
    until: datetime.datetime | None
    download: uuid.UUID | None


def requests(who: AdviserStanding) -> list[Line]:
    """The latest of their funds, in two statements. Names of what is settled are not shown any more."""
    acts = list(SensitiveAct.objects.filter(kind=KIND).select_related("opened_by").order_by("-opened_at")[:SHOWN])
    made = {one.act_id: one for one in DataExport.objects.filter(act__in=acts)}
    return [_line(who, act, made.get(act.pk)) for act in acts]


def _line(who: AdviserStanding, act: SensitiveAct, made: DataExport | None) -> Line:
    ready = made is not None and bool(made.key) and made.expires_at > clock.now()
    mine = act.opened_by_id == who.adviser_id
    if made is not None:
        state, tone = ("Copie prête", "well") if ready else ("Copie effacée", "neutral")
        more = "" if made.taken_at is None else "Déjà téléchargée"
    else:
        state, tone = act.get_state_display(), "attention" if act.state == "waiting" else "neutral"
        more = act.note
    return Line(
        act=act.pk,
        reference=said(act, "reference"),
        name=said(act, "name") if ready or act.state == "waiting" else "",
        asked_by=str(act.opened_by),
        asked_at=act.opened_at,
        state=state,
        tone=tone,
        more=more,
        until=made.expires_at if made is not None and ready else None,
        download=made.ref if made is not None and ready and mine else None,
    )
