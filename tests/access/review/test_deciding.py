"""Deciding: on what was seen, by somebody else, once; each decision is kept, and told to the journal."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from parvis.access.actions import changes, lifecycle
from parvis.access.actions.creation import Grant
from parvis.access.levels import Level
from parvis.access.models import Profile, Review, ReviewDecision
from parvis.access.review import actions
from parvis.access.review.state import Choice, Settled
from parvis.ground import tenancy
from parvis.ground.tenancy import Refused
from tests.access.accounts.hands import crowd
from tests.access.reading import acting, events, html, post
from tests.access.review.hands import (
    SignedIn,
    account,
    at_work,
    decide_all,
    decisions,
    hidden,
    home,
    keep,
    line,
    lines,
    opened,
    rights,
    text,
)
from tests.world import World


@pytest.fixture
def review(world: World) -> Review:
    return opened(world.administrator)


def test_page_shows_everybody_with_profile_rights_and_last_use(
    world: World, review: Review, signed_in: SignedIn
) -> None:
    said = text(signed_in(world.administrator).get(home(world.here)))
    assert "0 ligne décidée sur 4" in said
    for part in ("Léa Martin", "Profil Utilisateur", "Aucune visite depuis la création du compte", "Lecture seule"):
        assert part in said
    assert "Votre propre ligne est décidée par une autre personne qui administre." in said
    assert "Paul Girard" in said and "Marc Petit" in said


def test_conserver_is_kept_decision_by_decision(world: World, review: Review, signed_in: SignedIn) -> None:
    browser, chosen = signed_in(world.administrator), line(world, world.user)
    page = browser.get(home(world.here))
    answer = post(
        browser,
        home(world.here),
        revue=str(review.pk),
        ligne=str(chosen.id),
        **{f"vu-{chosen.id}": hidden(page, f"vu-{chosen.id}")},
    )
    assert answer.status_code == 302
    again = text(browser.get(home(world.here)))
    assert "l’accès de Léa Martin est conservé" in again and "1 ligne décidée sur 4" in again
    assert decisions(world.here) == [
        (str(world.user.membership.ref), "kept", world.administrator.membership.ref),
    ]
    (event,) = events(world.here.pk, world.user.membership.ref, "review.")
    assert (event.actor, event.after) == (world.administrator.membership.ref, {"choice": "kept"})
    assert "Conservé, le" in text(browser.get(home(world.here), {"voir": "decidees"}))


def test_rights_changed_between_showing_and_deciding_are_not_decided(world: World, review: Review) -> None:
    seen = line(world, world.user)
    with acting(world.second) as who:
        changes.set_rights(who=who, account_id=world.user.account_id, grants=[Grant("contrats", Level.READ)])
    done = keep(world.administrator, seen)
    assert done.names == [] and "a changé depuis l’affichage" in done.refused[0]
    assert decisions(world.here) == []
    with at_work(world.administrator) as (who, held), pytest.raises(Refused, match="a changé depuis l’affichage"):
        actions.withdraw(who=who, review_id=held.pk, line_id=seen.id, seal=seen.seal, account=True)
    assert account(world.user).deactivated_at is None


def test_two_administrators_on_the_same_line_decide_it_once(world: World, review: Review) -> None:
    seen = line(world, world.user)
    assert keep(world.second, seen).names == ["Léa Martin"]
    done = keep(world.administrator, seen)
    assert done.names == [] and "vient d’être décidé" in done.refused[0]
    assert len(decisions(world.here)) == 1


def test_a_decision_can_be_taken_again_and_both_stay(world: World, review: Review) -> None:
    keep(world.administrator, line(world, world.user))
    seen = line(world, world.user)
    with at_work(world.second) as (who, held):
        actions.withdraw(who=who, review_id=held.pk, line_id=seen.id, seal=seen.seal, account=False)
    assert [choice for _, choice, _ in decisions(world.here)] == ["kept", "emptied"]
    assert rights(world.user) == {}
    now = line(world, world.user)
    assert now.decided is not None and now.decided.choice is Choice.EMPTIED and not now.pending


def test_one_s_own_line_is_decided_by_another(world: World, review: Review, signed_in: SignedIn) -> None:
    own = line(world, world.administrator)
    assert keep(world.administrator, own).refused == [actions.OWN_LINE]
    browser = signed_in(world.administrator)
    for act in ("modifier", "retirer"):
        answer = browser.get(f"{home(world.here)}lignes/{own.id}/{act}/")
        assert answer.status_code == 403
    assert decisions(world.here) == []
    assert keep(world.second, own).names == ["Claire Dubois"]


def test_only_administrator_signs_their_own_line_and_cannot_withdraw_themselves(
    world: World, signed_in: SignedIn
) -> None:
    with acting(world.administrator) as who:
        changes.change_profile(who=who, account_id=world.second.account_id, profile=Profile.USER)
    opened(world.administrator)
    browser, own = signed_in(world.administrator), line(world, world.administrator)
    assert "Signer pour moi : conserver" in text(browser.get(home(world.here)))
    assert browser.get(f"{home(world.here)}lignes/{own.id}/retirer/").status_code == 403
    assert keep(world.administrator, own).names == ["Claire Dubois"]


def test_modifier_sets_the_rights_and_decides(world: World, review: Review, signed_in: SignedIn) -> None:
    browser, chosen = signed_in(world.administrator), line(world, world.user)
    path = f"{home(world.here)}lignes/{chosen.id}/modifier/"
    page = browser.get(path)
    typed = {"vu": hidden(page, "vu"), "niveau-mon-etablissement": "lecture", "niveau-contrats": "aucun"}
    answer = post(browser, path, **typed)
    assert answer.status_code == 302
    assert rights(world.user) == {"mon-etablissement": 1}
    assert [choice for _, choice, _ in decisions(world.here)] == ["modified"]
    assert "Les droits de Léa Martin sont modifiés" in text(browser.get(home(world.here)))


def test_modifier_with_another_s_change_keeps_what_was_typed_and_says_so(
    world: World, review: Review, signed_in: SignedIn
) -> None:
    browser, chosen = signed_in(world.administrator), line(world, world.user)
    path = f"{home(world.here)}lignes/{chosen.id}/modifier/"
    typed = {"vu": hidden(browser.get(path), "vu"), "niveau-contrats": "aucun"}
    with acting(world.second) as who:
        changes.set_rights(who=who, account_id=world.user.account_id, grants=[Grant("contrats", Level.READ)])
    page = post(browser, path, **typed)
    assert page.status_code == 200 and "a changé depuis l’affichage" in text(page)
    assert rights(world.user) == {"contrats": 1}
    assert hidden(page, "vu") == line(world, world.user).seal
    assert post(browser, path, **{**typed, "vu": hidden(page, "vu")}).status_code == 302
    assert rights(world.user) == {}


def test_rights_left_as_they_were_are_kept(world: World, review: Review) -> None:
    seen = line(world, world.user)
    same = [Grant(one.service, one.level) for one in seen.rights]
    with at_work(world.administrator) as (who, held):
        assert actions.modify(who=who, review_id=held.pk, line_id=seen.id, seal=seen.seal, grants=same) is Choice.KEPT


@pytest.mark.parametrize(("what", "choice"), [("droits", "emptied"), ("compte", "deactivated")])
def test_retirer_takes_the_rights_or_the_account(
    world: World, review: Review, signed_in: SignedIn, what: str, choice: str
) -> None:
    browser, chosen = signed_in(world.administrator), line(world, world.user)
    path = f"{home(world.here)}lignes/{chosen.id}/retirer/"
    page = post(browser, path, vu=chosen.seal)
    assert "Choisissez ce qu’il faut retirer" in text(page)
    assert post(browser, path, vu=chosen.seal, what=what).status_code == 302
    assert [one for _, one, _ in decisions(world.here)] == [choice]
    assert (rights(world.user) == {}) is (what == "droits")
    assert (account(world.user).deactivated_at is None) is (what == "droits")


def test_account_deleted_during_the_review_leaves_nothing_to_decide(
    world: World, review: Review, signed_in: SignedIn
) -> None:
    seen = line(world, world.user)
    with acting(world.second) as who:
        lifecycle.delete(who=who, account_id=world.user.account_id)
    assert "plus rien à décider" in keep(world.administrator, seen).refused[0]
    browser = signed_in(world.administrator)
    assert "Léa Martin" not in text(browser.get(home(world.here))).split("En cas de difficulté")[0].split("Décidées")[1]
    said = text(browser.get(home(world.here), {"voir": "toutes"}))
    assert "Léa Martin" in said and Settled.DELETED.label in said
    assert browser.get(f"{home(world.here)}lignes/{seen.id}/modifier/").status_code == 404


def test_signing_wants_every_line_then_nothing_changes_any_more(
    world: World, review: Review, signed_in: SignedIn
) -> None:
    browser = signed_in(world.administrator)
    with at_work(world.administrator) as (who, held), pytest.raises(Refused, match="Il reste"):
        actions.sign(who=who, review_id=held.pk)
    decide_all(world)
    assert "Tout est décidé" in text(browser.get(home(world.here)))
    answer = post(browser, f"{home(world.here)}signer/", revue=str(review.pk))
    assert answer.status_code == 302 and str(review.ref) in answer.headers["Location"]
    with tenancy.scope(establishment=world.here.pk):
        signed = Review.objects.get(pk=review.pk)
        assert signed.signed_by == world.administrator.membership.ref and signed.closed_at is not None
        for statement in (
            lambda: Review.objects.filter(pk=review.pk).update(signed_by=world.second.membership.ref),
            lambda: ReviewDecision.objects.filter(review=review).update(choice="emptied"),
            lambda: connection.cursor().execute("DELETE FROM access_reviewdecision"),
            lambda: connection.cursor().execute("DELETE FROM access_reviewline"),
            lambda: connection.cursor().execute("DELETE FROM access_review"),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                statement()
    (event,) = events(world.here.pk, review.ref, "review.signed")
    assert event.after == {"lines": 4, "kept": 4}
    with acting(world.administrator) as who, pytest.raises(Refused, match="est close"):
        actions.sign(who=who, review_id=review.pk)


def test_what_is_posted_after_the_end_is_said_to_be_too_late(world: World, review: Review, signed_in: SignedIn) -> None:
    chosen = line(world, world.user)
    decide_all(world)
    with at_work(world.administrator) as (who, held):
        actions.sign(who=who, review_id=held.pk)
    browser = signed_in(world.administrator)
    post(browser, home(world.here), revue=str(review.pk), ligne=str(chosen.id))
    assert "Cette revue est close" in text(browser.get(home(world.here)))


def test_unchanged_lines_are_kept_together_the_next_time(world: World, review: Review, signed_in: SignedIn) -> None:
    decide_all(world)
    with at_work(world.administrator) as (who, held):
        actions.sign(who=who, review_id=held.pk)
    with acting(world.administrator) as who:
        changes.set_rights(who=who, account_id=world.user.account_id, grants=[Grant("contrats", Level.READ)])
    second = opened(world.administrator)
    browser = signed_in(world.administrator)
    page = browser.get(home(world.here))
    assert "2 lignes de cette page n’ont pas changé" in text(page)
    found = lines(world.here)
    same = [found["Marc Petit"], found["Paul Girard"]]
    typed: dict[str, Any] = {f"vu-{one.id}": one.seal for one in found.values()}
    post(
        browser,
        home(world.here),
        revue=str(second.pk),
        inchangees="1",
        inchangee=[str(one.id) for one in same],
        **typed,
    )
    assert {name for name, one in lines(world.here).items() if one.decided} == {"Marc Petit", "Paul Girard"}


def test_page_of_five_hundred_asks_as_often_as_page_of_four(
    world: World, as_owner: object, signed_in: SignedIn
) -> None:
    opened(world.administrator)
    browser = signed_in(world.administrator)
    browser.get(home(world.here))
    with CaptureQueriesContext(connection) as few:
        browser.get(home(world.here))
    decide_all(world)
    with at_work(world.administrator) as (who, held):
        actions.sign(who=who, review_id=held.pk)
    crowd(world.here, 500)
    opened(world.administrator)
    with CaptureQueriesContext(connection) as many:
        page = browser.get(home(world.here))
    assert "Page 1 sur 11" in text(page)
    assert len(many) <= len(few) + 1  # the names under the reviews of the past
    with at_work(world.administrator) as (who, held), CaptureQueriesContext(connection) as kept:
        seals = {one.id: one.seal for one in lines(world.here).values() if one.ref != who.ref}
        done = actions.keep(who=who, review_id=held.pk, seals=seals)
    assert len(done.names) == 503 and len(kept) < 20


def test_pages_are_the_administrators_alone(world: World, review: Review, signed_in: SignedIn) -> None:
    chosen = line(world, world.reader)
    paths = ["", f"lignes/{chosen.id}/modifier/", f"lignes/{chosen.id}/retirer/", "signer/", f"{review.ref}/"]
    user, stranger = signed_in(world.user), signed_in(world.stranger)
    for path in paths:
        assert user.get(home(world.here) + path).status_code == 403
        assert stranger.get(home(world.here) + path).status_code == 404
    for path in ("", f"suspendus/{world.user.account_id}/"):
        assert post(user, home(world.here) + path).status_code == 403
        assert post(stranger, home(world.here) + path).status_code == 404
    # From one's own establishment, another's lines and records do not exist.
    assert stranger.get(f"{home(world.there)}{review.ref}/").status_code == 404
    assert stranger.get(f"{home(world.there)}lignes/{chosen.id}/modifier/").status_code == 404
    opened(world.stranger)
    with at_work(world.stranger) as (who, held):
        done = actions.keep(who=who, review_id=held.pk, seals={chosen.id: chosen.seal})
        assert (done.names, done.refused) == ([], [])
        with pytest.raises(Refused, match="est close"):
            actions.keep(who=who, review_id=review.pk, seals={chosen.id: chosen.seal})
    assert decisions(world.here) == []


@pytest.mark.parametrize("typed", [{}, {"ligne": "x", "revue": "y"}, {"ligne": "9" * 30, "revue": "1"}])
def test_malformed_posts_say_that_nothing_was_written(
    world: World, review: Review, signed_in: SignedIn, typed: dict[str, str]
) -> None:
    browser = signed_in(world.administrator)
    assert post(browser, f"{home(world.here)}?page=abc&voir=x", **typed).status_code == 302
    assert "rien n’est enregistré" in text(browser.get(home(world.here)))
    assert browser.get(home(world.here), {"page": "999999999999", "voir": "'"}).status_code == 200


def test_signing_asks_a_fresh_second_factor(world: World, review: Review, signed_in: SignedIn) -> None:
    decide_all(world)
    browser = signed_in(world.administrator)
    session = browser.session
    session["factor_at"] = 0
    session.save()
    answer = post(browser, f"{home(world.here)}signer/", revue=str(review.pk))
    assert answer.status_code == 302 and str(review.ref) not in answer.headers["Location"]
    with tenancy.scope(establishment=world.here.pk):
        assert Review.objects.get(pk=review.pk).closed_at is None


def test_one_review_at_a_time(world: World, review: Review, signed_in: SignedIn) -> None:
    browser = signed_in(world.second)
    post(browser, home(world.here), ouvrir="1")
    assert "Une revue est déjà en cours" in text(browser.get(home(world.here)))
    with tenancy.scope(establishment=world.here.pk):
        assert Review.objects.count() == 1


def test_review_is_among_the_things_to_do(world: World, review: Review, signed_in: SignedIn) -> None:
    said = text(signed_in(world.administrator).get(f"/etablissements/{world.here.siret}/"))
    assert "Revue des droits" in said and "il reste 4 lignes à décider" in said
    assert "Revue des droits" not in html(signed_in(world.user).get(f"/etablissements/{world.here.siret}/"))


def test_membership_that_reappears_has_to_be_decided(world: World, review: Review) -> None:
    with acting(world.second) as who:
        lifecycle.deactivate(who=who, account_id=world.user.account_id)
    assert line(world, world.user).settled is Settled.DEACTIVATED
    with acting(world.second) as who:
        lifecycle.reactivate(who=who, account_id=world.user.account_id)
    assert line(world, world.user).pending
