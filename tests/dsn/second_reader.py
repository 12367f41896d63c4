"""A second reader of DSN files, to check what the product writes and reads; it imports nothing of the product.

Written from the description of the format (CT2025.1 §3.4 to §5) and the norm's own files alone. It takes the whole file
at once, makes a tree of it by recursive descent, and is as strict as that description; slow and short. Its only common
ground with the product are the data files of the norm.
"""

import datetime
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

NORMS = Path(__file__).parents[2] / "src" / "parvis" / "dsn" / "data"
LINE = re.compile(r"(S\d\d\.G\d\d\.\d\d)\.(\d\d\d),'(.*)'", re.ASCII)
NIR = re.compile(
    r"[1-2][0-9]{2}(0[1-9]|1[0-2]|20|3[0-9]|4[0-2]|[5-9][0-9])(0[1-9]|[1-9][0-9]|2A|2B)"
    r"(00[1-9]|0[1-9][0-9]|[1-9][0-9]{2})(00[1-9]|0[1-9][0-9]|[1-9][0-9]{2})"
)
# The tree of CT2025.1 §5, each line a parent with its children in their order, and how many times each may stand.
TREE = """
 > S10.G00.00:1 S20.G00.05:+ S90.G00.90:1
S10.G00.00 > S10.G00.01:1 S10.G00.02:1
S20.G00.05 > S20.G00.07:* S20.G00.08:* S21.G00.06:1
S21.G00.06 > S21.G00.13:* S21.G00.11:1
S21.G00.11 > S21.G00.12:* S21.G00.15:* S21.G00.82:* S21.G00.20:* S21.G00.22:* S21.G00.44:* S21.G00.85:* S21.G00.30:*
S21.G00.15 > S21.G00.16:*
S21.G00.20 > S21.G00.55:*
S21.G00.22 > S21.G00.23:*
S21.G00.30 > S21.G00.31:* S21.G00.34:* S21.G00.40:+ S21.G00.50:+ S21.G00.86:* S21.G00.98:*
S21.G00.40 > S21.G00.41:* S21.G00.60:* S21.G00.62:? S21.G00.65:* S21.G00.70:* S21.G00.71:+
S21.G00.60 > S21.G00.66:*
S21.G00.70 > S21.G00.73:*
S21.G00.71 > S21.G00.72:*
S21.G00.50 > S21.G00.51:+ S21.G00.52:* S21.G00.54:* S21.G00.56:* S21.G00.58:* S21.G00.78:* S21.G00.83:*
S21.G00.51 > S21.G00.53:*
S21.G00.78 > S21.G00.79:* S21.G00.81:*
"""
CHILDREN = {
    line.partition(" > ")[0].strip(): [tuple(one.split(":")) for one in line.partition(" > ")[2].split()]
    for line in TREE.strip("\n").splitlines()
}
# Amounts and rates: two decimals. Whole numbers: order, fraction, indices, CTI, number of payment, totals.
TWO_DECIMALS = re.compile(r"S21\.G00\.(20|5[0-24]|78|79|81)\.|S21\.G00\.40\.(012|013|054|055|059)")
WHOLE = {"S20.G00.05.003", "S20.G00.05.004", "S21.G00.40.058", "S21.G00.40.080", "S21.G00.50.003"}
WHOLE |= {"S90.G00.90.001", "S90.G00.90.002"}


@dataclass
class Node:
    """A block: its first line, its rubrics, what stands under it."""

    name: str
    line: int
    rubrics: dict[str, str] = field(default_factory=dict)
    children: list["Node"] = field(default_factory=list)

    def under(self, name: str) -> list["Node"]:
        """All blocks of a name, at any depth."""
        found = [child for child in self.children if child.name == name]
        return found + [one for child in self.children for one in child.under(name)]


class Wrong(Exception):
    """The line that is wrong, and why."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"{line}: {why}")
        self.line = line


def check(content: bytes) -> Node:
    """The file as a tree. Raises Wrong."""
    text = content.decode("iso-8859-1")
    assert text.endswith("\n"), "the last line does not end"
    rows = [line.removesuffix("\r") for line in text.split("\n")[:-1]]
    version = next((row[16:-1] for row in rows if row.startswith("S10.G00.00.006,'")), "P26V01")
    if version not in {"P25V01", "P26V01"}:
        raise Wrong(1, f"norm {version}")
    norm = json.loads((NORMS / f"{version}.json").read_text(encoding="utf-8"))["blocks"]
    blocks = _blocks(rows, norm)
    root = Node("", 0)
    rest = _take(root, blocks)
    if rest:
        raise Wrong(rest[0].line, f"{rest[0].name} stands where it cannot")
    _totals(root, len(rows))
    for declaration in root.under("S20.G00.05"):
        _declaration(declaration)
    return root


def _blocks(rows: list[str], norm: dict) -> list[Node]:
    blocks: list[Node] = []
    last = ""
    for number, row in enumerate(rows, 1):
        found = LINE.fullmatch(row)
        if not found or len(row) > 256:
            raise Wrong(number, "no rubric, comma and value between apostrophes")
        block, short, value = found.groups()
        spec = norm.get(block, {"rubrics": {}})["rubrics"].get(short)
        if spec is None:
            raise Wrong(number, f"no rubric {block}.{short}")
        _value(number, f"{block}.{short}", value, *spec)
        if not blocks or blocks[-1].name != block or short <= last:
            blocks.append(Node(block, number))
        blocks[-1].rubrics[short] = value
        last = short
    return blocks


def _value(number: int, rubric: str, value: str, kind: str, longest: int, _label: str, codes: object = None) -> None:
    if not value or value != value.strip(" \u00a0"):
        raise Wrong(number, "empty, or a blank at an end")
    if any(ord(one) < 32 or 127 <= ord(one) < 160 for one in value):
        raise Wrong(number, "a control character")
    if len(value) > longest:
        raise Wrong(number, "too long")
    if isinstance(codes, dict) and value not in codes:
        raise Wrong(number, f"no code {value}")
    if not value.isascii():
        try:
            value.encode("iso-8859-1").decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            raise Wrong(number, "UTF-8")
    if kind == "D" or rubric in {"S21.G00.30.006", "S21.G00.31.011"}:
        # An unknown day or month of birth is 99: taken here for a first day, for a January.
        known = re.sub("^99", "01", re.sub("(?<=^..)99", "01", value)) if kind == "X" else value
        try:
            day = datetime.datetime.strptime(known, "%d%m%Y")
        except ValueError as fault:
            raise Wrong(number, "no date") from fault
        if len(value) != 8 or not value.isascii() or not (1800 if kind == "X" else 1900) <= day.year < 2100:
            raise Wrong(number, "no date of this time")
    if kind == "N":
        shape = r"-?\d+(\.\d\d)?"
        shape = r"-?\d+\.\d\d" if TWO_DECIMALS.match(rubric) and rubric not in WHOLE else shape
        shape = r"\d+" if rubric in WHOLE else shape
        if not re.fullmatch(shape, value, re.ASCII):
            raise Wrong(number, "no number of this kind")
    if rubric == "S21.G00.40.058" and not 100 <= int(value) <= 2500:
        raise Wrong(number, "no major index")


def _take(parent: Node, blocks: list[Node]) -> list[Node]:
    for name, times in CHILDREN.get(parent.name, ()):
        count = 0
        while blocks and blocks[0].name == name and not (count and times in "1?"):
            node, *blocks = blocks
            parent.children.append(node)
            blocks = _take(node, blocks)
            count += 1
        if not count and times in "1+":
            raise Wrong(parent.line, f"no {name} under {parent.name}")
    return blocks


def _totals(root: Node, rubrics: int) -> None:
    end = root.children[-1]
    if end.rubrics != {"001": str(rubrics), "002": str(len(root.under("S20.G00.05")))}:
        raise Wrong(end.line, "totals")


def _declaration(node: Node) -> None:
    fraction = node.rubrics["003"]
    if not re.fullmatch(r"[1-9][1-9]", fraction) or fraction[0] > fraction[1]:
        raise Wrong(node.line, "fraction")
    if not node.rubrics["005"].startswith("01"):
        raise Wrong(node.line, "month")
    people = node.under("S21.G00.30")
    if bool(people) != (node.rubrics["002"] in {"01", "03"}):
        raise Wrong(node.line, "individuals do not go with the type")
    numbers = Counter(one.rubrics.get("001") for one in people)
    for one in people:
        nir = one.rubrics.get("001", "")
        if not NIR.fullmatch(nir):
            raise Wrong(one.line, "NIR")
        if numbers[nir] > 1:
            raise Wrong(one.line, "NIR twice")
        if nir[1:3] != one.rubrics["006"][-2:]:
            raise Wrong(one.line, "NIR and birth date")
        for contract in one.under("S21.G00.40"):
            if (contract.rubrics.get("053") == "02") != ("054" in contract.rubrics):
                raise Wrong(contract.line, "part hours")


# --- What is due, from the tables of rates: each in hundredths of a per cent, by year ---------------------------------
# The Ircantec's of 2026: arrêté of 19 December 2025, art. 1.
AGENT, EMPLOYER = {2025: "11.10", 2026: "11.10"}, {2025: "34.65", 2026: "37.65"}
IRCANTEC = {
    2025: {"060": ("2.80", "4.20"), "061": ("6.95", "12.55")},
    2026: {"060": ("2.84", "4.27"), "061": ("7.06", "12.75")},
}


def cent(amount: Decimal) -> Decimal:
    """To the cent, half upward."""
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def wrong_amounts(individual: Node, year: int) -> list[str]:
    """The codes of contributions whose amount is not what their base and the year's rate give."""
    found: list[str] = []
    for base in individual.under("S21.G00.78"):
        started = int(base.rubrics["002"][4:])
        for due in base.under("S21.G00.81"):
            code, on = due.rubrics["001"], Decimal(due.rubrics["003"])
            told = Decimal(due.rubrics["004"])
            if code in {"300", "304", "309"}:
                right = {cent(on * Decimal(AGENT[started]) / 100)}
            elif code in {"301", "305", "310"}:
                right = {cent(on * Decimal(EMPLOYER[started]) / 100)}
            elif code in {"311", "312"}:
                right = {cent(on * 5 / 100)}
            else:
                right = {sum((cent(on * Decimal(rate) / 100) for rate in IRCANTEC[started][code]), Decimal(0))}
            if told not in right:
                found.append(code)
    return found
