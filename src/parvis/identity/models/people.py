"""Who signs in. Identity belongs to the person; what an establishment says of them is a membership (`access/`)."""

import uuid

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models


class Person(AbstractBaseUser):
    """Somebody who has set a password. Erased whole with their last membership."""

    last_login = None
    reference = models.UUIDField(unique=True, default=uuid.uuid4)
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "reference"

    class Meta:
        db_table = "identity_person"

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"


class Identifier(models.Model):
    """A code once given, kept for ever so that it is never given again."""

    code = models.CharField(max_length=8, primary_key=True)
    reserved_at = models.DateTimeField()

    class Meta:
        db_table = "identity_identifier"

    def __str__(self) -> str:
        return self.code


class Credential(models.Model):
    """One of the identifiers under which a person signs in: each membership brings its own."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    code = models.CharField(max_length=8, unique=True)

    class Meta:
        db_table = "identity_credential"

    def __str__(self) -> str:
        return self.code


class Email(models.Model):
    """A sign-in e-mail. It signs in only when verified and of one person alone: a shared `mairie@…` stays possible."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    address = models.EmailField(max_length=254)
    key = models.CharField(max_length=254, db_index=True)
    verified_at = models.DateTimeField(null=True)
    replaces = models.ForeignKey("self", on_delete=models.SET_NULL, null=True)

    class Meta:
        db_table = "identity_email"
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="email_once_per_person")]

    def __str__(self) -> str:
        return self.address


class Phone(models.Model):
    """A person's telephone, E.164."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    number = models.CharField(max_length=20)

    class Meta:
        db_table = "identity_phone"
        constraints = [models.UniqueConstraint(fields=["person", "number"], name="phone_once_per_person")]

    def __str__(self) -> str:
        return self.number


class Link(models.Model):
    """A link sent to one of a person's addresses: to choose a new password, to unblock, or to confirm the address.

    Single use, killed by a newer one of the same purpose. Only hashes of tokens are kept.
    """

    class Purpose(models.TextChoices):
        PASSWORD = "password", "Choisir un nouveau mot de passe"
        EMAIL = "email", "Confirmer une adresse"
        UNBLOCK = "unblock", "Débloquer le compte"

    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    email = models.ForeignKey(Email, on_delete=models.CASCADE)
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_link"

    def __str__(self) -> str:
        return f"{self.purpose} {self.asked_at:%Y-%m-%d %H:%M}"


class LinkToken(models.Model):
    """The hash of a token that was sent, and the link that it opens."""

    hash = models.CharField(max_length=64, primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    link = models.ForeignKey(Link, on_delete=models.CASCADE)

    class Meta:
        db_table = "identity_linktoken"

    def __str__(self) -> str:
        return f"token of link {self.link_id}"
