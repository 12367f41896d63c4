"""What an account holds that may be given back, and that no more than that is; of contributions, or of charges."""

import datetime

from parvis.access.actions.guards import locked
from parvis.dossiers.registry import Condition
from parvis.ground.tenancy import Refused
from parvis.ledger.models import Account
from parvis.ledger.queries import Sums, balances, book
from parvis.ledger.words import euros
from parvis.services.contributions.requests.fields import short

# How the credit on each of the employer's own accounts is called, and where one comes from.
_CALLED = {Account.CONTRIBUTIONS: "crédit", Account.CHARGES: "crédit sur les majorations et pénalités"}
_COMES = {
    Account.CONTRIBUTIONS: "Il apparaît quand la déclaration qui l’explique est corrigée.",
    Account.CHARGES: "Il apparaît quand une majoration déjà payée est annulée, ou remise.",
}
_INSTEAD = {
    Account.CONTRIBUTIONS: "Faites d’abord corriger la déclaration, ou accordez moins.",
    Account.CHARGES: "Une majoration qui reste due ne se rembourse pas : accordez moins, ou refusez.",
}


def _balance(sums: Sums, account: Account) -> int:
    return sums.charges_balance if account is Account.CHARGES else sums.balance


def _left(establishment: int, fund: str, account: Account) -> int:
    due, charges = balances([establishment]).get((establishment, fund), (0, 0))
    return charges if account is Account.CHARGES else due


def credit(establishment: int, fund: str, account: Account = Account.CONTRIBUTIONS) -> int:
    """Cents that were paid to a fund and are due for nothing; 0 where the employer owes."""
    return max(0, -_left(establishment, fund, account))


def enough(establishment: int, fund: str, wanted: int, account: Account = Account.CONTRIBUTIONS) -> Condition:
    """Whether the account shows as much; told to who asks and to who decides, and no hindrance to asking."""
    held = credit(establishment, fund, account)
    return Condition(
        f"Le compte {short(fund)} montre un {_CALLED[account]} d’au moins {euros(wanted)}",
        held >= wanted,
        f"Crédit d’aujourd’hui : {euros(held)}." + ("" if held >= wanted else f" {_COMES[account]}"),
        needed=False,
    )


def only_what_is_there(
    establishment: int,
    fund: str,
    wanted: int,
    month: datetime.date | None,
    account: Account = Account.CONTRIBUTIONS,
) -> dict[datetime.date, int]:
    """From which months' credit that much comes out: that of `month` first, then the oldest; no month is left owing.

    Raises Refused for more than the account holds: a fund gives back what it was paid for nothing, and no more.
    """
    # Of two that are accepted at the same moment, the second sees what the first one took.
    locked(establishment)
    held = credit(establishment, fund, account)
    if wanted > held:
        raise Refused(
            f"Le compte {short(fund)} de l’établissement n’a que {euros(held)} de {_CALLED[account]} : {euros(wanted)} "
            f"ne peuvent pas en sortir. {_INSTEAD[account]}",
            field="granted",
        )
    return _of_months(establishment, fund, wanted, month, account, owed=False)


def owed_charges(establishment: int, fund: str) -> int:
    """Cents of surcharges and penalties that are to be paid to a fund."""
    return max(0, _left(establishment, fund, Account.CHARGES))


def payable(establishment: int, fund: str, wanted: int) -> Condition:
    """Whether as much of surcharges waits to be paid there."""
    owed = owed_charges(establishment, fund)
    return Condition(
        f"Le compte {short(fund)} porte au moins {euros(wanted)} de majorations ou de pénalités à payer",
        owed >= wanted,
        f"À payer aujourd’hui : {euros(owed)}."
        + ("" if owed >= wanted else " Un crédit qui n’y paierait rien se demande en remboursement."),
        needed=False,
    )


def only_what_is_owed(
    establishment: int, fund: str, wanted: int, month: datetime.date | None
) -> dict[datetime.date, int]:
    """Which months' charges that much pays: those of `month` first, then the oldest. Raises Refused for more than is
    owed: money that pays nothing is asked back, it does not go to another fund."""
    owed = owed_charges(establishment, fund)
    if wanted > owed:
        raise Refused(
            f"Le compte {short(fund)} ne porte que {euros(owed)} de majorations et pénalités à payer : {euros(wanted)} "
            "n’y paieraient rien. Refusez le transfert : ce crédit se demande en remboursement.",
            field="granted",
        )
    return _of_months(establishment, fund, wanted, month, Account.CHARGES, owed=True)


def _of_months(
    establishment: int, fund: str, wanted: int, month: datetime.date | None, account: Account, *, owed: bool
) -> dict[datetime.date, int]:
    months = book(establishment, [fund]).months.get(fund, {})
    held = {one: _balance(sums, account) * (1 if owed else -1) for one, sums in months.items()}
    shares: dict[datetime.date, int] = {}
    left = wanted
    for one in sorted((one for one in held if held[one] > 0), key=lambda one: (one != month, one)):
        shares[one] = min(left, held[one])
        left -= shares[one]
    return {one: part for one, part in shares.items() if part}
