"""Filling the demo: the employers of Haute-Savoie, a few contracts, fictitious people and a journal that agrees.

Everything is written in one transaction, once: the fictitious centre is the sign that it was done. What somebody
changes or deletes in the demo afterwards stays so. No e-mail is queued: the seeded accounts' first e-mails « left » in
the past. Rows are written as the actions write them, but with dates in the past, which the actions refuse to take.
"""

import datetime
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from parvis.access.actions.creation import account_search_key, save_coordinates
from parvis.access.actions.guards import actor_of
from parvis.access.levels import Level
from parvis.access.models import Link, Membership, Profile, Proposal, Right
from parvis.access.standing import standing
from parvis.demo import people
from parvis.demo.invented import (
    UNFINISHED,
    email_of,
    expired_on,
    name_of,
    night_after,
    phone_of,
    ref_of,
    reference_of_person,
    reserve_identifier,
    rights_as_json,
    visited_at,
    working_hour,
)
from parvis.demo.people import ACCOUNTS, KNOWN, Account
from parvis.demo.seeding_advisers import seed_advisers
from parvis.demo.seeding_asking import seed_asking
from parvis.demo.seeding_delegations import seed_delegations
from parvis.demo.seeding_handing import seed_handing
from parvis.demo.seeding_import import seed_import
from parvis.demo.seeding_monthly import seed_monthly
from parvis.demo.seeding_organisation import seed_organisation
from parvis.demo.seeding_presets import seed_presets
from parvis.demo.seeding_recovery import seed_recovery
from parvis.demo.seeding_registration import seed_registrations
from parvis.demo.seeding_review import seed_reviews
from parvis.demo.seeding_services import seed_services
from parvis.demo.seeding_staying import seed_staying
from parvis.demo.seeding_terms import seed_terms
from parvis.demo.told import write_demo_file
from parvis.establishments.importing import import_employers
from parvis.establishments.models import Contract, Establishment
from parvis.ground import clock, tenancy
from parvis.ground.identifiers.numbers import parse_phone
from parvis.ground.identifiers.text import sort_key
from parvis.ground.sealing import seal
from parvis.identity.actions import add_identifier
from parvis.identity.actions.persons import email_key
from parvis.identity.models import Email, Person, Phone, Totp
from parvis.journal.actions import record, remember_name
from parvis.journal.models import Event
from parvis.post.models import Message

EXTRACT = Path(__file__).resolve().parent / "data" / "employers-74.csv"


class OutsideTheDemo(Exception):
    """Fictitious people belong in the demo alone."""


def seed() -> bool:
    """Fill the database unless it was filled already, then write `demo.json`. True when rows were written.

    Raises OutsideTheDemo where the demo is not on.
    """
    if not settings.DEMO:
        raise OutsideTheDemo("Les personnes fictives ne s’écrivent que dans la démonstration (PARVIS_DEMO=1).")
    done = Establishment.objects.filter(siret=people.CENTRE).exists()
    if not done:
        with transaction.atomic():
            _Seeding().run()
    write_demo_file()
    return not done


class _Seeding:
    """One run: what was written so far, by key."""

    def __init__(self) -> None:
        self.now, self.today = clock.now(), clock.today()
        self.events: list[Event] = []
        self.persons: dict[str, int] = {}
        self.names: dict[str, str] = {account.key: name_of(account) for account in ACCOUNTS}
        self.establishments: dict[str, Establishment] = {}

    def run(self) -> None:
        self._employers()
        for account in ACCOUNTS:
            with tenancy.scope(establishment=self.establishments[account.siret].pk):
                self._account(account)
        both = (places := self.establishments, self.names)
        self.events += [*seed_terms(*both), *seed_handing(*both), *seed_asking(places), *seed_delegations(*both)]
        self.events += [*seed_presets(places), *seed_organisation(*both), *seed_reviews(places)]
        seed_advisers()
        self.events += [*seed_registrations(), *seed_recovery(), *seed_staying(*both)]
        # Oldest first, as if each had been written on its day.
        self.events.sort(key=lambda event: event.at)
        Event.objects.bulk_create(self.events)
        self._lately()
        seed_monthly(self.establishments)

    # --- Employers and contracts -------------------------------------------------------------------------------------
    def _employers(self) -> None:
        wanted = set(people.CONTRACTS) - {people.CENTRE}
        if Establishment.objects.filter(siret__in=wanted).count() < len(wanted):
            import_employers(EXTRACT)
        Establishment.objects.create(
            siret=people.CENTRE,
            siren=people.CENTRE[:9],
            name=people.CENTRE_NAME,
            kind="cdg",
            legal_category=people.CENTRE_LEGAL_CATEGORY,
            department="74",
            postcode="74000",
            sort_key=sort_key(people.CENTRE_NAME),
        )
        self.establishments = {
            establishment.siret: establishment
            for establishment in Establishment.objects.filter(siret__in=people.CONTRACTS)
        }
        # The directory may have been imported before: a contract that is there already stays as it is.
        Contract.objects.bulk_create(
            [
                Contract(
                    establishment=self.establishments[siret],
                    fund=fund,
                    number=f"{fund.upper()[:4]}-{siret[3:9]}-{number:02}",
                    starts_on=datetime.date.fromisoformat(first_day),
                )
                for siret, funds in people.CONTRACTS.items()
                for number, (fund, first_day) in enumerate(funds.items(), start=1)
            ],
            ignore_conflicts=True,
        )

    # --- One account -------------------------------------------------------------------------------------------------
    def _account(self, account: Account) -> None:
        created = self._instant(account, account.created, "created")
        creator = ref_of(account.by) if account.by else None
        confirmed = self._confirmed(account)
        ref = ref_of(account.key)
        remember_name(ref, self.names[account.key])
        identifier = reserve_identifier(account, created)
        first_rights = account.rights if account.earlier is None else account.earlier
        starts_on, ends_on = self._day(account.starts), self._day(account.ends)
        dates = {name: day.isoformat() for name, day in (("starts_on", starts_on), ("ends_on", ends_on)) if day}
        profile = Profile.ADMINISTRATOR if account.administrator else Profile.USER
        self._event(
            "account.created",
            created,
            account,
            creator,
            after={"profile": profile.value, **dates, "rights": rights_as_json(first_rights)},
        )
        if account.deleted is None:
            membership = self._membership(account, identifier, created, confirmed, starts_on, ends_on, profile)
            self._links(account, membership, created, confirmed)
            self._ways_in(account, membership, confirmed)
        if confirmed is not None:
            kind = "account.confirmed"
            self._event(kind, confirmed, account, ref)
        if account.earlier is not None:
            self._rights_changed(account, creator)
        if over := expired_on(account, created, confirmed, ends_on):
            why = {} if over == ends_on else {"unvisited": True}
            self._event("account.expired", night_after(over), account, None, after=why, origin="système")
        self._closing(account, creator, profile)

    def _membership(
        self,
        account: Account,
        identifier: str,
        created: datetime.datetime,
        confirmed: datetime.datetime | None,
        starts_on: datetime.date | None,
        ends_on: datetime.date | None,
        profile: Profile,
    ) -> Membership:
        email, phone = email_of(account), phone_of(account)
        creator = ref_of(account.by) if account.by else None
        membership = Membership.objects.create(
            establishment=self.establishments[account.siret],
            person_id=self._person(account, confirmed) if confirmed else None,
            ref=ref_of(account.key),
            identifier=identifier,
            civility=account.civility,
            first_name=account.first_name,
            last_name=account.last_name,
            function=account.function,
            unit=account.unit,
            email=email,
            phone=phone,
            profile=profile,
            starts_on=starts_on,
            ends_on=ends_on,
            created_at=created,
            created_by=creator,
            confirmed_at=confirmed,
            deactivated_at=None
            if account.deactivated is None
            else self._instant(account, account.deactivated, "later"),
            expired_at=night_after(over) if (over := expired_on(account, created, confirmed, ends_on)) else None,
            last_visit_at=visited_at(account),
            search_key=account_search_key(account.first_name, account.last_name, email, identifier),
            sort_key=sort_key(f"{account.last_name} {account.first_name}")[:250],
        )
        changed = self._instant(account, account.changed, "later")
        Right.objects.bulk_create(
            Right(
                establishment_id=membership.establishment_id,
                membership=membership,
                service=service,
                level=Level.of(level),
                granted_at=created if account.earlier is None or account.earlier.get(service) == level else changed,
                granted_by=creator,
            )
            for service, level in account.rights.items()
        )
        return membership

    def _person(self, account: Account, confirmed: datetime.datetime) -> int:
        """The person behind the account: with the password that the demo tells, or with none that opens anything."""
        if account.person:
            self.persons[account.key] = self.persons[account.person]
        if account.key not in self.persons:
            known = KNOWN.get(account.key)
            reference = reference_of_person(account.key)
            # Persons are nobody's in particular yet: written as the owner, outside of any establishment.
            with tenancy.scope(role="none"):
                person = Person.objects.create(
                    reference=reference,
                    first_name=account.first_name,
                    last_name=account.last_name,
                    password=make_password(known.password if known else None),
                    created_at=confirmed,
                )
            self.persons[account.key] = person.pk
        return self.persons[account.key]

    def _ways_in(self, account: Account, membership: Membership, confirmed: datetime.datetime | None) -> None:
        if confirmed is not None and membership.person_id is not None:
            add_identifier(membership.person_id, membership.identifier)
            if not account.person:
                # Their first account: the e-mail that its link proved, and the telephone, are the person's own.
                with tenancy.scope(role="none"):
                    Email.objects.create(
                        person_id=membership.person_id,
                        address=membership.email,
                        key=email_key(membership.email),
                        verified_at=confirmed,
                    )
                    Phone.objects.create(person_id=membership.person_id, number=membership.phone)
                    known = KNOWN.get(account.key)
                    if known is not None and known.totp_secret is not None:
                        Totp.objects.create(
                            person_id=membership.person_id,
                            secret=seal(known.totp_secret, purpose="totp"),
                            added_at=confirmed,
                        )

    # --- First links -------------------------------------------------------------------------------------------------
    def _links(
        self, account: Account, membership: Membership, created: datetime.datetime, confirmed: datetime.datetime | None
    ) -> None:
        link = self._link(account, membership, created)
        if account.link == "renewed":
            renewed = self._instant(account, 6, "created")
            link.superseded_at = renewed
            self._event("link.renewed", renewed, account, ref_of(account.by))
            self._link(account, membership, renewed)
        if account.link == "killed":
            for tries in range(1, settings.PARVIS_INVITATION_TRIES + 1):
                at = self._instant(account, account.created - 1, "confirmed") + datetime.timedelta(minutes=tries)
                self._event("link.wrong_identifier", at, account, None, after={"tries": tries}, origin="lien")
            link.tries, link.killed_at = settings.PARVIS_INVITATION_TRIES, at
            self._event("link.killed", at, account, None, origin="lien")
        link.used_at = confirmed
        link.save()

    def _link(self, account: Account, membership: Membership, at: datetime.datetime) -> Link:
        """A link whose e-mail left, or could not be delivered, in its time: nothing is queued."""
        left = at + datetime.timedelta(minutes=2)
        link = Link.objects.create(
            establishment_id=membership.establishment_id,
            membership=membership,
            created_at=at,
            expires_at=left + settings.PARVIS_INVITATION_VALIDITY,
        )
        failed = account.link == "undelivered"
        Message.objects.create(
            establishment_id=membership.establishment_id,
            kind="access.first_link",
            object_id=link.pk,
            status=Message.Status.FAILED if failed else Message.Status.SENT,
            failure="Le serveur du destinataire refuse cette adresse." if failed else "",
            attempts=1,
            queued_at=at,
            settled_at=left,
        )
        self._event("link.not_delivered" if failed else "link.sent", left, account, None, origin="système")
        return link

    # --- What happened since -----------------------------------------------------------------------------------------
    def _rights_changed(self, account: Account, creator: uuid.UUID | None) -> None:
        before, after = rights_as_json(account.earlier or {}), rights_as_json(account.rights)
        same = {service for service in before if before[service] == after.get(service)}
        self._event(
            "rights.changed",
            self._instant(account, account.changed, "later"),
            account,
            creator,
            before={"rights": {service: value for service, value in before.items() if service not in same}},
            after={"rights": {service: value for service, value in after.items() if service not in same}},
        )

    def _closing(self, account: Account, creator: uuid.UUID | None, profile: Profile) -> None:
        if account.deactivated is not None:
            self._event("account.deactivated", self._instant(account, account.deactivated, "later"), account, creator)
        if account.deleted is not None:
            self._event(
                "account.deleted",
                self._instant(account, account.deleted, "later"),
                account,
                creator,
                before={"profile": profile.value, "rights": rights_as_json(account.rights)},
            )

    def _lately(self) -> None:
        """What was done lately: an account begun, a correction that waits for an answer, declarations, an import."""
        establishment = self.establishments[people.ANNECY].pk
        with tenancy.scope(person=self.persons["administrateur"], establishment=establishment):
            who = standing(self.persons["administrateur"], establishment)
            if who is None:
                raise RuntimeError("The demo's administrator was not seeded.")
            save_coordinates(who=who, draft_id=ref_of("draft"), coordinates=UNFINISHED)
            corrected = Membership.objects.get(ref=ref_of("a05"))
            Proposal.objects.create(
                establishment_id=establishment,
                membership=corrected,
                phone=parse_phone("06 39 98 90 11"),
                proposed_at=self.now,
                proposed_by=who.ref,
            )
            fields = {"fields": ["phone"]}
            record("account.correction_proposed", actor=actor_of(who), object=corrected.ref, after=fields)
            user = standing(self.persons["utilisateur"], establishment)
            if user is not None:
                seed_services(administrator=who, user=user)
            seed_import(who)

    # --- Small things ------------------------------------------------------------------------------------------------
    def _event(
        self,
        kind: str,
        at: datetime.datetime,
        account: Account,
        actor: uuid.UUID | None,
        *,
        origin: str = "",
        **changed: dict[str, Any],
    ) -> None:
        self.events.append(
            Event(
                at=at,
                kind=kind,
                establishment_id=self.establishments[account.siret].pk,
                actor=actor,
                object=ref_of(account.key),
                origin=origin or ("web" if actor else "système"),
                **changed,
            )
        )

    def _instant(self, account: Account, days_ago: int, part: str) -> datetime.datetime:
        return working_hour(account, self.today - datetime.timedelta(days=days_ago), part, self.now)

    def _confirmed(self, account: Account) -> datetime.datetime | None:
        later = account.confirmed
        return None if later is None else self._instant(account, account.created - later, "confirmed")

    def _day(self, days: int | None) -> datetime.date | None:
        return None if days is None else self.today + datetime.timedelta(days=days)
