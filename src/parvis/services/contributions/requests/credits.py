"""What an account holds that may be given back, and that no more than that is."""

import datetime

from parvis.access.actions.guards import locked
from parvis.dossiers.registry import Condition
from parvis.ground.tenancy import Refused
from parvis.ledger.queries import balances, book
from parvis.ledger.words import euros
from parvis.services.contributions.requests.fields import short


def credit(establishment: int, fund: str) -> int:
    """Cents that were paid to a fund and are due for nothing; 0 where the employer owes."""
    due, _ = balances([establishment]).get((establishment, fund), (0, 0))
    return max(0, -due)


def enough(establishment: int, fund: str, wanted: int) -> Condition:
    """Whether the account shows as much; told to who asks and to who decides, and no hindrance to asking."""
    held = credit(establishment, fund)
    return Condition(
        f"Le compte {short(fund)} montre un crédit d’au moins {euros(wanted)}",
        held >= wanted,
        f"Crédit d’aujourd’hui : {euros(held)}."
        + ("" if held >= wanted else " Il apparaît quand la déclaration qui l’explique est corrigée."),
        needed=False,
    )


def only_what_is_there(
    establishment: int, fund: str, wanted: int, month: datetime.date | None
) -> dict[datetime.date, int]:
    """From which months' credit that much comes out: that of `month` first, then the oldest; no month is left owing.

    Raises Refused for more than the account holds: a fund gives back what it was paid for nothing, and no more.
    """
    # Of two that are accepted at the same moment, the second sees what the first one took.
    locked(establishment)
    held = credit(establishment, fund)
    if wanted > held:
        raise Refused(
            f"Le compte {short(fund)} de l’établissement n’a que {euros(held)} de crédit : {euros(wanted)} ne peuvent "
            "pas en sortir. Faites d’abord corriger la déclaration, ou accordez moins.",
            field="granted",
        )
    months = book(establishment, [fund]).months.get(fund, {})
    shares: dict[datetime.date, int] = {}
    left = wanted
    for one in sorted((one for one in months if months[one].balance < 0), key=lambda one: (one != month, one)):
        shares[one] = min(left, -months[one].balance)
        left -= shares[one]
    return {one: part for one, part in shares.items() if part}
