"""What the application's roles may do to tables that are not Parvis's own: the queue and Django's bookkeeping.

Parvis's own tables are granted one by one in their migrations (`policies.protect`); a table granted nowhere is closed.
"""

from typing import Any

from parvis.ground.database.roles import APPLICATION, PERSON

_GRANTS = """
DO $$
DECLARE kin text; kind "char";
BEGIN
  -- A message is queued in the transaction of the action that writes it, whatever the role of that transaction.
  FOR kin, kind IN SELECT c.oid::regclass::text, c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname LIKE 'procrastinate\\_%%' AND c.relkind IN ('r', 'S')
  LOOP
    IF kind = 'r' THEN
      EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %%s TO {app}, {person}', kin);
    ELSE
      EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE %%s TO {app}, {person}', kin);
    END IF;
  END LOOP;
  FOR kin IN SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname IN ('django_migrations', 'django_content_type')
  LOOP
    EXECUTE format('GRANT SELECT ON %%s TO {app}', kin);
  END LOOP;
END $$
""".format(app=APPLICATION, person=PERSON).replace("%%", "%")


def apply(connection: Any) -> None:
    """Grant them, as the owner of the tables; runs after each `migrate`, in test databases too."""
    with connection.cursor() as cursor:
        cursor.execute(_GRANTS)
