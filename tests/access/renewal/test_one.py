"""« Renouveler » one account: a new period, and the end date with it."""

import datetime
from typing import Any

import pytest

from parvis.access.status import expires_on, new_period
from parvis.ground import clock
from parvis.post.models import Message
from parvis.post.registry import LETTERS
from tests.access.expiry.hands import SignedIn, alter, fresh, home, unvisited
from tests.access.reading import DAY, acting, events, later, summary, tree, words
from tests.world import World


def text(answer: Any) -> str:
    return words(answer).replace("\u00a0", " ").replace("\u202f", " ")


def path(world: World) -> str:
    return f"{home(world.here)}comptes/{world.user.account_id}/renouveler/"


def offered(answer: Any) -> list[str]:
    return [one.get("value", "") for one in tree(answer).iter("input") if one.get("name") == "until"]


def test_account_without_an_end_date_gets_a_new_period_and_no_end_date(world: World, signed_in: SignedIn) -> None:
    unvisited(world.user, datetime.date(2026, 6, 24))
    browser = signed_in(world.administrator)
    page = browser.get(path(world))
    assert "Il a expiré le mercredi 24 juin 2026, après 18 mois sans visite" in text(page)
    assert offered(page) == ["usual", "day"]
    assert browser.post(path(world), {"until": "usual", "ends_on": ""}).status_code == 302
    found = fresh(world.user)
    assert (found.ends_on, expires_on(found)) == (None, new_period(clock.today()))
    assert signed_in(world.user).get(home(world.here)).status_code == 200


@pytest.mark.parametrize(
    ("until", "sent", "expected"),
    [("usual", "", "period"), ("day", "24/12/2026", datetime.date(2026, 12, 24)), ("none", "", None)],
)
def test_end_date_moves_as_chosen(world: World, signed_in: SignedIn, until: str, sent: str, expected: Any) -> None:
    alter(world.user, ends_on=clock.today() + 2 * DAY)
    browser = signed_in(world.administrator)
    assert offered(browser.get(path(world))) == ["usual", "day", "none"]
    assert browser.post(path(world), {"until": until, "ends_on": sent}).status_code == 302
    assert fresh(world.user).ends_on == (new_period(clock.today()) if expected == "period" else expected)


def test_end_date_later_than_the_new_period_stays(world: World, signed_in: SignedIn) -> None:
    alter(world.user, ends_on=datetime.date(2099, 1, 1))
    browser = signed_in(world.administrator)
    assert "La date de fin ne change pas" in text(browser.get(path(world)))
    browser.post(path(world), {"until": "usual", "ends_on": ""})
    found = fresh(world.user)
    assert (found.ends_on, expires_on(found)) == (datetime.date(2099, 1, 1), new_period(clock.today()))


def test_no_end_date_is_no_choice_where_there_is_none(world: World, signed_in: SignedIn) -> None:
    answer = signed_in(world.administrator).post(path(world), {"until": "none", "ends_on": ""})
    assert answer.status_code == 200
    assert "Choisissez l’une des durées proposées." in summary(answer)
    assert fresh(world.user).renewed_at is None


def test_renewal_pressed_twice_leaves_one_event_and_the_next_day_another(world: World, signed_in: SignedIn) -> None:
    for _ in range(2):
        signed_in(world.administrator).post(path(world), {"until": "usual", "ends_on": ""})
    assert len(events(world.here.pk, world.user.membership.ref, "account.renewed")) == 1
    with later(DAY):
        signed_in(world.administrator).post(path(world), {"until": "usual", "ends_on": ""})
    assert len(events(world.here.pk, world.user.membership.ref, "account.renewed")) == 2


def test_person_is_told_who_renewed_and_until_when(world: World, signed_in: SignedIn) -> None:
    signed_in(world.administrator).post(path(world), {"until": "usual", "ends_on": ""})
    with acting(world.administrator):
        letter = LETTERS["access.renewed"].write(Message.objects.get(kind="access.renewed"))
    assert letter is not None
    assert letter.to == world.user.membership.email
    assert letter.subject == "Parvis : votre accès pour Annecy est renouvelé"
    assert "Claire Dubois a renouvelé votre accès" in letter.text


def test_deactivated_account_is_renewed_and_stays_closed(world: World, signed_in: SignedIn) -> None:
    alter(world.user, deactivated_at=clock.now())
    browser = signed_in(world.administrator)
    assert "il reste fermé" in text(browser.get(path(world)))
    browser.post(path(world), {"until": "usual", "ends_on": ""})
    assert fresh(world.user).renewed_at is not None
    assert signed_in(world.user).get(home(world.here)).status_code == 403
    with acting(world.administrator):
        assert not Message.objects.filter(kind="access.renewed").exists()


def test_account_page_says_when_it_expires_and_from_what_it_is_counted(world: World, signed_in: SignedIn) -> None:
    unvisited(world.user, datetime.date(2027, 2, 24))
    page = f"{home(world.here)}comptes/{world.user.account_id}/"
    browser = signed_in(world.administrator)
    assert "Mercredi 24 février 2027 18 mois après la première connexion" in text(browser.get(page))
    alter(world.user, renewed_at=clock.now())
    assert "18 mois après le dernier renouvellement" in text(browser.get(page))
    alter(world.user, ends_on=datetime.date(2027, 1, 4))
    assert "Lundi 4 janvier 2027 C’est sa date de fin" in text(browser.get(page))
