"""Codes by SMS and voice: who is called, what is said, how often, how long, and what a code opens."""

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest

from parvis.ground import clock, tenancy
from parvis.identity.factors import telephone
from parvis.identity.factors.telephone import Said
from parvis.identity.models import Code, Phone, PhoneFactor
from parvis.post.models import Message
from parvis.post.telephone import Channel
from tests.identity.factors.hands import (
    CHALLENGE,
    LANDLINE,
    MOBILE,
    called,
    codes_of,
    digits,
    events,
    give_phone,
    halfway,
    person_of,
    without_factor,
)
from tests.plugins.html import ReadingClient
from tests.world import Someone, World

SignedIn = Callable[[Someone], ReadingClient]


@pytest.fixture(autouse=True)
def _calls(settings: Any, tmp_path: Any) -> None:
    settings.PARVIS_CALLS = tmp_path


def way_of(phone: PhoneFactor) -> str:
    return f"{CHALLENGE}?par=telephone-{phone.pk}"


def ask(client: ReadingClient, phone: PhoneFactor, channel: str = "sms") -> Any:
    return client.post(way_of(phone), {"send": channel})


@pytest.fixture
def phone(world: World) -> PhoneFactor:
    """The user's mobile, their only factor."""
    return give_phone(without_factor(world.user))


# --- The whole way ---------------------------------------------------------------------------------------------------
def test_a_code_by_sms_opens(world: World, client: ReadingClient, phone: PhoneFactor) -> None:
    halfway(world.user, client)
    page = client.get(CHALLENGE).content.decode()
    assert "••" in page and "numéro qui finit par 02" in page and MOBILE not in page
    assert codes_of(world.user) == []
    assert ask(client, phone)["Location"] == way_of(phone)
    asked = client.get(way_of(phone)).content.decode()
    assert "arrive par SMS" in asked and "10\u00a0minutes" in asked and 'autocomplete="one-time-code"' in asked
    call = called(world.user)
    assert (call.number, call.channel) == (MOBILE, Channel.SMS)
    code = digits(call)
    assert client.post(way_of(phone), {"code": f" {code[:3]} {code[3:]} "})["Location"] == "/"
    assert person_of(client) == world.user.person.pk


def test_an_sms_begins_with_the_code_and_ends_with_the_line_that_fills_the_field(
    world: World, client: ReadingClient, phone: PhoneFactor, settings: Any
) -> None:
    settings.PARVIS_ADDRESS = "https://parvis.example:8443"
    halfway(world.user, client)
    ask(client, phone)
    text = called(world.user).text
    code = digits(called(world.user))
    text = called(world.user).text
    assert re.match(r"\d{6} est votre code Parvis", text)
    assert re.search(r"\n@parvis\.example #\d{6}$", text)
    assert len(text) <= 160 and "\u00a0" not in text and "’" not in text
    assert len(code) == 6


def test_a_call_says_the_digits_one_by_one_and_twice(world: World, client: ReadingClient, phone: PhoneFactor) -> None:
    halfway(world.user, client)
    ask(client, phone, "voice")
    call = called(world.user)
    assert call.channel is Channel.VOICE
    assert len(re.findall(r"\d, \d, \d, \d, \d, \d", call.text)) == 2
    client.post(way_of(phone), {"code": digits(call)})
    assert person_of(client) == world.user.person.pk


def test_a_landline_is_called_never_texted(world: World, client: ReadingClient) -> None:
    landline = give_phone(without_factor(world.user), LANDLINE, "voice", extension="412")
    halfway(world.user, client)
    page = client.get(CHALLENGE).content.decode()
    assert "Recevoir un appel" in page and "par SMS" not in page and "poste 412" in page
    ask(client, landline, "sms")
    call = called(world.user)
    assert (call.number, call.channel, call.extension) == (LANDLINE, Channel.VOICE, "412")


@pytest.mark.parametrize(
    ("number", "text"),
    [("+33639980102", True), ("+33465710042", False), ("+262692123456", True), ("+590690123456", True),
     ("+262262123456", False), ("+33970809329", False), ("+687751234", True), ("+41791234567", True)],
)  # fmt: skip
def test_mobiles_of_everywhere_take_text_and_landlines_do_not(number: str, text: bool) -> None:
    assert telephone.channels(number) == ([Channel.SMS] if text else []) + [Channel.VOICE]


# --- One code --------------------------------------------------------------------------------------------------------
def test_a_code_opens_once(world: World, client: ReadingClient, phone: PhoneFactor) -> None:
    number = telephone.ask(world.user.person.pk, purpose=Code.Purpose.ANSWER, number=MOBILE, channel=Channel.SMS)
    code = digits(called(world.user))
    assert telephone.check(world.user.person.pk, number, Code.Purpose.ANSWER, code) is Said.RIGHT
    assert telephone.check(world.user.person.pk, number, Code.Purpose.ANSWER, code) is Said.DEAD


def test_a_code_lives_ten_minutes(world: World, phone: PhoneFactor, moving: None, settings: Any) -> None:
    mine = world.user.person.pk
    number = telephone.ask(mine, purpose=Code.Purpose.ANSWER, number=MOBILE, channel=Channel.SMS)
    code = digits(called(world.user))
    clock.move(settings.PARVIS_CODE_VALIDITY)
    assert telephone.check(mine, number, Code.Purpose.ANSWER, code) is Said.DEAD
    assert telephone.sent(mine, number, Code.Purpose.ANSWER) is None


def test_five_wrong_tries_kill_a_code(world: World, phone: PhoneFactor) -> None:
    mine = world.user.person.pk
    number = telephone.ask(mine, purpose=Code.Purpose.ANSWER, number=MOBILE, channel=Channel.SMS)
    code = digits(called(world.user))
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    said = [telephone.check(mine, number, Code.Purpose.ANSWER, wrong) for _ in range(5)]
    assert said == [Said.WRONG] * 4 + [Said.DEAD]
    assert telephone.check(mine, number, Code.Purpose.ANSWER, code) is Said.DEAD


def test_a_new_code_kills_the_one_before(world: World, phone: PhoneFactor, moving: None, settings: Any) -> None:
    mine = world.user.person.pk
    first = telephone.ask(mine, purpose=Code.Purpose.ANSWER, number=MOBILE, channel=Channel.SMS)
    code = digits(called(world.user))
    clock.move(settings.PARVIS_CODE_RESEND_DELAY)
    second = telephone.ask(mine, purpose=Code.Purpose.ANSWER, number=MOBILE, channel=Channel.SMS)
    assert telephone.check(mine, first, Code.Purpose.ANSWER, code) is Said.DEAD
    assert telephone.check(mine, second, Code.Purpose.ANSWER, digits(called(world.user))) is Said.RIGHT


def test_a_code_asked_for_one_thing_opens_no_other(world: World, phone: PhoneFactor) -> None:
    mine = world.user.person.pk
    number = telephone.ask(mine, purpose=Code.Purpose.PHONE, number=MOBILE, channel=Channel.SMS)
    code = digits(called(world.user))
    assert telephone.check(mine, number, Code.Purpose.ANSWER, code) is Said.DEAD
    assert telephone.check(world.reader.person.pk, number, Code.Purpose.PHONE, code) is Said.DEAD
    assert telephone.check(mine, number, Code.Purpose.PHONE, code) is Said.RIGHT


def test_a_code_belongs_to_the_session_that_asked(world: World, phone: PhoneFactor) -> None:
    asking, other = halfway(world.user), halfway(world.user)
    ask(asking, phone)
    code = digits(called(world.user))
    page = other.post(way_of(phone), {"code": code})
    assert page.status_code == 200 and "n’est plus valable" in page.content.decode()
    assert person_of(other) is None
    assert asking.post(way_of(phone), {"code": code})["Location"] == "/"


def test_only_the_hash_of_a_code_is_kept(world: World, phone: PhoneFactor) -> None:
    telephone.ask(world.user.person.pk, purpose=Code.Purpose.ANSWER, number=MOBILE, channel=Channel.SMS)
    assert codes_of(world.user)[0].hash == ""
    code = digits(called(world.user))
    (kept,) = codes_of(world.user)
    assert re.fullmatch(r"[0-9a-f]{64}", kept.hash) and code not in kept.hash
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        assert Message.objects.get(kind="identity.code").detail == {}


def test_a_code_that_has_not_left_yet_is_answered_by_nothing(world: World, phone: PhoneFactor) -> None:
    mine = world.user.person.pk
    number = telephone.ask(mine, purpose=Code.Purpose.ANSWER, number=MOBILE, channel=Channel.SMS)
    for typed in ("", "000000", "None"):
        assert telephone.check(mine, number, Code.Purpose.ANSWER, typed) is Said.WRONG


def test_a_code_that_opens_nothing_any_more_is_not_sent(
    world: World, phone: PhoneFactor, moving: None, settings: Any
) -> None:
    number = telephone.ask(world.user.person.pk, purpose=Code.Purpose.ANSWER, number=MOBILE, channel=Channel.SMS)
    clock.move(settings.PARVIS_CODE_VALIDITY)
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        assert telephone.draw(number) is None


# --- How often -------------------------------------------------------------------------------------------------------
def test_another_code_waits_a_minute_and_the_page_says_how_long(
    world: World, client: ReadingClient, phone: PhoneFactor, moving: None
) -> None:
    halfway(world.user, client)
    ask(client, phone)
    clock.move(datetime.timedelta(seconds=20))
    page = ask(client, phone).content.decode()
    assert re.search(r"un autre dans (39|40)\u00a0secondes", page)
    assert len(codes_of(world.user)) == 1
    assert "arrive par SMS" in page
    clock.move(datetime.timedelta(seconds=40))
    assert ask(client, phone).status_code == 302
    assert len(codes_of(world.user)) == 2


def test_the_sixth_code_in_an_hour_waits_and_the_page_says_until_when(
    world: World, client: ReadingClient, phone: PhoneFactor, moving: None
) -> None:
    halfway(world.user, client)
    for _ in range(5):
        assert ask(client, phone).status_code == 302
        clock.move(datetime.timedelta(minutes=2))
    page = ask(client, phone).content.decode()
    assert re.search(r"5 codes en 1\u00a0heure\. Vous pourrez en demander un autre à \d+\u00a0h\u00a0\d\d", page)
    assert len(codes_of(world.user)) == 5
    clock.move(datetime.timedelta(minutes=51))
    halfway(world.user, client)
    assert ask(client, phone).status_code == 302


def test_the_limit_is_the_persons_whatever_the_number_and_the_browser(
    world: World, phone: PhoneFactor, moving: None
) -> None:
    other = give_phone(world.user, "+33639980103")
    for one in (phone, other, phone, other, phone):
        assert ask(halfway(world.user), one).status_code == 302
        clock.move(datetime.timedelta(minutes=1))
    assert ask(halfway(world.user), other).status_code == 200
    assert ask(halfway(world.reader), give_phone(world.reader, "+33639980104")).status_code == 302


def test_past_the_days_cap_nothing_leaves_and_the_page_says_what_to_do(
    world: World, client: ReadingClient, phone: PhoneFactor, settings: Any
) -> None:
    settings.PARVIS_TELEPHONE_DAILY_CAP = settings.PARVIS_TELEPHONE_COST["sms"]
    assert ask(halfway(world.reader), give_phone(without_factor(world.reader), "+33639980109")).status_code == 302
    halfway(world.user, client)
    page = ask(client, phone).content.decode()
    assert "Plus aucun code ne peut partir aujourd’hui" in page
    assert codes_of(world.user) == []


def test_asking_leaves_an_event_without_the_number(world: World, client: ReadingClient, phone: PhoneFactor) -> None:
    halfway(world.user, client)
    ask(client, phone)
    assert events(world.user, "identity.code") == [("identity.code_asked", {"channel": "sms", "purpose": "answer"})]


def test_a_code_that_could_not_be_delivered_is_told_on_the_page(
    world: World, client: ReadingClient, phone: PhoneFactor
) -> None:
    halfway(world.user, client)
    ask(client, phone)
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        Message.objects.filter(kind="identity.code").update(status=Message.Status.FAILED)
    assert "n’a pas pu être remis" in client.get(way_of(phone)).content.decode()


def test_where_nobody_carries_calls_no_telephone_is_offered(world: World, client: ReadingClient, settings: Any) -> None:
    settings.PARVIS_CALLS = None
    halfway(without_factor(world.user), client)
    page = client.get("/mon-compte/second-facteur/ajouter/").content.decode()
    assert "par SMS" not in page and "Une application de codes" in page
    assert client.get("/mon-compte/second-facteur/telephone/").status_code == 302


# --- Numbers ---------------------------------------------------------------------------------------------------------
def test_numbers_at_a_premium_rate_are_never_called(world: World) -> None:
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        Phone.objects.create(person_id=world.user.person.pk, number="+33899123456")
    assert telephone.own_numbers(world.user.person.pk) == [LANDLINE]
    with pytest.raises(Exception, match="surtaxé"):
        telephone.ask(world.user.person.pk, purpose=Code.Purpose.ANSWER, number="+33899123456", channel=Channel.VOICE)


def test_a_masked_number_keeps_its_last_two_digits_alone() -> None:
    assert telephone.masked(MOBILE) == "••\u00a0••\u00a0••\u00a0••\u00a002"
