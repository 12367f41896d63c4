"""The employers of the services' tests, with levels on « Agents et affiliations »; what a declaration says."""

import datetime
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from parvis.access.levels import Level
from parvis.agents.actions.declaring import declare
from parvis.agents.entries import Declaration, Identity, PostEntry
from parvis.agents.models import Affiliation
from parvis.regulations.identifiers.persons import nir_key
from tests.services.conftest import OTHER_SIRET, SIRET, Employers

LEVELS = {"redactrice": Level.WRITE, "collegue": Level.WRITE, "lecteur": Level.READ, "etrangere": Level.WRITE}
BASE = f"/etablissements/{SIRET}/services/agents/"
THEIRS = f"/etablissements/{OTHER_SIRET}/services/agents/"


def number(rank: int = 1, *, sex: int = 2, year: int = 85, month: int = 4) -> str:
    """A NIR of nobody."""
    return f"{sex}{year:02d}{month:02d}74010{rank:03d}"


def with_key(nir: str) -> str:
    """The same with its key."""
    return nir + nir_key(nir)


def told(
    rank: int = 1,
    *,
    surname: str = "Bonnefoy",
    status: str = "tenured",
    entry: str = "appointed",
    scheme: str = "cnracl",
    minutes: int = 2100,
    on: datetime.date = datetime.date(2026, 9, 1),
    **more: Any,
) -> Declaration:
    """An official of full hours, unless it is said otherwise."""
    identity = {"nir": number(rank), "surname": surname, "first_names": "Awa", "born_on": datetime.date(1985, 4, 3)}
    identity |= {"nationality": "french"} | more.pop("identity", {})
    post = {"permanent": status != "contract"} | more.pop("post", {})
    return Declaration(
        identity=Identity(**identity),
        post=PostEntry(minutes, **post),
        scheme=scheme,
        status=status,
        entry=entry,
        entered_on=on,
        **more,
    )


@pytest.fixture
def places(rows: Employers, db: None) -> Employers:
    """The employers, the service given at each one's level, both with the CNRACL, the RAFP and the Ircantec."""
    rows.contract("ircantec")
    for fund in ("cnracl", "rafp"):
        rows.contract(fund, siret=OTHER_SIRET)
    for who, level in LEVELS.items():
        rows.owner.execute(
            "INSERT INTO access_right (establishment_id, membership_id, service, level, granted_at) "
            "SELECT m.establishment_id, m.id, 'agents', %s, now() FROM access_membership m WHERE m.person_id = %s",
            [int(level), rows.persons[who]],
        )
    return rows


@pytest.fixture
def declared(places: Employers) -> Callable[..., Affiliation]:
    """Declare an affiliation by an action."""

    def make(who: str = "redactrice", siret: str = SIRET, **more: Any) -> Affiliation:
        with places.scope(who, siret):
            return declare(who=places.standing(who, siret), told=told(**more), request=uuid.uuid4())[0]

    return make
