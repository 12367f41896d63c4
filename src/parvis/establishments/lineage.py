"""Which establishments the one in scope has taken the place of: their history is read with its own."""

from parvis.establishments.models import Succession
from parvis.ground import tenancy

# The crossing that reads it (`crossings.py`).
INHERITED = "establishments_inherited"


def inherited() -> str:
    """The name of the function that reads the predecessors' events; empty where there is no predecessor."""
    here = tenancy.current().establishment
    return INHERITED if Succession.objects.filter(successor_id=here, done_at__isnull=False).exists() else ""
