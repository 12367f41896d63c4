"""The record of a review: its page, as PDF and as CSV."""

import uuid
from contextlib import nullcontext
from pathlib import Path

from django.http import Http404, HttpResponse

from parvis.access.actions.guards import actor_of
from parvis.access.pages import page
from parvis.access.review.records import Record, RecordLine, record_of
from parvis.access.rules import MemberRequest, administrator
from parvis.establishments.lineage import Predecessor, predecessor, within
from parvis.ground import pdf, rules, tenancy
from parvis.ground.pages.filters import date_long, datetime_long, plural
from parvis.ground.pages.filters import siret as siret_shown
from parvis.ground.tables import CSV_TYPE, Column, csv_file, download
from parvis.journal.actions import trace

TEMPLATE = Path(__file__).resolve().parent.parent / "templates" / "access" / "sheets" / "review.typ"
COLUMNS: list[Column] = [
    Column("Personne ou organisme", "name"),
    Column("Profil", "profile"),
    Column("Droits à la décision", lambda line: " · ".join(line.held)),
    Column("Décision", "choice"),
    Column("Droits après modification", lambda line: " · ".join(line.after)),
    Column("Remarque", "note"),
    Column("Décidé par", "by"),
    Column("Décidé le", "at", "datetime"),
]


def _record(ref: uuid.UUID, old: str) -> tuple[Record, Predecessor | None]:
    """The record, and the establishment whose it is, where this one has taken that one's place."""
    before = predecessor(old) if old else None
    if old and before is None:
        raise Http404
    with within(before) if before else nullcontext():
        found = record_of(ref)
    if found is None:
        raise Http404
    return found, before


@administrator()
def record(request: MemberRequest, siret: str, ref: uuid.UUID, old: str = "") -> HttpResponse:
    """The record of a closed review. `old`: of an establishment whose place this one has taken."""
    found, before = _record(ref, old)
    return page(request, "access/review/record.html", {"record": found, "before": before})


def _answer(
    request: MemberRequest, found: Record, before: Predecessor | None, content: bytes, form: str, kind: str
) -> HttpResponse:
    """The file; who took it is journaled once it is made."""
    who = request.standing
    name = f"revue-des-droits-{before.siret if before else who.siret}-{found.review.opened_at:%Y-%m-%d}.{form}"

    def noted() -> None:
        with tenancy.scope(person=who.person_id, establishment=who.establishment_id):
            after = {"rows": len(found.lines), "format": form}
            trace("review.exported", actor=actor_of(who), object=found.review.ref, after=after)

    rules.after(request, noted)
    return download(content, name, kind)


@administrator()
def as_csv(request: MemberRequest, siret: str, ref: uuid.UUID, old: str = "") -> HttpResponse:
    """A row for each line."""
    found, before = _record(ref, old)
    return _answer(request, found, before, csv_file(COLUMNS, found.lines), "csv", CSV_TYPE)


@administrator()
def as_pdf(request: MemberRequest, siret: str, ref: uuid.UUID, old: str = "") -> HttpResponse:
    """The record on paper, tagged."""
    (found, before), who = _record(ref, old), request.standing
    name, number = (before.name, before.siret) if before else (who.establishment_name, who.siret)
    made = record_sheet(found, establishment=name, siret=number)
    return _answer(request, found, before, made, "pdf", "application/pdf")


def record_sheet(found: Record, *, establishment: str, siret: str) -> bytes:
    """The record as PDF: who signed, what was decided of whom, when and by whom."""
    review = found.review
    return pdf.compile(
        TEMPLATE,
        {
            "establishment": establishment,
            "siret": siret_shown(siret),
            "opened": date_long(review.opened_at),
            "cause": found.cause,
            "due": date_long(review.due_on),
            "closed": datetime_long(review.closed_at) if review.closed_at else "",
            "signed": found.signed_by,
            "reference": str(review.ref),
            "counts": [[label, plural(count, "ligne", "lignes")] for label, count in found.counts],
            "lines": [_row(line) for line in found.lines],
        },
    )


def _row(line: RecordLine) -> dict[str, object]:
    return {
        "name": line.name,
        "profile": line.profile,
        "held": line.held,
        "after": line.after,
        "choice": line.choice,
        "note": line.note,
        "by": line.by,
        "at": datetime_long(line.at) if line.at else "",
    }
