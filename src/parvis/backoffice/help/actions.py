"""Writing a question and its answer, publishing and withdrawing it."""

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from parvis.access import registry
from parvis.advisers.standing import AdviserStanding
from parvis.backoffice.editing import check_funds, note
from parvis.ground import clock
from parvis.ground.identifiers.text import search_key
from parvis.ground.tenancy import Refused, action
from parvis.information.models import Question

GONE = "Cette question n’existe pas, ou concerne d’autres fonds."


@dataclass(frozen=True, slots=True)
class Written:
    """What was typed, validated. With a `service` its theme is that of the service."""

    question: str
    answer: str
    theme: str
    service: str
    funds: list[str]
    rank: int
    starts_on: datetime.date | None
    ends_on: datetime.date | None


@action
def write(*, who: AdviserStanding, written: Written, ref: uuid.UUID | None = None) -> Question:
    """Keep a new draft, or change a question: a published one changes at once for its readers. Raises Refused."""
    held = _held(ref) if ref else None
    if held is not None:
        check_funds(who, held.funds)
    check_funds(who, written.funds)
    service = registry.get(written.service) if written.service else None
    if written.service and service is None:
        raise Refused("Ce service n’existe pas : choisissez dans la liste.", field="where")
    before = _said(held) if held else {}
    one = held or Question(created_at=clock.now(), written_by=who.ref)
    for name in ("question", "answer", "service", "funds", "rank", "starts_on", "ends_on"):
        setattr(one, name, getattr(written, name))
    one.theme = service.theme.code if service else written.theme
    one.changed_at = clock.now()
    one.search_title, one.search_text = search_key(one.question), search_key(one.answer)
    one.save()
    note("question.changed" if before else "question.created", who, one.ref, before=before, after=_said(one))
    return one


@action
def set_state(*, who: AdviserStanding, ref: uuid.UUID, published: bool) -> Question:
    """Show it in the help centre, within its dates; or to nobody any more."""
    one = _held(ref)
    check_funds(who, one.funds)
    wanted = Question.State.PUBLISHED if published else Question.State.WITHDRAWN
    if one.state == wanted:
        raise Refused("Cette question est déjà publiée." if published else "Cette question est déjà retirée.")
    before = _said(one)
    one.state, one.changed_at = wanted, clock.now()
    one.save(update_fields=["state", "changed_at"])
    kind = "question.published" if published else "question.withdrawn"
    note(kind, who, one.ref, before=before, after=_said(one))
    return one


def _held(ref: uuid.UUID) -> Question:
    # The adviser's policy hides those that name a fund of others: they do not exist.
    one = Question.objects.select_for_update(of=("self",)).filter(ref=ref).first()
    if one is None:
        raise Refused(GONE)
    return one


def _said(one: Question) -> dict[str, Any]:
    return {
        "state": one.state,
        "service": one.service,
        "theme": one.theme,
        "funds": one.funds,
        "starts_on": str(one.starts_on or ""),
        "ends_on": str(one.ends_on or ""),
    }
