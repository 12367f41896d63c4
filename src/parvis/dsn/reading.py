"""The reader of whole files: one pass, one individual at a time, memory that does not grow with the file."""

import functools
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from parvis.dsn import norm as norms
from parvis.dsn import pieces as files
from parvis.dsn.building import Found
from parvis.dsn.norm import BLOCK, SECTION, START, Norm, begins
from parvis.dsn.pieces import Hopeless, Piece
from parvis.dsn.problems import structure
from parvis.dsn.sections import Sections, Stopped
from parvis.dsn.shapes import Read
from parvis.dsn.values import Value, why

MOST_PROBLEMS = 1000
# Lines whose reading is remembered (codes and dates come back with each agent); blocks that one individual may have.
REMEMBERED, MOST_BLOCKS = 10_000, 20_000
LONGEST_LINE = 256

# What a line does (SAME, BLOCK, SECTION), its rubric's place, its value, and the lines met behind it.
Met = tuple[int, int, Value | None, Any]


def read(stream: BinaryIO, *, most_problems: int = MOST_PROBLEMS) -> Iterator[Read]:
    """What a file holds, in its order; what is wrong in it comes as Problem, before what it is about.

    Never raises for what a file holds: a file that cannot be read gives one fatal Problem. After `most_problems` of
    them it stops. OSError of the stream goes through. Source: CT2025.1 §3.4 to §4.4.
    """
    try:
        first, version = files.start(stream)
    except Hopeless as fault:
        yield Sections.hopeless(fault)
        return
    machine = _Machine(norms.norm(version), most_problems)
    yield from machine.run(files.pieces(stream, first=first))


class _Lines:
    """The lines of a norm that were met, by the place of the rubric that they were met behind; the last one: those
    that begin a file. Kept from one file to the next: what a line does and holds is the norm's, whoever wrote it."""

    __slots__ = ("by_start", "known", "remembered")

    def __init__(self, version: str) -> None:
        norm = norms.norm(version)
        self.known: list[dict[bytes, Met]] = [{} for _ in (*norm.rubrics, None)]
        self.by_start = {
            start: (one.place, one.read, one.kept, norm.follow[one.place], self.known[one.place])
            for start, one in norm.by_start.items()
        }
        self.remembered = 0

    def forget(self) -> None:
        """They were too many."""
        self.remembered = 0
        for lines in self.known:
            lines.clear()


_lines = functools.cache(_Lines)


class _Machine:
    """One reading. What the inner loop needs is in local variables; what a section needs is in Sections."""

    def __init__(self, norm: Norm, most_problems: int) -> None:
        self.norm = norm
        self.sections = Sections(norm, most_problems)
        self.lines = _lines(norm.version)
        self.place = START

    def run(self, pieces: Iterable[Piece]) -> Iterator[Read]:
        """Read the pieces; whatever stops the reading is the last event."""
        try:
            for piece in pieces:
                yield from self._piece(piece)
                if self.sections.problems:
                    yield from self.sections.drain()
                if len(self.sections.blocks) > MOST_BLOCKS:
                    raise Hopeless("DSN-TROP", "Un seul individu compte trop de blocs.", line=piece.before)
            self._lacking(self.place, None, SECTION, self.sections.line + 1)
            yield from self.sections.finish("" if self.place == START else self.norm.rubrics[self.place].name)
        except Stopped:
            yield from self.sections.drain()
        except Hopeless as fault:
            yield from self.sections.drain()
            yield Sections.hopeless(fault)

    def _piece(self, piece: Piece) -> Iterator[Read]:
        # What is written here runs once a line. A line that was met behind the same rubric is known whole: what it
        # does, and what it holds. The others are looked up, read and remembered; what is not plain goes to _odd.
        sections, before, lines = self.sections, piece.before, self.lines
        by_start, place_block = lines.by_start.get, sections.place_block
        place, blocks, fields = self.place, sections.blocks, sections.fields
        here = lines.known[place]
        number = before
        met: Met | None
        for number, line in enumerate(piece.bare(), before + 1):
            met = here.get(line)
            if met is None:
                found = by_start(line[:16])
                if found is None or line[-1:] != b"'":
                    met = self._odd(line, number, place)
                else:
                    after, read_value, kept, follow, there = found
                    value, move = read_value(line[16:-1]), follow.get(place)
                    if value is None or move is None:
                        met = self._odd(line, number, place)
                    else:
                        met = (move, after, value, there)
                        if kept:
                            here[line] = met
                            lines.remembered += 1
                if met is None:
                    continue
            move, place, value, here = met
            if not move:
                fields[place] = value
            elif move == BLOCK:
                fields = {place: value}
                blocks.append((place_block[place], number, fields))
            else:
                sections.line = number - 1
                yield from sections.close(number, place_block[place])
                blocks, fields = sections.blocks, {place: value}
                blocks.append((place_block[place], number, fields))
                if lines.remembered > REMEMBERED:
                    lines.forget()
        self.place = place
        sections.fields, sections.line = fields, number

    def _odd(self, line: bytes, number: int, before: int) -> Met | None:
        """A line that is wrong, or whose place is met for the first time; None: left out, and why was said."""
        found = self.lines.by_start.get(line[:16])
        value: Value | None = None
        if found is not None and line[-1:] == b"'":
            place = found[0]
            value = found[1](line[16:-1])
            if value is None:
                self._refused(line, number, place)
        else:
            place = self._unreadable(line, number)
            if place < 0:
                return None
        move = self.norm.move(before, place) if before != START else self._first(place)
        if move in {BLOCK, SECTION} and self._late(before, place):
            move = norms.DISPLACED
        if move > SECTION:
            self.sections.line = number
            move = self._misplaced(move, before, place, value, number)
            if move < 0:
                return None
        self._lacking(before, place, move, number)
        return move, place, value, self.lines.known[place]

    def _late(self, before: int, place: int) -> bool:
        # What opens a block, behind other rubrics of it that are not whole without it: it comes late, and opens none.
        rubrics = self.norm.rubrics
        if before == START or rubrics[before].block != rubrics[place].block:
            return False
        return place not in self.sections.blocks[-1][2] and bool(self.norm.lacking(before, place, BLOCK)[0])

    def _lacking(self, before: int, after: int | None, move: int, number: int) -> None:
        # Noted for the end of the section: they may yet come, out of place.
        ended, begun = self.norm.lacking(before, after, move)
        sections = self.sections
        sections.lacking += [(sections.blocks[-1][1], place) for place in ended]
        sections.lacking += [(number, place) for place in begun]

    def _first(self, place: int) -> int:
        # The first line of the file: S10.G00.00, or something is missing before it.
        block = self.norm.blocks[self.norm.rubrics[place].block]
        return BLOCK if block.name == norms.SENDING else norms.OUTSIDE

    def _refused(self, line: bytes, number: int, place: int) -> None:
        spec = self.norm.rubrics[place].spec
        if len(line) < 17:
            self.sections.problem(number, spec.name, "DSN-LIGNE", _NO_SHAPE)
            return
        code, says = why(line[16:-1], spec)
        self.sections.problem(number, spec.name, code, says)

    def _unreadable(self, line: bytes, number: int) -> int:
        """A line that no rubric of the norm begins, or that has no end: the place of its rubric, where it has one."""
        if not line.strip():
            self.sections.blanks += 1
            blocks = self.sections.blocks
            if not blocks or self.norm.blocks[blocks[-1][0]].name != norms.END:
                self.sections.problem(number, "", "DSN-LIGNE", "La ligne est vide.")
            return -1
        known = self.norm.by_name.get(line[:14].decode("iso-8859-1"))
        if len(line) > LONGEST_LINE:
            says = f"La ligne est trop longue : {LONGEST_LINE} caractères au plus."
            self.sections.problem(number, known.name if known else "", "DSN-LIGNE", says)
        elif known is not None:
            self.sections.problem(number, known.name, "DSN-LIGNE", _NO_SHAPE)
        elif files.RECORD.match(line) and line.endswith(b"'"):
            name = line[:14].decode("ascii")
            says = f"La rubrique {name} n’existe pas dans la norme {self.norm.version}."
            self.sections.problem(number, name, "DSN-RUBRIQUE", says)
        else:
            self.sections.problem(number, "", "DSN-LIGNE", _NO_SHAPE)
        return known.place if known else -1

    def _misplaced(self, move: int, state: int, place: int, value: Value | None, number: int) -> int:
        """A rubric that cannot stand here: say so, and how to go on: below 0 without it, else BLOCK or SECTION."""
        norm, sections = self.norm, self.sections
        rubric = norm.rubrics[place]
        block = norm.blocks[rubric.block]
        came_from = norm.blocks[norm.rubrics[state].block] if state != START else block
        open_one = self._last(rubric.block)
        if move == norms.DISPLACED and open_one is not None:
            skipped = sum(one < place for one in block.required)
            if skipped == 1 and place in open_one:
                # The block begins again, and what opens it is missing: that is what is said of it.
                return begins(block, came_from)
            open_one.setdefault(place, value)
        elif move == norms.TOO_MANY and open_one is not None and (place == state or place not in open_one):
            # What opens the block, twice running or too late: not another block, of which there is one only.
            move = norms.REPEATED if place in open_one else norms.DISPLACED
            open_one.setdefault(place, value)
        code, says = structure(move, rubric, norm)
        sections.problem(number, rubric.name, code, says)
        stray = move in {norms.OUTSIDE, norms.MISORDERED} and any(one < place for one in block.required)
        if stray or move in {norms.REPEATED, norms.DISPLACED}:
            return -1
        return BLOCK if state == START else begins(block, came_from)

    def _last(self, block: int) -> dict[int, Value | None] | None:
        found: Iterator[Found] = (one for one in reversed(self.sections.blocks) if one[0] == block)
        last = next(found, None)
        return last[2] if last else None


_NO_SHAPE = "La ligne n’a pas la forme : rubrique, virgule, valeur entre apostrophes."
