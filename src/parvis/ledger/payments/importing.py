"""A bank statement comes in: read whole, matched, written in one transaction. The same file again changes nothing.

All or nothing for each file: killed in the middle, nothing of it is there, and the same command does it then.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from django.conf import settings
from django.db import connection

from parvis.ground import clock, tenancy
from parvis.ground.pages.filters import plural
from parvis.journal.actions import SYSTEM
from parvis.ledger import sides
from parvis.ledger.actions import Entry, record_all
from parvis.ledger.bank_accounts import fund_of
from parvis.ledger.models import BankFile, BankPayment, Kind
from parvis.ledger.payments import camt, tabular
from parvis.ledger.payments.known import heirs, known
from parvis.ledger.payments.matching import Match, match
from parvis.ledger.payments.returning import no_longer_waits, original, take_back
from parvis.ledger.payments.statements import Received, Statement, Unreadable
from parvis.ledger.payments.telling import tell_taken_back

OWNER = "parvis_owner"
State = BankPayment.State
# One statement at a time: what is owed is read, then paid.
LOCK = 0x50415901


@dataclass(slots=True)
class Report:
    """What an import did. `already`: the file was imported before; `known`: transfers of it that an earlier one had;
    `back`: those that the bank took back, recognised."""

    read: int = 0
    matched: int = 0
    waiting: int = 0
    known: int = 0
    aside: int = 0
    back: int = 0
    already: bool = False
    places: set[int] = field(default_factory=set)

    def __str__(self) -> str:
        if self.already:
            return "Ce relevé est déjà importé : rien n’a changé."
        parts = [
            plural(self.read, "virement lu", "virements lus"),
            plural(self.matched, "rapproché", "rapprochés"),
            f"{self.waiting} en attente d’un conseiller",
        ]
        if self.back:
            parts.append(plural(self.back, "repris par la banque", "repris par la banque"))
        if self.known:
            parts.append(f"{self.known} déjà {'connus' if self.known > 1 else 'connu'} par un autre relevé")
        if self.aside:
            parts.append(plural(self.aside, "écriture laissée de côté", "écritures laissées de côté"))
        return f"{parts[0]} : {', '.join(parts[1:])}."


def read(content: bytes) -> list[Statement]:
    """The statements of a file, whatever its format: XML begins with « < », everything else is a table."""
    head = content[:200].lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
    return camt.read(content) if head.startswith(b"<") else tabular.read(content)


def import_statement(path: Path) -> Report:
    """Import a file, as the owner. Raises Unreadable (nothing is written), OSError where it cannot be read."""
    if path.stat().st_size > settings.PARVIS_BANK_FILE_LIMIT:
        raise Unreadable(f"ce fichier dépasse {settings.PARVIS_BANK_FILE_LIMIT // 1_000_000} Mo : coupez-le.")
    return import_content(path.read_bytes(), path.name)


def import_content(content: bytes, name: str) -> Report:
    """The same, of what a file holds."""
    statements = read(content)
    form = "camt.053" if content.lstrip()[:1] == b"<" else "table"
    digest, report = hashlib.sha256(content).hexdigest(), Report()
    with tenancy.scope(role=OWNER):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        if BankFile.objects.filter(digest=digest).exists():
            report.already = True
            return report
        files: dict[str, BankFile] = {}
        for statement in statements:
            fund = fund_of(statement.iban)
            if fund is None:
                raise Unreadable(
                    f"le compte {statement.iban[:34]} n’est celui d’aucun fonds : complétez le fichier "
                    "PARVIS_BANK_ACCOUNTS, ou vérifiez le relevé."
                )
            # A file may hold several days of one account.
            if fund not in files:
                files[fund] = BankFile(fund=fund, digest=digest, name=name[:200], format=form, imported_at=clock.now())
            _take(files[fund], statement, report)
    return report


def _take(file: BankFile, statement: Statement, report: Report) -> None:
    """One account's statement: what came in first, then what the bank took back of it."""
    fund, received = file.fund, _told_apart(file, statement.received)
    keys = [one.key for one in received]
    there = set(BankPayment.objects.filter(fund=fund, key__in=keys).values_list("key", flat=True))
    new = [one for one in received if one.key not in there and not one.debit]
    report.read += len(keys)
    report.known += len(there)
    report.aside += statement.aside
    about = known(new)
    twins = _twins(new)
    pairs = [(one, Match(why="twin") if one.key in twins else match(fund, one, about)) for one in new]
    counts = Counter("waiting" if made.why else "matched" for _, made in pairs)
    told = {"read": len(keys), "known": len(there), "aside": statement.aside, **counts}
    file.counts = {name: file.counts.get(name, 0) + told.get(name, 0) for name in {**file.counts, **told}}
    file.save()
    movements = _recorded(fund, [(one, made) for one, made in pairs if not made.why])
    BankPayment.objects.bulk_create(
        [_row(file, one, made, movements.get(one.key)) for one, made in pairs], batch_size=2_000
    )
    report.places |= {made.place.id for _, made in pairs if made.place is not None}
    for one in received:
        if one.debit and one.key not in there:
            counts["waiting" if _back(file, one, report) else "back"] += 1
    report.matched += counts["matched"]
    report.waiting += counts["waiting"]
    report.back += counts["back"]


def _back(file: BankFile, one: Received, report: Report) -> bool:
    """A transfer that the bank took back; whether it waits, because nothing says which one it was."""
    first = original(file.fund, one)
    row = _row(file, one, Match(why="return", found={"reason": one.reason}), None)
    row.debit = True
    if first is not None:
        asked = first.state == State.RETURNED
        number, row.note = take_back(actor=SYSTEM, payment=first, on=one.on, reason=one.reason)
        no_longer_waits(first, row.note)
        if not asked and first.establishment_id is not None:
            # Where another establishment has its place since, it is there that somebody reads.
            after = heirs([first.establishment_id]).get(first.establishment_id)
            tell_taken_back(first, one.on, after[0] if after else first.establishment_id)
        row.of, row.establishment_id, row.movement_id, row.why = first, first.establishment_id, number, ""
        row.state, row.decided_at = (State.MATCHED if number else State.RETURNED), clock.now()
        report.places |= {first.establishment_id} if number and first.establishment_id else set()
    row.save()
    return first is None


# What stands for a number that the bank does not give (`statements.numbered`), and for a second one of another file.
_UNNUMBERED, _ELSEWHERE = "#", "@"


def _twins(received: Sequence[Received]) -> set[str]:
    """Those of which another file had the very same, without a number of the bank: nobody can tell them apart."""
    return {one.key for one in received if one.key.startswith(_UNNUMBERED) and _ELSEWHERE in one.key}


def _told_apart(file: BankFile, received: Sequence[Received]) -> list[Received]:
    """The same, with a key of its own for what only shares its number with another transfer.

    Banks that number the entries of every statement from one on would see theirs taken for those of the day before.
    What has no number and says just what a transfer of another file said is neither lost nor paid twice: it waits.
    """
    rows = BankPayment.objects.filter(fund=file.fund, key__in=[one.key for one in received])
    there = {key: (amount, on) for key, amount, on in rows.values_list("key", "amount", "on")}
    told = []
    for one in received:
        if one.key in there and one.key.startswith(_UNNUMBERED):
            told.append(replace(one, key=f"{one.key}{_ELSEWHERE}{file.digest[:16]}"))
        elif there.get(one.key, (one.amount, one.on)) != (one.amount, one.on):
            told.append(replace(one, key=f"{one.key[:70]}{_ELSEWHERE}{one.on}{_ELSEWHERE}{one.amount}"))
        else:
            told.append(one)
    return told


def key_of(fund: str, key: str) -> str:
    """The movement's key of a transfer."""
    return f"bank:{fund}:{hashlib.sha256(key.encode()).hexdigest()[:40]}"


def _recorded(fund: str, pairs: Sequence[tuple[Received, Match]]) -> dict[str, int]:
    entries = [
        Entry(
            made.place.id,
            fund,
            Kind.PAYMENT,
            made.month,
            sides.payment(made.shares, charges=made.charges),
            key_of(fund, one.key),
            on=one.on,
            reference=one.reference,
            label=made.label,
        )
        for one, made in pairs
        if made.place is not None
    ]
    done = record_all(actor=SYSTEM, entries=entries)
    return {one.key: made.id for (one, _), made in zip(pairs, done, strict=True)}


def _row(file: BankFile, one: Received, made: Match, movement: int | None) -> BankPayment:
    return BankPayment(
        file=file,
        fund=file.fund,
        key=one.key,
        amount=one.amount,
        on=one.on,
        reference=one.reference,
        label=one.label,
        payer=one.payer,
        establishment_id=made.place.id if made.place is not None else None,
        movement_id=movement,
        state=State.WAITING if made.why else State.MATCHED,
        why=made.why,
        found=made.found,
        received_at=clock.now(),
    )
