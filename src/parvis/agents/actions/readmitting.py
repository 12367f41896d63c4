"""Somebody known who comes back, as a declaration says it: a new affiliation, and the post of the new contract."""

import uuid
from collections.abc import Mapping

from parvis.agents.actions.enrolling import Declared, affiliate
from parvis.ground import clock
from parvis.ground.database.prepared import prepared
from parvis.ground.tenancy import action
from parvis.journal.actions import SYSTEM, record


@action
def readmit(*, establishment: int, people: Mapping[int, Declared], declaration: uuid.UUID) -> None:
    """Affiliate these agents (by id) again, where every affiliation that they had ended before; the caller holds that.

    One to the CNRACL waits for the employer, as in `enrol`. A constant number of statements.
    """
    with prepared() as cursor:
        affiliate(cursor, establishment, people, clock.now())
    record("agents.enrolled", actor=SYSTEM, object=declaration, after={"count": len(people)})
