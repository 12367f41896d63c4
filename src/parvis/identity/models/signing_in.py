"""What signing in leaves: sessions, known browsers, counters of failures, accounts at identity providers."""

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from parvis.identity.models.people import Person


class Session(AbstractBaseSession):
    """A browser's session, with whose it is, so that a person's sessions can be listed and ended.

    `expire_date` is the earlier of the idle limit and the absolute one. `provider`, `provider_session`: who signed the
    person in, and under which session of theirs, so that signing out there ends it here.
    """

    person_id = models.BigIntegerField(null=True, db_index=True)
    entered_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    label = models.CharField(max_length=120, blank=True)
    provider = models.CharField(max_length=40, blank=True)
    provider_session = models.CharField(max_length=255, blank=True, db_index=True)

    class Meta:
        db_table = "identity_session"

    @classmethod
    def get_session_store_class(cls) -> type:
        from parvis.identity.sessions import SessionStore

        return SessionStore


class Browser(models.Model):
    """A browser in which the person signed in before (known), and until when no second factor is asked there."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    hash = models.CharField(max_length=64)
    label = models.CharField(max_length=120, blank=True)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    trusted_until = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_browser"
        constraints = [models.UniqueConstraint(fields=["person", "hash"], name="browser_once_per_person")]

    def __str__(self) -> str:
        return self.label


class Counter(models.Model):
    """Failures under one key: a person (`p:`), a name that nobody bears (`n:` and its hash), a known browser (`b:`).

    Reached by crossings alone. `level`: how many times it locked; `blocked`: until somebody unblocks.
    """

    key = models.CharField(max_length=80, primary_key=True)
    failures = models.PositiveSmallIntegerField(default=0)
    level = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    blocked = models.BooleanField(default=False)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "identity_counter"
        indexes = [models.Index(fields=["key"], name="counter_blocked", condition=models.Q(blocked=True))]

    def __str__(self) -> str:
        return self.key


class Rate(models.Model):
    """How often something was asked from one network address (its keyed hash) in one window of time."""

    key = models.CharField(max_length=80)
    window = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "identity_rate"
        constraints = [models.UniqueConstraint(fields=["key", "window"], name="rate_once_per_window")]

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.window:%H:%M}"


class Spent(models.Model):
    """The hash of a value that serves once and did: a `state` given back, a logout token received. Until when."""

    hash = models.CharField(max_length=64, primary_key=True)
    until = models.DateTimeField()

    class Meta:
        db_table = "identity_spent"

    def __str__(self) -> str:
        return self.hash[:8]


class ProviderAccount(models.Model):
    """A person's account at an identity provider: known by provider and `sub`, never by an e-mail."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    provider = models.CharField(max_length=40)
    subject = models.CharField(max_length=255)
    added_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_provideraccount"
        constraints = [models.UniqueConstraint(fields=["provider", "subject"], name="provideraccount_once")]

    def __str__(self) -> str:
        return f"{self.provider} of person {self.person_id}"
