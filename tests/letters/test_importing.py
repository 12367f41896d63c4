"""A batch of letters: by line what was wrong and what to do, nothing twice, and going on after a kill."""

import csv
import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from parvis.establishments.models import Succession
from parvis.ground import clock, tenancy
from parvis.journal.actions import SYSTEM
from parvis.journal.models import Event
from parvis.letters import importing
from parvis.letters.actions import Told, deposit
from parvis.letters.models import Campaign, FundLetter
from parvis.notices.models import Notice
from tests.letters.papers import pdf
from tests.world import HERE, THERE, World, establishment

HEAD = ["siret", "fund", "type", "reference", "title", "dated_on", "file", "campaign"]
ELSEWHERE, TAKEN_OVER = "21740203100017", "21740002700017"


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.DATA_DIR = tmp_path / "data"
    made = tmp_path / "pdf"
    made.mkdir()
    for name in ("a", "b", "c"):
        (made / f"{name}.pdf").write_bytes(pdf(name))
    return made


def manifest(folder: Path, *lines: dict[str, str]) -> Path:
    usual = {"siret": HERE, "fund": "cnracl", "type": "facture", "title": "Facture", "dated_on": "2026-11-02"}
    path = folder.parent / "bordereau.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEAD, restval="")
        writer.writeheader()
        writer.writerows({**usual, **line} for line in lines)
    return path


def imported(folder: Path, path: Path) -> tuple[int, str, str]:
    """The exit code, and what was said on each output; no-break spaces made plain."""
    out, wrong, code = io.StringIO(), io.StringIO(), 0
    try:
        call_command("letters", "import", str(path), str(folder), stdout=out, stderr=wrong)
    except SystemExit as ended:
        code = int(ended.code or 0)
    said = [one.getvalue().replace("\u00a0", " ").replace("\u202f", " ") for one in (out, wrong)]
    return code, said[0], said[1]


def test_good_lines_arrive_once_and_wrong_ones_say_what_to_do(
    world: World, as_owner: Any, folder: Path, tmp_path: Path
) -> None:
    old = establishment(TAKEN_OVER, "Ancienne commune", ("cnracl",))
    Succession.objects.create(
        predecessor=old, successor=world.here, cause="merger", on=clock.today(), reason="Fusion", fund="cnracl",
        prepared_at=clock.now(), prepared_by=world.stranger.membership.ref, done_at=clock.now(),
    )  # fmt: skip
    (folder / "hostile.pdf").write_bytes(pdf("x", more=b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"))
    (folder / "coupe.pdf").write_bytes(pdf("x")[:200])
    (folder / "vide.pdf").write_bytes(b"")
    (folder / "texte.pdf").write_text("bonjour")
    (tmp_path / "dehors.pdf").write_bytes(pdf("secret"))
    (folder / "lien.pdf").symlink_to(tmp_path / "dehors.pdf")
    cases: list[tuple[dict[str, str], str]] = [
        ({"reference": "R-1", "file": "a.pdf", "campaign": "Relevés de mai"}, ""),
        ({"reference": "R-2", "file": "b.pdf", "siret": THERE, "campaign": "Relevés de mai"}, ""),
        ({"reference": "R-1", "file": "c.pdf"}, "est déjà à la ligne 2"),
        ({"reference": "R-3", "file": "a.pdf", "siret": "12345678901234"}, "siret"),
        ({"reference": "R-4", "file": "a.pdf", "siret": "21750001600019"}, "pas dans le répertoire"),
        ({"reference": "R-5", "file": "a.pdf", "fund": "cnraclx"}, "fund « cnraclx »"),
        ({"reference": "R-6", "file": "a.pdf", "fund": "faefm"}, "jamais eu de contrat avec FAEFM"),
        (
            {"reference": "R-7", "file": "a.pdf", "type": "lettre"},
            "type « lettre » : un de aide, avis-d-echeance, contrat",
        ),
        ({"reference": "", "file": "a.pdf"}, "La référence compte de 1 à 60"),
        ({"reference": "R-8", "file": "a.pdf", "title": ""}, "Le titre compte de 1 à 150"),
        ({"reference": "R-9", "file": "a.pdf", "dated_on": "mai"}, "une date est attendue"),
        ({"reference": "R-10", "file": "a.pdf", "dated_on": "2099-01-01"}, "ou d’un jour passé"),
        ({"reference": "R-11", "file": "absent.pdf"}, "n’est pas dans le dossier"),
        ({"reference": "R-12", "file": "../dehors.pdf"}, "n’est pas dans le dossier"),
        ({"reference": "R-13", "file": "lien.pdf"}, "n’est pas dans le dossier"),
        ({"reference": "R-14", "file": ""}, "n’est pas dans le dossier"),
        ({"reference": "R-15", "file": "hostile.pdf"}, "autre chose que des pages"),
        ({"reference": "R-16", "file": "coupe.pdf"}, "abîmé ou incomplet"),
        ({"reference": "R-17", "file": "vide.pdf"}, "est vide"),
        ({"reference": "R-18", "file": "texte.pdf"}, "n’est pas un PDF"),
        ({"reference": "R-19", "file": "a.pdf", "siret": TAKEN_OVER}, f"repris par {HERE}"),
        ({"reference": "R-20", "file": "c.pdf", "type": "contrat"}, ""),
    ]
    path = manifest(folder, *(line for line, _ in cases))
    code, said, wrong = imported(folder, path)
    told = {int(one.split()[1]): one for one in wrong.splitlines() if one.startswith("ligne ")}
    for number, (line, expected) in enumerate(cases, 2):
        assert (expected in told.get(number, "")) if expected else number not in told, (line, told.get(number))
    assert (code, len(told)) == (1, len(cases) - 3)
    assert "22 lignes lues : 3 courriers déposés, 0 déjà déposé, 19 refusés." in said
    assert "relancez la même commande" in wrong
    assert set(FundLetter.objects.values_list("reference", flat=True)) == {"R-1", "R-2", "R-20"}
    assert Campaign.objects.get().name == "Relevés de mai"
    assert Event.objects.filter(kind="letter.deposited").count() == 3
    # One notice for each, to who holds the service of its type; who administers learns of what nobody may read.
    services = Notice.objects.filter(kind="letter").order_by("service").values_list("service", flat=True)
    assert list(services) == ["contrats", "courriers", "courriers"]
    assert Notice.objects.filter(kind="letter_nobody", administrators=True).count() == 2

    # The same again: nothing twice, and a file that is gone since is no fault.
    good = manifest(folder, *(line for line, expected in cases if not expected))
    (folder / "b.pdf").unlink()
    assert imported(folder, good)[:2] == (0, "3 lignes lues : 0 courrier déposé, 3 déjà déposés, 0 refusé.\n")
    # The same reference for something else is told.
    (folder / "a.pdf").write_bytes(pdf("autre"))
    code, _, wrong = imported(folder, good)
    assert code == 1 and "est celle d’un autre courrier" in wrong
    assert FundLetter.objects.count() == 3


def test_what_is_no_manifest_is_told_with_another_code(world: World, as_owner: Any, folder: Path) -> None:
    path = folder.parent / "faux.csv"
    for content, expected in (
        (b"", "Le fichier est vide"),
        (b"siret;fund;type\n", "points-virgules"),
        (b"siret,fund\n", "Il manque les colonnes type, reference"),
        (b"\xff\xfe", "UTF-8"),
    ):
        path.write_bytes(content)
        code, _, wrong = imported(folder, path)
        assert code == 2 and expected in wrong
    assert imported(folder, folder / "absent.csv")[0] == 2
    assert "n’existe pas" in imported(folder.parent / "nulle-part", manifest(folder))[2]


def test_a_letter_that_came_meanwhile_is_met_and_not_twice(
    world: World, as_owner: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = manifest(folder, {"reference": "R-1", "file": "a.pdf"}, {"reference": "R-2", "file": "b.pdf"})
    deposited, tries = importing._deposited, []

    def meanwhile(*given: Any) -> int:
        tries.append(True)
        if len(tries) == 1:
            # An adviser deposits it after the stride was looked at: the row is really there.
            told = Told("cnracl", "facture", "R-1", "Facture", clock.today())
            with tenancy.scope(establishment=world.here.pk):
                deposit(actor=SYSTEM, told=told, content=(folder / "a.pdf").read_bytes())
        return deposited(*given)

    monkeypatch.setattr(importing, "_deposited", meanwhile)
    assert imported(folder, path)[:2] == (0, "2 lignes lues : 1 courrier déposé, 1 déjà déposé, 0 refusé.\n")
    assert len(tries) == 2 and FundLetter.objects.filter(reference__in=["R-1", "R-2"]).count() == 2

    def always(*given: Any) -> int:
        raise importing._Meanwhile

    monkeypatch.setattr(importing, "_deposited", always)
    code, _, wrong = imported(folder, manifest(folder, {"reference": "R-3", "file": "c.pdf"}))
    assert code == 2 and "relancez la même commande. Ce qui est déposé le reste." in wrong


# --- Ten thousand, killed in the middle -------------------------------------------------------------------------------
# What each PDF is checked for stands above: here a few papers, which a batch looks at once each, are all the letters.
MANY, PAPERS = 10_000, 40


@pytest.fixture
def elsewhere(owner: psycopg.Connection[Any]) -> Iterator[int]:
    """An establishment of its own, committed, that takes with it all that a process of its own committed."""
    row = owner.execute(
        "INSERT INTO establishments_establishment (siret, siren, name, kind, legal_category, insee_code, department, "
        "postcode, parent_siren, sort_key) VALUES (%s, %s, 'Novel', 'commune', '7210', '', '', '', '', 'novel') "
        "RETURNING id",
        [ELSEWHERE, ELSEWHERE[:9]],
    ).fetchone()
    assert row is not None
    (place,) = row
    owner.execute(
        "INSERT INTO establishments_contract (establishment_id, fund, number, starts_on) "
        "VALUES (%s, 'cnracl', 'C-1', '2010-01-01')",
        [place],
    )
    yield place
    owner.execute("ALTER TABLE journal_event DISABLE TRIGGER USER")
    for table in ("journal_event", "notices_notice", "letters_fundletter", "establishments_contract"):
        owner.execute(f"DELETE FROM {table} WHERE establishment_id = %s", [place])
    owner.execute("ALTER TABLE journal_event ENABLE TRIGGER USER")
    owner.execute("DELETE FROM procrastinate_jobs WHERE args->>'establishment' = %s", [str(place)])
    owner.execute("DELETE FROM establishments_establishment WHERE id = %s", [place])


def _command(tmp_path: Path, *words: Path) -> subprocess.Popen[str]:
    address = os.environ["DATABASE_OWNER_URL"].replace("/parvis?", f"/{connection.settings_dict['NAME']}?", 1)
    assert "/test" in address
    return subprocess.Popen(
        [sys.executable, "-m", "parvis.config.command", "letters", "import", *map(str, words)],
        env={**os.environ, "DATABASE_OWNER_URL": address, "PARVIS_DATA_DIR": str(tmp_path / "data")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.usefixtures("db")
def test_ten_thousand_letters_twice_and_killed_in_the_middle(
    folder: Path, tmp_path: Path, elsewhere: int, owner: psycopg.Connection[Any]
) -> None:
    for number in range(PAPERS):
        (folder / f"{number}.pdf").write_bytes(pdf(f"courrier {number}"))
    lines = ({"siret": ELSEWHERE, "reference": f"L-{n:05}", "file": f"{n % PAPERS}.pdf"} for n in range(MANY))
    path = manifest(folder, *lines)

    def count() -> int:
        row = owner.execute(
            "SELECT count(*) FROM letters_fundletter WHERE establishment_id = %s", [elsewhere]
        ).fetchone()
        return int(row[0]) if row else 0

    first, limit = _command(tmp_path, path, folder), time.monotonic() + 120
    while count() < MANY // 3:
        assert first.poll() is None and time.monotonic() < limit, "The import ended before it could be killed."
        time.sleep(0.05)
    first.send_signal(signal.SIGKILL)
    first.communicate(timeout=30)
    done = count()
    assert MANY // 3 <= done < MANY and done % 100 == 0
    second = _command(tmp_path, path, folder)
    said = second.communicate(timeout=180)[0].replace("\u00a0", " ").replace("\u202f", " ")
    assert second.returncode == 0, said
    counts = [f"{count:,}".replace(",", " ") for count in (MANY, MANY - done, done)]
    assert "{} lignes lues : {} courriers déposés, {} déjà déposés, 0 refusé.".format(*counts) in said
    assert count() == MANY
    # Each has one event and one notice, and one file that no other has.
    for sql in (
        "SELECT count(DISTINCT key) FROM letters_fundletter WHERE establishment_id = %s",
        "SELECT count(DISTINCT object) FROM journal_event WHERE establishment_id = %s AND kind = 'letter.deposited'",
        "SELECT count(DISTINCT object_id) FROM notices_notice WHERE establishment_id = %s AND kind = 'letter'",
    ):
        assert owner.execute(sql, [elsewhere]).fetchone() == (MANY,), sql
    kept = sum(1 for _ in (tmp_path / "data" / "files" / "letter").rglob("letter-*"))
    # Of the strides that were killed some files stand without a row: `parvis daily` sweeps them.
    assert MANY <= kept < MANY + 300
