"""The compiled readers of values say what the rules of the regulations say."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from parvis.dsn.values import Spec, compiled
from parvis.regulations.dsn import lines, values

FIGURES = st.text(alphabet="0123456789.-+ ,x", max_size=12)
DATES = st.one_of(FIGURES, st.text(alphabet="0123456789", min_size=8, max_size=8), st.dates().map("{:%d%m%Y}".format))
TEXTS = st.text(alphabet=st.characters(max_codepoint=255), max_size=14)


def _spec(kind: str, **more: object) -> Spec:
    return Spec("S21.G00.30.001", kind, 12, "", {}, **more)  # type: ignore[arg-type]


@settings(max_examples=120, deadline=None)
@given(FIGURES)
@example("-0.00")
@example("0012.50")
@example(".50")
def test_numbers(written: str) -> None:
    """Signed and not, whole and not, up to their length; the value is that of the figures."""
    for kind, unsigned, whole in (
        (values.Number.AMOUNT, False, False),
        (values.Number.POSITIVE_AMOUNT, True, False),
        (values.Number.WHOLE_QUANTITY, False, True),
    ):
        read = compiled(_spec("N", unsigned=unsigned, whole=whole))(written.encode())
        right = values.number(written, kind, longest=12).accepted
        assert (read is not None) == right
        if right:
            assert read == int(written.replace(".", ""))


@settings(max_examples=120, deadline=None)
@given(DATES)
@example("29022024")
@example("99991899")
def test_dates(written: str) -> None:
    """Of the calendar; of births with unknown parts."""
    plain = compiled(_spec("D"))(written.encode())
    assert (plain is not None) == values.date(written).accepted
    assert plain is None or f"{plain:%d%m%Y}" == written
    births = compiled(_spec("X", birth=True))(written.encode())
    assert births == (written if values.date(written, unknown_parts=True).accepted else None)


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_texts_and_lines(written: str) -> None:
    """A text that is taken is one of the regulations, in a line of theirs; what they take is taken, but for UTF-8."""
    raw = written.encode("iso-8859-1")
    read = compiled(_spec("X"))(raw)
    try:
        in_line = lines.read(f"S21.G00.30.001,'{written}'").value == written
    except lines.UnreadableLine:
        in_line = False
    right = in_line and values.text(written, longest=12).accepted
    if read is not None:
        assert right and read == written
    elif right:
        assert not written.isascii() and raw.decode("utf-8", "ignore") != raw.decode("ascii", "ignore")
