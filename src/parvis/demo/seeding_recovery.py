"""One request for getting back in, under way: the letter's code was typed, a proof is there, advisers are to decide.

Rows are written as the actions write them, with dates in the past; no e-mail is queued.
"""

import datetime
import hashlib
import io

from pypdf import PdfWriter

from parvis.access.actions.creation import Coordinates
from parvis.access.models import Profile
from parvis.demo import people
from parvis.establishments.models import Establishment
from parvis.ground import clock, files, tenancy, working_days
from parvis.journal.models import Event
from parvis.recovery.actions.opening import ANYBODY, PURPOSE
from parvis.recovery.models import Case, Proof
from parvis.recovery.sealed import hashed, seal_coordinates, seal_words

REFERENCE, FOLLOW_CODE = "K7RT4HXA", "92PXHC46"
OPENED_DAYS_AGO = 3


def _page() -> bytes:
    """A PDF of one empty page."""
    written, writer = io.BytesIO(), PdfWriter()
    writer.add_blank_page(595, 842)
    writer.write(written)
    return written.getvalue()


def seed_recovery() -> list[Event]:
    """Write the request of the town whose only administrator stays away; returns its events."""
    place = Establishment.objects.get(siret=people.DUINGT)
    at = clock.now() - datetime.timedelta(days=OPENED_DAYS_AGO, hours=2)
    typed_at = at + datetime.timedelta(days=2, hours=3)
    who = Coordinates(
        "mme", "Solène", "Avrillon", "Secrétaire générale de mairie", "", "solene.avrillon@duingt.example",
        "+33465710188", Profile.ADMINISTRATOR.value, None, None,
    )  # fmt: skip
    page = _page()
    with tenancy.scope(establishment=place.pk):
        case = Case.objects.create(
            reference=REFERENCE,
            code_hash=hashed(FOLLOW_CODE),
            establishment=place,
            fund="cnracl",
            why=Case.Why.LEFT,
            coordinates=seal_coordinates(who),
            explanation=seal_words(
                "La personne qui administrait les comptes a pris sa retraite, et son adresse n’existe plus. Je la "
                "remplace depuis le mois dernier."
            ),
            opened_at=at,
            target_on=working_days.after(at.astimezone(clock.PARIS).date(), 5),
            moved_at=typed_at,
            letters=1,
            code_right_at=typed_at,
        )
        Proof.objects.create(
            establishment=place,
            case=case,
            fund=case.fund,
            name="arrêté de nomination.pdf",
            kind="pdf",
            size=len(page),
            sha256=hashlib.sha256(page).hexdigest(),
            key=files.keep(page, PURPOSE),
            added_at=at,
        )
    said = {"reference": REFERENCE}
    return [
        Event(at=when, kind=kind, establishment_id=place.pk, object=case.ref, origin=ANYBODY.origin, after=after)
        for when, kind, after in (
            (at, "recovery.opened", {**said, "why": "left"}),
            (typed_at, "recovery.code_right", said),
        )
    ]
