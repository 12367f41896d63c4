"""The demo’s registrations: one for advisers to check, one whose letter is to be printed, and two towns to register.

Rows are written as the actions write them, with dates in the past; no e-mail is queued.
"""

import datetime
import hashlib
import io

from django.utils.text import slugify
from PIL import Image, ImageDraw

from parvis.access.actions.creation import Coordinates
from parvis.access.models import Profile
from parvis.establishments.models import Contract, Establishment
from parvis.ground import clock, files, tenancy
from parvis.journal.models import Event
from parvis.post import postal
from parvis.post.models import PostalLetter
from parvis.registration.actions.begun import FOLLOW, LETTER
from parvis.registration.actions.proving import PURPOSE
from parvis.registration.address import lines_of
from parvis.registration.models import Registration, RegistrationDocument
from parvis.registration.sealed import hashed, seal_coordinates

# Nobody administers these. The first two can be registered by whoever tries the demo, with their contract's number.
FREE, OTHER, CHECKED, POSTED = "21740003500010", "21740005000019", "21740006800011", "21740007600014"
CONTRACTS = {FREE: "CNRA-003500-01", OTHER: "CNRA-005000-01", CHECKED: "CNRA-006800-01", POSTED: "CNRA-007600-01"}
ADDRESSES = {
    FREE: ["Mairie", "74290 ALEX"],
    OTHER: ["Mairie", "74200 ALLINGES"],
    CHECKED: ["Mairie", "74350 ALLONZIER-LA-CAILLE"],
    POSTED: ["Mairie", "74800 AMANCY"],
}


def _person(first_name: str, last_name: str, function: str, phone: str) -> Coordinates:
    email = f"{slugify(first_name)}.{slugify(last_name)}@mairie-fictive.example"
    return Coordinates("mme", first_name, last_name, function, "", email, phone, Profile.ADMINISTRATOR, None, None)


def _registration(where: Establishment, person: Coordinates, code: str, **given: object) -> Registration:
    return Registration.objects.create(
        establishment=where,
        code_hash=hashed(code, purpose=FOLLOW),
        fund="cnracl",
        way=Registration.Way.CLASSIC,
        contract_number=CONTRACTS[where.siret],
        coordinates=seal_coordinates(person),
        **given,
    )


def _order() -> bytes:
    """A picture of an order of appointment, as somebody would take it."""
    sheet = Image.new("RGB", (900, 600), "white")
    lines = (
        "COMMUNE D'ALLONZIER-LA-CAILLE",
        "ARRETE DE NOMINATION (FICTIF)",
        "",
        "Mme Cloe Perrillat, secretaire generale",
    )
    for place, line in enumerate(lines):
        ImageDraw.Draw(sheet).text((60, 60 + 60 * place), line, fill="black", font_size=32)
    held = io.BytesIO()
    sheet.save(held, "PNG")
    return held.getvalue()


def seed_registrations() -> list[Event]:
    """Write them; returns their events."""
    now = clock.now()
    events: list[Event] = []
    for siret, number in CONTRACTS.items():
        where = Establishment.objects.get(siret=siret)
        if not where.address:
            where.address = ADDRESSES[siret]
            where.save(update_fields=["address"])
        Contract.objects.get_or_create(
            establishment=where, fund="cnracl", starts_on=datetime.date(1983, 1, 1), defaults={"number": number}
        )
    checked = Establishment.objects.get(siret=CHECKED)
    sent = now - datetime.timedelta(days=2, hours=3)
    with tenancy.scope(establishment=checked.pk):
        found = _registration(
            checked,
            _person("Cloé", "Perrillat", "Secrétaire générale de mairie", "+33465710131"),
            "7HK4PX92",
            reference="4RTX92HK",
            proof=Registration.Proof.UPLOAD,
            state=Registration.State.CHECKING,
            created_at=sent,
            updated_at=sent,
            submitted_at=sent,
        )
        content = _order()
        RegistrationDocument.objects.create(
            establishment=checked,
            registration=found,
            fund=found.fund,
            name="arrete-de-nomination.png",
            kind="png",
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            key=files.keep(content, PURPOSE),
            added_at=sent,
        )
        events += _events(found, sent, "upload")
    posted = Establishment.objects.get(siret=POSTED)
    sent = now - datetime.timedelta(days=1, hours=1)
    with tenancy.scope(establishment=posted.pk):
        found = _registration(
            posted,
            _person("Agathe", "Montfort", "Directrice générale des services", "+33465710132"),
            "92PX4HK7",
            reference="9KHXT24R",
            proof=Registration.Proof.POST,
            state=Registration.State.POSTED,
            letters=1,
            created_at=sent,
            updated_at=sent,
            submitted_at=sent,
        )
        letter = postal.send_by_post(
            kind=LETTER, establishment_id=posted.pk, object_id=found.pk, address=lines_of(posted), fund=found.fund
        )
        PostalLetter.objects.filter(pk=letter.pk).update(created_at=sent)
        events += _events(found, sent, "post")
    return events


def _events(found: Registration, at: datetime.datetime, proof: str) -> list[Event]:
    more = {"registration.started": {"way": "classic"}, "registration.submitted": {"proof": proof}}
    return [
        Event(
            at=at,
            kind=kind,
            establishment_id=found.establishment_id,
            after={"reference": found.reference, **told},
            origin="inscription",
        )
        for kind, told in more.items()
    ]
