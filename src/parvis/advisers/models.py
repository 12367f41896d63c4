"""Advisers, and the cases that two of them decide."""

import uuid

from django.db import models


class Adviser(models.Model):
    """Somebody of a scheme's operator who signs in for its funds. Never a member of an establishment (a trigger).

    `funds`: codes, commas between them, sorted. An adviser who leaves is closed, never deleted: their name stands
    behind what they decided.
    """

    class Role(models.TextChoices):
        FIRST = "first", "Premier niveau"
        SECOND = "second", "Second niveau"
        SUPERVISOR = "supervisor", "Supervision"

    ref = models.UUIDField(unique=True, default=uuid.uuid4)
    person_id = models.BigIntegerField(unique=True)
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    operator = models.CharField(max_length=100)
    role = models.CharField(max_length=10, choices=Role.choices)
    funds = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "advisers_adviser"
        constraints = [
            models.CheckConstraint(condition=models.Q(funds__regex=r"^[a-z]+(,[a-z]+)*$"), name="adviser_has_funds"),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"


class SensitiveAct(models.Model):
    """An act that can hand over an administrator's access: asked by one adviser, decided by another (« quatre yeux »).

    `kind` is declared in `four_eyes`; `establishment_id` and `subject` say what it is about (ids only), `detail` what
    is wanted: whatever of it is of a person is sealed. `fund`: whose advisers see it. A trigger holds who decides it
    (migration 0004), whatever the application does.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "À décider"
        APPROVED = "approved", "Approuvé"
        REFUSED = "refused", "Refusé"
        WITHDRAWN = "withdrawn", "Retiré"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    establishment_id = models.BigIntegerField(null=True)
    fund = models.CharField(max_length=10)
    subject = models.CharField(max_length=60, blank=True)
    detail = models.JSONField(default=dict)
    reason = models.CharField(max_length=1000, blank=True)
    opened_by = models.ForeignKey(Adviser, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    decided_by = models.ForeignKey(Adviser, on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=1000, blank=True)

    class Meta:
        db_table = "advisers_sensitiveact"
        constraints = [
            # Whoever opened it may withdraw it, and nothing else.
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True)
                | models.Q(state="withdrawn")
                | ~models.Q(decided_by=models.F("opened_by")),
                name="sensitive_act_takes_two",
            ),
            models.CheckConstraint(
                condition=models.Q(state="waiting", decided_at__isnull=True)
                | (~models.Q(state="waiting") & models.Q(decided_at__isnull=False)),
                name="sensitive_act_is_decided_once",
            ),
            models.UniqueConstraint(
                fields=["kind", "establishment_id", "subject"],
                condition=models.Q(state="waiting"),
                nulls_distinct=False,
                name="sensitive_act_waits_once",
            ),
        ]
        indexes = [models.Index(fields=["state", "opened_at"], name="sensitive_act_queue")]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class SeeingAs(models.Model):
    """« Voir comme »: an adviser sees, and changes nothing of, what a person sees in an establishment; for how long.

    `reason`: a code of the office's list. Over once `until` has passed, or when the adviser ends it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    adviser = models.ForeignKey(Adviser, on_delete=models.CASCADE, related_name="+")
    establishment_id = models.BigIntegerField()
    person_id = models.BigIntegerField()
    account = models.UUIDField()
    name = models.CharField(max_length=250)
    reason = models.CharField(max_length=40)
    began_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "advisers_seeingas"
        constraints = [
            models.UniqueConstraint(
                fields=["adviser"], condition=models.Q(ended_at=None), name="seeing_one_at_a_time_per_adviser"
            )
        ]

    def __str__(self) -> str:
        return f"{self.adviser_id} {self.account}"


class SensitiveEdit(models.Model):
    """An adviser who changed something of a case before it was decided: they cannot be the second one."""

    act = models.ForeignKey(SensitiveAct, on_delete=models.CASCADE, related_name="edits")
    adviser = models.ForeignKey(Adviser, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "advisers_sensitiveedit"

    def __str__(self) -> str:
        return f"{self.act_id} {self.adviser_id}"


class DataExport(models.Model):
    """Everything about one person, put together for an access request that two advisers decided.

    `key`: the file (`ground.files`), empty once its days are over. `account`: the reference by which they were found.
    """

    ref = models.UUIDField(unique=True, default=uuid.uuid4)
    act = models.OneToOneField(SensitiveAct, on_delete=models.PROTECT, related_name="+")
    person_id = models.BigIntegerField()
    account = models.UUIDField()
    fund = models.CharField(max_length=10)
    key = models.CharField(max_length=80, blank=True)
    size = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "advisers_dataexport"
        indexes = [models.Index(fields=["fund", "-made_at"], name="data_export_list")]

    def __str__(self) -> str:
        return f"data export {self.ref}"
