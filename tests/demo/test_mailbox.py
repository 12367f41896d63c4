"""The demo's mailbox: e-mails, SMS and calls, newest first, links that open, nothing of a message trusted."""

import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from parvis.demo import mailbox as demo
from parvis.ground import clock
from parvis.post.mailbox import MailboxBackend
from parvis.post.telephone import Call, Channel
from parvis.post.telephone.carrier import deliver

pytestmark = pytest.mark.django_db

LINK = "http://127.0.0.1:8000/premiere-connexion/jeton_de-test"


@pytest.fixture
def mailbox(settings: Any, tmp_path: Path) -> Path:
    settings.PARVIS_MAILBOX = settings.PARVIS_CALLS = tmp_path / "mailbox"
    return tmp_path / "mailbox"


def send(subject: str, text: str, to: str = "ines.metral@annecy.example", html: str = "<p>Bonjour</p>") -> None:
    message = EmailMultiAlternatives(subject, text, "Parvis <ne-pas-repondre@parvis.example>", [to])
    message.attach_alternative(html, "text/html")
    MailboxBackend().send_messages([message])


def call(text: str, number: str = "+33612345678", channel: Channel = Channel.SMS, extension: str = "") -> None:
    deliver(Call(number=number, channel=channel, text=text, extension=extension), 1)


def test_list_shows_the_newest_first(mailbox: Path, client: Client) -> None:
    send("Le premier", "Bonjour")
    send("Le second, été comme hiver", "Bonjour")
    page = client.get("/demo/courriels")
    body = page.content.decode()
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    assert body.index("Le second, été comme hiver") < body.index("Le premier")
    assert "ines.metral@annecy.example" in body


def test_list_without_a_message_says_how_to_get_one(mailbox: Path, client: Client) -> None:
    assert "Aucun message pour l’instant" in client.get("/demo/courriels").content.decode()


def test_message_shows_its_text_with_links_and_nothing_of_it_is_run(mailbox: Path, client: Client) -> None:
    send("Objet <b>", f"Bonjour,\n\nSuivez {LINK}.\n<script>alert(1)</script> javascript:alert(1)", html="<i>x</i>")
    (found,) = demo.messages()
    body = client.get(f"/demo/courriels/{found.id}").content.decode()
    assert f'<a href="{LINK}">{LINK}</a>.' in body
    assert "Objet &lt;b&gt;" in body
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in body
    assert 'href="javascript:' not in body
    assert "<i>x</i>" not in body


@pytest.mark.parametrize(
    "name", ["20260101T000000000000-00000000", "demo", "..", "..%2Fdemo", "20260101T000000000000-0000000g", "%00"]
)
def test_message_that_is_none_is_not_found(mailbox: Path, client: Client, name: str) -> None:
    send("Objet", "Bonjour")
    (mailbox.parent / "demo.eml").write_text("Subject: secret\n\nsecret")
    assert client.get(f"/demo/courriels/{name}").status_code == 404


def test_json_tells_programs_the_same(mailbox: Path, client: Client) -> None:
    send("Le premier", "Bonjour")
    send("Votre accès", f"Suivez {LINK}, puis ({LINK}?a=1&b=2)\nou « {LINK} ».", html="<p>Suivez</p>")
    answer = client.get("/demo/courriels.json")
    first, second = answer.json()
    assert (first["subject"], second["subject"]) == ("Votre accès", "Le premier")
    assert first["to"] == ["ines.metral@annecy.example"]
    assert first["from"] == "Parvis <ne-pas-repondre@parvis.example>"
    assert first["links"] == [LINK, f"{LINK}?a=1&b=2"]
    assert first["html"].strip() == "<p>Suivez</p>"
    assert first["text"].startswith("Suivez http")
    sent_at = datetime.datetime.fromisoformat(first["date"])
    assert abs(clock.now() - sent_at) < datetime.timedelta(minutes=1)


def test_a_file_that_is_no_message_is_passed_over(mailbox: Path, client: Client) -> None:
    send("Le bon", "Bonjour")
    (mailbox / "20991301T000000000000-00000000.eml").write_bytes(b"\xff\xfe\0")
    (mailbox / "autre.eml").write_bytes(b"Subject: autre\n\n")
    assert [one["subject"] for one in client.get("/demo/courriels.json").json()] == ["Le bon"]


def test_sms_and_calls_stand_among_the_emails_newest_first_and_told_apart(mailbox: Path, client: Client) -> None:
    call("Votre code : 123 456")
    send("Votre accès", "Bonjour")
    call("Votre code est : 6, 5, 4, 3, 2, 1.", "+33549000000", Channel.VOICE, extension="42")
    body = client.get("/demo/courriels").content.decode()
    places = [body.index(text) for text in ("6, 5, 4, 3, 2, 1", "Votre accès", "123 456")]
    assert places == sorted(places)
    assert (
        body.count(">SMS</span>")
        == body.count(">Appel\N{NO-BREAK SPACE}vocal</span>")
        == body.count(">Courriel</span>")
        == 1
    )
    assert "06\N{NO-BREAK SPACE}12\N{NO-BREAK SPACE}34" in body
    assert ", poste 42" in body
    told = client.get("/demo/courriels.json").json()
    assert [one["kind"] for one in told] == ["voice", "email", "sms"]
    assert (told[0]["to"], told[0]["extension"]) == (["+33549000000"], "42")
    assert (told[2]["to"], told[2]["text"], told[2]["subject"]) == (["+33612345678"], "Votre code : 123 456", "")
    assert len({frozenset(one) for one in told}) == 1, "a program meets the same keys everywhere"
    sent_at = datetime.datetime.fromisoformat(told[2]["date"])
    assert abs(clock.now() - sent_at) < datetime.timedelta(minutes=1)


def test_a_call_runs_nothing_and_has_no_page_of_its_own(mailbox: Path, client: Client) -> None:
    call("<script>alert(1)</script>\n\n@127.0.0.1 #123456")
    assert (
        "&lt;script&gt;alert(1)&lt;/script&gt;<br>@127.0.0.1 #123456" in client.get("/demo/courriels").content.decode()
    )
    (one,) = demo.messages()
    assert client.get(f"/demo/courriels/{one.id}").status_code == 404


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"kind": "fax", "to": "", "extension": "", "text": ""}', "\xff"])
def test_a_file_that_is_no_call_is_passed_over(mailbox: Path, client: Client, content: str) -> None:
    call("Le bon")
    (mailbox / "20991301T000000000000-00000000.json").write_text(content, encoding="latin-1")
    (mailbox / "20260101T000000000000-00000000.json").write_text(content, encoding="latin-1")
    assert [one["text"] for one in client.get("/demo/courriels.json").json()] == ["Le bon"]


def test_with_a_mail_server_the_page_says_where_emails_go_and_shows_the_calls(
    mailbox: Path, client: Client, settings: Any
) -> None:
    settings.PARVIS_MAILBOX = None
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_HOST_PASSWORD = "smtp.exemple.example", 2525, "s3cret"
    assert "Aucun SMS ni appel pour l’instant" in client.get("/demo/courriels").content.decode()
    call("Votre code : 123 456")
    body = client.get("/demo/courriels").content.decode()
    assert "smtp.exemple.example:2525" in body
    assert "s3cret" not in body
    assert "123 456" in body
    assert [one["kind"] for one in client.get("/demo/courriels.json").json()] == ["sms"]


def test_with_a_telephone_carrier_the_page_says_so_and_shows_the_emails(
    mailbox: Path, client: Client, settings: Any
) -> None:
    settings.PARVIS_CALLS = None
    send("Votre accès", "Bonjour")
    body = client.get("/demo/courriels").content.decode()
    assert "PARVIS_TELEPHONE" in body
    assert "Votre accès" in body


def test_with_both_the_page_says_where_emails_go_and_there_is_no_list(client: Client, settings: Any) -> None:
    settings.PARVIS_MAILBOX = settings.PARVIS_CALLS = None
    settings.EMAIL_HOST, settings.EMAIL_PORT = "smtp.exemple.example", 2525
    assert "smtp.exemple.example:2525" in client.get("/demo/courriels").content.decode()
    assert client.get("/demo/courriels.json").status_code == 404
    assert client.get("/demo/courriels/20260101T000000000000-00000000").status_code == 404


def test_the_page_of_components_opens(client: Client) -> None:
    assert client.get("/demo/composants").status_code == 200
