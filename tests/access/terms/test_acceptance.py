"""Accepting: by an administrator, once, and only the text that was read."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, transaction

from parvis.access.actions import changes
from parvis.access.models import Membership, Profile, TermsAcceptance
from parvis.access.terms.actions import accept
from parvis.access.terms.versions import Version
from parvis.ground import tenancy
from parvis.ground.tenancy import Refused
from parvis.journal.models import Event
from parvis.journal.queries import HistoryFilters, history
from parvis.post.models import Message
from tests.access.terms.hands import DAY, Texts, address, announced, given, standing_of, today
from tests.ground.policies.hands import ask, denied
from tests.plugins.html import ReadingClient
from tests.world import Someone, World

SignedIn = Callable[[Someone], ReadingClient]


def pressed(version: Version) -> dict[str, str]:
    return {"version": str(version.number), "text": version.digest}


def told(world: World, kind: str) -> list[int]:
    with tenancy.scope(establishment=world.here.pk):
        return list(Message.objects.filter(kind=kind).order_by("id").values_list("object_id", flat=True))


def events(world: World, kind: str) -> list[dict[str, Any]]:
    with tenancy.scope(establishment=world.here.pk):
        return list(Event.objects.filter(kind=kind).order_by("id").values_list("after", flat=True))


def test_administrator_accepts_for_the_establishment_and_the_others_are_told(
    world: World, second: Version, signed_in: SignedIn
) -> None:
    browser = signed_in(world.administrator)
    answer = browser.post(address(world.here), pressed(second), follow=True)
    assert "(version 2) sont acceptées pour Annecy" in answer.content.decode()
    assert answer.redirect_chain == [(f"/etablissements/{world.here.siret}/", 302)]
    with tenancy.scope(establishment=world.here.pk):
        kept = TermsAcceptance.objects.get(version=2)
    assert (kept.digest, kept.name) == (second.digest, "Claire Dubois")
    assert kept.accepted_by == world.administrator.membership.ref
    assert events(world, "terms.accepted") == [{"version": 2}]
    assert told(world, "access.terms_accepted") == [world.second.account_id]
    assert standing_of(world.user).terms.asked is None


def test_the_history_says_who_accepted_which_version(world: World, second: Version, signed_in: SignedIn) -> None:
    signed_in(world.second).post(address(world.here), pressed(second))
    with tenancy.scope(establishment=world.here.pk):
        line = history(HistoryFilters(kind="terms.accepted")).lines[0]
    assert (line.label, line.text, line.actor) == ("Conditions générales acceptées", "Version 2", "Paul Girard")


@pytest.mark.parametrize("who", ["user", "reader"])
def test_user_who_presses_all_the_same_meets_403_that_names_who_can(
    world: World, second: Version, signed_in: SignedIn, who: str
) -> None:
    answer = signed_in(getattr(world, who)).post(address(world.here), pressed(second))
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Rien n’est accepté" in page
    assert "Claire Dubois" in page and "Paul Girard" in page
    assert given(world.here) == [(1, "Claire Dubois")]


def test_stranger_meets_404_and_accepts_nothing_elsewhere(world: World, second: Version, signed_in: SignedIn) -> None:
    assert signed_in(world.stranger).post(address(world.here), pressed(second)).status_code == 404
    assert given(world.here) == [(1, "Claire Dubois")]


def test_second_administrator_who_presses_gets_the_acceptance_of_the_first(
    world: World, second: Version, signed_in: SignedIn
) -> None:
    signed_in(world.administrator).post(address(world.here), pressed(second))
    answer = signed_in(world.second).post(address(world.here), pressed(second), follow=True)
    assert "déjà acceptées pour Annecy, par Claire Dubois" in answer.content.decode()
    assert given(world.here) == [(1, "Claire Dubois"), (2, "Claire Dubois")]
    assert len(events(world, "terms.accepted")) == 1
    assert told(world, "access.terms_accepted") == [world.second.account_id]


def test_a_newer_version_that_appeared_meanwhile_is_shown_and_nothing_is_accepted(
    world: World, second: Version, texts: Texts, signed_in: SignedIn, move: Callable[..., Any]
) -> None:
    texts.write(3, today() + DAY)
    move(DAY)
    answer = signed_in(world.administrator).post(address(world.here), pressed(second), follow=True)
    page = answer.content.decode()
    assert "n’est plus celui qui est à accepter : rien n’est accepté" in page
    assert "Accepter la version 3" in page
    assert given(world.here) == [(1, "Claire Dubois")]


@pytest.mark.parametrize(
    "pressing",
    [{}, {"version": "2"}, {"version": "2", "text": "x"}, {"version": "3", "text": "x"}, {"version": "deux"},
     {"version": "99999999999999999999", "text": "x"}, {"version": "-2"}],
)  # fmt: skip
def test_what_is_not_the_text_shown_accepts_nothing(
    world: World, second: Version, signed_in: SignedIn, pressing: dict[str, str]
) -> None:
    answer = signed_in(world.administrator).post(address(world.here), pressing, follow=True)
    assert "rien n’est accepté" in answer.content.decode()
    assert given(world.here) == [(1, "Claire Dubois")]


def test_a_text_that_changed_under_its_number_is_not_accepted_unread(
    world: World, second: Version, texts: Texts, signed_in: SignedIn
) -> None:
    texts.write(2, today(), body="Un autre texte.")
    answer = signed_in(world.administrator).post(address(world.here), pressed(second), follow=True)
    assert "Un autre texte." in answer.content.decode()
    assert given(world.here) == [(1, "Claire Dubois")]


def test_administrator_who_lost_the_profile_meanwhile_accepts_nothing(world: World, second: Version) -> None:
    who = standing_of(world.administrator)
    with tenancy.scope(person=world.second.person.pk, establishment=world.here.pk):
        changes.change_profile(
            who=standing_of(world.second), account_id=world.administrator.account_id, profile=Profile.USER
        )
        with pytest.raises(Refused, match="Seule une personne qui administre"):
            accept(who=who, number=2, digest=second.digest)
    assert given(world.here) == [(1, "Claire Dubois")]


def test_last_administrator_past_the_day_renews_before_accepting(
    world: World, second: Version, signed_in: SignedIn
) -> None:
    Membership.objects.filter(pk=world.second.account_id).update(profile=Profile.USER)
    Membership.objects.filter(pk=world.administrator.account_id).update(ends_on=today() - DAY)
    browser = signed_in(world.administrator)
    page = browser.get(address(world.here)).content.decode()
    assert "puis revenez accepter cette version" in page
    assert "Accepter la version 2</button>" not in page
    assert browser.post(address(world.here), pressed(second)).status_code == 403
    assert given(world.here) == [(1, "Claire Dubois")]


def test_a_version_may_be_accepted_before_it_applies(
    world: World, texts: Texts, as_owner: object, signed_in: SignedIn
) -> None:
    texts.write(1, today() - 100 * DAY)
    coming = texts.write(2, today(), today() + 20 * DAY)
    announced(world.here, 2, today())
    assert "Elle s’appliquera à partir du" in signed_in(world.administrator).get(address(world.here)).content.decode()
    signed_in(world.administrator).post(address(world.here), pressed(coming))
    assert [version for version, _ in given(world.here)] == [1, 2]


def test_get_accepts_nothing(world: World, second: Version, signed_in: SignedIn) -> None:
    signed_in(world.administrator).get(address(world.here), pressed(second))
    assert given(world.here) == [(1, "Claire Dubois")]


def test_the_application_can_neither_change_nor_delete_an_acceptance(world: World) -> None:
    with tenancy.scope(establishment=world.here.pk):
        for sql in (
            "UPDATE access_termsacceptance SET name = 'x'",
            "DELETE FROM access_termsacceptance",
            "INSERT INTO access_termsnotice (establishment_id, version, step, noticed_on) "
            "SELECT establishment_id, 1, 'closed', '2026-01-01' FROM access_termsacceptance",
            "UPDATE access_termsnotice SET noticed_on = '2026-01-01'",
            "DELETE FROM access_termsnotice",
        ):
            with denied():
                ask(sql)


def test_a_stranger_sees_and_writes_no_acceptance_of_others(world: World) -> None:
    write = (
        "INSERT INTO access_termsacceptance (establishment_id, version, digest, accepted_at, accepted_by, name) "
        "VALUES (%s, 9, 'x', '2026-11-01', '00000000-0000-0000-0000-000000000000', 'x')"
    )
    with tenancy.scope(person=world.stranger.person.pk, establishment=world.there.pk):
        assert ask("SELECT DISTINCT establishment_id FROM access_termsacceptance") == [(world.there.pk,)]
        with denied("row-level security"):
            ask(write, world.here.pk)
    with tenancy.scope(person=world.stranger.person.pk, role=tenancy.PERSON), denied():
        ask("SELECT * FROM access_termsacceptance")


def test_the_database_itself_keeps_one_acceptance_per_version(world: World) -> None:
    with tenancy.scope(establishment=world.here.pk):
        kept = TermsAcceptance.objects.get()
        kept.pk = None
        with pytest.raises((DatabaseError, psycopg.Error), match="terms_accepted_once"), transaction.atomic():
            kept.save(force_insert=True)


def test_administrator_whose_only_factor_is_a_shared_landline_chooses_another_before_accepting(
    world: World, second: Version, signed_in: SignedIn
) -> None:
    browser = signed_in(world.administrator)
    session = browser.session
    session["strong_factor"] = False
    session.save()
    assert browser.get(address(world.here)).status_code == 200
    answer = browser.post(address(world.here), pressed(second))
    assert answer["Location"] == "/mon-compte/second-facteur/plus-sur/"
    assert 2 not in [version for version, _ in given(world.here)]
    assert events(world, "terms.accepted") == []
