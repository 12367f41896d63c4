"""The constraints of 0003, looked at over what is there: nobody waits for it."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_successions_and_returns")]

    operations = [
        ValidateConstraint("movement", "ledger_movement_kind"),
        ValidateConstraint("movement", "ledger_transfer_has_two_sides"),
        ValidateConstraint("line", "ledger_line_account"),
        ValidateConstraint("bankpayment", "bank_payment_state"),
    ]
