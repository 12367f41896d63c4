"""The same rows as CSV and as ODS, read back: nothing runs, nothing is converted, nothing is lost."""

import csv
import datetime
import io
import time
import zipfile
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from odfdo import Document

from parvis.ground.tables import Column, csv_file, ods_file


@dataclass
class Sample:
    name: str | None = "Éléonore d’Œuvre"
    siret: str | None = "01290001500017"
    day: datetime.date | None = datetime.date(2026, 11, 24)
    at: datetime.datetime | None = datetime.datetime(2026, 11, 24, 23, 30, 59, 7, tzinfo=datetime.UTC)
    count: int | float | None = 1234


COLUMNS = (
    Column("Nom", "name"),
    Column("SIRET", "siret", "code"),
    Column("Fin", "day", "date"),
    Column("Dernière visite", "at", "datetime"),
    Column("Nombre", "count", "number"),
    Column("Longueur", lambda row: len(row.name or ""), "number"),
)
FORMULAS = (
    "=1+1",
    "+33450000000",
    "-2",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "   =1+1",
    "\u00a0=1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    " \u3000＝cmd|' /C calc'!A0",
)
ODDITIES = (
    "Zoë ‘Ünïcode’ – l’été, à Saint-Étienne-du-Grès",
    "محمد بن علي",
    "שלום; עולם",
    'guillemets " et ; points-virgules',
    "deux\nlignes",
    "<b>&amp;</b>",
    " bords et  milieux doubles ",
    "famille 👨‍👩‍👧 et 🏛️",
    "a\tb",
)


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(content.decode("utf-8-sig").splitlines(keepends=True), delimiter=";", strict=True))


def test_csv_file_begins_with_the_mark_of_utf8_and_ends_its_lines_with_crlf() -> None:
    content = csv_file(COLUMNS, [Sample()])
    assert content.startswith(b"\xef\xbb\xbfNom;SIRET;Fin;")
    assert content.count(b"\r\n") == 2
    assert content.replace(b"\r\n", b"").count(b"\n") == 0


def test_csv_row_is_written_as_french_spreadsheets_read_it() -> None:
    assert read_csv(csv_file(COLUMNS, [Sample(count=1234.5)])) == [
        ["Nom", "SIRET", "Fin", "Dernière visite", "Nombre", "Longueur"],
        ["Éléonore d’Œuvre", "'01290001500017", "24/11/2026", "25/11/2026 00:30", "1234,5", "16"],
    ]


def test_csv_empty_list_is_a_header() -> None:
    assert len(read_csv(csv_file(COLUMNS, []))) == 1


def test_csv_missing_values_are_empty_cells() -> None:
    row = read_csv(csv_file(COLUMNS, [Sample(name=None, siret=None, day=None, at=None, count=None)]))[1]
    assert row == ["", "", "", "", "", "0"]


@pytest.mark.parametrize("text", FORMULAS)
def test_csv_formula_is_defused(text: str) -> None:
    cell = read_csv(csv_file(COLUMNS[:1], [Sample(name=text)]))[1][0]
    assert cell.startswith("'")
    assert cell[1:].strip("\n\t") == text.replace("\r", "\n").strip("\n\t")


@pytest.mark.parametrize("text", FORMULAS)
def test_csv_formula_in_a_title_or_a_code_is_defused(text: str) -> None:
    table = read_csv(csv_file([Column(text, "siret", "code")], [Sample(siret=text)]))
    assert table[0][0].startswith("'")
    assert table[1][0].startswith("'")


@pytest.mark.parametrize(
    "code",
    [
        "01290001500017",
        "23E45678",
        "23e45678",
        "1.5",
        "1 234",
        "215\u00a0900\u00a0015\u00a000017",
        "12-05",
        "3/4/26",
        "04 50 00",
    ],
)
def test_csv_code_that_a_spreadsheet_would_convert_stays_text(code: str) -> None:
    assert read_csv(csv_file(COLUMNS[1:2], [Sample(siret=code)]))[1] == [f"'{code}"]


@pytest.mark.parametrize("code", ["23E4-5678", "2A004", "7HK4-PX92", "E45678", "CNRACL 12"])
def test_csv_code_that_is_safe_is_left_as_it_is(code: str) -> None:
    assert read_csv(csv_file(COLUMNS[1:2], [Sample(siret=code)]))[1] == [code]


@pytest.mark.parametrize("text", ODDITIES)
def test_csv_text_comes_back_as_it_was(text: str) -> None:
    assert read_csv(csv_file(COLUMNS[:1], [Sample(name=text)]))[1] == [text]


def test_csv_negative_number_is_a_number_and_not_a_formula() -> None:
    table = read_csv(csv_file(COLUMNS[4:5], [Sample(count=-3), Sample(count=Decimal("-1E+3"))]))  # type: ignore[arg-type]
    assert table[1:] == [["-3"], ["-1000"]]


def test_csv_control_characters_are_dropped_and_line_breaks_become_one_kind() -> None:
    name = "a\x00b\x07c\ud800d\ufffee\r\nf\rg\u2028h"
    content = csv_file(COLUMNS[:1], [Sample(name=name)])
    assert content == '\ufeffNom\r\n"abcde\nf\ng\nh"\r\n'.encode()


def test_csv_days_before_the_year_1000_keep_four_figures() -> None:
    assert read_csv(csv_file(COLUMNS[2:3], [Sample(day=datetime.date(987, 7, 3))]))[1] == ["03/07/0987"]


@pytest.mark.parametrize(("column", "value"), [(2, "24/11/2026"), (3, datetime.date(2026, 1, 1)), (4, "12"), (4, True)])
def test_csv_value_of_another_kind_is_refused(column: int, value: object) -> None:
    wanted = Column("x", lambda row: value, COLUMNS[column].kind)
    with pytest.raises(TypeError, match="'x'"):
        csv_file([wanted], [Sample()])


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN")])
def test_csv_number_that_is_none_is_refused(value: float) -> None:
    with pytest.raises(TypeError):
        csv_file(COLUMNS[4:5], [Sample(count=value)])


def read_ods(content: bytes) -> list[list[Any]]:
    return Document(io.BytesIO(content)).body.tables[0].get_values()


def test_ods_cells_are_typed() -> None:
    table = Document(io.BytesIO(ods_file(COLUMNS, [Sample(count=Decimal("12.50"))], "Comptes"))).body.tables[0]
    values = table.get_values()
    assert values[0] == [column.title for column in COLUMNS]
    assert values[1] == [
        "Éléonore d’Œuvre",
        "01290001500017",
        datetime.date(2026, 11, 24),
        datetime.datetime(2026, 11, 25, 0, 30, 59),
        Decimal("12.50"),
        16,
    ]
    assert [cell.type for cell in table.get_row(1).cells] == ["string", "string", "date", "date", "float", "float"]


@pytest.mark.parametrize("text", FORMULAS)
def test_ods_formula_is_a_text_and_no_formula(text: str) -> None:
    content = ods_file([Column(text, "name")], [Sample(name=text)], text)
    cell = Document(io.BytesIO(content)).body.tables[0].get_cell((0, 1))
    assert cell.type == "string"
    assert cell.formula is None
    assert b"table:formula" not in zipfile.ZipFile(io.BytesIO(content)).read("content.xml")


@pytest.mark.parametrize("code", ["01290001500017", "23E45678", "007", "12-05"])
def test_ods_code_stays_text(code: str) -> None:
    assert read_ods(ods_file(COLUMNS[1:2], [Sample(siret=code)], "x"))[1] == [code]


@pytest.mark.parametrize("text", ODDITIES)
def test_ods_text_comes_back_as_it_was(text: str) -> None:
    assert read_ods(ods_file([Column(text, "name")], [Sample(name=text)], text)) == [[text], [text]]


def test_ods_control_characters_are_dropped() -> None:
    assert read_ods(ods_file(COLUMNS[:1], [Sample(name="a\x00b\x07c\ud800d\ufffee\r\nf")], "a\x00b"))[1] == ["abcde\nf"]


def test_ods_empty_list_is_a_header() -> None:
    assert len(read_ods(ods_file(COLUMNS, [], "Comptes"))) == 1


def test_ods_missing_values_are_empty_cells() -> None:
    row = read_ods(ods_file(COLUMNS, [Sample(None, None, None, None, None)], "Comptes"))[1]
    assert row == [None, None, None, None, None, 0]


def test_ods_sheet_bears_a_name_that_spreadsheets_accept() -> None:
    title = "Comptes [actifs] : l'essai / 2026 – Saint-Étienne"
    document = Document(io.BytesIO(ods_file(COLUMNS, [], title)))
    name = document.body.tables[0].name
    assert name == "Comptes actifs l essai 2026 – S"
    assert document.meta.title == title


def test_ods_header_row_stays_in_sight() -> None:
    settings = Document(io.BytesIO(ods_file(COLUMNS, [Sample()], "Comptes"))).get_part("settings.xml")
    entry = settings.get_element('//config:config-item-map-named[@config:name="Tables"]/config:config-item-map-entry')
    items = {e.get_attribute("config:name"): e.text for e in entry.get_elements("config:config-item")}
    assert entry.get_attribute("config:name") == "Comptes"
    assert items["VerticalSplitMode"] == "2"
    assert items["VerticalSplitPosition"] == items["PositionBottom"] == "1"


def test_ods_header_row_is_marked_as_one_and_filtered() -> None:
    body = Document(io.BytesIO(ods_file(COLUMNS, [Sample()] * 3, "Comptes"))).body
    assert len(body.get_elements("//table:table-header-rows/table:table-row")) == 1
    (found,) = body.get_elements("//table:database-range")
    assert found.get_attribute("table:target-range-address") == "'Comptes'.A1:'Comptes'.F4"


def test_ods_without_columns_there_is_no_table() -> None:
    with pytest.raises(ValueError, match="column"):
        ods_file([], [], "x")


def test_ods_five_thousand_rows_take_ten_times_as_long_as_five_hundred() -> None:
    columns = COLUMNS * 2

    def made(rows: int) -> tuple[bytes, float]:
        started = time.process_time()
        return ods_file(columns, [Sample()] * rows, "Comptes"), time.process_time() - started

    _, few = made(500)
    content, many = made(5000)
    # By the processor's own time. What looks back at each row again takes a hundred times as long.
    assert many < 30 * few
    rows = zipfile.ZipFile(io.BytesIO(content)).read("content.xml").count(b"<table:table-row>")
    assert rows == 5001
