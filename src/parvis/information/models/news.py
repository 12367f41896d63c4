"""News (« Actualités »): what the funds have to say to employers, to whom, from when to when; who has read it."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models


class News(models.Model):
    """An item of news, written by an adviser. It is no secret: the audience says whom it concerns, not who may know.

    Audience: `funds`, `kinds` (of employer), `themes` (of services); an empty list stands for all of them, and an item
    that names several of these is for who meets each (`news.audience`). `public`: read without signing in too.
    Shown from `starts_on` to `ends_on` (days in Paris, included) while it is published. `slug`: its address, given
    when it is first published and never changed. `search_title`, `search_text`: as the search looks at them.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Brouillon"
        PUBLISHED = "published", "Publiée"
        WITHDRAWN = "withdrawn", "Retirée"

    ref = models.UUIDField(unique=True, default=uuid.uuid4)
    slug = models.CharField(max_length=80, blank=True)
    title = models.CharField(max_length=150)
    summary = models.CharField(max_length=400)
    body = models.TextField(blank=True)
    funds = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    kinds = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    themes = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    public = models.BooleanField(default=True)
    pinned = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    picture_alt = models.CharField(max_length=250, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    written_by = models.UUIDField()
    search_title = models.TextField(blank=True)
    search_text = models.TextField(blank=True)

    class Meta:
        db_table = "information_news"
        constraints = [
            models.UniqueConstraint(fields=["slug"], condition=~models.Q(slug=""), name="news_address_once"),
            models.CheckConstraint(
                condition=models.Q(state="draft")
                | models.Q(starts_on__isnull=False, published_at__isnull=False) & ~models.Q(slug="")
                | models.Q(state="withdrawn"),
                name="news_published_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                name="news_ends_after_it_starts",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-starts_on"], name="news_list"),
            models.Index(
                fields=["-pinned", "-starts_on", "-published_at", "-id"],
                condition=models.Q(state="published"),
                name="news_latest",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class NewsPicture(models.Model):
    """The picture of an item in one width. `key`: the file (`ground.files`); `digest`: its address, of its content."""

    news = models.ForeignKey(News, on_delete=models.CASCADE, related_name="pictures")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    key = models.CharField(max_length=80)
    digest = models.CharField(max_length=40)

    class Meta:
        db_table = "information_newspicture"
        constraints = [
            models.UniqueConstraint(fields=["news", "width"], name="news_picture_once_a_width"),
            models.UniqueConstraint(fields=["digest", "news"], name="news_picture_address"),
        ]

    def __str__(self) -> str:
        return f"{self.digest} {self.width} × {self.height}"


class NewsReading(models.Model):
    """A person has opened an item; once is enough."""

    person_id = models.BigIntegerField()
    news = models.ForeignKey(News, on_delete=models.CASCADE, db_index=False, related_name="+")
    read_at = models.DateTimeField()

    class Meta:
        db_table = "information_newsreading"
        constraints = [models.UniqueConstraint(fields=["person_id", "news"], name="news_read_once")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.news_id}"
