"""The world of the tests: two establishments and the four fixed people who run through all of them.

Claire administers, Paul administers too, Léa uses (« Modification » on one service, « Lecture seule » on another), Marc
reads, Inès is the stranger: she administers another establishment, which holds no contract with Ircantec. Everything is
committed once per test database, as its owner; each test's own changes are rolled back.
"""

import datetime
import uuid
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from parvis.access.actions.creation import account_search_key
from parvis.access.levels import Level
from parvis.access.models import Membership, Profile, Right, TermsAcceptance
from parvis.access.terms.versions import newest
from parvis.advisers.models import Adviser
from parvis.establishments.models import Contract, Establishment
from parvis.ground import clock, tenancy
from parvis.ground.identifiers import account
from parvis.ground.identifiers.text import sort_key
from parvis.ground.sealing import seal
from parvis.identity.actions.persons import email_key
from parvis.identity.models import Credential, Email, Identifier, Person, Phone, Totp
from parvis.journal.actions import remember_name

PASSWORD = "trois chevaux sous la pluie"  # noqa: S105  (fictitious people)
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105  (everybody's authenticator app)
HERE, THERE = "20006340200016", "21740001900014"


@dataclass(frozen=True)
class Someone:
    """One of the fixed people: what a test needs to act as them or on them."""

    person: Person
    membership: Membership

    @property
    def identifier(self) -> str:
        return self.membership.identifier

    @property
    def account_id(self) -> int:
        return self.membership.pk


@dataclass(frozen=True)
class World:
    """Two establishments and their people."""

    here: Establishment
    there: Establishment
    administrator: Someone
    second: Someone
    user: Someone
    reader: Someone
    stranger: Someone
    # By role, all of CNRACL, Ircantec and RAFP; « other »: of another fund alone (FAEFM), which nobody here deals with.
    advisers: dict[str, Person]


def adviser(first_name: str, last_name: str, role: str, funds: str) -> Person:
    """An adviser of the schemes' operator, with an authenticator app."""
    now, code = clock.now(), account.draw()
    Identifier.objects.create(code=code, reserved_at=now)
    person = Person.objects.create(
        first_name=first_name, last_name=last_name, password=make_password(PASSWORD), created_at=now
    )
    Credential.objects.create(person=person, code=code)
    Totp.objects.create(person=person, secret=seal(TOTP_SECRET, purpose="totp"), added_at=now)
    Adviser.objects.create(
        person_id=person.pk,
        first_name=first_name,
        last_name=last_name,
        operator="Gestionnaire des fonds",
        role=role,
        funds=funds,
        created_at=now,
    )
    return person


def establishment(siret: str, name: str, funds: tuple[str, ...]) -> Establishment:
    """An employer with contracts since 2010, that accepted the terms in force."""
    made = Establishment.objects.create(
        siret=siret, siren=siret[:9], name=name, kind="commune", legal_category="7210", sort_key=sort_key(name)
    )
    for fund in funds:
        Contract.objects.create(
            establishment=made, fund=fund, number=f"{fund.upper()}-0042", starts_on=datetime.date(2010, 1, 1)
        )
    if (terms := newest(clock.today())) is not None:
        TermsAcceptance.objects.create(
            establishment=made,
            version=terms.number,
            digest=terms.digest,
            accepted_at=clock.now(),
            accepted_by=uuid.uuid4(),
            name="Claire Dubois",
        )
    return made


def someone(
    where: Establishment,
    first_name: str,
    last_name: str,
    profile: str = Profile.USER,
    rights: dict[str, Level] | None = None,
    *,
    person: Person | None = None,
    confirmed: bool = True,
) -> Someone:
    """A person with a password and an active account; `confirmed=False`: an account that waits for its password."""
    now = clock.now()
    code = account.draw()
    email = f"{first_name}.{last_name}@{where.siret}.example".lower().replace("é", "e").replace("è", "e")
    Identifier.objects.create(code=code, reserved_at=now)
    if person is None and confirmed:
        person = Person.objects.create(
            first_name=first_name, last_name=last_name, password=make_password(PASSWORD), created_at=now
        )
    if person is not None:
        Credential.objects.create(person=person, code=code)
        Email.objects.create(person=person, address=email, key=email_key(email), verified_at=now)
        Phone.objects.get_or_create(person=person, number="+33465710042")
        Totp.objects.get_or_create(
            person=person, defaults={"secret": seal(TOTP_SECRET, purpose="totp"), "added_at": now}
        )
    membership = Membership.objects.create(
        establishment=where,
        person=person,
        identifier=code,
        civility="mme",
        first_name=first_name,
        last_name=last_name,
        function="Gestionnaire RH",
        email=email,
        phone="+33465710042",
        profile=profile,
        created_at=now,
        confirmed_at=now if person is not None else None,
        search_key=account_search_key(first_name, last_name, email, code),
        sort_key=sort_key(f"{last_name} {first_name}"),
    )
    Right.objects.bulk_create(
        Right(establishment=where, membership=membership, service=service, level=level, granted_at=now)
        for service, level in (rights or {}).items()
    )
    with tenancy.scope(establishment=where.pk, role="parvis_owner"):
        remember_name(membership.ref, membership.name)
    return Someone(person, membership)  # type: ignore[arg-type]


def build() -> World:
    """Make the world, as the owner of the test database."""
    here = establishment(HERE, "Annecy", ("cnracl", "ircantec", "rafp"))
    there = establishment(THERE, "Abondance", ("cnracl", "rafp"))
    read_all = {"mon-etablissement": Level.READ, "contrats": Level.READ, "correspondants": Level.READ}
    return World(
        here=here,
        there=there,
        administrator=someone(here, "Claire", "Dubois", Profile.ADMINISTRATOR),
        second=someone(here, "Paul", "Girard", Profile.ADMINISTRATOR),
        user=someone(here, "Léa", "Martin", rights={"mon-etablissement": Level.WRITE, "contrats": Level.READ}),
        reader=someone(here, "Marc", "Petit", rights=read_all),
        stranger=someone(there, "Inès", "Moreau", Profile.ADMINISTRATOR),
        advisers={
            "first": adviser("Noémie", "Ferrand", "first", "cnracl,ircantec,rafp"),
            "second": adviser("Olivier", "Marchetti", "second", "cnracl,ircantec,rafp"),
            "supervisor": adviser("Aïcha", "Delorme", "supervisor", "cnracl,ircantec,rafp"),
            "other": adviser("Yann", "Le Bihan", "second", "faefm"),
        },
    )
