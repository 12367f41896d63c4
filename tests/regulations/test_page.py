"""The generated page of every table: it is that of the files, and nothing is missing in it."""

from pathlib import Path

from parvis.regulations import parameters
from parvis.regulations.parameters import tables
from parvis.regulations.parameters.words import CONFIDENCE, UNITS, page

PAGE = Path(__file__).parents[2] / "docs" / "regulations" / "parameters.md"


def test_the_page_is_that_of_the_files() -> None:
    assert PAGE.read_text("utf-8") == page(), "python -m parvis.regulations.parameters > docs/regulations/parameters.md"


def test_every_parameter_and_table_is_on_it_with_its_acts() -> None:
    text = page()
    for code in parameters.schemes():
        for name, parameter in parameters.scheme(code).items():
            assert f"### {code}.{name}\n" in text
            assert all(one.act.replace("|", "\\|") in text for one in parameter.values)
    for code in tables.files():
        for name, table in tables.tables(code).items():
            assert f"### {code}.{name}\n" in text
            assert all(version.act in text for version in table.versions)


def test_every_unit_and_confidence_has_its_words() -> None:
    assert set(UNITS) == set(parameters.Unit) and set(CONFIDENCE) == set(parameters.Confidence)
