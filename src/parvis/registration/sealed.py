"""Coordinates at rest: sealed, so that a copy of the database alone tells no name. Fields never mix purposes."""

import json
import secrets
from typing import Any

from parvis.access.actions.creation import Coordinates, coordinates_from_json, coordinates_to_json
from parvis.ground.identifiers.account import ALPHABET
from parvis.ground.sealing import keyed_hash, seal, unseal

COORDINATES = "registration"


def seal_coordinates(coordinates: Coordinates) -> str:
    """As `Registration.coordinates` keeps them."""
    return seal(json.dumps(coordinates_to_json(coordinates)), purpose=COORDINATES)


def unseal_coordinates(sealed: str) -> Coordinates:
    """The coordinates that were sealed. Raises Unsealable."""
    return coordinates_from_json(json.loads(unseal(sealed, purpose=COORDINATES)))


def seal_content(content: dict[str, Any], *, purpose: str) -> str:
    """A few texts, sealed together."""
    return seal(json.dumps(content), purpose=purpose)


def unseal_content(sealed: str, *, purpose: str) -> dict[str, Any]:
    """The texts that were sealed for that purpose; {} where there is nothing."""
    return dict(json.loads(unseal(sealed, purpose=purpose))) if sealed else {}


def draw(length: int = 8) -> str:
    """A reference or a code: characters that nobody mistakes for one another."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def grouped(code: str) -> str:
    """As shown and dictated: groups of four."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def plain(typed: str) -> str:
    """A reference or a code as compared: case, spaces and hyphens forgiven."""
    return "".join(character for character in typed[:100].upper() if character.isalnum())


def hashed(code: str, *, purpose: str) -> str:
    """What is kept of a code."""
    return keyed_hash(plain(code), purpose=purpose)
