"""« Renouveler tous les comptes affichés » brings nobody back in passing."""

import datetime
from typing import Any

from parvis.access.models import Membership
from parvis.ground import clock, tenancy
from tests.world import World


def _expired(world: World) -> None:
    with tenancy.scope(establishment=world.here.pk):
        Membership.objects.filter(pk=world.reader.account_id).update(
            ends_on=clock.today() - datetime.timedelta(days=30)
        )


def _numbers(page: str) -> set[str]:
    return set(page.split('name="comptes" value="')[1].split('"')[0].split(","))


def test_all_leaves_out_who_has_expired_and_says_what_to_do(world: World, signed_in: Any) -> None:
    _expired(world)
    where = f"/etablissements/{world.here.siret}/comptes/renouveler/"
    page = signed_in(world.administrator).get(where, {"tous": "1"}).content.decode()
    assert str(world.reader.account_id) not in _numbers(page)
    assert str(world.user.account_id) in _numbers(page)
    assert "compte a expiré" in page


def test_ticked_or_listed_as_expired_they_are_renewed(world: World, signed_in: Any) -> None:
    _expired(world)
    where = f"/etablissements/{world.here.siret}/comptes/renouveler/"
    for query in ({"compte": str(world.reader.account_id)}, {"tous": "1", "statut": "expire"}):
        page = signed_in(world.administrator).get(where, query).content.decode()
        assert _numbers(page) == {str(world.reader.account_id)}
