"""A changed e-mail: confirmed on the new one, told to the old one, which holds until then."""

import datetime
from typing import Any

import pytest
from django.conf import settings

from parvis.access.models import Membership
from parvis.ground import tenancy
from parvis.identity.models import Browser, Session
from tests.access.reading import events, later, words
from tests.browsers import trusted
from tests.identity.mine.hands import (
    COORDINATES,
    NEW,
    ask,
    changes,
    confirmed,
    email_id,
    emails,
    enters,
    kinds,
    letters,
    link_in,
)
from tests.plugins.html import ReadingClient
from tests.world import World, someone


def declared(who: Any) -> str:
    with tenancy.scope(establishment=who.membership.establishment_id):
        return str(Membership.objects.get(pk=who.account_id).email)


def test_until_the_new_address_is_confirmed_the_old_one_holds_and_is_told_at_once(world: World, signed_in: Any) -> None:
    old = world.user.membership.email
    answer = ask(signed_in(world.user), world.user)
    assert answer["Location"] == COORDINATES
    assert confirmed(world.user) == {old}
    assert (enters(old), enters(NEW)) == (True, False)
    assert declared(world.user) == old
    (to_new,), (to_old,) = (
        letters(world.user, "identity.confirm_email"),
        letters(world.user, "identity.email_change_asked"),
    )
    assert (to_new.to, to_old.to) == (NEW, old)
    assert NEW not in to_old.text and "n•••@annecy.example" in to_old.text
    page = words(signed_in(world.user).get(COORDINATES))
    assert f"Ouvrez le lien envoyé à {NEW}" in page and f"Jusque-là, {old} reste en vigueur" in page


def test_confirmed_from_another_browser_the_new_address_signs_in_and_accounts_follow(
    world: World, signed_in: Any
) -> None:
    old = world.user.membership.email
    ask(signed_in(world.user), world.user)
    where = link_in(letters(world.user, "identity.confirm_email")[0])
    elsewhere = ReadingClient()
    for _ in range(2):
        assert elsewhere.get(where).status_code == 200
    assert confirmed(world.user) == {old}
    assert elsewhere.post(where)["Location"] == "/connexion/"
    assert confirmed(world.user) == {NEW}
    assert (enters(old), enters(NEW)) == (False, True)
    assert declared(world.user) == NEW
    kind = "account.coordinates_changed"
    assert [event.after for event in events(world.here.pk, world.user.membership.ref, kind)] == [{"fields": ["email"]}]
    (told,) = letters(world.user, "identity.email_changed")
    assert told.to == old
    assert elsewhere.post(where).status_code == 410


def test_confirmed_where_the_person_is_signed_in_leads_back_to_the_coordinates(world: World, signed_in: Any) -> None:
    browser = signed_in(world.user)
    ask(browser, world.user)
    where = link_in(letters(world.user, "identity.confirm_email")[0])
    assert browser.post(where)["Location"] == COORDINATES
    page = words(browser.get(COORDINATES))
    assert "est confirmée : elle vous permet de vous connecter" in page


def test_every_account_that_declared_the_old_address_follows_and_no_other(
    as_owner: object, world: World, signed_in: Any
) -> None:
    there = someone(world.there, "Léa", "Martin", person=world.user.person)
    with tenancy.scope(establishment=world.there.pk, role="parvis_owner"):
        Membership.objects.filter(pk=there.account_id).update(email=world.user.membership.email.upper())
    third = someone(world.there, "Marc", "Petit", person=world.reader.person)
    ask(signed_in(world.user), world.user)
    ReadingClient().post(link_in(letters(world.user, "identity.confirm_email")[0]))
    assert (declared(world.user), declared(there)) == (NEW, NEW)
    assert declared(third) == third.membership.email


def test_of_two_changes_in_a_row_the_later_link_wins(world: World, signed_in: Any) -> None:
    browser = signed_in(world.user)
    ask(browser, world.user, "premiere@annecy.example")
    first = link_in(letters(world.user, "identity.confirm_email")[0])
    ask(browser, world.user, "seconde@annecy.example")
    (second,) = [
        link_in(one) for one in letters(world.user, "identity.confirm_email") if one.to == "seconde@annecy.example"
    ]
    page = ReadingClient().post(first)
    assert page.status_code == 410 and "Ce lien ne sert plus" in page.content.decode()
    assert ReadingClient().post(second).status_code == 302
    assert confirmed(world.user) == {"seconde@annecy.example"}
    assert [(one.confirmed_at is None, one.cancelled_at is None) for one in changes(world.user)] == [
        (True, False),
        (False, True),
    ]


def test_asking_twice_for_the_same_address_leaves_one_link_that_serves(world: World, signed_in: Any) -> None:
    browser = signed_in(world.user)
    for _ in range(2):
        assert ask(browser, world.user).status_code == 302
    assert len(letters(world.user, "identity.confirm_email")) == 1
    assert ReadingClient().post(link_in(letters(world.user, "identity.confirm_email")[0])).status_code == 302


def test_an_address_of_somebody_else_is_taken_but_then_signs_neither_in(world: World, signed_in: Any) -> None:
    theirs = world.reader.membership.email
    assert enters(theirs)
    ask(signed_in(world.user), world.user, theirs)
    where = link_in(letters(world.user, "identity.confirm_email")[0])
    unconfirmed = ReadingClient().get(where).content.decode()
    assert enters(theirs)
    browser = signed_in(world.user)
    assert browser.post(where)["Location"] == COORDINATES
    page = words(browser.get(COORDINATES))
    assert "Une autre personne s’en sert aussi" in page and "Partagée" in page
    assert not enters(theirs)
    assert enters(world.user.identifier) and enters(world.reader.identifier)
    # Whoever has the mailbox learns it once it is confirmed; before, the page says the same for any address.
    ask(signed_in(world.second), world.second, NEW)
    other = ReadingClient().get(link_in(letters(world.second, "identity.confirm_email")[0])).content.decode()
    assert _bare(unconfirmed, theirs) == _bare(other, NEW)


def _bare(page: str, address: str) -> list[str]:
    return [line for line in page.replace(address, "").splitlines() if "csrfmiddlewaretoken" not in line]


def test_asking_for_an_address_says_the_same_whoever_has_it(world: World, signed_in: Any) -> None:
    browser = signed_in(world.user)
    pages = []
    for address in (world.reader.membership.email, "personne@annecy.example"):
        ask(browser, world.user, address)
        pages.append(words(browser.get(COORDINATES)).replace(address, "").split("Annuler ce changement")[0])
    assert pages[0] == pages[1]


@pytest.mark.parametrize("typed", ["", "pas une adresse", "a@b", "é@annecy.example", "x" * 300 + "@a.example", "\0"])
def test_a_wrong_address_is_told_at_the_field_and_kept(typed: str, world: World, signed_in: Any) -> None:
    answer = ask(signed_in(world.user), world.user, typed)
    assert answer.status_code == 200
    assert "Il y a un problème" in answer.content.decode()
    assert changes(world.user) == []


def test_an_address_that_is_theirs_already_is_refused(world: World, signed_in: Any) -> None:
    answer = ask(signed_in(world.user), world.user, world.user.membership.email.upper())
    assert "Cette adresse est déjà la vôtre" in words(answer)
    assert changes(world.user) == []


def test_somebody_elses_address_cannot_be_replaced(world: World, signed_in: Any) -> None:
    answer = signed_in(world.user).post(f"/mon-compte/adresse/{email_id(world.reader)}/", {"email": NEW})
    assert answer["Location"] == COORDINATES
    assert changes(world.user) == [] and NEW not in dict(emails(world.reader))


def test_without_a_fresh_factor_nothing_is_asked(world: World, signed_in: Any) -> None:
    browser = signed_in(world.user)
    session = browser.session
    del session["factor_at"]
    session.save()
    assert ask(browser, world.user)["Location"].split("?")[0] == "/confirmer/"
    assert changes(world.user) == []


def test_after_a_link_has_expired_the_old_address_stays(world: World, signed_in: Any) -> None:
    ask(signed_in(world.user), world.user)
    where = link_in(letters(world.user, "identity.confirm_email")[0])
    with later(settings.PARVIS_EMAIL_CONFIRMATION_VALIDITY + datetime.timedelta(seconds=1)):
        assert ReadingClient().get(where).status_code == 410
        assert ReadingClient().post(where).status_code == 410
    assert confirmed(world.user) == {world.user.membership.email}


def test_after_several_changes_one_has_to_wait(world: World, signed_in: Any) -> None:
    browser = signed_in(world.user)
    for number in range(settings.PARVIS_COORDINATE_CHANGES):
        assert ask(browser, world.user, f"adresse{number}@annecy.example").status_code == 302
    assert "attendez une heure" in words(ask(browser, world.user))
    assert len(changes(world.user)) == settings.PARVIS_COORDINATE_CHANGES
    with later(settings.PARVIS_COORDINATE_CHANGES_WINDOW):
        assert ask(signed_in(world.user), world.user).status_code == 302


def test_the_person_who_thinks_better_of_it_cancels_and_the_link_no_longer_serves(world: World, signed_in: Any) -> None:
    browser = signed_in(world.user)
    ask(browser, world.user)
    where = link_in(letters(world.user, "identity.confirm_email")[0])
    (change,) = changes(world.user)
    assert browser.post(f"/mon-compte/changement/{change.pk}/annuler/")["Location"] == COORDINATES
    assert ReadingClient().post(where).status_code == 410
    assert confirmed(world.user) == {world.user.membership.email}
    assert "attend votre confirmation" not in words(browser.get(COORDINATES))


def test_nobody_cancels_somebody_elses_change(world: World, signed_in: Any) -> None:
    ask(signed_in(world.user), world.user)
    (change,) = changes(world.user)
    signed_in(world.stranger).post(f"/mon-compte/changement/{change.pk}/annuler/")
    assert changes(world.user)[0].cancelled_at is None


def test_the_old_address_stops_the_change_ends_every_session_and_every_trust(world: World, signed_in: Any) -> None:
    thief = trusted(signed_in(world.user), world.user.person.pk)
    ask(thief, world.user)
    confirm = link_in(letters(world.user, "identity.confirm_email")[0])
    where = link_in(letters(world.user, "identity.email_change_asked")[0], "annuler/")
    owner = ReadingClient()
    for _ in range(2):
        assert "Annuler le changement" in owner.get(where).content.decode()
    assert thief.get("/mon-compte/").status_code == 200
    answer = owner.post(where)
    assert answer.status_code == 200 and "Le changement est annulé" in words(answer)
    assert thief.get("/mon-compte/").status_code == 302
    assert not Session.objects.filter(person_id=world.user.person.pk).exists()
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        assert not Browser.objects.filter(trusted_until__isnull=False).exists()
    assert ReadingClient().post(confirm).status_code == 410
    assert confirmed(world.user) == {world.user.membership.email}
    assert owner.post(where).status_code == 410
    assert "identity.change_cancelled" in kinds(world.user)


def test_once_confirmed_the_link_to_cancel_says_whom_to_call(world: World, signed_in: Any) -> None:
    ask(signed_in(world.user), world.user)
    stop = link_in(letters(world.user, "identity.email_change_asked")[0], "annuler/")
    ReadingClient().post(link_in(letters(world.user, "identity.confirm_email")[0]))
    for answer in (ReadingClient().get(stop), ReadingClient().post(stop)):
        assert answer.status_code == 410
        assert "Ce changement est déjà confirmé" in words(answer)
    assert confirmed(world.user) == {NEW}


@pytest.mark.parametrize("ending", ["", "annuler/"])
def test_a_link_that_nobody_sent_opens_nothing(ending: str, world: World) -> None:
    for method in ("get", "post"):
        answer = getattr(ReadingClient(), method)(f"/adresse/{'x' * 43}/{ending}")
        assert answer.status_code == 410 and "Ce lien n’est pas complet" in words(answer)


def test_a_person_without_any_confirmed_address_adds_one(world: World, signed_in: Any) -> None:
    from parvis.identity.models import Email

    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        Email.objects.all().delete()
    browser = signed_in(world.user)
    assert "/mon-compte/adresse/" in browser.get(COORDINATES).content.decode()
    assert browser.post("/mon-compte/adresse/", {"email": NEW}).status_code == 302
    assert letters(world.user, "identity.email_change_asked") == []
    ReadingClient().post(link_in(letters(world.user, "identity.confirm_email")[0]))
    assert confirmed(world.user) == {NEW}


def test_a_person_who_has_an_address_gets_no_other_besides_it(world: World, signed_in: Any) -> None:
    old = world.user.membership.email
    answer = signed_in(world.user).post("/mon-compte/adresse/", {"email": NEW})
    assert answer.status_code == 200
    assert "Vous avez déjà une adresse" in words(answer) and f'value="{NEW}"' in answer.content.decode()
    assert emails(world.user) == {(old, True)} and letters(world.user, "identity.confirm_email") == []


def test_an_address_added_because_an_employer_declared_it_is_told_to_the_one_before(
    world: World, signed_in: Any
) -> None:
    old = world.user.membership.email
    with tenancy.scope(establishment=world.here.pk):
        Membership.objects.filter(pk=world.user.account_id).update(email=NEW)
    browser = signed_in(world.user)
    assert browser.post(COORDINATES, {"confirmer": world.here.siret}).status_code == 302
    assert letters(world.user, "identity.email_added") == []
    ReadingClient().post(link_in(letters(world.user, "identity.confirm_email")[0]))
    assert confirmed(world.user) == {old, NEW}
    (told,) = letters(world.user, "identity.email_added")
    assert told.to == old and told.subject == "Parvis : une adresse est ajoutée à votre compte"
    for text in (told.text, told.html):
        assert NEW not in text and "n•••@annecy.example" in text and "Ce n’était pas vous" in text
    assert letters(world.user, "identity.email_changed") == []
