"""Whom an exchange may be addressed to: the funds, and « DIF élus », whose rights the FAEFM's operator handles too.

Which advisers read what is sent for the DIF élus is not established; ours go to those of the FAEFM.
"""

from dataclasses import dataclass

from parvis.establishments.funds import FUNDS


@dataclass(frozen=True, slots=True)
class Addressee:
    """A choice of the question about the fund. `fund`: who receives it, and the contract that it takes."""

    code: str
    short: str
    name: str
    fund: str


ADDRESSEES = {
    **{code: Addressee(code, fund.short, fund.name, code) for code, fund in FUNDS.items()},
    "dif-elus": Addressee("dif-elus", "DIF élus", "Droit individuel à la formation des élus locaux", "faefm"),
}


def offered(codes: list[str], held: frozenset[str]) -> list[Addressee]:
    """Those of a motif that an establishment with contracts of these funds may choose, in the usual order."""
    return [one for code, one in ADDRESSEES.items() if code in codes and one.fund in held]


def short(code: str) -> str:
    """How people call it; the code where it is no longer known."""
    return ADDRESSEES[code].short if code in ADDRESSEES else code
