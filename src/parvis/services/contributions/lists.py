"""The lists of « Cotisations » as files: what each column is."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from django.http import HttpResponse

from parvis.establishments.funds import FUNDS
from parvis.ground.tables import CSV_TYPE, ODS_TYPE, Column, csv_file, download, ods_file


def _euros(value: Callable[[Any], int]) -> Callable[[Any], Decimal]:
    # With both of its decimals, whatever they are.
    return lambda row: Decimal(value(row)).scaleb(-2)


MONTHS = (
    Column("Fonds", lambda row: row[0].term.name),
    Column("Mois", lambda row: row[1].month, "date"),
    Column("Part des agents", _euros(lambda row: row[1].sums.agent), "number"),
    Column("Part de l’employeur", _euros(lambda row: row[1].sums.employer), "number"),
    Column("Dû", _euros(lambda row: row[1].sums.due), "number"),
    Column("Versé", _euros(lambda row: row[1].sums.paid), "number"),
    Column("Remboursements et transferts", _euros(lambda row: row[1].sums.moved), "number"),
    Column("Reste à payer", _euros(lambda row: row[1].sums.balance), "number"),
    Column("Majorations et pénalités", _euros(lambda row: row[1].sums.charged), "number"),
    Column("Échéance", lambda row: row[0].on, "date"),
    Column("État", lambda row: row[0].state.label),
)
MOVEMENTS = (
    Column("Fonds", lambda row: FUNDS[row.movement.fund].short),
    Column("Date", lambda row: row.movement.on, "date"),
    Column("Mois", lambda row: row.movement.month, "date"),
    Column("Mouvement", "said"),
    Column("Montant", _euros(lambda row: row.amount), "number"),
    Column("Référence", lambda row: row.movement.reference, "code"),
    Column("Précision", lambda row: row.movement.label),
)
PAYING = (
    Column("Fonds", "name"),
    Column("Objet", "what"),
    Column("Montant", _euros(lambda row: row.amount), "number"),
    Column("À payer au plus tard le", "on", "date"),
    Column("État", "state"),
    Column("Titulaire", "holder"),
    Column("IBAN", "iban", "code"),
    Column("BIC", "bic", "code"),
    Column("Référence du virement", "reference", "code"),
)
RECEIVED = (
    Column("Fonds", "fund"),
    Column("Reçu le", lambda row: row.payment.on, "date"),
    Column("Montant", _euros(lambda row: row.payment.amount), "number"),
    Column("Référence", lambda row: row.payment.reference, "code"),
    Column("Libellé", lambda row: row.payment.label),
    Column("État", "state"),
    Column("Explication", "sentence"),
)
CHARGES = (
    Column("Fonds", "fund"),
    Column("Date", lambda row: row.movement.on, "date"),
    Column("Mois", lambda row: row.movement.month, "date"),
    Column("Nature", "what"),
    Column("Montant", _euros(lambda row: row.amount), "number"),
    Column("Motif", lambda row: row.movement.label),
    Column("Annulée", "taken_back"),
)


def answer(columns: tuple[Column, ...], rows: Iterable[Any], name: str, form: str) -> HttpResponse:
    """The file, in one of the two forms."""
    if form == "csv":
        return download(csv_file(columns, rows), f"{name}.csv", CSV_TYPE)
    return download(ods_file(columns, rows, name.split("-")[0].capitalize()), f"{name}.ods", ODS_TYPE)
