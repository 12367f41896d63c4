"""« Modèles de droits »: how many models, accounts and statements there may be."""

from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parvis.access.actions.creation import Grant
from parvis.access.levels import Level
from parvis.access.models import Right
from parvis.access.presets import actions
from parvis.access.presets.state import Way
from parvis.ground import tenancy
from tests.access.accounts.hands import crowd
from tests.access.presets.hands import SignedIn, base, made
from tests.access.reading import acting, summary
from tests.world import World


def test_number_of_models_has_a_limit_and_a_foreign_number_is_refused(world: World, settings: Any) -> None:
    settings.PARVIS_PRESETS = 1
    key = made(world)
    with pytest.raises(tenancy.Refused, match="a déjà 1 modèles"):
        made(world, "Autre")
    with acting(world.stranger) as who, pytest.raises(tenancy.Refused):
        actions.create(who=who, ref=UUID(key), name="Vol", purpose="", grants=[Grant("contrats", Level.READ)])


def test_list_and_a_model_ask_the_same_number_of_statements_whoever_has_them(
    as_owner: object, world: World, signed_in: SignedIn
) -> None:
    browser = signed_in(world.administrator)
    made(world)
    pages = (base(world), base(world, "direction-lecture/"))
    for page in pages:
        browser.get(page)

    def statements(page: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(page).status_code == 200
        return len(captured)

    few = [statements(page) for page in pages]
    for number in range(5):
        made(world, f"Modèle {number}")
    crowd(world.here, 60)
    with tenancy.scope(establishment=world.here.pk):
        Right.objects.filter(service="contrats").update(origin="direction-lecture")
    assert [statements(page) for page in pages] == few


def test_limit_of_accounts_in_one_action(world: World, signed_in: SignedIn, settings: Any) -> None:
    settings.PARVIS_PRESET_ACCOUNTS = 1
    both = [world.user.account_id, world.reader.account_id]
    given = {"compte": both, "modele": "direction-lecture"}
    answer = signed_in(world.administrator).get(base(world, "appliquer/"), given)
    assert any("2 comptes sont choisis" in said for said in summary(answer))
    with acting(world.administrator) as who, pytest.raises(tenancy.Refused, match="2 comptes"):
        actions.give(who=who, key="direction-lecture", way=Way.COMPLETE, numbers=both, seal="")
