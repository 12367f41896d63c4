"""What an employer receives of a request: that something is asked or decided, never what it is about."""

import datetime
import re
import uuid
from typing import Any

import psycopg
import pytest

from parvis.access.levels import Level
from parvis.dossiers.actions import deciding
from parvis.dossiers.actions.deciding import Adviser
from parvis.dossiers.models import Dossier, State
from parvis.dossiers.references import draw, grouped
from parvis.ground import clock, tenancy
from parvis.journal.actions import Actor
from tests.post.smtp.hands import MailServer, Office, html, plain, work

ADDRESS = re.compile(r'https?://[^\s"<]+')
TABLES = ("wanted", "entry", "document", "dossier")


@pytest.fixture
def dossier(office: Office, owner: psycopg.Connection[Any]) -> Any:
    """A refund that an adviser examines, of an office where somebody holds « Cotisations »."""
    now = clock.now()
    owner.execute(
        "INSERT INTO access_right (establishment_id, membership_id, service, level, granted_at, origin) "
        "VALUES (%s, %s, 'cotisations', %s, %s, '')",
        [office.id, office.user.account_id, int(Level.WRITE), now],
    )
    with tenancy.scope(establishment=office.id):
        made = Dossier.objects.create(
            reference=draw(), kind="remboursement", service="cotisations", establishment_id=office.id, fund="cnracl",
            title="Un agent a été soumis à tort, juin 2026", amount=61_840, state=State.EXAMINED, begun_at=now,
            author=uuid.uuid4(), author_name="Hugo Lenoir", moved_at=now, sent_at=now, search="",
        )  # fmt: skip
    yield made
    owner.execute("DELETE FROM access_right WHERE establishment_id = %s", [office.id])
    for table in TABLES:
        owner.execute(f"DELETE FROM dossiers_{table} WHERE establishment_id = %s", [office.id])  # type: ignore[call-overload]


def test_a_document_asked_for_and_a_refusal_are_received_without_what_they_say(
    dossier: Dossier, office: Office, server: MailServer
) -> None:
    hand = Adviser(1, "Noémie Ferrand", uuid.uuid4(), Actor(ref=None), frozenset({"cnracl"}))
    soon = clock.today() + datetime.timedelta(days=9)
    with tenancy.scope(establishment=office.id):
        deciding.ask(
            hand=hand,
            reference=dossier.reference,
            piece="",
            label="Bulletins de Florence Mouchet",
            text="Ceux de mars sont illisibles.",
            due_on=soon,
        )
        deciding.refuse(hand=hand, reference=dossier.reference, text="Déjà remboursé en avril.")
    work()
    mine = [mail for mail in server.received if mail["X-Envelope-To"] == office.user.membership.email]
    subjects = sorted(str(mail["Subject"]).strip() for mail in mine)
    assert subjects == [
        "Parvis : Un fonds a décidé (Saint-Étienne-du-Bois)",
        "Parvis : Une pièce vous est demandée (Saint-Étienne-du-Bois)",
    ]
    for mail in mine:
        whole = plain(mail) + html(mail)
        assert grouped(dossier.reference) in whole
        # What is drawn at random, addresses and the reference, may have any figures in it.
        whole = ADDRESS.sub("", whole).replace(grouped(dossier.reference), "").replace(dossier.reference, "")
        assert "Demande de remboursement" in whole
        for said in ("Mouchet", "illisibles", "avril", "618", "soumis à tort", "Noémie"):
            assert said not in whole, said
