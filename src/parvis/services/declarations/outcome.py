"""What a declaration comes to: which one it takes the place of, what is due; the month beside others: `comparing`."""

import datetime
from collections.abc import Sequence

from django.db.models import Q

from parvis.access.actions.guards import locked
from parvis.access.levels import Level
from parvis.agents.actions import close_replacement
from parvis.dsn import shapes
from parvis.dsn.shapes import Declaration as Told
from parvis.dsn.shapes import Problem
from parvis.ground import clock
from parvis.journal.actions import SYSTEM, record
from parvis.ledger import corrections
from parvis.ledger.actions import Entry, counter, record_all
from parvis.ledger.corrections import Raise, raised
from parvis.ledger.models import Kind, Movement
from parvis.ledger.sides import due as sides_due
from parvis.notices.actions import notify
from parvis.obligations.actions import done_by_service
from parvis.regulations.due_dates.calendar import Fund, Payer, due
from parvis.regulations.parameters import NotKnown, value
from parvis.services.declarations import comparing
from parvis.services.declarations.models import Anomaly, Correction, Declaration
from parvis.services.declarations.processing import Sums, Work
from parvis.services.declarations.standing import WAITING, in_force

FUNDS = ("cnracl", "rafp", "ircantec")
SEEN_DONE = "Vu dans « Déclarations individuelles (DI) » : la DSN du mois est reçue."


class Rejected(Exception):
    """The declaration is refused as a whole; nothing of it was written."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__()
        self.problems = list(problems)


def refused(told: Told, code: str, message: str, rubric: str = "S20.G00.05.002") -> Rejected:
    """A declaration that is well written and cannot be taken."""
    return Rejected([Problem(told.line, rubric, code, message, declaration=told.number)])


def place_of(row: Declaration, told: Told) -> list[Declaration]:
    """The declarations in whose place this one comes; none for a first one. Locks the establishment. Raises Rejected.

    « Annule et remplace » takes the place of the same fraction of the month; the whole month where it comes in one
    piece. A test takes nobody's place.
    """
    if row.test:
        return []
    locked(row.establishment_id)
    return taken_by(row, told)


def taken_by(row: Declaration, told: Told) -> list[Declaration]:
    """The same, looked up without the lock: of no test. Raises Rejected."""
    rows = in_force(row).filter(month=row.month).order_by("pk")
    same = Q(fraction=row.fraction) | ~Q(fractions=row.fractions)
    held = list(rows if row.fractions == 1 else rows.filter(same))
    if not told.replacing and told.kind != shapes.CANCELS:
        if held:
            says = (
                "Ce mois est déjà déclaré pour cette fraction : envoyez une DSN « annule et remplace », ou régularisez "
                "dans la DSN d’un prochain mois."
            )
            raise refused(told, "DSN-DEJA", says)
        return []
    if any(one.order > row.order for one in held):
        says = "Une déclaration plus récente de ce mois est déjà reçue : son numéro d’ordre est plus grand."
        raise refused(told, "DSN-ANNULEE", says, "S20.G00.05.004")
    if not held and told.kind == shapes.CANCELS:
        raise refused(told, "DSN-INCONNUE", "La déclaration à annuler n’est pas reçue, ou l’est déjà par une autre.")
    return held


def reports_on(month: datetime.date, headcount: int, received: datetime.date) -> datetime.date:
    """From when the reports of a month can be read: three days after its deadline (the 8th, or the 18th), or the day
    of receipt. Source: parameter `dsn.reports_after_days`."""
    try:
        deadline = due(Fund.DSN, Payer(headcount=headcount), period=month).value.on
        after = int(value("dsn.reports_after_days", on=month).value)
    except (NotKnown, ValueError):
        return received
    return max(deadline + datetime.timedelta(days=after), received)


def finish(work: Work, told: Told, replaced: Sequence[Declaration], *, quiet: bool = False) -> None:
    """Everything that the end of a declaration decides, after its last batch. `quiet`: nobody is told."""
    row, sums = work.row, work.sums
    row.individuals, row.applied = sums.individuals, sums.applied
    row.due, row.bases, row.left = sums.due, sums.bases, sums.left
    row.processed_at = row.received_at if quiet else clock.now()
    row.reports_on = reports_on(row.month, sums.individuals, row.received_at.astimezone(clock.PARIS).date())
    if row.test:
        row.state = _state(sums.anomalies.total() > 0)
        row.save()
        return
    for old in replaced:
        _replaced(old, row)
    cancels = told.kind == shapes.CANCELS
    row.replaces = replaced[0].ref if replaced else None
    # In force before the whole month is looked at: it is one of the month's.
    row.state = Declaration.State.REPLACED if cancels else _state(sums.anomalies.total() > 0)
    row.save()
    whole = False
    if not cancels:
        whole = _whole(row)
        _record_due(row, sums, replaced)
        if whole:
            comparing.of_the_month(work)
            if row.state != (state := _state(sums.anomalies.total() > 0)):
                row.state = state
                row.save(update_fields=["state"])
    comparing.again(row.establishment_id, row.month, whole=whole, quiet=quiet)
    if quiet:
        return
    if whole:
        done_by_service(actor=SYSTEM, fund="dsn", act="declare", day=row.month, reason=SEEN_DONE)
    record("declaration.processed", actor=SYSTEM, object=row.ref, after=said(row))
    if sums.anomalies:
        notify(
            "declaration",
            establishment=row.establishment_id,
            object_id=row.pk,
            service="declarations",
            level=Level.WRITE,
            detail={"count": sums.anomalies.total(), "month": row.month.isoformat(), "ref": str(row.ref)},
        )


def said(row: Declaration) -> dict[str, object]:
    """What the journal keeps of a declaration."""
    return {"month": row.month.isoformat(), "state": str(row.state), "individuals": row.individuals}


def _state(wrong: bool) -> Declaration.State:
    return Declaration.State.ANOMALIES if wrong else Declaration.State.PROCESSED


def _replaced(old: Declaration, row: Declaration) -> None:
    """What another declaration takes the place of no longer counts: bases, what was due, anomalies."""
    close_replacement(establishment=row.establishment_id, declaration=row.ref, replaces=old.ref)
    for fund, (agent, employer) in old.due.items():
        if agent or employer:
            counter(
                actor=SYSTEM,
                establishment=row.establishment_id,
                fund=fund,
                key=ledger_key(old, fund),
                why="DSN remplacée par une autre.",
            )
    Anomaly.objects.filter(declaration=old, state__in=WAITING).update(
        state=Anomaly.State.CLOSED, settled_at=clock.now()
    )
    # What was begun on it can no longer be applied, and would stay « À faire ».
    Correction.objects.filter(individual__declaration=old, state=Correction.State.DRAFT).delete()
    old.state = Declaration.State.REPLACED
    old.save(update_fields=["state"])


def ledger_key(row: Declaration, fund: str) -> str:
    """The key of what a declaration makes due to a fund."""
    return f"declaration:{row.ref}:{fund}:{row.month:%Y-%m}"


def _record_due(row: Declaration, sums: Sums, replaced: Sequence[Declaration]) -> None:
    """What is due, and what else decides of it: when it was first declared, of how many agents, what this one adds."""
    day = _day(row)
    detail = {"received_on": _first_received(row, replaced).isoformat(), "persons": sums.individuals}
    added = _added(row, replaced)
    entries = []
    for fund, (agent, employer) in sums.due.items():
        was, before = added.get(fund, (0, ()))
        raises = raised(before, was=was, now=agent + employer, on=day) if replaced else ()
        if agent or employer:
            told = {**detail, "agents": sums.agents[fund], "fraction": row.fraction, **corrections.told(raises)}
            entries.append(
                Entry(
                    *(row.establishment_id, fund, Kind.DUE, row.month, sides_due(agent, employer)),
                    ledger_key(row, fund),
                    on=day,
                    label="DSN",
                    detail=told,
                )
            )
    record_all(actor=SYSTEM, entries=[one for one in entries if len(one.sides) >= 2])


def _day(row: Declaration) -> datetime.date:
    return row.received_at.astimezone(clock.PARIS).date()


def _first_received(row: Declaration, replaced: Sequence[Declaration]) -> datetime.date:
    """The day on which the first of the declarations came that stand one in the place of another."""
    days, before = [_day(row)], list(replaced)
    while before:
        days += [_day(one) for one in before]
        refs = [one.replaces for one in before if one.replaces]
        same = Declaration.objects.filter(establishment_id=row.establishment_id, month=row.month, ref__in=refs)
        before = list(same) if refs else []
    return min(days)


def _added(row: Declaration, replaced: Sequence[Declaration]) -> dict[str, tuple[int, tuple[Raise, ...]]]:
    """What the declarations in whose place this one comes made due by fund, and what of it was added by corrections."""
    if not replaced:
        return {}
    keys = [ledger_key(one, fund) for one in replaced for fund in one.due]
    rows = Movement.objects.filter(establishment_id=row.establishment_id, key__in=keys).order_by("pk")
    raises: dict[str, tuple[Raise, ...]] = {}
    for one in rows:
        raises[one.fund] = (*raises.get(one.fund, ()), *corrections.read(one.detail))
    was: dict[str, int] = {}
    for old in replaced:
        for fund, (agent, employer) in old.due.items():
            was[fund] = was.get(fund, 0) + agent + employer
    return {fund: (amount, raises.get(fund, ())) for fund, amount in was.items()}


def _whole(row: Declaration) -> bool:
    """Whether all fractions of the month are in force."""
    if row.fractions == 1:
        return True
    return in_force(row).filter(month=row.month).count() >= row.fractions
