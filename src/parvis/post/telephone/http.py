"""The carrier reached over HTTP: one request hands a call over, another asks what became of it.

Time-outs are real (the whole exchange, not each read), certificates are verified, redirections are never followed,
proxies come from the file alone. Neither logs nor exceptions hold a number or a text.
"""

import asyncio
import json
import ssl
from collections.abc import Mapping
from functools import cache, partial
from typing import Any
from urllib.parse import quote

import httpx
import structlog

from parvis.post.faults import CarrierUnreachable, Undeliverable
from parvis.post.telephone.calls import Call, Channel, Outcome, Receipt
from parvis.post.telephone.description import Answer, Description, Line
from parvis.post.telephone.fields import at, filled

log = structlog.get_logger(__name__)

LONGEST_ANSWER = 65_536
LONGEST_RECEIPT = 200
# Refusals that are no fault of the call: of our settings, our credit, our rate. Somebody will mend them, or they pass.
NOT_OF_THE_CALL = frozenset({401, 402, 403, 404, 405, 407, 408, 425, 429})
REFUSED = {
    Channel.SMS: "L’opérateur refuse d’envoyer ce SMS à ce numéro.",
    Channel.VOICE: "L’opérateur refuse d’appeler ce numéro.",
}


class HttpCarrier:
    """The carrier of the file."""

    def __init__(self, description: Description) -> None:
        self._description = description

    def follows(self, channel: Channel) -> bool:
        """Whether the file says where to ask what became of a call."""
        line = self._description.lines.get(channel)
        return line is not None and line.question is not None

    def deliver(self, call: Call, reference: str) -> Receipt:
        """Hand a call over. Raises Undeliverable (the carrier refuses it) or CarrierUnreachable (not this time).

        An answer that says « taken » in words we cannot read is believed: sending again would ring twice.
        """
        line = self._description.lines[call.channel]
        content = filled(line.fields, self._values(call, line, reference))
        headers = {name: filled(value, {"reference": reference}) for name, value in line.headers.items()}
        code, body = _exchange(line, line.method, line.address, headers, content)
        taken_before = line.answer is not None and code in line.answer.already
        if not (200 <= code < 300 or taken_before):
            if 400 <= code < 500 and code not in NOT_OF_THE_CALL:
                raise Undeliverable(REFUSED[call.channel])
            raise CarrierUnreachable(str(code))
        if line.answer is None:
            return Receipt(Outcome.SENT)
        data = _read(body, none_is_fine=taken_before)
        word = at(data, line.answer.status)
        outcome = Outcome.SENT if taken_before else _meaning(line.answer, word, Outcome.SENT)
        if outcome is Outcome.FAILED:
            raise Undeliverable(REFUSED[call.channel])
        if outcome is Outcome.RETRY:
            raise CarrierUnreachable("retry")
        receipt = at(data, line.answer.id)
        if line.answer.id and not 0 < len(receipt) <= LONGEST_RECEIPT:
            log.warning("carrier's answer holds no identifier", channel=call.channel)
            receipt = ""
        return Receipt(outcome, receipt)

    def outcome(self, channel: Channel, receipt: str) -> Outcome:
        """What became of a call; RETRY where the carrier does not answer, or not in words of the file."""
        line = self._description.lines[channel]
        if line.question is None:
            return Outcome.RETRY
        address = filled(line.question.address, {"id": quote(receipt, safe="")})
        try:
            code, body = _exchange(line, "GET", address, {}, None)
            if not 200 <= code < 300:
                raise CarrierUnreachable(str(code))
            word = at(_read(body), line.question.answer.status)
        except CarrierUnreachable as fault:
            log.info("carrier does not say what became of a call", channel=channel, cause=str(fault))
            return Outcome.RETRY
        return _meaning(line.question.answer, word, Outcome.RETRY)

    def _values(self, call: Call, line: Line, reference: str) -> Mapping[str, str]:
        return {
            "number": call.number,
            "digits": call.number.removeprefix("+"),
            "text": call.text if line.names("extension") else _announced(call),
            "extension": call.extension,
            "sender": self._description.sender,
            "reference": reference,
        }


def _announced(call: Call) -> str:
    """The text, with the extension said first: this carrier cannot dial it."""
    if not call.extension:
        return call.text
    heard = " ".join(call.extension) if call.channel is Channel.VOICE else call.extension
    return f"Pour le poste {heard} : {call.text}"


def _meaning(answer: Answer, word: str, otherwise: Outcome) -> Outcome:
    if not answer.status:
        return otherwise
    if word not in answer.statuses:
        # The word itself stays out of the log: a carrier may quote the number in it.
        log.warning("carrier's status is not in the file")
        return otherwise
    return answer.statuses[word]


def _read(body: bytes, *, none_is_fine: bool = False) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        if none_is_fine:
            return None
        raise CarrierUnreachable("answer is not JSON") from None


def _exchange(line: Line, method: str, address: str, headers: Mapping[str, str], content: Any) -> tuple[int, bytes]:
    """One request and its answer. Raises CarrierUnreachable for whatever the network does, in so many seconds."""
    try:
        return asyncio.run(_within(line, method, address, headers, content))
    except (httpx.HTTPError, OSError, TimeoutError) as fault:
        raise CarrierUnreachable(type(fault).__name__) from None


async def _within(line: Line, method: str, address: str, headers: Mapping[str, str], content: Any) -> tuple[int, bytes]:
    name, value = line.credentials
    sent = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "Parvis", **headers, name: value}
    asks = httpx.AsyncClient(
        timeout=httpx.Timeout(line.timeout, connect=line.connect_timeout),
        verify=_trust(line.certificates),
        proxy=line.proxy or None,
        trust_env=False,
        follow_redirects=False,
    )
    # A read's own time-out would let a server that sends a byte now and then hold us for ever.
    async with asyncio.timeout(line.timeout), asks as client:
        given = partial(client.stream, method, address, headers=sent)
        async with given() if content is None else given(json=content) as answer:
            body = bytearray()
            async for piece in answer.aiter_raw():
                body += piece
                if len(body) > LONGEST_ANSWER:
                    raise CarrierUnreachable("answer too long")
            return answer.status_code, bytes(body)


@cache
def _trust(certificates: str) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certificates or None)
