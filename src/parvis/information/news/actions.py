"""What a reader leaves: that they have opened an item."""

from django.db import connection

from parvis.access.standing import Standing
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import action
from parvis.information.news.audience import CONCERNS_SQL, SHOWN_SQL, themes_of

READ_SQL = """INSERT INTO information_newsreading (person_id, news_id, read_at) VALUES (%s, %s, %s)
ON CONFLICT (person_id, news_id) DO NOTHING"""
ALL_READ_SQL = f"""INSERT INTO information_newsreading (person_id, news_id, read_at)
SELECT %(person)s, n.id, %(now)s FROM information_news n WHERE {SHOWN_SQL} AND {CONCERNS_SQL}
ON CONFLICT (person_id, news_id) DO NOTHING"""


def note_reading(person: int, news: int) -> None:
    """After a page, which is READ ONLY: a short transaction of its own. Once is kept, the first time."""
    with tenancy.scope(person=person), connection.cursor() as cursor:
        cursor.execute(READ_SQL, [person, news, clock.now()])


@action
def mark_all_read(*, who: Standing) -> None:
    """Everything that concerns the person here today counts as read."""
    with connection.cursor() as cursor:
        cursor.execute(
            ALL_READ_SQL,
            {
                "person": who.person_id,
                "now": clock.now(),
                "today": who.today,
                "funds": sorted(who.funds),
                "themes": themes_of(who),
                "establishment": who.establishment_id,
            },
        )
