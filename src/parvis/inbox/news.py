"""The news that concern any of somebody's establishments, with what they have read of it.

One statement proposes, for all establishments at once; where an item asks for a right (it names themes), the rights of
the day decide, in the scope of the establishment for whose sake it was proposed.
"""

import json

from parvis.access import registry
from parvis.access.standing import Standing, standing
from parvis.access.status import values
from parvis.establishments.funds import ALL
from parvis.ground import tenancy
from parvis.ground.database.prepared import prepared
from parvis.information.news.audience import themes_of
from parvis.information.news.queries import COLUMNS, Item, item_of

# Of how many of the latest; and how many more are proposed than shown, for those that no right bears out.
LOOKED, SPARE = 50, 2

_ITEMS = f"""SELECT {COLUMNS}, NOT EXISTS (SELECT 1 FROM information_newsreading r
    WHERE r.news_id = n.id AND r.person_id = %(person)s)
  FROM information_news n WHERE n.id = ANY (%(numbers)s) ORDER BY array_position(%(numbers)s, n.id)"""


def latest_everywhere(person: int, limit: int, known: dict[int, Standing]) -> list[Item]:
    """The latest for the person in scope (`parvis_person`), pinned first. `known`: standings that were read already.

    Two statements; for an item with themes, at most two establishments more are looked at.
    """
    rule = values()
    codes = {service.code: service.theme.code for service in registry.catalogue(ALL)}
    with prepared() as cursor:
        cursor.execute(
            "SELECT * FROM inbox_news(%s, %s, %s::jsonb, %s, %s)",
            [rule["today"], rule["months"], json.dumps(codes), LOOKED, limit + SPARE],
        )
        proposed = cursor.fetchall()
    standings: dict[int, Standing | None] = dict(known)
    numbers: list[int] = []
    for number, themes, places in proposed:
        if len(numbers) == limit:
            break
        if not themes or any(_concerned(person, place, set(themes), standings) for place in places):
            numbers.append(number)
    if not numbers:
        return []
    with prepared() as cursor:
        cursor.execute(_ITEMS, {"person": person, "numbers": numbers})
        return [item_of(row) for row in cursor.fetchall()]


def _concerned(person: int, place: int, themes: set[str], standings: dict[int, Standing | None]) -> bool:
    if place not in standings:
        with tenancy.scope(person=person, establishment=place, read_only=True):
            standings[place] = standing(person, place)
    who = standings[place]
    return who is not None and who.enters and not themes.isdisjoint(themes_of(who))
