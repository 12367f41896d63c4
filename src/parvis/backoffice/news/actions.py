"""Writing an item, publishing it from a day to a day, pinning and withdrawing it."""

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from parvis.advisers.standing import AdviserStanding
from parvis.backoffice.editing import check_funds, note
from parvis.ground import clock
from parvis.ground.identifiers.text import search_key
from parvis.ground.tenancy import Refused, action
from parvis.information.models import News
from parvis.information.news import pictures

SLUG_LENGTH = 70
GONE = "Cette actualité n’existe pas, ou concerne d’autres fonds."


@dataclass(frozen=True, slots=True)
class Written:
    """What was typed, validated. `picture`: a new one, checked (`information.news.pictures`); None: as it was."""

    title: str
    summary: str
    body: str
    funds: list[str]
    kinds: list[str]
    themes: list[str]
    public: bool
    picture_alt: str = ""
    picture: bytes | None = None
    no_picture: bool = False


@action
def write(*, who: AdviserStanding, written: Written, ref: uuid.UUID | None = None) -> News:
    """Keep a new draft, or change an item: a published one changes at once for its readers. Raises Refused."""
    news = _held(ref) if ref else None
    if news is not None:
        check_funds(who, news.funds)
    check_funds(who, written.funds)
    before = _said(news) if news else {}
    now = clock.now()
    if news is None:
        news = News(created_at=now, written_by=who.ref)
    has_picture = not written.no_picture and (
        written.picture is not None or (news.pk is not None and news.pictures.exists())
    )
    if has_picture and not written.picture_alt:
        raise Refused("Dites ce que montre l’image, pour les personnes qui ne la voient pas.", field="picture_alt")
    for name in ("title", "summary", "body", "funds", "kinds", "themes", "public"):
        setattr(news, name, getattr(written, name))
    news.picture_alt = written.picture_alt if has_picture else ""
    news.changed_at = now
    news.search_title = search_key(news.title)
    news.search_text = search_key(f"{news.summary} {news.body}")
    news.save()
    if written.picture is not None or written.no_picture:
        pictures.replace(news, None if written.no_picture else written.picture)
    note("news.changed" if before else "news.created", who, news.ref, before=before, after=_said(news))
    return news


@action
def publish(*, who: AdviserStanding, ref: uuid.UUID, starts_on: datetime.date, ends_on: datetime.date | None) -> News:
    """Show it from a day on, to a day (included) or until it is withdrawn. One that was withdrawn may come back.

    Its address is given once: links to it hold for ever.
    """
    news = _held(ref)
    check_funds(who, news.funds)
    if ends_on is not None and ends_on < max(starts_on, clock.today()):
        raise Refused("Le dernier jour est passé, ou précède le premier : corrigez l’une des dates.", field="ends_on")
    before = _said(news)
    news.starts_on, news.ends_on, news.state = starts_on, ends_on, News.State.PUBLISHED
    news.published_at = news.published_at or clock.now()
    news.changed_at = clock.now()
    if news.slug:
        news.save()
    else:
        _named(news)
    note("news.published", who, news.ref, before=before, after=_said(news))
    return news


@action
def withdraw(*, who: AdviserStanding, ref: uuid.UUID) -> News:
    """Nobody reads it any more, from now on; a draft is put aside in the same way."""
    news = _held(ref)
    check_funds(who, news.funds)
    if news.state == News.State.WITHDRAWN:
        raise Refused("Cette actualité est déjà retirée.")
    before = _said(news)
    news.state, news.changed_at = News.State.WITHDRAWN, clock.now()
    news.save(update_fields=["state", "changed_at"])
    note("news.withdrawn", who, news.ref, before=before, after=_said(news))
    return news


@action
def pin(*, who: AdviserStanding, ref: uuid.UUID, pinned: bool) -> News:
    """Put it before all others, or among them again."""
    news = _held(ref)
    check_funds(who, news.funds)
    if news.pinned != pinned:
        news.pinned = pinned
        news.save(update_fields=["pinned"])
        note("news.pinned" if pinned else "news.unpinned", who, news.ref)
    return news


def _held(ref: uuid.UUID) -> News:
    # The adviser's policy hides those that name a fund of others: they do not exist.
    news = News.objects.select_for_update(of=("self",)).filter(ref=ref).first()
    if news is None:
        raise Refused(GONE)
    return news


def _named(news: News) -> None:
    """Save it under an address made of its month and title; another item, perhaps of other funds, may have the same."""
    plain = slug_of(news.title, news.starts_on or clock.today())
    for slug in (plain, f"{plain}-{news.ref.hex[:8]}"):
        news.slug = slug
        try:
            with transaction.atomic():
                news.save()
        except IntegrityError as fault:
            if "news_address_once" not in str(fault):
                raise
        else:
            return
    raise Refused("Une actualité porte déjà ce titre : changez-le.", field="title")


def slug_of(title: str, day: datetime.date) -> str:
    """« 2026-11-un-titre »."""
    plain = search_key(title).replace("'", " ")
    return f"{day:%Y-%m}-{slugify(plain)}"[:SLUG_LENGTH].strip("-")


def _said(news: News) -> dict[str, Any]:
    """What the journal keeps: no text, which is public anyway, but to whom and when."""
    return {
        "state": news.state,
        "funds": news.funds,
        "kinds": news.kinds,
        "themes": news.themes,
        "public": news.public,
        "starts_on": str(news.starts_on or ""),
        "ends_on": str(news.ends_on or ""),
    }
