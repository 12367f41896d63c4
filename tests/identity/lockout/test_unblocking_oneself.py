"""« Débloquer mon compte »: the link, then the second factor; never a session without the password."""

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest

from parvis.ground import clock, tenancy
from parvis.ground.identifiers import account
from parvis.identity import lockout
from parvis.identity.models import Email, Link, Totp
from parvis.journal.models import Event
from parvis.post.models import Message
from parvis.post.registry import LETTERS, Envelope
from tests.browsers import trusted
from tests.entering import code_now
from tests.identity.lockout.hands import FAILURES, LONG, SHORT, SIGN_IN, WRONG_PASSWORD
from tests.jobs import work
from tests.plugins.html import ReadingClient
from tests.world import PASSWORD, Someone, World

Later = Callable[[datetime.timedelta], object]
UNBLOCK, CHALLENGE = "/debloquer/", "/second-facteur/"
SECOND = datetime.timedelta(seconds=1)


@pytest.fixture
def blocked(world: World, later: Later) -> Someone:
    """Léa, after three locks."""
    for lock in (SHORT, LONG, SECOND):
        for _ in range(FAILURES):
            ReadingClient().post(SIGN_IN, {"login": world.user.identifier, "password": WRONG_PASSWORD})
        later(lock + SECOND)
    return world.user


def sign_in(who: Someone, client: ReadingClient | None = None) -> Any:
    return (client or ReadingClient()).post(SIGN_IN, {"login": who.identifier, "password": PASSWORD})


def letters(who: Someone, kind: str) -> list[Envelope]:
    with tenancy.scope(person=who.person.pk, role=tenancy.PERSON):
        found = Message.objects.filter(kind=kind).order_by("id")
        return [made for message in found if (made := LETTERS[message.kind].write(message))]  # type: ignore[misc]


def link_for(who: Someone) -> str:
    """Ask for the link, and take its address out of the letter."""
    answer = ReadingClient().post(UNBLOCK, {"login": who.identifier})
    assert answer["Location"] == f"{UNBLOCK}envoye/"
    work()
    found = re.search(r"/debloquer/[\w-]{43}/", letters(who, "identity.unblock")[-1].text)
    assert found is not None
    return found[0]


def person_of(client: ReadingClient) -> int | None:
    person = client.session.get("_auth_user_id")
    return int(person) if person else None


def kinds(who: Someone) -> list[str]:
    with tenancy.scope(person=who.person.pk, role=tenancy.PERSON):
        return list(Event.objects.order_by("id").values_list("kind", flat=True))


def test_a_blocked_person_unblocks_by_the_link_and_the_factor_then_signs_in(blocked: Someone) -> None:
    client = ReadingClient()
    where = link_for(blocked)
    assert "Débloquer mon compte" in client.get(where).content.decode()
    assert client.post(where)["Location"] == CHALLENGE
    answer = client.post(f"{CHALLENGE}?par=application", {"code": code_now()})
    assert answer["Location"] == SIGN_IN
    assert person_of(client) is None
    assert client.get("/mon-compte/").status_code == 302
    assert "Votre compte est débloqué. Connectez-vous." in client.get(SIGN_IN).content.decode()
    assert sign_in(blocked, client)["Location"] == CHALLENGE
    assert kinds(blocked)[-2:] == ["identity.unblock_asked", "identity.unblocked"]
    (told,) = letters(blocked, "identity.unblocked")
    assert told.to == blocked.membership.email
    assert "Quelqu’un lit vos courriels et détient votre second facteur" in told.text


def test_the_link_alone_unblocks_nothing(blocked: Someone) -> None:
    client = ReadingClient()
    where = link_for(blocked)
    for _ in range(3):
        assert client.get(where).status_code == 200
    assert client.post(where)["Location"] == CHALLENGE
    assert sign_in(blocked).status_code == 429
    assert lockout.blocked_among([blocked.person.pk])


def test_a_trusted_browser_is_asked_for_the_factor_all_the_same(blocked: Someone) -> None:
    client = trusted(ReadingClient(), blocked.person.pk)
    assert client.post(link_for(blocked))["Location"] == CHALLENGE
    assert lockout.blocked_among([blocked.person.pk])


def test_wrong_codes_behind_the_link_have_a_counter_of_their_own_and_five_end_it(blocked: Someone) -> None:
    client = ReadingClient()
    client.post(link_for(blocked))
    wrong = str((int(code_now()) + 1) % 1_000_000).zfill(6)
    statuses = [client.post(f"{CHALLENGE}?par=application", {"code": wrong}).status_code for _ in range(6)]
    assert statuses == [200] * (FAILURES - 1) + [429, 429]
    again = ReadingClient()
    again.post(link_for(blocked))
    answer = again.post(f"{CHALLENGE}?par=application", {"code": code_now()})
    assert answer.status_code == 429
    assert "Plusieurs codes erronés" in answer.content.decode()
    assert lockout.blocked_among([blocked.person.pk])


def test_no_password_is_tried_on_the_counter_of_the_link(blocked: Someone) -> None:
    client = ReadingClient()
    client.post(link_for(blocked))
    assert sign_in(blocked, client).status_code == 429


def test_the_state_behind_the_link_opens_no_page_and_enrols_no_factor(blocked: Someone) -> None:
    client = ReadingClient()
    client.post(link_for(blocked))
    for page in ("/mon-compte/", "/mes-etablissements/", "/mon-compte/second-facteur/application/"):
        answer = client.get(page)
        assert answer.status_code == 302
        assert answer["Location"].split("?")[0] in (SIGN_IN, CHALLENGE)


def test_a_person_without_any_factor_is_sent_to_who_administers(blocked: Someone) -> None:
    with tenancy.scope(person=blocked.person.pk, role=tenancy.PERSON):
        Totp.objects.all().delete()
    where = link_for(blocked)
    for answer in (ReadingClient().get(where), ReadingClient().post(where)):
        assert answer.status_code == 403
        assert "Demandez à la personne qui administre les comptes" in answer.content.decode()
    assert lockout.blocked_among([blocked.person.pk])


def closed(where: str, title: str) -> None:
    for answer in (ReadingClient().get(where), ReadingClient().post(where)):
        assert answer.status_code == 410
        page = answer.content.decode()
        assert f"<h1>{title}</h1>" in page
        assert f'href="{UNBLOCK}"' in page


def test_the_link_serves_once(blocked: Someone) -> None:
    where = link_for(blocked)
    assert ReadingClient().post(where).status_code == 302
    closed(where, "Ce lien a déjà servi")


def test_a_newer_link_kills_the_older_one(blocked: Someone) -> None:
    old = link_for(blocked)
    new = link_for(blocked)
    closed(old, "Un lien plus récent a remplacé celui-ci")
    assert ReadingClient().get(new).status_code == 200


def test_the_link_serves_within_its_hour_and_not_after(blocked: Someone, later: Later) -> None:
    where = link_for(blocked)
    later(datetime.timedelta(minutes=59))
    assert ReadingClient().get(where).status_code == 200
    later(datetime.timedelta(minutes=1, seconds=1))
    closed(where, "Ce lien n’est plus valable")


def test_a_link_for_a_password_does_not_unblock_and_conversely(blocked: Someone) -> None:
    unblock = link_for(blocked)
    ReadingClient().post("/mot-de-passe-oublie/", {"login": blocked.identifier})
    work()
    found = re.search(r"/mot-de-passe/([\w-]{43})/", letters(blocked, "identity.reset")[-1].text)
    assert found is not None
    closed(f"{UNBLOCK}{found[1]}/", "Ce lien n’est pas complet")
    assert ReadingClient().get(unblock.replace("debloquer", "mot-de-passe")).status_code == 410


def test_a_new_password_alone_does_not_unblock(blocked: Someone) -> None:
    ReadingClient().post("/mot-de-passe-oublie/", {"login": blocked.identifier})
    work()
    found = re.search(r"/mot-de-passe/([\w-]{43})/", letters(blocked, "identity.reset")[-1].text)
    assert found is not None
    fresh = "quatre lanternes au bord du canal"
    assert ReadingClient().post(found[0], {"password": fresh}).status_code == 302
    assert ReadingClient().post(SIGN_IN, {"login": blocked.identifier, "password": fresh}).status_code == 429


@pytest.mark.parametrize("who", ["existing", "unverified", "dead", "nobody's e-mail"])
def test_whoever_asks_reads_the_same_page(who: str, world: World) -> None:
    with tenancy.scope(person=world.reader.person.pk, role=tenancy.PERSON):
        Email.objects.filter(person_id=world.reader.person.pk).update(verified_at=None)
    login = {
        "existing": world.user.identifier,
        "unverified": world.reader.identifier,
        "dead": account.draw(),
        "nobody's e-mail": "personne@nulle-part.example",
    }[who]
    browser = ReadingClient()
    answer = browser.post(UNBLOCK, {"login": login})
    assert (answer.status_code, answer["Location"]) == (302, f"{UNBLOCK}envoye/")
    assert (
        "Si cet identifiant ou cette adresse correspond à un compte" in browser.get(answer["Location"]).content.decode()
    )
    assert work() == 1
    assert bool(letters(world.user, "identity.unblock")) is (who == "existing")
    assert letters(world.reader, "identity.unblock") == []


def test_the_hour_of_a_link_begins_when_its_letter_leaves(blocked: Someone, later: Later) -> None:
    ReadingClient().post(UNBLOCK, {"login": blocked.identifier})
    work()
    later(datetime.timedelta(hours=3))
    found = re.search(r"/debloquer/[\w-]{43}/", letters(blocked, "identity.unblock")[-1].text)
    assert found is not None
    assert ReadingClient().get(found[0]).status_code == 200
    with tenancy.scope(person=blocked.person.pk, role=tenancy.PERSON):
        left = Link.objects.get(purpose=Link.Purpose.UNBLOCK).expires_at - clock.now()
    assert datetime.timedelta(minutes=59) < left <= datetime.timedelta(hours=1)
