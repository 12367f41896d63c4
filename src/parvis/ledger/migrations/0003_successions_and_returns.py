"""What an establishment takes over from another; transfers that the bank took back, and those that may be there twice.

Every constraint that changes lets more in than before: those of the accounts, which are large, are added without being
looked at over all that is there, and validated by the next migration without stopping anybody.
"""

import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import Q

from parvis.ground.database.at_once import at_once

KINDS = [
    ("due", "Cotisations dues"),
    ("payment", "Versement"),
    ("surcharge", "Majoration de retard"),
    ("penalty", "Pénalité"),
    ("waiver", "Remise de majorations"),
    ("refund", "Remboursement"),
    ("transfer", "Transfert entre fonds"),
    ("left", "Passé à l’établissement qui reprend"),
    ("came", "Repris d’un autre établissement"),
]
ACCOUNTS = [
    ("contributions", "Cotisations de l’employeur"),
    ("charges", "Majorations et pénalités de l’employeur"),
    ("agent_part", "Part des agents"),
    ("employer_part", "Part de l’employeur"),
    ("bank", "Banque du fonds"),
    ("surcharges", "Majorations de retard"),
    ("penalties", "Pénalités"),
    ("waivers", "Remises"),
    ("refunds", "Remboursements"),
    ("transfers", "Transferts entre fonds"),
    ("successions", "Reprises d’établissements"),
]
STATES = [
    ("matched", "Rapproché"),
    ("waiting", "En attente"),
    ("attached", "Rattaché"),
    ("returned", "Renvoyé"),
    ("twin", "Déjà compté"),
]
PAIRED = ("transfer", "left", "came")

# As in 0002, and the same of the two sides of what one establishment took over from another: one fund, two places.
BALANCED = """
CREATE OR REPLACE FUNCTION ledger_movement_balanced() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
DECLARE moved numeric; sides bigint; funds bigint; places bigint; kinds bigint; over boolean;
BEGIN
  PERFORM ledger_check(NEW.id);
  IF NEW.pair IS NOT NULL THEN
    over := NEW.kind IN ('left', 'came');
    SELECT coalesce(sum(l.amount), 0), count(DISTINCT m.id), count(DISTINCT m.fund), count(DISTINCT m.establishment_id),
        count(DISTINCT m.kind)
      INTO moved, sides, funds, places, kinds
      FROM ledger_movement m JOIN ledger_line l ON l.movement_id = m.id
        AND l.account = CASE WHEN over THEN 'successions' ELSE 'transfers' END
      WHERE m.pair = NEW.pair;
    IF over AND (moved <> 0 OR sides <> 2 OR funds <> 1 OR places <> 2 OR kinds <> 2) THEN
      RAISE EXCEPTION 'movement % lacks its other side', NEW.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_succession_balanced';
    END IF;
    IF NOT over AND (moved <> 0 OR sides <> 2 OR funds <> 2 OR places <> 1) THEN
      RAISE EXCEPTION 'transfer % lacks its other side', NEW.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transfer_balanced';
    END IF;
  END IF;
  RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_policies")]

    operations = [
        migrations.RunSQL(BALANCED, migrations.RunSQL.noop),
        migrations.AlterField("movement", "kind", models.CharField(choices=KINDS, max_length=10)),
        migrations.AlterField("line", "account", models.CharField(choices=ACCOUNTS, max_length=15)),
        migrations.AlterField("bankpayment", "state", models.CharField(choices=STATES, max_length=10)),
        migrations.AddField("bankpayment", "debit", models.BooleanField(default=False)),
        migrations.AddField(
            "bankpayment",
            "of",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="taken_back",
                to="ledger.bankpayment",
            ),
        ),
        migrations.RemoveConstraint("movement", "ledger_movement_kind"),
        AddConstraintNotValid(
            "movement",
            models.CheckConstraint(condition=Q(kind__in=[code for code, _ in KINDS]), name="ledger_movement_kind"),
        ),
        migrations.RemoveConstraint("movement", "ledger_transfer_has_two_sides"),
        AddConstraintNotValid(
            "movement",
            models.CheckConstraint(
                condition=Q(kind__in=PAIRED, pair__isnull=False) | (~Q(kind__in=PAIRED) & Q(pair=None)),
                name="ledger_transfer_has_two_sides",
            ),
        ),
        migrations.RemoveConstraint("line", "ledger_line_account"),
        AddConstraintNotValid(
            "line",
            models.CheckConstraint(condition=Q(account__in=[code for code, _ in ACCOUNTS]), name="ledger_line_account"),
        ),
        migrations.RemoveConstraint("bankpayment", "bank_payment_state"),
        AddConstraintNotValid(
            "bankpayment",
            models.CheckConstraint(
                condition=Q(state__in=["matched", "attached"], movement__isnull=False, establishment__isnull=False)
                | Q(state__in=["waiting", "returned", "twin"], movement=None),
                name="bank_payment_state",
            ),
        ),
        migrations.AddConstraint(
            "bankpayment",
            models.CheckConstraint(condition=Q(of=None) | Q(debit=True), name="bank_payment_of_debit"),
        ),
        migrations.AddConstraint(
            "bankpayment",
            models.UniqueConstraint(fields=["of"], condition=Q(of__isnull=False), name="bank_payment_back_once"),
        ),
    ]
    operations = at_once(operations)
