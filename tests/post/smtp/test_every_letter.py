"""Every letter."""

import re
from urllib.parse import urlsplit

import html5lib
import pytest

from parvis.ground import tenancy
from parvis.post.models import Message
from parvis.post.registry import LETTERS
from tests.invitations import token_in
from tests.plugins.html import ReadingClient, as_typed
from tests.post.smtp.advisers import ADVISERS
from tests.post.smtp.asking import ASKING
from tests.post.smtp.data_export import DATA_EXPORT
from tests.post.smtp.delegation import DELEGATION
from tests.post.smtp.expiry import EXPIRY
from tests.post.smtp.factors import FACTORS, TELEPHONED
from tests.post.smtp.handing import HANDING
from tests.post.smtp.hands import ADDRESS, PROVOKED, MailServer, Office, _confirm_email, html, plain, work
from tests.post.smtp.mine import MINE
from tests.post.smtp.notices import NOTICES
from tests.post.smtp.organisation import ORGANISATION
from tests.post.smtp.providers import PROVIDERS
from tests.post.smtp.recovery import RECOVERY
from tests.post.smtp.registration import REGISTRATION
from tests.post.smtp.review import REVIEW
from tests.post.smtp.security import SECURITY
from tests.post.smtp.succession import SUCCESSION
from tests.post.smtp.terms import TERMS
from tests.world import PASSWORD

ALL = (
    DELEGATION
    | HANDING
    | PROVOKED
    | EXPIRY
    | TERMS
    | PROVIDERS
    | MINE
    | FACTORS
    | REVIEW
    | SECURITY
    | ASKING
    | ORGANISATION
    | RECOVERY
    | REGISTRATION
    | DATA_EXPORT
    | ADVISERS
    | SUCCESSION
    | NOTICES
)


def test_every_letter_has_its_own_test() -> None:
    assert set(ALL) == set(LETTERS) - TELEPHONED


@pytest.mark.parametrize("kind", [kind for kind in LETTERS if kind not in TELEPHONED])
def test_each_letter_is_received_with_its_subject_its_text_and_a_link_that_opens(
    kind: str, office: Office, server: MailServer
) -> None:
    expected = ALL[kind](office, server)
    assert server.received == []
    work()
    assert sorted(mail["X-Envelope-To"] for mail in server.received) == sorted(expected.to)
    for mail in server.received:
        assert mail["Subject"].strip() == expected.subject
        assert mail["To"] == mail["X-Envelope-To"]
        assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
        text, page = plain(mail), html(mail)
        for phrase in map(as_typed, expected.says):
            assert phrase in as_typed(text)
            assert phrase in as_typed(page)
        assert "&" not in re.sub(r"&\w+ |https?://\S+", "", text)  # nothing escaped in the plain text
        parser = html5lib.HTMLParser()
        parser.parse(page)
        assert [code for _, code, _ in parser.errors] == []
        assert not re.search(r"<(img|script|link|iframe)\b|url\(", page)
        for body in (text, page):
            assert {urlsplit(one).netloc for one in re.findall(r"https?://[^\s\"<]+", body)} == {"127.0.0.1:8000"}
            found = re.search(rf"{ADDRESS}({expected.link})", body)
            assert found is not None
            assert ReadingClient().get(found[1]).status_code == expected.opens
        people = (office.administrator, office.second, office.user)
        assert not [one.identifier for one in people if one.identifier in text + page]
    with tenancy.scope(establishment=office.id):
        of_establishment = set(Message.objects.filter(kind=kind).values_list("status", flat=True))
    with tenancy.scope(person=office.user.person.pk, role=tenancy.PERSON):
        of_person = set(Message.objects.filter(kind=kind).values_list("status", flat=True))
    assert of_establishment | of_person == {"sent"}


def test_a_confirmed_address_takes_the_place_of_the_old_one(office: Office, server: MailServer) -> None:
    _confirm_email(office, server)
    work()
    where = f"/adresse/{token_in(plain(server.received[0]), 'adresse')}/"
    client = ReadingClient()

    def enters(login: str) -> bool:
        answer = ReadingClient().post("/connexion/", {"login": login, "password": PASSWORD})
        return bool(answer.status_code == 302)

    for _ in range(2):
        assert client.get(where).status_code == 200
        assert client.head(where).status_code == 200
    old, new = office.user.membership.email, "h.lenoir@bois.example"
    assert (enters(old), enters(new)) == (True, False)
    assert client.post(where)["Location"] == "/connexion/"
    assert (enters(old), enters(new)) == (False, True)
    assert client.post(where).status_code == 410
