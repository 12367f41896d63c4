"""What the reader hands over, and what it costs in memory."""

import datetime
import io
import tracemalloc

from parvis.dsn.generation.sending import Part
from parvis.dsn.reading import read
from parvis.dsn.shapes import Declaration, DeclarationEnd, Individual, Sending, Totals
from parvis.dsn.writing import Cents, Writer
from tests.dsn.files import JUNE, TOWN, events, lines_of, made, problems


def _individuals(content: bytes) -> list[Individual]:
    return [one for one in events(content) if isinstance(one, Individual)]


def test_everything_of_an_individual_is_handed_over() -> None:
    """Written by hand, rubric by rubric: amounts in cents, months, apostrophes, nesting, regularised period."""
    out = io.BytesIO()
    writer = Writer(out, crlf=True)
    day, end = datetime.date(2026, 1, 1), datetime.date(2026, 1, 31)
    writer.block("S10.G00.00", {"001": "Paie", "005": "01", "006": "P26V01", "008": "01"})
    writer.block("S10.G00.01", {"001": TOWN.siren, "002": TOWN.nic, "003": "L'émetteur"})
    writer.block("S10.G00.02", {"002": "Zoé", "004": "z@mairie.example", "005": "0639980010"})
    writer.block(
        "S20.G00.05",
        {"001": "01", "002": "03", "003": 12, "004": 4, "005": day, "006": "abc", "007": end, "010": "01"},
    )
    writer.block("S21.G00.06", {"001": TOWN.siren, "002": TOWN.nic})
    writer.block("S21.G00.11", {"001": TOWN.nic, "002": "8411Z"})
    writer.block("S21.G00.20", {"001": "18002002600019", "005": Cents(123400), "006": day, "007": end, "010": "05"})
    writer.block("S21.G00.82", {"001": Cents(-5), "002": "006"})
    writer.block("S21.G00.30", {"002": "D'ARTAGNAN", "004": "Zoé", "006": "99991960", "020": f"1{TOWN.siren}X1"})
    writer.block(
        "S21.G00.40",
        {
            "001": day,
            "002": "10",
            "007": "50",
            "009": "1",
            "011": "10",
            "012": Cents(12133),
            "020": "120",
            "026": "01",
            "053": "02",
            "054": Cents(3500),
            "058": 366,
            "059": Cents(1500),
            "013": Cents(12133),
        },  # fmt: skip
    )
    writer.block("S21.G00.60", {"001": "01", "002": day, "010": end})
    writer.block("S21.G00.62", {"001": end, "002": "059"})
    writer.block("S21.G00.65", {"001": "675", "002": day})
    writer.block("S21.G00.71", {"002": "IRCANTEC"})
    writer.block("S21.G00.50", {"001": end, "002": Cents(-100), "003": 1, "004": Cents(100)})
    writer.block("S21.G00.51", {"001": day, "002": end, "010": "1", "011": "010", "013": Cents(180001)})
    writer.block("S21.G00.52", {"001": "047", "002": Cents(7)})
    writer.block("S21.G00.78", {"001": "48", "002": datetime.date(2025, 12, 1), "003": end, "004": Cents(-250)})
    writer.block("S21.G00.81", {"001": "300", "003": Cents(-250), "004": Cents(-28)})
    writer.block("S21.G00.81", {"001": "301"})
    writer.finish()
    content = out.getvalue()
    sending, declaration, one, ended, totals = events(content)
    assert isinstance(sending, Sending) and sending.test and sending.sender_name == "L'émetteur"
    assert isinstance(declaration, Declaration) and declaration.replacing and declaration.test
    assert (declaration.siret, declaration.fraction, declaration.fractions) == (TOWN.siret, 1, 2)
    assert (declaration.month, declaration.order, declaration.replaces) == (day, 4, "abc")
    assert [(paid.amount, paid.start) for paid in declaration.transfers] == [(123400, day)]
    assert isinstance(one, Individual) and (one.surname, one.nir, one.ntt) == ("D'ARTAGNAN", None, f"1{TOWN.siren}X1")
    assert one.birth_date == "99991960" and one.born_on is None
    contract, payment = one.contracts[0], one.payments[0]
    assert (contract.weekly_hours, contract.full_time_hours, contract.nbi, contract.major_index) == (
        2800,
        3500,
        1500,
        366,
    )
    assert contract.supplementary == ("IRCANTEC",) and contract.absences[0].back_on == end
    assert one.endings[0].motif == "059" and one.suspensions[0].motif == "675"
    assert (payment.net, one.pay[0].amount, one.premiums[0].amount) == (100, 180001, 7)
    base = one.bases[0]
    assert (base.code, base.start, base.amount) == ("48", datetime.date(2025, 12, 1), -250)
    assert [(due.code, due.base, due.amount) for due in base.contributions] == [("300", -250, -28), ("301", None, None)]
    assert one.contributions == base.contributions
    count = content.count(b"\r\n")
    assert ended == DeclarationEnd(count - 2, 1, 1, 0)
    assert totals == Totals(count - 1, count, count, 1, 1)


def test_memory_does_not_grow_with_the_file() -> None:
    """Ten times the agents, read as a stream: a few bytes more each, for the numbers that may stand only once."""
    content, _ = made(Part(TOWN, JUNE, agents=40))
    start, end = content.index(b"S21.G00.30.001"), content.index(b"S90.G00.90.001")
    people = content[start:end].split(b"S21.G00.30.001,'")[1:]

    def many(count: int) -> bytes:
        body = [
            b"S21.G00.30.001,'%s%03d%03d" % (people[rank % len(people)][:7], 1 + rank // 900, 1 + rank % 900)
            + people[rank % len(people)][13:]
            for rank in range(count)
        ]
        return content[:start] + b"".join(body) + content[end:]

    peaks = []
    for count in (400, 2400):
        file = io.BytesIO(many(count))
        tracemalloc.start()
        seen = sum(isinstance(one, Individual) for one in read(file))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert seen == count
    assert peaks[1] < peaks[0] * 1.3 + 2000 * 200
    assert peaks[1] < 16_000_000


def test_numbers_stand_once_in_a_declaration_and_its_fractions() -> None:
    """The same agent in two fractions of a month is said; in two months, or in what replaces, it is right."""
    two = [Part(TOWN, JUNE, agents=5, fraction=one, fractions=2) for one in (1, 2)]
    content, _ = made(*two)
    lines = lines_of(content)
    numbers = [place for place, line in enumerate(lines) if line.startswith(b"S21.G00.30.001")]
    # The whole of the first agent's identity, in the place of the last one's.
    first, last = numbers[0], numbers[-1]
    birth = [next(p for p in range(at, at + 9) if lines[p].startswith(b"S21.G00.30.006")) for at in (first, last)]
    lines[last], lines[birth[1]] = lines[first], lines[birth[0]]
    assert [(one.code, one.declaration) for one in problems(b"".join(lines))] == [("DSN-DOUBLE", 2)]
    assert problems(made(Part(TOWN, JUNE, agents=5), Part(TOWN, datetime.date(2026, 7, 1), agents=5))[0]) == []
    assert problems(made(Part(TOWN, JUNE, agents=5), Part(TOWN, JUNE, agents=5, kind="03", order=2))[0]) == []


def test_headers_are_checked() -> None:
    """SIRET, month, fraction, « néant » with people, norm missing: each at its line, by its rubric."""
    content, _ = made(Part(TOWN, JUNE, agents=2))
    cases = [
        (b"S21.G00.11.001,'00012'", b"S21.G00.11.001,'00013'", "DSN-SIRET"),
        (b"S20.G00.05.005,'01062026'", b"S20.G00.05.005,'02062026'", "DSN-MOIS"),
        (b"S20.G00.05.003,'11'", b"S20.G00.05.003,'21'", "DSN-FRACTION"),
        (b"S20.G00.05.002,'01'", b"S20.G00.05.002,'02'", "DSN-NEANT"),
        (b"S10.G00.00.005,'02'", b"S10.G00.00.005,'03'", "DSN-CODE"),
        (b"S20.G00.05.007,'25062026'", b"S20.G00.05.007,'31062026'", "DSN-DATE"),
    ]
    for right, wrong, code in cases:
        assert content.count(right) == 1
        found = problems(content.replace(right, wrong))
        line = content[: content.index(right)].count(b"\n") + 1
        at = (
            line
            if code != "DSN-NEANT"
            else next(n for n, one in enumerate(lines_of(content), 1) if one[:10] == b"S20.G00.05")
        )
        assert [(one.code, one.line, one.rubric) for one in found] == [(code, at, right[:14].decode())]
        assert found[0].blocking == (code != "DSN-NEANT")


def test_what_follows_the_end_is_said_but_for_blank_lines() -> None:
    """A blank line within is a fault; behind S90 it is none."""
    content, _ = made(Part(TOWN, JUNE, agents=1))
    assert problems(content + b"\n\n") == [] == problems(content.removesuffix(b"\n"))
    lines = lines_of(content)
    assert [(one.line, one.code) for one in problems(b"".join([*lines[:50], b"\n", *lines[50:]]))] == [
        (51, "DSN-LIGNE")
    ]
    assert [one.code for one in problems(content + lines[20])][0] == "DSN-ORDRE"
