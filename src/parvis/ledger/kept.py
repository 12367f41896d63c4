"""What the accounts keep: movements for good, what the bank said of who paid for as long as accounts must be shown."""

from parvis.ground.retention import Basis, Kept, Sweep, impersonal, register

impersonal(
    ledger_movement="les comptes de cotisations des établissements : montants, mois, fonds",
    ledger_line="les deux côtés de chaque mouvement de ces comptes",
    ledger_bankfile="les relevés bancaires des fonds qui ont été importés : leur nom, leur empreinte",
)
register(
    Kept(
        "ledger.payments",
        "Virements reçus : libellé et nom de qui a payé, tels que la banque les donne",
        "ledger_bankpayment",
        "cotisations",
        Basis.PUBLIC_TASK,
        Sweep(
            "PARVIS_BANK_PAYMENT_RETENTION_YEARS",
            "leur réception (le montant et le jour restent dans les comptes)",
            "t.received_at < %(limit)s AND t.state <> 'waiting' AND (t.payer <> '' OR t.label <> '')",
            blank={"payer": "''", "label": "''"},
        ),
    ),
)
