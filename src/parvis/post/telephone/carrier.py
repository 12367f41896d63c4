"""Who carries SMS and calls: the carrier described in `PARVIS_TELEPHONE`, the demo's folder, or nobody."""

import re
from functools import cache
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.utils.crypto import salted_hmac

from parvis.post.faults import Undeliverable
from parvis.post.telephone.calls import Call, Channel, Outcome, Receipt
from parvis.post.telephone.demo import DemoCarrier
from parvis.post.telephone.description import MOST_RETRIES, Description, read

_E164 = re.compile(r"\+[1-9]\d{5,14}", re.ASCII)


class Carrier(Protocol):
    """What carries calls."""

    def follows(self, channel: Channel) -> bool:
        """Whether it can be asked what became of a call."""

    def deliver(self, call: Call, reference: str) -> Receipt:
        """Hand one over. Raises Undeliverable or CarrierUnreachable; the same reference is the same call again."""

    def outcome(self, channel: Channel, receipt: str) -> Outcome:
        """What became of it. RETRY where the carrier cannot tell now."""


def in_force() -> Carrier | None:
    """The carrier in force, None where nobody carries anything."""
    if settings.PARVIS_TELEPHONE is not None:
        return _over_http(settings.PARVIS_TELEPHONE)
    return DemoCarrier(settings.PARVIS_CALLS) if settings.PARVIS_CALLS is not None else None


@cache
def described(path: Path) -> Description:
    """The carrier's file, read once. Raises WrongDescription, at start-up."""
    return read(path)


def available(channel: Channel) -> bool:
    """Whether something leaves by this channel: otherwise no page offers it."""
    if settings.PARVIS_TELEPHONE is not None:
        return channel in described(settings.PARVIS_TELEPHONE).lines
    return settings.PARVIS_CALLS is not None


def retries() -> tuple[int, ...]:
    """The seconds between the tries of what somebody waits for."""
    given = described(settings.PARVIS_TELEPHONE).retries if settings.PARVIS_TELEPHONE is not None else ()
    return (given or settings.PARVIS_TELEPHONE_RETRIES)[:MOST_RETRIES]


def deliver(call: Call, message_id: int) -> Receipt:
    """Hand a call to the carrier. Raises Undeliverable or CarrierUnreachable.

    The reference given to the carrier is the same as long as number and text are: a second try after a lost answer is
    no second SMS, and a text written anew (another code) is no repetition of the first.
    """
    carrier = in_force()
    if carrier is None or not available(call.channel):
        raise Undeliverable("Aucun opérateur ne porte ce message : la plateforme n’en a pas le réglage.")
    if not _E164.fullmatch(call.number):
        raise Undeliverable("Ce numéro de téléphone n’en est pas un.")
    said = "\0".join((str(message_id), call.channel, call.number, call.extension, call.text))
    reference = salted_hmac("parvis.post.telephone", said, algorithm="sha256").hexdigest()[:32]
    return carrier.deliver(call, reference)


def follows(channel: Channel) -> bool:
    """Whether the carrier can be asked what became of a call."""
    carrier = in_force()
    return carrier is not None and carrier.follows(channel)


def outcome(channel: Channel, receipt: str) -> Outcome:
    """What became of a call that the carrier gave this receipt for; RETRY where nobody can tell now."""
    carrier = in_force()
    return carrier.outcome(channel, receipt) if carrier is not None else Outcome.RETRY


@cache
def _over_http(path: Path) -> Carrier:
    # Here, so that the web, which only asks whether a channel is offered, loads no HTTP client.
    from parvis.post.telephone.http import HttpCarrier

    return HttpCarrier(described(path))
