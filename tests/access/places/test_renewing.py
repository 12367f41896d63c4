"""« Aussi dans mes autres établissements »: a person renewed in all that one administers, each by its own rules."""

import datetime
from typing import Any

import pytest
from django.db import connection

from parvis.access.models import Profile
from parvis.access.places.renewing import elsewhere, renew_in_several
from parvis.access.status import expires_on, new_period
from parvis.ground import clock, tenancy
from parvis.ground.pages.filters import date_long
from parvis.ground.tenancy import Refused
from tests.access.expiry.hands import SignedIn, alter, fresh, home, unvisited
from tests.access.reading import DAY, acting, events, summary, tree, words
from tests.world import Someone, World, someone


def text(answer: Any) -> str:
    return words(answer).replace("\u00a0", " ").replace("\u202f", " ")


def path(world: World) -> str:
    return f"{home(world.here)}comptes/{world.user.account_id}/renouveler/"


def ticks(answer: Any) -> list[str]:
    return [one.get("value", "") for one in tree(answer).iter("input") if one.get("name") == "ailleurs"]


@pytest.fixture
def both(as_owner: object, world: World) -> tuple[Someone, Someone]:
    """Claire administers Abondance too, where Léa has an account: Claire's account there, and Léa's."""
    chief = someone(world.there, "Claire", "Dubois", Profile.ADMINISTRATOR, person=world.administrator.person)
    other = someone(world.there, "Léa", "Martin", person=world.user.person)
    for one in (world.user, other):
        unvisited(one, (clock.today() + 20 * DAY).replace(day=15))
    return chief, other


def test_ticked_establishments_are_renewed_too_each_with_its_event_and_its_letter(
    world: World, both: tuple[Someone, Someone], signed_in: SignedIn
) -> None:
    chief, other = both
    browser = signed_in(world.administrator)
    page = browser.get(path(world))
    assert ticks(page) == [world.there.siret]
    assert "Aussi dans mes autres établissements (facultatif)" in text(page)
    sent = {"until": "usual", "ends_on": "", "ailleurs": [world.there.siret]}
    answer = browser.post(path(world), sent, follow=True)
    until = date_long(new_period(clock.today()))
    assert f"Le compte de Léa Martin est renouvelé jusqu’au {until}. Abondance : renouvelé jusqu’au {until}." in text(
        answer
    )
    for where, who, by in ((world.here, world.user, world.administrator), (world.there, other, chief)):
        assert expires_on(fresh(who)) == new_period(clock.today())
        (event,) = events(where.pk, who.membership.ref, "account.renewed")
        assert event.actor == by.membership.ref
    # Nothing of one is in the other's journal.
    assert events(world.here.pk, other.membership.ref) == events(world.there.pk, world.user.membership.ref) == []


def test_without_a_tick_only_this_establishment_is_renewed(
    world: World, both: tuple[Someone, Someone], signed_in: SignedIn
) -> None:
    before = expires_on(fresh(both[1]))
    signed_in(world.administrator).post(path(world), {"until": "usual", "ends_on": ""})
    assert expires_on(fresh(world.user)) == new_period(clock.today())
    assert expires_on(fresh(both[1])) == before
    assert events(world.there.pk) == []


def test_end_date_is_each_accounts_own_unless_one_was_chosen(
    world: World, both: tuple[Someone, Someone], signed_in: SignedIn
) -> None:
    other = both[1]
    alter(other, ends_on=clock.today() + 5 * DAY)
    browser = signed_in(world.administrator)
    chosen = {"ends_on": "", "ailleurs": world.there.siret}
    browser.post(path(world), {**chosen, "until": "usual"})
    assert (fresh(world.user).ends_on, fresh(other).ends_on) == (None, new_period(clock.today()))
    browser.post(path(world), {**chosen, "until": "day", "ends_on": "24/12/2027"})
    assert fresh(world.user).ends_on == fresh(other).ends_on == datetime.date(2027, 12, 24)


def test_one_that_refuses_stays_as_it_was_and_is_told_while_the_others_are_renewed(
    as_owner: object, world: World, both: tuple[Someone, Someone], signed_in: SignedIn
) -> None:
    other = both[1]
    alter(other, starts_on=datetime.date(2028, 1, 1))
    before = fresh(other).ends_on
    browser = signed_in(world.administrator)
    sent = {"until": "day", "ends_on": "24/12/2027", "ailleurs": world.there.siret}
    said = text(browser.post(path(world), sent, follow=True))
    assert "Le compte de Léa Martin est renouvelé jusqu’au" in said
    assert "Abondance : rien n’y est renouvelé. La date de fin précède la date de début" in said
    assert fresh(world.user).ends_on == datetime.date(2027, 12, 24)
    assert fresh(other).ends_on == before
    assert events(world.there.pk) == []


def test_what_is_refused_here_is_refused_everywhere(
    world: World, both: tuple[Someone, Someone], signed_in: SignedIn
) -> None:
    alter(world.user, starts_on=datetime.date(2028, 1, 1))
    browser = signed_in(world.administrator)
    sent = {"until": "day", "ends_on": "24/12/2027", "ailleurs": world.there.siret}
    answer = browser.post(path(world), sent)
    assert "La date de fin précède la date de début : corrigez l’une des deux." in summary(answer)
    # What was ticked stays ticked.
    (tick,) = (one for one in tree(answer).iter("input") if one.get("name") == "ailleurs")
    assert "checked" in tick.attrib
    assert fresh(both[1]).ends_on is None and events(world.there.pk) == [] == events(world.here.pk)


@pytest.mark.parametrize("change", ["user", "deactivated", "expired", "other closed", "no account"])
def test_offered_only_where_one_administers_and_the_account_can_be_renewed(
    world: World, both: tuple[Someone, Someone], signed_in: SignedIn, change: str
) -> None:
    chief, other = both
    why = ""
    if change == "user":
        alter(chief, profile=Profile.USER)
    elif change == "deactivated":
        alter(chief, deactivated_at=clock.now())
    elif change == "expired":
        alter(chief, ends_on=clock.today() - DAY)
    elif change == "other closed":
        alter(other, deactivated_at=clock.now())
        why = "Abondance : le compte y est désactivé : réactivez-le d’abord."
    else:
        alter(other, person=None, confirmed_at=None)
    browser = signed_in(world.administrator)
    page = browser.get(path(world))
    assert ticks(page) == []
    assert (why in text(page)) if why else ("Abondance" not in text(page))
    # A forged tick renews nobody, here neither.
    before = expires_on(fresh(world.user))
    answer = browser.post(path(world), {"until": "usual", "ends_on": "", "ailleurs": world.there.siret})
    assert any("n’est plus proposé" in said for said in summary(answer))
    assert expires_on(fresh(world.user)) == before
    assert events(world.there.pk) == [] == events(world.here.pk)


def test_last_administrator_past_the_day_renews_themselves_first(
    world: World, both: tuple[Someone, Someone], signed_in: SignedIn
) -> None:
    chief, _ = both
    alter(world.stranger, deactivated_at=clock.now())
    unvisited(chief, datetime.date(2026, 6, 24))
    page = signed_in(world.administrator).get(path(world))
    assert ticks(page) == []
    assert "Abondance : votre propre accès y est à renouveler d’abord." in text(page)


def test_stranger_sees_and_renews_nothing_of_others(world: World, both: tuple[Someone, Someone]) -> None:
    chief, other = both
    with acting(world.second) as who:
        # Paul administers Annecy, not Abondance.
        assert elsewhere(who=who, account=fresh(world.user)) == []
        with pytest.raises(Refused, match="n’est plus proposé"):
            renew_in_several(
                who=who, account_id=world.user.account_id, until=lambda account: None, others={world.there.siret}
            )
    assert events(world.there.pk) == []
    # The crossing answers for the person in scope alone, whatever is asked.
    asked = "SELECT count(*) FROM access_administered_with(%s, current_date, 18)"
    for person, target, count in (
        (world.second.person.pk, world.user.person.pk, 1),
        (world.user.person.pk, world.administrator.person.pk, 0),
        (world.administrator.person.pk, world.user.person.pk, 2),
        (world.administrator.person.pk, world.administrator.person.pk, 0),
        (world.stranger.person.pk, world.reader.person.pk, 0),
        (0, world.user.person.pk, 0),
    ):
        with tenancy.scope(person=person, establishment=world.here.pk), connection.cursor() as cursor:
            cursor.execute(asked, [target])
            assert cursor.fetchone()[0] == count, (person, target)
