"""The advisers' side: by fund and role; deposits with a preview, withdrawing, types, campaigns; recalls; retention."""

import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction

from parvis.ground import clock, files, tenancy
from parvis.journal import retention
from parvis.journal.actions import SYSTEM
from parvis.journal.models import Event
from parvis.letters.actions import Told, campaign_named, deposit, note_opened
from parvis.letters.following import _given, _listed, _taken
from parvis.letters.kept import PURPOSE
from parvis.letters.models import FundLetter, LetterType, Reading, Uploaded
from parvis.letters.recalling import recall_letters
from parvis.notices.actions import notify
from parvis.notices.models import Notice
from tests.backoffice.hands import office
from tests.browsers import inside
from tests.letters.hands import body, came, give, stands
from tests.letters.papers import pdf
from tests.plugins.html import ReadingClient
from tests.world import World

BASE = "/conseiller/courriers-des-fonds/"


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Any, settings: Any) -> None:
    settings.DATA_DIR = tmp_path


def sent(content: bytes | None = None, name: str = "courrier.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, pdf("bonjour") if content is None else content)


def fields(world: World, **more: Any) -> dict[str, Any]:
    return {
        "siret": world.here.siret, "fund": "cnracl", "type": "facture", "reference": "R-1", "title": "Facture de mai",
        "dated_on": clock.today().strftime("%d/%m/%Y"), "campaign": "", "file": sent(), **more,
    }  # fmt: skip


WRONG = [
    ({"siret": "123"}, "14 chiffres"),
    ({"siret": "21750001600019"}, "Aucun établissement ne porte ce SIRET"),
    ({"fund": "faefm"}, "Ce choix n’existe pas"),
    ({"fund": "rafp", "siret": "21740001900014", "type": ""}, "Choisissez le type de courrier"),
    ({"fund": "ircantec", "siret": "21740001900014"}, "jamais eu de contrat avec Ircantec"),
    ({"dated_on": "31/12/2099"}, "ou d’un jour passé"),
    ({"title": ""}, "Saisissez le titre"),
    ({"reference": "x" * 61}, "abrégez-le à 60"),
    ({"reference": "DEJA"}, "porte déjà cette référence"),
    ({"file": ""}, "Choisissez le PDF du courrier"),
    ({"file": sent(b"%PDF-1.4 rien")}, "abîmé ou incomplet"),
    ({"file": sent(pdf("x", more=b"/AA << /O << /S /Launch >> >>"))}, "autre chose que des pages"),
    ({"file": sent(b"\x89PNG\r\n\x1a\n123")}, "abîmé"),
    ({"file": sent(b"MZ\x90\x00", "facture.pdf")}, "n’est ni un PDF"),
]


def test_a_wrong_deposit_says_what_to_do_and_keeps_what_was_typed(world: World) -> None:
    came(world, "DEJA")
    browser = inside(ReadingClient(), world.advisers["first"])
    for given, expected in WRONG:
        answer = browser.post(BASE + "deposer/", fields(world, **given))
        assert answer.status_code == 200 and expected in body(answer), (given, expected)
        if "title" not in given:
            assert 'value="Facture de mai"' in body(answer)
    with tenancy.scope(establishment=world.here.pk):
        assert FundLetter.objects.count() == 1


def test_an_adviser_sees_who_will_read_it_then_sends_it_once(world: World) -> None:
    first, second = (inside(ReadingClient(), world.advisers[name]) for name in ("first", "second"))
    answer = first.post(BASE + "deposer/", fields(world, campaign="Factures de mai"))
    where = answer.headers["Location"]
    assert "Personne ne pourra le lire" in body(first.get(where))
    give(world.reader)
    assert "Marc Petit" in body(first.get(where))
    # What one prepares is nobody else's.
    assert second.get(where).status_code == 404
    assert "n’existe plus" in body(second.post(where, {"geste": "envoyer"}, follow=True))
    answer = first.post(where, {"geste": "envoyer"})
    letter_at = answer.headers["Location"]
    assert "n’existe plus" in body(first.post(where, {"geste": "envoyer"}, follow=True))
    with tenancy.scope(establishment=world.here.pk):
        letter = FundLetter.objects.get()
        assert letter.deposited_by is not None and letter.campaign_id is not None
        assert files.read(letter.key, PURPOSE) == pdf("bonjour")
        notice = Notice.objects.get(kind="letter")
        assert (notice.service, notice.detail, notice.object_id) == (
            *("courriers", {"fund": "cnracl", "type": "Facture"}, letter.pk),
        )
    # Her colleague of the same fund sees it, and that it was opened, never by whom.
    with tenancy.scope(person=world.reader.person.pk, establishment=world.here.pk):
        note_opened(who=stands(world.reader), letters=[letter.pk])
    page = body(second.get(letter_at))
    assert ">Ouvert<" in page and "Marc Petit" not in page
    answer = second.get(letter_at + "fichier", headers={"Range": "bytes=0-4"})
    assert (answer.status_code, answer.content) == (206, b"%PDF-")
    with tenancy.scope(establishment=world.here.pk):
        assert Event.objects.filter(kind="letter.checked", object=letter.ref).count() == 1


def test_what_is_abandoned_leaves_no_file(world: World, django_capture_on_commit_callbacks: Any) -> None:
    browser = inside(ReadingClient(), world.advisers["first"])
    where = browser.post(BASE + "deposer/", fields(world)).headers["Location"]
    with office(world.advisers["first"]):
        key = Uploaded.objects.get().key
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(where, {"geste": "abandonner"})
    with pytest.raises(files.Missing):
        files.read(key, PURPOSE)


def test_withdrawing_takes_a_reason_and_tells_the_readers(world: World) -> None:
    give(world.reader)
    letter = came(world, "R-1")
    with tenancy.scope(establishment=world.here.pk):
        for kind, count in (("letter_money", 1), ("letter_money_administrators", 1), ("letter_money", 2)):
            notify(
                kind, establishment=world.here.pk, object_id=letter.pk, administrators=True,
                detail={"count": count, "days": 10},
            )  # fmt: skip
    browser = inside(ReadingClient(), world.advisers["first"])
    where = f"{BASE}{letter.ref}/"
    assert "Choisissez pourquoi" in body(browser.post(where, {}))
    assert "Le courrier est retiré" in body(browser.post(where, {"reason": "place"}, follow=True))
    assert "déjà été retiré" in body(browser.post(where, {"reason": "twice"}, follow=True))
    with tenancy.scope(establishment=world.here.pk):
        # The recall that stands for another letter too stays.
        left = [(one.kind, one.detail.get("count")) for one in Notice.objects.order_by("id")]
        assert left == [("letter_money", 2), ("letter_withdrawn", None)]
        event = Event.objects.get(kind="letter.withdrawn")
        assert event.after["reason"] == "place"


def test_an_adviser_of_another_fund_sees_and_does_nothing(world: World) -> None:
    letter = came(world, "R-1")
    with office(world.advisers["first"]):
        campaign = campaign_named("cnracl", "Relevés de mai")
    with tenancy.scope(establishment=world.here.pk):
        FundLetter.objects.filter(pk=letter.pk).update(campaign_id=campaign)
        ref = FundLetter.objects.get().ref
    other, first = (inside(ReadingClient(), world.advisers[name]) for name in ("other", "first"))
    with office(world.advisers["first"]):
        shown = FundLetter.objects.get().campaign
    assert shown is not None
    assert "Relevés de mai" in body(first.get(BASE)) and "Relevés de mai" not in body(other.get(BASE))
    for address in (f"{ref}/", f"{ref}/fichier", f"envois/{shown.ref}/", f"envois/{shown.ref}/csv"):
        assert first.get(BASE + address).status_code == 200, address
        assert other.get(BASE + address).status_code == 404, address
    assert other.post(f"{BASE}{ref}/", {"reason": "place"}).status_code == 404
    assert first.get(f"{BASE}envois/{shown.ref}/pdf").status_code == 404


POLICIES = [
    ("SELECT * FROM letters_fundletter", True),
    ("SELECT * FROM letters_campaign", True),
    ("SELECT * FROM letters_lettertype", True),
    ("SELECT * FROM letters_reading", False),
    ("UPDATE letters_fundletter SET title = 'x'", False),
    ("DELETE FROM letters_fundletter", False),
    ("UPDATE letters_campaign SET name = 'x'", False),
    ("DELETE FROM letters_lettertype", False),
]


def test_policies_hold_whatever_the_application_asks(world: World) -> None:
    give(world.reader)
    letter = came(world, "R-1")
    with tenancy.scope(person=world.reader.person.pk, establishment=world.here.pk):
        note_opened(who=stands(world.reader), letters=[letter.pk])
    for sql, allowed in POLICIES:
        with office(world.advisers["first"]), connection.cursor() as cursor:
            try:
                with transaction.atomic():
                    cursor.execute(sql)
                done = True
            except DatabaseError:
                done = False
        assert done == allowed, sql
    with tenancy.scope(establishment=world.there.pk):
        assert not FundLetter.objects.exists() and not Reading.objects.exists()
        # Nothing is noted of another establishment's letter.
        note_opened(who=stands(world.stranger), letters=[letter.pk])
        assert not Reading.objects.exists()
        with pytest.raises(DatabaseError), transaction.atomic():
            LetterType.objects.update(name="x")
    with tenancy.scope(person=world.reader.person.pk, role=tenancy.PERSON):
        assert Reading.objects.count() == 1
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        assert not Reading.objects.exists()


def test_types_are_changed_by_who_supervises_alone_and_kept_no_shorter(world: World) -> None:
    first, second, above = (inside(ReadingClient(), world.advisers[name]) for name in ("first", "second", "supervisor"))
    given = {
        "name": "Avis de régularisation",
        "theme": "cotisations",
        "service": "courriers",
        "about_money": "on",
        "kept_years": 7,
    }
    assert first.get(BASE + "types/").status_code == 200
    for browser in (first, second):
        assert browser.get(BASE + "types/nouveau/").status_code == 403
        assert browser.post(BASE + "types/facture/", given).status_code == 403
        assert "Modifier<" not in body(browser.get(BASE + "types/"))
    assert above.get(BASE + "types/nouveau/").status_code == 200
    assert "de 1 à 50" in body(above.post(BASE + "types/nouveau/", {**given, "kept_years": 0}))
    assert "Avis de régularisation" in body(above.post(BASE + "types/nouveau/", given, follow=True))
    assert "porte déjà ce nom" in body(above.post(BASE + "types/nouveau/", given))
    changed = {**given, "service": "contrats", "retired": "on"}
    above.post(BASE + "types/avis-de-regularisation/", changed)
    shorter = body(above.post(BASE + "types/avis-de-regularisation/", {**changed, "kept_years": 6})).replace(
        "\u00a0", " "
    )
    assert "conservés 7 ans" in shorter and "jamais réduite" in shorter and 'value="6"' in shorter
    assert above.get(BASE + "types/inconnu/").status_code == 404
    with office(world.advisers["first"]):
        kind = LetterType.objects.get(code="avis-de-regularisation")
        assert (kind.service, kind.about_money, kind.kept_years) == ("contrats", True, 7)
        assert kind.retired_at is not None
    with tenancy.scope(person=world.advisers["supervisor"].pk, role=tenancy.PERSON):
        assert Event.objects.filter(kind="letter.type_changed").count() == 2


def test_what_became_of_a_campaign(world: World, as_owner: Any) -> None:
    give(world.reader)
    with tenancy.scope(role="parvis_owner"):
        campaign = campaign_named("cnracl", "Relevés de mai")
    letters = [
        came(world, f"R-{n}", days=20, place=place) for n, place in enumerate((world.here, world.here, world.there))
    ]
    with tenancy.scope(role="parvis_owner"):
        FundLetter.objects.update(campaign_id=campaign)
        opened = clock.now() - datetime.timedelta(days=18)
        FundLetter.objects.filter(pk=letters[0].pk).update(first_opened_at=opened)
        ref = FundLetter.objects.select_related("campaign").first().campaign.ref  # type: ignore[union-attr]
    browser = inside(ReadingClient(), world.advisers["first"])
    page = body(browser.get(f"{BASE}envois/{ref}/")).replace("\u00a0", " ")
    assert "3 courriers envoyés à 2 établissements" in page and "50 %" in page
    assert "2 courriers" in body(browser.get(f"{BASE}envois/{ref}/?etat=attente")).replace("\u00a0", " ")
    lines = browser.get(f"{BASE}envois/{ref}/csv").content.decode("utf-8-sig").splitlines()
    assert len(lines) == 4 and "Ouvert la première fois le" in lines[0]
    assert sum("Non ouvert" in line for line in lines) == 2
    assert browser.get(f"{BASE}envois/{ref}/ods").content[:2] == b"PK"


# days since it came → kinds of notices left by that day's run
RECALLS = [(9, []), (10, ["letter_money"]), (19, []), (20, ["letter_money_administrators"]), (21, [])]


def test_money_is_recalled_to_readers_then_to_administrators(world: World, as_owner: Any) -> None:
    money = [came(world, f"R-{n}", days=0) for n in range(3)]
    came(world, "R-9", type="information")
    opened = came(world, "R-8")
    start = clock.now()
    with tenancy.scope(role="parvis_owner"):
        FundLetter.objects.filter(pk=opened.pk).update(first_opened_at=start)
        Notice.objects.all().delete()
    for days, expected in RECALLS:
        with tenancy.scope(role="parvis_owner"):
            before = set(Notice.objects.values_list("pk", flat=True))
            FundLetter.objects.update(deposited_at=clock.now() - datetime.timedelta(days=days))
        assert recall_letters() == len(expected) * len(money), days
        with tenancy.scope(role="parvis_owner"):
            left = Notice.objects.exclude(pk__in=before)
            assert [one.kind for one in left] == expected, days
            assert all(one.detail["count"] == 3 for one in left)


def test_letters_go_when_their_type_says_with_file_and_readings(
    world: World, as_owner: Any, django_capture_on_commit_callbacks: Any
) -> None:
    give(world.reader)
    old, young = came(world, "R-1", type="information"), came(world, "R-2", type="facture")
    with tenancy.scope(person=world.reader.person.pk, establishment=world.here.pk):
        note_opened(who=stands(world.reader), letters=[old.pk, young.pk])
    with tenancy.scope(role="parvis_owner"):
        FundLetter.objects.update(deposited_at=clock.now() - datetime.timedelta(days=4 * 366))
    with django_capture_on_commit_callbacks(execute=True):
        assert retention.erase("letters.letters") == 1
    with tenancy.scope(role="parvis_owner"):
        assert [one.reference for one in FundLetter.objects.all()] == ["R-2"]
        assert [one.letter_id for one in Reading.objects.all()] == [young.pk]
    with pytest.raises(files.Missing):
        files.read(old.key, PURPOSE)
    assert files.read(young.key, PURPOSE)


def test_a_successor_reads_what_was_addressed_to_its_predecessor(world: World, signed_in: Any) -> None:
    give(world.reader)
    give(world.stranger)
    letter = came(world, "R-1", place=world.there)
    with tenancy.scope(person=world.stranger.person.pk, establishment=world.there.pk):
        note_opened(who=stands(world.stranger), letters=[letter.pk])
        assert len(_listed()) == 1
        rows = _taken()
        assert _listed() == []
    with tenancy.scope(establishment=world.here.pk):
        assert _given(rows, "Abondance", SYSTEM) == 1
    page = body(signed_in(world.reader).get(f"/etablissements/{world.here.siret}/courriers/{letter.pk}/"))
    assert "était adressé à Abondance" in page
    with tenancy.scope(establishment=world.here.pk):
        assert Reading.objects.get().person_id == world.stranger.person.pk
    elsewhere = f"/etablissements/{world.there.siret}/courriers/{letter.pk}/"
    assert signed_in(world.stranger).get(elsewhere).status_code == 404


def test_a_service_deposits_by_a_plain_function(world: World) -> None:
    told = Told("cnracl", "decision", "D-1", "Décision", clock.today())
    with tenancy.scope(establishment=world.here.pk):
        letter = deposit(actor=SYSTEM, told=told, content=pdf("x"))
        assert Event.objects.get(kind="letter.deposited", object=letter.ref).after["type"] == "decision"
