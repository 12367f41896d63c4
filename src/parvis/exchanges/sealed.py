"""What an exchange holds of an agent, and what a draft holds at all: sealed at rest. How a NIR is shown."""

import json
import re
from dataclasses import asdict, dataclass

from parvis.ground.sealing import Unsealable, seal, unseal
from parvis.regulations.identifiers.persons import SHAPE

_DETAILS, _DRAFT = "exchange-details", "exchange-draft"
# Thirteen or fifteen characters in any grouping.
_WRITTEN = re.compile(
    r"(?<![0-9A-Za-z])[1-478](?:[ .\u00a0\u202f-]?[0-9AB]){12}(?:[ .\u00a0\u202f-]?[0-9]{2})?(?![0-9A-Za-z])"
)


@dataclass(frozen=True, slots=True)
class Details:
    """About an agent. `nir`: without blanks."""

    nir: str = ""
    agent_name: str = ""
    period: str = ""

    @property
    def empty(self) -> bool:
        return not (self.nir or self.agent_name or self.period)


@dataclass(frozen=True, slots=True)
class Content:
    """What a draft holds: the text, and what the motif asks for."""

    text: str = ""
    nir: str = ""
    agent_name: str = ""
    period: str = ""

    @property
    def details(self) -> Details:
        return Details(self.nir, self.agent_name, self.period)


def seal_details(details: Details) -> str:
    """As `Exchange.details` keeps them; "" for none."""
    return "" if details.empty else seal(json.dumps(asdict(details)), purpose=_DETAILS)


def unseal_details(sealed: str) -> Details:
    """What was sealed; nothing where the key is gone."""
    if not sealed:
        return Details()
    try:
        return Details(**json.loads(unseal(sealed, purpose=_DETAILS)))
    except Unsealable:
        return Details()


def seal_content(content: Content) -> str:
    """As `Draft.content` keeps it."""
    return seal(json.dumps(asdict(content)), purpose=_DRAFT)


def unseal_content(sealed: str) -> Content:
    """What was sealed; nothing where there is none, or the key is gone."""
    if not sealed:
        return Content()
    try:
        return Content(**json.loads(unseal(sealed, purpose=_DRAFT)))
    except Unsealable:
        return Content()


def nirs_in(text: str) -> list[str]:
    """What has the shape of a NIR in a text, as it is written there."""
    found = []
    for match in _WRITTEN.finditer(text):
        plain = re.sub(r"[ .\u00a0\u202f-]", "", match[0])
        if SHAPE.fullmatch(plain[:13]):
            found.append(match[0])
    return found


def without_nirs(text: str) -> str:
    """The text for a key that is searched: what has the shape of a NIR is not in it."""
    for written in nirs_in(text):
        text = text.replace(written, " ")
    return text
