from django.db import migrations

# A tsvector has a limit: beyond so many characters a thread is found by the parts of its words alone.
VECTOR = """ALTER TABLE exchanges_exchange ADD COLUMN vector tsvector
  GENERATED ALWAYS AS (to_tsvector('french', left(search, 200000))) STORED"""


class Migration(migrations.Migration):
    dependencies = [("exchanges", "0003_motifs")]

    operations = [migrations.RunSQL(VECTOR, "ALTER TABLE exchanges_exchange DROP COLUMN vector")]
