"""What leaves by telephone: a text message, or a call that speaks."""

from dataclasses import dataclass, field
from enum import StrEnum


class Channel(StrEnum):
    """How it reaches the person: read on a mobile, or heard, on any telephone."""

    SMS = "sms"
    VOICE = "voice"


@dataclass(frozen=True, slots=True)
class Call:
    """One SMS, or one spoken call, ready to leave.

    `number` is E.164. `text` is what is read or spoken: the writer separates the digits of a code that are to be heard
    one by one. `extension` (« poste ») goes to the carrier in its own field; a carrier that cannot dial it says it.
    Neither the number nor the text is in its `repr`: it may end in a log.
    """

    number: str = field(repr=False)
    channel: Channel
    text: str = field(repr=False)
    extension: str = field(default="", repr=False)


class Outcome(StrEnum):
    """What a carrier says of a call: taken, arrived, will never arrive, or to be handed over again."""

    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    RETRY = "retry"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a carrier answers when it takes a call: whether it has arrived already, and the name to ask for it by."""

    outcome: Outcome
    id: str = ""
