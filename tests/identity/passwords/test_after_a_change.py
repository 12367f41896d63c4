"""What a new password ends: sessions, trust, and whoever was halfway in with the old one. The second factor stays."""

from collections.abc import Callable

from parvis.ground import tenancy
from parvis.identity.models import Browser, Passkey, RecoveryCode, Totp
from tests.browsers import trusted
from tests.entering import code_now
from tests.identity.passwords.hands import FRESH, token_for
from tests.plugins.html import ReadingClient
from tests.world import PASSWORD, Someone, World

SignedIn = Callable[[Someone], ReadingClient]
CHALLENGE = "/second-facteur/"


def reset(who: Someone) -> ReadingClient:
    browser = ReadingClient()
    assert browser.post(f"/mot-de-passe/{token_for(who)}/", {"password": FRESH})["Location"] == "/connexion/"
    return browser


def test_no_browser_is_trusted_any_more_and_each_stays_known(world: World) -> None:
    client = trusted(ReadingClient(), world.user.person.pk)
    other = trusted(ReadingClient(), world.reader.person.pk)
    reset(world.user)
    answer = client.post("/connexion/", {"login": world.user.identifier, "password": FRESH})
    assert answer["Location"] == CHALLENGE
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        assert Browser.objects.get().trusted_until is None
    assert other.post("/connexion/", {"login": world.reader.identifier, "password": PASSWORD})["Location"] == "/"


def test_the_browser_of_the_reset_is_not_signed_in(world: World) -> None:
    browser = reset(world.user)
    assert "_auth_user_id" not in browser.session
    assert browser.get("/mon-compte/").status_code == 302


def test_whoever_was_halfway_in_with_the_old_password_stays_out(world: World) -> None:
    thief = ReadingClient()
    assert thief.post("/connexion/", {"login": world.user.identifier, "password": PASSWORD})["Location"] == CHALLENGE
    reset(world.user)
    answer = thief.post(f"{CHALLENGE}?par=application", {"code": code_now()})
    assert answer["Location"] == "/connexion/"
    assert "_auth_user_id" not in thief.session
    assert "Votre mot de passe a changé entre-temps" in thief.get("/connexion/").content.decode()


def test_the_second_factor_and_its_recovery_codes_stay(world: World) -> None:
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        before = list(Totp.objects.values())
        counts = (Passkey.objects.count(), RecoveryCode.objects.count())
    reset(world.user)
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        assert list(Totp.objects.values()) == before
        assert (Passkey.objects.count(), RecoveryCode.objects.count()) == counts


def test_whoever_is_signed_in_as_somebody_else_loses_that_session_alone(world: World, signed_in: SignedIn) -> None:
    browser, elsewhere = signed_in(world.reader), signed_in(world.reader)
    assert browser.post(f"/mot-de-passe/{token_for(world.user)}/", {"password": FRESH}).status_code == 302
    assert browser.get("/mon-compte/").status_code == 302
    assert elsewhere.get("/mon-compte/").status_code == 200
