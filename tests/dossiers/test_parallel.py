"""At the same moment, on two connections: sent twice, decided twice, written by two; whole, and once."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connections

from parvis.access.levels import Level
from parvis.access.models import Profile
from parvis.access.standing import Standing
from parvis.backoffice.dossiers import actions as office_actions
from parvis.dossiers import registry
from parvis.dossiers.actions import drafting, sending
from parvis.dossiers.actions.deciding import Decision
from parvis.dossiers.models import Dossier, State
from parvis.ground import tenancy
from parvis.ground.tenancy import Refused
from tests.access.parallel.conftest import committed as _committed
from tests.access.parallel.hands import NAME, Made, acting, at_once, office, place
from tests.dossiers.hands import ANSWERS, KIND, PLACE_SERVICE, Effects, clean
from tests.world import World, someone

committed = _committed
TABLES = ("dossiers_document", "dossiers_entry", "dossiers_wanted", "dossiers_dossier")


@pytest.fixture
def swept(committed: Callable[[Made], Any]) -> Iterator[Callable[[Made], Any]]:
    """What the dossiers leave goes before the establishment itself."""

    def take_back() -> None:
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT array_agg(id) FROM establishments_establishment WHERE name = %s", [NAME])
            (places,) = cursor.fetchone()
            for table in ("notices_reader", "notices_notice", *TABLES):
                cursor.execute(f"DELETE FROM {table} WHERE establishment_id = ANY(%s)", [places])

    yield committed
    committed(take_back)


def test_begun_written_sent_and_decided_at_once_is_once(
    swept: Callable[[Made], Any], committed_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    effects = Effects()
    monkeypatch.setitem(registry._KINDS, "essai", KIND(effects))

    def make() -> Any:
        where = place()
        return where, someone(where, "Alix", "Essai", Profile.ADMINISTRATOR, {PLACE_SERVICE: Level.WRITE})

    where, alix = swept(make)
    token = uuid.uuid4()

    def begin(who: Standing) -> str:
        return drafting.begin(who=who, kind="essai", token=token).reference

    begun = at_once(acting(alix, begin), acting(alix, begin))
    assert len(set(begun)) == 1
    reference = begun[0]

    def write(step: str, version: int) -> Callable[[Standing], Any]:
        return lambda who: (
            drafting.write(who=who, reference=reference, step=step, answers=ANSWERS[step], version=version).version
        )

    # Two pages of the same version: the second one is told of the first.
    outcome = at_once(acting(alix, write("objet", 1)), acting(alix, write("details", 1)))
    assert sum(isinstance(one, Refused) for one in outcome) == 1
    version = next(one for one in outcome if isinstance(one, int))
    for step in ANSWERS:
        with tenancy.scope(establishment=where.pk):
            version = Dossier.objects.get().version
        acting(alix, write(step, version))()
    acting(alix, lambda who: drafting.join(who=who, reference=reference, piece="rib", document=clean()) and None)()
    with tenancy.scope(establishment=where.pk):
        version = Dossier.objects.get().version

    def send(who: Standing) -> bool:
        return sending.send(who=who, reference=reference, version=version, attested=True)[1]

    assert sorted(at_once(acting(alix, send), acting(alix, send))) == [False, True]
    first, second = committed_world.advisers["first"], committed_world.advisers["second"]
    office(first, lambda who: office_actions.take(who=who, reference=reference))()
    # Accepted by two and refused by a third at the same moment: one of both, its effect once or never.
    decision = Decision(12_345)
    at_once(
        office(first, lambda who: office_actions.accept(who=who, reference=reference, decision=decision)),
        office(second, lambda who: office_actions.accept(who=who, reference=reference, decision=decision)),
        office(
            committed_world.advisers["supervisor"],
            lambda who: office_actions.refuse(who=who, reference=reference, text="Non."),
        ),
    )
    with tenancy.scope(establishment=where.pk):
        held = Dossier.objects.get()
        kinds = list(held.entries.values_list("gesture", flat=True))
    assert held.state in (State.ACCEPTED, State.REFUSED)
    assert len(effects.done) == (held.state == State.ACCEPTED)
    assert kinds.count("accept") + kinds.count("refuse") == 1 and kinds.count("send") == 1
