"""The demo's advisers: of a fictitious operator; one of them sees a single fund."""

from django.contrib.auth.hashers import make_password

from parvis.advisers.models import Adviser
from parvis.demo.invented import ref_of, reference_of_person
from parvis.demo.people import ADVISERS
from parvis.demo.seeding_sirene import seed_sirene
from parvis.ground import clock, tenancy
from parvis.ground.sealing import seal
from parvis.identity.actions.persons import email_key
from parvis.identity.models import Credential, Email, Identifier, Person, Totp

OPERATOR = "Gestionnaire fictif des fonds"


def seed_advisers() -> None:
    """As `parvis advisers add` does, with passwords and secrets that the demo tells."""
    now = clock.now()
    with tenancy.scope(role="none"):
        for one in ADVISERS:
            person = Person.objects.create(
                reference=reference_of_person(one.key),
                first_name=one.first_name,
                last_name=one.last_name,
                password=make_password(one.known.password),
                created_at=now,
            )
            Identifier.objects.create(code=one.identifier, reserved_at=now)
            Credential.objects.create(person=person, code=one.identifier)
            address = f"{one.key}@gestionnaire-fictif.example"
            Email.objects.create(person=person, address=address, key=email_key(address), verified_at=now)
            Totp.objects.create(
                person_id=person.pk, secret=seal(str(one.known.totp_secret), purpose="totp"), added_at=now
            )
            Adviser.objects.create(
                ref=ref_of(one.key),
                person_id=person.pk,
                first_name=one.first_name,
                last_name=one.last_name,
                operator=OPERATOR,
                role=one.role,
                funds=",".join(sorted(one.funds)),
                created_at=now,
            )
    seed_sirene("conseiller-1")
