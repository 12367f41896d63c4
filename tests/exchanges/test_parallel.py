"""At the same moment, on two connections: one draft sent twice, one exchange moved by two."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connections

from parvis.access.models import Profile
from parvis.access.standing import Standing
from parvis.backoffice.exchanges import actions as office_actions
from parvis.exchanges.actions import drafts, sending, thread
from parvis.exchanges.models import Draft, Entry, Exchange
from parvis.exchanges.motifs import Came
from parvis.ground import tenancy
from parvis.ground.tenancy import Refused
from tests.access.parallel.conftest import committed as _committed
from tests.access.parallel.hands import NAME, Made, acting, at_once, office, place
from tests.world import World, someone

committed = _committed
TABLES = ("exchanges_attachment", "exchanges_entry", "exchanges_reader", "exchanges_draft", "exchanges_exchange")


@pytest.fixture
def swept(committed: Callable[[Made], Any]) -> Iterator[Callable[[Made], Any]]:
    """What the exchanges leave goes before the establishment itself."""

    def take_back() -> None:
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT array_agg(id) FROM establishments_establishment WHERE name = %s", [NAME])
            (places,) = cursor.fetchone()
            cursor.execute("DELETE FROM notices_reader WHERE establishment_id = ANY(%s)", [places])
            cursor.execute("DELETE FROM notices_notice WHERE establishment_id = ANY(%s)", [places])
            for table in TABLES:
                cursor.execute(f"DELETE FROM {table} WHERE establishment_id = ANY(%s)", [places])

    yield committed
    committed(take_back)


def begun(who: Standing) -> Any:
    """A draft that only has to be sent."""
    draft = drafts.begin(who=who, motif="cotisation-montant", came=Came(fund="cnracl"))
    drafts.write(who=who, draft_id=draft.pk, text="Bonjour", period="2026")
    return draft.pk


def test_sent_twice_at_once_is_one_and_two_gestures_come_one_after_the_other(
    swept: Callable[[Made], Any], committed_world: World
) -> None:
    def make() -> Any:
        where = place()
        return where, someone(where, "Alix", "Essai", Profile.ADMINISTRATOR)

    where, alix = swept(make)
    draft = acting(alix, begun)()
    sent = at_once(*[acting(alix, lambda who: sending.send(who=who, draft_id=draft, attested=True)[0].reference)] * 2)
    assert len(set(sent)) == 1
    reference = sent[0]
    with tenancy.scope(establishment=where.pk):
        assert Exchange.objects.count() == Entry.objects.count() == 1 and not Draft.objects.exists()
    first, second = committed_world.advisers["first"], committed_world.advisers["second"]
    # One takes it, another answers, the establishment closes: whatever comes first, the thread tells one story.
    answers = at_once(
        office(first, lambda who: office_actions.take(who=who, reference=reference)),
        office(second, lambda who: office_actions.answer(who=who, reference=reference, text="Voilà.", documents=[])),
        acting(alix, lambda who: thread.close(who=who, reference=reference) and None),
    )
    with tenancy.scope(establishment=where.pk):
        held = Exchange.objects.get()
        kinds = list(Entry.objects.order_by("id").values_list("kind", flat=True))
    assert held.state == Exchange.State.CLOSED and kinds.count("closed") == 1 and kinds[-1] == "closed"
    assert kinds.count("taken") <= 1
    # Whoever came after the end was told so; nothing of theirs is in the thread.
    assert isinstance(answers[1], Refused) == ("answer" not in kinds)
    # Passed on to another fund and answered at the same moment: one of both, whole.
    other = acting(alix, begun)()
    reference = acting(alix, lambda who: sending.send(who=who, draft_id=other, attested=True)[0].reference)()
    at_once(
        office(first, lambda who: office_actions.transfer(who=who, reference=reference, fund="rafp", text="")),
        office(second, lambda who: office_actions.answer(who=who, reference=reference, text="Voilà.", documents=[])),
        office(second, lambda who: office_actions.answer(who=who, reference=reference, text="Voilà.", documents=[])),
    )
    with tenancy.scope(establishment=where.pk):
        held = Exchange.objects.get(reference=reference)
        kinds = list(held.entries.values_list("kind", flat=True))
    assert held.fund == "rafp" and kinds.count("answer") <= 1 and kinds.count("transferred") == 1
