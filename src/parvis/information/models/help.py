"""The help centre: questions and clarifications that advisers write, and its pages as the search looks at them."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Question(models.Model):
    """A question and its answer (small markup), under a theme or one of its services; shown while it is published.

    `funds`: those it is about, none for the platform itself. `rank`: the order within its service or theme.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Brouillon"
        PUBLISHED = "published", "Publiée"
        WITHDRAWN = "withdrawn", "Retirée"

    ref = models.UUIDField(unique=True, default=uuid.uuid4)
    question = models.CharField(max_length=200)
    answer = models.TextField()
    theme = models.CharField(max_length=40, blank=True)
    service = models.CharField(max_length=60, blank=True)
    funds = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    rank = models.PositiveSmallIntegerField(default=100)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    written_by = models.UUIDField()
    search_title = models.TextField(blank=True)
    search_text = models.TextField(blank=True)

    class Meta:
        db_table = "information_question"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True)
                | models.Q(starts_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="question_ends_after_it_starts",
            ),
        ]
        indexes = [models.Index(fields=["state", "service", "theme", "rank"], name="question_list")]

    def __str__(self) -> str:
        return self.question


class Clarification(models.Model):
    """What an adviser says on a page of the help centre, beside its own text (small markup), while it is published.

    `page`: the key of the page (see `HelpPage`). `place`: before or after the page's text, or instead of it. Each text
    that it had stands in `ClarificationVersion`.
    """

    class Place(models.TextChoices):
        BEFORE = "before", "Avant le texte de la page"
        AFTER = "after", "Après le texte de la page"
        INSTEAD = "instead", "À la place du texte de la page"

    class State(models.TextChoices):
        DRAFT = "draft", "Brouillon"
        PUBLISHED = "published", "Publiée"
        WITHDRAWN = "withdrawn", "Retirée"

    ref = models.UUIDField(unique=True, default=uuid.uuid4)
    page = models.CharField(max_length=100)
    place = models.CharField(max_length=10, choices=Place.choices)
    title = models.CharField(max_length=150)
    body = models.TextField()
    funds = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    search_title = models.TextField(blank=True)
    search_text = models.TextField(blank=True)

    class Meta:
        db_table = "information_clarification"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True)
                | models.Q(starts_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="clarification_ends_after_it_starts",
            ),
        ]
        indexes = [models.Index(fields=["page", "state"], name="clarification_page")]

    def __str__(self) -> str:
        return self.title


class ClarificationVersion(models.Model):
    """A text that a clarification had, and who wrote it: never changed once written."""

    clarification = models.ForeignKey(Clarification, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=150)
    body = models.TextField()
    place = models.CharField(max_length=10)
    written_at = models.DateTimeField()
    written_by = models.UUIDField()

    class Meta:
        db_table = "information_clarificationversion"
        constraints = [
            models.UniqueConstraint(fields=["clarification", "number"], name="clarification_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.clarification_id} {self.number}"


class HelpPage(models.Model):
    """A page of the help centre as the search looks at it: written by `help.indexing` alone, never by hand.

    `key`: « article:<slug> », « service:<code> » or « theme:<code> ».
    """

    key = models.CharField(max_length=100, unique=True)
    title = models.CharField(max_length=200)
    href = models.CharField(max_length=200)
    text = models.TextField()
    search_title = models.TextField()
    search_text = models.TextField()

    class Meta:
        db_table = "information_helppage"

    def __str__(self) -> str:
        return self.key


class Word(models.Model):
    """A word of five letters or more of what the search looks at: what a mistyped one is compared with."""

    word = models.CharField(max_length=40, primary_key=True)

    class Meta:
        db_table = "information_word"

    def __str__(self) -> str:
        return self.word
