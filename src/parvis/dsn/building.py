"""From the blocks of one section of a file to what `shapes` describes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from parvis.dsn import shapes
from parvis.dsn.norm import Norm
from parvis.dsn.values import Value

# A block as it was read: its place in the norm, its first line, its rubrics by their place.
Found = tuple[int, int, dict[int, Value | None]]

# The rubrics of each shape, in the order of its fields.
LAYOUT = {
    "S10.G00.00": ("001", "002", "003", "005", "006", "008"),
    "S10.G00.01": ("001", "002", "003"),
    "S10.G00.02": ("002", "004", "005"),
    "S20.G00.05": ("001", "002", "003", "004", "005", "006", "007", "008", "009", "010"),
    "S21.G00.06": ("001", "002"),
    "S21.G00.11": ("001",),
    "S21.G00.20": ("001", "005", "006", "007", "010", "011"),
    "S21.G00.30": ("001", "020", "002", "003", "004", "005", "006", "007", "014", "015", "019"),
    "S21.G00.40": (
        *("009", "001", "010", "002", "007", "006", "004", "005", "020", "026", "011", "012", "013", "014"),
        *("053", "054", "055", "056", "057", "058", "059", "066", "079", "080", "028", "019"),
    ),
    "S21.G00.41": ("001",),
    "S21.G00.50": ("001", "003", "004"),
    "S21.G00.51": ("001", "002", "010", "011", "012", "013", "014"),
    "S21.G00.52": ("001", "002", "003", "004", "006"),
    "S21.G00.60": ("001", "002", "003", "010"),
    "S21.G00.62": ("001", "002"),
    "S21.G00.65": ("001", "002", "003", "004"),
    "S21.G00.71": ("002",),
    "S21.G00.78": ("001", "002", "003", "004", "006", "007"),
    "S21.G00.81": ("001", "002", "003", "004", "007"),
    "S90.G00.90": ("001", "002"),
}


@dataclass(frozen=True, slots=True)
class Header:
    """What S20, S21.G00.06 and S21.G00.11 say, each in the order of LAYOUT, and the transfers."""

    declared: tuple[Any, ...]
    siren: str | None
    head_nic: str | None
    nic: str | None
    transfers: tuple[shapes.Transfer, ...]


class Builder:
    """The builders of one norm."""

    def __init__(self, norm: Norm) -> None:
        """Compile the layout: places instead of names."""
        self.places = {
            block: tuple(norm.by_name[f"{block}.{short}"].place for short in rubrics)
            for block, rubrics in LAYOUT.items()
        }
        self.block = {name: norm.block_by_name[name].place for name in LAYOUT}
        self._individual = self._compiled()

    def sending(self, blocks: Sequence[Found], norm: str) -> shapes.Sending:
        """S10, with what hangs on it."""
        first = self._values("S10.G00.00", blocks)
        software, editor, version, test, _, kind = first
        sender, contact = self._values("S10.G00.01", blocks), self._values("S10.G00.02", blocks)
        line = blocks[0][1]
        return shapes.Sending(line, norm, test == "01", kind or "01", software, editor, version, *sender, *contact)

    def header(self, blocks: Sequence[Found]) -> Header:
        """What a declaration says of itself before its individuals."""
        siren, head = self._values("S21.G00.06", blocks)
        (nic,) = self._values("S21.G00.11", blocks)
        wanted, places = self.block["S21.G00.20"], self.places["S21.G00.20"]
        transfers: list[shapes.Transfer] = [
            shapes.Transfer(line, *_got(fields, places)) for block, line, fields in blocks if block == wanted
        ]
        return Header(self._values("S20.G00.05", blocks), siren, head, nic, tuple(transfers))

    def totals(self, blocks: Sequence[Found]) -> tuple[int | None, int | None]:
        """Rubrics and declarations, as S90 says."""
        rubrics, declarations = self._values("S90.G00.90", blocks)
        return rubrics, declarations

    def individual(self, blocks: Sequence[Found]) -> shapes.Individual:
        """An individual from its blocks, the first of which is S21.G00.30."""
        return self._individual(blocks)

    def refused_number(self, block: Found) -> bool:
        """Whether an individual's NIR or NTT is declared, but was refused: what is wrong was said."""
        return any(block[2].get(place, "") is None for place in self.places["S21.G00.30"][:2])

    def _values(self, name: str, blocks: Sequence[Found]) -> tuple[Any, ...]:
        wanted = self.block[name]
        for block, _, fields in blocks:
            if block == wanted:
                return _got(fields, self.places[name])
        return (None,) * len(self.places[name])

    def _compiled(self) -> Callable[[Sequence[Found]], shapes.Individual]:
        # Everything that the loop needs is a local of the closure: it runs once a block, several millions of times.
        at, block = self.places, self.block
        contract, change, payment = block["S21.G00.40"], block["S21.G00.41"], block["S21.G00.50"]
        base, contribution = block["S21.G00.78"], block["S21.G00.81"]
        pay, premium, supplementary = block["S21.G00.51"], block["S21.G00.52"], block["S21.G00.71"]
        on_contract: dict[int, tuple[int, Callable[..., Any], tuple[int, ...]]] = {
            block["S21.G00.60"]: (2, shapes.Absence, at["S21.G00.60"]),
            block["S21.G00.65"]: (3, shapes.Suspension, at["S21.G00.65"]),
            block["S21.G00.62"]: (4, shapes.Ending, at["S21.G00.62"]),
        }
        at_30, at_40, at_50, at_51 = at["S21.G00.30"], at["S21.G00.40"], at["S21.G00.50"], at["S21.G00.51"]
        at_52, at_78, at_81 = at["S21.G00.52"], at["S21.G00.78"], at["S21.G00.81"]
        (at_71,), (at_41,) = at["S21.G00.71"], at["S21.G00.41"]
        made_pay, made_premium = shapes.Pay, shapes.Premium
        made_base, made_contribution = shapes.Base, shapes.Contribution
        # A tuple with names, without the function that Python writes for each of them.
        new: Callable[..., Any] = tuple.__new__

        def individual(blocks: Sequence[Found]) -> shapes.Individual:
            contracts: list[tuple[int, dict[int, Any], tuple[list[Any], ...]]] = []
            payments: list[tuple[int, dict[int, Any], list[Any], list[Any], list[Any]]] = []
            # What hangs on nothing (its block above is missing, and a problem said so) is dropped with these.
            held: tuple[list[Any], ...] = ([], [], [], [], [])
            pays: list[Any] = []
            premiums: list[Any] = []
            bases: list[Any] = []
            owed: list[Any] = []
            for kind, line, fields in blocks:
                get = fields.get
                if kind == contribution:
                    owed.append(new(made_contribution, (line, *map(get, at_81))))
                elif kind == base:
                    owed = []
                    bases.append((line, *map(get, at_78), owed))
                elif kind == pay:
                    pays.append(new(made_pay, (line, *map(get, at_51))))
                elif kind == premium:
                    premiums.append(new(made_premium, (line, *map(get, at_52))))
                elif kind == contract:
                    held = ([], [], [], [], [])
                    contracts.append((line, fields, held))
                elif kind == payment:
                    pays, premiums, bases, owed = [], [], [], []
                    payments.append((line, fields, pays, premiums, bases))
                elif kind == supplementary:
                    held[0].append(get(at_71))
                elif kind == change:
                    held[1].append(get(at_41))
                elif kind in on_contract:
                    where, make, places = on_contract[kind]
                    held[where].append(make(line, *map(get, places)))
            _, line, fields = blocks[0]
            made_contracts = tuple(
                [
                    new(shapes.Contract, (first, *map(own.get, at_40), *map(_known, hung)))
                    for first, own, hung in contracts
                ]
            )
            made_payments = tuple(
                [
                    new(
                        shapes.Payment,
                        (
                            first,
                            *map(own.get, at_50),
                            tuple(paid),
                            tuple(given),
                            tuple([new(made_base, (*what, tuple(dues))) for *what, dues in based]),
                        ),
                    )
                    for first, own, paid, given, based in payments
                ]
            )
            made: tuple[Any, ...] = (line, *map(fields.get, at_30), made_contracts, made_payments)
            return shapes.Individual(*made)

        return individual


def _known(found: list[Any]) -> tuple[Any, ...]:
    return tuple([one for one in found if one is not None])


def _got(fields: dict[int, Value | None], places: Sequence[int]) -> tuple[Any, ...]:
    return tuple(map(fields.get, places))
