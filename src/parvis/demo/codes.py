"""What the authenticator apps of the demo's people show, for whoever signs in as one of them by hand."""

from dataclasses import dataclass

import pyotp

from parvis.demo.people import ACCOUNTS, ADVISERS, KNOWN
from parvis.ground import clock

STEP = 30


@dataclass(frozen=True, slots=True)
class Shown:
    """A person and the code of now, in two groups; "" for who has no second factor yet."""

    name: str
    role: str
    code: str


def shown() -> list[Shown]:
    """Everybody whose password the demo tells, in its order."""
    names = {account.key: f"{account.first_name} {account.last_name}" for account in ACCOUNTS}
    members = [Shown(names[key], known.role, _code(known.totp_secret)) for key, known in KNOWN.items()]
    return members + [
        Shown(f"{one.first_name} {one.last_name}", one.key, _code(one.known.totp_secret)) for one in ADVISERS
    ]


def seconds_left() -> int:
    """How long these codes are shown: a code serves for a little longer, once."""
    return STEP - int(clock.now().timestamp()) % STEP


def _code(secret: str | None) -> str:
    if secret is None:
        return ""
    code = pyotp.TOTP(secret).at(clock.now().timestamp())
    return f"{code[:3]} {code[3:]}"
