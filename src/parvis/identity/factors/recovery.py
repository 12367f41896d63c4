"""Recovery codes: printed for the day when no other factor is at hand; each opens once, new ones kill the old ones.

They are kept as passwords are (Argon2id, a salt each: OWASP ASVS 5.0, V6.5.2). The first characters find the row, so
that one hash is tried for each code typed.
"""

import secrets
from dataclasses import dataclass

from django.conf import settings

from parvis.ground import clock, tenancy
from parvis.ground.identifiers.account import ALPHABET
from parvis.ground.pages.filters import plural
from parvis.identity import hashing
from parvis.identity.factors.changes import RECOVERY, changed, own
from parvis.identity.models import RecoveryCode

LENGTH = 10  # of 23 characters: 45 bits
SELECTOR = 3


@dataclass(frozen=True, slots=True)
class Used:
    """Whether the code opened, and how many are left."""

    right: bool
    left: int


def shown(code: str) -> str:
    """In two groups, as it is printed."""
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"


def parse(typed: str) -> str:
    """The code as drawn, from what was typed: spaces, hyphens and case forgiven. Raises ValueError in French."""
    code = "".join(character for character in typed.upper() if not character.isspace() and character not in "-–—.·_")
    if len(code) != LENGTH or not set(code) <= set(ALPHABET):
        raise ValueError(f"Un code de secours compte {LENGTH} lettres et chiffres : recopiez-le comme il est imprimé.")
    return code


def left_in_words(left: int) -> str:
    """What to tell who just used one."""
    if left == 0:
        return "C’était votre dernier code de secours : affichez-en de nouveaux dès maintenant."
    return f"Il vous reste {plural(left, 'code', 'codes')} de secours."


def make(person_id: int, *, browser: str) -> list[str]:
    """New codes, to show once: their hashes alone are kept, and the former ones open nothing any more."""
    drawn: dict[str, str] = {}
    while len(drawn) < settings.PARVIS_RECOVERY_CODES:
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        drawn[code[:SELECTOR]] = code
    hashes = {selector: hashing.hashed(code) for selector, code in drawn.items()}
    now = clock.now()
    with own(person_id):
        RecoveryCode.objects.filter(person_id=person_id).delete()
        RecoveryCode.objects.bulk_create(
            RecoveryCode(person_id=person_id, selector=selector, hash=kept, made_at=now)
            for selector, kept in hashes.items()
        )
        changed(person_id, "made", RECOVERY, browser=browser)
    return sorted(drawn.values())


def use(person_id: int, code: str, *, browser: str) -> Used:
    """Open with a code, once. The person is told that it served. Raises Busy."""
    with tenancy.scope(person=person_id, role=tenancy.PERSON, read_only=True):
        found = RecoveryCode.objects.filter(person_id=person_id, used_at=None, selector=code[:SELECTOR]).first()
    opens = found is not None and hashing.opens(code, found.hash)[0]
    with own(person_id):
        mine = RecoveryCode.objects.filter(person_id=person_id, used_at=None)
        # One statement decides: of parallel tries with one code, the first takes it.
        right = opens and found is not None and bool(mine.filter(pk=found.pk).update(used_at=clock.now()))
        if right:
            changed(person_id, "used", RECOVERY, browser=browser)
        return Used(right, mine.count())
