"""Successions: who may prepare and decide them, what is refused, and the pages."""

import datetime
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.urls import reverse

from parvis.access.levels import Level
from parvis.advisers import four_eyes
from parvis.advisers.models import SensitiveAct
from parvis.backoffice.succession import actions
from parvis.backoffice.succession.queries import preview
from parvis.establishments.models import Succession
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused
from parvis.journal.models import Event
from tests.backoffice.succession_hands import (
    ELSEWHERE,
    FIRST_DAY,
    Merger,
    account,
    asked,
    office,
    plain,
    prepared,
    rights,
)
from tests.browsers import inside
from tests.plugins.html import ReadingClient
from tests.world import World, establishment, someone

pytestmark = pytest.mark.usefixtures("as_owner")


@pytest.fixture
def merger(world: World, as_owner: object) -> Merger:
    return Merger(world)


# --- Who decides it --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"old_siret": "21740001900022"}, "n’est pas dans le répertoire"),
        ({"new_siret": "21740001900014"}, "deux SIRET différents"),
        ({"on": datetime.date(2090, 1, 1)}, ""),
    ],
)
def test_what_cannot_be_prepared_or_asked_is_refused(merger: Merger, change: dict[str, Any], why: str) -> None:
    if why:
        with pytest.raises(Refused, match=why):
            prepared(merger, **change)
        return
    made = prepared(merger, **change)
    with office(merger.world.advisers["first"]) as who, pytest.raises(Refused, match="se décide à partir de ce jour"):
        actions.ask(who=who, ref=made.ref)


def test_nobody_decides_alone_and_nothing_is_done_twice(merger: Merger) -> None:
    made, act = asked(merger)
    with office(merger.world.advisers["first"]) as who:
        with pytest.raises(Refused, match="second niveau"):
            four_eyes.approve(who=who, act_id=act.pk)
        with pytest.raises(Refused, match="attend déjà"):
            actions.ask(who=who, ref=made.ref)
        with pytest.raises(Refused, match="second conseiller doit"):
            actions.cancel(who=who, ref=made.ref)
        with pytest.raises(Refused, match="déjà préparée ou faite"):
            actions.prepare(
                who=who,
                old_siret=merger.old.siret,
                new_siret=ELSEWHERE,
                cause="merger",
                on=FIRST_DAY,
                reason="Autre arrêté",
            )
    with office(merger.world.advisers["second"]) as who:
        four_eyes.approve(who=who, act_id=act.pk)
        with pytest.raises(Refused, match="déjà décidé"):
            four_eyes.approve(who=who, act_id=act.pk)
        with pytest.raises(Refused, match="faite, ou abandonnée"):
            actions.cancel(who=who, ref=made.ref)
    with office(merger.world.advisers["first"]) as who, pytest.raises(Refused, match="lui-même repris"):
        actions.prepare(
            who=who, old_siret=ELSEWHERE, new_siret=merger.old.siret, cause="merger", on=FIRST_DAY, reason="Arrêté"
        )


def test_a_fault_half_way_leaves_everything_as_it_was(merger: Merger, monkeypatch: pytest.MonkeyPatch) -> None:
    made, act = asked(merger)
    monkeypatch.setattr("parvis.backoffice.succession.carrying_out._tell", lambda *_: 1 / 0)
    with office(merger.world.advisers["second"]) as who, pytest.raises(ZeroDivisionError):
        four_eyes.approve(who=who, act_id=act.pk)
    made.refresh_from_db()
    act.refresh_from_db()
    assert (made.done_at, act.state) == (None, "waiting")
    assert account(merger.double).establishment_id == merger.old.pk
    assert rights(merger.world.user)["contrats"] == Level.READ
    assert not Event.objects.filter(kind="succession.left", object=made.ref).exists()


def test_who_decides_opens_the_preview(merger: Merger) -> None:
    made, act = asked(merger)
    second = inside(ReadingClient(), merger.world.advisers["second"])
    page = second.get(f"/conseiller/quatre-yeux/{act.pk}/").content.decode()
    assert f"/{made.ref}/" in page
    assert "Voir l’aperçu de la reprise" in page
    assert second.get(reverse("backoffice:succession", args=[made.ref])).status_code == 200


def test_an_establishment_of_another_fund_is_left_alone(merger: Merger) -> None:
    foreign = establishment("21740081100014", "Chevaline", ("faefm",))
    with office(merger.world.advisers["first"]) as who:
        for field, sirets in (("old", (foreign.siret, ELSEWHERE)), ("new", (ELSEWHERE, foreign.siret))):
            with pytest.raises(Refused, match="ne relève pas de vos fonds") as refusal:
                actions.prepare(
                    who=who, old_siret=sirets[0], new_siret=sirets[1], cause="siret", on=FIRST_DAY, reason="x"
                )
            assert refusal.value.field == field
    made = prepared(merger)
    with office(merger.world.advisers["other"]) as who:
        assert not Succession.objects.exists()
        with pytest.raises(Refused, match="faite, ou abandonnée"):
            actions.ask(who=who, ref=made.ref)


def _denied(statement: str, values: list[Any]) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
    except ProgrammingError as fault:
        return isinstance(fault.__cause__, psycopg.errors.InsufficientPrivilege)
    return False


SUCCEED = "SELECT access_succeed(%s, '{}', '{}', '{}', '', NULL, %s, %s)"


def test_the_crossings_refuse_strangers(merger: Merger) -> None:
    made = prepared(merger)
    values = [made.ref, clock.now(), clock.today()]
    # Nobody asked two advisers to decide it; nor may an establishment's own people, nor advisers of other funds.
    with office(merger.world.advisers["second"]):
        assert _denied(SUCCEED, values)
    with office(merger.world.advisers["first"]) as who:
        actions.ask(who=who, ref=made.ref)
    with office(merger.world.advisers["other"]):
        assert _denied(SUCCEED, values)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM access_in_both(%s, %s)", [merger.old.pk, merger.new.pk])
            assert cursor.fetchone() == (0,)
            cursor.execute("SELECT count(*) FROM access_received(%s, 0, %s)", [merger.centre.pk, clock.today()])
            assert cursor.fetchone() == (0,)
    with tenancy.scope(person=merger.world.stranger.person.pk, establishment=merger.old.pk):
        assert _denied(SUCCEED, values)
        assert _denied("SELECT access_in_both(%s, %s)", [merger.old.pk, merger.new.pk])
        assert _denied("SELECT access_weight(%s)", [merger.new.pk])
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM access_became(%s, %s)", [merger.apart.person.pk, merger.old.siret])
            assert cursor.fetchone() == (0,)


# --- The pages -------------------------------------------------------------------------------------------------------
def test_the_whole_way_by_the_pages(merger: Merger) -> None:
    first = inside(ReadingClient(), merger.world.advisers["first"])
    prepare = "/conseiller/sirene/reprises/preparer/"
    assert f'value="{merger.old.siret}"' in first.get(f"{prepare}?ancien={merger.old.siret}").content.decode()
    wrong = first.post(prepare, {"old": "123", "new": "", "cause": "x", "on": "hier", "reason": ""})
    assert wrong.status_code == 200 and wrong.content.decode().count("Erreur :") >= 5
    said = {
        "old": merger.old.siret,
        "new": merger.new.siret,
        "cause": "commune",
        "on": "01/01/2026",
        "reason": "Arrêté",
    }
    answer = first.post(prepare, said)
    assert answer.status_code == 302
    page = first.get(answer.headers["Location"]).content.decode()
    text = plain(page)
    assert "Léa Martin Administrateur Réuni avec son compte d’Annecy, qui devient administrateur" in text
    assert "Inès Moreau Administrateur Passe tel quel" in text
    assert "Annecy a déjà un contrat avec ce fonds" in text and "Centre de gestion Passe telle quelle" in text
    assert first.post(answer.headers["Location"], {"geste": "demander"}).status_code == 302
    act = SensitiveAct.objects.get(kind="succession")
    second = inside(ReadingClient(), merger.world.advisers["second"])
    decided = second.post(f"/conseiller/quatre-yeux/{act.pk}/", {"geste": "approuver", "note": "Vu"})
    assert decided.status_code == 302
    assert "Faite" in first.get("/conseiller/sirene/reprises/").content.decode()
    assert "3 comptes (dont 1 réuni)" in plain(first.get(answer.headers["Location"]).content.decode())


def test_a_succession_is_given_up_and_may_be_prepared_again(merger: Merger) -> None:
    made = prepared(merger)
    first = inside(ReadingClient(), merger.world.advisers["first"])
    assert first.post(f"/conseiller/sirene/reprises/{made.ref}/", {"geste": "abandonner"}).status_code == 302
    assert "Abandonnée" in first.get(f"/conseiller/sirene/reprises/{made.ref}/").content.decode()
    assert prepared(merger).ref != made.ref
    other = inside(ReadingClient(), merger.world.advisers["other"])
    assert other.get(f"/conseiller/sirene/reprises/{made.ref}/").status_code == 404
    assert "Abondance" not in other.get("/conseiller/sirene/reprises/").content.decode()


def test_the_preview_asks_as_much_for_many_accounts(merger: Merger, django_assert_max_num_queries: Any) -> None:
    for number in range(12):
        someone(merger.old, f"Prénom{number}", "Durand", confirmed=False)
    with office(merger.world.advisers["first"]) as who, django_assert_max_num_queries(45):
        assert len(preview(who, merger.old, merger.new, FIRST_DAY).accounts) == 15
