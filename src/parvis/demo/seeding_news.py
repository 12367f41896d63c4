"""The demo's news, questions and clarifications of the help: every state of their pages, and what some have read."""

import datetime
import io
import tomllib
import uuid
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from parvis.access import registry
from parvis.advisers.models import Adviser
from parvis.backoffice.news.actions import slug_of
from parvis.demo.people import ANNECY
from parvis.establishments.models import Establishment
from parvis.ground import clock
from parvis.ground.identifiers.text import search_key
from parvis.information.models import Clarification, ClarificationVersion, News, NewsReading, Question
from parvis.information.news import pictures

DATA = Path(__file__).with_name("data")
WIDTH, HEIGHT = 1440, 810
_DEEP, _LIGHT, _PAPER, _WARM = "#0b5a66", "#cfe5e8", "#faf8f5", "#f2bd6b"
# Older items have been read by everybody of Annecy.
READ_SINCE = 13


def seed_news(establishments: dict[str, Establishment]) -> None:
    """Write them all; nothing of it is of an establishment, so that no event is either."""
    writer = Adviser.objects.order_by("id").values_list("ref", flat=True).first() or uuid.uuid4()
    for told in tomllib.loads((DATA / "news.toml").read_text("utf-8"))["news"]:
        _news(told, writer)
    for rank, told in enumerate(tomllib.loads((DATA / "questions.toml").read_text("utf-8"))["question"], start=1):
        _question(told, rank * 10, writer)
    for told in tomllib.loads((DATA / "clarifications.toml").read_text("utf-8"))["clarification"]:
        _clarification(told, writer)
    _readings(establishments[ANNECY])


def _news(told: dict[str, Any], writer: uuid.UUID) -> None:
    now, today = clock.now(), clock.today()
    draft = told.get("draft", False)
    starts = told.get("starts", 0)
    written = now - datetime.timedelta(days=max(starts, 0), hours=2)
    news = News.objects.create(
        title=told["title"],
        slug="" if draft else slug_of(told["title"], today - datetime.timedelta(days=starts)),
        summary=told["summary"],
        body=told["body"].strip(),
        funds=told.get("funds", []),
        kinds=told.get("kinds", []),
        themes=told.get("themes", []),
        public=told.get("public", True),
        pinned=told.get("pinned", False),
        state=News.State.DRAFT if draft else News.State.PUBLISHED,
        starts_on=None if draft else today - datetime.timedelta(days=starts),
        ends_on=today - datetime.timedelta(days=told["ends"]) if "ends" in told else None,
        picture_alt=told.get("alt", ""),
        created_at=written,
        changed_at=written,
        published_at=None if draft else written,
        written_by=writer,
        search_title=search_key(told["title"]),
        search_text=search_key(f"{told['summary']} {told['body']}"),
    )
    if "picture" in told:
        pictures.replace(news, _drawn(told["picture"]))


def _question(told: dict[str, Any], rank: int, writer: uuid.UUID) -> None:
    now = clock.now() - datetime.timedelta(days=60)
    service = registry.get(told.get("service", ""))
    Question.objects.create(
        question=told["question"],
        answer=told["answer"],
        theme=service.theme.code if service else told.get("theme", ""),
        service=told.get("service", ""),
        funds=told.get("funds", []),
        rank=rank,
        state=told.get("state", Question.State.PUBLISHED),
        created_at=now,
        changed_at=now,
        written_by=writer,
        search_title=search_key(told["question"]),
        search_text=search_key(told["answer"]),
    )


def _clarification(told: dict[str, Any], writer: uuid.UUID) -> None:
    """With the texts that it had, the first one first."""
    texts, now, today = [*told.get("before", []), told["body"]], clock.now(), clock.today()
    one = Clarification.objects.create(
        page=told["page"],
        place=told.get("place", Clarification.Place.BEFORE),
        title=told["title"],
        body=told["body"].strip(),
        funds=told.get("funds", []),
        state=told.get("state", Clarification.State.PUBLISHED),
        starts_on=today + datetime.timedelta(days=told["starts"]) if "starts" in told else None,
        ends_on=today + datetime.timedelta(days=told["ends"]) if "ends" in told else None,
        created_at=now - datetime.timedelta(days=9 * len(texts)),
        changed_at=now - datetime.timedelta(days=9),
        search_title=search_key(told["title"]),
        search_text=search_key(told["body"]),
    )
    for number, text in enumerate(texts, start=1):
        ClarificationVersion.objects.create(
            clarification=one,
            number=number,
            title=one.title,
            body=text.strip(),
            place=one.place,
            written_at=now - datetime.timedelta(days=9 * (len(texts) - number + 1)),
            written_by=writer,
        )


def _readings(where: Establishment) -> None:
    before = clock.today() - datetime.timedelta(days=READ_SINCE)
    old = News.objects.filter(state=News.State.PUBLISHED, starts_on__lt=before).values_list("pk", flat=True)
    people = where.membership_set.filter(person_id__isnull=False).values_list("person_id", flat=True)
    NewsReading.objects.bulk_create(
        NewsReading(person_id=person, news_id=news, read_at=clock.now()) for person in people for news in old
    )


def _drawn(what: str) -> bytes:
    """A picture made of a few plain shapes: an envelope with its letter, a month with days that count."""
    sheet = Image.new("RGB", (WIDTH, HEIGHT), _LIGHT)
    pen = ImageDraw.Draw(sheet)
    pen.ellipse((900, -300, 1700, 500), fill="#b4d5da")
    pen.ellipse((-300, 420, 420, 1140), fill="#b4d5da")
    if what == "letters":
        pen.rounded_rectangle((500, 150, 940, 560), 18, fill=_PAPER, outline=_DEEP, width=8)
        for line in range(4):
            pen.line((570, 240 + 60 * line, 870 - 90 * (line == 3), 240 + 60 * line), fill=_DEEP, width=14)
        pen.rounded_rectangle((400, 400, 1040, 720), 24, fill=_DEEP)
        pen.polygon(((400, 420), (720, 640), (1040, 420), (1040, 700), (400, 700)), fill="#0e7482")
    else:
        pen.rounded_rectangle((430, 130, 1010, 690), 28, fill=_PAPER, outline=_DEEP, width=8)
        pen.rounded_rectangle((430, 130, 1010, 250), 28, fill=_DEEP)
        for day in range(28):
            x, y = 490 + 72 * (day % 7), 310 + 90 * (day // 7)
            pen.rounded_rectangle((x, y, x + 48, y + 48), 10, fill=_WARM if 9 <= day <= 22 else _LIGHT)
    held = io.BytesIO()
    sheet.save(held, "PNG")
    return held.getvalue()
