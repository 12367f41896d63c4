"""Who is warned, once, and with what; nothing wrong leaves when the day moves."""

import datetime
from typing import Any

import html5lib
import pytest

from parvis.access.expiry.letters import NAMED
from parvis.access.expiry.warnings import expire_accounts, warn_of_expiry
from parvis.access.models import ExpiryWarning, Membership, Profile
from parvis.ground import clock, tenancy
from parvis.journal.models import Event
from parvis.journal.retention import erase
from parvis.post.models import Message
from tests.access.accounts.hands import crowd
from tests.access.expiry.hands import alter, forget, fresh, noon, sent, told, unvisited, written
from tests.access.reading import DAY, later
from tests.world import Someone, World, someone

pytestmark = pytest.mark.usefixtures("as_owner")


def to(day: datetime.date) -> Any:
    """The clock at noon of that day."""
    return later(noon(day) - clock.now())


def next_month(count: int, day: int) -> datetime.date:
    """A day of a month to come."""
    month = clock.today().year * 12 + clock.today().month - 1 + count
    return datetime.date(month // 12, month % 12 + 1, day)


def test_person_and_every_administrator_are_warned_on_the_three_days_and_once_each(world: World) -> None:
    expires = next_month(3, 15)
    alter(world.user, ends_on=expires)
    everybody = [
        ("expiry", world.user.account_id),
        ("expiry_administrators", world.administrator.account_id),
        ("expiry_administrators", world.second.account_id),
    ]
    first = next_month(2, 20)
    for day in (first, expires - 7 * DAY, expires - DAY):
        with to(day - DAY):
            assert warn_of_expiry() == 0
            assert told(world.here) == []
        with to(day):
            assert warn_of_expiry() == 1
            assert told(world.here) == everybody
            assert warn_of_expiry() == 0
            assert told(world.here) == everybody
            assert told(world.there) == []
            forget(world.here)
        with to(day + DAY):
            assert warn_of_expiry() == 0
    assert ExpiryWarning.objects.filter(membership=world.user.membership).count() == 3


def test_administrators_get_one_email_about_all_the_accounts_of_the_day_but_their_own(world: World) -> None:
    expires = next_month(3, 15)
    for who in (world.user, world.reader, world.second):
        alter(who, ends_on=expires)
    alter(world.reader, ends_on=expires - 2 * DAY)
    with to(next_month(2, 20)):
        assert warn_of_expiry() == 3
        assert sorted(told(world.here)) == sorted(
            [("expiry", who.account_id) for who in (world.user, world.reader, world.second)]
            + [("expiry_administrators", who.account_id) for who in (world.administrator, world.second)]
        )
        by_account = {message.object_id: message for message in sent(world.here) if "admin" in message.kind}
        mine = written(by_account[world.administrator.account_id])
        theirs = written(by_account[world.second.account_id])
    assert mine is not None and theirs is not None
    assert "3 comptes expirent" in mine.subject.replace("\u00a0", " ")
    assert mine.text.index("Marc Petit") < mine.text.index("Léa Martin")
    assert "Paul Girard" in mine.text
    assert "2 comptes expirent" in theirs.subject.replace("\u00a0", " ")
    assert "Bonjour Paul Girard" in theirs.text
    assert theirs.text.count("Paul Girard") == 1


def test_an_administrator_alone_concerned_gets_their_own_email_only(world: World) -> None:
    alter(world.second, ends_on=next_month(3, 15))
    with to(next_month(2, 20)):
        warn_of_expiry()
    assert told(world.here) == [
        ("expiry", world.second.account_id),
        ("expiry_administrators", world.administrator.account_id),
    ]


def test_long_list_names_some_and_counts_the_others(world: World) -> None:
    crowd(world.here, NAMED + 7)
    expires = next_month(3, 15)
    Membership.objects.filter(email__endswith="@foule.example").update(ends_on=expires)
    with to(next_month(2, 20)):
        assert warn_of_expiry() == NAMED + 7
        letter = written(
            next(message for message in sent(world.here) if message.kind == "access.expiry_administrators")
        )
    assert letter is not None
    assert letter.text.count("(Agent)") == NAMED
    assert "7 autres comptes" in letter.text.replace("\u00a0", " ")


def test_run_asks_as_many_questions_for_200_accounts_as_for_20(world: World, django_assert_num_queries: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count(people: int, expires: datetime.date) -> int:
        crowd(world.here, people)
        Membership.objects.filter(email__endswith="@foule.example", ends_on=None).update(ends_on=expires)
        with to(expires - DAY), CaptureQueriesContext(connection) as captured:
            assert warn_of_expiry() == people
        return len(captured)

    assert count(20, next_month(3, 15)) == count(200, next_month(5, 15))


# --- The day moves ---------------------------------------------------------------------------------------------------
def due_letters(world: World) -> list[Message]:
    alter(world.user, ends_on=next_month(3, 15))
    with to(next_month(2, 20)):
        warn_of_expiry()
    return sent(world.here)


@pytest.mark.parametrize(
    "meanwhile",
    [
        {"ends_on": None},
        {"ends_on": datetime.date(2099, 1, 1)},
        {"deactivated_at": datetime.datetime.now(datetime.UTC)},
    ],
)
def test_email_that_is_no_longer_true_does_not_leave(world: World, meanwhile: dict[str, Any]) -> None:
    letters = due_letters(world)
    assert all(written(letter) is not None for letter in letters)
    alter(world.user, **meanwhile)
    assert [written(letter) for letter in letters] == [None, None, None]


def test_email_that_waited_past_the_day_does_not_leave(world: World) -> None:
    letters = due_letters(world)
    with to(next_month(3, 16)):
        assert [written(letter) for letter in letters] == [None, None, None]


def test_email_to_somebody_who_no_longer_administers_does_not_leave(world: World) -> None:
    letters = due_letters(world)
    alter(world.second, profile=Profile.USER)
    assert [written(letter) is not None for letter in letters] == [True, True, False]


def test_account_that_is_gone_is_told_to_nobody(world: World) -> None:
    letters = due_letters(world)
    with tenancy.scope(establishment=world.here.pk):
        Membership.objects.get(pk=world.user.account_id).delete()
    assert [written(letter) for letter in letters] == [None, None, None]


def test_a_day_that_moved_is_warned_of_anew_and_never_twice(world: World) -> None:
    expires = next_month(3, 15)
    alter(world.user, ends_on=expires)
    with to(next_month(2, 20)):
        assert warn_of_expiry() == 1
        alter(world.user, ends_on=expires + 3 * DAY)
        assert warn_of_expiry() == 1
        alter(world.user, ends_on=expires)
        assert warn_of_expiry() == 0
    with to(expires - 7 * DAY):
        assert warn_of_expiry() == 1


def test_a_visit_after_the_first_warning_stops_the_others(world: World) -> None:
    expires = next_month(3, 15)
    unvisited(world.user, expires)
    with to(next_month(2, 20)):
        assert warn_of_expiry() == 1
        alter(world.user, last_visit_at=clock.now())
    with to(expires - DAY):
        assert warn_of_expiry() == 0


# --- What it says ----------------------------------------------------------------------------------------------------
def letter_of(who: Someone, day: datetime.date) -> Any:
    where = fresh(who).establishment
    forget(where)
    with to(day):
        warn_of_expiry()
        found = written(
            next(one for one in sent(where) if (one.kind, one.object_id) == ("access.expiry", who.account_id))
        )
    assert found is not None
    parser = html5lib.HTMLParser()
    parser.parse(found.html)
    assert [code for _, code, _ in parser.errors] == []
    return found


def test_email_says_why_when_and_whom_to_ask(world: World) -> None:
    expires = next_month(3, 15)
    unvisited(world.user, expires)
    alter(world.second, function="Paie & <RH>")
    found = letter_of(world.user, expires - 7 * DAY)
    assert "(Paie & <RH>)" in found.text
    assert "(Paie &amp; &lt;RH&gt;)" in found.html
    assert found.to == world.user.membership.email
    assert found.subject.startswith("Parvis : votre accès pour Annecy expire le 15 ")
    for body in (found.text, found.html):
        assert "18 mois sans visite" in body
        assert "Claire Dubois" in body and "Paul Girard" in body
        assert f"/etablissements/{world.here.siret}/" in body
        assert world.user.identifier not in body
    alter(world.user, ends_on=expires, last_visit_at=clock.now())
    found = letter_of(world.user, expires - DAY)
    assert "18 mois" not in found.text
    assert "C’est la date de fin" in found.text


def test_account_without_a_password_is_warned_at_the_address_that_it_declares(world: World) -> None:
    waiting = someone(world.here, "Zoé", "Blanc", confirmed=False)
    expires = next_month(3, 15)
    alter(waiting, ends_on=expires)
    found = letter_of(waiting, expires - DAY)
    assert found.to == waiting.membership.email
    assert "première connexion" in found.text


def test_last_administrator_is_warned_more_often_then_every_week(world: World) -> None:
    expires = next_month(4, 15)
    alter(world.second, profile=Profile.USER)
    unvisited(world.administrator, expires)
    found = letter_of(world.administrator, expires - 60 * DAY)
    assert "sera à renouveler après le 15 " in found.subject
    assert "Une visite avant cette date suffit" in found.text
    days = []
    forget(world.here)
    day = expires - 59 * DAY
    while day <= expires + 15 * DAY:
        with to(day):
            if warn_of_expiry():
                days.append((day - expires).days)
        day += DAY
    assert days[:4] == sorted({-45, -30, -21, (next_month(3, 20) - expires).days})[:4]
    assert days[-6:] == [-7, -3, -1, 1, 7, 14]
    assert {kind for kind, _ in told(world.here)} == {"expiry"}
    found = letter_of(world.administrator, expires + 21 * DAY)
    assert "est à renouveler depuis le 16 " in found.subject
    assert f"/etablissements/{world.here.siret}/comptes/renouveler-mon-acces/" in found.text


def test_who_has_somebody_after_them_is_warned_as_everybody(world: World) -> None:
    expires = next_month(4, 15)
    unvisited(world.administrator, expires)
    with to(expires - 60 * DAY):
        assert warn_of_expiry() == 0
    with to(expires + DAY):
        assert warn_of_expiry() == 0


# --- What has expired ------------------------------------------------------------------------------------------------
def test_expired_account_is_noted_once_with_its_reason_and_its_person_told(world: World) -> None:
    today = clock.today()
    alter(world.user, ends_on=today - DAY)
    alter(world.reader, created_at=clock.now() - 900 * DAY, confirmed_at=clock.now() - 800 * DAY)
    alter(world.stranger, ends_on=today - DAY)  # alone: to renew, not expired
    assert expire_accounts() == 2
    assert expire_accounts() == 0
    reasons = {
        event.object: (event.kind, event.after, event.actor, event.origin, event.establishment_id)
        for event in Event.objects.filter(kind="account.expired", establishment_id__in=[world.here.pk, world.there.pk])
    }
    here = (None, "système", world.here.pk)
    assert reasons == {
        world.user.membership.ref: ("account.expired", {}, *here),
        world.reader.membership.ref: ("account.expired", {"unvisited": True}, *here),
    }
    letters = {message.object_id: written(message) for message in sent(world.here)}
    assert set(letters) == {world.user.account_id, world.reader.account_id}
    assert all(letter and letter.subject == "Parvis : votre accès pour Annecy a expiré" for letter in letters.values())
    assert "sa date de fin" in letters[world.user.account_id].text  # type: ignore[union-attr]
    assert "après 18 mois sans visite" in letters[world.reader.account_id].text  # type: ignore[union-attr]
    alter(world.user, ends_on=None)
    assert written(next(m for m in sent(world.here) if m.object_id == world.user.account_id)) is None


def test_deactivated_account_that_expires_is_noted_and_nobody_is_told(world: World) -> None:
    alter(world.user, ends_on=clock.today() - 400 * DAY, deactivated_at=clock.now())
    assert expire_accounts() == 1
    assert told(world.here) == []


def test_last_day_is_not_past(world: World) -> None:
    alter(world.user, ends_on=clock.today())
    assert expire_accounts() == 0


def test_trace_of_a_warning_goes_after_its_time(world: World, settings: Any) -> None:
    due_letters(world)
    with later(settings.PARVIS_EXPIRY_WARNINGS_KEPT + 200 * DAY):
        erase("access.warnings")
    assert not ExpiryWarning.objects.filter(membership=world.user.membership).exists()
