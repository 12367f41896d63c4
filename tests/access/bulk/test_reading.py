"""Whatever a spreadsheet writes is read; what is no table, or asks for too much, is refused with what to do."""

import zipfile
from io import BytesIO
from typing import Any

import pytest

from parvis.access.bulk.cells import day, same_siret
from parvis.access.bulk.queries import download_columns, download_rows
from parvis.access.models import Import
from parvis.ground.tables import csv_file, ods_file
from parvis.ground.tenancy import Refused
from tests.access.bulk.hands import NEW, downloaded, line_of, lines_of, reasons, sent, sheet_xml, text, workbook, xlsx
from tests.access.reading import acting
from tests.world import World

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1252")


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_every_encoding_and_separator_says_the_same(encoding: str, separator: str, world: World) -> None:
    with acting(world.administrator) as who:
        rows = downloaded(who)
        line_of(rows, world.user)["Fonction"] = "Adjointe à l’état civil ; paie, congés"
        (changed,) = [line for line in lines_of(sent(who, text(rows, separator).encode(encoding))) if line.changes]
    assert changed.name == "Léa Martin"
    assert changed.changes == [["Fonction", "Gestionnaire RH", "Adjointe à l’état civil ; paie, congés"]]


@pytest.mark.parametrize("kind", ["xlsx", "ods", "csv"])
def test_what_was_downloaded_changes_nothing(kind: str, world: World) -> None:
    with acting(world.administrator) as who:
        rows, columns = download_rows(who), download_columns(who, typed_cells=kind == "ods")
        content = {
            "csv": lambda: csv_file(columns, rows),
            "ods": lambda: ods_file(columns, rows, "Comptes et droits"),
            "xlsx": lambda: workbook(downloaded(who)),
        }[kind]()
        made = sent(who, content)
        assert [line.kind for line in lines_of(made)] == ["unchanged"] * 4
        assert made.counts == {"created": 0, "changed": 0, "unchanged": 4, "refused": 0}


def test_columns_that_moved_or_are_missing_change_nothing_and_are_told(world: World) -> None:
    with acting(world.administrator) as who:
        rows = [
            {
                "Couleur": "bleu",
                "NOM": row["Nom"],
                "identifiant": row["Identifiant"],
                "e-mail": row["Adresse électronique"],
            }
            for row in reversed(downloaded(who))
        ]
        made = sent(who, rows)
        assert made.counts["unchanged"] == 4
        from parvis.access.bulk.holding import unsealed

        unknown, missing = unsealed(made.sealed).remarks
    assert "« Couleur »" in unknown
    assert "« Contrats avec les fonds »" in missing and "« Nom »" not in missing


def test_excel_day_cells_numbers_and_lost_zeros_are_understood(world: World) -> None:
    titles = ["Identifiant", "Téléphone", "Fin de l’accès", "SIRET"]
    code = world.user.identifier
    with acting(world.administrator) as who:
        content = xlsx(sheet_xml([titles, [code, 450338888, ("day", 47848), 20006340200016]]))
        (line,) = lines_of(sent(who, content))
    assert line.kind == "changed", line.reasons
    assert [change[0] for change in line.changes] == ["Téléphone", "Fin de l’accès"]
    assert day("47848") == day("31/12/2030") == day("2030-12-31")


@pytest.mark.parametrize("typed", ["20006340200016", "200 063 402 00016", "2,00063E+13", "2.00063402E+13"])
def test_siret_that_a_spreadsheet_mangled_is_recognised(typed: str) -> None:
    assert same_siret(typed, "20006340200016")
    assert not same_siret(typed, "21740001900014")


def test_lost_zeros_of_a_siret_are_given_back() -> None:
    assert same_siret("1234567800017", "01234567800017")


def test_telephone_that_excel_rounded_is_refused_unless_it_is_the_one_there(world: World) -> None:
    with acting(world.administrator) as who:
        rows = downloaded(who)
        line_of(rows, world.user)["Téléphone"] = "3,34658E+10"
        line_of(rows, world.reader)["Téléphone"] = "3,34657E+10"
        lines = {line.name: line for line in lines_of(sent(who, rows))}
    assert lines["Marc Petit"].kind == "unchanged"
    assert "Le tableur a remplacé le téléphone" in lines["Léa Martin"].reasons[0]


FORMULAS = ["=1+1", "+33 paie", "-2", "@SOMME(A1)", "'=1", "''", "'=", "12-05", "'12"]


@pytest.mark.parametrize("function", FORMULAS)
@pytest.mark.parametrize("kind", ["csv", "ods"])
def test_a_formula_is_defused_on_the_way_out_and_itself_on_the_way_in(function: str, kind: str, world: World) -> None:
    with acting(world.administrator) as who:
        world.user.membership.refresh_from_db()
        world.user.membership.function = function
        world.user.membership.save(update_fields=["function"])
        rows, columns = download_rows(who), download_columns(who, typed_cells=kind == "ods")
        content = csv_file(columns, rows) if kind == "csv" else ods_file(columns, rows, "Comptes")
        if kind == "csv" and function[0] in "=+-@":
            assert f"'{function.split(chr(34))[0]}" in content.decode("utf-8-sig")
        assert sent(who, content).counts["unchanged"] == 4


# --- What is refused -------------------------------------------------------------------------------------------------
def bomb(rows: int) -> bytes:
    return xlsx(" " * rows)


def lying() -> bytes:
    """A workbook whose table of contents says that a sheet is small."""
    content = bytearray(bomb(80_000_000))
    for mark, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = content.rfind(mark)
        content[at + place : at + place + 4] = (1000).to_bytes(4, "little")
    return bytes(content)


def wide() -> bytes:
    """A sheet of seventeen billion cells in a few hundred bytes."""
    return xlsx('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


def broken() -> bytes:
    return workbook([NEW])[:-40]


def other_zip() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("photo.jpg", b"x" * 100)
    return out.getvalue()


WRONG: list[Any] = [
    pytest.param(b"", "vide", id="empty"),
    pytest.param(b"\xef\xbb\xbf\r\n ;; \r\n", "vide", id="blank"),
    pytest.param(b"Identifiant;Nom\r\n", "que des titres", id="titles alone"),
    pytest.param(b"a;b\r\nc;d\r\n", "Aucun titre de colonne", id="no known title"),
    pytest.param(b"Nom;Nom;Identifiant\r\nA;B;C\r\n", "figure deux fois", id="title twice"),
    pytest.param(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x90\xd8", "ne se lit pas", id="picture"),
    pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "ancien classeur Excel", id="xls"),
    pytest.param(bomb(80_000_000), "trop volumineux une fois ouvert", id="zip bomb"),
    pytest.param(lying(), "ne se lit pas", id="zip bomb that lies"),
    pytest.param(wide(), "ne se lit pas", id="billions of cells"),
    pytest.param(broken(), "ne se lit pas", id="cut short"),
    pytest.param(other_zip(), "ne se lit pas", id="another zip"),
    pytest.param(b"Identifiant;Nom\r\n" + b"x" * 6_000_000, "dépasse 5 Mo", id="too large"),
    pytest.param(b"Identifiant;Nom\r\n" + b"ABC;DEF\r\n" * 5_001, "plus de 5\u202f000 lignes", id="5,001 lines"),
    pytest.param(b'Identifiant;Nom\r\nA;"' + b"x" * 200_000 + b'"\r\n', "ne se lit pas", id="endless cell"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "why"), WRONG)
def test_what_is_no_file_of_accounts_is_refused_with_what_to_do(content: bytes, why: str, world: World) -> None:
    with acting(world.administrator) as who:
        with pytest.raises(Refused, match=why):
            sent(who, content)
        assert not Import.objects.exists()


def test_five_thousand_lines_are_read(world: World) -> None:
    with acting(world.administrator) as who:
        assert sent(who, b"Identifiant;Nom\r\n" + b"ABC;DEF\r\n" * 5_000).counts["refused"] == 5_000


def test_excel_first_line_that_names_the_separator_is_passed_over(world: World) -> None:
    with acting(world.administrator) as who:
        assert sent(who, "sep=;\r\n" + text(downloaded(who))).counts["unchanged"] == 4


def test_the_siret_of_another_establishment_is_refused(world: World) -> None:
    with acting(world.administrator) as who:
        rows = [dict(row, SIRET=world.there.siret) for row in downloaded(who)]
        assert set(reasons(who, rows)) == {
            "Cette ligne porte le SIRET d’un autre établissement : retirez-la de ce fichier."
        }
