"""What a dossier holds: the answers of its steps, by step, sealed at rest: they may say things of an agent."""

import json
from typing import Any

from parvis.ground.sealing import Unsealable, seal, unseal

_PURPOSE = "dossier"
Answers = dict[str, Any]


def seal_answers(answers: Answers) -> str:
    """As `Dossier.content` keeps them."""
    return seal(json.dumps(answers), purpose=_PURPOSE)


def unseal_answers(sealed: str) -> Answers:
    """The answers; none where there are none yet, or the key is gone."""
    if not sealed:
        return {}
    try:
        held: Answers = json.loads(unseal(sealed, purpose=_PURPOSE))
    except Unsealable:
        return {}
    return held
