"""Every address of the advisers' office, walked by everybody else: members, an adviser of another fund, nobody."""

import uuid

import pytest
from django.urls import reverse

from tests.browsers import inside
from tests.plugins.html import ReadingClient
from tests.test_addresses import ADDRESSES, rule_of
from tests.world import World

OFFICE = [
    (name, route, rule)
    for name, route, pattern in ADDRESSES
    if route.startswith("conseiller/") and (rule := rule_of(pattern)) is not None
]
# What stands in for the arguments of an address; an object of the establishment is tried by its own package's tests.
NUMBERS = {"int": 1, "uuid": uuid.UUID(int=1), "str": "x", "slug": "x"}


def address(name: str, route: str, world: World) -> str:
    if name == "backoffice:news-picture":
        return reverse(name, kwargs={"digest": "0" * 40})
    kinds = [part.split(">")[0].split(":") for part in route.split("<")[1:]]
    return reverse(name, kwargs={key: world.here.siret if kind == "siret" else NUMBERS[kind] for kind, key in kinds})


def test_nobody_signed_in_is_sent_to_sign_in(world: World, client: ReadingClient) -> None:
    faults = []
    for name, route, rule in OFFICE:
        answer = client.generic(rule.methods[0], address(name, route, world))
        if answer.status_code != 302 or not answer.headers["Location"].startswith("/connexion/"):
            faults.append(f"{name}: {answer.status_code}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("who", ["administrator", "user", "reader", "stranger"])
def test_members_of_establishments_meet_404(who: str, world: World) -> None:
    browser, faults = inside(ReadingClient(), getattr(world, who).person), []
    for name, route, rule in OFFICE:
        for method in sorted(set(rule.methods) - {"HEAD"}):
            answer = browser.generic(method, address(name, route, world))
            if answer.status_code != 404:
                faults.append(f"{method} {name}: {answer.status_code}")
    assert not faults, "\n".join(faults)


def test_an_adviser_of_another_fund_never_reads_of_the_establishment(world: World) -> None:
    browser, faults = inside(ReadingClient(), world.advisers["other"]), []
    for name, route, rule in OFFICE:
        for method in sorted(set(rule.methods) - {"HEAD"}):
            answer = browser.generic(method, address(name, route, world))
            # For who supervises alone, the role is looked at before the establishment.
            refused = answer.status_code in (403, 404) if "<siret:" in route else answer.status_code < 500
            if not refused or world.administrator.membership.email.encode() in answer.content:
                faults.append(f"{method} {name}: {answer.status_code}")
    assert not faults, "\n".join(faults)


def test_advisers_stay_outside_of_establishments(world: World) -> None:
    browser = inside(ReadingClient(), world.advisers["second"])
    assert browser.get(f"/etablissements/{world.here.siret}/").status_code == 404
    assert browser.get("/").status_code == 302
    assert browser.get("/conseiller/").status_code == 200
