"""What the tests of this folder share: people, requests, and how their answers are read."""

from collections.abc import Callable
from typing import Any

from parvis.access import registry
from parvis.access.actions import changes, lifecycle, renewal
from parvis.access.actions.creation import Coordinates, Grant
from parvis.access.actions.links import new_token
from parvis.access.levels import Level
from parvis.access.models import Link, Membership, Profile
from parvis.access.standing import Standing
from parvis.ground import clock, tenancy
from tests.access.reading import DAY
from tests.plugins.html import ReadingClient
from tests.world import Someone, World

SignedIn = Callable[[Someone], ReadingClient]


def fresh(who: Someone) -> Membership:
    with tenancy.scope(establishment=who.membership.establishment_id):
        return Membership.objects.get(pk=who.account_id)


def alter(who: Someone, **fields: Any) -> None:
    with tenancy.scope(establishment=who.membership.establishment_id):
        Membership.objects.filter(pk=who.account_id).update(**fields)


def path(world: World, who: Someone, tab: str = "") -> str:
    return f"/etablissements/{world.here.siret}/comptes/{who.account_id}/{tab}"


def address(world: World, code: str) -> str:
    service = registry.get(code)
    assert service is not None
    return service.address(world.here.siret)


def coordinates(who: Someone, **other: Any) -> Coordinates:
    found = fresh(who)
    names = Coordinates.__dataclass_fields__
    return Coordinates(**{**{name: getattr(found, name) for name in names}, **other})


def typed(who: Someone, **other: str) -> dict[str, str]:
    found = fresh(who)
    names = ("civility", "last_name", "first_name", "function", "unit", "email", "phone")
    return {**{name: getattr(found, name) for name in names}, **other}


def token_of(who: Someone) -> str:
    with tenancy.scope(establishment=who.membership.establishment_id):
        return new_token(Link.objects.filter(membership_id=who.account_id).latest("id"))


OWN: dict[str, Callable[[Standing, int], object]] = {
    "profil/": lambda who, me: changes.change_profile(who=who, account_id=me, profile=Profile.USER),
    "dates/": lambda who, me: changes.change_dates(who=who, account_id=me, starts_on=None, ends_on=clock.today()),
    "renouveler/": lambda who, me: renewal.renew(who=who, account_id=me, ends_on=clock.today() + DAY),
    "desactiver/": lambda who, me: lifecycle.deactivate(who=who, account_id=me),
    "reactiver/": lambda who, me: lifecycle.reactivate(who=who, account_id=me),
    "supprimer/": lambda who, me: lifecycle.delete(who=who, account_id=me),
    "droits/modifier/": lambda who, me: changes.set_rights(
        who=who, account_id=me, grants=[Grant("contrats", Level.READ)]
    ),
}


LAST: dict[str, Callable[[Standing, int], object]] = {
    "demote": lambda who, one: changes.change_profile(who=who, account_id=one, profile=Profile.USER),
    "deactivate": lambda who, one: lifecycle.deactivate(who=who, account_id=one),
    "delete": lambda who, one: lifecycle.delete(who=who, account_id=one),
    "end": lambda who, one: changes.change_dates(who=who, account_id=one, starts_on=None, ends_on=clock.today() + DAY),
    "end in the past": lambda who, one: changes.change_dates(
        who=who, account_id=one, starts_on=None, ends_on=clock.today() - DAY
    ),
    "start in the future": lambda who, one: changes.change_dates(
        who=who, account_id=one, starts_on=clock.today() + DAY, ends_on=None
    ),
    "renewal that ends": lambda who, one: renewal.renew(who=who, account_id=one, ends_on=clock.today() + 500 * DAY),
}


def owned(connection: Any, person: int) -> dict[str, int]:
    """How many rows of each table speak of the person, as the owner sees them."""
    with connection.cursor() as cursor:
        counts = {}
        for table in ("credential", "email", "phone", "link", "linktoken", "session"):
            cursor.execute(f"SELECT count(*) FROM identity_{table} WHERE person_id = %s", [person])
            counts[table] = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM identity_person WHERE id = %s", [person])
        counts["person"] = cursor.fetchone()[0]
    return counts
