"""News: whom an item concerns, when it is shown, who has read it, what everybody reads."""

import datetime
import io
import uuid
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from parvis.access.standing import standing
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused
from parvis.information.models import News, NewsReading
from parvis.information.news import pictures, queries
from tests.plugins.html import ReadingClient
from tests.world import HERE, THERE, Someone, World

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
        return [one.title for one in queries.latest_asked(here, limit).ask()]


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


def test_reading_is_noted_once_per_person_and_shown_everywhere(
    as_owner: Any, world: World, signed_in: Callable[[Someone], ReadingClient]
) -> None:
    news = item("À lire", funds=["cnracl"])
    href = reverse("information:news-item", args=[news.slug])
    here = reverse("information:news-here", args=[HERE])
    léa, marc = signed_in(world.user), signed_in(world.reader)
    assert "Non lue" in léa.get(here).content.decode()
    for _ in range(2):
        assert léa.get(href).status_code == 200
    assert list(NewsReading.objects.values_list("person_id", "news_id")) == [(world.user.person.pk, news.pk)]
    assert "Non lue" not in léa.get(here).content.decode()
    assert "Non lue" in marc.get(here).content.decode()
    # A visitor leaves nothing.
    assert ReadingClient().get(href).status_code == 200
    assert NewsReading.objects.count() == 1
    # All at once, of what concerns the person alone.
    item("Ailleurs", funds=["faefm"])
    assert marc.post(here).status_code == 302
    assert NewsReading.objects.filter(person_id=world.reader.person.pk).count() == 1
    # Another establishment's page does not exist for them.
    assert marc.get(reverse("information:news-here", args=[THERE])).status_code == 404
    # Whoever is erased takes their readings along.
    with as_owner.cursor() as cursor:
        cursor.execute("SELECT confdeltype FROM pg_constraint WHERE conname = 'news_reading_person'")
        assert cursor.fetchone() in {("c",), (b"c",)}


def test_visitor_reads_what_is_public_and_nothing_before_its_day(as_owner: Any, world: World) -> None:
    tomorrow = TODAY + datetime.timedelta(days=1)
    cases: list[tuple[dict[str, Any], int]] = [
        ({}, 200),
        ({"public": False}, 302),
        ({"starts_on": tomorrow}, 404),
        ({"state": "withdrawn"}, 404),
        # Over: links to it were sent, and the page says that it is over.
        ({"starts_on": TODAY - datetime.timedelta(days=9), "ends_on": TODAY - datetime.timedelta(days=1)}, 200),
    ]
    browser = ReadingClient()
    for given, wanted in cases:
        answer = browser.get(reverse("information:news-item", args=[item(**given).slug]))
        assert answer.status_code == wanted, given
        assert "Non lue" not in answer.content.decode()
        assert ("Information passée" in answer.content.decode()) == ("ends_on" in given), given
    assert browser.get("/actualites/aucune/").status_code == 404


def test_list_is_filtered_by_fund_and_theme_and_asks_no_more_when_it_grows(as_owner: Any, world: World) -> None:
    browser = ReadingClient()
    item("De tous")
    item("De la RAFP", funds=["rafp"], themes=["relations"])
    item("Caché", public=False)
    listing = reverse("information:news")

    def told(query: str) -> set[str]:
        page = browser.get(listing + query).content.decode()
        return {title for title in ("De tous", "De la RAFP", "Caché") if f">{title}</a>" in page}

    assert told("") == {"De tous", "De la RAFP"}
    assert told("?fonds=cnracl") == {"De tous"}
    assert told("?fonds=rafp") == {"De tous", "De la RAFP"}
    assert told("?theme=relations") == {"De la RAFP"}
    assert told("?fonds=rien&theme=rien&page=99") == {"De tous", "De la RAFP"}

    def asked() -> int:
        with CaptureQueriesContext(connection) as held:
            browser.get(listing)
        return len(held)

    few = asked()
    for _ in range(15):
        item()
    assert asked() == few
    page = browser.get(listing).content.decode()
    assert "Page 1 sur 2" in page.replace("\u00a0", " ")
    assert browser.get(f"{listing}?page=2").status_code == 200


def test_flow_is_valid_keeps_its_identifiers_and_says_when_nothing_changed(as_owner: Any, world: World) -> None:
    whole = item("Du fonds & des autres", funds=["ircantec"], summary="<b>pas de HTML</b>")
    item("Caché", public=False)
    item("Des élus", funds=["faefm"])
    browser = ReadingClient()
    answer = browser.get(reverse("information:news-feed-fund", args=["ircantec"]))
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    atom = "{http://www.w3.org/2005/Atom}"
    root = ElementTree.fromstring(answer.content)
    assert root.tag == f"{atom}feed"
    for name in ("id", "title", "updated", "author"):
        assert root.find(f"{atom}{name}") is not None
    (entry,) = root.findall(f"{atom}entry")
    told = {name: entry.findtext(f"{atom}{name}") for name in ("id", "title", "summary", "updated", "published")}
    assert told["id"] == f"urn:uuid:{whole.ref}"
    assert (told["title"], told["summary"]) == ("Du fonds & des autres", "<b>pas de HTML</b>")
    assert all(datetime.datetime.fromisoformat(str(told[name])).tzinfo for name in ("updated", "published"))
    link = entry.find(f"{atom}link")
    assert link is not None
    assert link.get("href") == f"{settings.PARVIS_ADDRESS}/actualites/{whole.slug}/"
    again = browser.get(
        reverse("information:news-feed-fund", args=["ircantec"]), headers={"If-None-Match": answer["ETag"]}
    )
    assert again.status_code == 304
    whole.changed_at += datetime.timedelta(minutes=5)
    whole.save()
    assert browser.get(reverse("information:news-feed-fund", args=["ircantec"]))["ETag"] != answer["ETag"]
    everything = ElementTree.fromstring(browser.get(reverse("information:news-feed")).content)
    assert len(everything.findall(f"{atom}entry")) == 2
    assert browser.get("/actualites/flux/rien.atom").status_code == 404


def sent(kind: str = "PNG", size: tuple[int, int] = (1000, 500)) -> SimpleUploadedFile:
    held = io.BytesIO()
    Image.new("RGB", size, "teal").save(held, kind)
    return SimpleUploadedFile(f"image.{kind.lower()}", held.getvalue())


def test_picture_is_made_anew_in_the_widths_it_has_and_served_while_it_is_shown(as_owner: Any, world: World) -> None:
    news = item("Avec une image", picture_alt="Un aplat bleu-vert")
    pictures.replace(news, pictures.checked(sent(), field="picture"))
    held = list(news.pictures.order_by("width"))
    assert [(one.width, one.height) for one in held] == [(480, 240), (960, 480)]
    (shown,) = queries.latest_public(1)
    assert shown.picture is not None
    assert (shown.picture.width, shown.picture.height, shown.picture.alt) == (960, 480, "Un aplat bleu-vert")
    browser = ReadingClient()
    answer = browser.get(reverse("information:news-picture", args=[held[0].digest]))
    assert answer["Content-Type"] == "image/webp"
    assert "immutable" in answer["Cache-Control"]
    with Image.open(io.BytesIO(answer.content)) as opened:
        assert (opened.format, opened.size) == ("WEBP", (480, 240))
    News.objects.filter(pk=news.pk).update(state="withdrawn")
    assert browser.get(reverse("information:news-picture", args=[held[0].digest])).status_code == 404
    pictures.replace(news, None)
    assert not news.pictures.exists()


@pytest.mark.parametrize(
    ("upload", "said"),
    [
        (SimpleUploadedFile("page.png", b"<html><script>"), "ni un PDF, ni une image"),
        (SimpleUploadedFile("image.png", b"\x89PNG\r\n\x1a\n" + b"0" * 50), "abîmé ou incomplet"),
        (sent(size=(479, 300)), "au moins 480 points"),
    ],
)
def test_hostile_or_small_picture_is_refused(upload: SimpleUploadedFile, said: str) -> None:
    with pytest.raises(Refused, match=said):
        pictures.checked(upload, field="picture")
