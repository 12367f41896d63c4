"""The directory's import: all or nothing, every line to correct told, the same file twice changes nothing."""

import tracemalloc
from pathlib import Path

import pytest
from django.core.management import call_command

from parvis.establishments.importing import COLUMNS, Rejected, Report, import_employers
from parvis.establishments.models import Establishment

HEADER = ",".join(COLUMNS)
TOWN = "217400563,21740056300011,Chamonix-Mont-Blanc,commune,7210,74056,74,74400,8705,200023372"
EPCI = "200023372,20002337200010,CC de la Vallée de Chamonix-Mont-Blanc,epci,7346,,74,74400,14209,"
NOVEL = "217402031,21740203100017,Novel,commune,7210,74203,74,74500,55,200071967"


def written(folder: Path, *lines: str, encoding: str = "utf-8", end: str = "\n") -> Path:
    path = folder / "employers.csv"
    path.write_bytes(end.join((*lines, "")).encode(encoding))
    return path


def count() -> int:
    return Establishment.objects.count()


def test_import_creates_then_changes_nothing_the_second_time(as_owner: object, tmp_path: Path) -> None:
    before = count()
    path = written(tmp_path, HEADER, TOWN, EPCI)
    assert import_employers(path) == Report(read=2, created=2, changed=0)
    assert import_employers(path) == Report(read=2, created=0, changed=0)
    assert count() == before + 2
    town = Establishment.objects.get(siret="21740056300011")
    assert (town.siren, town.name, town.population) == ("217400563", "Chamonix-Mont-Blanc", 8705)
    assert town.sort_key == "chamonix mont blanc"
    assert Establishment.objects.get(siret="20002337200010").parent_siren == ""


def test_import_updates_what_changed_and_leaves_who_is_not_named(as_owner: object, tmp_path: Path) -> None:
    import_employers(written(tmp_path, HEADER, TOWN, EPCI))
    kept = Establishment.objects.get(siret="20002337200010")
    report = import_employers(written(tmp_path, HEADER, TOWN.replace("8705", ""), NOVEL))
    assert report == Report(read=2, created=1, changed=1)
    assert Establishment.objects.get(siret="21740056300011").population is None
    assert Establishment.objects.get(siret="20002337200010").name == kept.name


def test_import_accepts_a_byte_order_mark_windows_lines_quotes_and_other_columns(
    as_owner: object, tmp_path: Path
) -> None:
    named = TOWN.replace("Chamonix-Mont-Blanc", '"Chamonix, l’""Ancienne"""') + ",inconnu"
    path = written(tmp_path, HEADER + ",source", named, "", EPCI + ",x", encoding="utf-8-sig", end="\r\n")
    assert import_employers(path).created == 2
    assert Establishment.objects.get(siret="21740056300011").name == 'Chamonix, l’"Ancienne"'


def test_import_knows_the_exception_of_la_poste(as_owner: object, tmp_path: Path) -> None:
    poste = "356000000,35600000000048,La Poste,autre,,,75,75015,,"
    assert import_employers(written(tmp_path, HEADER, poste)).created == 1
    # Of La Poste's SIRET, the sum of the digits is a multiple of 5: this one follows neither rule.
    with pytest.raises(Rejected, match="ligne 2"):
        import_employers(written(tmp_path, HEADER, poste.replace("35600000000048", "35600000000049")))


def test_import_tells_every_wrong_line_and_writes_nothing(as_owner: object, tmp_path: Path) -> None:
    before = count()
    path = written(
        tmp_path,
        HEADER,
        TOWN,
        EPCI.replace("200023372,", "200023373,", 1),
        NOVEL.replace("21740203100017", "21740203100018"),
        NOVEL.replace("Novel", " "),
        NOVEL.replace(",55,", ",beaucoup,"),
        "217402031,21740203100017,Novel",
        TOWN,
        NOVEL.replace("21740203100017", "21740056300011"),
    )
    with pytest.raises(Rejected) as refusal:
        import_employers(path)
    assert [error.split(" : ")[0] for error in refusal.value.errors] == [f"ligne {line}" for line in range(3, 10)]
    told = dict(zip(range(3, 10), refusal.value.errors, strict=True))
    assert "n’est pas un SIREN" in told[3]
    assert "les 5 derniers chiffres" in told[4]
    assert "le nom manque" in told[5]
    assert "« beaucoup »" in told[6]
    assert "3 colonnes au lieu de 10" in told[7]
    assert "déjà à la ligne 2" in told[8]
    assert "ne commence pas par le SIREN" in told[9]
    assert count() == before


def test_import_lists_fifty_errors_and_counts_the_others(as_owner: object, tmp_path: Path) -> None:
    with pytest.raises(Rejected) as refusal:
        import_employers(written(tmp_path, HEADER, *["x"] * 60))
    assert (len(refusal.value.errors), refusal.value.more) == (50, 10)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Le fichier est vide"),
        (b"\n\n", "Le fichier est vide"),
        (HEADER.encode() + b"\n", "aucun employeur"),
        (HEADER.replace(",", ";").encode() + b"\n", "des points-virgules"),
        (HEADER.replace(",", "\t").encode() + b"\n", "des tabulations"),
        (HEADER.replace(",name", "").encode() + b"\n", "Il manque la colonne name"),
        (b"siren,name\n", "Il manque les colonnes first_siret, kind"),
        ((HEADER + ",name").encode() + b"\n", "deux fois name"),
        (f"{HEADER}\n{NOVEL}é".encode("latin-1"), "n’est pas en UTF-8 (ligne 2)"),
        (f"{HEADER}\n{NOVEL}".encode("utf-16"), "UTF-8"),
        (f"{HEADER}\n{NOVEL}\0".encode(), "UTF-8"),
        (b"PK\x03\x04" + b"x" * 300_000, "La ligne 1 est démesurée"),
        (f"{HEADER}\n{NOVEL.replace('Novel', chr(34) + 'Novel')}\n{TOWN}\n".encode(), "ligne 2 : un guillemet"),
    ],
)
def test_import_refuses_a_file_of_another_kind_in_one_sentence(
    as_owner: object, tmp_path: Path, content: bytes, sentence: str
) -> None:
    before = count()
    path = tmp_path / "employers.csv"
    path.write_bytes(content)
    with pytest.raises(Rejected) as refusal:
        import_employers(path)
    assert len(refusal.value.errors) == 1
    assert sentence in refusal.value.errors[0]
    assert count() == before


def test_import_keeps_memory_flat(as_owner: object, tmp_path: Path) -> None:
    # A name that changes at each line and a wrong SIRET: 20,000 lines are read, checked and refused.
    lines = (NOVEL.replace("Novel", f"Novel {number}").replace("00017", "00018") for number in range(20_000))
    path = written(tmp_path, HEADER, *lines)
    tracemalloc.start()
    try:
        with pytest.raises(Rejected):
            import_employers(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert path.stat().st_size > 1_300_000
    assert peak < 1_000_000


def test_command_says_what_was_done_or_fails_with_every_line(
    as_owner: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("employers", "import", str(written(tmp_path, HEADER, TOWN, EPCI)))
    assert capsys.readouterr().out == "2 lues, 2 créées, 0 modifiée\n"
    with pytest.raises(SystemExit) as end:
        call_command("employers", "import", str(written(tmp_path, HEADER, *["x"] * 51)))
    assert end.value.code == 1
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "ligne 2 : 1 colonne au lieu de 10."
    assert said[50:] == ["… et une autre.", "Rien n’a été importé."]
    with pytest.raises(SystemExit):
        call_command("employers", "import", str(tmp_path / "absent.csv"))
    assert capsys.readouterr().err.endswith("absent.csv n’existe pas.\n")


def test_report_reads_as_french() -> None:
    assert str(Report(36130, 12, 1)) == "36\u202f130 lues, 12 créées, 1 modifiée"
