"""A small file broken in every line, in turn and in five ways: never a crash, always the right line and rubric."""

import io
from pathlib import Path

import pytest

from parvis.dsn.generation.sending import Part
from parvis.dsn.norm import norm
from parvis.dsn.problems import CODES
from parvis.dsn.reading import read
from parvis.dsn.shapes import Problem
from parvis.dsn.values import why
from tests.dsn.files import JUNE, TOWN, events, lines_of, made, problems
from tests.dsn.second_reader import Wrong, check

SMALL = lines_of(made(Part(TOWN, JUNE, agents=1))[0])
LAST = len(SMALL)


def _rubric(line: bytes) -> str:
    return line[:14].decode("ascii")


def _accepted(content: bytes) -> bool:
    """Whether the second reader has nothing to say."""
    try:
        check(content)
    except (Wrong, AssertionError, KeyError, IndexError):
        return False
    return True


def _with_total(lines: list[bytes]) -> bytes:
    """The lines with a total that is true again: what else is wrong stays."""
    total = b"S90.G00.90.001,'%d'\n" % len(lines)
    return b"".join(total if line.startswith(b"S90.G00.90.001") else line for line in lines)


def _block_of(number: int) -> tuple[int, int]:
    """The first and last line of the block that a line (from 1) is in."""
    first = last = number
    while first > 1 and SMALL[first - 2][:10] == SMALL[number - 1][:10] and SMALL[first - 2] < SMALL[first - 1]:
        first -= 1
    while last < LAST and SMALL[last][:10] == SMALL[number - 1][:10] and SMALL[last] > SMALL[last - 1]:
        last += 1
    return first, last


def test_the_small_file_is_right() -> None:
    """Or nothing here would prove anything."""
    assert problems(b"".join(SMALL)) == []
    assert LAST > 100


def test_each_line_removed() -> None:
    """Required: said at its block, by its name (or by the block that it opened). Not required: the total alone."""
    for number in range(1, LAST + 1):
        lines = SMALL[: number - 1] + SMALL[number:]
        rubric = _rubric(SMALL[number - 1])
        found = problems(b"".join(lines))
        assert found, rubric
        if number < LAST - 1:
            assert [one.rubric for one in found if one.code == "DSN-TOTAL"] == ["S90.G00.90.001"], rubric
        rest = problems(_with_total(lines))
        if not rest:
            # What the second reader asks for beyond that is the blocks, which are all there.
            assert _accepted(_with_total(lines)) or number in (LAST, LAST - 1), rubric
            continue
        first, _ = _block_of(number)
        alone = _block_of(number)[0] == _block_of(number)[1]
        assert any(
            (one.rubric == rubric and first <= one.line <= number) or (alone and one.rubric == rubric[:10])
            for one in rest
        ), (number, rubric, rest)


def test_each_line_doubled() -> None:
    """Said at the second of the two; a line that opens a block makes two blocks, and the first lacks the rest."""
    for number in range(1, LAST + 1):
        lines = SMALL[:number] + SMALL[number - 1 :]
        rubric = _rubric(SMALL[number - 1])
        rest = problems(_with_total(lines))
        if not rest:
            assert _accepted(_with_total(lines)), rubric
            continue
        at = {one.line for one in rest}
        assert at & {number, number + 1}, (number, rubric, rest)
        assert any(one.rubric.startswith(rubric[:10]) for one in rest if one.line in {number, number + 1}), rest


def test_each_line_swapped_with_the_next() -> None:
    """Said at one of the two lines, for one of the two rubrics or their blocks."""
    for number in range(1, LAST):
        one, two = SMALL[number - 1], SMALL[number]
        lines = [*SMALL[: number - 1], two, one, *SMALL[number + 1 :]]
        rest = problems(_with_total(lines))
        if one == two or not rest:
            assert _accepted(_with_total(lines)), (number, one, two)
            continue
        first = min(_block_of(number)[0], number)
        assert first <= rest[0].line <= number + 2, (number, rest)
        named = {one[:10].decode(), two[:10].decode()}
        assert any(any(problem.rubric.startswith(block) for block in named) for problem in rest[:2]), (number, rest)


def test_each_line_truncated() -> None:
    """Said at the line; by its rubric where that is whole."""
    for number in range(1, LAST + 1):
        line = SMALL[number - 1]
        for keep in (5, 14, len(line) - 2):
            lines = [*SMALL[: number - 1], line[:keep] + b"\n", *SMALL[number:]]
            found = problems(b"".join(lines))
            here = [one for one in found if one.line == number]
            assert here and here[0].code in {"DSN-LIGNE", "DSN-VIDE"}, (number, keep, found)
            assert here[0].rubric == (_rubric(line) if keep >= 14 else ""), (number, keep)
            assert len(found) <= 4, (number, keep, found)


def test_each_line_mis_encoded() -> None:
    """UTF-8, a control character, a blank value, no value: said at the line, for its rubric."""
    for number in range(1, LAST + 1):
        rubric = _rubric(SMALL[number - 1])
        for value in ("é".encode(), b"a\x07b", b"   ", b""):
            lines = [*SMALL[: number - 1], f"{rubric},'".encode() + value + b"'\n", *SMALL[number:]]
            if rubric == "S10.G00.00.006":
                assert problems(b"".join(lines))[0].code == "DSN-NORME"
                continue
            found = problems(b"".join(lines))
            assert [one.rubric for one in found if one.line == number][:1] == [rubric], (number, value, found)
            assert len(found) <= 3, (number, value, found)


def test_the_file_cut_after_each_line_and_within_it() -> None:
    """Fatal, at the last line; the last line itself is said where it is cut."""
    for number in range(1, LAST - 1):
        head = b"".join(SMALL[:number])
        for content in (head, head.removesuffix(b"\n"), head + SMALL[number][:9]):
            found = problems(content)
            assert found[-1].code == "DSN-TRONQUE" and found[-1].fatal
            assert found[-1].line == content.count(b"\n") + (not content.endswith(b"\n"))
            assert found[-1].rubric == _rubric(SMALL[number - 1])


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b"", "DSN-FORMAT", 1),
        (b"\n\n", "DSN-FORMAT", 1),
        (b"%PDF-1.7\n" + bytes(range(1, 256)) * 50, "DSN-FORMAT", 1),
        (b"PK\x03\x04" + bytes(300), "DSN-ENCODAGE", 1),
        ("S10.G00.00.001,'é'\n".encode("utf-16"), "DSN-ENCODAGE", 1),
        (b"\xef\xbb\xbf" + b"".join(SMALL), "DSN-ENCODAGE", 1),
        (b"<?xml version='1.0'?><DSN/>", "DSN-FORMAT", 1),
        (b"".join(SMALL).replace(b"'P26V01'", b"'P27V01'"), "DSN-NORME", 5),
        (b"".join(SMALL)[:200] + b"x" * 300_000, "DSN-FORMAT", 6),
    ],
)
def test_a_hopeless_file_is_said(content: bytes, code: str, line: int) -> None:
    """One fatal problem, in French, at its line."""
    found = problems(content)
    assert found[-1].fatal and found[-1].code == code and found[-1].message.endswith(".")
    assert found[-1].line == content[:200].count(b"\n") + 1 if line == 6 else found[-1].line == line


def test_a_file_of_faults_is_not_read_to_its_end() -> None:
    """A thousand problems are enough; the last one says so. Unknown rubrics and long lines have their line."""
    junk = [b"S21.G00.99.001,'x'\n"] * 5000
    found = problems(b"".join(SMALL[:40] + junk))
    assert len(found) == 1001 and found[-1].code == "DSN-TROP" and found[-1].fatal
    assert found[0] == Problem(
        41, "S21.G00.99.001", "DSN-RUBRIQUE", "La rubrique S21.G00.99.001 n’existe pas dans la norme P26V01.",
        declaration=1,
    )  # fmt: skip
    long = problems(b"".join([*SMALL[:40], b"S21.G00.30.018,'" + b"a" * 300 + b"'\n", *SMALL[40:]]))
    assert (long[0].line, long[0].rubric, long[0].code) == (41, "S21.G00.30.018", "DSN-LONGUEUR")


def test_an_individual_of_endless_blocks_is_stopped() -> None:
    """Memory does not grow with what one individual claims to have."""
    start = next(number for number, line in enumerate(SMALL) if line.startswith(b"S21.G00.78"))
    blocks = b"S21.G00.54.001,'01'\nS21.G00.54.002,'1.00'\n" * 60_000
    found = problems(b"".join(SMALL[: start - 1]) + blocks)
    assert found[-1].fatal and found[-1].code == "DSN-TROP"


def test_messages_hold_nothing_that_was_declared() -> None:
    """No number, no name of anybody in what may be logged or mailed."""
    person = [line for line in SMALL if line.startswith(b"S21.G00.30.")]
    values = [line[16:-2].decode("iso-8859-1") for line in person if line[11:14] in {b"001", b"002", b"004", b"006"}]
    for number in range(1, LAST + 1):
        for one in problems(b"".join(SMALL[: number - 1] + SMALL[number:]) + b"'"):
            assert not any(value in one.message for value in values)


def test_every_rubric_has_its_own_explanation() -> None:
    """A value that no rubric takes is refused with a code that is listed, and a sentence."""
    for version in ("P25V01", "P26V01"):
        for rubric in norm(version).rubrics:
            for value in (b"", b" ", b"x" * 200, b"-1.005", b"99999999", b"\xff\x07"):
                if rubric.read(value) is None:
                    code, says = why(value, rubric.spec)
                    assert code in CODES and says.endswith(".")


def test_the_page_of_the_documentation_lists_every_code() -> None:
    """With the same words."""
    page = (Path(__file__).parents[2] / "docs" / "dsn.md").read_text(encoding="utf-8")
    for code in CODES.values():
        blocking = "oui" if code.blocking else "non"
        assert f"| `{code.name}` | {code.label} | {code.mending} | {blocking} |" in page


def test_a_stream_that_gives_little_at_a_time() -> None:
    """An upload read a few bytes at a time is the same file."""

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(size or 1, 37))

    content = b"".join(SMALL)
    assert list(read(Slow(content))) == events(content)
