"""Who runs this Parvis: free software knows it from its environment only, and says « non renseigné » otherwise."""

import os
from dataclasses import dataclass

UNKNOWN = "non renseigné"


@dataclass(frozen=True, slots=True)
class Operator:
    """What the legal pages say of the operator; each field is `UNKNOWN` until the operator fills it in."""

    name: str
    address: str
    contact: str
    director: str
    host: str
    data_protection: str


def operator() -> Operator:
    """From `PARVIS_OPERATOR…`; see docs/operations.md."""

    def told(name: str) -> str:
        return os.environ.get(name, "").strip() or UNKNOWN

    return Operator(
        name=told("PARVIS_OPERATOR"),
        address=told("PARVIS_OPERATOR_ADDRESS"),
        contact=told("PARVIS_OPERATOR_CONTACT"),
        director=told("PARVIS_OPERATOR_DIRECTOR"),
        host=told("PARVIS_OPERATOR_HOST"),
        data_protection=told("PARVIS_OPERATOR_DPO"),
    )
