"""Deny by default: every address declares its rule, and each rule is tried by four people and a stranger."""

import re
import uuid
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from parvis.access import registry
from parvis.access.levels import Level
from parvis.access.models import Draft
from parvis.ground import clock, tenancy
from parvis.ground.rules import DenyByDefault, Rule, Unruled
from tests.plugins.html import ReadingClient
from tests.world import Someone, World

SignedIn = Callable[[Someone], ReadingClient]


def walk(resolver: URLResolver, prefix: str = "", names: tuple[str, ...] = ()) -> Iterator[tuple[str, str, URLPattern]]:
    """Every address: its name with namespaces, its route, its pattern."""
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = (*names, entry.namespace) if entry.namespace else names
            yield from walk(entry, route, inner)
        else:
            yield ":".join([*names, entry.name or ""]), route, entry


ADDRESSES = list(walk(get_resolver()))
OF_ESTABLISHMENT = [
    (name, route, pattern)
    for name, route, pattern in ADDRESSES
    if "<siret:siret>" in route and route.startswith("etablissements/")
]


def rule_of(pattern: URLPattern) -> Rule | None:
    return getattr(pattern.callback, "rule", None)


@pytest.fixture
def draft(world: World) -> Draft:
    """A draft of the administrator's, with both steps given."""
    with tenancy.scope(establishment=world.here.pk):
        return Draft.objects.create(
            id=uuid.uuid4(),
            establishment=world.here,
            author=world.administrator.membership.ref,
            coordinates={
                "civility": "mme", "first_name": "Zoé", "last_name": "Blanc", "function": "Paie", "unit": "",
                "email": "zoe.blanc@annecy.example", "phone": "+33465710099", "profile": "utilisateur",
                "starts_on": None, "ends_on": None,
            },
            rights={"contrats": {"level": 1}},
            rights_given=True,
            created_at=clock.now(),
            updated_at=clock.now(),
        )  # fmt: skip


def address(name: str, pattern: URLPattern, world: World, draft: Draft, siret: str) -> str:
    """The address with the arguments that its route wants."""
    known = {"siret": siret, "draft_id": draft.pk, "account_id": world.user.account_id, "token": "x" * 43}
    wanted = _arguments(name)
    return reverse(name, kwargs={key: known[key] for key in wanted})


def _arguments(name: str) -> list[str]:
    route = next(route for found, route, _ in ADDRESSES if found == name)
    return [part.split(">")[0].split(":")[-1] for part in route.split("<")[1:]]


# Addresses whose object the world does not hold are tried by the tests of their own package.
OBJECTS = {"siret", "draft_id", "account_id", "token"}
OF_ORGANISATION = {
    f"access:{name}"
    for name in (
        *("clients", "clients-csv", "clients-give", "portfolios", "portfolio-create"),
        *("batch-following", "batch-remind", "batch-new", "delegation-find-client"),
    )
}
TRIED = [
    pytest.param(name, pattern, id=name)
    for name, route, pattern in OF_ESTABLISHMENT
    if set(_arguments(name)) <= OBJECTS
]


@pytest.mark.parametrize(("name", "route", "pattern"), ADDRESSES, ids=[name for name, _, _ in ADDRESSES])
def test_every_address_declares_its_rule(name: str, route: str, pattern: URLPattern) -> None:
    rule = rule_of(pattern)
    assert isinstance(rule, Rule), f"{route} declares no rule"
    assert rule.kind in {
        *("public", "visitor", "halfway", "enrolling", "signed in"),
        *("member", "administrator", "service", "adviser"),
    }
    assert name, f"{route} has no name"
    assert (rule.kind == "adviser") == route.startswith("conseiller/")
    if route.startswith("etablissements/"):
        assert rule.kind in {"member", "administrator", "service"}
    if rule.kind == "service":
        assert registry.get(rule.service) is not None


def test_a_view_without_a_rule_is_never_run() -> None:
    with pytest.raises(Unruled):
        DenyByDefault(lambda request: None).process_view(None, lambda request: None, (), {})  # type: ignore[arg-type,return-value]


@pytest.mark.parametrize(("name", "pattern"), TRIED)
def test_nobody_signed_in_is_sent_to_sign_in(
    name: str, pattern: URLPattern, world: World, draft: Draft, client: ReadingClient
) -> None:
    where = address(name, pattern, world, draft, world.here.siret)
    methods = rule_of(pattern).methods  # type: ignore[union-attr]
    for method in ("get", "post"):
        if method.upper() in methods:
            answer = getattr(client, method)(where)
            assert answer.status_code == 302
            # And back, where the address shows a page.
            back = "/connexion/?suite=" if "GET" in methods else "/connexion/"
            assert answer.headers["Location"].startswith(back)


@pytest.mark.parametrize(("name", "pattern"), TRIED)
def test_a_stranger_meets_404(name: str, pattern: URLPattern, world: World, draft: Draft, signed_in: SignedIn) -> None:
    where = address(name, pattern, world, draft, world.here.siret)
    methods = rule_of(pattern).methods  # type: ignore[union-attr]
    browser = signed_in(world.stranger)
    for method in ("get", "post"):
        if method.upper() in methods:
            answer = getattr(browser, method)(where)
            assert answer.status_code == 404, f"{method} {where}"
            assert world.here.name not in answer.content.decode()


@pytest.mark.parametrize(("name", "pattern"), TRIED)
def test_somebody_elses_object_under_ones_own_address_meets_404(
    name: str, pattern: URLPattern, world: World, draft: Draft, signed_in: SignedIn
) -> None:
    if not {"draft_id", "account_id"} & set(_arguments(name)):
        return
    where = address(name, pattern, world, draft, world.there.siret)
    assert signed_in(world.stranger).get(where).status_code == 404
    assert signed_in(world.stranger).post(where).status_code in (404, 405)


@pytest.mark.parametrize(("name", "pattern"), TRIED)
def test_a_level_too_low_meets_403_that_names_the_administrators(
    name: str, pattern: URLPattern, world: World, draft: Draft, signed_in: SignedIn
) -> None:
    rule = rule_of(pattern)
    assert rule is not None
    if rule.kind == "member":
        return
    where = address(name, pattern, world, draft, world.here.siret)
    # The reader holds « Lecture seule » everywhere; the user nothing on « Correspondants ».
    low = world.reader if rule.level != Level.READ else world.user
    if rule.kind == "service" and rule.level == Level.READ and rule.service != "correspondants":
        low = world.administrator  # who holds no service right at all
    browser = signed_in(low)
    for method in ("get", "post"):
        if method.upper() in rule.methods:
            answer = getattr(browser, method)(where)
            page = answer.content.decode()
            assert answer.status_code == 403, f"{method} {where}"
            others = {world.administrator, world.second} - {low}
            assert all(other.membership.name in page for other in others)
            assert "09 70 80 93 29" in page.replace("\xa0", " ")


@pytest.mark.parametrize(("name", "pattern"), TRIED)
def test_the_right_level_opens(name: str, pattern: URLPattern, world: World, draft: Draft, signed_in: SignedIn) -> None:
    rule = rule_of(pattern)
    assert rule is not None
    if "GET" not in rule.methods:
        return
    if rule.kind == "service":
        who = world.user if rule.service == "mon-etablissement" else world.reader
        if rule.level == Level.WRITE and rule.service == "correspondants":
            with tenancy.scope(establishment=world.here.pk):
                world.reader.membership.rights.filter(service=rule.service).update(level=Level.WRITE)
    else:
        who = world.administrator
    answer = signed_in(who).get(address(name, pattern, world, draft, world.here.siret))
    # A step that has nothing to do yet, a correction that nobody proposed, nobody chosen: to where there is something.
    expected = {
        "access:absence-rights": 302,
        "access:create-done": 302,
        "access:create-sheet": 404,
        "access:deputy-answer": 302,
        "access:handover-check": 302,
        "access:preset-give": 302,
        "access:proposal": 302,
        "access:renew-several": 302,
        "access:review-sign": 302,
    }
    # The pages of an organisation: an ordinary establishment has none (tests/access/organisation tries them in one).
    expected |= dict.fromkeys(OF_ORGANISATION, 404)
    # Letters are read by a right, which who administers has not here (tests/letters tries them with one).
    expected |= dict.fromkeys(("letters:index", "letters:archive", "letters:zip"), 403)
    assert answer.status_code == expected.get(name, 200)


def test_an_establishment_that_does_not_exist_looks_like_one_of_others(world: World, signed_in: SignedIn) -> None:
    browser = signed_in(world.administrator)
    pages = [
        browser.get(f"/etablissements/{siret}/").content.decode().replace(siret, "")
        for siret in ("99999999999999", world.there.siret)
    ]
    unknown, others = (re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page) for page in pages)
    assert unknown == others


def test_a_get_writes_nothing(world: World, signed_in: SignedIn) -> None:
    """GETs run READ ONLY: PostgreSQL itself refuses a write."""
    from django.db import InternalError, connection

    with (
        pytest.raises(InternalError, match="read-only"),
        tenancy.scope(establishment=world.here.pk, read_only=True),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE access_membership SET function = 'x'")
    assert Client().get("/connexion/").status_code == 200
