"""INSEE's stock files: what is kept, what a later month changes, what waits for advisers, kills, wrong lines."""

import gzip
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from bench.stock import ESTABLISHMENT_COLUMNS, LINK_COLUMNS, UNIT_COLUMNS, establishment, generate, link, unit, write
from parvis.establishments.importing import COLUMNS, import_employers
from parvis.establishments.lines import Rejected
from parvis.establishments.models import Contract, Establishment, SireneChange, SireneRun
from parvis.establishments.sirene.running import Report, import_sirene

TOWN, BUREAU, HOSPITAL, SHOP = "21740056300011", "21740056300029", "26740001200016", "55210055400013"
NEW = "20010000100017"
# Imports run as the owner.
inside = pytest.mark.usefixtures("as_owner")


def units(folder: Path, *more: str, town: str = "COMMUNE DE CHAMONIX-MONT-BLANC", category: str = "7210") -> Path:
    lines = [
        unit(TOWN[:9], town, category),
        unit(HOSPITAL[:9], "CH ALPES-LEMAN", "7364"),
        unit(SHOP[:9], "SOCIETE DU MONT BLANC, FRERES", "5710"),
        *more,
    ]
    return write(folder / "StockUniteLegale_utf8.csv", UNIT_COLUMNS, lines)


def places(folder: Path, *more: str, **town: str) -> Path:
    lines = [
        establishment(TOWN, codeCommuneEtablissement="74056", **town),
        establishment(
            BUREAU,
            etablissementSiege="false",
            enseigne1Etablissement="CAMPING MUNICIPAL",
            complementAdresseEtablissement="BATIMENT B",
            typeVoieEtablissement="AV",
            libelleVoieEtablissement='DU "PETIT, BOIS"',
            codeCedexEtablissement="74401",
            libelleCedexEtablissement="CHAMONIX CEDEX",
        ),
        establishment(HOSPITAL, etatAdministratifEtablissement="F", dateDebut="2024-01-01"),
        establishment(SHOP),
        *more,
    ]
    return write(folder / "StockEtablissement_utf8.csv", ESTABLISHMENT_COLUMNS, lines)


def read(folder: Path, **town: str) -> Report:
    return import_sirene(units(folder), places(folder, **town))


def followed(siret: str = TOWN) -> Establishment:
    """The establishment, with a contract: advisers see to what changes."""
    found = Establishment.objects.get(siret=siret)
    Contract.objects.create(establishment=found, fund="cnracl", number="1", starts_on="2010-01-01")
    return found


def changes() -> list[tuple[str, str, str, str]]:
    return list(SireneChange.objects.order_by("id").values_list("kind", "before", "after", "state"))


@inside
def test_public_establishments_alone_are_kept_as_they_are_read(tmp_path: Path) -> None:
    report = read(tmp_path)
    assert (report.counts["establishments_read"], report.counts["created"], report.counts["to_see"]) == (4, 3, 0)
    town, bureau = Establishment.objects.get(siret=TOWN), Establishment.objects.get(siret=BUREAU)
    assert (town.name, town.kind, town.legal_category) == ("Commune de Chamonix-Mont-Blanc", "commune", "7210")
    assert (town.commune, town.postcode, town.insee_code, town.department) == ("Annecy", "74000", "74056", "74")
    assert town.address == ["12 RUE DE LA MAIRIE", "74000 ANNECY"] and town.closed_on is None
    assert town.sort_key == "commune de chamonix mont blanc"
    assert bureau.name == "Commune de Chamonix-Mont-Blanc – Camping Municipal"
    assert bureau.address == ["BATIMENT B", '12 AVENUE DU "PETIT, BOIS"', "74401 CHAMONIX CEDEX"]
    hospital = Establishment.objects.get(siret=HOSPITAL)
    assert (hospital.name, str(hospital.closed_on)) == ("CH Alpes-Leman", "2024-01-01")
    assert not Establishment.objects.filter(siret=SHOP).exists()


@inside
def test_the_same_month_twice_changes_nothing_and_leaves_nothing_behind(tmp_path: Path) -> None:
    read(tmp_path)
    again = read(tmp_path).counts
    assert (again["created"], again["changed"], again["to_see"]) == (0, 0, 0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM establishments_sirenekept)")
        assert cursor.fetchone() == (0,)
    assert not SireneRun.objects.filter(finished_at=None).exists()


@inside
def test_archives_are_read_as_they_come(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "StockUniteLegale_utf8.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(units(tmp_path), "StockUniteLegale_utf8.csv")
    (tmp_path / "StockEtablissement_utf8.csv.gz").write_bytes(gzip.compress(places(tmp_path).read_bytes()))
    report = import_sirene(tmp_path / "StockUniteLegale_utf8.zip", tmp_path / "StockEtablissement_utf8.csv.gz")
    assert report.counts["created"] == 3


@inside
def test_a_later_month_applies_facts_and_keeps_name_and_address_for_advisers(tmp_path: Path) -> None:
    read(tmp_path)
    followed()
    import_sirene(
        units(tmp_path, town="CHAMONIX", category="7229"), places(tmp_path, libelleVoieEtablissement="DU MONT BLANC")
    )
    town, bureau = Establishment.objects.get(siret=TOWN), Establishment.objects.get(siret=BUREAU)
    assert changes() == [
        ("name", "Commune de Chamonix-Mont-Blanc", "Chamonix", "waiting"),
        ("address", "12 RUE DE LA MAIRIE\n74000 ANNECY", "12 RUE DU MONT BLANC\n74000 ANNECY", "waiting"),
        ("category", "7210", "7229", "waiting"),
    ]
    assert (town.name, town.address[0]) == ("Commune de Chamonix-Mont-Blanc", "12 RUE DE LA MAIRIE")
    assert town.legal_category == "7229"
    # Nobody has a contract there: Sirene is followed.
    assert bureau.name == "Chamonix – Camping Municipal"


@inside
def test_what_comes_back_and_what_changes_again_leaves_one_thing_to_see(tmp_path: Path) -> None:
    read(tmp_path)
    followed()
    read(tmp_path, libelleVoieEtablissement="DU MONT BLANC")
    read(tmp_path, libelleVoieEtablissement="DES ALPES")
    assert changes() == [("address", "12 RUE DE LA MAIRIE\n74000 ANNECY", "12 RUE DES ALPES\n74000 ANNECY", "waiting")]
    assert read(tmp_path).counts["to_see"] == 0
    assert [state for *_, state in changes()] == ["gone"]


@inside
def test_what_was_set_aside_is_not_proposed_again(tmp_path: Path) -> None:
    read(tmp_path)
    followed()
    read(tmp_path, libelleVoieEtablissement="DU MONT BLANC")
    SireneChange.objects.update(state="aside", decided_at="2026-11-01T10:00:00Z")
    assert read(tmp_path, libelleVoieEtablissement="DU MONT BLANC").counts["to_see"] == 0
    assert len(changes()) == 1


@inside
def test_a_closed_establishment_names_its_successor_even_months_later(tmp_path: Path) -> None:
    read(tmp_path)
    followed()
    closed = {"etatAdministratifEtablissement": "F", "dateDebut": "2026-10-01"}
    assert read(tmp_path, **closed).counts["to_see_closed"] == 1
    assert SireneChange.objects.get().successor == ""
    links = write(
        tmp_path / "Liens.csv", LINK_COLUMNS, [link(TOWN, BUREAU, "2020-01-01"), link(TOWN, NEW), link(SHOP, NEW)]
    )
    import_sirene(units(tmp_path), places(tmp_path, **closed), links)
    change = SireneChange.objects.get()
    assert (change.successor, str(change.on), change.after) == (NEW, "2026-10-01", "2026-10-01")
    assert str(Establishment.objects.get(siret=TOWN).closed_on) == "2026-10-01"
    read(tmp_path)
    assert [(kind, state) for kind, _, _, state in changes()] == [("closed", "gone"), ("reopened", "waiting")]
    assert Establishment.objects.get(siret=TOWN).closed_on is None


@inside
def test_a_directory_that_was_there_before_sirene_gets_its_facts_and_keeps_its_names(tmp_path: Path) -> None:
    line = f"{TOWN[:9]},{TOWN},Chamonix-Mont-Blanc,commune,7210,74056,74,74400,8705,200023372"
    (tmp_path / "employers.csv").write_text(f"{','.join(COLUMNS)}\n{line}\n", "utf-8")
    import_employers(tmp_path / "employers.csv")
    followed()
    assert read(tmp_path).counts["to_see"] == 0
    town = Establishment.objects.get(siret=TOWN)
    assert (town.name, town.address[0], town.population) == ("Chamonix-Mont-Blanc", "12 RUE DE LA MAIRIE", 8705)
    # And the directory's own import goes on working on the same table.
    assert import_employers(tmp_path / "employers.csv").created == 0
    assert Establishment.objects.get(siret=TOWN).address == ["12 RUE DE LA MAIRIE", "74000 ANNECY"]


@inside
def test_each_wrong_line_is_told_and_nothing_changes(tmp_path: Path) -> None:
    wrong = [
        "n’importe quoi",
        establishment(f"{TOWN[:9]}0003X"),
        establishment(f"{TOWN[:9]}00037", etatAdministratifEtablissement="Z"),
        establishment(f"{TOWN[:9]}00037", dateDebut="01/01/2026"),
        establishment(f"{TOWN[:9]}00037") + ",de trop",
        establishment(TOWN),
    ]
    with pytest.raises(Rejected) as refusal:
        import_sirene(units(tmp_path), places(tmp_path, *wrong))
    said = "\n".join(refusal.value.errors)
    assert [f"ligne {number} :" in said for number in range(5, 12)] == [False, *[True] * 6]
    assert "déjà à la ligne 2" in said
    assert not Establishment.objects.filter(siret=TOWN).exists()
    assert SireneRun.objects.get().step == "refused"


@inside
@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("siret;nic\n1;2\n", "il manque"),
        ("", "il manque"),
        (",".join(ESTABLISHMENT_COLUMNS) + "\n", "ligne d’en-tête"),
    ],
)
def test_a_file_that_is_no_stock_file_is_refused(tmp_path: Path, content: str, why: str) -> None:
    (tmp_path / "autre.csv").write_text(content, "utf-8")
    with pytest.raises(Rejected, match=why):
        import_sirene(units(tmp_path), tmp_path / "autre.csv")


@inside
def test_a_truncated_archive_is_refused(tmp_path: Path) -> None:
    whole = gzip.compress(places(tmp_path).read_bytes())
    (tmp_path / "coupe.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Rejected, match="abîmé ou incomplet"):
        import_sirene(units(tmp_path), tmp_path / "coupe.gz")
    (tmp_path / "faux.zip").write_bytes(b"no archive")
    with pytest.raises(Rejected, match="abîmé ou incomplet"):
        import_sirene(tmp_path / "faux.zip", places(tmp_path))


@inside
def test_the_command_says_what_it_did_and_what_to_correct(tmp_path: Path) -> None:
    out, wrong = StringIO(), StringIO()
    call_command("sirene", "import", str(units(tmp_path)), str(places(tmp_path)), stdout=out, stderr=wrong)
    assert "4 établissements lus, 3 gardés ; 3 créés, 0 modifié" in out.getvalue()
    with pytest.raises(SystemExit):
        call_command("sirene", "import", str(tmp_path / "rien.csv"), str(places(tmp_path)), stdout=out, stderr=wrong)
    assert "n’existe pas" in wrong.getvalue()


@pytest.fixture
def taken_back(owner: psycopg.Connection[Any]) -> Iterator[psycopg.Connection[Any]]:
    """What a process of its own committed is taken away again."""
    yield owner
    owner.execute("DELETE FROM establishments_establishment WHERE sirene IS NOT NULL")
    owner.execute("DELETE FROM establishments_sirenerun")
    owner.execute("TRUNCATE establishments_sireneunit, establishments_sirenekept, establishments_sirenelink")


def _command(folder: Path, *files: Path) -> subprocess.Popen[str]:
    (folder / "rules.toml").write_text("sirene_stride = 100\n", "utf-8")
    address = os.environ["DATABASE_OWNER_URL"].replace("/parvis?", f"/{connection.settings_dict['NAME']}?", 1)
    assert "/test" in address
    return subprocess.Popen(
        [sys.executable, "-m", "parvis.config.command", "sirene", "import", *map(str, files)],
        env={**os.environ, "DATABASE_OWNER_URL": address, "PARVIS_RULES": str(folder / "rules.toml")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _line(owner: psycopg.Connection[Any]) -> tuple[str, int]:
    row = owner.execute("SELECT step, line FROM establishments_sirenerun WHERE finished_at IS NULL").fetchone()
    return row or ("", 0)


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("killed_in", ["units", "establishments"])
def test_an_import_that_is_killed_goes_on_where_it_was(
    tmp_path: Path, taken_back: psycopg.Connection[Any], killed_in: str
) -> None:
    files = generate(tmp_path, 12_000)
    first = _command(tmp_path, *files)
    limit = time.monotonic() + 60
    while True:
        step, line = _line(taken_back)
        if step == killed_in and line > 1_000:
            break
        assert first.poll() is None and time.monotonic() < limit, "The import ended before it could be killed."
        time.sleep(0.002)
    first.send_signal(signal.SIGKILL)
    first.communicate(timeout=30)
    (known,) = taken_back.execute(
        "SELECT count(*) FROM establishments_establishment WHERE sirene IS NOT NULL"
    ).fetchone()  # type: ignore[misc]
    assert known == 0
    step, line = _line(taken_back)
    assert step == killed_in and line > 1_000
    second = _command(tmp_path, *files)
    said, _ = second.communicate(timeout=120)
    assert second.returncode == 0, said
    assert "Reprise après la ligne" in said
    assert "12 000 établissements lus, 600 gardés ; 600 créés" in said.replace("\u202f", " ")
    third, _ = _command(tmp_path, *files).communicate(timeout=120)
    assert "0 créé, 0 modifié" in third
