"""Who may say that a colleague lost their second factor, of whom, and what everybody is told."""

from typing import Any

import pytest
from django.conf import settings

from parvis.access.models import Membership, Profile
from parvis.ground import clock, tenancy
from parvis.identity.models import Totp
from tests.access.factor_reset.hands import all_of, ask, holds, latest, letters, page_of
from tests.access.reading import events, kinds, words
from tests.identity.factors.hands import stale
from tests.world import World, someone


def test_asked_the_person_is_told_at_once_and_nothing_changes_yet(world: World, signed_in: Any) -> None:
    before = clock.now()
    reset = ask(world, signed_in)
    assert reset.effective_at - reset.asked_at == settings.PARVIS_FACTOR_RESET_DELAY
    assert reset.asked_at >= before and reset.asked_by == world.administrator.membership.ref
    assert holds(world.user)
    (told,) = letters(world, "access.factor_reset_asked")
    assert told.to == world.user.membership.email
    assert "Claire Dubois" in told.text and "Annecy" in told.text and "/second-facteur-perdu/" in told.text
    (other,) = letters(world, "access.factor_reset_to_confirm")
    assert other.to == world.second.membership.email
    assert page_of(world) in other.text and "Léa Martin" in other.subject
    assert kinds(world.here.pk, world.user.membership.ref) == ["factor_reset.asked"]


def test_the_accounts_page_leads_there_and_then_says_that_it_waits(world: World, signed_in: Any) -> None:
    browser = signed_in(world.administrator)
    account = f"/etablissements/{world.here.siret}/comptes/{world.user.account_id}/"
    assert "Cette personne a perdu son second facteur" in words(browser.get(account))
    assert "au bout de 24 heures" in words(browser.get(page_of(world))).replace("\xa0", " ")
    ask(world, signed_in)
    page = words(browser.get(account))
    assert "Une réinitialisation de son second facteur est demandée" in page
    assert "Cette personne a perdu" not in page
    waiting = words(browser.get(page_of(world)))
    assert "par vous" in waiting and "Confirmer" not in waiting and "Abandonner la demande" in waiting


def test_asked_twice_one_request_waits(world: World, signed_in: Any) -> None:
    ask(world, signed_in)
    answer = signed_in(world.second).post(page_of(world))
    assert answer.status_code == 200 and "Une demande est déjà en cours" in words(answer)
    assert len(all_of(world)) == 1


def test_a_user_asks_for_nobody(world: World, signed_in: Any) -> None:
    for method in ("get", "post"):
        answer = getattr(signed_in(world.reader), method)(page_of(world))
        assert answer.status_code == 403 and "Claire Dubois" in words(answer)
    assert all_of(world) == []


def test_an_administrator_of_another_establishment_meets_404(world: World, signed_in: Any) -> None:
    stranger = signed_in(world.stranger)
    elsewhere = page_of(world).replace(world.here.siret, world.there.siret)
    for where in (page_of(world), elsewhere):
        assert stranger.get(where).status_code == 404
        assert stranger.post(where).status_code == 404
    assert all_of(world) == []


def test_nobody_asks_for_themselves(world: World, signed_in: Any) -> None:
    browser = signed_in(world.administrator)
    where = page_of(world, world.administrator)
    assert browser.get(where).status_code == 403
    assert "Personne ne réinitialise son propre second facteur" in words(browser.post(where))
    assert all_of(world) == []


def test_of_somebody_with_two_employers_the_page_says_to_call_the_advisers(
    as_owner: object, world: World, signed_in: Any
) -> None:
    someone(world.there, "Léa", "Martin", person=world.user.person)
    browser = signed_in(world.administrator)
    page = words(browser.get(page_of(world)))
    assert "09 70 80 93 29" in page.replace("\xa0", " ") and "chez un autre employeur" in page
    assert "qu’elle appelle un conseiller" in words(browser.post(page_of(world)))
    assert all_of(world) == [] and holds(world.user)


@pytest.mark.parametrize("field", ["deactivated_at", "ended"])
def test_of_a_closed_account_there_is_nothing_to_reset(field: str, world: World, signed_in: Any) -> None:
    with tenancy.scope(establishment=world.here.pk):
        account = Membership.objects.get(pk=world.user.account_id)
        if field == "ended":
            account.ends_on = clock.today().replace(year=clock.today().year - 1)
        else:
            account.deactivated_at = clock.now()
        account.save()
    browser = signed_in(world.administrator)
    assert "Ce compte n’est pas actif" in words(browser.get(page_of(world)))
    assert "n’est pas actif" in words(browser.post(page_of(world)))
    assert all_of(world) == []


def test_of_an_account_that_waits_for_its_password_either(as_owner: object, world: World, signed_in: Any) -> None:
    waiting = someone(world.here, "Zoé", "Blanc", confirmed=False)
    answer = signed_in(world.administrator).post(page_of(world, waiting))
    assert "n’est pas actif" in words(answer)


def test_of_somebody_without_a_factor_there_is_none_to_reset(world: World, signed_in: Any) -> None:
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        Totp.objects.all().delete()
    browser = signed_in(world.administrator)
    assert "Aucun second facteur à réinitialiser" in words(browser.get(page_of(world)))
    assert "n’a pas de second facteur" in words(browser.post(page_of(world)))
    assert all_of(world) == []


def test_without_a_fresh_factor_of_their_own_it_is_asked_for_first(world: World, signed_in: Any) -> None:
    browser = stale(signed_in(world.administrator))
    assert browser.get(page_of(world)).status_code == 200
    assert browser.post(page_of(world))["Location"] == "/confirmer/"
    assert all_of(world) == []


def test_an_administrators_factor_can_be_reset_by_another(world: World, signed_in: Any) -> None:
    signed_in(world.administrator).post(page_of(world, world.second))
    assert latest(world).membership_id == world.second.account_id
    # Nobody else is left to confirm it.
    assert letters(world, "access.factor_reset_to_confirm") == []


def test_abandoned_by_any_administrator_nothing_happens_and_the_person_is_told(world: World, signed_in: Any) -> None:
    for by in (world.administrator, world.second):
        reset = ask(world, signed_in)
        answer = signed_in(by).post(page_of(world), {"faire": "abandonner", "demande": str(reset.pk)})
        assert answer.status_code == 302
        assert latest(world).cancelled_at is not None and holds(world.user)
    assert len(letters(world, "access.factor_reset_cancelled")) == 2
    assert [event.kind for event in events(world.here.pk, kind="factor_reset")] == [
        "factor_reset.asked",
        "factor_reset.cancelled",
    ] * 2


@pytest.mark.parametrize("typed", ["", "0", "x", "9" * 30, "-1"])
@pytest.mark.parametrize("act", ["confirmer", "abandonner"])
def test_an_act_on_no_request_or_another_ones_does_nothing(act: str, typed: str, world: World, signed_in: Any) -> None:
    ask(world, signed_in)
    answer = signed_in(world.second).post(page_of(world), {"faire": act, "demande": typed})
    assert answer.status_code == 200 and "n’est plus en cours" in words(answer)
    assert latest(world).done_at is None and latest(world).cancelled_at is None


def test_a_request_of_another_account_is_not_confirmed_here(world: World, signed_in: Any) -> None:
    reset = ask(world, signed_in)
    answer = signed_in(world.second).post(
        page_of(world, world.reader), {"faire": "confirmer", "demande": str(reset.pk)}
    )
    assert "n’est plus en cours" in words(answer)
    assert holds(world.user) and holds(world.reader)


def test_a_user_who_became_administrator_may_confirm_and_one_who_was_no_longer_may(
    world: World, signed_in: Any
) -> None:
    reset = ask(world, signed_in)
    with tenancy.scope(establishment=world.here.pk):
        Membership.objects.filter(pk=world.second.account_id).update(profile=Profile.USER)
    answer = signed_in(world.second).post(page_of(world), {"faire": "confirmer", "demande": str(reset.pk)})
    assert answer.status_code == 403 and holds(world.user)
    assert letters(world, "access.factor_reset_to_confirm") == []
