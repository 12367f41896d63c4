"""What is refused because it would be guessed, in words that say what to change."""

import random
import re
import time

import pytest
from zxcvbn import matching

from parvis.identity import passwords
from parvis.identity.passwords import why_not
from tests.identity.passwords.hands import FRESH, told

WORDS = ("Léa", "Martin", "lea.martin@annecy.example", "Annecy")


@pytest.mark.parametrize(
    ("password", "cause"),
    [
        ("abcdefghijklmn", "une suite comme"),
        ("xxxxxxéééééé", "une répétition"),
        ("chocolatchocolat", "une répétition"),
        ("azertyuiopqsdfgh", "des touches voisines du clavier"),
        ("qsdfghjklmwxcvbn", "des touches voisines du clavier"),
        ("qwertyuiop[asdf", "des touches voisines du clavier"),
        ("P@ssw0rd1234", "un mot de passe courant"),
        ("constitutional", "un mot ou un nom connu"),
    ],
)
def test_a_guessable_password_is_told_why_and_what_to_do(password: str, cause: str) -> None:
    (message,) = told(password, WORDS)
    assert message.startswith("Ce mot de passe est facile à deviner : ")
    assert cause in message
    assert re.search(r"Remplacez-l|Ajoutez|Prenez", message), "what to change"
    assert password not in message


def test_every_cause_has_its_sentence() -> None:
    patterns = {"spatial", "repeat", "sequence", "date", ""}
    assert set(passwords._CAUSES) == patterns | {"passwords", "words", "own"}
    assert all(text.endswith(".") for text in passwords._CAUSES.values())


@pytest.mark.parametrize(
    "password",
    [FRESH, "trois chevaux sous la pluie", "пароль из слов", "gzvtlbqnwodk", "Kq7#vm2!pXw9", "8-lampes-et-un-canard"],
)
def test_a_password_that_nobody_would_guess_is_taken(password: str) -> None:
    assert told(password, WORDS) == []


@pytest.mark.parametrize("password", ["martinlea2026!", "Annecy2026Annecy", "LEA.MARTIN-1985", "4nnecy-M4rtin"])
def test_the_persons_and_the_establishments_words_make_a_password_guessable(password: str) -> None:
    assert told(password, WORDS)


def test_accents_make_no_password_harder() -> None:
    for plain, accented in (("constitutional", "cönstitutiönal"), ("azertyuiopqsdfgh", "àzértyùiopqsdfgh")):
        assert told(plain)
        assert told(accented)


def test_what_follows_the_first_seventy_two_characters_is_not_looked_at_and_harms_nothing() -> None:
    assert told("a" * 100)
    assert told(f"{FRESH} {'a' * 150}") == []


def test_own_words_of_one_person_never_count_for_another() -> None:
    """zxcvbn's own table of a user's words is shared by all threads: ours is not."""
    before = dict(matching.RANKED_DICTIONARIES)
    told("zubrowka zubrowka", ("Zubrowka",))
    assert set(matching.RANKED_DICTIONARIES) == set(before)
    assert "zubrowka" not in matching.RANKED_DICTIONARIES.get("user_inputs", {})


def test_no_password_however_crafted_or_long_keeps_the_server_busy() -> None:
    drawn = random.Random(1)
    crafted = [
        "a4@b8c({[<e3g69i1!|l17o0s$5t+7x%z2" * 7,
        "4@3 1!0$57aeiost xyz" * 12,
        "1|!" * 85,
        "qwertyuiop" * 25,
        "love you baby " * 18,
        *("".join(drawn.choice("4@8({[<369!1|7$5+%20 aeiostlcbgxz") for _ in range(256)) for _ in range(10)),
    ]
    for password in crafted:
        began = time.perf_counter()
        why_not(password, own_words=WORDS)
        assert time.perf_counter() - began < 0.5, password[:20]


def test_a_long_phrase_is_looked_at_within_a_few_milliseconds() -> None:
    took = []
    for _ in range(20):
        began = time.perf_counter()
        assert why_not("quatre lanternes au bord du canal et trois chevaux " * 5, own_words=WORDS) == ""
        took.append(time.perf_counter() - began)
    assert sorted(took)[10] < 0.05
