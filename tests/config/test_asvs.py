"""The page on OWASP ASVS 5.0: every requirement of levels 1 and 2 of its two chapters, and tests that are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security" / "asvs.md").read_text(encoding="utf-8")
# Levels 1 and 2 of V6 and V7, from the standard's own list.
REQUIRED = {
    *(f"V6.1.{n}" for n in (1, 2, 3)),
    *(f"V6.2.{n}" for n in range(1, 13)),
    *(f"V6.3.{n}" for n in (1, 2, 3, 4)),
    *(f"V6.4.{n}" for n in (1, 2, 3, 4)),
    *(f"V6.5.{n}" for n in (1, 2, 3, 4, 5)),
    *(f"V6.6.{n}" for n in (1, 2, 3)),
    *(f"V6.8.{n}" for n in (1, 2, 3, 4)),
    *(f"V7.1.{n}" for n in (1, 2, 3)),
    *(f"V7.2.{n}" for n in (1, 2, 3, 4)),
    *(f"V7.3.{n}" for n in (1, 2)),
    *(f"V7.4.{n}" for n in (1, 2, 3, 4, 5)),
    *(f"V7.5.{n}" for n in (1, 2)),
    *(f"V7.6.{n}" for n in (1, 2)),
}
ROWS = re.findall(r"^\| (V[67]\.\d+\.\d+) \| (.+) \| (.+) \| (.+) \|$", PAGE, re.M)


def test_every_requirement_has_its_row_once() -> None:
    told = [number for number, *_ in ROWS]
    assert len(told) == len(set(told))
    assert set(told) == REQUIRED


@pytest.mark.parametrize(("number", "where", "test"), [(number, where, test) for number, _, where, test in ROWS])
def test_what_a_row_names_is_there(number: str, where: str, test: str) -> None:
    if "does not apply" in next(how for found, how, *_ in ROWS if found == number):
        assert (where, test) == ("–", "–")
        return
    file, name = re.fullmatch(r"`([\w/]+\.py)::(test_\w+)`", test.strip()).groups()  # type: ignore[union-attr]
    assert re.search(rf"^def {name}\(", (ROOT / "tests" / file).read_text(encoding="utf-8"), re.M), test
    for path in re.findall(r"`([\w/]+(?:\.py|\.html|/))`", where):
        assert (ROOT / "src" / "parvis" / path).exists(), path
