"""A code whose sending is tried again is the same code; another request has another."""

import re

from parvis.ground import tenancy
from parvis.identity.factors import telephone
from parvis.identity.factors.telephone import Said
from parvis.post.telephone import Channel
from tests.identity.factors.hands import MOBILE, give_phone
from tests.world import World


def test_both_copies_of_a_message_that_was_tried_again_open(world: World) -> None:
    person = world.user.person.pk
    factor = give_phone(world.user)
    asked = telephone.ask(person, purpose="answer", number=MOBILE, channel=Channel.SMS, factor_id=factor.pk)
    with tenancy.scope(person=person, role=tenancy.PERSON):
        first, second = telephone.draw(asked), telephone.draw(asked)
    assert first is not None and second is not None
    assert first[1] == second[1]
    assert re.fullmatch(r"\d{6}", first[1])
    assert first[1] not in first[0].hash
    assert telephone.check(person, asked, "answer", first[1]) is Said.RIGHT
    assert telephone.check(person, asked, "answer", first[1]) is Said.DEAD


def test_two_people_who_ask_at_the_same_moment_get_different_codes(world: World) -> None:
    drawn = set()
    for who in (world.user, world.reader, world.second):
        factor = give_phone(who)
        asked = telephone.ask(who.person.pk, purpose="answer", number=MOBILE, channel=Channel.SMS, factor_id=factor.pk)
        with tenancy.scope(person=who.person.pk, role=tenancy.PERSON):
            code = telephone.draw(asked)
        assert code is not None
        drawn.add(code[1])
    assert len(drawn) > 1
