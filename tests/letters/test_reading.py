"""Who reads which letter, and what stands in the list: per person, by rights as they are today."""

import datetime
import io
import zipfile
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parvis.access.finding import SOURCES as FINDINGS
from parvis.access.levels import Level
from parvis.access.models import Right, RightUse
from parvis.access.tasks import tasks_of
from parvis.establishments.models import Contract
from parvis.ground import clock, files, tenancy
from parvis.journal.actions import SYSTEM
from parvis.journal.models import Event
from parvis.letters.actions import withdraw
from parvis.letters.models import FundLetter, Reading
from parvis.notices.queries import unread as unread_notices
from tests.letters.hands import body, came, give, listed, stands
from tests.letters.papers import pdf
from tests.world import Someone, World


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Any, settings: Any) -> None:
    settings.DATA_DIR = tmp_path


def at(world: World, letter: FundLetter, rest: str = "") -> str:
    return f"/etablissements/{world.here.siret}/courriers/{letter.pk}/{rest}"


def lose(who: Someone, service: str = "courriers") -> None:
    with tenancy.scope(establishment=who.membership.establishment_id):
        Right.objects.filter(membership=who.membership, service=service).delete()


# type's service → the rights that open its letters here (Annecy holds CNRACL, Ircantec, RAFP).
AUDIENCES = [
    ("courriers", {"courriers"}),
    ("contrats", {"contrats"}),
    ("mon-etablissement", {"mon-etablissement"}),
    ("inconnu", {"courriers"}),
]


@pytest.mark.parametrize(("service", "opening"), AUDIENCES)
def test_a_letter_is_read_by_who_holds_the_service_of_its_type(
    world: World, signed_in: Any, owner: Any, service: str, opening: set[str]
) -> None:
    owner.execute("UPDATE letters_lettertype SET service = %s WHERE code = 'information'", [service])
    letter = came(world, "A-1", type="information")
    for right in ("courriers", "contrats", "mon-etablissement", "correspondants"):
        for other in ("courriers", "contrats", "mon-etablissement", "correspondants"):
            lose(world.reader, other)
        give(world.reader, right)
        status = signed_in(world.reader).get(at(world, letter)).status_code
        assert (status == 200) == (right in opening), right
        assert status in (200, 404), right


def test_who_loses_the_right_loses_letters_tasks_and_findings_at_once(world: World, signed_in: Any) -> None:
    give(world.reader)
    letter = came(world, "A-1")
    browser = signed_in(world.reader)
    assert "Relevé de compte de mai" in listed(browser, world)
    with tenancy.scope(establishment=world.here.pk):
        who = stands(world.reader)
        assert [one.title for one in tasks_of(who) if "argent" in one.title] == ["Lire un courrier à propos d’argent"]
        for typed in ("releves", "de la conpte", "a-1", "cnracI RELEVE"):
            assert [hit.title for hit in FINDINGS["letters"].find(who, typed, 5)] == ["Relevé de compte de mai"], typed
        for typed in ("comptoir", "releve tracteur", "%", ""):
            assert FINDINGS["letters"].find(who, typed, 5) == [], typed
    lose(world.reader)
    for rest in ("", "fichier"):
        assert browser.get(at(world, letter, rest)).status_code == 404
    assert "Relevé de compte" not in listed(browser, world)
    lost = f"/etablissements/{world.here.siret}/courriers/telecharger?courrier={letter.pk}"
    assert browser.get(lost).status_code == 302
    with tenancy.scope(establishment=world.here.pk):
        who = stands(world.reader)
        assert [one for one in tasks_of(who) if "argent" in one.title] == []
        assert FINDINGS["letters"].find(who, "releves", 5) == []
        assert not Reading.objects.exists()


def test_who_reads_no_letter_at_all_is_told_whom_to_ask(world: World, signed_in: Any) -> None:
    came(world, "A-1")
    for service in ("mon-etablissement", "contrats", "correspondants"):
        lose(world.reader, service)
    answer = signed_in(world.reader).get(f"/etablissements/{world.here.siret}/courriers/")
    assert answer.status_code == 403
    assert "Claire Dubois" in body(answer) and "Relevé" not in body(answer)


def test_a_stranger_and_another_establishment_meet_404(world: World, signed_in: Any, client: Any) -> None:
    give(world.stranger)
    letter = came(world, "A-1")
    stranger = signed_in(world.stranger)
    for rest in ("", "fichier", "non-lu/"):
        assert stranger.get(at(world, letter, rest)).status_code in (404, 405)
        elsewhere = f"/etablissements/{world.there.siret}/courriers/{letter.pk}/{rest}"
        assert stranger.get(elsewhere).status_code in (404, 405)
        assert client.get(at(world, letter, rest)).status_code in (302, 405)
    own = f"/etablissements/{world.there.siret}/courriers/telecharger?courrier={letter.pk}&tout=1"
    assert stranger.get(own).status_code == 302
    for mark in ("non-lu/", "lu/"):
        assert stranger.post(at(world, letter, mark)).status_code == 404


def test_unread_is_per_person_and_says_so_until_the_file_is_opened(world: World, signed_in: Any) -> None:
    for who in (world.reader, world.user):
        give(who)
    letter = came(world, "A-1")
    marc, lea = signed_in(world.reader), signed_in(world.user)
    assert "1 courrier non lu" in listed(marc, world).replace("\u00a0", " ")
    # Its page tells what it is; only the file is what was written.
    marc.get(at(world, letter))
    assert "Personne de l’établissement ne l’a encore ouvert" in body(lea.get(at(world, letter)))
    assert marc.head(at(world, letter, "fichier")).status_code == 200
    assert ">Non lu<" in listed(marc, world)
    assert marc.get(at(world, letter, "fichier")).content == pdf("A-1")
    assert marc.get(at(world, letter, "fichier")).status_code == 200
    assert ">Non lu<" not in listed(marc, world) and ">Non lu<" in listed(lea, world)
    told = body(lea.get(at(world, letter)))
    assert "Marc Petit" in told and "Peuvent aussi le lire" in told
    with tenancy.scope(establishment=world.here.pk):
        assert (
            Event.objects.filter(kind="letter.opened", object=letter.ref, actor=world.reader.membership.ref).count()
            == 1
        )
        assert FundLetter.objects.get(pk=letter.pk).first_opened_at is not None
    assert marc.post(at(world, letter, "non-lu/")).status_code == 302
    assert ">Non lu<" in listed(marc, world)
    # Marked read again without opening it, each for themselves; who marks it has not opened it.
    assert "Marquer comme lu" in body(marc.get(at(world, letter)))
    assert marc.post(at(world, letter, "lu/")).status_code == 302
    assert ">Non lu<" not in listed(marc, world) and ">Non lu<" in listed(lea, world)
    assert lea.post(at(world, letter, "lu/")).status_code == 302
    assert ">Non lu<" not in listed(lea, world)
    with tenancy.scope(establishment=world.here.pk):
        opened = Event.objects.filter(kind="letter.opened", object=letter.ref).values_list("actor", flat=True)
        assert set(opened) == {world.reader.membership.ref}
    # Marked unread, it was opened all the same.
    assert "Marc Petit" in body(lea.get(at(world, letter)))


def test_the_file_in_parts(world: World, signed_in: Any) -> None:
    give(world.reader)
    letter = came(world, "A-1", title="Relevé « Été » : n° 1/2")
    browser, content = signed_in(world.reader), pdf("A-1")
    where, size = at(world, letter, "fichier"), len(pdf("A-1"))
    whole = browser.get(where)
    tag = whole.headers["ETag"]
    assert whole.headers["Accept-Ranges"] == "bytes" and whole.headers["Cache-Control"] == "private, no-store"
    assert whole.headers["X-Content-Type-Options"] == "nosniff" and whole.headers["Content-Type"] == "application/pdf"
    assert "script-src" not in whole.headers["Content-Security-Policy"]
    assert whole.headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    day = clock.today().isoformat()
    assert whole.headers["Content-Disposition"] == (
        f'inline; filename="CNRACL-{day}-Releve-Ete-n-1-2.pdf"; '
        f"filename*=UTF-8''CNRACL-{day}-Relev%C3%A9-%C2%AB-%C3%89t%C3%A9-%C2%BB-n%C2%B0-1-2.pdf"
    )
    assert browser.get(where + "?enregistrer=1").headers["Content-Disposition"].startswith("attachment; ")
    cases = [
        ("bytes=0-9", None, 206, content[:10], f"bytes 0-9/{size}"),
        ("bytes=10-", None, 206, content[10:], f"bytes 10-{size - 1}/{size}"),
        ("bytes=-5", None, 206, content[-5:], f"bytes {size - 5}-{size - 1}/{size}"),
        (f"bytes=-{size * 2}", None, 206, content, f"bytes 0-{size - 1}/{size}"),
        (f"bytes=5-{size * 9}", None, 206, content[5:], f"bytes 5-{size - 1}/{size}"),
        (f"bytes={size}-", None, 416, b"", f"bytes */{size}"),
        ("bytes=-0", None, 416, b"", f"bytes */{size}"),
        ("bytes=9-5", None, 200, content, None),
        ("bytes=0-1,3-4", None, 200, content, None),
        ("octets=0-1", None, 200, content, None),
        ("bytes=-", None, 200, content, None),
        ("bytes=" + "9" * 400 + "-", None, 200, content, None),
        ("bytes=0-9", tag, 206, content[:10], f"bytes 0-9/{size}"),
        ("bytes=0-9", '"another"', 200, content, None),
        ("bytes=0-9", f"W/{tag}", 200, content, None),
        ("bytes=0-9", "Sat, 28 Nov 2026 10:00:00 GMT", 200, content, None),
    ]
    for asked, condition, status, part, told in cases:
        more = {"If-Range": condition} if condition else {}
        answer = browser.get(where, headers={"Range": asked, **more})
        assert (answer.status_code, answer.content) == (status, part), (asked, condition)
        assert answer.headers.get("Content-Range") == told, asked


def test_several_as_one_zip_within_a_limit(world: World, signed_in: Any, settings: Any, owner: Any) -> None:
    give(world.reader)
    letters = [came(world, f"A-{n}", title="Facture" if n else "Relevé", type="facture") for n in range(4)]
    elsewhere = came(world, "B-1", place=world.there)
    browser = signed_in(world.reader)
    base = f"/etablissements/{world.here.siret}/courriers/telecharger"
    chosen = "&".join(f"courrier={one.pk}" for one in (*letters[1:3], elsewhere))
    answer = browser.get(f"{base}?{chosen}&courrier=x&courrier=99999999999")
    assert answer.headers["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as box:
        day = clock.today().isoformat()
        assert sorted(box.namelist()) == [f"CNRACL-{day}-Facture-2.pdf", f"CNRACL-{day}-Facture.pdf"]
        assert {box.read(name) for name in box.namelist()} == {pdf("A-1"), pdf("A-2")}
    with tenancy.scope(establishment=world.here.pk):
        read = Reading.objects.filter(person_id=world.reader.person.pk)
        assert {one.letter_id for one in read} == {one.pk for one in letters[1:3]}
        used = RightUse.objects.filter(membership=world.reader.membership)
        assert [one.service for one in used] == ["courriers"]
    owner.execute("UPDATE letters_lettertype SET service = 'contrats' WHERE code = 'information'")
    give(world.reader, "contrats")
    news = came(world, "C-1", title="Avenant", type="information")
    assert browser.get(f"{base}?courrier={news.pk}&courrier={letters[0].pk}").status_code == 200
    with tenancy.scope(establishment=world.here.pk):
        assert {one.service for one in used.all()} == {"courriers", "contrats"}
    with zipfile.ZipFile(io.BytesIO(browser.get(f"{base}?tout=1&q=facture").content)) as box:
        assert len(box.namelist()) == 4  # the type is searched too
    settings.PARVIS_LETTER_ZIP_LETTERS = 3
    refused = browser.get(f"{base}?tout=1", follow=True)
    assert "au plus 3 courriers" in body(refused)
    assert "Cochez au moins un courrier" in body(browser.get(base, follow=True))


def test_a_file_that_is_gone_is_said_and_keeps_no_other_back(world: World, signed_in: Any) -> None:
    give(world.reader)
    kept, lost = came(world, "A-1"), came(world, "A-2", title="Facture")
    with tenancy.scope(establishment=world.here.pk):
        from django.core.files.storage import storages

        storages["kept"].delete(files.keeping._place(lost.key))
    browser = signed_in(world.reader)
    answer = browser.get(at(world, lost, "fichier"))
    assert answer.status_code == 503 and "ne s’ouvre pas" in body(answer)
    zipped = browser.get(f"/etablissements/{world.here.siret}/courriers/telecharger?tout=1")
    with zipfile.ZipFile(io.BytesIO(zipped.content)) as box:
        assert len(box.namelist()) == 2 and "Facture" in box.read("A-LIRE.txt").decode()
    with tenancy.scope(establishment=world.here.pk):
        assert [one.letter_id for one in Reading.objects.all()] == [kept.pk]


def test_archiving_is_for_everybody_and_takes_modification(world: World, signed_in: Any) -> None:
    give(world.reader)
    give(world.user, level=Level.WRITE)
    letter = came(world, "A-1")
    marc, lea = signed_in(world.reader), signed_in(world.user)
    where = f"/etablissements/{world.here.siret}/courriers/archiver/"
    assert "Archiver" not in body(marc.get(at(world, letter)))
    refused = marc.post(where, {"courrier": letter.pk})
    assert refused.status_code == 403 and "« Modification »" in body(refused)
    assert "Archiver 1" in body(lea.get(f"{where}?courrier={letter.pk}"))
    # About money, and opened by nobody: archived, it would be recalled to nobody.
    quiet = came(world, "A-2", type="information", title="Lettre d’information")
    alone = body(lea.post(where, {"courrier": letter.pk}))
    assert "Ouvrez d’abord ce courrier : il parle d’argent." in alone.replace("\u00a0", " ")
    assert "ouvrez d’abord ce courrier" in body(lea.get(at(world, letter)))
    several = body(lea.post(where, {"courrier": [letter.pk, quiet.pk]}, follow=True)).replace("\u00a0", " ")
    assert "1 courrier archivé pour" in several and "« Relevé de compte de mai »" in several
    assert "Lettre d’information" in listed(marc, world, "?etat=archives")
    assert "Relevé de compte de mai" not in listed(marc, world, "?etat=archives")
    lea.post(where, {"courrier": quiet.pk})
    marc.get(at(world, letter, "fichier"))
    assert lea.post(where, {"courrier": letter.pk}).status_code == 302
    assert lea.post(where, {"courrier": letter.pk}).status_code == 302
    assert "Aucun courrier ne correspond" in listed(marc, world)
    assert "Relevé de compte de mai" in listed(marc, world, "?etat=archives")
    lea.post(where, {"courrier": letter.pk, "geste": "sortir"})
    assert "Relevé de compte de mai" in listed(marc, world)
    with tenancy.scope(establishment=world.here.pk):
        kinds = Event.objects.filter(object=letter.ref).order_by("id").values_list("kind", flat=True)
        assert list(kinds) == ["letter.deposited", "letter.opened", "letter.archived", "letter.unarchived"]


def test_a_letter_taken_back_is_opened_by_nobody(world: World, signed_in: Any) -> None:
    give(world.reader)
    letter = came(world, "A-1", title="Dossier d’un autre")
    with tenancy.scope(establishment=world.here.pk):
        withdraw(actor=SYSTEM, letter=letter.pk, reason="place")
    browser = signed_in(world.reader)
    for rest in ("", "fichier"):
        answer = browser.get(at(world, letter, rest))
        assert answer.status_code == 410
        assert "adressé par erreur" in body(answer) and "Dossier d’un autre" not in body(answer)
    assert "Dossier" not in listed(browser, world)


FILTERS = [
    ("?q=releves", {"A", "D"}),  # the plural of a French word, without its accent
    ("?q=ref-b", {"B"}),
    ("?q=ircantec", {"B"}),
    ("?q=%25", set()),
    ("?fonds=ircantec", {"B"}),
    ("?theme=relation", {"C"}),
    ("?type=facture", {"B"}),
    ("?etat=non-lus", {"A", "B", "C"}),
    ("?etat=lus", {"D"}),
    ("?etat=archives", {"E"}),
    ("?etat=tous", {"A", "B", "C", "D", "E"}),
    ("?du=01/11/2026&au=2026-11-10", {"C"}),
    ("?du=hier", {"A", "B", "C", "D"}),
    ("?fonds=inconnu&tri=faux&page=-4&sens=x", {"A", "B", "C", "D"}),
    *((f"?page={page}", {"A", "B", "C", "D"}) for page in ("0", "000", "", "999999", "9" * 30, "²", "1.5", "%00")),
]


def test_filters_find_what_they_say(world: World, signed_in: Any, settings: Any, owner: Any) -> None:
    give(world.reader)
    day = datetime.date
    made = {
        "A": came(world, "ref-A", title="Relevé titre-A", dated_on=day(2026, 10, 1)),
        "B": came(world, "ref-B", title="Courrier titre-B", fund="ircantec", type="facture", dated_on=day(2026, 10, 2)),
        "C": came(world, "ref-C", title="Courrier titre-C", type="information", dated_on=day(2026, 11, 5)),
        "D": came(world, "ref-D", title="Relevé titre-D", dated_on=day(2026, 10, 3)),
        "E": came(world, "ref-E", title="Vieux titre-E", type="information", dated_on=day(2026, 10, 4)),
    }
    browser = signed_in(world.reader)
    browser.get(at(world, made["D"], "fichier"))
    with tenancy.scope(establishment=world.here.pk):
        FundLetter.objects.filter(pk=made["E"].pk).update(archived_at=clock.now())
    for query, expected in FILTERS:
        page = listed(browser, world, query)
        assert {name for name in made if f"titre-{name}<" in page} == expected, query
    assert "Saisissez une date comme" in listed(browser, world, "?du=hier")


def test_a_fund_whose_contract_has_ended_is_one_to_choose_while_there_are_letters_of_it(
    as_owner: Any, world: World, signed_in: Any
) -> None:
    give(world.reader)
    came(world, "ref-B", fund="ircantec", type="facture")
    ended = Contract.objects.filter(establishment=world.here, fund__in=("ircantec", "rafp"))
    ended.update(ends_on=clock.today() - datetime.timedelta(days=1))
    page = listed(signed_in(world.reader), world, "")
    assert '<option value="ircantec">' in page and '<option value="rafp">' not in page


def test_the_list_asks_no_more_of_more_letters(world: World, signed_in: Any) -> None:
    give(world.reader)
    browser = signed_in(world.reader)
    counts = []
    for number in range(1, 30):
        came(world, f"A-{number}")
        if number in (1, 2, 29):
            listed(browser, world)
            with CaptureQueriesContext(connection) as queries:
                page = listed(browser, world)
            counts.append(len(queries))
    assert len(set(counts)) == 1, counts
    assert "Page 1 sur 2" in page.replace("\u00a0", " ")
    assert "Page 2 sur 2" in listed(browser, world, "?page=99").replace("\u00a0", " ")


def test_a_selection_is_marked_as_read_for_oneself_and_is_not_opened(world: World, signed_in: Any) -> None:
    for who in (world.reader, world.user):
        give(who)
    money, quiet = came(world, "A-1"), came(world, "A-2", type="information", title="Lettre d’information")
    opened, kept = came(world, "A-3", title="Facture"), came(world, "A-4", title="Relevé gardé")
    marc, lea = signed_in(world.reader), signed_in(world.user)
    marc.get(at(world, opened, "fichier"))
    several = f"/etablissements/{world.here.siret}/courriers/lus/"
    assert "Cochez au moins un courrier" in body(marc.post(several, {"courrier": ["x", "-1"]}, follow=True))
    # What is not theirs to read is left alone, silently; the list comes back as it was.
    elsewhere = came(world, "B-1", place=world.there)
    answer = marc.post(several, {"courrier": [money.pk, quiet.pk, opened.pk, elsewhere.pk], "fonds": "cnracl"})
    assert answer["Location"].endswith("?fonds=cnracl")
    page = listed(marc, world).replace("\u00a0", " ")
    assert "2 courriers marqués comme lus, pour vous seulement." in page
    assert "reste rappelé tant que personne ne l’a ouvert" in page and "1 courrier non lu" in page
    assert "4 courriers non lus" in listed(lea, world).replace("\u00a0", " ")
    # Nobody is said to have read it, and it is still recalled.
    assert "Personne de l’établissement ne l’a encore ouvert" in body(lea.get(at(world, money)))
    with tenancy.scope(establishment=world.here.pk):
        assert [one.title for one in tasks_of(stands(world.reader)) if "argent" in one.title]
        assert not FundLetter.objects.get(pk=money.pk).first_opened_at
        assert Event.objects.filter(kind="letter.marked_read").count() == 2
        unread = [one.object_id for one in unread_notices(stands(world.reader), 9) if one.kind == "letter"]
        assert unread == [kept.pk]
    assert "déjà fait" in body(marc.post(several, {"courrier": [money.pk]}, follow=True))
    marc.post(at(world, money, "non-lu/"))
    assert "2 courriers non lus" in listed(marc, world).replace("\u00a0", " ")
    # Opening it later is a first opening.
    marc.get(at(world, quiet, "fichier"))
    with tenancy.scope(establishment=world.here.pk):
        assert Event.objects.filter(kind="letter.opened", object=quiet.ref).count() == 1
        assert Reading.objects.get(letter=quiet, person_id=world.reader.person.pk).opened
    assert signed_in(world.stranger).post(several, {"courrier": [money.pk]}).status_code == 404
