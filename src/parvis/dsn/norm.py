"""The norms, compiled once into tables: what each rubric holds, and which one may follow which."""

import functools
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from parvis.dsn.values import Reader, Spec, compiled

VERSIONS = ("P25V01", "P26V01")
ROOT = ""
SENDING, DECLARATION, ENTERPRISE, ESTABLISHMENT = "S10.G00.00", "S20.G00.05", "S21.G00.06", "S21.G00.11"
INDIVIDUAL, CONTRACT, PAYMENT, END = "S21.G00.30", "S21.G00.40", "S21.G00.50", "S90.G00.90"

# The place of the rubric before the first one of a file.
START = -1

# What the next rubric does: it goes on in its block, begins a block, or begins a block and with it a section (the
# declaration, an individual, what follows individuals, the end).
SAME, BLOCK, SECTION = 0, 1, 2
# Or why it cannot be there.
REPEATED, DISPLACED, TOO_MANY, OUTSIDE, MISORDERED = 10, 11, 12, 13, 14

# Rubrics whose values are of one person or one contract: not worth remembering, and not to be kept.
OWN = ("S21.G00.30.", "S21.G00.31.", "S89.G00.32.", "S21.G00.40.009", "S21.G00.51.010", "S21.G00.52.006")
# The longest number that comes back from agent to agent (indices, hours, rates); longer ones are amounts.
SHARED_NUMBER = 7


@dataclass(frozen=True, slots=True)
class Rubric:
    """A rubric of one norm: `place` in the order of numbers, `block` the place of its block."""

    place: int
    name: str
    block: int
    read: Reader
    spec: Spec
    kept: bool


@dataclass(frozen=True, slots=True)
class Block:
    """A block: its parent's and ancestors' places (itself last), and what it needs."""

    place: int
    name: str
    label: str
    path: tuple[int, ...]
    single: bool
    required: tuple[int, ...]
    children: tuple[int, ...]
    section: bool
    within_individual: bool


@dataclass(frozen=True, slots=True)
class Norm:
    """One version. `by_start` finds a rubric by the 16 bytes that begin its line, `S21.G00.30.001,'`."""

    version: str
    rubrics: tuple[Rubric, ...]
    blocks: tuple[Block, ...]
    by_start: Mapping[bytes, Rubric]
    by_name: Mapping[str, Rubric]
    block_by_name: Mapping[str, Block]
    rank: Mapping[tuple[int, int], bool]
    follow: tuple[dict[int, int], ...]

    def move(self, before: int, after: int) -> int:
        """What rubric `after` does behind rubric `before` (places). Those that are right in all are noted in
        `follow[after][before]`, so that a reader asks only once."""
        found = self.follow[after].get(before)
        if found is None:
            found = self._reckoned(self.rubrics[before], self.rubrics[after])
            if found <= SECTION and not any(self.lacking(before, after, found)):
                self.follow[after][before] = found
        return found

    def lacking(self, before: int, after: int | None, move: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The required rubrics that are passed over between two: of the block of the first, and of the block that the
        second begins. `before` START: the file begins; `after` None: it ends."""
        ended = self.blocks[self.rubrics[before].block].required if before != START else ()
        if after is None:
            return tuple(place for place in ended if place > before), ()
        if move == SAME:
            return tuple(place for place in ended if before < place < after), ()
        begun = self.blocks[self.rubrics[after].block].required
        return tuple(place for place in ended if place > before), tuple(place for place in begun if place < after)

    def _reckoned(self, before: Rubric, after: Rubric) -> int:
        block, came_from = self.blocks[after.block], self.blocks[before.block]
        if before.block == after.block and after.place > before.place:
            return SAME
        skipped = sum(place < after.place for place in block.required)
        if after.block in came_from.path:
            # Back to a block that is open: another one of its kind, which begins with what opens it.
            if after.place == before.place and skipped:
                return REPEATED
            if skipped:
                return DISPLACED
            return TOO_MANY if block.single else begins(block, came_from)
        if len(block.path) > 1 and block.path[-2] not in came_from.path:
            return OUTSIDE
        depth = len(block.path) - 1
        if depth < len(came_from.path) and self.rank.get((came_from.path[depth], block.place), False):
            return MISORDERED
        return begins(block, came_from)


def begins(block: Block, came_from: Block) -> int:
    """Whether a block begins a section: of itself, or because it follows the last individual."""
    return SECTION if block.section or (came_from.within_individual and not block.within_individual) else BLOCK


@functools.cache
def norm(version: str) -> Norm:
    """The norm of a version of VERSIONS, read from the package's data. Raises LookupError."""
    if version not in VERSIONS:
        raise LookupError(f"No norm {version!r} is read.")
    folder = resources.files("parvis.dsn") / "data"
    data = json.loads((folder / f"{version}.json").read_text(encoding="utf-8"))
    rules = tomllib.loads((folder / "rules.toml").read_text(encoding="utf-8"))
    names = sorted(data["blocks"])
    places = {name: place for place, name in enumerate(names)}
    parents: dict[str, str] = {**data["parents"], **rules["parents"]}
    rubrics = _rubrics(data["blocks"], places, rules)
    by_name = {one.name: one for one in rubrics}
    blocks = tuple(_block(name, data, places, parents, rules, by_name) for name in names)
    return Norm(
        version=version,
        rubrics=rubrics,
        blocks=blocks,
        by_start={f"{one.name},'".encode("ascii"): one for one in rubrics},
        by_name=by_name,
        block_by_name={one.name: one for one in blocks},
        rank=_misordered(names, places, parents, rules["order"]),
        follow=tuple({} for _ in rubrics),
    )


def _rubrics(blocks: Mapping[str, Any], places: Mapping[str, int], rules: Mapping[str, Any]) -> tuple[Rubric, ...]:
    found: list[Rubric] = []
    for block in sorted(blocks):
        for short, (kind, longest, label, *codes) in sorted(blocks[block]["rubrics"].items()):
            name = f"{block}.{short}"
            spec = _spec(name, kind, longest, label, codes[0] if codes else {}, rules)
            kept = not name.startswith(OWN) and not (kind == "N" and longest > SHARED_NUMBER)
            found.append(Rubric(len(found), name, places[block], compiled(spec), spec, kept))
    return tuple(found)


def _spec(name: str, kind: str, longest: int, label: str, codes: Mapping[str, str], rules: Mapping[str, Any]) -> Spec:
    numbers = rules["numbers"]
    whole = name in numbers["whole"]
    bounds = rules["bounds"].get(name)
    scaled = tuple(round(float(bound) * (1 if whole else 100)) for bound in bounds) if bounds else None
    return Spec(
        name=name,
        kind=kind,
        longest=longest,
        label=label,
        codes=codes,
        whole=whole,
        either=name in numbers["either"],
        unsigned=name in numbers["unsigned"],
        birth=name in rules["births"]["rubrics"],
        shortest=rules["shortest"].get(name, 1),
        bounds=(scaled[0], scaled[1]) if scaled else None,
    )


def _block(
    name: str,
    data: Mapping[str, Any],
    places: Mapping[str, int],
    parents: Mapping[str, str],
    rules: Mapping[str, Any],
    by_name: Mapping[str, Rubric],
) -> Block:
    path, above = [name], parents[name]
    while above != ROOT:
        path.insert(0, above)
        above = parents[above]
    within = INDIVIDUAL in path
    return Block(
        place=places[name],
        name=name,
        label=data["blocks"][name]["label"],
        path=tuple(places[one] for one in path),
        single=name in rules["single"]["blocks"],
        required=tuple(by_name[f"{name}.{short}"].place for short in rules["required"].get(name, ())),
        children=tuple(places[child] for child in rules["children"].get(name, ())),
        section=name in {DECLARATION, INDIVIDUAL, END} or name.startswith("S89."),
        within_individual=within,
    )


def _misordered(
    names: list[str], places: Mapping[str, int], parents: Mapping[str, str], order: Mapping[str, list[str]]
) -> dict[tuple[int, int], bool]:
    # (the last one under a parent, the new one): whether both sources put the new one before it.
    found: dict[tuple[int, int], bool] = {}
    for last in names:
        for new in names:
            if parents[last] != parents[new] or last <= new:
                continue
            text = order.get(parents[last], [])
            if last in text and new in text and text.index(new) > text.index(last):
                continue
            found[places[last], places[new]] = True
    return found
