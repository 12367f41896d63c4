"""ODS: typed cells, so that a spreadsheet has nothing to guess. A text is a text, whatever its first character.

odfdo's tables, and moving elements into its tree, take time that grows with the square of the rows (22 s for 5,000
rows of 12 cells): the rows are written as XML into the part's text (under 1 s), and odfdo keeps the rest: template,
styles, settings, archive.
"""

import datetime
import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from odfdo import Document, Element

from parvis.ground.tables.columns import Column, Value, clean

ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_STYLES = (
    """<number:date-style style:name="parvis-day"><number:day number:style="long"/><number:text>/</number:text>
    <number:month number:style="long"/><number:text>/</number:text><number:year number:style="long"/>
    </number:date-style>""",
    """<number:date-style style:name="parvis-instant"><number:day number:style="long"/><number:text>/</number:text>
    <number:month number:style="long"/><number:text>/</number:text><number:year number:style="long"/>
    <number:text> </number:text><number:hours number:style="long"/><number:text>:</number:text>
    <number:minutes number:style="long"/></number:date-style>""",
    '<number:text-style style:name="parvis-text"><number:text-content/></number:text-style>',
    '<style:style style:name="cell-date" style:family="table-cell" style:data-style-name="parvis-day"/>',
    '<style:style style:name="cell-datetime" style:family="table-cell" style:data-style-name="parvis-instant"/>',
    '<style:style style:name="cell-text" style:family="table-cell" style:data-style-name="parvis-text"/>',
    """<style:style style:name="cell-head" style:family="table-cell" style:data-style-name="parvis-text">
    <style:table-cell-properties fo:background-color="#0b5a66" style:vertical-align="middle"/>
    <style:text-properties fo:color="#ffffff" fo:font-weight="bold"/></style:style>""",
)
_CELL_STYLE = {"date": "cell-date", "datetime": "cell-datetime", "text": "cell-text", "code": "cell-text"}
BLANKS = re.compile("^ +| +$|  +")
_PLACE = "<table:shapes/>"
_NARROWEST, _WIDEST, _SAMPLED = 9, 48, 500
_SPLIT = (
    ("HorizontalSplitMode", "short", "0"),
    ("VerticalSplitMode", "short", "2"),
    ("VerticalSplitPosition", "int", "1"),
    ("ActiveSplitRange", "short", "2"),
    ("PositionTop", "int", "0"),
    ("PositionBottom", "int", "1"),
)


def ods_file(columns: Sequence[Column], rows: Iterable[Any], title: str) -> bytes:
    """The rows as one sheet called `title`: a header row that stays in sight, with a filter; real dates and numbers."""
    if not columns:
        raise ValueError("A table has one column at least.")
    values = [[column.of(row) for column in columns] for row in rows]
    name = _sheet_name(title)
    document = Document("spreadsheet")
    automatic = _found(document.content, "//office:automatic-styles")
    for style in (*_STYLES, *_width_styles(columns, values)):
        automatic.append(Element.from_tag(style))
    document.body.clear()
    document.body.append(Element.from_tag(_PLACE))
    document.body.append(Element.from_tag(_filter(name, len(columns), len(values))))
    before, _, after = document.content.serialize().partition(_PLACE.encode())
    document.set_part("content.xml", before + _table(name, columns, values).encode() + after)
    _freeze(document, name)
    document.meta.title = clean(title)
    document.meta.language = "fr-FR"
    document.meta.generator = "Parvis"
    # The template's own date is no date of this file.
    _found(document.meta, "//meta:creation-date").delete()
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _sheet_name(title: str) -> str:
    """Without the characters that spreadsheets refuse in a sheet's name; 31 at most, as Excel wants."""
    return " ".join("".join(" " if c in "[]*?:/\\'" else c for c in clean(title)).split())[:31].strip() or "Feuille"


def _width_styles(columns: Sequence[Column], values: list[list[Value]]) -> list[str]:
    styles = []
    for number, column in enumerate(columns):
        longest = max((len(_shown(row[number])) for row in values[:_SAMPLED]), default=0)
        width = min(max(longest, len(column.title) + 3, _NARROWEST), _WIDEST) * 0.21 + 0.3
        styles.append(
            f'<style:style style:name="column-{number}" style:family="table-column">'
            f'<style:table-column-properties style:column-width="{width:.2f}cm"/></style:style>'
        )
    return styles


def _table(name: str, columns: Sequence[Column], values: list[list[Value]]) -> str:
    parts = [f"<table:table table:name={quoteattr(name)}>"]
    for number, column in enumerate(columns):
        style = _CELL_STYLE.get(column.kind, "Default")
        parts.append(
            f'<table:table-column table:style-name="column-{number}" table:default-cell-style-name="{style}"/>'
        )
    parts.append("<table:table-header-rows><table:table-row>")
    parts += [_text_cell(clean(column.title), "cell-head") for column in columns]
    parts.append("</table:table-row></table:table-header-rows>")
    for row in values:
        parts.append("<table:table-row>")
        parts += [_cell(value) for value in row]
        parts.append("</table:table-row>")
    parts.append("</table:table>")
    return "".join(parts)


def _shown(value: Value) -> str:
    if isinstance(value, datetime.datetime):
        return f"{value:%d/%m/}{value.year:04d}{value: %H:%M}"
    if isinstance(value, datetime.date):
        return f"{value:%d/%m/}{value.year:04d}"
    return "" if value is None else str(value)


def _cell(value: Value) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, str):
        return _text_cell(value, "cell-text")
    shown = _shown(value)
    if isinstance(value, datetime.date):
        style = "cell-datetime" if isinstance(value, datetime.datetime) else "cell-date"
        return (
            f'<table:table-cell table:style-name="{style}" office:value-type="date" '
            f'office:date-value="{value.isoformat()}"><text:p>{shown}</text:p></table:table-cell>'
        )
    exact = f"{value:f}" if isinstance(value, Decimal) else repr(value)
    return (
        f'<table:table-cell office:value-type="float" office:value="{exact}"><text:p>{shown.replace(".", ",")}</text:p>'
        "</table:table-cell>"
    )


def _text_cell(text: str, style: str) -> str:
    paragraphs = "".join(f"<text:p>{_spaced(line)}</text:p>" for line in text.split("\n"))
    return f'<table:table-cell table:style-name="{style}" office:value-type="string">{paragraphs}</table:table-cell>'


def _spaced(line: str) -> str:
    """XML for a line whose leading, doubled and trailing blanks count, as ODF writes them."""
    if line != line.strip(" ") or "  " in line or "\t" in line:
        return BLANKS.sub(lambda run: f'<text:s text:c="{len(run[0])}"/>', escape(line)).replace("\t", "<text:tab/>")
    return escape(line)


def _filter(name: str, columns: int, rows: int) -> str:
    last = ""
    while columns:
        columns, letter = divmod(columns - 1, 26)
        last = chr(65 + letter) + last
    quoted = f"'{name}'"
    return (
        '<table:database-ranges><table:database-range table:name="__Anonymous_Sheet_DB__0" table:target-range-address='
        + quoteattr(f"{quoted}.A1:{quoted}.{last}{rows + 1}")
        + ' table:display-filter-buttons="true"/></table:database-ranges>'
    )


def _freeze(document: Document, name: str) -> None:
    """Keep the header row in sight: the view's split, in `settings.xml`."""
    settings = document.get_part("settings.xml")
    entry = _found(settings, '//config:config-item-map-named[@config:name="Tables"]/config:config-item-map-entry')
    entry.set_attribute("config:name", name)
    for item, kind, value in _SPLIT:
        if not entry.get_elements(f'config:config-item[@config:name="{item}"]'):
            entry.append(Element.from_tag(f'<config:config-item config:name="{item}" config:type="{kind}"/>'))
        _found(entry, f'config:config-item[@config:name="{item}"]').text = value
    _found(settings, '//config:config-item[@config:name="ActiveTable"]').text = name


def _found(part: Any, path: str) -> Element:
    """An element that odfdo's template has; LookupError the day that a version of it has not."""
    element = part.get_element(path)
    if not isinstance(element, Element):
        raise LookupError(f"odfdo's template has no {path}.")
    return element
