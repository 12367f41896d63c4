"""The pages: what came, read or not; how one wants to be told; the end of a kind of e-mail without signing in."""

from collections.abc import Callable

from parvis.ground import tenancy
from parvis.journal.models import Event
from parvis.notices import unsubscribing
from parvis.notices.actions import EVERYWHERE, notify_each, read_about
from parvis.notices.models import Reader
from parvis.notices.queries import PER_PAGE, wishes_of
from parvis.notices.registry import KINDS, Delivery
from tests.access.reading import html, words
from tests.notices.hands import DAILY, OBLIGED, TRIED, here
from tests.notices.test_telling import left
from tests.plugins.html import ReadingClient
from tests.world import Someone, World

SignedIn = Callable[[Someone], ReadingClient]
CHOICES = "/mon-compte/notifications/"


def where(world: World, rest: str = "") -> str:
    return f"/etablissements/{world.here.siret}/notifications/{rest}"


def test_a_notice_leads_to_what_it_is_about_and_is_read_from_then_on(world: World, signed_in: SignedIn) -> None:
    number = left(world, people=[world.user.account_id])
    browser = signed_in(world.user)
    assert "Non lue" in words(browser.get(where(world)))
    assert browser.get(where(world, f"{number}/"))["Location"] == f"/etablissements/{world.here.siret}/?essai=3"
    assert "Non lue" not in words(browser.get(where(world)))
    assert "Tout est lu" in words(browser.get(where(world) + "?lues=non"))
    # Nobody else's: not found, whoever asks.
    for other in (world.reader, world.administrator, world.stranger):
        assert signed_in(other).get(where(world, f"{number}/")).status_code == 404
    assert signed_in(world.user).get(where(world, "999999999999999/")).status_code == 404


def test_everything_is_marked_as_read_by_one_button_and_for_oneself_alone(world: World, signed_in: SignedIn) -> None:
    for _ in range(2):
        left(world, people=[world.user.account_id, world.reader.account_id])
    browser = signed_in(world.user)
    assert browser.get(where(world, "tout-lire")).status_code == 405
    assert browser.post(where(world, "tout-lire"))["Location"] == where(world)
    assert "Non lue" not in words(browser.get(where(world)))
    assert "Non lue" in words(signed_in(world.reader).get(where(world)))


def test_nothing_that_came_is_out_of_reach_however_much_came_since(world: World, signed_in: SignedIn) -> None:
    oldest = left(world, people=[world.user.account_id])
    with tenancy.scope(establishment=world.here.pk):
        since = [(world.here.pk, 4, {}) for _ in range(2 * PER_PAGE)]
        notify_each(TRIED, since, people=[world.user.account_id])
    browser, link = signed_in(world.user), f'href="{where(world, str(oldest))}/"'
    assert [link in html(browser.get(where(world) + query)) for query in ("", "?page=2", "?page=3", "?page=99")] == [
        *(False, False, True, True),
    ]
    second = html(browser.get(where(world) + "?lues=non&page=2"))
    assert second.count('class="notice notice-unread"') == PER_PAGE and 'href="?lues=non&amp;page=3"' in second


def test_what_is_read_elsewhere_is_read_here_too_where_one_may_read_it(world: World, signed_in: SignedIn) -> None:
    left(world, people=[world.user.account_id])
    with tenancy.scope(person=world.user.person.pk, establishment=world.here.pk):
        for who in (here(world.reader), here(world.user)):
            read_about(who=who, kinds=[TRIED], objects=[3, 4])
        assert list(Reader.objects.filter(read_at__isnull=False).values_list("person_id", flat=True)) == [
            world.user.person.pk
        ]
    assert "Non lue" not in words(signed_in(world.user).get(where(world)))


def test_choices_are_kept_for_everywhere_and_for_one_establishment(world: World, signed_in: SignedIn) -> None:
    browser, person = signed_in(world.user), world.user.person.pk
    sent = {"sorte-tried": "daily", "sorte-tried_daily": "never", "sorte-tried_obliged": "never", "sorte-x": "daily"}
    assert browser.post(CHOICES, sent)["Location"] == CHOICES
    held = wishes_of(person)
    assert held.held == {(0, TRIED): Delivery.DAILY, (0, DAILY): Delivery.NEVER}
    assert held.delivery(KINDS[OBLIGED], 0) is Delivery.AT_ONCE
    of_place = f"{CHOICES}{world.here.siret}/"
    browser.post(of_place, {"sorte-tried": "at_once", "sorte-tried_daily": ""})
    held = wishes_of(person)
    assert held.delivery(KINDS[TRIED], world.here.pk) is Delivery.AT_ONCE
    assert held.delivery(KINDS[DAILY], world.here.pk) is Delivery.NEVER
    assert "Comme partout (dans le résumé du jour)" in words(browser.get(of_place))
    with tenancy.scope(person=person, role=tenancy.PERSON):
        assert Event.objects.filter(kind="notices.wished").count() == 2
    assert signed_in(world.stranger).get(of_place).status_code == 404
    with tenancy.scope(person=world.stranger.person.pk, role=tenancy.PERSON):
        assert wishes_of(world.stranger.person.pk).held == {}


def test_the_link_of_an_email_ends_that_kind_without_signing_in_and_never_by_being_opened(world: World) -> None:
    person, nobody = world.user.person.pk, ReadingClient(enforce_csrf_checks=True)
    one = unsubscribing.link(TRIED, person=person, place=world.here.pk).removeprefix("http://127.0.0.1:8000")
    for _ in range(2):
        assert "Un essai arrive".lower() in html(nobody.get(one)).lower()
    assert wishes_of(person).held == {}
    # As a mail program does it by itself.
    assert nobody.post(one, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert wishes_of(person).held == {(world.here.pk, TRIED): Delivery.NEVER}
    digest = unsubscribing.link(unsubscribing.DIGEST, person=person).removeprefix("http://127.0.0.1:8000")
    assert nobody.post(digest).status_code == 200
    held = wishes_of(person)
    assert held.delivery(KINDS[DAILY], EVERYWHERE) is Delivery.NEVER
    assert held.delivery(KINDS[TRIED], EVERYWHERE) is Delivery.AT_ONCE
    again = wishes_of(person).held
    assert again == {**again, (0, DAILY): Delivery.NEVER}
    assert "un essai du jour arrive" not in html(nobody.get(digest))


def test_no_link_ends_what_is_obligatory_or_was_changed(world: World) -> None:
    person, nobody = world.user.person.pk, ReadingClient()
    obliged = unsubscribing.link(OBLIGED, person=person).removeprefix("http://127.0.0.1:8000")
    good = unsubscribing.link(TRIED, person=person).removeprefix("http://127.0.0.1:8000")
    for bad in (obliged, good[:-2], good.replace(f"/{TRIED}/", f"/{DAILY}/"), "/notifications/arreter/x/y"):
        assert nobody.get(bad).status_code == 404
        assert nobody.post(bad).status_code == 404
    assert wishes_of(person).held == {}
