"""The demo's monthly life: agents, declarations, contributions, requests. Each part fills its own, after the others."""

from parvis.demo.seeding_agents import seed_agents
from parvis.demo.seeding_contributions import seed_contributions
from parvis.demo.seeding_declarations import seed_declarations
from parvis.demo.seeding_dossiers import seed_dossiers
from parvis.establishments.models import Establishment


def seed_monthly(establishments: dict[str, Establishment]) -> None:
    """Everything, in the order in which one part needs another."""
    seed_agents(establishments)
    # What is due comes from what was declared.
    seed_declarations(establishments)
    seed_contributions(establishments)
    seed_dossiers(establishments)
