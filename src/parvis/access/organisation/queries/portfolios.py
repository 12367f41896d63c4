"""Portfolios as pages show them."""

import datetime
import uuid
from dataclasses import dataclass

from django.db import connection

from parvis.access.levels import Level
from parvis.access.standing import Standing
from parvis.access.status import LATEST_CTE, OPEN, STATUS_SQL, Status, values


@dataclass(frozen=True, slots=True)
class Listed:
    """A portfolio of the list: how many clients and people, and whether this person is of its team."""

    ref: uuid.UUID
    name: str
    clients: int
    people: int
    mine: bool


@dataclass(frozen=True, slots=True)
class TeamMember:
    """Somebody of a portfolio's team."""

    account_id: int
    name: str
    function: str
    status: Status
    level: Level
    since: datetime.datetime

    @property
    def works(self) -> bool:
        return self.status in OPEN


def portfolios(who: Standing) -> list[Listed]:
    """All of the organisation for who administers it, one's own otherwise; by name. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT f.ref, f.name, (SELECT count(*) FROM access_portfolioclient c WHERE c.portfolio_id = f.id),
              (SELECT count(*) FROM access_portfoliomember m WHERE m.portfolio_id = f.id),
              EXISTS (SELECT 1 FROM access_portfoliomember m WHERE m.portfolio_id = f.id AND m.membership_id = %s)
            FROM access_portfolio f WHERE f.establishment_id = %s ORDER BY f.name""",
            [who.membership_id, who.establishment_id],
        )
        found = [Listed(*row) for row in cursor]
    return [one for one in found if who.administers or one.mine]


def one_portfolio(who: Standing, ref: uuid.UUID) -> Listed | None:
    """The portfolio of that reference, for who may see it."""
    return next((one for one in portfolios(who) if one.ref == ref), None)


def team(who: Standing, ref: uuid.UUID) -> list[TeamMember]:
    """Who works on the portfolio, by name. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""WITH {LATEST_CTE}
            SELECT m.id, m.first_name || ' ' || m.last_name, m.function, ({STATUS_SQL}), p.level, p.granted_at
            FROM access_portfoliomember p JOIN access_portfolio f ON f.id = p.portfolio_id
            JOIN access_membership m ON m.id = p.membership_id
            WHERE f.ref = %(ref)s AND f.establishment_id = %(establishment)s ORDER BY m.sort_key, m.id""",
            {**values(), "ref": ref, "establishment": who.establishment_id},
        )
        return [
            TeamMember(account, name, function, Status.of(status), Level(level), since)
            for account, name, function, status, level, since in cursor
        ]
