"""Second factors: what a person holds besides the password. Secrets are sealed, codes are kept as hashes."""

from django.db import models

from parvis.identity.models.people import Person


class Totp(models.Model):
    """An authenticator app (RFC 6238, 30 s, 6 digits). `last_step`: the step of the last code accepted, never again."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE)
    secret = models.CharField(max_length=300)
    added_at = models.DateTimeField()
    last_step = models.BigIntegerField(default=0)

    class Meta:
        db_table = "identity_totp"

    def __str__(self) -> str:
        return f"totp of person {self.person_id}"


class Passkey(models.Model):
    """A passkey (WebAuthn). Its id and public key are no secret; the private key never leaves the person's device."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    credential = models.CharField(max_length=1400, unique=True)
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField(default=0)
    name = models.CharField(max_length=60)
    added_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_passkey"

    def __str__(self) -> str:
        return self.name


class PhoneFactor(models.Model):
    """A telephone on which one-time codes arrive, once `confirmed_at`. One number may serve several people."""

    class Channel(models.TextChoices):
        SMS = "sms", "SMS"
        VOICE = "voice", "appel vocal"

    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    number = models.CharField(max_length=20, db_index=True)
    extension = models.CharField(max_length=10, blank=True)
    channel = models.CharField(max_length=5, choices=Channel.choices)
    shared = models.BooleanField(default=False)
    added_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_phonefactor"
        constraints = [
            models.UniqueConstraint(fields=["person", "number", "extension"], name="phonefactor_once_per_person")
        ]

    def __str__(self) -> str:
        return self.number


class RecoveryCode(models.Model):
    """One of the codes printed for the day when no other factor is at hand; each opens once."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    selector = models.CharField(max_length=3)
    hash = models.CharField(max_length=128)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_recoverycode"
        constraints = [models.UniqueConstraint(fields=["person", "selector"], name="recoverycode_once_per_person")]

    def __str__(self) -> str:
        return f"recovery code {self.pk}"


class Code(models.Model):
    """A one-time code sent to a telephone: drawn when it leaves (its hash alone is kept), single use, few tries.

    `purpose`: to answer at sign-in or again (`answer`), to confirm a new factor (`factor`), or a changed number of the
    coordinates (`phone`).
    """

    class Purpose(models.TextChoices):
        ANSWER = "answer", "Se connecter"
        FACTOR = "factor", "Ajouter un téléphone"
        PHONE = "phone", "Changer de numéro"

    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    factor = models.ForeignKey(PhoneFactor, on_delete=models.CASCADE, null=True)
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    number = models.CharField(max_length=20)
    extension = models.CharField(max_length=10, blank=True)
    channel = models.CharField(max_length=5, choices=PhoneFactor.Channel.choices)
    hash = models.CharField(max_length=64, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(db_index=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_code"

    def __str__(self) -> str:
        return f"code {self.pk}"
