"""What the tests of this folder share: files as people send them, and what becomes of them."""

import csv
import io
import zipfile
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from django.core.files.uploadedfile import SimpleUploadedFile

from parvis.access.bulk import actions
from parvis.access.bulk.holding import unsealed
from parvis.access.bulk.planning import Line
from parvis.access.bulk.queries import download_columns, download_rows
from parvis.access.models import Import, Membership
from parvis.access.standing import Standing
from parvis.ground.identifiers.account import grouped
from parvis.ground.tables import csv_file
from tests.plugins.html import ReadingClient
from tests.world import Someone, World

Row = dict[str, str]
NEW: Row = {
    "Civilité": "Madame",
    "Nom": "Blanc",
    "Prénom": "Zoé",
    "Fonction": "Gestionnaire paie",
    "Service de rattachement": "Ressources humaines",
    "Adresse électronique": "zoe.blanc@annecy.example",
    "Téléphone": "04 50 33 88 88",
    "Profil": "Utilisateur",
    "Contrats avec les fonds": "Lecture seule",
}


def table(content: bytes) -> list[Row]:
    """The lines of a downloaded CSV, by title."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def text(rows: Sequence[Row], separator: str = ";") -> str:
    """Lines as a spreadsheet writes them."""
    titles = list(dict.fromkeys(title for row in rows for title in row))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, titles, delimiter=separator, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def downloaded(who: Standing) -> list[Row]:
    """The file of all accounts, as lines."""
    return table(csv_file(download_columns(who, typed_cells=False), download_rows(who)))


def line_of(rows: list[Row], person: Someone) -> Row:
    return next(row for row in rows if row["Identifiant"].lstrip("'") == grouped(person.identifier))


def sent(who: Standing, content: bytes | str | Sequence[Row]) -> Import:
    """The file read and previewed."""
    if not isinstance(content, (bytes, str)):
        content = text(content)
    raw = content.encode() if isinstance(content, str) else content
    return actions.preview(who=who, file=actions.read_file(raw, who))


def lines_of(one: Import) -> list[Line]:
    return unsealed(one.sealed).lines


def reasons(who: Standing, content: bytes | str | Sequence[Row]) -> list[str]:
    """Why the lines are refused."""
    return [reason for line in lines_of(sent(who, content)) for reason in line.reasons]


def uploaded(browser: ReadingClient, world: World, content: bytes, name: str = "comptes.csv") -> Any:
    """The answer to the file sent from the page."""
    where = f"/etablissements/{world.here.siret}/comptes/importer/"
    return browser.post(where, {"file": SimpleUploadedFile(name, content)})


def account_of(person: Someone) -> Membership:
    return Membership.objects.get(pk=person.account_id)


# --- Workbooks as Excel writes them ----------------------------------------------------------------------------------
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/styles.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
_BOOK = (
    f'<workbook {_MAIN} xmlns:r="{_OFFICE}"><sheets><sheet name="Comptes" sheetId="1" r:id="r1"/></sheets></workbook>'
)
# Style 1 is a day, as Excel marks the cells that hold dates.
_STYLES = (
    f'<styleSheet {_MAIN}><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/>'
    '</borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0"/>'
    '<xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>'
)


def sheet_xml(rows: Sequence[Sequence[Any]]) -> str:
    """Rows as XML: a number as a number, (« day », serial) as a date, anything else as text."""
    parts = []
    for number, row in enumerate(rows, start=1):
        cells = []
        for place, cell in enumerate(row):
            name = f"{chr(65 + place)}{number}"
            if isinstance(cell, tuple):
                cells.append(f'<c r="{name}" s="1"><v>{cell[1]}</v></c>')
            elif isinstance(cell, (int, float)):
                cells.append(f'<c r="{name}"><v>{cell}</v></c>')
            elif cell:
                cells.append(f'<c r="{name}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>')
        parts.append(f'<row r="{number}">{"".join(cells)}</row>')
    return "".join(parts)


def xlsx(data: str) -> bytes:
    """A workbook whose one sheet holds this XML."""
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    to = f'<Relationship Id="{{}}" Type="{_OFFICE}/{{}}" Target="{{}}"/>'
    book_relations = to.format("r1", "worksheet", "worksheets/sheet1.xml") + to.format("r2", "styles", "styles.xml")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", head + _TYPES)
        made.writestr("_rels/.rels", head + _RELATIONS.format(to.format("r1", "officeDocument", "xl/workbook.xml")))
        made.writestr("xl/workbook.xml", head + _BOOK)
        made.writestr("xl/_rels/workbook.xml.rels", head + _RELATIONS.format(book_relations))
        made.writestr("xl/styles.xml", head + _STYLES)
        sheet = f"<worksheet {_MAIN}><sheetData>{data}</sheetData></worksheet>"
        made.writestr("xl/worksheets/sheet1.xml", head + sheet)
    return out.getvalue()


def workbook(rows: Sequence[Row]) -> bytes:
    """Lines as an XLSX whose cells are all texts."""
    titles = list(dict.fromkeys(title for row in rows for title in row))
    return xlsx(sheet_xml([titles, *[[row.get(title, "") for title in titles] for row in rows]]))
