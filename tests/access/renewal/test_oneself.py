"""« Renouveler mon accès »: the last administrator past the day, after a fresh second factor."""

from typing import Any

import pytest

from parvis.access.actions import renewal
from parvis.access.status import Status, expires_on, new_period
from parvis.ground import clock
from parvis.ground.tenancy import Refused
from parvis.post.models import Message
from parvis.post.registry import LETTERS
from tests.access.expiry.hands import SignedIn, alter, fresh, home, status, unvisited
from tests.access.reading import DAY, acting, events, later, words
from tests.identity.factors.hands import CONFIRM, code_now, stale, wrong_code
from tests.world import World


def text(answer: Any) -> str:
    return words(answer).replace("\u00a0", " ").replace("\u202f", " ")


def path(world: World) -> str:
    return f"{home(world.here)}comptes/renouveler-mon-acces/"


@pytest.fixture
def renewing(world: World) -> World:
    """Claire is the only administrator, and her end date passed yesterday."""
    alter(world.second, profile="utilisateur")
    alter(world.administrator, ends_on=clock.today() - DAY)
    return world


def test_last_administrator_renews_their_own_access_and_everything_is_open_again(
    renewing: World, signed_in: SignedIn
) -> None:
    who = renewing.administrator
    browser = signed_in(who)
    page = browser.get(path(renewing))
    assert page.status_code == 200
    assert "Sa date de fin, passée, est retirée" in text(page)
    # Nobody is told to ask themselves.
    assert "Vos administrateurs" not in text(page) and "Vous pouvez appeler un conseiller" in text(page)
    assert fresh(who).renewed_at is None
    answer = browser.post(path(renewing), follow=True)
    assert "Votre accès est renouvelé jusqu’au" in text(answer)
    assert "est à renouveler" not in text(answer)
    found = fresh(who)
    assert (found.ends_on, expires_on(found), status(who)) == (None, new_period(clock.today()), Status.ACTIVE)
    (event,) = events(renewing.here.pk, found.ref, "account.renewed")
    assert (event.kind, event.actor) == ("account.renewed_by_oneself", found.ref)
    profile = f"{home(renewing.here)}comptes/{renewing.user.account_id}/profil/"
    assert browser.post(profile, {"profile": "administrateur"}).status_code in (302, 303)
    with acting(who):
        letter = LETTERS["access.renewed_by_oneself"].write(Message.objects.get(kind="access.renewed_by_oneself"))
    assert letter is not None and letter.to == who.membership.email
    assert "Ce n’était pas vous" in letter.text


def test_end_date_to_come_stays(renewing: World, signed_in: SignedIn) -> None:
    unvisited(renewing.administrator, (clock.today() - 40 * DAY).replace(day=15))
    ends_on = clock.today() + 300 * DAY
    alter(renewing.administrator, ends_on=ends_on)
    assert status(renewing.administrator) is Status.RENEWING
    signed_in(renewing.administrator).post(path(renewing))
    assert (fresh(renewing.administrator).ends_on, status(renewing.administrator)) == (ends_on, Status.ACTIVE)


def test_without_a_fresh_second_factor_it_is_asked_for_then_done_at_once(renewing: World, signed_in: SignedIn) -> None:
    who = renewing.administrator
    browser = stale(signed_in(who))
    assert browser.get(path(renewing)).status_code == 200
    assert browser.post(path(renewing))["Location"] == CONFIRM
    assert browser.post(CONFIRM, {"code": wrong_code()}).status_code == 200
    assert fresh(who).renewed_at is None
    assert browser.post(CONFIRM, {"code": code_now()})["Location"] == home(renewing.here)
    assert status(who) is Status.ACTIVE
    assert len(events(renewing.here.pk, kind="account.renewed")) == 1


def test_who_has_nothing_to_renew_is_asked_for_no_factor(world: World, signed_in: SignedIn) -> None:
    answer = stale(signed_in(world.administrator)).post(path(world))
    assert answer.status_code == 200
    assert "il n’y a rien à renouveler" in text(answer)


def test_who_has_nothing_to_renew_is_told_so(world: World, signed_in: SignedIn) -> None:
    browser = signed_in(world.administrator)
    assert "Il n’y a rien à renouveler" in text(browser.get(path(world)))
    answer = browser.post(path(world))
    assert answer.status_code == 200
    assert "il n’y a rien à renouveler" in text(answer)
    assert fresh(world.administrator).renewed_at is None
    assert events(world.here.pk) == []


def test_who_is_past_the_day_while_another_administers_cannot(world: World, signed_in: SignedIn) -> None:
    alter(world.administrator, ends_on=clock.today() - DAY)
    browser = signed_in(world.administrator)
    assert browser.get(path(world)).status_code == 403
    assert browser.post(path(world)).status_code == 403
    assert fresh(world.administrator).renewed_at is None


def test_judged_again_when_the_other_renewed_in_between(renewing: World) -> None:
    alter(renewing.second, profile="administrateur", ends_on=clock.today() - DAY)
    assert status(renewing.administrator) is status(renewing.second) is Status.RENEWING
    with acting(renewing.administrator) as first, acting(renewing.second) as second:
        renewal.renew_oneself(who=second)
        with pytest.raises(Refused, match="Quelqu’un d’autre administre"):
            renewal.renew_oneself(who=first)
    assert status(renewing.second) is Status.ACTIVE
    assert status(renewing.administrator) is Status.EXPIRED


def test_renewed_by_oneself_one_renews_the_colleague(renewing: World, signed_in: SignedIn) -> None:
    alter(renewing.second, profile="administrateur", ends_on=clock.today() - DAY)
    browser = signed_in(renewing.administrator)
    browser.post(path(renewing))
    account = f"{home(renewing.here)}comptes/{renewing.second.account_id}/renouveler/"
    assert browser.post(account, {"until": "usual", "ends_on": ""}).status_code == 302
    assert status(renewing.second) is Status.ACTIVE


def test_nobody_else_renews_who_is_alone_and_time_does_not_close_them(renewing: World, signed_in: SignedIn) -> None:
    with later(2000 * DAY):
        assert status(renewing.administrator) is Status.RENEWING
        browser = signed_in(renewing.administrator)
        assert browser.get(home(renewing.here)).status_code == 200
        assert browser.post(path(renewing)).status_code == 302
        assert status(renewing.administrator) is Status.ACTIVE


def test_where_the_services_are_closed_it_says_what_is_left_to_do(
    renewing: World, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from parvis.access.terms import state
    from parvis.access.terms.versions import published

    closed = state.Terms(asked=published(clock.today())[-1], closes_on=clock.today() - DAY, closed=True)
    monkeypatch.setattr(state, "terms_on", lambda today, **known: closed)
    answer = signed_in(renewing.administrator).post(path(renewing), follow=True)
    assert "il reste à accepter les conditions générales" in text(answer) and "tout est ouvert" not in text(answer)
