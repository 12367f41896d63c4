"""Authenticator apps (RFC 6238: 30 s, 6 digits, SHA-1): on our clock, each step once.

The secret is sealed; it is stored once a first code shows that the app has it.
"""

import hmac
from enum import Enum

import pyotp
import segno
from django.conf import settings
from django.db.models import Q

from parvis.ground import clock, tenancy
from parvis.ground.identifiers.account import grouped
from parvis.ground.sealing import Unsealable, seal, unseal
from parvis.identity.factors.changes import TOTP, changed, own
from parvis.identity.models import Credential, Totp

ISSUER = "Parvis"
STEP = 30


class Said(Enum):
    """What a code is worth."""

    RIGHT = "right"
    WRONG = "wrong"
    USED = "used"


def draw() -> str:
    """A new secret: 160 bits, base 32."""
    return pyotp.random_base32()


def address(person_id: int, secret: str) -> str:
    """The `otpauth:` address that an app reads, under the person's first identifier."""
    with tenancy.scope(person=person_id, role=tenancy.PERSON, read_only=True):
        code = Credential.objects.filter(person_id=person_id).order_by("id").values_list("code", flat=True).first()
    name = grouped(code) if code else "Parvis"
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def picture(text: str) -> str:
    """The text as a QR code, a `data:` address; dark on white in every colour scheme, or cameras miss it."""
    return segno.make(text, error="m").svg_data_uri(scale=5, border=3, dark="#000", light="#fff", unit="")


def steps() -> range:
    """The steps whose codes are right now: `PARVIS_TOTP_STEPS` around the present one."""
    present = int(clock.now().timestamp()) // STEP
    return range(present - settings.PARVIS_TOTP_STEPS, present + settings.PARVIS_TOTP_STEPS + 1)


def _steps_of(secret: str, code: str) -> list[int]:
    """The steps of now that this code answers, the oldest first."""
    app = pyotp.TOTP(secret)
    return [step for step in steps() if hmac.compare_digest(app.generate_otp(step), code)]


def add(person_id: int, secret: str, code: str, *, browser: str) -> bool:
    """Keep the app whose first code this is, in the place of another one if there was one; False for a wrong code."""
    found = _steps_of(secret, code)
    if not found:
        return False
    with own(person_id):
        before, _ = Totp.objects.filter(person_id=person_id).delete()
        Totp.objects.create(
            person_id=person_id,
            secret=seal(secret, purpose=TOTP),
            added_at=clock.now(),
            last_step=found[-1],
        )
        changed(person_id, "replaced" if before else "added", TOTP, browser=browser)
    return True


def check(person_id: int, code: str) -> Said:
    """Whether the person's app shows this code now. A step that was accepted, and any before it, never is again.

    A last step that lies ahead of every present one is of a clock that was put back: it counts no more.
    """
    with tenancy.scope(person=person_id, role=tenancy.PERSON):
        held = Totp.objects.filter(person_id=person_id).first()
        if held is None:
            return Said.WRONG
        try:
            found = _steps_of(unseal(held.secret, purpose=TOTP), code)
        except Unsealable:
            return Said.WRONG
        for step in found:
            ahead = steps()[-1]
            fresh = Q(last_step__lt=step) | Q(last_step__gt=ahead)
            # One statement decides: of parallel tries with one code, the first takes the step.
            if Totp.objects.filter(fresh, pk=held.pk).update(last_step=step):
                return Said.RIGHT
        return Said.USED if found else Said.WRONG
