"""When a reset takes effect, what goes with it, and who may still say no."""

import datetime
from typing import Any

import pytest
from django.conf import settings

from parvis.access.factor_reset.actions import apply_all_due, apply_due
from parvis.access.models import Membership
from parvis.ground import clock, tenancy
from parvis.identity.actions.links import State, use_reset
from parvis.identity.models import Browser, Code, Email, Link, Passkey, PhoneFactor, RecoveryCode, Session, Totp
from tests.access.factor_reset.hands import all_of, ask, holds, latest, letters, page_of, refusal
from tests.access.reading import events, later, words
from tests.browsers import trusted
from tests.ground.policies.hands import ask as query
from tests.ground.policies.hands import denied
from tests.identity.factors.hands import halfway, person_of
from tests.identity.mine.hands import kinds
from tests.identity.mine.hands import letters as own_letters
from tests.invitations import FRESH
from tests.plugins.html import ReadingClient
from tests.world import World, someone

DUE = settings.PARVIS_FACTOR_RESET_DELAY
SECOND = datetime.timedelta(seconds=1)


def give_everything(world: World) -> None:
    now, person = clock.now(), world.user.person.pk
    with tenancy.scope(person=person, role=tenancy.PERSON):
        factor = PhoneFactor.objects.create(
            person_id=person, number="+33639980001", channel="sms", added_at=now, confirmed_at=now
        )
        Code.objects.create(
            person_id=person, factor=factor, purpose="answer", number=factor.number, channel="sms", asked_at=now,
            expires_at=now + DUE,
        )  # fmt: skip
        Passkey.objects.create(person_id=person, credential="x" * 20, public_key=b"x", name="Poste", added_at=now)
        RecoveryCode.objects.create(person_id=person, selector="abc", hash="x" * 64, made_at=now)


def confirm(world: World, signed_in: Any, by: Any = None) -> Any:
    where = page_of(world)
    return signed_in(by or world.second).post(where, {"faire": "confirmer", "demande": str(latest(world).pk)})


# --- A second administrator ------------------------------------------------------------------------------------------
def test_confirmed_by_a_second_administrator_everything_goes_at_once(world: World, signed_in: Any) -> None:
    give_everything(world)
    open_one = trusted(signed_in(world.user), world.user.person.pk)
    assert open_one.get("/mon-compte/").status_code == 200
    ask(world, signed_in)
    assert confirm(world, signed_in).status_code == 302
    person = world.user.person.pk
    assert not holds(world.user)
    with tenancy.scope(person=person, role=tenancy.PERSON):
        for model in (Totp, Passkey, PhoneFactor, RecoveryCode):
            assert not model.objects.exists(), model
        assert not Browser.objects.filter(trusted_until__isnull=False).exists()
        assert not Code.objects.filter(superseded_at=None, used_at=None).exists()
    assert not Session.objects.filter(person_id=person).exists()
    assert open_one.get("/mon-compte/").status_code == 302
    (told,) = own_letters(world.user, "identity.factors_reset")
    assert told.to == world.user.membership.email
    assert "identity.factors_reset" in kinds(world.user)
    done = [event.kind for event in events(world.here.pk, kind="factor_reset")]
    assert done == ["factor_reset.asked", "factor_reset.confirmed", "factor_reset.done"]
    assert latest(world).confirmed_by == world.second.membership.ref


def test_at_the_next_sign_in_a_first_factor_is_asked_for(world: World, signed_in: Any) -> None:
    ask(world, signed_in)
    confirm(world, signed_in)
    browser = halfway(world.user)
    assert browser.get("/second-facteur/")["Location"] != "/"
    assert person_of(browser) is None
    answer = halfway(world.user, trusted(ReadingClient(), world.user.person.pk)).get("/mon-compte/")
    assert answer.status_code == 302


def test_the_password_stays_and_others_keep_their_factors(world: World, signed_in: Any) -> None:
    ask(world, signed_in)
    confirm(world, signed_in)
    assert halfway(world.user)
    for other in (world.administrator, world.second, world.reader, world.stranger):
        assert holds(other)


def test_who_asked_cannot_confirm_alone(world: World, signed_in: Any) -> None:
    ask(world, signed_in)
    answer = confirm(world, signed_in, world.administrator)
    assert answer.status_code == 200 and "c’est à une autre personne" in words(answer)
    assert holds(world.user)


def test_the_person_concerned_cannot_confirm_their_own(world: World, signed_in: Any) -> None:
    signed_in(world.administrator).post(page_of(world, world.second))
    where = page_of(world, world.second)
    browser = signed_in(world.second)
    assert "La demande vous concerne" in words(browser.get(where))
    answer = browser.post(where, {"faire": "confirmer", "demande": str(latest(world).pk)})
    assert "votre propre second facteur" in words(answer)
    assert holds(world.second)


def test_confirmed_twice_it_takes_effect_once(world: World, signed_in: Any) -> None:
    reset = ask(world, signed_in)
    confirm(world, signed_in)
    answer = signed_in(world.second).post(page_of(world), {"faire": "confirmer", "demande": str(reset.pk)})
    assert answer.status_code == 200 and "n’est plus en cours" in words(answer)
    assert len(own_letters(world.user, "identity.factors_reset")) == 1


def test_a_new_password_never_removes_the_factor(world: World, signed_in: Any) -> None:
    from parvis.identity.actions import new_token

    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        link = Link.objects.create(
            person=world.user.person,
            email=Email.objects.get(),
            purpose=Link.Purpose.PASSWORD,
            asked_at=clock.now(),
            expires_at=clock.now() + DUE,
        )
        token = new_token(link)
    assert use_reset(token=token, password=FRESH).state is State.VALID
    assert holds(world.user)


# --- Time ------------------------------------------------------------------------------------------------------------
def test_before_its_time_nothing_happens_and_after_it_the_daily_run_does_it_once(
    as_owner: object, world: World, signed_in: Any
) -> None:
    ask(world, signed_in)
    with later(DUE - datetime.timedelta(minutes=1)):
        assert apply_all_due() == 0 and holds(world.user)
    with later(DUE + SECOND):
        assert apply_all_due() == 1 and not holds(world.user)
        assert apply_all_due() == 0
    assert [event.kind for event in events(world.here.pk, kind="factor_reset")][-1] == "factor_reset.done"


def test_due_it_takes_effect_at_the_sign_in_without_waiting_for_the_daily_run(world: World, signed_in: Any) -> None:
    ask(world, signed_in)
    browser = trusted(ReadingClient(), world.user.person.pk)
    with later(DUE + SECOND):
        halfway(world.user, browser)
        assert not holds(world.user)
        assert person_of(browser) is None
        assert not apply_due(world.user.person.pk)
    assert latest(world).done_at is not None


def test_signing_in_before_its_time_asks_for_the_factor_as_ever(world: World, signed_in: Any) -> None:
    ask(world, signed_in)
    browser = halfway(world.user)
    assert browser.get("/second-facteur/").status_code == 200
    assert holds(world.user)


def test_a_second_employer_gained_meanwhile_ends_the_request_without_effect(
    as_owner: object, world: World, signed_in: Any
) -> None:
    ask(world, signed_in)
    someone(world.there, "Léa", "Martin", person=world.user.person)
    answer = confirm(world, signed_in)
    assert answer.status_code == 200 and "chez un autre employeur" in words(answer)
    with later(DUE + SECOND):
        assert apply_all_due() == 0
        assert not apply_due(world.user.person.pk)
    assert holds(world.user) and latest(world).cancelled_at is not None
    assert [event.kind for event in events(world.here.pk, kind="factor_reset")][-1] == "factor_reset.lapsed"
    # On each of the addresses that are theirs by now.
    assert len({one.to for one in letters(world, "access.factor_reset_cancelled")}) == 2


def test_an_account_closed_meanwhile_ends_it_too(world: World, signed_in: Any) -> None:
    ask(world, signed_in)
    with tenancy.scope(establishment=world.here.pk):
        Membership.objects.filter(pk=world.user.account_id).update(deactivated_at=clock.now())
    assert "n’est pas actif" in words(confirm(world, signed_in))
    with later(DUE + SECOND):
        assert not apply_due(world.user.person.pk)
    assert holds(world.user) and latest(world).cancelled_at is not None


def test_the_last_account_deleted_meanwhile_takes_the_request_with_it(world: World, signed_in: Any) -> None:
    ask(world, signed_in)
    where = refusal(world)
    deleting = f"/etablissements/{world.here.siret}/comptes/{world.user.account_id}/supprimer/"
    assert signed_in(world.administrator).post(deleting).status_code == 302
    assert all_of(world) == []
    assert ReadingClient().post(where).status_code == 410
    with later(DUE + SECOND):
        assert not apply_due(world.user.person.pk)


# --- The person says no ----------------------------------------------------------------------------------------------
def test_refused_by_the_link_without_signing_in_nothing_ever_happens(world: World, signed_in: Any) -> None:
    ask(world, signed_in)
    where = refusal(world)
    client = ReadingClient()
    for _ in range(2):
        assert "Refuser la réinitialisation" in words(client.get(where))
    assert latest(world).refused_at is None
    answer = client.post(where)
    assert answer.status_code == 200 and "Votre refus est enregistré" in words(answer)
    assert latest(world).refused_at is not None
    with later(DUE + SECOND):
        assert not apply_due(world.user.person.pk)
    assert holds(world.user)
    told = letters(world, "access.factor_reset_refused")
    assert {one.to for one in told} == {world.administrator.membership.email, world.second.membership.email}
    # Pressed twice, it is refused once.
    assert client.get(where).status_code == 410
    assert client.post(where).status_code == 200
    assert len(events(world.here.pk, kind="factor_reset.refused")) == 1
    assert "n’est plus en cours" in words(confirm(world, signed_in))
    event = events(world.here.pk, kind="factor_reset.refused")[0]
    assert event.actor == world.user.membership.ref


def test_refused_after_its_time_it_is_too_late_and_done(world: World, signed_in: Any) -> None:
    ask(world, signed_in)
    where = refusal(world)
    with later(DUE + SECOND):
        assert "La réinitialisation a eu lieu" in words(ReadingClient().get(where))
        answer = ReadingClient().post(where)
        assert answer.status_code == 410 and "La réinitialisation a eu lieu" in words(answer)
    assert latest(world).refused_at is None and latest(world).done_at is not None
    assert not holds(world.user)


def test_abandoned_after_its_time_it_is_too_late(world: World, signed_in: Any) -> None:
    reset = ask(world, signed_in)
    with later(DUE + SECOND):
        answer = signed_in(world.second).post(page_of(world), {"faire": "abandonner", "demande": str(reset.pk)})
        assert "n’est plus en cours" in words(answer)
    assert latest(world).cancelled_at is None


def test_refused_once_confirmed_it_is_too_late(world: World, signed_in: Any) -> None:
    ask(world, signed_in)
    where = refusal(world)
    confirm(world, signed_in)
    assert ReadingClient().get(where).status_code == 410
    assert ReadingClient().post(where).status_code == 410
    assert latest(world).refused_at is None


def test_signed_in_with_the_factor_the_person_sees_it_on_every_page_and_refuses(world: World, signed_in: Any) -> None:
    browser = signed_in(world.user)
    ask(world, signed_in)
    for where in (f"/etablissements/{world.here.siret}/", "/mon-compte/"):
        page = words(browser.get(where))
        assert "Votre second facteur va être réinitialisé" in page
    assert "Refuser la réinitialisation" in words(browser.get("/mon-compte/second-facteur-perdu/"))
    assert browser.post("/mon-compte/second-facteur-perdu/")["Location"] == "/mon-compte/"
    assert latest(world).refused_at is not None
    page = words(browser.get("/mon-compte/"))
    assert "La réinitialisation est refusée" in page and "va être réinitialisé" not in page
    assert browser.get("/mon-compte/second-facteur-perdu/")["Location"] == "/mon-compte/"
    assert browser.post("/mon-compte/second-facteur-perdu/")["Location"] == "/mon-compte/"


def test_nobody_else_sees_or_refuses_it(world: World, signed_in: Any) -> None:
    ask(world, signed_in)
    for other in (world.reader, world.stranger, world.administrator):
        browser = signed_in(other)
        assert "va être réinitialisé" not in words(browser.get("/mon-compte/"))
        browser.post("/mon-compte/second-facteur-perdu/")
    assert latest(world).refused_at is None


@pytest.mark.parametrize("token", ["x" * 43, "court", "%27--"])
def test_a_link_that_nobody_sent_refuses_nothing(token: str, world: World, signed_in: Any) -> None:
    ask(world, signed_in)
    for method in ("get", "post"):
        answer = getattr(ReadingClient(), method)(f"/second-facteur-perdu/{token}/")
        assert answer.status_code == 410 and "Ce lien n’est pas complet" in words(answer)
    assert latest(world).refused_at is None


def test_after_a_refusal_another_request_can_be_made(world: World, signed_in: Any) -> None:
    ask(world, signed_in)
    ReadingClient().post(refusal(world))
    ask(world, signed_in, world.second)
    assert len(all_of(world)) == 2


# --- What crosses ----------------------------------------------------------------------------------------------------
def test_stranger_learns_nothing_from_the_crossings(world: World, signed_in: Any) -> None:
    ask(world, signed_in)
    assert query("SELECT * FROM access_reset_by_token(%s)", "x" * 64) == []
    assert query("SELECT access_only_here(%s, %s)", world.user.person.pk, world.there.pk) == [(False,)]
    assert query("SELECT access_only_here(0, %s)", world.here.pk) == [(False,)]
    with tenancy.scope(person=world.stranger.person.pk, role=tenancy.PERSON), denied():
        query("SELECT access_only_here(%s, %s)", world.user.person.pk, world.here.pk)
    with tenancy.scope(person=world.stranger.person.pk, role=tenancy.PERSON):
        assert query("SELECT id FROM access_factorreset") == []
    with tenancy.scope(establishment=world.there.pk):
        assert query("SELECT id FROM access_factorreset") == []
