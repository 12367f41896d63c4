"""PDF with typst: tagged (PDF/UA-1), fonts inside, nothing fetched from anywhere."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import typst

from parvis.ground import clock

# What a template may read: the packages' own files (the mark), nothing outside.
ROOT = Path(__file__).resolve().parent.parent


@cache
def _fonts() -> typst.Fonts:
    """The system's fonts, those of the project, those inside typst; looked for once per process.

    The project brings the one of its sheets (Liberation Sans, SIL OFL 1.1), so that a sheet is the same everywhere.
    """
    return typst.Fonts(font_paths=[Path(__file__).parent / "fonts"])


def compile(template: Path, data: Mapping[str, Any]) -> bytes:
    """The PDF that `template` makes of `data`, tagged as PDF/UA-1 asks.

    The data goes in as JSON beside the source, never into it: a name that holds typst's own signs stays a name. The
    template reads it with `json(bytes(sys.inputs.data))`. Where no font has a sign (an emoji), the file is still made
    and tagged, with an empty square there, but bears no mark of PDF/UA. Raises typst.TypstError for any other fault:
    the template's own.
    """
    try:
        return _compiled(template, data, ["ua-1"])
    except typst.TypstError as fault:
        if "could not be displayed" not in fault.message:
            raise
        return _compiled(template, data, [])


def _compiled(template: Path, data: Mapping[str, Any], standards: list[Literal["ua-1"]]) -> bytes:
    compiler = typst.Compiler(
        template.resolve(), root=ROOT, font_paths=_fonts(), sys_inputs={"data": json.dumps(dict(data))}
    )
    made = compiler.compile(format="pdf", pdf_standards=[*standards], timestamp=int(clock.now().timestamp()))
    if not isinstance(made, bytes):
        raise TypeError("A PDF is one file.")
    return made
