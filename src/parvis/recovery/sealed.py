"""What a request holds of people, at rest; its reference and its follow-up code."""

import json
import secrets

from parvis.access.actions.creation import Coordinates, coordinates_from_json, coordinates_to_json
from parvis.ground.identifiers.account import ALPHABET
from parvis.ground.sealing import keyed_hash, seal, unseal
from parvis.post.postal.actions import plain

_COORDINATES, _WORDS, _FOLLOW = "recovery", "recovery-words", "recovery-follow"


def seal_coordinates(coordinates: Coordinates) -> str:
    """As `Case.coordinates` keeps them."""
    return seal(json.dumps(coordinates_to_json(coordinates)), purpose=_COORDINATES)


def unseal_coordinates(sealed: str) -> Coordinates:
    """The coordinates that were sealed. Raises Unsealable."""
    return coordinates_from_json(json.loads(unseal(sealed, purpose=_COORDINATES)))


def seal_words(text: str) -> str:
    """What somebody wrote in their own words: an illness may be among them."""
    return seal(text, purpose=_WORDS)


def unseal_words(sealed: str) -> str:
    """The words that were sealed, "" for none. Raises Unsealable."""
    return unseal(sealed, purpose=_WORDS) if sealed else ""


def draw() -> str:
    """A reference or a code: eight characters that nobody mistakes for one another."""
    return "".join(secrets.choice(ALPHABET) for _ in range(8))


def hashed(code: str) -> str:
    """What is kept of a follow-up code."""
    return keyed_hash(plain(code), purpose=_FOLLOW)


def shown(code: str) -> str:
    """As shown and dictated: « 4RRJ-8JR5 »."""
    return f"{code[:4]}-{code[4:]}"
