"""Anomalies are corrected here, checked again at once and applied; who may what, and what is refused."""

import datetime
import re
import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from lxml import html

from parvis.access.levels import Level
from parvis.access.standing import standing
from parvis.access.tasks import tasks_of
from parvis.agents import nir
from parvis.agents.models import Affiliation, Agent, MonthlyBase, Post
from parvis.dsn.generation.anomalies import Anomaly as Fault
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused
from parvis.journal.models import Event
from parvis.notices.models import Notice
from parvis.obligations.models import Computation, Occurrence
from parvis.regulations.periods import add_months
from parvis.services.conflict import Conflict
from parvis.services.declarations import actions
from parvis.services.declarations.models import Anomaly, Correction, Declaration, Individual, Sending
from parvis.services.declarations.packing import unpacked
from parvis.services.declarations.recalling import recall_drafts
from parvis.services.declarations.values import Period, Values
from tests.obligations.hands import at
from tests.services.declarations.papers import MONTH, TOWN, civil_servants, dsn, forgotten, handed
from tests.world import HERE, Someone, someone

BASE = f"/etablissements/{HERE}/services/declarations/"


def one(fault: Fault, **more: Any) -> Individual:
    """The individual in whom something was planted."""
    handed(dsn(anomalies={fault: 1}, **more))
    return Individual.objects.select_related("declaration").get()


def acting(who: Someone, act: Any, **values: Any) -> Any:
    """An action in the scope of a request by somebody."""
    place = who.membership.establishment_id
    with tenancy.scope(person=who.person.pk, establishment=place):
        found = standing(who.person.pk, place)
        return act(who=found, **values)


def bases_of(row: Individual) -> set[str]:
    row.refresh_from_db()
    return set(MonthlyBase.objects.filter(agent_id=row.agent_id, month=MONTH).values_list("code", flat=True))


def test_a_wrong_nir_is_corrected_whole_or_by_its_first_ten_and_the_bases_follow(town, writer):
    row = one(Fault.WRONG_NIR)
    assert not row.applied
    right = next(a for a in Agent.objects.all() if a.name == row.name or a.sort_key == row.sort_key)
    full = nir.unsealed(right.nir_sealed)
    with pytest.raises(Refused):
        acting(writer, actions.correct, ref=row.ref, values=Values(nir="1000000000"), version=1)
    with pytest.raises(Conflict):
        acting(writer, actions.correct, ref=row.ref, values=Values(nir=full), version=7)
    again = acting(writer, actions.correct, ref=row.ref, values=Values(nir=full[:10]), version=1)
    assert (again.settled, again.left, again.applied) == (("IdenAgent003",), (), True)
    assert bases_of(row) >= {"48"}
    assert row.agent_id == right.pk
    assert Anomaly.objects.get().state == "corrected"
    assert Declaration.objects.get().state == "processed"
    event = Event.objects.get(kind="declaration.corrected")
    assert event.after["fields"] == ["nir"]
    assert full not in str(event.after)
    assert full not in Correction.objects.get().sealed


def test_somebody_unknown_is_affiliated_from_the_declaration(town, writer, reader):
    gone = forgotten()
    april = datetime.date(2026, 4, 1)
    handed(dsn())
    handed(dsn(april))
    assert set(Anomaly.objects.values_list("code", flat=True)) == {"IdenAgent002"}
    row = Individual.objects.get(declaration__month=MONTH)
    only_here = someone(town, "Zoé", "Blanc", rights={"declarations": Level.WRITE})
    with pytest.raises(Refused, match="Agents et affiliations"):
        acting(only_here, actions.affiliate, ref=row.ref, version=1, nationality="french", permanent=True)
    with pytest.raises(Refused):
        acting(writer, actions.affiliate, ref=row.ref, version=1, nationality="other", permanent=True)
    again = acting(
        writer, actions.affiliate, ref=row.ref, version=1, nationality="french", permanent=True, entry="appointed"
    )
    assert again.applied
    row.refresh_from_db()
    held = Affiliation.objects.get(agent_id=row.agent_id, scheme="cnracl")
    assert (held.state, bool(held.number), held.entered_on) == ("active", True, gone.entered)
    assert bases_of(row) >= {"48"}
    # What the other months said of them is applied with it.
    assert MonthlyBase.objects.filter(agent_id=row.agent_id, month=april, code="48").exists()
    assert set(Declaration.objects.values_list("state", flat=True)) == {"processed"}


def test_the_page_affiliates_in_one_click(town, writer, signed_in):
    forgotten()
    handed(dsn())
    row, client = Individual.objects.get(), signed_in(writer)
    page = html.document_fromstring(client.get(f"{BASE}individus/{row.ref}/").content.decode())
    [form] = [one for one in page.forms if one.action.endswith("/affilier/")]
    assert "de nationalité française" in form.text_content()
    answer = client.post(form.action, dict(form.form_values()), follow=True)
    assert "Plus aucune anomalie" in answer.content.decode()
    row.refresh_from_db()
    assert Affiliation.objects.get(agent_id=row.agent_id, scheme="cnracl").state == "active"


def test_an_affiliation_may_be_completed_another_day(town, writer):
    forgotten()
    handed(dsn())
    row = Individual.objects.get()
    again = acting(writer, actions.affiliate, ref=row.ref, version=1, later=True)
    assert (again.settled, again.new, again.applied) == (("IdenAgent002",), ("AffilAgent001",), True)
    row.refresh_from_db()
    assert Affiliation.objects.get(agent_id=row.agent_id).state == "incomplete"


def test_hours_follow_on_the_post_and_a_wrong_declaration_is_laid_over(town, writer):
    row = one(Fault.WRONG_HOURS)
    post = Post.objects.get(agent_id=row.agent_id)
    again = acting(writer, actions.correct, ref=row.ref, values=Values(minutes=post.minutes), version=1)
    assert (again.settled, again.applied) == (("DurHebdoPo05",), True)
    assert Post.objects.filter(agent_id=row.agent_id).count() == 1
    assert bases_of(row) >= {"48"}


def test_overlapping_periods_are_corrected_by_their_dates(town, writer):
    row = one(Fault.OVERLAP)
    assert bases_of(row) == set()
    halves = (Period(0, MONTH, MONTH.replace(day=14)),)
    again = acting(writer, actions.correct, ref=row.ref, values=Values(periods=halves), version=1)
    assert "ChevPer01" in again.settled
    assert again.applied
    assert MonthlyBase.objects.filter(agent_id=row.agent_id, code="48", month=MONTH).count() == 2


def test_a_draft_waits_is_a_task_and_is_told_of_once(town, writer, signed_in, settings):
    row = one(Fault.WRONG_NIR)
    acting(writer, actions.keep_draft, ref=row.ref, values=Values(nir="2850474010123"), version=1)
    client = signed_in(writer)
    home = f"/etablissements/{HERE}/"
    assert "correction commencée" not in client.get(home).content.decode()
    Correction.objects.update(begun_at=clock.now() - datetime.timedelta(days=8))
    assert "1 correction commencée" in client.get(home).content.decode().replace("\u00a0", " ")
    assert recall_drafts() == 0
    Correction.objects.update(begun_at=clock.now() - datetime.timedelta(days=15))
    assert (recall_drafts(), recall_drafts()) == (1, 0)
    assert Notice.objects.filter(kind="declaration_draft").count() == 1
    page = client.get(f"{BASE}individus/{row.ref}/").content.decode()
    assert "Brouillon de" in page


def test_a_draft_is_given_up_once_it_was_asked_and_leaves_an_event(town, writer, reader, signed_in):
    row = one(Fault.WRONG_NIR)
    path, client = f"{BASE}individus/{row.ref}/abandonner/", signed_in(writer)
    assert client.get(path).status_code == 302
    acting(writer, actions.keep_draft, ref=row.ref, values=Values(nir="2850474010123"), version=1)
    assert path in client.get(f"{BASE}individus/{row.ref}/").content.decode()
    assert signed_in(reader).get(path).status_code == 403
    asked = client.get(path).content.decode()
    assert "Abandonner le brouillon ?" in asked.replace("\u00a0", " ")
    assert "2850474010123" not in asked
    assert Correction.objects.get().state == "draft"
    assert client.post(path).status_code == 302
    assert not Correction.objects.exists()
    assert Anomaly.objects.get().state == "open"
    event = Event.objects.get(kind="declaration.draft_given_up")
    assert (event.object, event.after["fields"]) == (row.ref, ["nir"])
    with pytest.raises(Refused, match="plus de brouillon"):
        acting(writer, actions.give_up_draft, ref=row.ref)


def test_a_nir_is_looked_for_and_stands_in_no_address(town, reader, signed_in):
    row = one(Fault.WRONG_NIR)
    typed, client = unpacked(row.sealed).nir, signed_in(reader)
    assert typed
    find, listed = f"{BASE}anomalies/chercher/", f"{BASE}anomalies/"
    page = client.get(listed).content.decode()
    assert f'method="post" action="{find}"' in page
    assert 'type="search" maxlength="80" name="q"' not in page
    assert client.post(find, {"nir": f" {typed[:1]} {typed[1:]} "}).headers["Location"] == f"{BASE}individus/{row.ref}/"
    for piece in (typed[:10], f"Dupont {typed}", f"{typed[:3]} {typed[3:5]} {typed[5:11]}", "2990174010123"):
        answer = client.post(find, {"nir": piece, "etat": "toutes"})
        assert answer.headers["Location"] == f"{listed}?etat=toutes", piece
        # In an address typed by hand it goes on nowhere.
        said = client.get(listed, {"q": piece}).content.decode().replace("\u00a0", " ")
        assert piece not in said
        assert ("Aucune anomalie n’est relevée" if piece.startswith("299") else "NIR en entier") in said, piece
    # The one search finds it too, of who may read it.
    link, search = f'href="{BASE}individus/{row.ref}/"', f"/etablissements/{HERE}/recherche/"
    assert link in client.post(search, {"nir": typed}).content.decode()
    assert client.post(find, {"nir": "Dupont IdenAgent003"}).headers["Location"] == f"{listed}?q=Dupont+IdenAgent003"


def test_each_file_of_anomalies_leaves_an_event(town, reader, signed_in):
    handed(dsn(anomalies={Fault.WRONG_AMOUNT: 2}))
    client, ref = signed_in(reader), Declaration.objects.get().ref
    for path in ("anomalies.csv?q=Dupont&famille=cotisation", "anomalies.ods", "a-corriger-en-paie.csv",
                 "a-corriger-en-paie.ods", f"{ref}/crm.csv", f"{ref}/crm.pdf"):  # fmt: skip
        assert client.get(BASE + path).status_code == 200
    events = list(Event.objects.filter(kind="declarations.exported").order_by("pk").values_list("after", flat=True))
    assert [(one["rows"], one["format"]) for one in events] == [
        (0, "csv"), (2, "ods"), (0, "csv"), (0, "ods"), (2, "csv"), (2, "pdf"),
    ]  # fmt: skip
    assert events[0]["filter"] == "recherche, état « À corriger », famille cotisation"
    assert "Dupont" not in str(events)


def test_taking_giving_back_and_leaving_to_payroll(town, writer, signed_in):
    handed(dsn(anomalies={Fault.WRONG_AMOUNT: 2}))
    refs = list(Anomaly.objects.values_list("ref", flat=True))
    assert acting(writer, actions.take, refs=refs) == 2
    with pytest.raises(Refused):
        acting(writer, actions.take, refs=refs)
    assert acting(writer, actions.give_back, refs=refs[:1]) == 1
    client = signed_in(writer)
    answer = client.post(f"{BASE}anomalies/suivre/", {"anomalie": [str(refs[0]), "x"], "geste": "paie"})
    assert answer.headers["Location"] == f"{BASE}anomalies/"
    assert (
        client.post(f"{BASE}anomalies/suivre/", {"anomalie": refs, "geste": "paie", "retour": "//ailleurs.example/"})
        .headers["Location"]
        .startswith(BASE)
    )
    listed = client.get(f"{BASE}a-corriger-en-paie/").content.decode()
    table = client.get(f"{BASE}a-corriger-en-paie.csv").content.decode("utf-8-sig")
    assert table.count("CotCnr01") == 2
    assert "Retenue CNRACL" in listed
    assert not [n for n in (a.identity.nir for a in civil_servants()) if n in table + listed]


def test_every_page_is_read_by_a_reader_and_corrects_nothing(town, reader, writer, world, signed_in):
    handed(dsn(anomalies={Fault.WRONG_NIR: 1, Fault.WRONG_AMOUNT: 2, Fault.OVERLAP: 1, Fault.SWAPPED_NAMES: 1}))
    handed(dsn(kind="01", order=9))
    row = Individual.objects.order_by("pk").first()
    done = Declaration.objects.get(state="anomalies")
    rejected = Declaration.objects.get(state="rejected")
    pages = ["", "controler/", "controles/", "anomalies/", "anomalies.csv", "anomalies.ods", "a-corriger-en-paie/",
             "anomalies/?q=zz&etat=toutes&famille=agent&mois=2026-03&bloquantes=1", "a-corriger-en-paie.ods",
             f"individus/{row.ref}/", f"{done.ref}/", f"{done.ref}/ar.pdf", f"{done.ref}/ar.csv", f"{done.ref}/crm.csv",
             f"{done.ref}/crm.pdf",
             f"{rejected.ref}/", f"{rejected.ref}/crm.pdf"]  # fmt: skip
    lector, client = signed_in(reader), signed_in(writer)
    numbers = [one.identity.nir for one in civil_servants()]
    for path in pages:
        answer = lector.get(BASE + path)
        assert answer.status_code == 200, path
        shown = answer.content.decode("latin-1")
        assert not [number for number in numbers if number in shown], path
        if path == f"individus/{row.ref}/":
            assert "corriger/" not in answer.content.decode().split("<main")[1]
        assert client.get(BASE + path).status_code == 200
    posts = {"correct": f"individus/{row.ref}/corriger/", "again": f"individus/{row.ref}/controler/",
             "affiliate": f"individus/{row.ref}/affilier/", "share": "anomalies/suivre/"}  # fmt: skip
    for path in posts.values():
        assert lector.post(BASE + path, {"nir": "2850474010123", "version": "1"}).status_code == 403
        assert signed_in(world.stranger).post(BASE + path, {}).status_code == 404
        assert signed_in(world.reader).get(BASE).status_code == 403
    assert Anomaly.objects.filter(state="corrected").count() == 0
    assert client.get(f"{BASE}individus/{uuid.uuid4()}/").status_code == 404
    # What is wrong is said, and what was typed stays.
    answer = client.post(f"{BASE}individus/{row.ref}/corriger/", {"nir": "12", "born_on": "31/02/2020", "version": "x"})
    assert answer.status_code == 200
    assert 'value="31/02/2020"' in answer.content.decode() or "born_on" not in answer.content.decode()


def test_a_report_is_not_given_before_its_day(town, writer, signed_in):
    handed(dsn())
    Declaration.objects.update(reports_on=clock.today() + datetime.timedelta(days=3))
    ref, client = Declaration.objects.get().ref, signed_in(writer)
    assert client.get(f"{BASE}{ref}/crm.pdf").status_code == 404
    assert "trois jours après" in client.get(f"{BASE}{ref}/").content.decode()
    assert client.get(f"{BASE}{ref}/ar.pdf").status_code == 200


def test_a_dry_check_says_all_and_keeps_nothing(town, reader, signed_in):
    client = signed_in(reader)
    tables = (Declaration, Individual, Anomaly, MonthlyBase, Agent, Sending, Correction, Event)
    before = [model.objects.count() for model in tables]

    def sent(content: bytes) -> str:
        answer = client.post(f"{BASE}controler/", {"file": SimpleUploadedFile("dsn.txt", content)})
        assert answer.status_code == 200
        return re.sub(r"\s+", " ", answer.content.decode())

    page = sent(dsn(anomalies={Fault.WRONG_NIR: 1, Fault.WRONG_AMOUNT: 1}))
    assert "IdenAgent003" in page
    assert "CotCnr01" in page
    assert "aucune anomalie" in sent(dsn())
    broken = dsn()
    assert "serait rejetée" in sent(broken[: len(broken) // 2])
    assert "serait rejetée" in sent(b"\x00\xff bonjour")
    assert "Un autre établissement" in sent(dsn(town=replace(TOWN, siren="200000172", nic="00001")))
    assert "Choisissez le fichier" in client.post(f"{BASE}controler/", {}).content.decode()
    assert [model.objects.count() for model in tables] == before


def test_a_dry_check_knows_what_was_received_before(town, reader, signed_in):
    april, client = datetime.date(2026, 4, 1), signed_in(reader)

    def sent(content: bytes) -> str:
        answer = client.post(f"{BASE}controler/", {"file": SimpleUploadedFile("dsn.txt", content)})
        return re.sub(r"\s+", " ", answer.content.decode().split("<main")[1])

    handed(dsn())
    again = sent(dsn())
    assert "serait rejetée" in again and "Le mois est déjà déclaré" in again
    assert "aucune anomalie" in sent(dsn(april))
    gone = sent(dsn(april, anomalies={Fault.AGENT_MISSING: 1}))
    assert "serait traitée avec 1 anomalie" in gone and "AbsPer01" in gone and "Déclaré en 03/2026" in gone
    assert "MoisPer01" in sent(dsn(datetime.date(2026, 5, 1)))
    # Replaced, somebody who was in the month before and in this one is looked for in the file alone.
    handed(dsn(april))
    other = dsn(april, anomalies={Fault.AGENT_MISSING: 1}, kind="03", order=3)
    assert "AbsPer01" in sent(other) and "serait rejetée" not in sent(other)


def test_the_number_of_statements_does_not_grow_with_the_declaration(
    town, writer, signed_in, django_assert_max_num_queries
):
    client = signed_in(writer)

    def asked(path: str) -> int:
        with django_assert_max_num_queries(60) as seen:
            assert client.get(BASE + path).status_code == 200
        return len(seen)

    handed(dsn(anomalies={Fault.WRONG_AMOUNT: 1}))
    first = Declaration.objects.get()
    for path in ("", "anomalies/", f"{first.ref}/"):
        asked(path)
    few = [asked(path) for path in ("", "anomalies/", f"{first.ref}/")]
    kept = Anomaly.objects.get()
    Anomaly.objects.bulk_create(
        Anomaly(
            establishment_id=kept.establishment_id, declaration=first, individual=kept.individual, month=kept.month,
            code="CotCnr01", family="cotisation", blocking=False, who=f"Agent {n}", sort_key=f"agent {n}",
            subject=f"s{n}", at=kept.at,
        )
        for n in range(300)
    )  # fmt: skip
    assert [asked(path) for path in ("", "anomalies/", f"{first.ref}/")] == few


def test_the_home_tells_what_is_to_be_corrected_and_the_missing_month_once_the_day_after(
    town, writer, reader, settings, tmp_path
):
    settings.PARVIS_CLOCK_FILE = tmp_path / "clock"

    def told(who: Someone, day: datetime.date) -> list[str]:
        at(day)
        with tenancy.scope(person=who.person.pk, establishment=town.pk):
            found = standing(who.person.pk, town.pk)
            assert found is not None
            tasks = [one.title.replace("\u00a0", " ") for one in tasks_of(found)]
            return sorted(one for one in tasks if "DSN" in one or "retard" in one)

    handed(dsn(datetime.date(2026, 10, 1), anomalies={Fault.WRONG_AMOUNT: 1}))
    last, day, later = (datetime.date(2026, 12, 15), datetime.date(2026, 12, 16), datetime.date(2027, 1, 16))
    wrong, missing = "Corriger 1 anomalie de DSN", "Déposer la DSN de novembre 2026"
    Occurrence.objects.filter(establishment=town).delete()
    assert told(reader, last) == [wrong]
    assert told(reader, day) == told(writer, day) == [wrong, missing]
    # Whoever follows the obligations has that very line from there, unless many are late together.
    values = {"digest": "x", "follows_from": MONTH, "computed_at": clock.now()}
    Computation.objects.update_or_create(establishment=town, defaults=values)
    for month, due in ((datetime.date(2026, 11, 1), last), (datetime.date(2026, 12, 1), later.replace(day=15))):
        Occurrence.objects.create(
            establishment=town, key=f"dsn-{month}", fund="dsn", act="declare", label="Déposer la DSN du mois",
            period_starts_on=month, period_ends_before=add_months(month, 1), due_on=due, placed_on=due, uncertain=False,
            changed_at=clock.now(),
        )  # fmt: skip
    assert told(writer, day) == [wrong, "Déposer la DSN du mois"]
    assert told(reader, day) == [wrong, missing]
    assert told(writer, later) == ["2 échéances en retard", wrong, missing]
