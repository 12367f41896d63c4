"""News: whom an item concerns, when it is shown, who has read it."""

import datetime
import uuid
from typing import Any

from parvis.access.standing import standing
from parvis.ground import clock, tenancy
from parvis.information.models import News
from parvis.information.news import queries
from tests.world import Someone, World

TODAY = clock.today()


def item(title: str = "Une actualité", **given: Any) -> News:
    """Published since yesterday, for everybody; `given` says otherwise."""
    now = clock.now()
    values = {
        "slug": f"une-{uuid.uuid4().hex[:8]}",
        "summary": "Ce qu’il faut en retenir.",
        "body": "Un **texte**.\n\n## Titre\n\n- une ligne",
        "state": "published",
        "starts_on": TODAY - datetime.timedelta(days=1),
        "created_at": now,
        "changed_at": now,
        "published_at": now,
        "written_by": uuid.uuid4(),
        **given,
    }
    return News.objects.create(title=title, **values)


def titles(who: Someone, limit: int = 50) -> list[str]:
    where = who.membership.establishment_id
    with tenancy.scope(person=who.person.pk, establishment=where):
        here = standing(who.person.pk, where)
        assert here is not None
        return [one.title for one in queries.latest(here, limit)]


# Annecy (« here »: a commune with CNRACL, Ircantec and RAFP) and Abondance (« there »: a commune with CNRACL and RAFP).
# Claire administers here; Léa has rights on « Établissement » alone, Marc on « Relations » too; Inès administers there.
AUDIENCES: list[tuple[dict[str, Any], str]] = [
    ({}, "claire léa marc inès"),
    ({"funds": ["cnracl"]}, "claire léa marc inès"),
    ({"funds": ["ircantec"]}, "claire léa marc"),
    ({"funds": ["ircantec", "rafp"]}, "claire léa marc inès"),
    ({"funds": ["faefm"]}, ""),
    ({"kinds": ["commune"]}, "claire léa marc inès"),
    ({"kinds": ["sante", "departement"]}, ""),
    ({"kinds": ["sante", "commune"], "funds": ["ircantec"]}, "claire léa marc"),
    ({"kinds": ["sante"], "funds": ["ircantec"]}, ""),
    ({"themes": ["relations"]}, "claire marc inès"),
    ({"themes": ["etablissement"]}, "claire léa marc inès"),
    ({"themes": ["relations"], "funds": ["ircantec"]}, "claire marc"),
    ({"themes": ["relations", "etablissement"], "kinds": ["commune"], "funds": ["ircantec"]}, "claire léa marc"),
    ({"themes": ["disparu"]}, ""),
    ({"public": False}, "claire léa marc inès"),
    ({"starts_on": TODAY}, "claire léa marc inès"),
    ({"starts_on": TODAY + datetime.timedelta(days=1)}, ""),
    ({"ends_on": TODAY}, "claire léa marc inès"),
    ({"starts_on": TODAY - datetime.timedelta(days=9), "ends_on": TODAY - datetime.timedelta(days=1)}, ""),
    ({"state": "draft", "slug": ""}, ""),
    ({"state": "withdrawn"}, ""),
]


def test_item_is_shown_to_whom_it_concerns_while_it_is_published(as_owner: Any, world: World) -> None:
    people = {
        "claire": world.administrator,
        "léa": world.user,
        "marc": world.reader,
        "inès": world.stranger,
    }
    made = [item(f"Cas {number}", **given).title for number, (given, _) in enumerate(AUDIENCES)]
    seen = {name: set(titles(who)) for name, who in people.items()}
    for title, (given, wanted) in zip(made, AUDIENCES, strict=True):
        assert {name for name in people if title in seen[name]} == set(wanted.split()), given
