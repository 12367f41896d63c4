"""What a password must be: long, and hard to guess. No composition rule, no renewal, paste allowed.

Guessable: on a list of common passwords (Django's, zxcvbn's), mostly made of the person's own words, or guessed by
zxcvbn in fewer tries than its score `PARVIS_PASSWORD_SCORE` wants. Each refusal says what to change.
"""

import functools
import re
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from zxcvbn import matching, scoring

from parvis.ground.identifiers.text import search_key

# What zxcvbn looks at: its work grows with the square of the length. The rest of a long phrase makes it no weaker.
_LOOKED_AT = 72
_WORD = re.compile(r"[^\W_]+")
# Words of this place and of every January, tried first by whoever wants in.
_OURS = frozenset(
    _WORD.findall(
        "parvis motdepasse identifiant connexion bonjour bienvenue azerty administrateur utilisateur mairie commune "
        "departement region hopital retraite retraites cnracl ircantec rafp fiphfp atiacl carriere printemps automne "
        "janvier fevrier mars avril juin juillet aout septembre octobre novembre decembre"
    )
)
# Written so, a word is no other word.
_LOOKS_LIKE = str.maketrans("4@31!0$57", "aaeiiosst")
_CAUSES = {
    "passwords": "il ressemble à un mot de passe courant. Ajoutez-y plusieurs mots.",
    "words": "un mot ou un nom connu ne suffit pas. Ajoutez-en un ou deux, sans rapport avec lui.",
    "own": "il tient surtout à votre nom, à votre établissement ou à ce site. Prenez d’autres mots.",
    "spatial": "des touches voisines du clavier se devinent. Remplacez-les par des mots.",
    "repeat": "une répétition n’ajoute presque rien. Remplacez-la par d’autres mots.",
    "sequence": "une suite comme « abcdef » ou « 123456 » se devine. Remplacez-la par des mots.",
    "date": "une date ou une année se devine. Remplacez-la par des mots.",
    "": "ajoutez un ou deux mots, sans rapport avec les autres.",
}


def minimum(*, administers: bool) -> int:
    """The shortest password accepted; who administers must choose a longer one."""
    return settings.PARVIS_PASSWORD_MINIMUM_ADMINISTRATOR if administers else settings.PARVIS_PASSWORD_MINIMUM


def why_not(password: str, *, own_words: Sequence[str] = (), administers: bool = False) -> str:
    """Why the password is refused and what to change, as a French sentence; "" where it is accepted."""
    least = minimum(administers=administers)
    missing = least - len(password)
    if missing > 0:
        reason = ", parce que vous administrez des comptes" if administers else ""
        return (
            f"Ce mot de passe est trop court : ajoutez au moins {missing} caractère{'s' if missing > 1 else ''} "
            f"({least} au minimum{reason})."
        )
    if len(password) > settings.PARVIS_PASSWORD_MAXIMUM:
        return f"Ce mot de passe dépasse {settings.PARVIS_PASSWORD_MAXIMUM} caractères : raccourcissez-le."
    typed = password.lower().strip()
    if typed in _common() or typed in matching.RANKED_DICTIONARIES["passwords"]:
        return "Ce mot de passe est l’un des plus courants : choisissez-en un autre."
    if _made_of(password, own_words):
        return "Ce mot de passe ressemble trop à votre nom, à votre établissement ou à ce site : prenez d’autres mots."
    cause = _guessed(password, own_words)
    return "" if cause is None else f"Ce mot de passe est facile à deviner : {_CAUSES[cause]}"


@functools.cache
def _common() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)


def _words(texts: Sequence[str]) -> set[str]:
    return {word for text in texts for word in _WORD.findall(search_key(text)) if len(word) >= 3}


def _made_of(password: str, own_words: Sequence[str]) -> bool:
    """Fewer than 8 characters remain once the person's words and ours are taken out, whatever stands between them."""
    own = sorted(_words(own_words) | _OURS, key=len, reverse=True)
    plain = search_key(password)
    for form in (plain, plain.translate(_LOOKS_LIKE)):
        rest = whole = "".join(_WORD.findall(form))
        for word in own:
            rest = rest.replace(word, "")
        if len(rest) < 8 and rest != whole:
            return True
    return False


# --- zxcvbn ----------------------------------------------------------------------------------------------------------
def _guessed(password: str, own_words: Sequence[str]) -> str | None:
    """Why the password would be guessed soon; None where it would not. Accents make no password harder."""
    own = {word: rank for rank, word in enumerate(sorted(_words(own_words) | _OURS), start=1)}
    # A dictionary of our own for each call: zxcvbn's would be shared by all threads.
    known = {**matching.RANKED_DICTIONARIES, "own": own}
    for form in dict.fromkeys((password[:_LOOKED_AT], search_key(password)[:_LOOKED_AT])):
        if not form:
            return ""
        found = scoring.most_guessable_match_sequence(form, matching.omnimatch(form, known))
        if _score(found["guesses"]) < settings.PARVIS_PASSWORD_SCORE:
            return _cause(found["sequence"])
    return None


def _score(guesses: float) -> int:
    """zxcvbn's own steps: 10³, 10⁶, 10⁸ and 10¹⁰ guesses."""
    return sum(guesses >= 10**step + 5 for step in (3, 6, 8, 10))


def _cause(sequence: list[dict[str, Any]]) -> str:
    """Of the longest part that was recognised, as zxcvbn's own feedback."""
    longest = max(sequence, key=lambda match: len(match["token"]), default=None)
    if longest is None:
        return ""
    pattern = longest["pattern"]
    if pattern == "dictionary":
        return {"passwords": "passwords", "own": "own"}.get(longest["dictionary_name"], "words")
    return {"regex": "date", "bruteforce": ""}.get(pattern, pattern)


def _azerty() -> dict[str, list[str | None]]:
    """Which keys of a French keyboard stand side by side, as zxcvbn's own graphs tell it of others."""
    rows = (
        ("²", "&1", "é2", '"3', "'4", "(5", "-6", "è7", "_8", "ç9", "à0", ")°", "=+"),
        (None, "aA", "zZ", "eE", "rR", "tT", "yY", "uU", "iI", "oO", "pP", "^¨", "$£"),
        (None, "qQ", "sS", "dD", "fF", "gG", "hH", "jJ", "kK", "lL", "mM", "ù%", "*µ"),
        ("<>", "wW", "xX", "cC", "vV", "bB", "nN", ",?", ";.", ":/", "!§"),
    )
    keys = {(x, y): key for y, row in enumerate(rows) for x, key in enumerate(row) if key}
    around = ((-1, 0), (0, -1), (1, -1), (1, 0), (0, 1), (-1, 1))
    return {
        character: [keys.get((x + dx, y + dy)) for dx, dy in around]
        for (x, y), key in keys.items()
        for character in key
    }


# zxcvbn's tables, made ours once: the French keyboard, and the substitutions that people make. All that it knows of,
# together, would let one crafted password of 72 characters keep a processor for two seconds.
matching.GRAPHS["azerty"] = _azerty()
matching.L33T_TABLE.clear()
for _sign, _letter in _LOOKS_LIKE.items():
    matching.L33T_TABLE.setdefault(chr(_letter), []).append(chr(_sign))
