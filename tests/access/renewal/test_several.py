"""« Renouveler la sélection », « Renouveler tous les comptes affichés »: asked once, all or nothing, one event each."""

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parvis.access.actions import renewal
from parvis.access.models import Membership
from parvis.access.status import Status, new_period
from parvis.ground import clock, tenancy
from parvis.ground.pages.filters import date_long
from parvis.ground.tenancy import Refused
from parvis.identity.models import Person
from parvis.post.models import Message
from tests.access.accounts.hands import crowd
from tests.access.expiry.hands import SignedIn, alter, fresh, home, status, unvisited
from tests.access.reading import DAY, acting, events, html, summary, tree, words
from tests.world import Someone, World, someone


def text(answer: Any) -> str:
    return words(answer).replace("\u00a0", " ").replace("\u202f", " ")


def path(world: World) -> str:
    return f"{home(world.here)}comptes/renouveler/"


def hidden(answer: Any, name: str) -> str:
    return next(one.get("value", "") for one in tree(answer).iter("input") if one.get("name") == name)


@pytest.fixture
def aging(world: World) -> World:
    """Léa expires in three weeks for want of visits; Marc has expired by his end date."""
    today = clock.today()
    unvisited(world.user, min(today + 21 * DAY, (today + 21 * DAY).replace(day=28)))
    alter(world.reader, ends_on=today - 3 * DAY, expired_at=clock.now())
    return world


def test_list_offers_to_tick_everybody_but_oneself_and_who_is_deactivated(aging: World, signed_in: SignedIn) -> None:
    alter(aging.second, deactivated_at=clock.now())
    page = signed_in(aging.administrator).get(f"{home(aging.here)}comptes/")
    ticked = {one.get("value") for one in tree(page).iter("input") if one.get("name") == "compte"}
    assert ticked == {str(aging.user.account_id), str(aging.reader.account_id)}
    labels = {one.get("for"): " ".join("".join(one.itertext()).split()) for one in tree(page).iter("label")}
    assert labels[f"compte-{aging.user.account_id}"] == "Choisir Léa Martin"
    assert "Renouveler tous les comptes affichés (4)" in text(page)


def test_selection_is_confirmed_with_names_and_dates_then_renewed(aging: World, signed_in: SignedIn) -> None:
    browser = signed_in(aging.administrator)
    old = [f"{one:%d/%m/%Y}" for one in (fresh_day(aging.user), fresh_day(aging.reader))]
    chosen = {"compte": [aging.user.account_id, aging.reader.account_id]}
    page = browser.get(path(aging), chosen)
    assert page.status_code == 200
    said = text(page)
    until = new_period(clock.today())
    assert "Renouveler 2 comptes" in said
    for expected in ("Léa Martin", "Marc Petit", *old, f"{until:%d/%m/%Y}", "Date de fin reportée"):
        assert expected in said
    assert "qui travaille pour plusieurs employeurs est renouvelé par chacun" in said
    assert kinds_of(aging) == []
    answer = browser.post(path(aging), {"comptes": hidden(page, "comptes")}, follow=True)
    assert f"2 comptes sont renouvelés jusqu’au {date_long(until)}" in text(answer)
    for who, ends_on in ((aging.user, None), (aging.reader, until)):
        found = fresh(who)
        assert (found.ends_on, found.expired_at, status(who)) == (ends_on, None, Status.ACTIVE)
        assert found.renewed_at is not None
        (event,) = events(aging.here.pk, found.ref, "account.renewed")
        assert event.actor == aging.administrator.membership.ref
        assert event.after["expires_on"] == until.isoformat()
    assert signed_in(aging.reader).get(home(aging.here)).status_code == 200
    history = text(browser.get(f"{home(aging.here)}historique/"))
    assert f"Expire le {until:%d/%m/%Y} (avant : le {old[1]}) · Date de fin : {until:%d/%m/%Y}" in history


def fresh_day(who: Someone) -> datetime.date:
    from parvis.access.status import expires_on

    return expires_on(fresh(who))


def kinds_of(world: World) -> list[str]:
    return [event.kind for event in events(world.here.pk)]


def test_all_that_the_filter_shows_are_renewed_over_all_pages(
    as_owner: object, world: World, signed_in: SignedIn
) -> None:
    crowd(world.here, 60)
    browser = signed_in(world.administrator)
    page = browser.get(path(world), {"q": "foule", "tri": "-nom", "page": "2", "tous": "1"})
    assert "Renouveler 60 comptes" in text(page)
    # The answer leads back to the very page of the list.
    assert "comptes/?q=foule&amp;tri=-nom&amp;page=2" in html(page)
    answer = browser.post(f"{path(world)}?q=foule&tri=-nom&page=2", {"comptes": hidden(page, "comptes")})
    assert answer["Location"] == f"{home(world.here)}comptes/?q=foule&tri=-nom&page=2"
    with tenancy.scope(establishment=world.here.pk):
        renewed = Membership.objects.exclude(renewed_at=None)
        assert renewed.count() == 60
        assert not renewed.exclude(email__endswith="@foule.example").exists()
    assert len(events(world.here.pk, kind="account.renewed")) == 60


def test_oneself_and_who_is_deactivated_are_left_out_with_the_reason(aging: World, signed_in: SignedIn) -> None:
    alter(aging.second, deactivated_at=clock.now())
    browser = signed_in(aging.administrator)
    page = browser.get(path(aging), {"tous": "1"})
    said = text(page)
    assert "3 comptes laissés de côté" in said
    assert "Claire Dubois (vous) : personne ne renouvelle son propre accès" in said
    assert "Paul Girard : le compte est désactivé" in said
    assert "Marc Petit : le compte a expiré" in said
    numbers = {aging.user.account_id}
    assert {int(one) for one in hidden(page, "comptes").split(",")} == numbers
    browser.post(path(aging), {"comptes": hidden(page, "comptes")})
    assert {event.object for event in events(aging.here.pk, kind="account.renewed")} == {aging.user.membership.ref}


def test_only_oneself_leaves_nothing_to_renew(world: World, signed_in: SignedIn) -> None:
    page = signed_in(world.administrator).get(path(world), {"compte": world.administrator.account_id})
    assert "Aucun compte à renouveler" in text(page)
    assert "personne ne renouvelle son propre accès" in text(page)


def test_nothing_ticked_leads_back_to_the_list_as_it_was(world: World, signed_in: SignedIn) -> None:
    answer = signed_in(world.administrator).get(path(world), {"statut": "actif", "page": "1"}, follow=True)
    assert answer.redirect_chain == [(f"{home(world.here)}comptes/?statut=actif", 302)]
    assert "cochez-en au moins un" in text(answer)


@pytest.mark.parametrize("typed", ["", "x", "1,,2;3", "9" * 30, "-1", "\0", "0", "²"])
def test_what_is_no_account_renews_nobody_and_breaks_nothing(world: World, signed_in: SignedIn, typed: str) -> None:
    browser = signed_in(world.administrator)
    for answer in (
        browser.get(path(world), {"compte": typed}),
        browser.post(path(world), {"comptes": typed}),
        browser.post(path(world), {"comptes": f"{typed},{world.stranger.account_id}"}),
    ):
        assert answer.status_code in (200, 302)
    assert kinds_of(world) == []
    assert fresh(world.stranger).renewed_at is None


@pytest.mark.parametrize("fault", ["gone", "oneself", "deactivated", "stranger"])
def test_list_that_changed_since_it_was_read_renews_nobody(aging: World, signed_in: SignedIn, fault: str) -> None:
    browser = signed_in(aging.administrator)
    other = {"oneself": aging.administrator, "stranger": aging.stranger}.get(fault, aging.reader)
    numbers = f"{aging.user.account_id},{other.account_id}"
    if fault == "gone":
        with tenancy.scope(establishment=aging.here.pk):
            Membership.objects.get(pk=other.account_id).delete()
    if fault == "deactivated":
        alter(other, deactivated_at=clock.now())
    answer = browser.post(path(aging), {"comptes": numbers})
    assert answer.status_code == 200
    assert summary(answer)
    assert fresh(aging.user).renewed_at is None
    assert kinds_of(aging) == []
    # What is left is there to be confirmed.
    assert hidden(answer, "comptes") == str(aging.user.account_id)


def test_page_sent_twice_renews_once(aging: World, signed_in: SignedIn) -> None:
    browser = signed_in(aging.administrator)
    for _ in range(2):
        answer = browser.post(path(aging), {"comptes": f"{aging.user.account_id},{aging.reader.account_id}"})
        assert answer.status_code == 302
    assert len(events(aging.here.pk, kind="account.renewed")) == 2


def test_more_than_may_be_renewed_at_once_is_refused_in_words(aging: World, signed_in: SignedIn, settings: Any) -> None:
    settings.PARVIS_RENEWAL_LIMIT = 1
    browser = signed_in(aging.administrator)
    page = browser.get(path(aging), {"tous": "1"})
    assert page.status_code == 200
    assert "au plus 1 en une fois" in text(page)
    answer = browser.post(path(aging), {"comptes": f"{aging.user.account_id},{aging.reader.account_id}"})
    assert "au plus 1 en une fois" in text(answer)
    assert kinds_of(aging) == []


def test_renewing_2000_asks_as_many_questions_as_renewing_20(
    as_owner: object, world: World, signed_in: SignedIn
) -> None:
    browser = signed_in(world.administrator)

    def cost(count: int) -> list[int]:
        crowd(world.here, count)
        made = list(Membership.objects.filter(email__endswith="@foule.example", renewed_at=None))
        people = Person.objects.bulk_create(
            Person(first_name="Un", last_name="Agent", password="!", created_at=clock.now()) for _ in made
        )
        for one, person in zip(made, people, strict=True):
            one.person, one.confirmed_at = person, clock.now()
        Membership.objects.bulk_update(made, ["person", "confirmed_at"])
        with CaptureQueriesContext(connection) as asked:
            page = browser.get(path(world), {"q": "foule", "tous": "1"})
        assert hidden(page, "comptes").count(",") == count - 1
        with CaptureQueriesContext(connection) as written:
            assert browser.post(path(world), {"comptes": hidden(page, "comptes")}).status_code == 302
        assert not Membership.objects.filter(email__endswith="@foule.example", renewed_at=None).exists()
        assert Message.objects.filter(kind="access.renewed").count() == count
        # Out of the next round's list.
        Membership.objects.filter(email__endswith="@foule.example").update(search_key="")
        Message.objects.all().delete()
        return [len(asked), len(written)]

    cost(20)
    few = cost(20)
    assert cost(2000) == few
    assert max(few) < 30


def test_people_are_told_and_who_waits_for_a_password_is_not(
    as_owner: object, aging: World, signed_in: SignedIn
) -> None:
    waiting = someone(aging.here, "Zoé", "Blanc", confirmed=False)
    numbers = [aging.user.account_id, aging.reader.account_id, waiting.account_id]
    with acting(aging.administrator) as who:
        assert renewal.renew_several(who=who, account_ids=numbers) == 3
        letters = Message.objects.filter(kind="access.renewed")
        assert {letter.object_id for letter in letters} == {aging.user.account_id, aging.reader.account_id}
        assert {letter.detail["by"] for letter in letters} == {str(who.ref)}
    assert fresh(waiting).renewed_at is not None


def test_nobody_renews_an_empty_list(world: World) -> None:
    with acting(world.administrator) as who, pytest.raises(Refused, match="cochez-en"):
        renewal.renew_several(who=who, account_ids=[])


def test_what_was_asked_in_a_lost_session_is_asked_again(aging: World, client: Any, signed_in: SignedIn) -> None:
    """Nothing is done with it until somebody presses the button again."""
    numbers = f"{aging.user.account_id},{aging.reader.account_id}"
    assert client.post(path(aging), {"comptes": numbers}).status_code == 302
    held = client.session["kept"]
    browser = signed_in(aging.administrator)
    session = browser.session
    session["kept"] = held
    session.save()
    page = browser.get(path(aging))
    assert "Renouveler 2 comptes" in text(page)
    assert kinds_of(aging) == []


def test_filter_keeps_who_expires_within_sixty_days(aging: World, signed_in: SignedIn) -> None:
    today = clock.today()
    alter(aging.second, ends_on=today + 60 * DAY)
    page = text(signed_in(aging.administrator).get(f"{home(aging.here)}comptes/", {"echeance": "bientot"}))
    assert "2 comptes correspondent" in page
    assert "Léa Martin" in page and "Paul Girard" in page
    alter(aging.second, ends_on=today + 61 * DAY)
    page = text(signed_in(aging.administrator).get(f"{home(aging.here)}comptes/", {"echeance": "bientot"}))
    assert "1 compte correspond" in page
    export = signed_in(aging.administrator).get(f"{home(aging.here)}comptes/comptes.csv", {"echeance": "bientot"})
    assert "Martin" in export.content.decode()
    (event,) = events(aging.here.pk, kind="account.exported")
    assert event.after["filter"] == "expire bientôt"
