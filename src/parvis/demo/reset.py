"""`parvis demo reset`: back to nothing, what the next `parvis demo` fills again."""

import os
import shutil

from parvis.config import environment
from parvis.config.environment import Fault
from parvis.demo.prepared import NOTE
from parvis.ground.database import embedded

# Everything of ours in the schema, as its owner; other people's objects are left alone.
_DROPS = """
SELECT format('DROP TABLE IF EXISTS %s CASCADE', c.oid::regclass) FROM pg_class c
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relowner = current_user::regrole
UNION ALL
SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', p.oid::regprocedure) FROM pg_proc p
 WHERE p.pronamespace = 'public'::regnamespace AND p.proowner = current_user::regrole
UNION ALL
SELECT format('DROP TYPE IF EXISTS %s CASCADE', t.oid::regtype) FROM pg_type t
 WHERE t.typnamespace = 'public'::regnamespace AND t.typowner = current_user::regrole AND (t.typtype IN ('e', 'd')
   OR t.typtype = 'c' AND EXISTS (SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c'))
"""


def run() -> None:
    """Empty the demo's database and its files. Raises Fault while the demo runs."""
    data = environment.data_dir()
    running = environment.running_demo()
    if running:
        raise Fault(f"La démonstration tourne à l’adresse {running.address} : arrêtez-la d’abord (Ctrl+C).")
    if environment.own_server():
        _empty_given()
    else:
        embedded.remove(data / environment.POSTGRES)
    for name in ("clock", "demo.json", "secret-key", NOTE):
        (data / name).unlink(missing_ok=True)
    for name in ("mailbox", "files"):
        if (data / name).is_dir():
            shutil.rmtree(data / name)
    print("La démonstration est vide : « make demo » la recrée.")


def _empty_given() -> None:
    import psycopg

    address = os.environ.get("DATABASE_OWNER_URL")
    if not address:
        raise Fault("DATABASE_OWNER_URL manque : elle seule peut vider la base de données.")
    try:
        with psycopg.connect(address) as connection:
            for (statement,) in connection.execute(_DROPS).fetchall():
                connection.execute(statement)
    except psycopg.OperationalError as fault:
        raise Fault(f"La base de données ne répond pas ({str(fault).strip().splitlines()[0]}).") from None
