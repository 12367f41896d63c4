"""The advisers' side beside the thread: queue, models of answers, motifs, figures; what passes with time."""

import datetime
import uuid
from importlib import import_module
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from parvis.establishments.models import Succession
from parvis.exchanges.daily import close_silent
from parvis.exchanges.following import _given, _listed, _taken
from parvis.exchanges.models import Attachment, Draft, Entry, Exchange, InternalNote, Motif, StandardReply, Theme
from parvis.exchanges.references import draw, grouped, parse
from parvis.exchanges.sealed import nirs_in
from parvis.ground import clock, files, tenancy
from parvis.journal import retention
from parvis.journal.actions import SYSTEM
from parvis.journal.models import Event
from parvis.notices.models import Notice
from parvis.regulations.identifiers.persons import nir_grouped
from tests.backoffice.hands import fresh
from tests.exchanges.hands import NIR, Office, Writer, picture, sent
from tests.identity.factors.hands import CONFIRM, code_now, stale
from tests.world import World

DAY = datetime.timedelta(days=1)


def aged(world: World, reference: str, **changes: Any) -> None:
    with tenancy.scope(establishment=world.here.pk):
        assert Exchange.objects.filter(reference=reference).update(**changes)


def test_the_queue_counts_what_waits_and_what_is_late_at_a_constant_cost(
    lea: Writer, noemie: Office, world: World
) -> None:
    first = lea.exchange().reference
    with CaptureQueriesContext(connection) as few:
        noemie.queue()
    second, third = lea.exchange().reference, lea.exchange(fonds={"fund": "rafp"}).reference
    aged(world, second, target_on=clock.today() - DAY, promised_on=clock.today() - DAY)
    noemie.does(third, "repondre", text="Voilà.")
    with CaptureQueriesContext(connection) as many:
        page = noemie.queue()
    assert len(few) == len(many)
    assert "1 en retard" in page and "2\u00a0échanges, celui à répondre d’abord" in page
    assert page.index(grouped(second)) < page.index(grouped(first))
    for query, shown in (
        ("?fonds=rafp", []),
        ("?etat=repondus", [third]),
        ("?fonds=faefm", [first, second]),
        ("?qui=moi&etat=tous", [third]),
        (f"?q={grouped(first)}", [first]),
        ("?q=annecy&etat=tous", [first, second, third]),
        ("?q=20006340200016", [first, second]),
        ("?motif=affiliation", []),
        ("?page=9&qui=zz&etat=%00&motif=%00&fonds=%00", [first, second]),
    ):
        page = noemie.queue(query)
        assert {one for one in (first, second, third) if grouped(one) in page} == set(shown), query
    for kind in ("theme", "service"):
        assert noemie.browser.get(f"/conseiller/aide/?ou={kind}:%00").status_code == 200
    home = noemie.browser.get("/conseiller/").content.decode()
    assert "échanges à traiter" in home and "1 en retard" in home
    figures = noemie.browser.get("/conseiller/echanges/chiffres/").content.decode()
    plain = figures.replace("\u00a0", " ").replace("\u202f", " ")
    assert "3 échanges reçus" in plain and "50 % en retard" in plain
    told = noemie.browser.get("/conseiller/echanges/chiffres.csv?fonds=rafp").content.decode()
    assert "Liquidation de retraite;1;1;0;0,0;0;0" in told.replace("0.0", "0,0") or ";1;1;0;" in told
    assert (
        "reçus"
        not in Office(fresh(world.advisers["other"])).browser.get("/conseiller/echanges/chiffres/").content.decode()
    )


def test_assigning_and_giving_back(lea: Writer, noemie: Office, world: World) -> None:
    reference = lea.exchange().reference
    page = noemie.page(reference, "?acte=attribuer")
    assert "Olivier Marchetti" in page and "Yann" not in page  # of another fund
    [number] = [
        one.split('"')[0] for one in page.split('<option value="')[1:] if "Olivier" in one.split("</option>")[0]
    ]
    assert noemie.does(reference, "attribuer", adviser="999999").status_code == 200
    assert noemie.does(reference, "attribuer", adviser=number).status_code == 302
    held = sent(world.user, reference)
    assert held.adviser_name.startswith("Olivier Marchetti") and held.state == Exchange.State.TAKEN
    noemie.does(reference, "rendre")
    assert sent(world.user, reference).state == Exchange.State.SENT
    # Internal notes: bounded with a word, once however often it is pressed, nothing that the database refuses.
    for text, said in (("x" * 2001, "2001 caractères"), (" \0 ", "Écrivez la note"), ("À\0 voir", ""), ("À voir", "")):
        answer = noemie.does(reference, "note", note=text)
        assert (answer.status_code == 302) if not said else said in answer.content.decode(), said
    with tenancy.scope(person=1, role=tenancy.ADVISER, funds=("cnracl",)):
        assert InternalNote.objects.get().text == "À voir"
    with tenancy.scope(person=world.advisers["first"].pk, role=tenancy.PERSON):
        assert Event.objects.filter(kind="exchange.noted").count() == 1
    assert "Répondez avant de clore" in noemie.does(reference, "clore").content.decode()


def test_models_of_answers_are_checked_filled_in_and_a_funds_own(lea: Writer, noemie: Office, world: World) -> None:
    new = "/conseiller/echanges/modeles/nouveau/"
    good = {"fund": "cnracl", "title": "Pièce", "text": "Bonjour {auteur}, {référence} : [pièce] avant le [jour]."}
    # (what is changed, what is said)
    for change, said in (
        ({"fund": "faefm"}, "Choisissez"),
        ({"text": "Bonjour {prénom}"}, "n’est remplacé par rien"),
        ({"text": "Bonjour {auteur"}, "accolade"),
        ({"text": ""}, "Écrivez le texte"),
        ({}, ""),
        ({}, "porte déjà ce titre"),
    ):
        answer = noemie.browser.post(new, {**good, **change})
        assert (answer.status_code == 302) if not said else said in answer.content.decode(), change
    with tenancy.scope(person=1, role=tenancy.ADVISER, funds=("cnracl",)):
        [model] = StandardReply.objects.all()
    exchange = lea.exchange()
    page = noemie.page(exchange.reference, f"?modele={model.pk}")
    assert f"Bonjour Léa Martin, {grouped(exchange.reference)} : [pièce]" in page
    yann = Office(fresh(world.advisers["other"]))
    where = f"/conseiller/echanges/modeles/{model.pk}/"
    assert yann.browser.get(where).status_code == yann.browser.post(where, {"geste": "supprimer"}).status_code == 404
    assert "Pièce" not in yann.browser.get("/conseiller/echanges/modeles/").content.decode()
    assert noemie.browser.post(where, {"geste": "supprimer"}).status_code == 302
    with tenancy.scope(establishment=world.here.pk), pytest.raises(DatabaseError), transaction.atomic():
        StandardReply.objects.count()


def test_motifs_are_edited_by_advisers_of_all_their_funds(lea: Writer, noemie: Office, world: World) -> None:
    home = "/conseiller/echanges/motifs/"
    data = {
        "new_theme": "Essais", "theme": "", "name": "Essai", "sub_name": "Essai", "funds": ["cnracl"],
        "fund_question": "Lequel ?", "target_days": "4", "starts_on": f"{clock.today():%d/%m/%Y}", "period": "required",
        "pieces": "Preuve *\nPlan", "attestation": "J’atteste que oui.", "rank": "1", "version": "0",
    }  # fmt: skip
    # (what is changed, what is said)
    for change, said in (
        ({"new_theme": ""}, "Choisissez une thématique"),
        ({"funds": []}, "au moins un destinataire"),
        ({"funds": ["faefm"]}, "Choisissez"),
        ({"attestation": "Oui"}, "Commencez par"),
        ({"target_days": "0"}, "entre 1 et 60"),
        ({"pieces": "Preuve\nPreuve *"}, "deux fois"),
        ({"ends_on": "01/01/2026"}, "précède"),
        ({}, ""),
    ):
        answer = noemie.browser.post(f"{home}nouveau/", {**data, **change})
        assert (answer.status_code == 302) if not said else said in answer.content.decode(), change
    assert "Essais" in lea.browser.get(f"{lea.home}nouveau/").content.decode()
    lea.begins("essai-essai")
    assert lea.at.endswith("/precisions/")
    # It ends: nobody may choose it any more, and a draft of it has to choose again.
    with tenancy.scope(establishment=world.here.pk):
        Motif.objects.get(code="essai-essai")
    for version, status in (("7", 200), ("1", 302)):
        ended = {**data, "version": version, "starts_on": "01/01/2026", "ends_on": f"{clock.today() - DAY:%d/%m/%Y}"}
        assert noemie.browser.post(f"{home}essai-essai/", ended).status_code == status
    assert "Essais" not in lea.browser.get(f"{lea.home}nouveau/").content.decode()
    assert lea.browser.get(lea.page("message")).status_code == 302
    # Another fund's, not seen here, has the name already: the next one.
    with tenancy.scope(person=1, role=tenancy.ADVISER, funds=("faefm",)):
        theme = Theme.objects.get(code="essais")
        Motif.objects.create(
            code="autre-autre", theme=theme, name="Autre", sub_name="Autre", funds=["faefm"], target_days=4,
            starts_on=clock.today(), changed_at=clock.now(),
        )  # fmt: skip
    other = {**data, "name": "Autre", "sub_name": "Autre", "new_theme": "", "theme": "essais"}
    assert noemie.browser.post(f"{home}nouveau/", other).status_code == 302
    with tenancy.scope(establishment=world.here.pk):
        assert Motif.objects.filter(code="autre-autre-2").exists()
    # One that concerns other funds too is read, and not changed.
    shared = noemie.browser.post(f"{home}transfert-inter-fonds/", {**data, "new_theme": "", "theme": "transfert"})
    assert "concerne aussi" in shared.content.decode()
    assert Office(fresh(world.advisers["other"])).browser.get(f"{home}affiliation/").status_code == 404


def test_an_answer_to_which_nobody_replies_is_closed_and_old_ones_are_erased_with_their_files(
    as_owner: Any, lea: Writer, noemie: Office, world: World, django_capture_on_commit_callbacks: Any
) -> None:
    lea.fills()
    lea.says("pieces", **{"piece-autre": [picture()]}, geste="continuer")
    reference = lea.sends().headers["Location"].split("/")[-3]
    noemie.does(reference, "note", note="À suivre.")
    noemie.does(reference, "repondre", text="Voilà.")
    lea.begins()
    with tenancy.scope(establishment=world.here.pk):
        key = Attachment.objects.get(exchange__reference=reference).key
        Draft.objects.update(updated_at=clock.now() - settings.PARVIS_EXCHANGE_DRAFT_RETENTION - DAY)
    aged(world, reference, moved_at=clock.now() - settings.PARVIS_EXCHANGE_SILENCE - DAY)
    assert close_silent() == 1 and close_silent() == 0
    held = sent(world.user, reference)
    assert held.state == Exchange.State.CLOSED
    assert "faute de réponse" in lea.browser.get(f"{lea.home}{reference}/").content.decode()
    assert files.read(key, "exchange")
    # Too late to be opened again.
    aged(world, reference, closed_at=clock.now() - settings.PARVIS_EXCHANGE_REOPEN - DAY)
    assert "pouvait être rouvert" in lea.does(reference, "rouvrir", text="Encore").content.decode()
    aged(
        world,
        reference,
        closed_at=clock.now() - datetime.timedelta(days=366 * settings.PARVIS_EXCHANGE_RETENTION_YEARS),
    )
    with django_capture_on_commit_callbacks(execute=True):
        outcomes = retention.carry_out()
    assert not [one for one in outcomes if one.failed and one.kind.code.startswith("exchange")]
    assert not any(model.objects.exists() for model in (Exchange, Entry, Attachment, InternalNote, Draft))
    with pytest.raises(files.Missing):
        files.read(key, "exchange")


def test_exchanges_follow_to_the_establishment_that_takes_over_and_nowhere_else(
    as_owner: Any, lea: Writer, world: World
) -> None:
    reference = lea.exchange().reference
    with tenancy.scope(establishment=world.here.pk):
        assert len(_listed()) == 1 and _taken() == [world.here.pk]
    with (
        tenancy.scope(establishment=world.there.pk),
        pytest.raises((DatabaseError, psycopg.Error), match="no such succession"),
        transaction.atomic(),
    ):
        _given([world.here.pk], "Annecy", SYSTEM)
    Succession.objects.create(
        predecessor=world.here, successor=world.there, on=clock.today(), cause="merger", reason="Fusion", fund="cnracl",
        prepared_at=clock.now(), prepared_by=uuid.uuid4(), done_at=clock.now(), done_by=uuid.uuid4(),
    )  # fmt: skip
    with tenancy.scope(establishment=world.there.pk):
        assert _given([world.here.pk], "Annecy", SYSTEM) == 1
        assert Exchange.objects.get(reference=reference).entries.count() == 1
    with tenancy.scope(establishment=world.here.pk):
        assert not Exchange.objects.exists() and not Entry.objects.exists()


def test_notices_of_before_get_the_fund_of_their_exchange(as_owner: Any, lea: Writer, world: World) -> None:
    exchange = lea.exchange()
    old = {"establishment": world.here, "object_id": exchange.pk, "at": clock.now(), "persons": [1]}
    with tenancy.scope(establishment=world.here.pk):
        about = Notice.objects.create(kind="exchange.answered", detail={"reference": exchange.reference}, **old)
        other = Notice.objects.create(kind="letter_money", detail={"count": 2}, **old)
    with as_owner.cursor() as cursor:
        cursor.execute(import_module("parvis.exchanges.migrations.0006_notices_of_funds").FILL)
    about.refresh_from_db()
    other.refresh_from_db()
    assert about.detail == {"reference": exchange.reference, "fund": "cnracl"} and other.detail == {"count": 2}


def test_references_are_told_apart_and_nirs_are_found_in_texts() -> None:
    for _ in range(200):
        reference = draw()
        assert parse(f" {grouped(reference).lower()} ") == reference
        wrong = reference[:3] + ("2" if reference[3] != "2" else "3") + reference[4:]
        assert parse(wrong) == "" and parse(reference[1:]) == ""
    spaced = f"{NIR[:1]} {NIR[1:3]} {NIR[3:5]} {NIR[5:7]} {NIR[7:10]} {NIR[10:13]} {NIR[13:]}"
    for text, found in (
        (f"Agent {NIR}.", 1),
        (f"le {spaced} et {NIR[:13]}", 2),
        ("SIRET 20006340200016", 0),
        ("12", 0),
    ):
        assert len(nirs_in(text)) == found, text


def test_the_whole_nir_is_shown_once_after_a_fresh_factor_and_leaves_one_event(
    lea: Writer, noemie: Office, world: World
) -> None:
    reference, whole = lea.exchange().reference, nir_grouped(NIR)
    where = f"/conseiller/echanges/{reference}/"
    stale(noemie.browser)
    asked = noemie.does(reference, "nir")
    assert asked["Location"].split("?")[0] == CONFIRM
    assert whole not in noemie.page(reference)
    answer = noemie.browser.post(asked["Location"], {"code": code_now()})
    assert answer["Location"].partition("#")[0] == where
    assert whole in noemie.page(reference)
    # Not on the next visit, nor in another exchange.
    assert whole not in noemie.page(reference)
    assert noemie.does(reference, "nir").status_code == 302
    other = lea.exchange().reference
    assert whole not in noemie.page(other) and whole not in noemie.page(reference)
    with tenancy.scope(establishment=world.here.pk):
        assert Event.objects.filter(kind="exchange.nir_shown").count() == 2
