"""The same from a table (CSV, or a workbook): for banks and tests that give no CAMT.053.

A debit has an amount below zero. That the bank takes a transfer back by it is said by `origine` (the number of that
transfer), by `motif` (the reason), or by its wording.
"""

import datetime
import re
import unicodedata
from collections.abc import Sequence

from django.conf import settings

from parvis.ground import tables
from parvis.ledger.payments.statements import (
    LONGEST_KEY,
    LONGEST_LABEL,
    LONGEST_PAYER,
    LONGEST_REFERENCE,
    Received,
    Statement,
    Unreadable,
    cents,
    cleaned,
    counted,
    numbered,
)

COLUMNS = ("iban", "date", "montant", "reference", "libelle", "payeur", "numero", "origine", "motif")
NEEDED = COLUMNS[:3]
# How banks word, in capitals mostly, a debit that undoes a transfer received.
_BACK = re.compile(
    r"\b(rejet|rejete|retour|retourne|annulation|annule|extourne|contrepassation|impaye|return|reversal)\b"
)
LINES = 200_000


def _lower(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()


def _plain(title: str) -> str:
    return re.sub(r"[^a-z]", "", _lower(title))


def _known(titles: Sequence[str]) -> int:
    return sum(_plain(title) in COLUMNS for title in titles)


def read(content: bytes) -> list[Statement]:
    """The statements of a table, one per account. Raises Unreadable."""
    try:
        rows = tables.read_table(content, lines=LINES, unpacked=settings.PARVIS_BANK_FILE_LIMIT, known=_known)
    except tables.Unreadable as fault:
        raise Unreadable(str(fault)) from fault
    if len(rows) > LINES:
        raise Unreadable(f"ce fichier compte plus de {LINES} lignes : coupez-le.")
    places = {_plain(title): at for at, title in enumerate(rows[0])}
    if missing := [name for name in NEEDED if name not in places]:
        raise Unreadable(f"la colonne « {missing[0]} » manque. Colonnes lues : {', '.join(COLUMNS)}.", 1)
    by_account: dict[str, list[Received | None]] = {}
    for line, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        told = {name: row[places[name]].strip() if places.get(name, len(row)) < len(row) else "" for name in COLUMNS}
        by_account.setdefault("".join(told["iban"].split()).upper(), []).append(_received(told, line))
    if not by_account:
        raise Unreadable("ce fichier ne contient aucune ligne de virement.")
    return [
        Statement(iban, "", numbered(one for one in read if one is not None), read.count(None))
        for iban, read in by_account.items()
    ]


def _received(told: dict[str, str], line: int) -> Received | None:
    amount = _number(told["montant"])
    debit = amount.startswith("-") or amount.endswith("-")
    found = Received(
        line=line,
        key=cleaned(told["numero"], LONGEST_KEY),
        amount=cents(amount.removeprefix("-").removesuffix("-") if debit else amount.removeprefix("+"), line),
        on=_day(told["date"], line),
        reference=cleaned(told["reference"], LONGEST_REFERENCE),
        label=cleaned(told["libelle"], LONGEST_LABEL),
        payer=cleaned(told["payeur"], LONGEST_PAYER),
    )
    said = bool(told["origine"] or told["motif"])
    return counted(
        found,
        debit=debit,
        back=said or (debit and bool(_BACK.search(_lower(told["libelle"])))),
        numbers=(cleaned(told["origine"], LONGEST_KEY), found.key),
        reason=told["motif"],
    )


def _number(text: str) -> str:
    """« −1 234,56 € » as `-1234.56`."""
    bare = re.sub(r"[\s\u202f\u00a0€]", "", text).replace("\u2212", "-")
    return bare.replace(",", ".") if bare.count(",") == 1 and "." not in bare else bare


def _day(text: str, line: int) -> datetime.date:
    for form in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.datetime.strptime(text, form).date()  # noqa: DTZ007  (a day, of no hour)
        except ValueError:
            continue
    raise Unreadable(f"« {text[:40]} » n’est pas une date (JJ/MM/AAAA).", line)
