"""What somebody has begun and not confirmed, sealed: an affiliation being declared, a file being previewed."""

import uuid

from django.db import models

from parvis.establishments.models import Establishment


class Draft(models.Model):
    """An affiliation being declared, step by step. `content`: sealed JSON (`drafts.Content`). Its key is the request
    from which the affiliation is made, so that sending twice makes one. `affiliation`: one that is being completed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False, related_name="+")
    person_id = models.BigIntegerField()
    affiliation = models.BigIntegerField(null=True)
    content = models.TextField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "service_affiliations_draft"
        indexes = [models.Index(fields=["person_id", "establishment"], name="affiliation_drafts")]

    def __str__(self) -> str:
        return f"draft {self.pk}"


class AgentFile(models.Model):
    """A file of agents, read and previewed: its author alone confirms it, once.

    `told`: what was said with it (day, act, other employer). `sealed`: the lines and their preview; emptied when it is
    confirmed. `counts`: how many lines are of each kind.
    """

    class Way(models.TextChoices):
        LIST = "list", "Ajouter ou corriger des agents"
        IN = "in", "Mutation de masse : agents qui arrivent"
        OUT = "out", "Mutation de masse : agents qui partent"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False, related_name="+")
    author = models.UUIDField()
    way = models.CharField(max_length=4, choices=Way.choices)
    told = models.JSONField(default=dict)
    sealed = models.TextField(blank=True)
    counts = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "service_affiliations_agentfile"
        indexes = [models.Index(fields=["establishment", "author"], name="agentfile_of_author")]

    def __str__(self) -> str:
        return str(self.id)
