"""`parvis daily`: a new version is announced, recalled, and the closing told, each once, to who can accept."""

import datetime
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from procrastinate.contrib.django.models import ProcrastinateJob

from parvis.access.models import Membership, TermsAcceptance
from parvis.access.terms import announcing
from parvis.access.terms.versions import newest
from parvis.establishments.models import Establishment
from parvis.ground import clock, tenancy
from parvis.journal.models import Event
from parvis.post.actions import BULK, queue
from parvis.post.models import Message
from parvis.post.registry import LETTERS, Envelope
from tests.access.terms.hands import DAY, FIRST, Texts, steps, today
from tests.world import World, establishment, someone

Move = Callable[[datetime.timedelta], datetime.datetime]
GRACE = settings.PARVIS_TERMS_GRACE


@pytest.fixture
def published(world: World, texts: Texts, as_owner: object) -> Texts:
    """A second version, published and applied today; everything runs as the owner, as `parvis daily` does."""
    texts.write(1, FIRST)
    texts.write(2, today())
    return texts


def run() -> tuple[int, int, int]:
    """The three parts, in the order of `parvis daily`."""
    return announcing.announce_terms(), announcing.close_for_terms(), announcing.remind_of_terms()


def told(kind: str, where: Establishment) -> list[int]:
    found = Message.objects.filter(kind=f"access.terms_{kind}", establishment_id=where.pk)
    return sorted(found.values_list("object_id", flat=True))


def accept(where: Establishment, version: int) -> None:
    kept = TermsAcceptance.objects.filter(establishment=where).get()
    kept.pk, kept.version = None, version
    kept.save(force_insert=True)


def written(kind: str, where: Establishment, to: int, version: int = 2) -> Any:
    """What the worker would send now, under the application's role."""
    message = Message(kind=f"access.terms_{kind}", object_id=to, establishment_id=where.pk, detail={"version": version})
    with tenancy.scope(establishment=where.pk):
        return LETTERS[message.kind].write(message)


def test_the_newest_version_is_announced_once_to_every_active_administrator(world: World, published: Texts) -> None:
    assert run()[0] == 2
    assert run() == (0, 0, 0)
    assert told("announced", world.here) == sorted([world.administrator.account_id, world.second.account_id])
    assert told("announced", world.there) == [world.stranger.account_id]
    assert steps(world.here) == [(2, "announced")]
    events = Event.objects.filter(kind="terms.announced", establishment_id=world.here.pk)
    assert [(event.after, event.actor, event.origin) for event in events] == [({"version": 2}, None, "système")]


def test_nothing_is_announced_before_its_publication(world: World, texts: Texts, as_owner: object, move: Move) -> None:
    texts.write(1, FIRST)
    texts.write(2, today() + 3 * DAY, today() + 20 * DAY)
    assert run() == (0, 0, 0)
    move(3 * DAY)
    assert run() == (2, 0, 0)


def test_an_establishment_without_anybody_who_could_accept_is_announced_when_it_has(
    world: World, published: Texts, move: Move
) -> None:
    bare = establishment("21740093400015", "Cruseilles", ("cnracl",))
    TermsAcceptance.objects.filter(establishment=bare).delete()
    waiting = someone(bare, "Zoé", "Blanc", "administrateur", confirmed=False)
    assert run()[0] == 2
    assert steps(bare) == []
    move(40 * DAY)
    Membership.objects.filter(pk=waiting.account_id).update(
        person=world.stranger.person, confirmed_at=clock.now(), created_at=clock.now()
    )
    assert run()[0] == 1
    assert told("announced", bare) == [waiting.account_id]


def test_who_accepted_already_is_told_nothing(world: World, published: Texts) -> None:
    accept(world.here, 2)
    assert run()[0] == 1
    assert told("announced", world.here) == []


def test_the_closing_is_recalled_once_seven_days_before_and_told_once_when_it_comes(
    world: World, published: Texts, move: Move
) -> None:
    run()
    move(GRACE - settings.PARVIS_TERMS_REMINDER - DAY)
    assert run() == (0, 0, 0)
    move(DAY)
    assert run() == (0, 0, 2)
    assert run() == (0, 0, 0)
    move(settings.PARVIS_TERMS_REMINDER - DAY)
    assert run() == (0, 0, 0)
    move(DAY)
    assert run() == (0, 2, 0)
    assert run() == (0, 0, 0)
    everybody = sorted([world.administrator.account_id, world.second.account_id])
    assert told("reminded", world.here) == told("closed", world.here) == everybody
    assert steps(world.here) == [(2, "announced"), (2, "reminded"), (2, "closed")]
    assert Event.objects.filter(kind="terms.closed", establishment_id=world.here.pk).count() == 1


def test_a_run_missed_for_weeks_tells_the_closing_alone(world: World, published: Texts, move: Move) -> None:
    run()
    move(GRACE + 10 * DAY)
    assert run() == (0, 2, 0)
    assert told("reminded", world.here) == []


def test_a_newer_version_on_top_of_a_closing_is_announced_and_the_closing_not_told_again(
    world: World, published: Texts, move: Move
) -> None:
    run()
    move(GRACE)
    assert run() == (0, 2, 0)
    published.write(3, today())
    assert run() == (2, 0, 0)
    move(GRACE)
    assert run() == (0, 0, 0)
    accept(world.here, 3)
    published.write(4, today())
    assert run() == (2, 0, 0)
    move(GRACE)
    # Who answered meanwhile is told of the next closing; who never did was told of theirs.
    assert run() == (0, 1, 0)
    assert steps(world.here)[-2:] == [(4, "announced"), (4, "closed")]


def test_many_establishments_are_told_in_batches_of_few_statements(
    world: World, published: Texts, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr(announcing, "BATCH", 10)
    made = Establishment.objects.bulk_create(
        Establishment(siret=f"7{number:013}", siren="700000000", name=f"Commune {number}", kind="commune")
        for number in range(48)
    )
    mine = Membership.objects.get(pk=world.stranger.account_id)
    copies = []
    for number, place in enumerate(made):
        copy = Membership.objects.get(pk=mine.pk)
        copy.pk, copy.ref, copy.establishment, copy.identifier = None, uuid.uuid4(), place, f"ZZ{number:06}"
        copies.append(copy)
    Membership.objects.bulk_create(copies)
    # Fifty establishments, five full batches and one that finds nothing more: with its savepoint, seven each.
    with django_assert_max_num_queries(6 * 7):
        assert announcing.announce_terms() == 50
    assert Message.objects.filter(kind="access.terms_announced").count() == 51


def test_a_batch_that_breaks_leaves_the_others_told_and_a_second_run_ends_the_work(
    world: World, published: Texts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcing, "BATCH", 1)
    real, seen = announcing.queue_each, []

    def breaking(*args: Any, **kwargs: Any) -> int:
        seen.append(args)
        if len(seen) == 2:
            raise RuntimeError("the database went away")
        return real(*args, **kwargs)

    monkeypatch.setattr(announcing, "queue_each", breaking)
    with pytest.raises(RuntimeError):
        announcing.announce_terms()
    assert Message.objects.filter(kind="access.terms_announced").values("establishment_id").distinct().count() == 1
    assert announcing.announce_terms() == 1
    assert Message.objects.filter(kind="access.terms_announced").values("establishment_id").distinct().count() == 2


def test_what_goes_to_everybody_waits_behind_what_somebody_waits_for(world: World, published: Texts) -> None:
    run()
    queue("access.proposal", object_id=1, establishment=world.here.pk)
    # Those of other establishments are what tests that commit have left.
    ours = ProcrastinateJob.objects.filter(args__establishment__in=[world.here.pk, world.there.pk])
    assert list(ours.order_by("-priority", "id").values_list("priority", flat=True)) == [0, BULK, BULK, BULK]


# --- What the letters say, at the moment when they leave -------------------------------------------------------------
def test_announcement_says_what_changes_and_until_when(world: World, published: Texts) -> None:
    run()
    letter = written("announced", world.here, world.administrator.account_id)
    assert isinstance(letter, Envelope)
    assert letter.to == world.administrator.membership.email
    assert letter.subject == "Parvis : conditions générales à accepter pour Annecy"
    for text in (letter.text, letter.html):
        assert "Les sauvegardes sont décrites." in text
        assert f"/etablissements/{world.here.siret}/conditions-generales/" in text
        assert "au plus tard le" in text


def test_letter_is_not_sent_once_somebody_accepted(world: World, published: Texts, move: Move) -> None:
    run()
    accept(world.here, 2)
    move(GRACE)
    for kind in ("announced", "reminded", "closed"):
        assert written(kind, world.here, world.administrator.account_id) is None


def test_letter_is_not_sent_to_who_no_longer_administers_nor_to_another_establishment(
    world: World, published: Texts
) -> None:
    run()
    Membership.objects.filter(pk=world.second.account_id).update(profile="utilisateur")
    assert written("announced", world.here, world.second.account_id) is None
    assert written("announced", world.here, world.stranger.account_id) is None


def test_reminder_that_leaves_after_the_closing_is_dropped(world: World, published: Texts, move: Move) -> None:
    run()
    move(GRACE - DAY)
    assert written("reminded", world.here, world.administrator.account_id) is not None
    assert written("closed", world.here, world.administrator.account_id) is None
    move(DAY)
    assert written("reminded", world.here, world.administrator.account_id) is None
    assert "sont fermés" in written("closed", world.here, world.administrator.account_id).subject


def test_acceptance_is_told_with_who_when_and_which_version(world: World, published: Texts) -> None:
    accept(world.here, 2)
    letter = written("accepted", world.here, world.second.account_id)
    assert letter.to == world.second.membership.email
    assert "Claire Dubois a accepté" in letter.text and "(version 2)" in letter.text
    assert written("accepted", world.here, world.second.account_id, version=3) is None


def test_before_the_first_version_there_is_nothing_to_tell(world: World, texts: Texts, as_owner: object) -> None:
    texts.write(1, today() + 10 * DAY)
    assert newest(today()) is None
    assert run() == (0, 0, 0)
