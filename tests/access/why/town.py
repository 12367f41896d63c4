"""An establishment and an organisation in which anything may be tried, by anybody, in any order."""

import datetime
import uuid
from collections.abc import Callable
from typing import Any

from django.db import transaction

from parvis.access.actions import changes, lifecycle, links, many, renewal
from parvis.access.actions.creation import Coordinates, Grant, NewAccount, open_accounts
from parvis.access.actions.guards import active_administrator_ids
from parvis.access.delegation import actions as delegating
from parvis.access.delegation import ending
from parvis.access.delegation.terms import ProposedTerms
from parvis.access.expiry import warnings
from parvis.access.handing import daily
from parvis.access.handing.actions import absences, deputies, handovers
from parvis.access.levels import Level
from parvis.access.models import Absence, Delegation, Handover, Link, Membership, Portfolio, Profile
from parvis.access.organisation.actions import assignments, portfolios
from parvis.access.standing import Standing, standing
from parvis.establishments.models import Establishment
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused
from parvis.journal.actions import SYSTEM, Actor, record
from parvis.journal.models import Event
from tests.world import establishment, someone

DAY = datetime.timedelta(days=1)
HERE, CENTRE = "21740999900011", "28740999900010"
SERVICES = ("mon-etablissement", "contrats", "correspondants")
LEVELS = {"mon-etablissement": 2, "contrats": 1, "correspondants": 2}
MOVES = (1, 3, 20, 61, 200)


def some_levels(n: int) -> dict[str, Level]:
    """Some services at some levels, drawn from a number."""
    return {code: Level(min(n // 3**place % 3, LEVELS[code])) for place, code in enumerate(SERVICES)}


def some_grants(n: int) -> list[Grant]:
    """The same as grants, one of them with dates of its own."""
    today, dated = clock.today(), n % 4
    dates = {1: (today + 2 * DAY, None), 2: (None, today + 2 * DAY), 3: (today + DAY, today + 30 * DAY)}
    held = [(code, level) for code, level in some_levels(n).items() if level]
    return [Grant(code, level, *(dates.get(dated, (None, None)) if not place else (None, None)))
            for place, (code, level) in enumerate(held)]  # fmt: skip


class Town:
    """The two places, and who acts: `act(name, actor, target, number)` as a request of the actor's would."""

    def __init__(self) -> None:
        self.here = establishment(HERE, "Commune des suites d’actes", ("cnracl", "rafp"))
        self.centre = establishment(CENTRE, "Centre des suites d’actes", ("cnracl",))
        Establishment.objects.filter(pk=self.centre.pk).update(acts_for_others=True)
        for name in ("Ada", "Bea"):
            self.open(self.here, name, Profile.ADMINISTRATOR)
        self.open(self.here, "Uma", Profile.USER, {"mon-etablissement": 2})
        self.open(self.centre, "Cyr", Profile.ADMINISTRATOR)
        self.open(self.centre, "Dan", Profile.USER)
        self.named = 0

    def open(self, place: Establishment, name: str, profile: str, rights: dict[str, int] | None = None) -> None:
        """An account as creating and confirming it leaves it, in the tables and in the journal."""
        levels = {code: Level(level) for code, level in (rights or {}).items()}
        made = someone(place, name, "Essai", profile, levels).membership
        with tenancy.scope(establishment=place.pk):
            given = {code: {"level": int(level)} for code, level in levels.items()}
            record("account.created", actor=SYSTEM, object=made.ref, after={"profile": profile, "rights": given})
            record("account.confirmed", actor=Actor(made.ref), object=made.ref)

    def places(self) -> tuple[Establishment, Establishment]:
        return self.here, self.centre

    def accounts(self, place: Establishment) -> list[Membership]:
        return list(Membership.objects.filter(establishment=place).order_by("pk"))

    def administrators(self, place: Establishment) -> set[uuid.UUID]:
        with tenancy.scope(establishment=place.pk):
            ids = active_administrator_ids()
        return set(Membership.objects.filter(pk__in=ids).values_list("ref", flat=True))

    def events(self, place: Establishment) -> list[Event]:
        return list(Event.objects.filter(establishment_id=place.pk).order_by("id"))

    # --- Acting ------------------------------------------------------------------------------------------------------
    def do(self, name: str, actor: int, target: int, n: int) -> bool:
        """Try one act; whether it was done. Refusals of the rules and of the pages are answers like others."""
        if name == "time":
            self._move(n)
            return True
        if name == "confirm":
            return self._confirm(self.places()[n % 2], target)
        place = self.centre if name in CENTRE_ACTS or (name in BOTH and n % 3 == 0) else self.here
        people = [one for one in self.accounts(place) if one.person_id]
        who = people[actor % len(people)]
        accounts = self.accounts(place)
        try:
            with tenancy.scope(person=who.person_id or 0, establishment=place.pk):
                here = standing(who.person_id or 0, place.pk)
                if here is None or not _opens(here, name):
                    return False
                with transaction.atomic():
                    ACTS[name](self, here, accounts[target % len(accounts)], n)
        except (Refused, Nothing):
            return False
        return True

    def _move(self, n: int) -> None:
        clock.move(MOVES[n % len(MOVES)] * DAY)
        for part in (warnings.expire_accounts, daily.follow_absences, daily.carry_out_handovers,
                     daily.follow_deputies, ending.lapse):  # fmt: skip
            part()

    def _confirm(self, place: Establishment, target: int) -> bool:
        waiting = [one for one in self.accounts(place) if one.person_id is None]
        if not waiting:
            return False
        account = waiting[target % len(waiting)]
        with tenancy.scope(establishment=place.pk):
            link = Link.objects.filter(membership=account, superseded_at=None).order_by("-id").first()
            token = links.new_token(link) if link else ""
        return links.open_link(
            token=token, identifier=account.identifier, password="trois chevaux sous la pluie"  # noqa: S106
        ).accepted  # fmt: skip

    def partner(self, who: Standing) -> Establishment:
        return self.centre if who.establishment_id == self.here.pk else self.here

    def between(self) -> Delegation:
        """The latest delegation of the two."""
        found = Delegation.objects.filter(establishment=self.here, organisation=self.centre).order_by("-id")
        with tenancy.scope(establishment=self.here.pk):
            first = found.first()
        if first is None:
            raise Nothing
        return first


class Nothing(Exception):
    """There is nothing to act on."""


def _opens(who: Standing, name: str) -> bool:
    """What the pages' own rules answer before any action runs."""
    if name in ("deputy_accept", "deputy_decline"):
        return who.account_opens and not who.renewing
    return who.administers and (not who.renewing or name == "renew_oneself")


def _one(found: Any) -> Any:
    first = found.first()
    if first is None:
        raise Nothing
    return first


def _terms(n: int) -> ProposedTerms:
    today = clock.today()
    levels = {code: level for code, level in some_levels(n).items() if level} or {"contrats": Level.READ}
    return ProposedTerms(levels, today + (n % 2) * DAY, today + (5 + 40 * (n % 5)) * DAY, "Convention", "", n % 2 == 0)


def _create(town: Town, who: Standing, target: Membership, n: int) -> None:
    town.named += 1
    profile = Profile.ADMINISTRATOR if n % 4 == 0 else Profile.USER
    ends = clock.today() + 90 * DAY if n % 5 == 0 else None
    person = Coordinates("mme", f"Nou{town.named}", "Essai", "Agent", "", f"n{town.named}@essai.example",
                         "+33465710042", profile, None, ends)  # fmt: skip
    open_accounts(who=who, asked=[NewAccount(person, some_grants(n))])


def _dates(town: Town, who: Standing, target: Membership, n: int) -> None:
    today = clock.today()
    start, end = [(None, None), (today + 2 * DAY, None), (None, today + 3 * DAY), (None, today - DAY)][n % 4]
    changes.change_dates(who=who, account_id=target.pk, starts_on=start, ends_on=end)


def _renew(town: Town, who: Standing, target: Membership, n: int) -> None:
    renewal.renew(who=who, account_id=target.pk, ends_on=clock.today() + 40 * DAY if n % 3 == 0 else None)


def _many(town: Town, who: Standing, target: Membership, n: int) -> None:
    others = [one.pk for one in Membership.objects.order_by("pk") if one.pk != who.membership_id][: 1 + n % 3]
    many.set_rights_of_many(who=who, changes={number: some_grants(n + number) for number in others})


def _absence(town: Town, who: Standing, target: Membership, n: int) -> None:
    absent = town.accounts(town.here)[n % len(town.accounts(town.here))]
    today = clock.today()
    absences.plan(who=who, absent_id=absent.pk, receiver_id=target.pk, starts_on=today + (n % 3) * DAY,
                  ends_on=today + (n % 3 + n % 7) * DAY, grants=some_grants(n))  # fmt: skip


def _handover(town: Town, who: Standing, target: Membership, n: int) -> None:
    accounts = town.accounts(town.here)
    handovers.plan(who=who, leaver_id=accounts[n % len(accounts)].pk, receiver_id=target.pk,
                   on=clock.today() + (n % 3) * DAY, profile=n % 2 == 0)  # fmt: skip


def _propose(town: Town, who: Standing, target: Membership, n: int) -> None:
    side = Delegation.Side.ESTABLISHMENT if who.establishment_id == town.here.pk else Delegation.Side.ORGANISATION
    delegating.propose(who=who, other_id=town.partner(who).pk, terms=_terms(n), side=side)


def _narrow(town: Town, who: Standing, target: Membership, n: int) -> None:
    found = town.between()
    delegating.narrow(who=who, ref=found.ref, services=some_levels(n), ends_on=found.ends_on - (n % 3) * DAY,
                      letters=found.letters and n % 2 == 0)  # fmt: skip


def _portfolio() -> Portfolio:
    return _one(Portfolio.objects.order_by("pk"))  # type: ignore[no-any-return]


Act = Callable[[Town, Standing, Membership, int], Any]
ACTS: dict[str, Act] = {
    "create": _create,
    "profile": lambda town, who, one, n: changes.change_profile(
        who=who, account_id=one.pk, profile=list(Profile.values)[n % 2]
    ),
    "rights": lambda town, who, one, n: changes.set_rights(who=who, account_id=one.pk, grants=some_grants(n)),
    "many": _many,
    "dates": _dates,
    "deactivate": lambda town, who, one, n: lifecycle.deactivate(who=who, account_id=one.pk),
    "reactivate": lambda town, who, one, n: lifecycle.reactivate(who=who, account_id=one.pk),
    "delete": lambda town, who, one, n: lifecycle.delete(who=who, account_id=one.pk),
    "renew": _renew,
    "renew_oneself": lambda town, who, one, n: renewal.renew_oneself(who=who),
    "absence": _absence,
    "absence_end": lambda town, who, one, n: absences.end(who=who, ref=_one(Absence.objects.order_by("-pk")).ref),
    "handover": _handover,
    "handover_cancel": lambda town, who, one, n: handovers.cancel(
        who=who, ref=_one(Handover.objects.order_by("-pk")).ref
    ),
    "deputy": lambda town, who, one, n: deputies.name(who=who, deputy_id=one.pk),
    "deputy_accept": lambda town, who, one, n: deputies.accept(who=who),
    "deputy_decline": lambda town, who, one, n: deputies.decline(who=who),
    "deputy_withdraw": lambda town, who, one, n: deputies.withdraw(who=who),
    "propose": _propose,
    "accept": lambda town, who, one, n: delegating.accept(who=who, ref=town.between().ref),
    "refuse": lambda town, who, one, n: delegating.refuse(who=who, ref=town.between().ref),
    "withdraw": lambda town, who, one, n: delegating.withdraw(who=who, ref=town.between().ref),
    "end": lambda town, who, one, n: delegating.end(who=who, ref=town.between().ref, reason="Fin de la convention"),
    "narrow": _narrow,
    "assign": lambda town, who, one, n: assignments.assign(
        who=who, account_id=one.pk, clients=[town.here.pk], level=Level(1 + n % 2)
    ),
    "unassign": lambda town, who, one, n: assignments.unassign(who=who, account_id=one.pk, clients=[town.here.pk]),
    "portfolio": lambda town, who, one, n: portfolios.create_portfolio(who=who, name=f"Secteur {n}"),
    "portfolio_add": lambda town, who, one, n: portfolios.add_clients(
        who=who, ref=_portfolio().ref, clients=[town.here.pk]
    ),
    "portfolio_remove": lambda town, who, one, n: portfolios.remove_clients(
        who=who, ref=_portfolio().ref, clients=[town.here.pk]
    ),
    "portfolio_member": lambda town, who, one, n: portfolios.set_member(
        who=who, ref=_portfolio().ref, account_id=one.pk, level=Level(n % 3)
    ),
    "portfolio_delete": lambda town, who, one, n: portfolios.delete_portfolio(who=who, ref=_portfolio().ref),
}
CENTRE_ACTS = {name for name in ACTS if name.startswith(("portfolio", "assign", "unassign"))}
BOTH = {"create", "profile", "dates", "deactivate", "reactivate", "delete", "renew", "renew_oneself", "propose",
        "accept", "refuse", "withdraw", "end", "narrow"}  # fmt: skip
