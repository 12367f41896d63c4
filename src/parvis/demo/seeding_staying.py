"""What the demo has to be informed of: news, letters, exchanges, obligations. Each part fills its own."""

from parvis.demo.seeding_contacts import seed_contacts
from parvis.demo.seeding_exchanges import seed_exchanges
from parvis.demo.seeding_letters import seed_letters
from parvis.demo.seeding_news import seed_news
from parvis.demo.seeding_obligations import seed_obligations
from parvis.establishments.models import Establishment
from parvis.journal.models import Event


def seed_staying(establishments: dict[str, Establishment], names: dict[str, str]) -> list[Event]:
    """Everything, in the order in which one part needs another; the events of it, with their days in the past."""
    events: list[Event] = []
    seed_news(establishments)
    events += seed_contacts()
    events += seed_letters(establishments)
    events += seed_exchanges(establishments, names)
    events += seed_obligations(establishments, names)
    return events
