"""What becomes of each section of a file once its last line is read: checked, built, handed over."""

from collections.abc import Iterator
from typing import Any

from parvis.dsn import norm as norms
from parvis.dsn.building import Builder, Found
from parvis.dsn.checks import Say, check_employer, check_month, check_numbers, fraction
from parvis.dsn.norm import Norm
from parvis.dsn.pieces import Hopeless
from parvis.dsn.problems import CODES, missing_block, missing_rubric
from parvis.dsn.shapes import (
    NOTHING,
    REPLACES_BY_NOTHING,
    Declaration,
    DeclarationEnd,
    Individual,
    Problem,
    Read,
    Sending,
    Totals,
)
from parvis.dsn.values import Value

# Beyond this many individuals in one declaration, nobody checks any more that a number stands only once: memory.
MOST_NUMBERS = 500_000


class Stopped(Exception):
    """There are too many problems, or nothing after this can be read: the last one was said."""


class Sections:
    """The state of one reading, but for the place in the norm."""

    def __init__(self, norm: Norm, most_problems: int) -> None:
        """Tables for the inner loop, and counters at nought."""
        self.norm, self.most_problems = norm, most_problems
        self.builder = Builder(norm)
        self.place_block = [one.block for one in norm.rubrics]
        self.blocks: list[Found] = []
        self.fields: dict[int, Value | None] = {}
        self.problems: list[Problem] = []
        self.said = 0
        self.line = self.blanks = 0
        self.declarations = self.individuals = self.blocking = 0
        self.declaration: Declaration | None = None
        self.test = False
        self.ended = False
        self.numbers: set[str] = set()
        self.numbers_of: tuple[Any, ...] = ()
        # Required rubrics that did not come where they were due: the line of their block, and their places.
        self.lacking: list[tuple[int, int]] = []

    @staticmethod
    def hopeless(fault: Hopeless) -> Problem:
        """A file of which nothing can be read (any further)."""
        return Problem(fault.line, fault.rubric, fault.code, fault.message, fatal=True)

    def problem(self, line: int, rubric: str, code: str, says: str) -> None:
        """Say a problem. Raises Stopped after the last one that is said."""
        blocking = CODES[code].blocking
        about = 0 if code == "DSN-TOTAL" else self.declarations
        self.problems.append(Problem(line, rubric, code, says, blocking, False, about))
        self.blocking += blocking and self.declarations > 0
        self.said += 1
        if self.said >= self.most_problems:
            says = f"La lecture s’arrête après {self.most_problems} erreurs."
            self.problems.append(Problem(line, rubric, "DSN-TROP", says, True, True, self.declarations))
            raise Stopped

    def drain(self, before: int | None = None) -> Iterator[Problem]:
        """The problems not handed over yet, in the order of lines; those of a line from `before` on wait."""
        found = sorted(self.problems, key=lambda one: one.line)
        self.problems = [one for one in found if before is not None and one.line >= before]
        yield from found[: len(found) - len(self.problems)]

    def close(self, number: int, coming: int) -> Iterator[Read]:
        """The section ends before line `number`; the block `coming` begins another."""
        yield from self._section(number)
        name = self.norm.blocks[coming].name
        if name in {norms.DECLARATION, norms.END}:
            yield from self._end_declaration(number - 1)
        if name == norms.DECLARATION:
            self.declarations += 1

    def finish(self, last: str) -> Iterator[Read]:
        """The end of the file; `last`: the rubric that was read last."""
        yield from self._section(self.line + 1)
        if self.ended:
            return
        yield from self._end_declaration(self.line)
        says = "Le fichier s’arrête avant son total (S90.G00.90) : il est incomplet."
        yield Problem(max(self.line, 1), last, "DSN-TRONQUE", says, True, True, self.declarations)

    def _section(self, number: int) -> Iterator[Read]:
        if not self.blocks:
            return
        first = self.norm.blocks[self.blocks[0][0]].name
        made: Read | None = None
        if first == norms.INDIVIDUAL:
            made = self._individual()
        else:
            self._check_blocks()
            if first == norms.DECLARATION:
                made = self._declaration()
            elif first == norms.SENDING:
                made = self._sending()
            elif first == norms.END:
                made = self._totals()
        if self.lacking:
            self._say_lacking(number)
        if self.problems:
            yield from self.drain(number)
        if made is not None:
            yield made
        self.blocks = []

    def _say_lacking(self, number: int) -> None:
        fields_at = {line: fields for _, line, fields in self.blocks}
        for line, place in self.lacking:
            if line < number and place not in fields_at.get(line, {}):
                rubric = self.norm.rubrics[place]
                self.problem(line, rubric.name, *missing_rubric(rubric, self.norm))
        self.lacking = [one for one in self.lacking if one[0] >= number]

    def _check_blocks(self) -> None:
        """Which block lacks a block that it needs under it."""
        norm = self.norm
        for above in {block for block, _, _ in self.blocks}:
            for child in norm.blocks[above].children:
                self._check_children(above, child)

    def _check_children(self, above: int, child: int) -> None:
        norm, waiting = self.norm, None
        for block, line, _ in (*self.blocks, (above, 0, {})):
            if block == above:
                if waiting is not None:
                    name = norm.blocks[child].name
                    self.problem(waiting, name, *missing_block(norm.blocks[child], norm.blocks[above]))
                waiting = line
            elif block == child:
                waiting = None

    def _sending(self) -> Sending:
        made = self.builder.sending(self.blocks, self.norm.version)
        self.test = made.test
        return made

    def _declaration(self) -> Declaration:
        header = self.builder.header(self.blocks)
        nature, kind, parts, order, month, replaces, made_on, field, identifier, currency = header.declared
        line = self.blocks[0][1]
        say: Say = self.say_at
        number, of_them = fraction(parts, say)
        check_employer(header.siren, header.nic, say)
        made = Declaration(
            line,
            self.declarations,
            nature,
            kind,
            number,
            of_them,
            order,
            check_month(month, say),
            replaces,
            made_on,
            field,
            identifier,
            currency,
            self.test,
            header.siren,
            header.head_nic,
            header.nic,
            header.transfers,
        )
        self.declaration = made
        of = (made.siret, made.month, made.nature, made.order)
        if of != self.numbers_of or number == 1:
            self.numbers, self.numbers_of = set(), of
        return made

    def _individual(self) -> Individual:
        made = self.builder.individual(self.blocks)
        if not _whole(made):
            self._check_blocks()
        self.individuals += 1
        declared = self.declaration
        siren = declared.siren if declared else None
        refused = self.builder.refused_number(self.blocks[0])
        check_numbers(made, siren, self.say_at, self.numbers if len(self.numbers) < MOST_NUMBERS else None, refused)
        return made

    def say_at(self, rubric: str, code: str, says: str) -> None:
        """Say a problem at the line of a rubric of the section, or at its first line where it has none."""
        place = self.norm.by_name[rubric].place
        for _, line, fields in self.blocks:
            if place in fields:
                self.problem(line + list(fields).index(place), rubric, code, says)
                return
        self.problem(self.blocks[0][1], rubric, code, says)

    def _totals(self) -> Totals:
        self.ended = True
        rubrics, declarations = self.builder.totals(self.blocks)
        counted = self.line - self.blanks
        places = self.builder.places["S90.G00.90"]
        for place, declared, found, what in (
            (places[0], rubrics, counted, "rubriques"),
            (places[1], declarations, self.declarations, "déclarations"),
        ):
            if declared is not None and declared != found:
                says = f"Le fichier annonce {declared} {what} et en compte {found}."
                self.say_at(self.norm.rubrics[place].name, "DSN-TOTAL", says)
        return Totals(self.blocks[0][1], rubrics, counted, declarations, self.declarations)

    def _end_declaration(self, line: int) -> Iterator[Read]:
        made = self.declaration
        if made is None:
            return
        empty = made.kind in {NOTHING, REPLACES_BY_NOTHING}
        if empty and self.individuals:
            says = "La déclaration est « sans individu », et des individus y figurent."
            self.problem(made.line, "S20.G00.05.002", "DSN-NEANT", says)
        if made.kind in {"01", "03"} and not self.individuals:
            says = "La déclaration n’a aucun individu : elle est à déclarer « sans individu »."
            self.problem(made.line, "S20.G00.05.002", "DSN-NEANT", says)
        yield from self.drain(line + 1)
        yield DeclarationEnd(line, made.number, self.individuals, self.blocking)
        self.declaration = None
        self.individuals = self.blocking = 0


def _whole(one: Individual) -> bool:
    # Quicker than looking for what every block needs, which then says what is missing.
    return bool(
        one.contracts
        and one.payments
        and all(contract.supplementary for contract in one.contracts)
        and all(payment.pay for payment in one.payments)
    )
