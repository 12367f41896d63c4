"""What a fictitious account is made of: reference, identifier, address, telephone; the same in every demo."""

import datetime
import random
import uuid
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from django.db import connection

from parvis.access.actions.creation import Coordinates
from parvis.access.levels import Level
from parvis.access.models import Profile
from parvis.access.status import expires_on
from parvis.demo.people import ACCOUNTS, DOMAINS, KNOWN, Account
from parvis.ground import clock
from parvis.ground.identifiers.account import ALPHABET, LENGTH, check_character
from parvis.ground.identifiers.numbers import parse_phone
from parvis.ground.identifiers.text import search_key

NAMESPACE = uuid.UUID("5f9d6e0a-2c1b-5c57-9a53-7a7d0c6f2a10")
_RANK = {account.key: rank for rank, account in enumerate(ACCOUNTS)}

# An account being created: its first step.
UNFINISHED = Coordinates(
    civility="m",
    first_name="Valentin",
    last_name="Ruphy",
    function="Gestionnaire paie",
    unit="Service paie et carrières",
    email="valentin.ruphy@annecy.example",
    phone=parse_phone("06 39 98 90 10"),
    profile=Profile.USER.value,
    starts_on=None,
    ends_on=None,
)


def ref_of(key: str) -> uuid.UUID:
    """The journal's reference of a seeded account."""
    return uuid.uuid5(NAMESPACE, key)


def reference_of_person(key: str) -> uuid.UUID:
    """The reference of the person behind a seeded account."""
    return uuid.uuid5(NAMESPACE, f"person {key}")


def name_of(account: Account) -> str:
    """First name, then family name."""
    return f"{account.first_name} {account.last_name}"


def email_of(account: Account) -> str:
    """`first.last@town.example`, plain ASCII, at most 64 characters before the @."""

    def plain(text: str) -> str:
        letters = search_key(text).replace("'", "").replace("ı", "i")
        words = "".join(c if c.isascii() and c.isalnum() else " " for c in letters).split()
        return "-".join(words)

    local = f"{plain(account.first_name)}.{plain(account.last_name)}"[:64].rstrip("-.")
    return f"{local}@{DOMAINS[account.siret]}"


def phone_of(account: Account) -> str:
    """A number that Arcep keeps for fiction: a mobile for one in three, otherwise a fixed one of the South-East."""
    rank = _RANK[account.key]
    return parse_phone(f"{'06 39 98' if rank % 3 == 2 else '04 65 71'} 10 {rank:02}")


def reserve_identifier(account: Account, at: datetime.datetime) -> str:
    """The account's own identifier, or the next of its series where somebody has it already."""
    series = random.Random(account.key)  # noqa: S311 (a series to repeat, no secret)
    known = KNOWN.get(account.key)
    body = known.identifier if known else "".join(series.choices(ALPHABET, k=LENGTH - 1))
    while True:
        code = body + check_character(body)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO identity_identifier (code, reserved_at) VALUES (%s, %s) ON CONFLICT DO NOTHING", [code, at]
            )
            if cursor.rowcount == 1:
                return code
        body = "".join(series.choices(ALPHABET, k=LENGTH - 1))


def rights_as_json(rights: Mapping[str, str]) -> dict[str, Any]:
    """Rights as the journal keeps them."""
    return {service: {"level": int(Level.of(level))} for service, level in rights.items()}


def visited_at(account: Account) -> datetime.datetime | None:
    """The last visit, counted back from the seed."""
    return None if account.visited is None else clock.now() - datetime.timedelta(hours=account.visited)


def expired_on(
    account: Account, created: datetime.datetime, confirmed: datetime.datetime | None, ends_on: datetime.date | None
) -> datetime.date | None:
    """The day on which the account expired; None for one that has not, or whose person administers alone."""
    day = expires_on(
        SimpleNamespace(
            ends_on=ends_on, created_at=created, confirmed_at=confirmed, last_visit_at=visited_at(account),
            renewed_at=None, deactivated_at=None,
        )
    )  # fmt: skip
    others = [one for one in ACCOUNTS if one.siret == account.siret and one.administrator and one is not account]
    alone = account.administrator and not others
    return None if account.deleted is not None or alone or day >= clock.today() else day


def night_after(day: datetime.date) -> datetime.datetime:
    """When `parvis daily` would have run after that day."""
    return datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time(2, 30), clock.PARIS)


_TIME_OF_DAY = {"created": (8, 11), "confirmed": (12, 14), "later": (15, 17)}


def working_hour(account: Account, day: datetime.date, part: str, now: datetime.datetime) -> datetime.datetime:
    """An hour of that part of the day, always the same for an account, on a Friday for a weekend, never after now."""
    first, last = _TIME_OF_DAY[part]
    chance = random.Random(f"{account.key} {part}")  # noqa: S311 (a series to repeat, no secret)
    time = datetime.time(chance.randint(first, last), chance.randint(0, 57), tzinfo=clock.PARIS)
    day -= datetime.timedelta(days=max(0, day.weekday() - 4))
    return min(datetime.datetime.combine(day, time), now)
