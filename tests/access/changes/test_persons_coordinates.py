"""Coordinates of the person."""

import json

import pytest
from django.test import Client

from parvis.access.actions import changes, lifecycle, links, renewal
from parvis.access.actions.links import State, look
from parvis.access.models import Link, Proposal
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused
from parvis.post.models import Message
from tests.access.changes.hands import SignedIn, alter, coordinates, fresh, path, token_of, typed
from tests.access.reading import DAY, acting, events, kinds, summary, words
from tests.world import Someone, World


def test_corrected_email_of_an_account_that_waits_kills_the_old_link_and_sends_a_new_one(
    world: World, waiting: Someone, signed_in: SignedIn
) -> None:
    old = token_of(waiting)
    assert look(old).state is State.VALID
    answer = signed_in(world.administrator).post(
        path(world, waiting, "modifier/"), typed(waiting, email="zoe.juste@annecy.example")
    )
    assert answer.status_code == 302
    assert look(old).state is State.SUPERSEDED
    assert look(token_of(waiting)).state is State.VALID
    assert fresh(waiting).email == "zoe.juste@annecy.example"
    assert kinds(world.here.pk, waiting.membership.ref) == ["account.coordinates_changed", "link.renewed"]
    with tenancy.scope(establishment=world.here.pk):
        assert Message.objects.filter(kind="access.first_link").count() == 2
    refused = Client().post(f"/premiere-connexion/{old}/", {"way": "new", "identifier": waiting.identifier})
    assert refused.status_code == 410


def test_corrected_telephone_of_an_account_that_waits_keeps_its_link(
    world: World, waiting: Someone, signed_in: SignedIn
) -> None:
    old = token_of(waiting)
    signed_in(world.administrator).post(path(world, waiting, "modifier/"), typed(waiting, phone="04 50 33 88 88"))
    assert fresh(waiting).phone == "+33450338888"
    assert look(old).state is State.VALID


@pytest.mark.parametrize("closing", ["deactivated", "expired"])
def test_email_corrected_while_the_account_is_closed_kills_the_link_and_sends_the_new_one_at_its_reopening(
    world: World, waiting: Someone, closing: str
) -> None:
    """Otherwise whoever reads the wrong address would open the account, and the right address pass for verified."""
    old = token_of(waiting)
    with acting(world.administrator) as who:
        if closing == "deactivated":
            lifecycle.deactivate(who=who, account_id=waiting.account_id)
        else:
            alter(waiting, ends_on=clock.today() - DAY)
        assert look(old).state is State.CLOSED
        changed = coordinates(waiting, email="zoe.juste@annecy.example")
        changes.change_coordinates(who=who, account_id=waiting.account_id, coordinates=changed)
        assert Link.objects.filter(membership_id=waiting.account_id, superseded_at=None).count() == 0
        with pytest.raises(Refused, match="réactivez|renouvelez"):
            links.send_again(who=who, account_id=waiting.account_id)
        if closing == "deactivated":
            lifecycle.reactivate(who=who, account_id=waiting.account_id)
        else:
            renewal.renew(who=who, account_id=waiting.account_id, ends_on=None)
        assert Link.objects.filter(membership_id=waiting.account_id, superseded_at=None).count() == 1
    assert look(old).state is State.SUPERSEDED
    assert look(token_of(waiting)).state is State.VALID


def test_reopened_account_whose_address_was_right_keeps_its_link(world: World, waiting: Someone) -> None:
    old = token_of(waiting)
    with acting(world.administrator) as who:
        lifecycle.deactivate(who=who, account_id=waiting.account_id)
        lifecycle.reactivate(who=who, account_id=waiting.account_id)
    assert look(old).state is State.VALID
    assert kinds(world.here.pk, waiting.membership.ref) == ["account.deactivated", "account.reactivated"]


def test_link_sent_again_kills_the_one_before(world: World, waiting: Someone, signed_in: SignedIn) -> None:
    old = token_of(waiting)
    assert signed_in(world.administrator).post(path(world, waiting, "renvoyer/")).status_code == 302
    assert look(old).state is State.SUPERSEDED
    assert look(token_of(waiting)).state is State.VALID
    assert kinds(world.here.pk, waiting.membership.ref) == ["link.renewed"]


def test_link_is_not_sent_to_who_has_a_password(world: World, signed_in: SignedIn) -> None:
    answer = signed_in(world.administrator).post(path(world, world.user, "renvoyer/"))
    assert any("a déjà choisi un mot de passe" in line for line in summary(answer))


def test_correction_of_an_active_account_is_proposed_and_changes_nothing_yet(world: World, proposed: Proposal) -> None:
    found = fresh(world.user)
    assert (found.email, found.phone) == (world.user.membership.email, world.user.membership.phone)
    assert found.function == "Paie"
    assert (proposed.email, proposed.phone) == ("lea.juste@annecy.example", "+33450338888")
    happened = events(world.here.pk, found.ref)
    assert [event.kind for event in happened] == ["account.coordinates_changed", "account.correction_proposed"]
    assert "juste" not in json.dumps([[event.before, event.after] for event in happened])
    with tenancy.scope(establishment=world.here.pk):
        assert Message.objects.filter(kind="access.proposal", object_id=proposed.pk).count() == 1


@pytest.mark.parametrize(
    ("answer", "kind"), [("accept", "account.correction_accepted"), ("refuse", "account.correction_refused")]
)
def test_person_alone_answers_the_correction(
    world: World, proposed: Proposal, signed_in: SignedIn, answer: str, kind: str
) -> None:
    where = f"/etablissements/{world.here.siret}/correction/"
    for other in (world.administrator, world.second, world.reader):
        signed_in(other).post(where, {"answer": answer, "proposal": proposed.pk})
    assert fresh(world.user).email == world.user.membership.email
    with tenancy.scope(establishment=world.here.pk):
        assert Proposal.objects.filter(pk=proposed.pk).exists()
    browser = signed_in(world.user)
    assert "lea.juste@annecy.example" in words(browser.get(where))
    for sent in ({}, {"answer": "yes"}):
        assert browser.post(where, sent).status_code == 200
    # A correction that was not the one on the page is neither accepted nor refused.
    for unseen in ("", "x", proposed.pk + 1):
        assert browser.post(where, {"answer": answer, "proposal": unseen}).headers["Location"] == where
    assert fresh(world.user).email == world.user.membership.email
    assert browser.post(where, {"answer": answer, "proposal": proposed.pk}).status_code == 302
    found = fresh(world.user)
    accepted = answer == "accept"
    assert found.email == ("lea.juste@annecy.example" if accepted else world.user.membership.email)
    assert found.phone == ("+33450338888" if accepted else world.user.membership.phone)
    assert ("lea.juste" in found.search_key) == accepted
    last = events(world.here.pk, found.ref)[-1]
    assert (last.kind, last.actor, last.after) == (kind, found.ref, {"fields": ["email", "phone"]})
    # Answered twice: nothing more.
    browser.post(where, {"answer": "accept"})
    assert kinds(world.here.pk, found.ref).count("account.correction_accepted") == accepted


def test_later_correction_takes_the_place_of_the_one_before(world: World, proposed: Proposal) -> None:
    with acting(world.second) as who:
        other = coordinates(world.user, email="lea.encore@annecy.example")
        changes.change_coordinates(who=who, account_id=world.user.account_id, coordinates=other)
        found = Proposal.objects.get(membership=world.user.membership)
    assert (found.email, found.phone) == ("lea.encore@annecy.example", "")


def test_own_email_is_not_changed_from_the_accounts(world: World, signed_in: SignedIn) -> None:
    answer = signed_in(world.administrator).post(
        path(world, world.administrator, "modifier/"), typed(world.administrator, email="autre@annecy.example")
    )
    assert answer.status_code == 200
    assert any("demandez à un autre administrateur" in line for line in summary(answer))
    assert kinds(world.here.pk, world.administrator.membership.ref) == []
