"""Which messages one wants: honoured where every message leaves; those about security always leave."""

from typing import Any

import pytest

from parvis.access.models import Membership
from parvis.ground import tenancy
from parvis.identity.models import NotificationChoice
from parvis.identity.queries.choices import declined, wants
from parvis.post.models import Message
from parvis.post.registry import LETTERS, choosable
from tests.access.reading import html, words
from tests.identity.mine.hands import kinds
from tests.world import World

WHERE = "/mon-compte/notifications/"
OF_ADMINISTRATORS = {letter.kind for letter in choosable() if letter.choosable and letter.choosable.of_administrators}
OF_ALL = {letter.kind for letter in choosable()} - OF_ADMINISTRATORS
# What protects an account, what somebody waits for, what has to be answered.
NEVER = {
    kind
    for kind in LETTERS
    if kind.startswith(("identity.", "access.factor_reset"))
    or kind in ("access.first_link", "access.proposal", "access.expiry")
}


def test_no_letter_about_security_can_be_declined() -> None:
    assert OF_ADMINISTRATORS and OF_ALL
    assert not NEVER & (OF_ADMINISTRATORS | OF_ALL)


def test_each_is_offered_what_they_can_receive_and_told_what_always_leaves(world: World, signed_in: Any) -> None:
    user, chief = (html(signed_in(who).get(WHERE)) for who in (world.user, world.administrator))
    for kind in OF_ALL:
        assert f'value="{kind}" checked' in user and f'value="{kind}" checked' in chief
    for kind in OF_ADMINISTRATORS:
        assert kind not in user and f'value="{kind}" checked' in chief
    assert "Toujours envoyés" in user


def test_a_choice_is_kept_shown_and_taken_back(world: World, signed_in: Any) -> None:
    browser = signed_in(world.administrator)
    kept = sorted(OF_ALL | OF_ADMINISTRATORS)
    refused = kept.pop()
    assert browser.post(WHERE, {"recevoir": kept})["Location"] == WHERE
    assert declined(world.administrator.person.pk) == {refused}
    assert f'value="{refused}">' in html(browser.get(WHERE))
    assert "1 sorte de courriel refusée" in words(browser.get("/mon-compte/")).replace("\xa0", " ")
    browser.post(WHERE, {"recevoir": [*kept, refused]})
    assert declined(world.administrator.person.pk) == frozenset()
    assert kinds(world.administrator).count("identity.notifications_chosen") == 2


def test_the_same_choice_again_leaves_no_event(world: World, signed_in: Any) -> None:
    browser = signed_in(world.user)
    for _ in range(2):
        browser.post(WHERE, {"recevoir": sorted(OF_ALL)})
    assert "identity.notifications_chosen" not in kinds(world.user)


@pytest.mark.parametrize("kind", ["identity.password_changed", "access.factor_reset_asked", "unknown", "'; --"])
def test_what_cannot_be_declined_is_ignored(kind: str, world: World, signed_in: Any) -> None:
    signed_in(world.user).post(WHERE, {"recevoir": []})
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        held = set(NotificationChoice.objects.values_list("kind", flat=True))
    assert held == OF_ALL
    assert wants(world.user.person.pk, kind)


def test_a_user_declines_nothing_for_the_day_on_which_they_administer(world: World, signed_in: Any) -> None:
    signed_in(world.user).post(WHERE, {})
    assert all(wants(world.user.person.pk, kind) for kind in OF_ADMINISTRATORS)


@pytest.mark.parametrize("kind", sorted(OF_ADMINISTRATORS | OF_ALL))
def test_a_declined_letter_is_not_written_and_the_others_are(kind: str, world: World, monkeypatch: Any) -> None:
    written: list[int] = []
    letter = LETTERS[kind]
    monkeypatch.setitem(LETTERS, kind, type(letter)(**{**_fields(letter), "write": lambda m: written.append(m.pk)}))
    chief, second = world.administrator, world.second
    with tenancy.scope(person=chief.person.pk, role=tenancy.PERSON):
        NotificationChoice.objects.create(person_id=chief.person.pk, kind=kind)
    with tenancy.scope(establishment=world.here.pk):
        made = [_message(kind, one.membership, world) for one in (chief, second)]
        for message in made:
            LETTERS[kind].written(message)
    assert written == [made[1].pk]


def _fields(letter: Any) -> dict[str, Any]:
    return {name: getattr(letter, name) for name in type(letter).__dataclass_fields__}


def _message(kind: str, to: Membership, world: World) -> Message:
    from parvis.ground import clock

    return Message.objects.create(
        kind=kind, object_id=to.pk, establishment_id=world.here.pk, detail={"to": to.pk}, queued_at=clock.now()
    )


def test_stranger_reads_and_changes_nobody_elses_choices(world: World, signed_in: Any) -> None:
    signed_in(world.user).post(WHERE, {})
    with tenancy.scope(person=world.stranger.person.pk, role=tenancy.PERSON):
        assert not NotificationChoice.objects.exists()
    signed_in(world.stranger).post(WHERE, {"recevoir": sorted(OF_ALL)})
    assert declined(world.user.person.pk) == OF_ALL
