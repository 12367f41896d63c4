"""What the journal keeps of people, and for how long."""

from parvis.ground.retention import Basis, By, Kept, Sweep, register
from parvis.journal.kinds import Kind
from parvis.journal.kinds import register as register_kinds
from parvis.journal.retention import erase_old_events

# What was deleted says so by an event of a type that ends in `.deleted`: accounts, and whoever else a package names and
# erases (a correspondent). What somebody did stays readable together, under a pseudonym (`queries.pseudonym`).
NAMES_OVER = """t.name <> '' AND EXISTS (SELECT 1 FROM journal_event v WHERE v.kind LIKE '%%.deleted'
 AND v.object = t.ref AND v.establishment_id = t.establishment_id AND v.at < %(limit)s)"""

register(
    Kept(
        "journal.events",
        "Événements du journal",
        "journal_event",
        "journal",
        Basis.SECURITY,
        By("", "l’événement, pour la durée de son type (plus bas)", erase_old_events),
    ),
    Kept(
        "journal.names",
        "Noms derrière les références du journal",
        "journal_name",
        "journal",
        Basis.SECURITY,
        Sweep("PARVIS_NAME_RETENTION_YEARS", "la suppression du compte", NAMES_OVER, blank={"name": "''"}),
    ),
)
register_kinds(Kind("retention.carried_out", "Effacement des données dont la durée est passée", kept_years=3))
