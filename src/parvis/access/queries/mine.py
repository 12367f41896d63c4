"""What a person may read of themselves, under the role `parvis_person`: memberships, rights, ways to reach them."""

import datetime
from dataclasses import dataclass

from django.db import connection

from parvis.access import registry
from parvis.access.levels import Level
from parvis.access.models import Profile
from parvis.access.standing import read_day, read_list
from parvis.access.status import EXPIRES_SQL, OPEN, Status, status_sql, values
from parvis.ground.pages import Administrator


@dataclass(frozen=True, slots=True)
class Mine:
    """One of the person's memberships, ready to show."""

    siret: str
    establishment: str
    identifier: str
    name: str
    function: str
    unit: str
    email: str
    phone: str
    profile: str
    status: Status
    starts_on: datetime.date | None
    ends_on: datetime.date | None
    expires_on: datetime.date
    enters: bool
    rights: tuple[tuple[str, str], ...]

    @property
    def ended(self) -> bool:
        """Whether the account expires by its end date, and not for want of visits."""
        return self.ends_on == self.expires_on


# Others' dates are out of this role's sight: a crossing says where the person is the last administrator.
MEMBERSHIPS_SQL = f"""
SELECT e.siret, e.name, m.identifier, m.first_name || ' ' || m.last_name, m.function, m.unit, m.email, m.phone,
  m.profile,
  ({status_sql("m.id = ANY ((SELECT access_person_renewing(%(today)s, %(months)s))::bigint[])")}),
  m.starts_on, m.ends_on, {EXPIRES_SQL}, (SELECT coalesce(json_agg(json_build_array(r.service, r.level, r.starts_on,
    r.ends_on)), '[]') FROM access_right r WHERE r.membership_id = m.id)
FROM access_membership m JOIN establishments_establishment e ON e.id = m.establishment_id
ORDER BY e.sort_key, e.id
"""


def memberships() -> list[Mine]:
    """The memberships of the person in scope, by name of establishment, with their rights in force; one statement."""
    rule = values()
    today: datetime.date = rule["today"]
    with connection.cursor() as cursor:
        cursor.execute(MEMBERSHIPS_SQL, rule)
        rows = cursor.fetchall()
    found = []
    for (
        siret,
        place,
        code,
        name,
        function,
        unit,
        email,
        phone,
        profile,
        slug,
        starts_on,
        ends_on,
        expires,
        rights,
    ) in rows:
        status = Status.of(slug)
        held = []
        for held_code, level, begins, ends in read_list(rights):
            service = registry.get(held_code)
            first, last = read_day(begins), read_day(ends)
            if service and (first is None or first <= today) and (last is None or today <= last):
                held.append((service.name, Level(level).label))
        found.append(
            Mine(
                siret=siret,
                establishment=place,
                identifier=code,
                name=name,
                function=function,
                unit=unit,
                email=email,
                phone=phone,
                profile=Profile(profile).label,
                status=status,
                starts_on=starts_on,
                ends_on=ends_on,
                expires_on=expires,
                enters=status in OPEN and (starts_on is None or starts_on <= today),
                rights=tuple(sorted(held)),
            )
        )
    return found


def my_administrators() -> dict[str, list[Administrator]]:
    """Whom the person in scope can ask, by SIRET: the active administrators of their establishments, but themselves."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.siret, a.name, a.function, a.email, a.phone "
            "FROM access_person_administrators(%(today)s, %(months)s) a "
            "JOIN establishments_establishment e ON e.id = a.establishment_id",
            values(),
        )
        found: dict[str, list[Administrator]] = {}
        for siret, *who in cursor:
            found.setdefault(siret, []).append(Administrator(*who))
        return found


def each_once(by_establishment: dict[str, list[Administrator]]) -> list[Administrator]:
    """Each administrator once, whatever the number of establishments that they administer."""
    return list(dict.fromkeys(one for several in by_establishment.values() for one in several))
