"""The identifier of an account: what its check character finds, that none follows from another, what is forgiven."""

import itertools
import random

import pytest

from parvis.ground.identifiers.account import (
    ALPHABET,
    LENGTH,
    WrongIdentifier,
    check_character,
    draw,
    grouped,
    parse,
)


def _drawn(count: int) -> list[str]:
    """The same in every process: pytest-xdist wants the same names of tests everywhere."""
    series = random.Random(1_000)  # noqa: S311
    bodies = ["".join(series.choices(ALPHABET, k=LENGTH - 1)) for _ in range(count)]
    return [body + check_character(body) for body in bodies]


SAMPLES = ["2222222" + check_character("2222222"), "YYYYYYY" + check_character("YYYYYYY"), *_drawn(30)]
LOOK_ALIKES = ["0OQ", "1IL", "8B", "6G", "5S", "2Z", "VUW", "MN"]


def number(code: str) -> int:
    """An identifier read as an integer in its own base."""
    value = 0
    for character in code:
        value = value * len(ALPHABET) + ALPHABET.index(character)
    return value


@pytest.mark.parametrize("alike", LOOK_ALIKES)
def test_alphabet_holds_at_most_one_of_those_that_look_alike(alike: str) -> None:
    assert len(set(alike) & set(ALPHABET)) <= 1


def test_alphabet_has_a_prime_number_of_plain_capitals_and_digits() -> None:
    size = len(ALPHABET)
    assert len(set(ALPHABET)) == size
    assert all(size % divisor for divisor in range(2, size))
    assert ALPHABET.isascii() and ALPHABET.isalnum() and not any(c.islower() for c in ALPHABET)


def test_identifier_drawn_is_one() -> None:
    for code in SAMPLES:
        assert len(code) == LENGTH
        assert parse(code) == code


@pytest.mark.parametrize("code", SAMPLES)
def test_every_single_wrong_character_is_found(code: str) -> None:
    for place, other in itertools.product(range(LENGTH), ALPHABET):
        wrong = code[:place] + other + code[place + 1 :]
        if wrong != code:
            with pytest.raises(WrongIdentifier):
                parse(wrong)


@pytest.mark.parametrize("code", SAMPLES)
def test_every_exchange_of_two_neighbours_is_found(code: str) -> None:
    for one, two in itertools.pairwise(range(LENGTH)):
        letters = list(code)
        letters[one], letters[two] = letters[two], letters[one]
        if (wrong := "".join(letters)) != code:
            with pytest.raises(WrongIdentifier):
                parse(wrong)


def test_thousand_in_a_row_follow_from_nothing_and_none_comes_twice() -> None:
    drawn = [draw() for _ in range(1_000)]
    assert len(set(drawn)) == 1_000
    steps = [number(second) - number(first) for first, second in itertools.pairwise(drawn)]
    assert len(set(steps)) > 990
    ups = sum(step > 0 for step in steps)
    assert 350 < ups < 650
    # Each place takes each character: no part stays.
    for place in range(LENGTH):
        assert len({code[place] for code in drawn}) == len(ALPHABET)


@pytest.mark.parametrize(
    "typed", ["{0}", "{0} ", " {1}-{2} ", "{1} {2}", "{1}–{2}", "{1}.{2}", "{1}_{2}", "{1}\u00a0{2}", "{1}\t{2}\r\n"]
)
@pytest.mark.parametrize("case", [str.upper, str.lower, str.swapcase])
def test_spaces_hyphens_and_case_are_forgiven(typed: str, case: object) -> None:
    for code in SAMPLES:
        written = typed.format(code, code[:4], code[4:])
        assert parse(case(written)) == code  # type: ignore[operator]
        assert parse(grouped(code)) == code


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "vous en avez saisi 0"),
        ("2345678", "vous en avez saisi 7"),
        ("234567892", "vous en avez saisi 9"),
        ("2" * 10_000, "vous en avez saisi 10000"),
        ("0" * 10_000, "vous en avez saisi 10000"),
        ("O2345678", "ne contient jamais « O »"),
        ("1IL45678", "ne contient jamais « 1 », « I », « L »"),
        ("<script>", "ne contient jamais"),
        ("2345678é", "ne contient jamais « É »"),
        ("2345678\0", "ne contient jamais"),
        ("２３４５６７８９", "ne contient jamais"),
        ("🙂", "ne contient jamais « 🙂 »"),
    ],
)
def test_what_is_no_identifier_is_refused_in_words(typed: str, said: str) -> None:
    with pytest.raises(WrongIdentifier, match=said):
        parse(typed)


def test_code_with_a_wrong_check_character_is_told_as_a_typing_error() -> None:
    body = "".join(random.choice(ALPHABET) for _ in range(LENGTH - 1))
    right = check_character(body)
    wrong = next(character for character in ALPHABET if character != right)
    with pytest.raises(WrongIdentifier, match="faute de frappe"):
        parse(body + wrong)
