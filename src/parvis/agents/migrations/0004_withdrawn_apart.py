"""A declaration may say anew what it had withdrawn: a row of nothing does not stand in the way of one that counts."""

from django.db import migrations, models

from parvis.ground.database.at_once import at_once


class Migration(migrations.Migration):
    dependencies = [("agents", "0003_policies")]

    operations = [
        migrations.RemoveConstraint(model_name="monthlybase", name="base_once_by_declaration"),
        migrations.AddConstraint(
            model_name="monthlybase",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn", False)),
                fields=("declaration", "agent", "code", "starts_on", "ends_on", "contract", "rank"),
                name="base_once_by_declaration",
            ),
        ),
    ]
    operations = at_once(operations)
