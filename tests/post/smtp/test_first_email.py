"""The first link · Ids only."""

import re

import pytest
from django.db import connection, transaction

from parvis.access.models import Membership
from parvis.ground import tenancy
from parvis.ground.identifiers.account import grouped
from parvis.post.actions import queue
from parvis.post.models import Message
from tests.entering import enrol
from tests.invitations import FRESH, Invited, made_by, standing_of, token_in
from tests.plugins.html import ReadingClient
from tests.post.smtp.hands import (
    ADDRESS,
    MailServer,
    Office,
    due_now,
    html,
    jobs,
    kinds_about,
    messages,
    plain,
    work,
    worker_process,
)


def test_the_first_link_is_received_and_opens_the_account(office: Office, server: MailServer) -> None:
    account = made_by(office.administrator)
    assert server.received == []
    work()
    (mail,) = server.received
    assert mail["To"] == mail["X-Envelope-To"] == account.email
    assert mail["From"] == "Parvis <ne-pas-repondre@parvis.example>"
    assert mail["Subject"].strip() == "Saint-Étienne-du-Bois vous ouvre un accès à Parvis"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"]
    assert mail["Date"]
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    invited = Invited(account, token_in(plain(mail)))
    for body in (plain(mail), html(mail)):
        assert "Zoé Blanc" in body
        assert "Odile Brun" in body
        assert f"{ADDRESS}{invited.where}" in body
        assert "valable jusqu’au" in body
        assert account.identifier not in body
        assert grouped(account.identifier) not in body
        assert account.phone not in body
    assert account.identifier not in mail.as_string()
    (message,) = messages(office, "access.first_link")
    assert (message.status, message.attempts, message.failure) == ("sent", 1, "")
    assert kinds_about(office, account) == ["account.created", "link.sent"]
    client = ReadingClient()
    assert client.get(invited.where).status_code == 200
    data = {"way": "new", "identifier": account.identifier, "password": FRESH}
    assert enrol(client, client.post(invited.where, data))["Location"] == f"/etablissements/{office.siret}/"


def test_a_transaction_rolled_back_sends_nothing(office: Office, server: MailServer) -> None:
    class Broken(Exception):
        pass

    def attempt() -> None:
        with transaction.atomic():
            made_by(office.administrator)
            raise Broken

    with pytest.raises(Broken):
        attempt()
    assert jobs() == []
    work()
    assert server.received == []
    assert messages(office, "access.first_link") == []
    made_by(office.administrator)
    assert len(jobs()) == 1


def test_a_link_superseded_before_its_email_left_is_not_sent(office: Office, server: MailServer) -> None:
    from parvis.access.actions.links import send_again

    account = made_by(office.administrator)
    with tenancy.scope(person=office.administrator.person.pk, establishment=office.id):
        send_again(who=standing_of(office.administrator), account_id=account.pk)
    assert len(jobs()) == 2
    work()
    assert len(server.received) == 1
    assert ReadingClient().get(f"/premiere-connexion/{token_in(plain(server.received[0]))}/").status_code == 200


def test_jobs_and_logs_hold_ids_only(office: Office, server: MailServer) -> None:
    first = made_by(office.administrator)
    outputs = []
    for form, answer in (
        ("", "451 zoe.blanc@annecy.example later"),
        ("json", "550 zoe.blanc@annecy.example unknown"),
        ("", "250 OK"),
    ):
        if answer.startswith("250"):
            made_by(office.administrator, email="noe.roux@annecy.example", first_name="Noé", last_name="Roux")
        server.recipient = answer
        with worker_process(server, PARVIS_LOG_FORMAT=form) as process:
            outputs.append("".join(process.communicate(timeout=180)))
            assert process.returncode == 0
        due_now()
    (mail,) = server.received
    assert [message.status for message in messages(office, "access.first_link")] == ["failed", "sent"]
    said = "\n".join(outputs)
    assert "message will be tried again" in said
    assert "message not delivered" in said
    assert f"{messages(office, 'access.first_link')[0].pk}" in said
    for secret in ("annecy", "Zoé", "Blanc", "Noé", "Roux", "Odile", first.identifier, token_in(plain(mail))):
        assert secret not in said, secret
    assert "@" not in said.replace("…@…", "")
    found = jobs()
    assert len(found) == 2
    for job in found:
        assert set(job.args) == {"message_id", "establishment", "person"}
        assert all(isinstance(value, int) for value in job.args.values())
    with tenancy.scope(establishment=office.id):
        for row in Message.objects.values():
            assert not re.search(r"annecy|Blanc|Roux|@", str(row))


def test_a_message_is_written_in_its_own_scope_alone(office: Office, server: MailServer) -> None:
    """A job whose establishment is not the message's own finds nothing and sends nothing."""
    with tenancy.scope(establishment=office.id):
        account = Membership.objects.get(pk=office.user.account_id)
        message = queue("access.proposal", object_id=account.pk, establishment=office.id)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET args = jsonb_set(args, '{establishment}', '0')")
    work()
    assert server.received == []
    with tenancy.scope(establishment=office.id):
        assert Message.objects.get(pk=message.pk).attempts == 0
