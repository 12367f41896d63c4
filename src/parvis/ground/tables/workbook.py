"""A workbook (XLSX, ODS) read in a process of its own: bytes on standard input, rows as JSON on standard output.

A few hundred bytes of a hostile workbook can ask for a sheet of billions of cells, on which the reader would end the
process that runs it: this one is bounded in memory and time, and nobody else's work ends with it. Run by `reading.py`,
without Django; the arguments are the numbers of rows and columns to read at most.
"""

import contextlib
import datetime
import io
import json
import resource
import sys
from typing import Any

MEMORY, SECONDS, CELL = 1_500_000_000, 30, 2_000


def said(cell: Any) -> str:
    """A cell as somebody would type it: whole numbers without decimals, days as ISO writes them."""
    if isinstance(cell, datetime.datetime):
        midnight = cell.time() == datetime.time()
        return cell.date().isoformat() if midnight else cell.isoformat(sep=" ", timespec="minutes")
    if isinstance(cell, bool):
        return "VRAI" if cell else "FAUX"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e16 else repr(cell).replace(".", ",")
    return str(cell)[:CELL]


def main() -> None:
    """Write the rows of the first sheet that holds any, with as many empty ones before as the spreadsheet shows."""
    rows, columns = int(sys.argv[1]), int(sys.argv[2])
    for limit, value in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS)):
        # Not every system knows each of them.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (value, value))
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    workbook = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    found: list[list[str]] = []
    for sheet in workbook.sheets_metadata:
        if sheet.visible == SheetVisibleEnum.Visible:
            read = workbook.get_sheet_by_name(sheet.name)
            if read.total_height:
                found = [
                    [said(cell) for cell in row[:columns]] for row in read.to_python(skip_empty_area=False, nrows=rows)
                ]
                break
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
