"""What the tests of this folder share."""

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connections

from parvis.access.actions import changes, lifecycle, links, renewal
from parvis.access.actions.links import new_token
from parvis.access.models import Membership, Profile
from parvis.access.standing import Standing, standing
from parvis.advisers.standing import AdviserStanding, adviser_of
from parvis.establishments.models import Establishment
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused
from parvis.identity.models import Person
from tests.access.reading import DAY
from tests.world import Someone, establishment, someone

ROUNDS = 10


PASSWORD = "trois chevaux sous la pluie"


Made = Callable[[], Any]


NAME = "Commune des essais simultanés"


def place() -> Establishment:
    return establishment(str(uuid.uuid4().int % 10**14).zfill(14), NAME, ("cnracl", "rafp"))


def office(person: Person, act: Callable[[AdviserStanding], Any]) -> Callable[[], Any]:
    """`act` as a request of that adviser would run it."""

    def run() -> Any:
        who = adviser_of(person.pk)
        assert who is not None
        with tenancy.scope(person=person.pk, role=tenancy.ADVISER, funds=who.funds):
            return act(who)

    return run


def take_back() -> None:
    """Delete what this test made, as the owner."""
    with connections["default"].cursor() as cursor:
        # Counts of tries, which name nobody: the next tests begin without any.
        cursor.execute("DELETE FROM identity_counter")
        cursor.execute("DELETE FROM identity_rate")
        cursor.execute("SELECT array_agg(id) FROM establishments_establishment WHERE name = %s", [NAME])
        (places,) = cursor.fetchone()
        cursor.execute("SELECT DISTINCT person_id FROM access_membership WHERE establishment_id = ANY(%s)", [places])
        persons = [person for (person,) in cursor.fetchall() if person]
        cursor.execute("DELETE FROM establishments_succession WHERE predecessor_id = ANY(%s)", [places])
        cursor.execute("DELETE FROM advisers_sensitiveact WHERE establishment_id = ANY(%s)", [places])
        for table in (
            "access_linktoken",
            "access_link",
            "access_proposal",
            "access_reviewdecision",
            "access_suspendedright",
            "access_reviewline",
            "access_review",
            "access_rightuse",
            "access_right",
            "access_draft",
            "access_termsacceptance",
            "access_termsnotice",
            "access_expirywarning",
            "access_factorresettoken",
            "access_factorreset",
            "access_rightrequest",
            "access_opening",
            "access_presetright",
            "access_preset",
            "access_import",
            "access_absenceright",
            "access_absence",
            "access_handover",
            "access_deputyship",
            "access_portfoliomember",
            "access_portfolioclient",
            "access_portfolio",
            "access_assignment",
            "access_delegationbatch",
            "access_delegationdocument",
            "access_delegationservice",
            "access_delegatevisit",
            "access_delegation",
            "recovery_objection",
            "recovery_proof",
            "recovery_case",
            "registration_document",
            "registration_registration",
            "registration_belonging",
            "registration_passedrequest",
            "registration_firststeps",
            "post_postalletter",
            "access_membership",
            "establishments_contract",
            "journal_name",
            "post_message",
        ):
            cursor.execute(f"DELETE FROM {table} WHERE establishment_id = ANY(%s)", [places])
        cursor.execute("DELETE FROM procrastinate_jobs WHERE (args->>'establishment')::bigint = ANY(%s)", [places])
        cursor.execute("DELETE FROM establishments_establishment WHERE id = ANY(%s)", [places])
        for person in persons:
            cursor.execute("SELECT access_forget_person(%s, now())", [person])


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run the acts at the same moment, each on a connection of its own; what each returned or was refused."""
    ready = threading.Barrier(len(acts))

    def one(act: Callable[[], Any]) -> Any:
        try:
            # The connection is opened before the start, so that all leave together.
            try:
                connections["default"].ensure_connection()
            except Exception:
                # The others need not wait for whoever does not come.
                ready.abort()
                raise
            ready.wait(120)
            return act()
        except Refused as refusal:
            return refusal
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result(300) for future in [pool.submit(one, act) for act in acts]]


def acting(who: Someone, act: Callable[[Standing], Any]) -> Callable[[], Any]:
    """`act` as a request of `who` would run it: its own scope, and who they are in it."""
    where = who.membership.establishment_id

    def run() -> Any:
        with tenancy.scope(person=who.person.pk, establishment=where):
            here = standing(who.person.pk, where)
            if here is None or not here.administers:
                return Refused("Cette page est réservée aux administrateurs.")
            return act(here)

    return run


def lasting(where: Establishment) -> int:
    with tenancy.scope(establishment=where.pk):
        return Membership.objects.filter(
            profile=Profile.ADMINISTRATOR,
            deactivated_at=None,
            confirmed_at__isnull=False,
            ends_on=None,
            starts_on=None,
        ).count()


TAKING: dict[str, Callable[[Standing, int], Any]] = {
    "demote": lambda who, one: changes.change_profile(who=who, account_id=one, profile=Profile.USER),
    "deactivate": lambda who, one: lifecycle.deactivate(who=who, account_id=one),
    "delete": lambda who, one: lifecycle.delete(who=who, account_id=one),
    "end": lambda who, one: changes.change_dates(who=who, account_id=one, starts_on=None, ends_on=clock.today() + DAY),
    "renew": lambda who, one: renewal.renew(who=who, account_id=one, ends_on=clock.today() + DAY),
    "start": lambda who, one: changes.change_dates(
        who=who, account_id=one, starts_on=clock.today() + DAY, ends_on=None
    ),
}


def against(act: str, actor: Someone, target: Someone) -> Callable[[], Any]:
    return acting(actor, lambda who: TAKING[act](who, target.account_id))


def waiting(where: Establishment) -> tuple[Someone, str]:
    """A colleague who waits for a password, and the token of their link."""
    made = someone(where, "Zoé", "Essai", confirmed=False)
    with tenancy.scope(establishment=where.pk, role="parvis_owner"):
        return made, new_token(links.issue(made.membership))


def account(where: Establishment, who: Someone) -> Membership:
    with tenancy.scope(establishment=where.pk):
        return Membership.objects.get(pk=who.account_id)


def in_two_places() -> tuple[list[Someone], list[Someone]]:
    """Somebody with an account in two establishments, and an administrator in each."""
    places = [place(), place()]
    chiefs = [someone(where, "Alix", "Essai", Profile.ADMINISTRATOR) for where in places]
    first = someone(places[0], "Zoé", "Essai")
    second = someone(places[1], "Zoé", "Essai", person=first.person)
    return chiefs, [first, second]
