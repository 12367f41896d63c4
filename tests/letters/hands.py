"""What the tests of letters share: small PDF, letters that came, rights."""

import datetime
from typing import Any

from django.test import Client

from parvis.access.levels import Level
from parvis.access.models import Right
from parvis.access.standing import Standing, standing
from parvis.ground import clock, tenancy
from parvis.journal.actions import SYSTEM
from parvis.letters.actions import Told, deposit
from parvis.letters.models import FundLetter
from tests.world import Someone, World


def pdf(text: str, *, more: bytes = b"", padding: int = 0) -> bytes:
    """A PDF of one page that says `text`, written by hand. `more`: further entries of its catalogue."""
    stream = f"BT /F1 18 Tf 60 760 Td ({text}) Tj ET".encode("ascii") + b" " * padding
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R " + more + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    made, offsets = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        offsets.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(made))
    return made + head + table + tail


def give(who: Someone, service: str = "courriers", level: Level = Level.READ) -> None:
    """A right, given now."""
    where = who.membership.establishment_id
    with tenancy.scope(establishment=where):
        Right.objects.update_or_create(
            establishment_id=where,
            membership=who.membership,
            service=service,
            defaults={"level": level, "granted_at": clock.now()},
        )


def stands(who: Someone) -> Standing:
    """Who they are in their establishment, in whose scope the caller is."""
    found = standing(who.person.pk, who.membership.establishment_id)
    assert found is not None
    return found


def came(world: World, reference: str, *, days: int = 0, **more: Any) -> FundLetter:
    """A letter that came to the world's first establishment, so many days ago."""
    told = Told(
        more.get("fund", "cnracl"),
        more.get("type", "releve-de-compte"),
        reference,
        more.get("title", "Relevé de compte de mai"),
        more.get("dated_on", clock.today() - datetime.timedelta(days=days)),
    )
    place = more.get("place", world.here)
    with tenancy.scope(establishment=place.pk):
        letter = deposit(actor=SYSTEM, told=told, content=pdf(reference))
        if days:
            FundLetter.objects.filter(pk=letter.pk).update(deposited_at=clock.now() - datetime.timedelta(days=days))
    return letter


def body(answer: Any) -> str:
    return str(answer.content.decode())


def listed(browser: Client, world: World, query: str = "") -> str:
    """The list's page."""
    answer = browser.get(f"/etablissements/{world.here.siret}/courriers/{query}")
    assert answer.status_code == 200, answer.status_code
    return body(answer)
