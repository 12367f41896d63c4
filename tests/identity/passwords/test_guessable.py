"""What is refused because it would be guessed, in words that say what to change."""

import random
import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from zxcvbn import matching, scoring

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


# --- The work that a password makes: zxcvbn's, counted --------------------------------------------------------------
class Counting(dict[str, int]):
    """One of zxcvbn's word lists, which counts how often it is asked for a word."""

    asked = 0

    def __contains__(self, word: object) -> bool:
        self.asked += 1
        return super().__contains__(word)


@dataclass
class Work:
    """What zxcvbn was given and did: the pieces' lengths, the words it looked up in one list, the guesses it reckoned.

    What a password takes is mostly these: on a quiet core, looking 50,000 words up takes a fifth of a second.
    """

    words: Counting
    pieces: list[int] = field(default_factory=list)
    reckoned: int = 0


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    done = Work(Counting(matching.RANKED_DICTIONARIES["passwords"]))
    monkeypatch.setitem(matching.RANKED_DICTIONARIES, "passwords", done.words)
    omnimatch, estimate = matching.omnimatch, scoring.estimate_guesses

    def matched(piece: str, *known: Any) -> Any:
        done.pieces.append(len(piece))
        return omnimatch(piece, *known)

    def reckoned(*what: Any) -> Any:
        done.reckoned += 1
        return estimate(*what)

    monkeypatch.setattr(matching, "omnimatch", matched)
    monkeypatch.setattr(scoring, "estimate_guesses", reckoned)
    return done


_drawn = random.Random(1)
CRAFTED = [
    "a4@b8c({[<e3g69i1!|l17o0s$5t+7x%z2" * 7,
    "4@3 1!0$57aeiost xyz" * 12,
    "1|!" * 85,
    "qwertyuiop" * 25,
    "love you baby " * 18,
    *("".join(_drawn.choice("4@8({[<369!1|7$5+%20 aeiostlcbgxz") for _ in range(256)) for _ in range(10)),
]


@pytest.mark.parametrize("password", CRAFTED, ids=range(len(CRAFTED)))
def test_no_password_however_crafted_or_long_keeps_the_server_busy(password: str, work: Work) -> None:
    """With zxcvbn's own substitutions the first of these looks up 2.4 million words, and takes eight seconds."""
    why_not(password, own_words=WORDS)
    assert work.pieces
    assert max(work.pieces) <= passwords._LOOKED_AT
    assert work.words.asked < 60_000
    assert work.reckoned < 5_000


def test_a_long_phrase_makes_little_work(work: Work) -> None:
    assert why_not("quatre lanternes au bord du canal et trois chevaux " * 5, own_words=WORDS) == ""
    assert work.pieces == [passwords._LOOKED_AT], "without accents there is one form to look at"
    # Every piece of 72 characters, forwards and backwards, and what repeats in it.
    assert work.words.asked < 6_000
    assert work.reckoned < 2_000
