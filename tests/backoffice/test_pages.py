"""The pages of an establishment and of a person: what they show, to whom, and what opening them leaves."""

import datetime
import uuid
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parvis.access.models import Membership, Profile
from parvis.ground import tenancy
from parvis.journal.models import Event
from tests.access.reading import later, words
from tests.backoffice.hands import fresh
from tests.browsers import inside
from tests.plugins.html import ReadingClient
from tests.world import World, someone


def opened(world: World, kind: str) -> list[Event]:
    with tenancy.scope(establishment=world.here.pk):
        return list(Event.objects.filter(kind=kind).order_by("id"))


def test_an_establishment_shows_how_it_stands(world: World) -> None:
    browser = inside(ReadingClient(), world.advisers["first"])
    said = words(browser.get(f"/conseiller/etablissements/{world.here.siret}/"))
    assert "Annecy" in said
    assert "CNRACL-0042" in said
    assert "Claire Dubois" in said
    assert "Paul Girard" in said
    assert "Un seul administrateur" not in said


def test_one_administrator_or_none_is_warned_of(world: World) -> None:
    browser = inside(ReadingClient(), world.advisers["first"])
    assert "Un seul administrateur" in words(browser.get(f"/conseiller/etablissements/{world.there.siret}/"))
    with tenancy.scope(establishment=world.there.pk):
        Membership.objects.filter(pk=world.stranger.account_id).update(profile=Profile.USER)
    assert "Aucun administrateur" in words(browser.get(f"/conseiller/etablissements/{world.there.siret}/"))


@pytest.mark.parametrize("page", ["", "comptes/", "historique/"])
def test_an_adviser_of_another_fund_meets_404(world: World, page: str) -> None:
    browser = inside(ReadingClient(), world.advisers["other"])
    assert browser.get(f"/conseiller/etablissements/{world.here.siret}/{page}").status_code == 404


def test_a_person_shows_accounts_and_kinds_of_factor_and_no_secret(world: World) -> None:
    browser = inside(ReadingClient(), world.advisers["first"])
    answer = browser.get(f"/conseiller/personnes/{world.user.membership.ref}/")
    said = words(answer)
    assert "Léa Martin" in said
    assert "Une application d’authentification" in said
    assert "JBSWY3DPEHPK3PXP" not in answer.content.decode()


@pytest.mark.parametrize("ref", ["world", uuid.UUID(int=7)])
def test_a_person_of_other_funds_and_one_that_does_not_exist_are_404(world: World, ref: Any) -> None:
    wanted = world.user.membership.ref if ref == "world" else ref
    browser = inside(ReadingClient(), world.advisers["other"])
    assert browser.get(f"/conseiller/personnes/{wanted}/").status_code == 404
    if ref != "world":
        assert inside(ReadingClient(), world.advisers["first"]).get(f"/conseiller/personnes/{ref}/").status_code == 404


def test_opening_leaves_one_event_an_hour_for_each_adviser_and_object(world: World) -> None:
    address = f"/conseiller/personnes/{world.user.membership.ref}/"
    first, second = (inside(ReadingClient(), world.advisers[who]) for who in ("first", "second"))
    for browser in (first, first, second):
        browser.get(address)
    events = opened(world, "adviser.opened_person")
    assert [event.object for event in events] == [world.user.membership.ref] * 2
    assert len({event.actor for event in events}) == 2
    assert {event.origin for event in events} == {"conseiller"}
    with later(settings.PARVIS_ADVISER_TRACE + datetime.timedelta(minutes=1)):
        inside(first, world.advisers["first"]).get(address)
    assert len(opened(world, "adviser.opened_person")) == 3


def test_the_administrators_read_who_opened_the_page_of_their_establishment(world: World) -> None:
    inside(ReadingClient(), world.advisers["first"]).get(f"/conseiller/etablissements/{world.here.siret}/")
    browser = inside(ReadingClient(), world.administrator.person)
    said = words(browser.get(f"/etablissements/{world.here.siret}/historique/"))
    assert "Fiche de l’établissement consultée par un conseiller" in said
    assert "Noémie Ferrand, conseiller (Gestionnaire des fonds)" in said


def test_a_page_takes_as_many_statements_whatever_it_shows(as_owner: object, world: World) -> None:
    browser = inside(ReadingClient(), world.advisers["first"])
    address = f"/conseiller/etablissements/{world.here.siret}/"
    for page in ("", "comptes/"):
        browser.get(address + page)
        with CaptureQueriesContext(connection) as few:
            browser.get(address + page)
        for number in range(5):
            someone(world.here, "Anne", f"Nouvelle{number}{len(page)}", Profile.ADMINISTRATOR)
        with CaptureQueriesContext(connection) as many:
            browser.get(address + page)
        assert len(few) == len(many), page


def test_members_and_people_without_an_account_see_nothing_of_a_person(world: World) -> None:
    address = f"/conseiller/personnes/{world.user.membership.ref}/"
    assert inside(ReadingClient(), world.administrator.person).get(address).status_code == 404
    assert fresh(world.advisers["first"]).get(address).status_code == 200
