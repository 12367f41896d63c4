"""What waits between the preview of an import of accounts and its confirmation."""

import uuid

from django.db import models

from parvis.establishments.models import Establishment


class Import(models.Model):
    """A file of accounts and rights, read and previewed: its author alone confirms it, once (`access/bulk/`).

    `sealed`: the lines and their preview, encrypted; emptied when it is confirmed. `counts`: how many lines are of each
    kind. `created`: the accounts that it made, in the file's order.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, db_index=False)
    author = models.UUIDField()
    sealed = models.TextField(blank=True)
    counts = models.JSONField(default=dict)
    created = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_import"
        indexes = [models.Index(fields=["establishment", "author"], name="import_of_author")]

    def __str__(self) -> str:
        return str(self.id)
