"""What a transfer pays. By its reference; else by a SIRET and an amount that is owed; else an adviser decides.

A transfer is never taken to another fund, nor split over several due dates, by itself: what is recognised is told.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from parvis.establishments.funds import FUNDS
from parvis.ledger import references
from parvis.ledger.payments.known import Known, Owed, Place, sirets_of, targets_of
from parvis.ledger.payments.statements import Received
from parvis.ledger.references import LETTERS, Target
from parvis.ledger.words import euros, month_in_words, period_in_words

Shares = dict[datetime.date, int]

# Why a transfer waits, as who decides reads it; the codes are `BankPayment.why`.
WHY = {
    "wrong_fund": "Mauvais fonds",
    "merged": "Virements regroupés",
    "merged_funds": "Virements de plusieurs fonds regroupés",
    "amount": "Montant sans échéance",
    "same": "Plusieurs échéances du même montant",
    "reference": "Référence mal saisie",
    "contract": "Établissement sans contrat avec ce fonds",
    "unknown": "Émetteur non reconnu",
    "twin": "Peut-être déjà compté",
    "return": "Retour à rapprocher",
}


@dataclass(frozen=True, slots=True)
class Match:
    """What became of a transfer: the shares that it pays, or `why` it waits with what was `found`."""

    place: Place | None = None
    shares: Shares = field(default_factory=dict)
    charges: Shares = field(default_factory=dict)
    why: str = ""
    found: dict[str, Any] = field(default_factory=dict)
    label: str = ""

    @property
    def month(self) -> datetime.date:
        """The month under which the movement stands: the first that it pays."""
        return min([*self.shares, *self.charges])


def match(fund: str, one: Received, known: Known) -> Match:
    """What a transfer received by a fund's account pays; `known` is kept up to date with what it paid."""
    targets = targets_of(one)
    made = _by_reference(fund, one, targets, known) if targets else _by_siret(fund, one, known)
    if made.place is not None and not made.why:
        _paid(known.of(made.place, fund), made)
    return made


def spread(amount: int, owed: Shares, rest: datetime.date) -> Shares:
    """An amount over months that are owed, the oldest first; what is left goes to the month `rest`, as a credit."""
    shares: Shares = {}
    for month, due in sorted(owed.items()):
        if amount <= 0:
            break
        shares[month] = min(amount, due)
        amount -= shares[month]
    if amount > 0:
        shares[rest] = shares.get(rest, 0) + amount
    return shares


def _paid(owed: Owed, made: Match) -> None:
    for account, shares in ((owed.contributions, made.shares), (owed.charges, made.charges)):
        for month, amount in shares.items():
            account[month] = account.get(month, 0) - amount


def _by_reference(fund: str, one: Received, targets: list[Target], known: Known) -> Match:
    places = [known.place(target) for target in targets]
    if any(place is None for place in places) or len({place.id for place in places if place}) != 1:
        named = [known.by_siret[target.siret] for target in targets if target.siret in known.by_siret]
        if len({place.id for place in named}) == 1:
            return Match(named[0], why="contract", found={"fund": targets[0].fund})
        return Match(why="unknown", found={})
    place = places[0]
    assert place is not None
    if len(targets) > 1:
        return _merged(place, targets, known)
    target = targets[0]
    if target.fund != fund:
        told = {
            "fund": target.fund,
            "said": _said(target),
            "month": target.starts_on.isoformat(),
            "months": target.months,
        }
        return Match(place, why="wrong_fund", found=told)
    owed = known.of(place, fund).of(target.starts_on, target.months)
    if one.amount > sum(owed.values()) and owed and (found := _several(fund, one.amount, place, known)):
        return found
    return _for(target, one.amount, place, owed)


def _for(target: Target, amount: int, place: Place, owed: Shares) -> Match:
    if target.of_charges:
        return Match(place, charges=spread(amount, owed, target.starts_on))
    rest = max(owed) if owed else target.starts_on
    label = "" if owed or not amount else "Aucune cotisation de cette échéance ne restait à payer."
    return Match(place, shares=spread(amount, owed, rest), label=label)


def _merged(place: Place, targets: list[Target], known: Known) -> Match:
    """Several references in one transfer: told with what each is for, for an adviser to split."""
    parts = [
        {
            "fund": target.fund,
            "said": _said(target),
            "month": target.starts_on.isoformat(),
            "months": target.months,
            "amount": sum(known.of(place, target.fund).of(target.starts_on, target.months).values()),
        }
        for target in targets
    ]
    several = len({target.fund for target in targets}) > 1
    return Match(place, why="merged_funds" if several else "merged", found={"parts": parts})


def _several(fund: str, amount: int, place: Place, known: Known) -> Match | None:
    """Whether an amount is several due dates together: months in a row of the fund, or one month of several funds."""
    months = known.of(place, fund).open()
    for run in _runs(months):
        if len(run) > 1 and sum(run.values()) == amount:
            parts = [_part(fund, month, owed) for month, owed in run.items()]
            return Match(place, why="merged", found={"parts": parts})
    for month, owed in months.items():
        others = {code: known.of(place, code).open().get(month, 0) for code in sorted(place.funds - {fund})}
        together = {code: due for code, due in others.items() if due > 0}
        for chosen in _sets(together):
            if owed + sum(together[code] for code in chosen) == amount:
                parts = [_part(fund, month, owed), *(_part(code, month, together[code]) for code in chosen)]
                return Match(place, why="merged_funds", found={"parts": parts})
    return None


def _part(fund: str, month: datetime.date, amount: int) -> dict[str, Any]:
    said = f"{FUNDS[fund].short}, {month_in_words(month)}"
    return {"fund": fund, "said": said, "month": month.isoformat(), "months": 1, "amount": amount}


def _runs(months: Shares) -> Iterator[Shares]:
    """Months that follow each other in what is owed."""
    listed = sorted(months)
    for first in range(len(listed)):
        for past in range(first + 1, len(listed) + 1):
            yield {month: months[month] for month in listed[first:past]}


def _sets(codes: dict[str, int]) -> Iterator[tuple[str, ...]]:
    """One other fund, or all of them: what people put together."""
    listed = tuple(codes)
    yield from ((code,) for code in listed)
    if len(listed) > 1:
        yield listed


def _by_siret(fund: str, one: Received, known: Known) -> Match:
    places = [known.by_siret[siret] for siret in sirets_of(one) if siret in known.by_siret]
    mistyped = _looks_like_ours(one)
    if len({place.id for place in places}) != 1:
        return Match(why="reference" if mistyped else "unknown")
    place = places[0]
    if fund not in place.funds:
        return Match(place, why="contract", found={"fund": fund})
    owed = known.of(place, fund)
    found = [run for run in _runs(owed.open()) if sum(run.values()) == one.amount and _is_period(run)]
    if len(found) == 1:
        return Match(place, shares=found[0], label="Reconnu par le SIRET et le montant.")
    charged = [month for month, due in owed.charges.items() if due == one.amount]
    if not found and len(charged) == 1:
        return Match(place, charges={charged[0]: one.amount}, label="Reconnu par le SIRET et le montant.")
    if len(found) > 1 and not mistyped:
        return Match(place, why="same", found={"said": [_run_said(run) for run in found]})
    for code in sorted(place.funds - {fund}):
        month = next((m for m, due in known.of(place, code).open().items() if due == one.amount), None)
        if month is not None and not found:
            told = _part(code, month, one.amount)
            return Match(
                place, why="wrong_fund", found={name: told[name] for name in ("fund", "said", "month", "months")}
            )
    if (merged := _several(fund, one.amount, place, known)) is not None:
        return merged
    return Match(place, why="reference" if mistyped else "amount", found=_owes(owed))


def _run_said(run: Shares) -> str:
    """« octobre 2026 », « juillet 2026 à septembre 2026 »."""
    return " à ".join(month_in_words(month) for month in dict.fromkeys((min(run), max(run))))


def _owes(owed: Owed) -> dict[str, int]:
    """What is to be paid to the fund in all: of contributions, and of surcharges and penalties."""
    return {"open": sum(owed.open().values()), "charges": sum(one for one in owed.charges.values() if one > 0)}


def _is_period(run: Shares) -> bool:
    """A month, or months of one quarter or year: what one transfer may pay."""
    first, last = min(run), max(run)
    if first == last:
        return True
    return first.year == last.year and (first.month - 1) // 3 == (last.month - 1) // 3


def _looks_like_ours(one: Received) -> bool:
    """Whether a reference was meant: it begins as ours do, and its key is wrong."""
    begins = references.layout().partition("{")[0]
    words = references.compact(one.reference) or references.compact(one.label)
    return bool(begins) and words.startswith(begins) and any(letter in words for letter in LETTERS.values())


def _said(target: Target) -> str:
    fund = FUNDS[target.fund].short
    if target.of_charges:
        return f"{fund}, majorations de {month_in_words(target.starts_on)}"
    return f"{fund}, {period_in_words(target.starts_on, target.months)}"


def explained(fund: str, why: str, found: dict[str, Any], amount: int) -> str:
    """Why it waits, in a sentence or two, for the adviser and for the employer."""
    here = FUNDS[fund].short
    if why == "wrong_fund":
        return f"Ce virement est arrivé sur le compte bancaire {here}, alors qu’il paie : {found['said']}."
    if why in ("merged", "merged_funds"):
        parts = " ; ".join(f"{one['said']} ({euros(one['amount'])})" for one in found["parts"])
        end = f" Le total de ces échéances est de {euros(total)}." if (total := _total(found)) != amount else ""
        return f"Un seul virement pour plusieurs échéances : {parts}.{end}"
    if why == "same":
        return (
            f"L’établissement est reconnu par son SIRET, mais plusieurs échéances ont ce montant : "
            f"{', '.join(found['said'])}. Sans référence, un conseiller dit laquelle ce virement paie."
        )
    if why == "amount":
        return (
            "L’établissement est reconnu par son SIRET, mais aucune échéance n’a ce montant ; "
            f"il {_owed_said(found)} à ce fonds."
        )
    return {
        "reference": "La référence ressemble à l’une des nôtres, mais sa clé est fausse : un chiffre a été mal saisi.",
        "contract": f"L’établissement est reconnu, mais il n’a jamais eu de contrat avec {here}.",
        "unknown": "Ni la référence, ni un SIRET ne disent de quel établissement vient ce virement.",
        "twin": "Un virement du même jour, du même montant et aux mêmes mentions est déjà là, par un autre relevé. La "
        "banque ne leur donne pas de numéro : un conseiller dit si c’est le même.",
        "return": "La banque a repris un virement de ce montant, sans dire lequel : un conseiller le retrouve.",
    }[why]


def _owed_said(found: dict[str, Any]) -> str:
    """« doit en tout 450,00 € de cotisations et 20,80 € de majorations et pénalités ». Charges were not noted of what
    was found before they were looked at."""
    due = {"cotisations": found.get("open", 0), "majorations et pénalités": found.get("charges")}
    said = [f"{euros(max(0, amount))} de {what}" for what, amount in due.items() if amount is not None]
    return f"doit en tout {' et '.join(said)}" if any(due.values()) or len(said) == 1 else "ne doit rien"


def _total(found: dict[str, Any]) -> int:
    return int(sum(one["amount"] for one in found["parts"]))
