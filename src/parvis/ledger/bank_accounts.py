"""The bank accounts of the funds, as the operator's file tells them (`PARVIS_BANK_ACCOUNTS`, TOML): whom to pay, where.

One table per fund: `titulaire`, `iban`, `bic`; docs/operations.md shows one. Everything is checked at start-up.
"""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from stdnum import bic as stdnum_bic
from stdnum import iban as stdnum_iban
from stdnum.exceptions import ValidationError

from parvis.establishments.funds import FUNDS

LONGEST_HOLDER = 70  # of a name in a SEPA transfer


class WrongAccounts(Exception):
    """The file cannot be used; one French sentence says where and why."""


@dataclass(frozen=True, slots=True)
class BankAccount:
    """Where a fund is paid."""

    fund: str
    holder: str
    iban: str
    bic: str

    @property
    def iban_shown(self) -> str:
        """In groups of four."""
        return str(stdnum_iban.format(self.iban))


def accounts() -> dict[str, BankAccount]:
    """By fund; empty where the operator told none. Raises WrongAccounts."""
    path = settings.PARVIS_BANK_ACCOUNTS_FILE
    return read(str(path)) if path else {}


def fund_of(iban: str) -> str | None:
    """The fund whose account that is."""
    compact = "".join(iban.split()).upper()
    return next((one.fund for one in accounts().values() if one.iban == compact), None)


@lru_cache(maxsize=4)
def read(path: str) -> dict[str, BankAccount]:
    """The accounts of a file. Raises WrongAccounts."""
    try:
        told = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeError, tomllib.TOMLDecodeError) as fault:
        raise WrongAccounts(f"Le fichier PARVIS_BANK_ACCOUNTS ne se lit pas ({fault}) : corrigez {path}.") from fault
    found = {fund: _account(fund, values) for fund, values in told.items()}
    ibans = [one.iban for one in found.values()]
    if len(ibans) != len(set(ibans)):
        raise WrongAccounts("PARVIS_BANK_ACCOUNTS : deux fonds ont le même IBAN ; chacun a le sien.")
    return found


def _account(fund: str, values: Any) -> BankAccount:
    if fund not in FUNDS:
        raise WrongAccounts(f"PARVIS_BANK_ACCOUNTS : « {fund} » n’est pas un fonds. Les fonds : {', '.join(FUNDS)}.")
    if not isinstance(values, dict) or set(values) != {"titulaire", "iban", "bic"}:
        raise WrongAccounts(f"PARVIS_BANK_ACCOUNTS, [{fund}] : donnez titulaire, iban et bic, et rien d’autre.")
    holder = " ".join(str(values["titulaire"]).split())
    if not 0 < len(holder) <= LONGEST_HOLDER:
        raise WrongAccounts(f"PARVIS_BANK_ACCOUNTS, [{fund}] : le titulaire compte de 1 à {LONGEST_HOLDER} caractères.")
    try:
        return BankAccount(
            fund, holder, str(stdnum_iban.validate(str(values["iban"]))), str(stdnum_bic.validate(str(values["bic"])))
        )
    except ValidationError as fault:
        raise WrongAccounts(f"PARVIS_BANK_ACCOUNTS, [{fund}] : l’IBAN ou le BIC est faux ({fault}).") from fault
