"""What a succession would move, before anything moves; and those that are prepared or done."""

import datetime
from dataclasses import dataclass
from functools import cached_property

from django.db import connection

from parvis.access.models import Delegation, Deputyship, Membership, Profile
from parvis.access.succession.followers import FOLLOWERS
from parvis.advisers.models import Adviser
from parvis.advisers.standing import AdviserStanding
from parvis.establishments.acting import categories
from parvis.establishments.funds import FUNDS
from parvis.establishments.models import Contract, Establishment, Succession
from parvis.ground import clock, tenancy
from parvis.ground.pages.filters import date_long, de, plural

OTHER_FUNDS = "ne relève pas de vos fonds : demandez à un conseiller des siens."


@dataclass(frozen=True, slots=True)
class Weight:
    """How much an establishment has, whatever the fund; `own`: contracts of the adviser's funds."""

    accounts: int
    contracts: int
    own: int

    @property
    def reachable(self) -> bool:
        """Whether the adviser may merge something with it: of their funds, or of none."""
        return bool(self.own) or not self.contracts


def weight(establishment: int) -> Weight:
    """Of one establishment of the directory."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_weight(%s)", [establishment])
        return Weight(*cursor.fetchone())


def in_both(old: int, new: int) -> dict[int, int]:
    """The accounts of those who have one on both sides: the predecessor's → the successor's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT old_id, new_id FROM access_in_both(%s, %s)", [old, new])
        return dict(cursor.fetchall())


def seen(who: AdviserStanding, establishment: int):  # type: ignore[no-untyped-def]
    """The scope in which this adviser reads of that establishment."""
    return tenancy.scope(
        person=who.person_id, establishment=establishment, role=tenancy.ADVISER, funds=who.funds, read_only=True
    )


@dataclass(frozen=True, slots=True)
class Mover:
    """An account of the predecessor: its name, its profile, and what becomes of it."""

    name: str
    profile: str
    becomes: str


@dataclass(frozen=True, slots=True)
class Moved:
    """A contract or a delegation of the predecessor, and what becomes of it."""

    what: str
    becomes: str


@dataclass(frozen=True, slots=True)
class Preview:
    """Everything that would move, and what keeps it from moving."""

    accounts: list[Mover]
    contracts: list[Moved]
    given: list[Moved]
    received: list[Moved]
    followers: list[tuple[str, list[str]]]
    warnings: list[str]
    obstacles: list[str]
    merged: int


class _Reading:
    """One preview, read once."""

    def __init__(self, who: AdviserStanding, old: Establishment, new: Establishment, on: datetime.date) -> None:
        self.who, self.old, self.new, self.on = who, old, new, on
        self.doubles = in_both(old.pk, new.pk)
        self.weight = weight(new.pk)

    @cached_property
    def accounts(self) -> list[Membership]:
        with seen(self.who, self.old.pk):
            return list(Membership.objects.filter(establishment_id=self.old.pk).order_by("sort_key", "id"))

    def movers(self) -> list[Mover]:
        with seen(self.who, self.new.pk):
            there = {one.pk: one for one in Membership.objects.filter(pk__in=self.doubles.values())}
        return [Mover(one.name, Profile(one.profile).label, self._becomes(one, there)) for one in self.accounts]

    def _becomes(self, one: Membership, there: dict[int, Membership]) -> str:
        if one.pk not in self.doubles:
            return "Passe tel quel"
        other = there.get(self.doubles[one.pk])
        said = [f"Réuni avec son compte {de(self.new.name)}"]
        if one.profile == Profile.ADMINISTRATOR and other is not None and other.profile != Profile.ADMINISTRATOR:
            said.append("qui devient administrateur")
        if other is not None and other.deactivated_at is not None and one.deactivated_at is None:
            said.append("qui est réactivé")
        return ", ".join(said)

    def contracts(self) -> list[Moved]:
        running = [one for one in Contract.objects.filter(establishment_id=self.old.pk) if _runs(one, self.on)]
        held = {one.fund for one in Contract.objects.filter(establishment_id=self.new.pk) if _runs(one, self.on)}
        last = date_long(self.on - datetime.timedelta(days=1))
        return [
            Moved(
                f"{FUNDS[one.fund].short}, n° {one.number}",
                f"Prend fin le {last} : {self.new.name} a déjà un contrat avec ce fonds"
                if one.fund in held
                else f"Prend fin le {last}, continue pour {self.new.name} sous le même numéro",
            )
            for one in sorted(running, key=lambda one: list(FUNDS).index(one.fund))
        ]

    def delegations(self) -> tuple[list[Moved], list[Moved]]:
        today = clock.today()
        in_force = {"accepted_at__isnull": False, "replaced_at": None, "ended_at": None, "ends_on__gte": today}
        with seen(self.who, self.old.pk):
            rows = list(
                Delegation.objects.filter(establishment_id=self.old.pk, **in_force).values_list(
                    "organisation_id", "ends_on"
                )
            )
        with seen(self.who, self.new.pk):
            had = set(
                Delegation.objects.filter(establishment_id=self.new.pk, **in_force).values_list(
                    "organisation_id", flat=True
                )
            )
        given = [(number, ends, number in had or number == self.new.pk) for number, ends in rows]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT client_id, ends_on, doubled FROM access_received(%s, %s, %s)", [self.old.pk, self.new.pk, today]
            )
            received = list(cursor.fetchall())
        named = dict(
            Establishment.objects.filter(pk__in=[row[0] for row in [*given, *received]]).values_list("pk", "name")
        )

        def said(number: int, ends_on: datetime.date, doubled: bool) -> Moved:
            if not doubled:
                return Moved(named.get(number, ""), f"Passe telle quelle, jusqu’au {date_long(ends_on)}")
            return Moved(named.get(number, ""), f"Prend fin : {self.new.name} a déjà la sienne, ou est l’autre partie")

        return [said(*row) for row in given], [said(*row) for row in received]

    def followers(self) -> list[tuple[str, list[str]]]:
        # The funds say whose letters and exchanges are called by their names.
        with tenancy.scope(establishment=self.old.pk, read_only=True, funds=self.who.funds):
            listed = [(one, list(one.listed())) for one in FOLLOWERS.values()]
        return [(plural(len(names), one.one, one.many), list(dict.fromkeys(names))) for one, names in listed]

    def warnings(self) -> list[str]:
        said = []
        if self.old.acts_for_others and not self.new.acts_for_others:
            said.append(
                f"{self.new.name} pourra agir pour d’autres, comme {self.old.name}."
                if self.new.legal_category in categories()
                else f"{self.new.name} n’est pas d’une catégorie qui agit pour d’autres : ce qui était délégué à "
                f"{self.old.name} n’ouvrira plus rien."
            )
        if self.new.closed_on is not None:
            said.append(f"{self.new.name} est fermé depuis le {date_long(self.new.closed_on)}, selon Sirene.")
        if self.old.closed_on is None:
            said.append(f"{self.old.name} n’est pas fermé, selon Sirene.")
        return said

    def obstacles(self) -> list[str]:
        said = []
        if not self.weight.reachable:
            said.append(f"{self.new.name} {OTHER_FUNDS}")
        if Succession.objects.filter(predecessor=self.new, done_at__isnull=False).exists():
            said.append(f"{self.new.name} a lui-même été repris : choisissez l’établissement qui a pris sa place.")
        if self.on > clock.today():
            said.append(f"La reprise prend effet le {date_long(self.on)} : elle se décide à partir de ce jour.")
        with seen(self.who, self.old.pk):
            serving = Deputyship.objects.filter(establishment_id=self.old.pk, serving_since__isnull=False)
            if serving.exists():
                said.append(f"Une suppléance est en cours dans {self.old.name} : elle se termine d’abord.")
        return said


def _runs(contract: Contract, on: datetime.date) -> bool:
    return contract.ends_on is None or contract.ends_on >= on


def preview(who: AdviserStanding, old: Establishment, new: Establishment, on: datetime.date) -> Preview:
    """What moves from one to the other on that day, in the adviser's scope of funds."""
    reading = _Reading(who, old, new, on)
    given, received = reading.delegations()
    return Preview(
        accounts=reading.movers(),
        contracts=reading.contracts(),
        given=given,
        received=received,
        followers=reading.followers(),
        warnings=reading.warnings(),
        obstacles=reading.obstacles(),
        merged=len(reading.doubles),
    )


@dataclass(frozen=True, slots=True)
class Listed:
    """A succession in the list."""

    succession: Succession
    prepared_by: str
    state: str
    tone: str


LIMIT = 200


def successions() -> list[Listed]:
    """Those of the adviser's funds: what waits first, then the latest."""
    found = list(
        Succession.objects.select_related("predecessor", "successor").order_by("done_at", "-prepared_at")[:LIMIT]
    )
    found.sort(key=lambda one: (one.done_at is not None or one.cancelled_at is not None, -one.prepared_at.timestamp()))
    authors = names_of([one.prepared_by for one in found])
    return [Listed(one, authors.get(one.prepared_by, ""), *state_of(one)) for one in found]


def names_of(refs: list[object]) -> dict[object, str]:
    """The advisers' names by reference."""
    return {one.ref: str(one) for one in Adviser.objects.filter(ref__in=[ref for ref in refs if ref])}


def state_of(one: Succession) -> tuple[str, str]:
    """Its state in words, and the badge's tone."""
    if one.done_at is not None:
        return "Faite", "well"
    return ("Abandonnée", "neutral") if one.cancelled_at is not None else ("Préparée", "act")
