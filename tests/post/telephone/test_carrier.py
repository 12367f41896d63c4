"""Handing a call to a carrier over HTTP, and asking what became of it."""

import base64
from pathlib import Path
from typing import Any

import pytest

from parvis.post.faults import CarrierUnreachable, Undeliverable
from parvis.post.telephone import Call, Channel
from parvis.post.telephone.calls import Outcome, Receipt
from parvis.post.telephone.http import HttpCarrier
from tests.post.telephone.hands import (
    FILE,
    NUMBER,
    SECRET,
    SMS,
    TAKEN,
    TEXT,
    VOICE,
    Answer,
    Provider,
    carrier_of,
    described,
)


@pytest.fixture
def carrier(provider: Provider, tmp_path: Path) -> HttpCarrier:
    return carrier_of(described(tmp_path, provider))


# --- What is asked ---------------------------------------------------------------------------------------------------
def test_an_sms_is_handed_over_as_the_file_says(carrier: HttpCarrier, provider: Provider) -> None:
    assert carrier.deliver(SMS, "r1") == Receipt(Outcome.SENT, "m/1 é")
    (asked,) = provider.asked
    assert (asked.method, asked.path) == ("POST", "/v1/sms")
    assert asked.headers["authorization"] == f"Bearer {SECRET}"
    assert asked.headers["idempotency-key"] == "r1"
    assert asked.headers["content-type"] == "application/json"
    assert asked.content == {
        "from": "Parvis",
        "to": [NUMBER],
        "body": {"text": TEXT, "unicode": True, "priority": 2},
        "reference": "parvis-r1",
    }, "a field whose placeholder is empty is left out"


def test_a_call_says_the_extension_where_the_carrier_cannot_dial_it(carrier: HttpCarrier, provider: Provider) -> None:
    provider.answers = [Answer(204, b"")]
    assert carrier.deliver(VOICE, "r1") == Receipt(Outcome.SENT), "no [voice.answer]: what is taken is taken"
    (asked,) = provider.asked
    assert (asked.method, asked.path) == ("PUT", "/v1/calls")
    assert asked.headers["authorization"] == "Basic " + base64.b64encode(f"parvis:{SECRET}".encode()).decode()
    assert asked.content == {"callee": "33549001122", "say": "Pour le poste 4 2 : Votre code est : 3, 1, 4."}


def test_an_extension_goes_in_its_own_field_where_there_is_one(carrier: HttpCarrier, provider: Provider) -> None:
    carrier.deliver(Call(number=NUMBER, channel=Channel.SMS, text=TEXT, extension="42"), "r1")
    (asked,) = provider.asked
    assert asked.content["extension"] == "42"
    assert asked.content["body"]["text"] == TEXT


def test_a_text_that_looks_like_a_placeholder_stays_a_text(carrier: HttpCarrier, provider: Provider) -> None:
    carrier.deliver(Call(number=NUMBER, channel=Channel.SMS, text="{number} {x} {"), "r1")
    assert provider.asked[0].content["body"]["text"] == "{number} {x} {"


def test_a_key_may_travel_in_a_header_of_the_carriers_own(provider: Provider, tmp_path: Path) -> None:
    text = FILE.replace('kind = "bearer"', 'kind = "header"\nheader = "X-Api-Key"')
    carrier_of(described(tmp_path, provider, text)).deliver(SMS, "r1")
    assert provider.asked[0].headers["x-api-key"] == SECRET
    assert "authorization" not in provider.asked[0].headers


def test_proxies_of_the_environment_are_not_used(
    carrier: HttpCarrier, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert carrier.deliver(SMS, "r1").id
    assert len(provider.asked) == 1


def test_a_proxy_of_the_file_is_used(provider: Provider, tmp_path: Path) -> None:
    text = FILE.replace('address = "{at}/v1/sms"', 'address = "http://localhost:9/v1/sms"\nproxy = "{at}"')
    assert carrier_of(described(tmp_path, provider, text)).deliver(SMS, "r1").id
    assert provider.asked[0].path == "http://localhost:9/v1/sms"


# --- What is answered ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("code", [400, 410, 413, 422])
def test_a_refusal_is_for_good(carrier: HttpCarrier, provider: Provider, code: int) -> None:
    provider.answers = [Answer(code, {"error": f"number {NUMBER} is barred"})]
    with pytest.raises(Undeliverable, match="L’opérateur refuse d’envoyer ce SMS à ce numéro.") as fault:
        carrier.deliver(SMS, "r1")
    assert NUMBER not in str(fault.value)
    with pytest.raises(Undeliverable, match="L’opérateur refuse d’appeler ce numéro."):
        carrier.deliver(VOICE, "r1")


@pytest.mark.parametrize("code", [401, 402, 403, 404, 408, 429, 500, 502, 503])
def test_a_fault_of_settings_or_of_the_moment_is_tried_again(
    carrier: HttpCarrier, provider: Provider, code: int
) -> None:
    provider.answers = [Answer(code, {}), TAKEN]
    with pytest.raises(CarrierUnreachable, match=str(code)):
        carrier.deliver(SMS, "r1")
    assert carrier.deliver(SMS, "r1").outcome is Outcome.SENT


@pytest.mark.parametrize("code", [301, 302, 307, 308])
def test_a_redirection_is_never_followed(carrier: HttpCarrier, provider: Provider, code: int) -> None:
    provider.answers = [Answer(code, {}, {"Location": f"{provider.address}/elsewhere"}), TAKEN]
    with pytest.raises(CarrierUnreachable, match=str(code)):
        carrier.deliver(SMS, "r1")
    assert [asked.path for asked in provider.asked] == ["/v1/sms"]


def test_a_carrier_that_is_down_is_tried_again(carrier: HttpCarrier, provider: Provider) -> None:
    provider.stop()
    with pytest.raises(CarrierUnreachable, match="ConnectError"):
        carrier.deliver(SMS, "r1")


@pytest.mark.parametrize(
    "slow",
    [Answer(200, TAKEN.body, silent=True), Answer(200, b"x" * 400, drips=True)],
    ids=["says nothing", "a byte now and then"],
)
def test_a_carrier_that_takes_too_long_is_left_within_its_time(
    provider: Provider, tmp_path: Path, slow: Answer
) -> None:
    carrier = carrier_of(described(tmp_path, provider, FILE.replace("timeout = 30", "timeout = 1")))
    # For a minute, unless somebody lets it go before.
    provider.answers = [slow]
    with pytest.raises(CarrierUnreachable):
        carrier.deliver(SMS, "r1")
    assert provider.given == []


def test_an_answer_that_is_far_too_long_is_not_read(carrier: HttpCarrier, provider: Provider) -> None:
    provider.answers = [Answer(200, b"x" * 100_000)]
    with pytest.raises(CarrierUnreachable, match="answer too long"):
        carrier.deliver(SMS, "r1")


@pytest.mark.parametrize("body", [b"", b"<html>Maintenance</html>", b"\xff\xfe", b"[" * 60_000])
def test_an_answer_that_is_no_json_is_tried_again(carrier: HttpCarrier, provider: Provider, body: bytes) -> None:
    provider.answers = [Answer(200, body)]
    with pytest.raises(CarrierUnreachable):
        carrier.deliver(SMS, "r1")


@pytest.mark.parametrize(
    "body", [{}, [], None, 3, {"messages": []}, {"messages": {"0": 1}}, {"messages": [{"id": {}, "status": True}]}]
)
def test_an_answer_in_other_words_is_taken_but_cannot_be_asked_about(
    carrier: HttpCarrier, provider: Provider, body: Any
) -> None:
    provider.answers = [Answer(202, body)]
    assert carrier.deliver(SMS, "r1") == Receipt(Outcome.SENT, "")


def test_a_receipt_longer_than_ours_is_not_kept(carrier: HttpCarrier, provider: Provider) -> None:
    provider.answers = [Answer(200, {"messages": [{"id": "x" * 201, "status": "accepted"}]})]
    assert carrier.deliver(SMS, "r1").id == ""


def test_a_status_in_the_answer_means_what_the_file_says(carrier: HttpCarrier, provider: Provider) -> None:
    def answered(status: str) -> list[Answer]:
        return [Answer(200, {"messages": [{"id": 7, "status": status}]})]

    for status, outcome in (("accepted", Outcome.SENT), ("done", Outcome.DELIVERED), ("never heard of", Outcome.SENT)):
        provider.answers = answered(status)
        assert carrier.deliver(SMS, "r1") == Receipt(outcome, "7")
    provider.answers = answered("barred")
    with pytest.raises(Undeliverable):
        carrier.deliver(SMS, "r1")
    provider.answers = answered("busy")
    with pytest.raises(CarrierUnreachable):
        carrier.deliver(SMS, "r1")


@pytest.mark.parametrize(
    ("body", "receipt"), [({"messages": [{"id": "m1", "status": "barred"}]}, "m1"), (b"Duplicate", "")]
)
def test_what_the_carrier_says_to_have_taken_already_is_taken(
    carrier: HttpCarrier, provider: Provider, body: Any, receipt: str
) -> None:
    provider.answers = [Answer(409, body)]
    assert carrier.deliver(SMS, "r1") == Receipt(Outcome.SENT, receipt)


# --- What became of it -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Answer(200, {"state": "queued"}), Outcome.SENT),
        (Answer(200, {"state": "done"}), Outcome.DELIVERED),
        (Answer(200, {"state": "absent"}), Outcome.FAILED),
        (Answer(200, {"state": "later"}), Outcome.RETRY),
        (Answer(200, {"state": "never heard of"}), Outcome.RETRY),
        (Answer(200, {}), Outcome.RETRY),
        (Answer(200, b"nothing"), Outcome.RETRY),
        (Answer(404, {"state": "absent"}), Outcome.RETRY),
        (Answer(500, {}), Outcome.RETRY),
        (Answer(302, {"state": "done"}, {"Location": "/elsewhere"}), Outcome.RETRY),
    ],
)
def test_what_became_of_a_call_is_asked_by_its_receipt(
    carrier: HttpCarrier, provider: Provider, answer: Answer, outcome: Outcome
) -> None:
    provider.answers = [answer]
    assert carrier.outcome(Channel.SMS, "m/1 é") is outcome
    (asked,) = provider.asked
    assert (asked.method, asked.path, asked.content) == ("GET", "/v1/sms/m%2F1%20%C3%A9/outcome", None)
    assert asked.headers["authorization"] == f"Bearer {SECRET}"


def test_a_channel_without_an_address_to_ask_is_not_asked(carrier: HttpCarrier, provider: Provider) -> None:
    assert carrier.follows(Channel.SMS)
    assert not carrier.follows(Channel.VOICE)
    assert carrier.outcome(Channel.VOICE, "m1") is Outcome.RETRY
    assert provider.asked == []
