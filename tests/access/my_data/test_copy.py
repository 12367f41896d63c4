"""The copy of somebody's data: whole, without a secret, theirs alone, after a fresh second factor."""

import io
import json
from typing import Any

import psycopg
import pypdf
import pytest
from django.db import connection

from parvis.access import registry
from parvis.access.models import Absence, Deputyship, Handover, Link
from parvis.access.my_data.files import slug
from parvis.access.my_data.parts import NOT_COPIED, OTHERWISE, PARTS
from parvis.ground import clock, tenancy
from parvis.identity.models import CallCode, CoordinateChange
from parvis.journal.models import Event
from tests.ground.policies.hands import ask, denied, rows, tables_with
from tests.world import TOTP_SECRET, World

JSON, PDF = "/mon-compte/mes-donnees/copie.json", "/mon-compte/mes-donnees/copie.pdf"


def test_every_table_that_knows_a_person_is_copied_or_says_why_not(owner: psycopg.Connection[Any]) -> None:
    known = {*tables_with(owner, "person_id"), "identity_person"}
    copied = {part.table for part in PARTS}
    assert known == copied | set(OTHERWISE) | set(NOT_COPIED)
    assert all(OTHERWISE.values()) and all(NOT_COPIED.values())


@pytest.mark.parametrize("part", PARTS, ids=[part.table for part in PARTS])
def test_every_column_is_copied_or_says_why_not(part: Any, owner: psycopg.Connection[Any]) -> None:
    found = rows(owner, "SELECT column_name::text FROM information_schema.columns WHERE table_name = %s", part.table)
    assert {name for (name,) in found} == set(part.columns) | set(part.left_out)
    assert not set(part.columns) & set(part.left_out)
    assert all(part.left_out.values())


def test_no_two_sections_or_columns_share_a_name_in_the_file() -> None:
    titles = [slug(part.title) for part in PARTS]
    assert len(set(titles)) == len(titles)
    for part in PARTS:
        labels = [slug(label) for label in part.columns.values()]
        assert len(set(labels)) == len(labels)


def test_the_json_file_holds_who_the_person_is_where_and_with_which_rights(world: World, signed_in: Any) -> None:
    answer = signed_in(world.user).get(JSON)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Disposition"].startswith('attachment; filename="parvis-mes-donnees-')
    held = json.loads(answer.content)
    assert held["personne"] == "Léa Martin"
    assert held["mes_identifiants"] == [{"identifiant": world.user.identifier}]
    assert held["mes_adresses_electroniques"][0]["adresse"] == world.user.membership.email
    (account,) = held["mes_comptes"]
    assert (account["etablissement"], account["fonction"]) == ("Annecy", "Gestionnaire RH")
    assert {(right["service_en_ligne"], right["niveau"]) for right in held["mes_droits"]} == {
        (registry.get("mon-etablissement").name, "Modification"),  # type: ignore[union-attr]
        (registry.get("contrats").name, "Lecture seule"),  # type: ignore[union-attr]
    }
    assert held["mes_sessions"]


def test_no_secret_leaves_with_the_copy(world: World, signed_in: Any) -> None:
    now = clock.now()
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        CallCode.objects.create(person=world.user.person, hash="5e" * 32, asked_at=now, expires_at=now)
    browser = signed_in(world.user)
    text = browser.get(JSON).content.decode()
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        ((password, secret),) = ask(
            "SELECT p.password, t.secret FROM identity_person p JOIN identity_totp t ON t.person_id = p.id"
        )
    for hidden in (password, secret, TOTP_SECRET, "5e" * 32, browser.session.session_key):
        assert hidden not in text


def test_nobody_elses_name_or_address_is_in_the_copy(world: World, signed_in: Any) -> None:
    browser = signed_in(world.administrator)
    where = f"/etablissements/{world.here.siret}/comptes/{world.user.account_id}/desactiver/"
    assert browser.post(where).status_code == 302
    text = browser.get(JSON).content.decode()
    held = json.loads(text)
    (done,) = [event for event in held["historique"] if event["evenement"] == "Compte désactivé"]
    assert (done["me_concerne"], done["fait_par_moi"]) == (False, True)
    for other in (world.user, world.second, world.stranger):
        assert other.membership.last_name not in text
        assert other.membership.email not in text
    told = json.loads(signed_in(world.user).get(JSON).content)
    # Somebody whose account is closed still has a right to it.
    (done,) = [event for event in told["historique"] if event["evenement"] == "Compte désactivé"]
    assert (done["me_concerne"], done["fait_par_moi"]) == (True, False)
    assert "Dubois" not in json.dumps(told)


def test_the_pdf_says_the_same_and_is_tagged(world: World, signed_in: Any) -> None:
    answer = signed_in(world.user).get(PDF)
    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (200, "application/pdf", "no-store")
    read = pypdf.PdfReader(io.BytesIO(answer.content))
    assert read.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert read.trailer["/Root"]["/Lang"] == "fr-FR"
    text = " ".join(" ".join(page.extract_text().split()) for page in read.pages)
    for said in ("Copie de mes données", "Léa Martin", "Annecy", world.user.membership.email, "Mes droits"):
        assert said in text
    assert TOTP_SECRET not in text


def test_a_history_of_thousands_makes_a_pdf_that_says_how_many_more(world: World, signed_in: Any) -> None:
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        Event.objects.bulk_create(
            Event(at=clock.now(), kind="identity.signed_out", person_id=world.user.person.pk, origin="web")
            for _ in range(2_000)
        )
    browser = signed_in(world.user)
    assert len(json.loads(browser.get(JSON).content)["historique"]) >= 2_000
    read = pypdf.PdfReader(io.BytesIO(browser.get(PDF).content))
    assert "autres, dans le fichier" in " ".join(page.extract_text() for page in read.pages)


@pytest.mark.parametrize("name", ['D\'Âge "#[*_$@]" <b>', "مريم", "長谷川 " * 20, "x" * 240])
def test_a_name_of_any_letters_makes_both_files(name: str, world: World, signed_in: Any) -> None:
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON), connection.cursor() as cursor:
        cursor.execute("UPDATE identity_person SET first_name = %s", [name[:100]])
        CoordinateChange.objects.create(
            person_id=world.user.person.pk, field="email", old="", new=f"{'y' * 230}@b.example", asked_at=clock.now(),
            expires_at=clock.now(),
        )  # fmt: skip
    browser = signed_in(world.user)
    assert json.loads(browser.get(JSON).content)["qui_je_suis"][0]["prenom"] == name[:100]
    assert browser.get(PDF).content.startswith(b"%PDF")


def test_what_is_of_several_people_at_once_is_copied_without_the_others(world: World, signed_in: Any) -> None:
    with tenancy.scope(establishment=world.here.pk):
        common = {
            "establishment": world.here,
            "created_at": clock.now(),
            "created_by": world.administrator.membership.ref,
        }
        today = clock.today()
        Absence.objects.create(
            absent=world.second.membership, absent_name="Paul Girard", receiver=world.user.membership, starts_on=today,
            ends_on=today, **common,
        )  # fmt: skip
        Handover.objects.create(
            leaver=world.reader.membership, leaver_name="Marc Petit", receiver=world.user.membership,
            receiver_name="Léa Martin", on=today, profile=False, **common,
        )  # fmt: skip
        Deputyship.objects.create(
            establishment=world.here, deputy=world.user.membership, deputy_name="Léa Martin", named_at=clock.now(),
            named_by=world.administrator.membership.ref, serving_for=world.administrator.membership,
            serving_name="Claire Dubois",
        )  # fmt: skip
        Link.objects.create(
            establishment=world.here, membership=world.user.membership, created_at=clock.now(), expires_at=clock.now()
        )
    text = signed_in(world.user).get(JSON).content.decode()
    held = json.loads(text)
    assert [one["ma_part"] for one in held["les_absences_ou_j_ai_une_part"]] == ["je reçois des droits"]
    assert [one["ma_part"] for one in held["les_passations_ou_j_ai_une_part"]] == ["je reprends"]
    assert [one["ma_part"] for one in held["les_suppleances_ou_j_ai_une_part"]] == ["je suis la personne suppléante"]
    assert len(held["mes_liens_de_premiere_connexion"]) == 1
    for name in ("Girard", "Petit", "Dubois"):
        assert name not in text
    told = json.loads(signed_in(world.second).get(JSON).content)
    assert [one["ma_part"] for one in told["les_absences_ou_j_ai_une_part"]] == ["mes droits sont confiés"]
    assert told["les_passations_ou_j_ai_une_part"] == []


@pytest.mark.parametrize("where", [JSON, PDF])
def test_a_copy_leaves_its_event(where: str, world: World, signed_in: Any) -> None:
    signed_in(world.user).get(where)
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        event = Event.objects.get(kind="identity.data_copied")
    assert event.after == {"format": where.rsplit(".", 1)[1]}


@pytest.mark.parametrize("where", [JSON, PDF])
def test_without_a_fresh_factor_nothing_is_copied(where: str, world: World, signed_in: Any) -> None:
    browser = signed_in(world.user)
    session = browser.session
    del session["factor_at"]
    session.save()
    answer = browser.get(where)
    assert (answer.status_code, answer["Location"]) == (302, "/confirmer/")
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        assert not Event.objects.filter(kind="identity.data_copied").exists()
    assert browser.get("/mon-compte/mes-donnees/").status_code == 200


def test_nobody_signed_in_is_sent_to_sign_in(client: Any) -> None:
    assert client.get(JSON)["Location"].startswith("/connexion/")


def test_stranger_is_given_her_own_rows_alone_by_the_crossings(world: World) -> None:
    for function in (
        "access_person_events",
        "access_person_acceptances",
        "access_person_proposals",
        "access_person_more",
    ):
        with tenancy.scope(person=world.user.person.pk, establishment=world.here.pk), denied():
            ask(f"SELECT * FROM {function}()")
        with tenancy.scope(person=0, role=tenancy.PERSON):
            assert ask(f"SELECT * FROM {function}()") == []
    with tenancy.scope(person=world.stranger.person.pk, establishment=world.here.pk, role=tenancy.PERSON):
        assert {row[0] for row in ask("SELECT * FROM access_person_events()")} <= {world.there.siret, None}
