"""« Importer » as its pages show it: every step, every refusal, nobody else."""

import uuid
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from parvis.access.bulk import views
from parvis.access.models import Import, Membership
from parvis.ground import tenancy
from parvis.ground.identifiers.account import grouped
from tests.access.bulk.hands import NEW, line_of, table, text, uploaded
from tests.access.reading import at_field, events, words
from tests.identity.factors.hands import CONFIRM, code_now, stale
from tests.plugins.html import ReadingClient
from tests.world import Someone, World

SignedIn = Callable[[Someone], ReadingClient]


@pytest.fixture
def base(world: World) -> str:
    return f"/etablissements/{world.here.siret}/comptes/importer/"


@pytest.fixture
def browser(world: World, signed_in: SignedIn) -> ReadingClient:
    return signed_in(world.administrator)


def previewed(browser: ReadingClient, world: World, rows: list[dict[str, str]]) -> str:
    answer = uploaded(browser, world, text(rows).encode())
    assert answer.status_code == 302, words(answer)
    return str(answer["Location"])


def test_the_whole_way(world: World, browser: ReadingClient, base: str) -> None:
    assert "1. Télécharger le fichier" in words(browser.get(base))
    content = browser.get(f"{base}comptes-et-droits.csv").content
    rows = table(content)
    assert len(rows) == 4
    line_of(rows, world.user)["Fonction"] = "Responsable"
    where = previewed(browser, world, [*rows, NEW])
    shown = words(browser.get(where))
    assert "1 compte sera créé" in shown and "1 compte sera modifié" in shown
    assert "Gestionnaire RH" in words(browser.get(f"{where}?voir=modifiees"))
    assert "Un aperçu attend votre réponse" in words(browser.get(base))
    answer = browser.post(where)
    assert answer["Location"] == f"{where}resultat/"
    result = browser.get(answer["Location"])
    with tenancy.scope(establishment=world.here.pk):
        made = Membership.objects.get(last_name="Blanc")
        assert Membership.objects.get(pk=world.user.account_id).function == "Responsable"
    assert grouped(made.identifier) in words(result) and "1 compte créé, 1 compte modifié" in words(result)
    reader = PdfReader(BytesIO(browser.get(f"{where}fiches.pdf").content))
    assert grouped(made.identifier) in reader.pages[0].extract_text()
    # Back, or « Importer » pressed again: the same result.
    assert browser.post(where)["Location"] == f"{where}resultat/" == browser.get(where)["Location"]
    kinds = [event.kind for event in events(world.here.pk)]
    assert kinds.count("accounts.imported") == 1 and kinds.count("account.created") == 1
    assert "Comptes et droits importés d’un fichier" in words(
        browser.get(f"/etablissements/{world.here.siret}/historique/")
    )


def test_the_download_leaves_its_event_and_no_name(world: World, browser: ReadingClient, base: str) -> None:
    for kind in ("csv", "ods"):
        answer = browser.get(f"{base}comptes-et-droits.{kind}")
        assert answer["Cache-Control"] == "no-store" and "attachment" in answer["Content-Disposition"]
    found = events(world.here.pk, kind="accounts.downloaded")
    assert [event.after for event in found] == [{"rows": 4, "format": "csv"}, {"rows": 4, "format": "ods"}]


def test_refused_lines_are_shown_and_nothing_can_be_imported(world: World, browser: ReadingClient, base: str) -> None:
    where = previewed(browser, world, [NEW, {**NEW, "Nom": "", "Adresse électronique": "x@annecy.example"}])
    shown = words(browser.get(where))
    assert "Rien ne sera importé tant qu’une ligne est refusée" in shown and "Saisissez le nom de famille" in shown
    answer = browser.post(where)
    assert "Des lignes sont refusées" in words(answer)
    with tenancy.scope(establishment=world.here.pk):
        assert not Membership.objects.filter(last_name="Blanc").exists()


@pytest.mark.parametrize("content", [b"", b"\x89PNG\x00", b"Identifiant;Nom\r\n", b"x" * 6_000_000])
def test_a_wrong_file_says_what_to_do_at_its_field(content: bytes, world: World, browser: ReadingClient) -> None:
    answer = uploaded(browser, world, content)
    assert answer.status_code == 200 and at_field(answer, "file")


def test_no_file_and_a_file_beyond_every_limit_are_told(
    world: World, browser: ReadingClient, base: str, settings: Any
) -> None:
    assert at_field(browser.post(base), "file") == "Choisissez le fichier que vous avez modifié."
    settings.PARVIS_UPLOAD_LIMIT = 1_000
    assert at_field(uploaded(browser, world, b"x" * 5_000), "file") == "Ce fichier dépasse 5 Mo."


def test_importing_wants_a_fresh_second_factor_and_then_does_it(world: World, browser: ReadingClient) -> None:
    where = previewed(browser, world, [NEW])
    stale(browser)
    assert browser.post(where)["Location"] == CONFIRM
    with tenancy.scope(establishment=world.here.pk):
        assert not Membership.objects.filter(last_name="Blanc").exists()
    assert browser.post(CONFIRM, {"code": code_now()})["Location"] == f"{where}resultat/"
    with tenancy.scope(establishment=world.here.pk):
        assert Membership.objects.filter(last_name="Blanc").count() == 1


def test_what_changed_meanwhile_is_shown_and_previewed_again(
    world: World, browser: ReadingClient, signed_in: SignedIn, base: str
) -> None:
    where = previewed(browser, world, [{"Identifiant": world.user.identifier, "Nom": "Blanc"}])
    account = base.replace("importer/", f"{world.user.account_id}/")
    assert signed_in(world.second).post(f"{account}desactiver/").status_code == 302
    answer = browser.post(where)
    assert answer.status_code == 409
    assert "Compte désactivé par Paul Girard" in words(answer) and "Léa Martin" in words(answer)
    assert browser.post(f"{where}refaire/")["Location"] == where
    assert browser.post(where)["Location"] == f"{where}resultat/"


def test_giving_up_erases_everything(world: World, browser: ReadingClient, base: str) -> None:
    where = previewed(browser, world, [NEW])
    assert browser.post(f"{where}abandonner/")["Location"] == base
    with tenancy.scope(establishment=world.here.pk):
        assert not Import.objects.exists()
    assert browser.get(where).status_code == 404 == browser.post(where).status_code


@pytest.mark.parametrize(("page", "act"), [("refaire/", "preview_again"), ("abandonner/", "give_up")])
def test_what_another_request_threw_away_at_the_same_moment_is_said(
    world: World, browser: ReadingClient, base: str, page: str, act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = previewed(browser, world, [NEW])
    kept = getattr(views.actions, act)

    def second(**asked: Any) -> Any:
        Import.objects.all().delete()
        return kept(**asked)

    monkeypatch.setattr(views.actions, act, second)
    assert browser.post(f"{where}{page}")["Location"] == base
    assert "Cet aperçu n’existe plus" in words(browser.get(base))


ONE = ["", "resultat/", "fiches.pdf"]


@pytest.mark.parametrize("page", ONE)
def test_an_import_is_its_authors_alone(page: str, world: World, browser: ReadingClient, signed_in: SignedIn) -> None:
    where = previewed(browser, world, [NEW])
    browser.post(where)
    assert browser.get(f"{where}{page}").status_code in (200, 302)
    assert signed_in(world.second).get(f"{where}{page}").status_code == 404
    assert signed_in(world.user).get(f"{where}{page}").status_code == 403
    assert signed_in(world.stranger).get(f"{where}{page}").status_code == 404
    moved = where.replace(world.here.siret, world.there.siret)
    assert signed_in(world.stranger).get(f"{moved}{page}").status_code == 404
    assert ReadingClient().get(f"{where}{page}").status_code == 302


@pytest.mark.parametrize("page", ["", "refaire/", "abandonner/"])
def test_nobody_else_writes_to_it(page: str, world: World, browser: ReadingClient, signed_in: SignedIn) -> None:
    where = previewed(browser, world, [NEW])
    for other, status in ((world.second, 404), (world.user, 403), (world.stranger, 404)):
        assert signed_in(other).post(f"{where}{page}").status_code == status
    assert browser.get(where).status_code == 200
    nowhere = where.replace(where.rstrip("/").rsplit("/", 1)[1], str(uuid.uuid4()))
    assert browser.post(f"{nowhere}{page}").status_code == 404


def test_a_long_preview_has_pages_and_asks_no_more_of_the_database(world: World, browser: ReadingClient) -> None:
    def statements(count: int) -> int:
        names = [f"Blanc {chr(97 + i // 20)}{chr(97 + i % 20)}" for i in range(count)]
        rows = [{**NEW, "Nom": name, "Adresse électronique": f"z{i}@annecy.example"} for i, name in enumerate(names)]
        where = previewed(browser, world, rows)
        browser.get(where)
        with CaptureQueriesContext(connection) as found:
            answer = browser.get(f"{where}?page=2" if count > 50 else where)
        assert ("Page 2 sur 3" in words(answer)) == (count > 50)
        assert browser.get(f"{where}?voir=inconnu&page=9999999999").status_code == 200
        return len(found)

    assert statements(3) == statements(120)


def test_a_preview_of_formulas_and_tags_shows_them_as_text(world: World, browser: ReadingClient) -> None:
    where = previewed(browser, world, [{**NEW, "Fonction": "<script>alert(1)</script>=1+1"}])
    assert "<script>alert(1)</script>=1+1" in words(browser.get(where))


def test_very_many_sheets_are_given_in_several_files(world: World, browser: ReadingClient, settings: Any) -> None:
    settings.PARVIS_IMPORT_SHEETS = 2
    rows = [{**NEW, "Nom": f"Blanc {mark}", "Adresse électronique": f"{mark}@annecy.example"} for mark in "abc"]
    where = previewed(browser, world, rows)
    browser.post(where)
    assert "Fiches 1 à 2 Fiches 3 à 3" in words(browser.get(f"{where}resultat/"))
    assert len(PdfReader(BytesIO(browser.get(f"{where}fiches.pdf").content)).pages) == 2
    assert "Blanc c" in PdfReader(BytesIO(browser.get(f"{where}fiches.pdf?partie=2").content)).pages[0].extract_text()
    assert browser.get(f"{where}fiches.pdf?partie=3").status_code == 404
