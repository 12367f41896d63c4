"""The reader of whole files: one pass, one individual at a time, memory that does not grow with the file."""

from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from parvis.dsn import norm as norms
from parvis.dsn import pieces as files
from parvis.dsn.building import Found
from parvis.dsn.norm import BLOCK, SECTION, Norm, begins
from parvis.dsn.pieces import Hopeless, Piece
from parvis.dsn.problems import structure
from parvis.dsn.sections import Sections, Stopped
from parvis.dsn.shapes import Position, Read
from parvis.dsn.values import Value, why

MOST_PROBLEMS = 1000
# Lines whose reading is remembered (codes and dates come back with each agent); blocks that one individual may have.
REMEMBERED, MOST_BLOCKS = 10_000, 20_000
LONGEST_LINE = 256


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


def resume(stream: BinaryIO, position: Position, *, most_problems: int = MOST_PROBLEMS) -> Iterator[Read]:
    """The same from an individual on: what `read` gave from there, after the Sending and its Declaration again.

    `stream` can seek and is the same file. Problems of what precedes the individual are not said again, but for those
    of the headers.
    """
    stream.seek(0)
    try:
        _, version = files.start(stream)
    except Hopeless as fault:
        yield Sections.hopeless(fault)
        return
    machine = _Machine(norms.norm(version), most_problems)

    def again() -> Iterator[Piece]:
        yield files.until(stream, files.DECLARATION, offset=0, before=0)
        machine.sections.declarations = position.declaration - 1
        where = position.declaration_offset
        yield files.until(stream, files.INDIVIDUAL, offset=where, before=position.declaration_line - 1)
        machine.go_on_from(position, files.numbers(stream, position.numbers_offset, position.offset))
        stream.seek(position.offset)
        yield from files.pieces(stream, offset=position.offset, before=position.line - 1)

    yield from machine.run(again())


class _Machine:
    """One reading. What the inner loop needs is in local variables; what a section needs is in Sections."""

    def __init__(self, norm: Norm, most_problems: int) -> None:
        self.norm = norm
        self.sections = Sections(norm, most_problems)
        self.state = -1

    def go_on_from(self, position: Position, numbers: set[bytes]) -> None:
        """Take over the counters of an earlier reading."""
        self.sections.go_on_from(position, {number.decode("iso-8859-1") for number in numbers})

    def run(self, pieces: Iterable[Piece]) -> Iterator[Read]:
        """Read the pieces; whatever stops the reading is the last event."""
        try:
            for piece in pieces:
                yield from self._piece(piece)
                if self.sections.problems:
                    yield from self.sections.drain()
                if len(self.sections.blocks) > MOST_BLOCKS:
                    raise Hopeless("DSN-TROP", "Un seul individu compte trop de blocs.", line=piece.before)
            yield from self.sections.finish()
        except Stopped:
            yield from self.sections.drain()
        except Hopeless as fault:
            yield from self.sections.drain()
            yield Sections.hopeless(fault)

    def _piece(self, piece: Piece) -> Iterator[Read]:
        sections, norm, raw, before = self.sections, self.norm, piece.lines, piece.before
        lines = raw
        if any(line.endswith(b"\r") for line in raw):
            lines = [line[:-1] if line.endswith(b"\r") else line for line in raw]
        follow_all, by_start, place_block = norm.follow, sections.by_start, sections.place_block
        seen, state = sections.seen, self.state
        remembered: Callable[[bytes], tuple[int, Value | None] | None] = seen.get
        follow = follow_all[state] if state >= 0 else {}
        blocks, fields = sections.blocks, sections.fields
        mark, offset, number = 0, piece.offset, before
        for line in lines:
            number += 1
            entry = remembered(line)
            if entry is None:
                found = by_start.get(line[:16])
                if found is not None and line[-1:] == b"'":
                    place, reader, kept = found
                    value = reader(line[16:-1])
                    if value is None:
                        self._refused(line, number, place)
                    elif kept:
                        if len(seen) >= REMEMBERED:
                            seen.clear()
                        seen[line] = (place, value)
                else:
                    place = self._unreadable(line, number)
                    if place < 0:
                        continue
                    value = None
            else:
                place, value = entry
            move = follow.get(place)
            if move is None:
                move = norm.move(state, place) if state >= 0 else self._first(place)
            if not move:
                fields[place] = value
                state = place
                follow = follow_all[place]
                continue
            if move > SECTION:
                sections.line = number
                move = self._misplaced(move, state, place, value, number)
                if not move:
                    continue
            if move == BLOCK:
                fields = {place: value}
                blocks.append((place_block[place], number, fields))
            else:
                step = number - 1 - before
                offset += sum(map(len, raw[mark:step])) + step - mark
                mark = step
                sections.line = number - 1
                yield from sections.close(offset, number, place_block[place])
                blocks, fields = sections.blocks, {place: value}
                blocks.append((place_block[place], number, fields))
            state = place
            follow = follow_all[place]
        self.state = state
        sections.fields, sections.line = fields, number

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
            if line or not self.sections.ended:
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
        """A rubric that cannot stand here: say so, and how to go on (0: without it; BLOCK or SECTION: with it)."""
        norm, sections = self.norm, self.sections
        rubric = norm.rubrics[place]
        block = norm.blocks[rubric.block]
        came_from = norm.blocks[norm.rubrics[state].block] if state >= 0 else block
        if move == norms.DISPLACED:
            open_one = self._last(rubric.block)
            skipped = sum(one < place for one in block.required)
            if skipped == 1 and open_one is not None and place in open_one:
                # The block begins again, and what opens it is missing: closing it says so.
                return begins(block, came_from)
            if open_one is not None:
                open_one.setdefault(place, value)
        code, says = structure(move, rubric, norm)
        sections.problem(number, rubric.name, code, says)
        if move in {norms.REPEATED, norms.DISPLACED}:
            return 0
        return BLOCK if state < 0 else begins(block, came_from)

    def _last(self, block: int) -> dict[int, Value | None] | None:
        found: Iterator[Found] = (one for one in reversed(self.sections.blocks) if one[0] == block)
        last = next(found, None)
        return last[2] if last else None


_NO_SHAPE = "La ligne n’a pas la forme : rubrique, virgule, valeur entre apostrophes."
