"""Every address of the advisers' office, walked by everybody else: members, an adviser of another fund, nobody."""

import uuid

import pytest
from django.urls import reverse

from parvis.ground.rules import Rule
from tests.browsers import inside
from tests.plugins.html import ReadingClient
from tests.test_addresses import ADDRESSES, rule_of
from tests.world import World

OFFICE = [
    pytest.param(name, route, rule_of(pattern), id=name)
    for name, route, pattern in ADDRESSES
    if route.startswith("conseiller/")
]
# What stands in for the arguments of an address; an object of the establishment is tried by its own package's tests.
NUMBERS = {"int": 1, "uuid": uuid.UUID(int=1), "str": "x", "slug": "x"}


def address(name: str, route: str, world: World) -> str:
    if name == "backoffice:news-picture":
        return reverse(name, kwargs={"digest": "0" * 40})
    kinds = [part.split(">")[0].split(":") for part in route.split("<")[1:]]
    return reverse(name, kwargs={key: world.here.siret if kind == "siret" else NUMBERS[kind] for kind, key in kinds})


@pytest.mark.parametrize(("name", "route", "rule"), OFFICE)
def test_nobody_signed_in_is_sent_to_sign_in(
    name: str, route: str, rule: Rule, world: World, client: ReadingClient
) -> None:
    answer = client.generic(rule.methods[0], address(name, route, world))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/connexion/")


@pytest.mark.parametrize("who", ["administrator", "user", "reader", "stranger"])
@pytest.mark.parametrize(("name", "route", "rule"), OFFICE)
def test_members_of_establishments_meet_404(name: str, route: str, rule: Rule, who: str, world: World) -> None:
    browser = inside(ReadingClient(), getattr(world, who).person)
    for method in set(rule.methods) - {"HEAD"}:
        assert browser.generic(method, address(name, route, world)).status_code == 404


@pytest.mark.parametrize(("name", "route", "rule"), OFFICE)
def test_an_adviser_of_another_fund_never_reads_of_the_establishment(
    name: str, route: str, rule: Rule, world: World
) -> None:
    browser = inside(ReadingClient(), world.advisers["other"])
    for method in set(rule.methods) - {"HEAD"}:
        answer = browser.generic(method, address(name, route, world))
        if "<siret:" in route:
            # For who supervises alone, the role is looked at before the establishment.
            assert answer.status_code in (403, 404)
        assert answer.status_code < 500
        assert world.administrator.membership.email not in answer.content.decode()


def test_advisers_stay_outside_of_establishments(world: World) -> None:
    browser = inside(ReadingClient(), world.advisers["second"])
    assert browser.get(f"/etablissements/{world.here.siret}/").status_code == 404
    assert browser.get("/").status_code == 302
    assert browser.get("/conseiller/").status_code == 200
