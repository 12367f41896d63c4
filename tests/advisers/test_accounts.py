"""`parvis advisers`, the first sign-in of an adviser, and that an adviser never is a member."""

import io
from typing import Any

import pytest
from django.core.management import call_command

from parvis.access.actions.apart import never_advisers, never_an_adviser
from parvis.advisers.actions import add_adviser, change_adviser, close_adviser
from parvis.advisers.models import Adviser
from parvis.advisers.standing import adviser_of
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused
from parvis.identity.models import Credential, Email, Link, PhoneFactor, Session, Totp
from parvis.post.models import Message
from parvis.post.registry import LETTERS
from tests.access.reading import words
from tests.browsers import inside
from tests.plugins.html import ReadingClient
from tests.world import World

WHO = {"first_name": "Rose", "last_name": "Tardy", "operator": "Gestionnaire", "role": "second", "funds": ["rafp"]}


def called(*words: str) -> str:
    out = io.StringIO()
    call_command("advisers", *words, stdout=out, stderr=out)
    return out.getvalue()


def test_the_operator_opens_an_account_and_the_adviser_receives_a_link(as_owner: object, world: World) -> None:
    said = called(
        *("add", "rose@gestionnaire.example", "--first-name", "Rose", "--last-name", "Tardy"),
        *("--operator", "Gestionnaire", "--role", "second", "--funds", "rafp,cnracl"),
    )
    adviser = Adviser.objects.get(last_name="Tardy")
    assert (adviser.role, adviser.funds) == ("second", "cnracl,rafp")
    code = Credential.objects.get(person_id=adviser.person_id).code
    assert f"{code[:4]}-{code[4:]}" in said
    message = Message.objects.get(kind="advisers.welcome")
    with tenancy.scope(person=adviser.person_id, role=tenancy.PERSON):
        envelope = LETTERS["advisers.welcome"].write(message)
    assert envelope is not None
    assert envelope.to == "rose@gestionnaire.example"
    assert code not in envelope.text + envelope.html
    assert "Rose Tardy" in called("list")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"email": "nobody"}, "n’est pas complète"),
        ({"email": "rose@gestionnaire.example", "funds": ["inconnu"]}, "un ou plusieurs fonds"),
        ({"email": "rose@gestionnaire.example", "funds": []}, "un ou plusieurs fonds"),
        ({"email": "rose@gestionnaire.example", "role": "boss"}, "Le niveau est"),
        ({"email": "rose@gestionnaire.example", "first_name": " "}, "Indiquez le prénom"),
    ],
)
def test_what_is_not_right_is_refused_in_words(
    as_owner: object, world: World, changed: dict[str, Any], said: str
) -> None:
    with pytest.raises(Refused, match=said):
        add_adviser(**{**WHO, **changed})
    assert not Adviser.objects.filter(last_name="Tardy").exists()


def test_an_address_that_somebody_uses_is_refused(as_owner: object, world: World) -> None:
    with pytest.raises(Refused, match="sert déjà"):
        add_adviser(**WHO, email=world.user.membership.email)
    with pytest.raises(SystemExit):
        called("close", "nobody@gestionnaire.example")


def test_who_leaves_is_closed_and_opens_nothing_more(as_owner: object, world: World) -> None:
    adviser, _ = add_adviser(**WHO, email="rose@gestionnaire.example")
    assert change_adviser(adviser=adviser, role="first").role == "first"
    Session.objects.create(session_key="x" * 32, session_data="", expire_date=clock.now(), person_id=adviser.person_id)
    close_adviser(adviser=adviser)
    assert adviser_of(adviser.person_id) is None
    assert not Session.objects.filter(person_id=adviser.person_id).exists()
    with pytest.raises(Refused, match="déjà fermé"):
        close_adviser(adviser=adviser)


def test_a_telephone_leads_to_a_passkey_or_an_app_and_not_round_and_round(as_owner: object, world: World) -> None:
    person = world.advisers["first"]
    Totp.objects.filter(person=person).delete()
    now = clock.now()
    PhoneFactor.objects.create(person=person, number="+33639980000", channel="sms", added_at=now, confirmed_at=now)
    browser = inside(ReadingClient(), person)
    answer = browser.get("/conseiller/rechercher/")
    assert answer.headers["Location"] == "/mon-compte/second-facteur/plus-sur/"
    page = browser.get(answer.headers["Location"])
    assert page.status_code == 200
    assert "un code reçu par téléphone n’y suffit pas" in words(page)
    ways = words(browser.get("/mon-compte/second-facteur/ajouter/"))
    assert "Une application de codes" in ways
    assert "SMS" not in ways


def test_the_pages_of_ones_own_have_the_offices_frame(world: World) -> None:
    browser = inside(ReadingClient(), world.advisers["first"])
    browser.get("/conseiller/")
    answer = browser.get("/mon-compte/")
    assert "Espace" not in words(answer)
    assert "/conseiller/rechercher/" in answer.content.decode()
    assert "/mes-etablissements/" not in answer.content.decode()
    assert "Code d’appel" not in words(answer)


def test_no_account_is_given_to_an_advisers_address(as_owner: object, world: World) -> None:
    adviser, _ = add_adviser(**WHO, email="Rose@gestionnaire.example")
    with tenancy.scope(establishment=world.here.pk):
        with pytest.raises(Refused, match="conseiller des fonds"):
            never_advisers(["x@y.example", "rose@GESTIONNAIRE.example"])
        with pytest.raises(Refused, match="connecté comme conseiller"):
            never_an_adviser(adviser.person_id)
        never_advisers(["x@y.example"])
        never_an_adviser(world.user.person.pk)


def test_the_link_is_a_weeks(as_owner: object, world: World, settings: Any) -> None:
    adviser, _ = add_adviser(**WHO, email="rose@gestionnaire.example")
    link = Link.objects.get(person_id=adviser.person_id)
    assert link.expires_at - link.asked_at == settings.PARVIS_ADVISER_LINK_VALIDITY
    assert Email.objects.get(person_id=adviser.person_id).verified_at is not None
