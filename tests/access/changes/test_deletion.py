"""Attached, wrong identifiers."""

import datetime
from typing import Any

import pytest
from django.test import Client

from parvis.access.actions import links
from parvis.access.actions.links import State, look, open_link
from parvis.ground import tenancy
from parvis.ground.tenancy import Refused
from parvis.journal.actions import remember_name
from parvis.post.models import Message
from tests.access.changes.hands import (
    SignedIn,
    fresh,
    owned,
    path,
    token_of,
)
from tests.access.reading import DAY, events, kinds, later, summary, words
from tests.plugins.html import ReadingClient
from tests.world import Someone, World, someone


def test_deletion_of_the_last_account_erases_the_person_whole(
    as_owner: Any, world: World, leaving: Someone, signed_in: SignedIn
) -> None:
    browser = signed_in(leaving)
    assert browser.get(f"/etablissements/{world.here.siret}/").status_code == 200
    assert set(owned(as_owner, leaving.person.pk).values()) == {1}
    administrator = signed_in(world.administrator)
    assert administrator.get(path(world, leaving, "supprimer/")).status_code == 200
    assert set(owned(as_owner, leaving.person.pk).values()) == {1}
    assert administrator.post(path(world, leaving, "supprimer/")).status_code == 302
    assert set(owned(as_owner, leaving.person.pk).values()) == {0}
    assert browser.get(f"/etablissements/{world.here.siret}/").headers["Location"].startswith("/connexion/")
    with as_owner.cursor() as cursor:
        cursor.execute("SELECT kind FROM journal_event WHERE person_id = %s", [leaving.person.pk])
        assert ("identity.erased",) in cursor.fetchall()
        # What is left of the account is its identifier, never given again.
        cursor.execute("SELECT count(*) FROM identity_identifier WHERE code = %s", [leaving.identifier])
        assert cursor.fetchone() == (1,)
        for table in ("access_right", "access_link", "access_proposal"):
            cursor.execute(f"SELECT count(*) FROM {table} WHERE membership_id = %s", [leaving.account_id])
            assert cursor.fetchone() == (0,), table
    (event,) = [event for event in events(world.here.pk) if event.kind == "account.deleted"]
    assert event.object == leaving.membership.ref
    assert event.before == {"profile": "utilisateur", "rights": {"contrats": {"level": 1}}}


def test_name_of_a_deleted_account_stays_readable_in_the_history(
    as_owner: Any, world: World, leaving: Someone, signed_in: SignedIn
) -> None:
    browser = signed_in(world.administrator)
    browser.post(path(world, leaving, "supprimer/"))
    page = words(browser.get(f"/etablissements/{world.here.siret}/historique/"))
    assert "Compte supprimé" in page
    assert "Noé Vidal" in page
    assert browser.get(path(world, leaving)).status_code == 404


def test_person_with_another_account_goes_on_with_the_other_identifier(
    as_owner: Any, world: World, leaving: Someone, signed_in: SignedIn
) -> None:
    other = someone(world.there, "Noé", "Vidal", person=leaving.person)
    browser = signed_in(leaving)
    assert browser.get(f"/etablissements/{world.here.siret}/").status_code == 200
    signed_in(world.administrator).post(path(world, leaving, "supprimer/"))
    left = owned(as_owner, leaving.person.pk)
    assert (left["person"], left["credential"], left["phone"], left["session"]) == (1, 1, 1, 1)
    assert browser.get(f"/etablissements/{world.here.siret}/").status_code == 404
    assert browser.get(f"/etablissements/{world.there.siret}/").status_code == 200
    with as_owner.cursor() as cursor:
        cursor.execute("SELECT code FROM identity_credential WHERE person_id = %s", [leaving.person.pk])
        assert cursor.fetchall() == [(other.identifier,)]
        erased = "SELECT count(*) FROM journal_event WHERE kind = 'identity.erased' AND person_id = %s"
        cursor.execute(erased, [leaving.person.pk])
        assert cursor.fetchone() == (0,)


def test_identifier_once_given_is_never_given_again(
    world: World, monkeypatch: pytest.MonkeyPatch, signed_in: SignedIn
) -> None:
    from parvis.ground.identifiers import account
    from parvis.identity.actions import persons

    free = next(code for code in iter(account.draw, "") if code != world.user.identifier)
    signed_in(world.administrator).post(path(world, world.user, "supprimer/"))
    drawn = iter([world.user.identifier, world.reader.identifier, free])
    monkeypatch.setattr(persons.account, "draw", lambda: next(drawn))
    with tenancy.scope(establishment=world.here.pk):
        assert persons.reserve_identifiers(1) == [free]


def test_account_that_waits_is_deleted_with_its_link(world: World, waiting: Someone, signed_in: SignedIn) -> None:
    token = token_of(waiting)
    assert signed_in(world.administrator).post(path(world, waiting, "supprimer/")).status_code == 302
    assert look(token).state is State.UNKNOWN
    assert open_link(token=token, identifier=waiting.identifier, password="x").state is State.UNKNOWN
    assert Client().get(f"/premiere-connexion/{token}/").status_code == 404


def test_person_who_signs_in_already_attaches_the_new_account_and_keeps_one_person(
    as_owner: Any, world: World, signed_in: SignedIn
) -> None:
    made = someone(world.here, "Inès", "Moreau", confirmed=False)
    with tenancy.scope(establishment=world.here.pk):
        links.issue(made.membership)
    browser = signed_in(world.stranger)
    answer = browser.post(f"/premiere-connexion/{token_of(made)}/", {"way": "known", "identifier": made.identifier})
    assert answer.headers["Location"] == f"/etablissements/{world.here.siret}/"
    assert browser.get(answer.headers["Location"]).status_code == 200
    assert fresh(made).person_id == world.stranger.person.pk
    assert owned(as_owner, world.stranger.person.pk)["credential"] == 2
    assert kinds(world.here.pk, made.membership.ref) == ["account.confirmed"]


def test_person_who_has_an_account_here_does_not_attach_a_second_one(
    world: World, waiting: Someone, signed_in: SignedIn
) -> None:
    token = token_of(waiting)
    answer = signed_in(world.user).post(
        f"/premiere-connexion/{token}/", {"way": "known", "identifier": waiting.identifier}
    )
    assert answer.status_code == 200
    assert any("Vous avez déjà un compte dans cet établissement" in line for line in summary(answer))
    assert fresh(waiting).person_id is None
    assert look(token).state is State.VALID


def test_person_erased_meanwhile_attaches_nothing(as_owner: Any, world: World, waiting: Someone) -> None:
    with as_owner.cursor() as cursor:
        gone = someone(world.there, "Ada", "Noir")
        cursor.execute("DELETE FROM access_membership WHERE id = %s", [gone.account_id])
        cursor.execute("SELECT access_forget_person(%s, now())", [gone.person.pk])
        assert cursor.fetchone() == (True,)
    with pytest.raises(Refused, match="vient d’être supprimé"):
        open_link(token=token_of(waiting), identifier=waiting.identifier, person=gone.person)
    assert fresh(waiting).person_id is None


def test_five_wrong_identifiers_kill_the_link_and_tell_the_administrators(
    world: World, waiting: Someone, signed_in: SignedIn
) -> None:
    token = token_of(waiting)
    browser = ReadingClient()
    for left in (4, 3, 2, 1):
        answer = browser.post(
            f"/premiere-connexion/{token}/",
            {"way": "new", "identifier": world.user.identifier, "password": "quatre tuiles bleues"},
        )
        assert answer.status_code == 200
        assert f"Il vous reste {left} essai" in " ".join(summary(answer)).replace("\u00a0", " ")
        assert browser.get(f"/premiere-connexion/{token}/").status_code == 200
    wrong = {"way": "new", "identifier": "nimporte quoi", "password": "quatre tuiles bleues"}
    assert browser.post(f"/premiere-connexion/{token}/", wrong).status_code == 410
    right = {**wrong, "identifier": waiting.identifier}
    assert browser.post(f"/premiere-connexion/{token}/", right).status_code == 410
    assert fresh(waiting).person_id is None
    assert kinds(world.here.pk, waiting.membership.ref) == ["link.wrong_identifier"] * 5 + ["link.killed"]
    with tenancy.scope(establishment=world.here.pk):
        told = Message.objects.filter(kind="access.link_killed")
        assert {message.detail["to"] for message in told} == {world.administrator.account_id, world.second.account_id}
    assert "cinq identifiants erronés" in words(signed_in(world.administrator).get(path(world, waiting)))


def test_link_is_worth_fifteen_days_and_not_one_more(world: World, waiting: Someone) -> None:
    token = token_of(waiting)
    for days, expected in ((14, State.VALID), (15, State.EXPIRED)):
        with later(days * DAY + datetime.timedelta(minutes=1)):
            assert look(token).state is expected


def test_name_is_remembered_once_for_each_name_borne(world: World) -> None:
    from parvis.journal.models import Name

    with tenancy.scope(establishment=world.here.pk):
        for name in ("Léa Martin", "Léa Roux", "Léa Roux", "Léa Martin"):
            remember_name(world.user.membership.ref, name)
        found = Name.objects.filter(ref=world.user.membership.ref).order_by("id").values_list("name", flat=True)
        assert list(found) == ["Léa Martin", "Léa Roux", "Léa Martin"]
