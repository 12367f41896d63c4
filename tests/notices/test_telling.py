"""Who is told of what, how, and once; what a person may no longer read is neither shown nor sent."""

import datetime
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.urls import resolve

from parvis.access.levels import Level
from parvis.access.models import Right
from parvis.access.succession.followers import FOLLOWERS
from parvis.ground import clock, tenancy
from parvis.journal.actions import SYSTEM
from parvis.notices import unsubscribing
from parvis.notices.actions import EVERYWHERE, mark_read, notify, wish
from parvis.notices.letters import digest, notice
from parvis.notices.models import Notice, Reader
from parvis.notices.queries import notices_of
from parvis.notices.readers import reads
from parvis.notices.registry import KINDS, Delivery
from parvis.notices.tasks import latest_cut, make_digests
from parvis.post.models import Message
from tests.access.reading import later
from tests.jobs import queued, work
from tests.notices.hands import DAILY, OBLIGED, TRIED, here
from tests.world import Someone, World, someone

UTC = datetime.UTC


def left(world: World, kind: str = TRIED, **to: Any) -> int:
    with tenancy.scope(establishment=world.here.pk):
        number = notify(kind, establishment=world.here.pk, object_id=3, **to)
    work()
    return number


def told(world: World) -> dict[int, str]:
    with tenancy.scope(establishment=world.here.pk):
        return dict(Reader.objects.values_list("person_id", "delivery"))


def emails(world: World) -> list[int]:
    with tenancy.scope(establishment=world.here.pk):
        return sorted(Message.objects.filter(kind="notices.notice").values_list("person_id", flat=True))


def read(who: Someone) -> list[int]:
    where = who.membership.establishment_id
    with tenancy.scope(person=who.person.pk, establishment=where, read_only=True):
        return [one.number for one in notices_of(here(who), 50)]


def test_a_notice_is_for_who_holds_the_service_for_these_people_or_for_who_administers(world: World) -> None:
    everybody = (world.administrator, world.second, world.user, world.reader)
    of_service = left(world, service="contrats")
    of_people = left(world, people=[world.reader.account_id])
    of_persons = left(world, persons=[world.user.person.pk])
    of_chiefs = left(world, administrators=True)
    for who in everybody:
        with tenancy.scope(establishment=world.here.pk):
            holds = Right.objects.filter(membership=who.membership, service="contrats", level__gte=1).exists()
        chief = who in (world.administrator, world.second)
        expected = {
            *([of_service] if holds else []),
            *([of_people] if who is world.reader else []),
            *([of_persons] if who is world.user else []),
            *([of_chiefs] if chief else []),
        }
        assert set(read(who)) == expected
        # In memory, as it is decided for the e-mails, the same.
        with tenancy.scope(person=who.person.pk, establishment=world.here.pk, read_only=True):
            assert {one.pk for one in Notice.objects.all() if reads(here(who), one)} == expected
    assert read(world.stranger) == []
    with pytest.raises(ValueError, match="nobody"):
        left(world)
    with pytest.raises(KeyError):
        left(world, "unheard-of", administrators=True)


def test_a_right_that_is_lost_takes_the_notice_and_its_email_along_at_once(world: World) -> None:
    with tenancy.scope(establishment=world.here.pk):
        Right.objects.filter(membership=world.user.membership, service="contrats").delete()
        right = Right.objects.create(
            establishment=world.here, membership=world.user.membership, service="contrats", level=Level.READ,
            granted_at=clock.now(), granted_by=world.administrator.membership.ref,
        )  # fmt: skip
    number = left(world, service="contrats")
    assert number in read(world.user)
    with tenancy.scope(establishment=world.here.pk, person=world.user.person.pk):
        message = Message.objects.get(kind="notices.notice", person_id=world.user.person.pk)
        assert notice(message) is not None
        right.delete()
        assert notice(message) is None
    assert number not in read(world.user)


@pytest.mark.parametrize(
    ("everywhere", "there", "kind", "becomes"),
    [
        (None, None, TRIED, "at_once"),
        (None, None, DAILY, "daily"),
        (Delivery.DAILY, None, TRIED, "daily"),
        (Delivery.NEVER, None, TRIED, "never"),
        (Delivery.NEVER, Delivery.AT_ONCE, TRIED, "at_once"),
        (Delivery.NEVER, None, OBLIGED, "at_once"),
        (Delivery.DAILY, Delivery.NEVER, OBLIGED, "daily"),
    ],
)
def test_each_is_told_as_they_wish(
    everywhere: Delivery | None, there: Delivery | None, kind: str, becomes: str, world: World
) -> None:
    person = world.user.person.pk
    wish(person_id=person, place=EVERYWHERE, wanted={kind: everywhere})
    wish(person_id=person, place=world.here.pk, wanted={kind: there})
    left(world, kind, people=[world.user.account_id])
    assert told(world) == {person: becomes}
    assert emails(world) == ([person] if becomes == "at_once" else [])


def test_what_was_read_on_the_site_is_not_sent(world: World) -> None:
    number = left(world, people=[world.user.account_id])
    with tenancy.scope(establishment=world.here.pk, person=world.user.person.pk):
        message = Message.objects.get(kind="notices.notice")
        mark_read(who=here(world.user), notices=[Notice.objects.get(pk=number)])
        assert notice(message) is None


def test_the_readers_are_worked_out_once_whatever_the_worker_does(world: World) -> None:
    from parvis.notices.tasks import tell

    number = left(world, people=[world.user.account_id])
    tell(number, world.here.pk)
    assert emails(world) == [world.user.person.pk]


def digests(who: Someone) -> list[Message]:
    with tenancy.scope(person=who.person.pk, role=tenancy.PERSON):
        return list(Message.objects.filter(kind="notices.digest").order_by("id"))


def test_the_digest_is_one_email_about_all_that_came_and_is_skipped_when_empty(world: World) -> None:
    for _ in range(3):
        left(world, DAILY, people=[world.user.account_id])
    left(world, DAILY, people=[world.reader.account_id])
    assert make_digests() == 0  # it came after the last cut
    with later(datetime.timedelta(days=1)):
        assert make_digests() == 2
        assert make_digests() == 0
        [message] = digests(world.user)
        person = world.user.person.pk
        with tenancy.scope(person=person, role=tenancy.PERSON):
            written = digest(message)
            assert written is not None and "3 nouveautés" in written.subject
            assert dict(written.headers)["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        # Read meanwhile: nothing is left to tell.
        with tenancy.scope(establishment=world.here.pk, person=person):
            mark_read(who=here(world.user), notices=Notice.objects.filter(kind=DAILY))
        with tenancy.scope(person=person, role=tenancy.PERSON):
            assert digest(message) is None


def test_what_comes_to_one_employer_never_goes_to_the_mailbox_that_another_gave(world: World, as_owner: object) -> None:
    there = someone(world.there, "Léa", "Martin", rights={"contrats": Level.READ}, person=world.user.person)
    for who in (world.user, there):
        where = who.membership.establishment_id
        with tenancy.scope(establishment=where):
            notify(DAILY, establishment=where, object_id=3, people=[who.account_id])
    work()
    with later(datetime.timedelta(days=1)):
        assert make_digests() == 2
        person = world.user.person.pk
        with tenancy.scope(person=person, role=tenancy.PERSON):
            written = [found for one in digests(world.user) if (found := digest(one)) is not None]
        assert {(one.to, world.there.name in one.text, world.here.name in one.text) for one in written} == {
            (world.user.membership.email, False, True),
            (there.membership.email, True, False),
        }


def test_who_said_no_meanwhile_is_not_written_to(world: World) -> None:
    left(world, people=[world.user.account_id])
    with tenancy.scope(establishment=world.here.pk, person=world.user.person.pk):
        message = Message.objects.get(kind="notices.notice")
    wish(person_id=world.user.person.pk, place=EVERYWHERE, wanted={TRIED: Delivery.NEVER})
    with tenancy.scope(establishment=world.here.pk, person=world.user.person.pk):
        assert notice(message) is None


@pytest.mark.parametrize(
    ("hour", "now", "cut"),
    [
        # An ordinary day, before and after.
        (7, "2026-11-28T05:59:00", "2026-11-27T06:00:00"),
        (7, "2026-11-28T06:00:00", "2026-11-28T06:00:00"),
        # 29 March 2026: clocks go forward at 2 h; 25 October: back at 3 h.
        (7, "2026-03-29T04:59:00", "2026-03-28T06:00:00"),
        (7, "2026-03-29T05:00:00", "2026-03-29T05:00:00"),
        (7, "2026-10-25T06:00:00", "2026-10-25T06:00:00"),
        # An hour that does not exist on the one day, and comes twice on the other: one digest each.
        (2, "2026-03-29T00:59:00", "2026-03-28T01:00:00"),
        (2, "2026-03-29T01:00:00", "2026-03-29T01:00:00"),
        (2, "2026-03-29T23:59:00", "2026-03-29T01:00:00"),
        (2, "2026-10-25T00:00:00", "2026-10-25T00:00:00"),
        (2, "2026-10-25T01:30:00", "2026-10-25T00:00:00"),
    ],
)
def test_the_digest_leaves_once_a_day_when_clocks_change_too(
    hour: int, now: str, cut: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "PARVIS_DIGEST_HOUR", hour)
    assert latest_cut(datetime.datetime.fromisoformat(now).replace(tzinfo=UTC)) == datetime.datetime.fromisoformat(
        cut
    ).replace(tzinfo=UTC)


def test_notices_follow_what_they_are_about_with_who_has_read_them(world: World) -> None:
    chief, other = world.administrator, world.second
    detail = {"reference": "7HK4PX92A", "fund": "cnracl"}
    kept = left(world, "exchange.answered", persons=[chief.person.pk, other.person.pk], detail=detail)
    letter = left(world, "letter", service="courriers", detail={"fund": "cnracl", "type": "Facture"})
    stays = left(world, administrators=True)
    with tenancy.scope(establishment=world.here.pk):
        mark_read(who=here(chief), notices=[Notice.objects.get(pk=kept)])
        assert [one.split(" (")[0] for one in FOLLOWERS["notices"].listed()] == [
            *("Facture de la CNRACL", "Un fonds vous a répondu"),
        ]
        taken = FOLLOWERS["notices"].taken()
        assert list(Notice.objects.values_list("pk", flat=True)) == [stays]
    with tenancy.scope(establishment=world.there.pk):
        assert FOLLOWERS["notices"].given(taken, "Annecy", SYSTEM) == 2
        read_there = dict(Reader.objects.filter(notice=kept).values_list("person_id", "read_at"))
        assert read_there[chief.person.pk] and not read_there[other.person.pk]
        # Who may open the letter there reads its notice there, as who is named would.
        assert [one.pk for one in Notice.objects.order_by("pk") if reads(here(world.stranger), one)] == []
        Right.objects.create(
            establishment=world.there, membership=world.stranger.membership, service="courriers", level=Level.READ,
            granted_at=clock.now(),
        )  # fmt: skip
        assert [one.pk for one in Notice.objects.order_by("pk") if reads(here(world.stranger), one)] == [letter]
        assert notices_of(here(world.stranger), 9)[0].href.startswith(f"/etablissements/{world.there.siret}/")


def test_what_was_told_to_nobody_yet_is_told_where_it_went(world: World) -> None:
    with tenancy.scope(establishment=world.here.pk):
        number = notify(
            "letter", establishment=world.here.pk, object_id=3, service="courriers",
            detail={"fund": "cnracl", "type": "Facture"},
        )  # fmt: skip
        taken = FOLLOWERS["notices"].taken()
    with tenancy.scope(establishment=world.there.pk):
        Right.objects.create(
            establishment=world.there, membership=world.stranger.membership, service="courriers", level=Level.READ,
            granted_at=clock.now(),
        )  # fmt: skip
        FOLLOWERS["notices"].given(taken, "Annecy", SYSTEM)
    # The job of before, and that of now.
    assert [one["establishment"] for one in queued("notices.tell")] == [world.here.pk, world.there.pk]
    work()
    assert told(world) == {} and emails(world) == []
    with tenancy.scope(establishment=world.there.pk):
        assert list(Reader.objects.filter(notice=number).values_list("person_id", flat=True)) == [
            world.stranger.person.pk
        ]
        [waiting] = Message.objects.filter(kind="notices.notice")
    # As a succession leaves what waits for somebody of before: it moves, and is sent to nobody who may not read it.
    with tenancy.scope(establishment=world.there.pk, person=world.user.person.pk):
        waiting.person_id = world.user.person.pk
        assert notice(waiting) is None


def test_an_adviser_who_looks_on_sees_what_names_a_fund_of_theirs_alone(world: World) -> None:
    to = {"people": [world.user.account_id]}
    ours = left(world, detail={"fund": "cnracl"}, **to)
    others = {left(world, detail=detail, **to) for detail in ({"fund": "rafp"}, {"count": 2}, {"fund": "disparu"})}
    for seen_by, expected in ((None, {ours, *others}), (frozenset({"cnracl"}), {ours}), (frozenset(), set())):
        with tenancy.scope(person=world.user.person.pk, establishment=world.here.pk, read_only=True):
            who = replace(here(world.user), seen_by=seen_by)
            assert {one.number for one in notices_of(who, 50)} == expected
            assert {one.pk for one in Notice.objects.all() if reads(who, one)} == expected


def test_an_email_says_less_of_a_letter_than_the_site(world: World) -> None:
    with tenancy.scope(establishment=world.here.pk):
        Right.objects.create(
            establishment=world.here, membership=world.reader.membership, service="courriers", level=Level.READ,
            granted_at=clock.now(),
        )  # fmt: skip
    left(world, "letter", service="courriers", detail={"fund": "rafp", "type": "Titre de recette"})
    with tenancy.scope(person=world.reader.person.pk, establishment=world.here.pk):
        assert [one.title for one in notices_of(here(world.reader), 9)] == ["Titre de recette de la RAFP"]
    with tenancy.scope(establishment=world.here.pk):
        made = notice(Message.objects.get(kind="notices.notice", person_id=world.reader.person.pk))
    assert made is not None and made.subject == "Parvis : Nouveau courrier (Annecy)"
    assert "Titre de recette" not in made.text + made.html and "de la RAFP" in made.text


def test_the_email_of_every_kind_that_is_declared_can_be_ended_by_its_link() -> None:
    for code, kind in KINDS.items():
        if kind.obligatory:
            continue
        where = resolve(urlsplit(unsubscribing.link(code, person=1, place=2)).path)
        assert (where.url_name, where.kwargs["kind"]) == ("unsubscribe", code)
