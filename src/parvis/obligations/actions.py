"""What people do with an obligation: take it, give it back, tick it, take the tick away; a service may tick too."""

import datetime
from typing import Any

from parvis.access.actions.guards import actor_of
from parvis.access.standing import Standing
from parvis.ground import clock, tenancy
from parvis.ground.pages.filters import date_long
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import Actor, record
from parvis.journal.queries import FORGOTTEN, names
from parvis.notices.actions import forget
from parvis.obligations.computing import period_in_words
from parvis.obligations.materialising import materialise
from parvis.obligations.models import LONGEST_NOTE, Computation, Occurrence
from parvis.obligations.rights import FUNDS, ticked_funds
from parvis.obligations.telling import DUE, tell_moved
from parvis.regulations.periods import Period

NOT_YOURS = (
    "Cocher une échéance demande d’administrer l’établissement, ou d’avoir « Modification » sur un service en ligne "
    "du fonds."
)
FIRST_DAY = datetime.timedelta(days=730)


class NotThere(LookupError):
    """No such obligation in the establishment."""


def refresh(establishment: int) -> None:
    """Compute again what the establishment in scope must do, at once: its facts have changed."""
    tell_moved(materialise([establishment]))


def _locked(establishment: int, key: str) -> Occurrence:
    rows = Occurrence.objects.select_for_update().filter(establishment_id=establishment, key=key)
    found = rows.first()
    if found is None:
        # The page computes what nothing wrote down yet.
        refresh(establishment)
        found = rows.first()
    if found is None:
        raise NotThere(key)
    return found


def _ticked(who: Standing, key: str) -> Occurrence:
    found = _locked(who.establishment_id, key)
    if found.fund not in ticked_funds(who):
        raise Refused(NOT_YOURS)
    return found


def _said(found: Occurrence, **more: Any) -> dict[str, Any]:
    period = period_in_words(Period(found.period_starts_on, found.period_ends_before))
    return {"key": found.key, "fund": FUNDS[found.fund], "label": found.label, "period": period, **more}


def _save(found: Occurrence, *fields: str) -> None:
    found.changed_at = clock.now()
    found.save(update_fields=[*fields, "changed_at"])


@action
def take(*, who: Standing, key: str) -> Occurrence:
    """« Je m’en occupe ». Raises Refused when somebody else does already, or it is done; NotThere."""
    found = _ticked(who, key)
    if found.done_at is not None:
        raise Refused("Cette échéance est déjà faite : personne n’a plus à s’en occuper.")
    if found.taken_by is not None:
        if found.taken_by == who.ref:
            return found
        raise Refused(f"{names([found.taken_by]).get(found.taken_by, FORGOTTEN)} s’en occupe déjà.")
    found.taken_by, found.taken_at = who.ref, clock.now()
    _save(found, "taken_by", "taken_at")
    record("obligation.taken", actor=actor_of(who), after=_said(found))
    return found


@action
def release(*, who: Standing, key: str) -> Occurrence:
    """« Je ne m’en occupe plus »: who took it, or who administers in their place. Raises Refused, NotThere."""
    found = _ticked(who, key)
    if found.taken_by is None:
        return found
    if found.taken_by != who.ref and not who.administers:
        raise Refused("Seule la personne qui s’en occupe, ou quelqu’un qui administre, peut la rendre.")
    found.taken_by = found.taken_at = None
    _save(found, "taken_by", "taken_at")
    record("obligation.released", actor=actor_of(who), after=_said(found))
    return found


@action
def done(*, who: Standing, key: str, on: datetime.date, note: str = "") -> Occurrence:
    """« C’est fait »: on a day, today at the latest. Raises Refused when it is ticked already; NotThere."""
    found, today = _ticked(who, key), clock.today()
    if found.done_at is not None:
        by = names([found.done_by]).get(found.done_by, FORGOTTEN) if found.done_by else found.done_reason
        raise Refused(f"Cette échéance est déjà cochée : faite le {date_long(found.done_on or today)} ({by}).")
    if not today - FIRST_DAY <= on <= today:
        raise Refused(
            "Saisissez le jour où cela a été fait : aujourd’hui au plus tard, il y a deux ans au plus.", field="on"
        )
    _tick(found, on=on, note=note.strip()[:LONGEST_NOTE], by=who)
    forget(DUE, establishment=found.establishment_id, object_id=found.pk)
    record("obligation.done", actor=actor_of(who), after=_said(found, on=on.isoformat()))
    return found


def _tick(
    found: Occurrence, *, on: datetime.date, note: str = "", by: Standing | None = None, reason: str = ""
) -> None:
    found.done_at, found.done_on, found.note = clock.now(), on, note
    found.done_by, found.done_reason = by.ref if by else None, reason
    _save(found, "done_at", "done_on", "note", "done_by", "done_reason")


@action
def undone(*, who: Standing, key: str) -> Occurrence:
    """« Ce n’est pas fait »: the tick goes with its day and note, whoever put it. Raises Refused, NotThere."""
    found = _ticked(who, key)
    if found.done_at is None:
        return found
    on = found.done_on
    found.done_at = found.done_on = found.done_by = None
    found.done_reason = found.note = ""
    _save(found, "done_at", "done_on", "done_by", "done_reason", "note")
    record("obligation.undone", actor=actor_of(who), after=_said(found, on=on.isoformat() if on else ""))
    return found


@action
def done_by_service(
    *, actor: Actor, fund: str, act: str, day: datetime.date, reason: str, on: datetime.date | None = None
) -> int:
    """Tick what an online service saw done in the establishment in scope; how many were ticked (0: done already).

    `fund` and `act` by their codes (`regulations.due_dates.calendar.Fund`, `Act` in small letters); `day`: any of the
    period that was paid or declared; `reason`: a sentence that names the service, shown beside the tick.
    """
    if not reason:
        raise ValueError("a tick without anybody needs a reason")
    here = tenancy.current().establishment
    rows = Occurrence.objects.select_for_update().filter(
        establishment_id=here, fund=fund, act=act, period_starts_on__lte=day, period_ends_before__gt=day
    )
    known = list(rows.order_by("pk"))
    if not known and not Computation.objects.filter(establishment_id=here).exclude(digest="").exists():
        # Nothing was ever written down; what is follows its facts by itself.
        refresh(here)
        known = list(rows.order_by("pk"))
    found = [one for one in known if one.done_at is None and one.withdrawn_on is None]
    for one in found:
        _tick(one, on=on or clock.today(), reason=reason)
        record("obligation.done", actor=actor, after=_said(one, on=(on or clock.today()).isoformat(), reason=reason))
    return len(found)


@action
def undone_by_service(*, actor: Actor, place: int, key: str, reason: str) -> bool:
    """Take back the tick that a service put with that `reason`, where it is still there; whether it was."""
    rows = Occurrence.objects.select_for_update().filter(establishment_id=place, key=key, done_reason=reason)
    found = rows.exclude(done_at=None).first()
    if found is None:
        return False
    on = found.done_on
    found.done_at = found.done_on = found.done_by = None
    found.done_reason = found.note = ""
    _save(found, "done_at", "done_on", "done_by", "done_reason", "note")
    record("obligation.undone", actor=actor, after=_said(found, on=on.isoformat() if on else ""))
    return True
