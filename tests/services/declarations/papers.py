"""Files as payroll software makes them, for the tests of declarations: a commune of a few agents."""

import datetime
import io
from collections.abc import Mapping
from typing import Any

from parvis.agents import nir
from parvis.agents.models import Affiliation, Agent, Post
from parvis.dsn.generation.anomalies import Anomaly
from parvis.dsn.generation.posts import CNRACL, Employer, staff
from parvis.dsn.generation.sending import Part, generate
from parvis.services.declarations.receiving import Report, receive_file
from tests.world import HERE

TOWN = Employer(HERE[:9], HERE[9:], "Commune d’essai", "74000", "Annecy", "74", 3000)
MONTH = datetime.date(2026, 3, 1)
AGENTS = 14
SEED = 3


def dsn(
    month: datetime.date = MONTH,
    anomalies: Mapping[Anomaly, int] | None = None,
    *,
    town: Employer = TOWN,
    test: bool = False,
    agents: int = AGENTS,
    **part: Any,
) -> bytes:
    """A file of one declaration."""
    out = io.BytesIO()
    made = Part(town, month, agents=agents, anomalies=anomalies or {}, **part)
    generate(out, [made], seed=SEED, test=test)
    return out.getvalue()


def handed(content: bytes, name: str = "dsn.txt") -> Report:
    """What receiving a file comes to."""
    report = Report()
    receive_file(io.BytesIO(content), name, report=report)
    return report


def civil_servants(month: datetime.date = MONTH) -> list[Any]:
    """Those of the town who are of the CNRACL and there in a month."""
    return [one for one in staff(TOWN, seed=SEED, agents=AGENTS) if one.regime == CNRACL and one.present(month)]


def forgotten() -> Any:
    """One of them, whom nobody affiliated."""
    gone = civil_servants()[0]
    agent = Agent.objects.get(nir_key=nir.key(gone.identity.nir))
    Post.objects.filter(agent=agent).delete()
    Affiliation.objects.filter(agent=agent).delete()
    agent.delete()
    return gone
