"""A bank statement as it was read, whatever its format: the transfers that came in, and what was left aside."""

import datetime
import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

_AMOUNT = re.compile(r"\d{1,13}(?:\.\d{1,5})?")
LONGEST_LABEL, LONGEST_PAYER, LONGEST_REFERENCE, LONGEST_KEY = 300, 140, 40, 100


class Unreadable(ValueError):
    """The file is refused whole; the message is a French sentence that says at which line and what to do."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(f"Ligne {line} : {message}" if line else message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Received:
    """A transfer that came in. `key`: the bank's number of it, "" where it gives none; `amount` in cents.

    `debit`: one that the bank took back; `originals`: the numbers under which the first one may be known, `reason`:
    the bank's code and words for it.
    """

    line: int
    key: str
    amount: int
    on: datetime.date
    reference: str = ""
    label: str = ""
    payer: str = ""
    debit: bool = False
    originals: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """What one account received, and what the bank took back of it. `aside`: other entries (what the fund pays, what is
    not booked yet)."""

    iban: str
    name: str
    received: tuple[Received, ...]
    aside: int = 0


def cents(text: str, line: int) -> int:
    """« 1234.5 » in cents. Raises Unreadable for what is no amount of euros and cents above zero."""
    if not _AMOUNT.fullmatch(text):
        raise Unreadable(f"« {text[:40]} » n’est pas un montant.", line)
    amount = Decimal(text) * 100
    if amount != amount.to_integral_value() or not amount:
        raise Unreadable(f"« {text[:40]} » n’est pas un montant d’euros et de centimes, plus grand que zéro.", line)
    return int(amount)


def cleaned(text: str | None, longest: int) -> str:
    """One line, without controls, cut at its length."""
    return "".join(c for c in " ".join((text or "").split()) if c.isprintable())[:longest]


def counted(
    found: Received, *, debit: bool, back: bool, numbers: Iterable[str] = (), reason: str = "", payer: str = ""
) -> Received | None:
    """The one rule of what counts of an entry, whatever its format: money that came in for good, and money of which
    the bank says that it takes it back. None, left aside: what the fund itself pays, and what of that comes back.

    `back`: the bank says that the entry undoes another one; `numbers`: those under which that one may be known.
    """
    if debit != back:
        return None
    if not debit:
        return found
    return replace(
        found,
        # A bank may give the return the number of what it takes back.
        key=cleaned(f"retour:{found.key}", LONGEST_KEY) if found.key else "",
        payer=cleaned(payer, LONGEST_PAYER) or found.payer,
        debit=True,
        originals=tuple(dict.fromkeys(number for number in numbers if number not in ("", "NOTPROVIDED"))),
        reason=cleaned(reason, LONGEST_LABEL),
    )


def numbered(received: Iterable[Received]) -> tuple[Received, ...]:
    """The same, each with a key that is its own: what stands for the bank's number is the entry itself.

    Two entries of a statement that say the very same are two: they are counted. Raises Unreadable where the bank's
    number comes twice.
    """
    made: list[Received] = []
    seen: Counter[str] = Counter()
    for one in received:
        key = one.key
        if not key:
            said = f"{'-' * one.debit}{one.on}|{one.amount}|{one.reference}|{one.label}|{one.payer}"
            seen[said] += 1
            key = f"#{hashlib.sha256(f'{said}|{seen[said]}'.encode()).hexdigest()[:40]}"
        elif seen[key]:
            raise Unreadable(f"le numéro d’opération « {key} » est là deux fois.", one.line)
        seen[key] += 1
        made.append(replace(one, key=key))
    return tuple(made)
