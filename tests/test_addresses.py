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
    (name, pattern, rule)
    for name, _, pattern in OF_ESTABLISHMENT
    if set(_arguments(name)) <= OBJECTS and (rule := rule_of(pattern)) is not None
]
KINDS = {"public", "visitor", "halfway", "enrolling", "signed in", "member", "administrator", "service", "adviser"}


def asked(rule: Rule) -> list[str]:
    """The methods of an address that read or write."""
    return [method for method in ("get", "post") if method.upper() in rule.methods]


def test_every_address_declares_its_rule() -> None:
    faults = []
    for name, route, pattern in ADDRESSES:
        rule = rule_of(pattern)
        if not isinstance(rule, Rule) or rule.kind not in KINDS:
            faults.append(f"{route} declares no rule")
            continue
        if not name:
            faults.append(f"{route} has no name")
        if (rule.kind == "adviser") != route.startswith("conseiller/"):
            faults.append(f"{route} is {rule.kind}")
        if route.startswith("etablissements/") and rule.kind not in {"member", "administrator", "service"}:
            faults.append(f"{route} is {rule.kind}")
        if rule.kind == "service" and registry.get(rule.service) is None:
            faults.append(f"{route} is of no service")
    assert not faults, "\n".join(faults)
    assert len(TRIED) > 80


def test_a_view_without_a_rule_is_never_run() -> None:
    with pytest.raises(Unruled):
        DenyByDefault(lambda request: None).process_view(None, lambda request: None, (), {})  # type: ignore[arg-type,return-value]


def test_nobody_signed_in_is_sent_to_sign_in(world: World, draft: Draft, client: ReadingClient) -> None:
    faults = []
    for name, pattern, rule in TRIED:
        where = address(name, pattern, world, draft, world.here.siret)
        # And back, where the address shows a page.
        back = "/connexion/?suite=" if "GET" in rule.methods else "/connexion/"
        for method in asked(rule):
            answer = getattr(client, method)(where)
            if answer.status_code != 302 or not answer.headers["Location"].startswith(back):
                faults.append(f"{method} {name}: {answer.status_code}")
    assert not faults, "\n".join(faults)


def test_a_stranger_meets_404(world: World, draft: Draft, signed_in: SignedIn) -> None:
    browser, faults = signed_in(world.stranger), []
    for name, pattern, rule in TRIED:
        where = address(name, pattern, world, draft, world.here.siret)
        for method in asked(rule):
            answer = getattr(browser, method)(where)
            if answer.status_code != 404 or world.here.name in answer.content.decode():
                faults.append(f"{method} {name}: {answer.status_code}")
    assert not faults, "\n".join(faults)


def test_somebody_elses_object_under_ones_own_address_meets_404(
    world: World, draft: Draft, signed_in: SignedIn
) -> None:
    browser, faults = signed_in(world.stranger), []
    tried = [(name, pattern) for name, pattern, _ in TRIED if {"draft_id", "account_id"} & set(_arguments(name))]
    assert len(tried) > 15
    for name, pattern in tried:
        where = address(name, pattern, world, draft, world.there.siret)
        codes = browser.get(where).status_code, browser.post(where).status_code
        if codes[0] != 404 or codes[1] not in (404, 405):
            faults.append(f"{name}: {codes}")
    assert not faults, "\n".join(faults)


def test_a_level_too_low_meets_403_that_names_the_administrators(
    world: World, draft: Draft, signed_in: SignedIn
) -> None:
    browsers = {one: signed_in(one) for one in (world.reader, world.user, world.administrator)}
    faults = []
    for name, pattern, rule in TRIED:
        if rule.kind == "member":
            continue
        where = address(name, pattern, world, draft, world.here.siret)
        # The reader holds « Lecture seule » everywhere; the user nothing on « Correspondants ».
        low = world.reader if rule.level != Level.READ else world.user
        if rule.kind == "service" and rule.level == Level.READ and rule.service != "correspondants":
            low = world.administrator  # who holds no service right at all
        others = {world.administrator, world.second} - {low}
        for method in asked(rule):
            answer = getattr(browsers[low], method)(where)
            page = answer.content.decode()
            named = all(other.membership.name in page for other in others)
            if answer.status_code != 403 or not named or "09 70 80 93 29" not in page.replace("\xa0", " "):
                faults.append(f"{method} {name}: {answer.status_code}")
    assert not faults, "\n".join(faults)


# A step that has nothing to do yet, a correction that nobody proposed, nobody chosen: to where there is something.
ELSEWHERE = {
    "access:absence-rights": 302,
    "access:create-done": 302,
    "access:create-sheet": 404,
    "access:deputy-answer": 302,
    "access:handover-check": 302,
    "access:preset-give": 302,
    "access:proposal": 302,
    "access:renew-several": 302,
    "access:review-sign": 302,
    # The pages of an organisation: an ordinary establishment has none (tests/access/organisation tries them in one).
    **dict.fromkeys(OF_ORGANISATION, 404),
    # Letters are read by a right, which who administers has not here (tests/letters tries them with one).
    **dict.fromkeys(("letters:index", "letters:archive", "letters:zip"), 403),
    # So are requests (tests/dossiers); what is entrusted to an organisation is of organisations.
    **dict.fromkeys(("dossiers:index", "dossiers:archived", "dossiers:new"), 403),
    **dict.fromkeys(("dossiers:entrusted", "dossiers:circuit"), 404),
}


# The services of the monthly life, on which nobody of the world holds anything.
MONTHLY = ("agents", "declarations", "cotisations")


def test_the_right_level_opens(world: World, draft: Draft, signed_in: SignedIn) -> None:
    with tenancy.scope(establishment=world.here.pk):
        world.second.membership.rights.create(
            establishment=world.here, service="correspondants", level=Level.WRITE, granted_at=clock.now()
        )
        for code in MONTHLY:
            for who, level in ((world.second, Level.WRITE), (world.reader, Level.READ)):
                who.membership.rights.create(
                    establishment=world.here, service=code, level=level, granted_at=clock.now()
                )
    writers = {"mon-etablissement": world.user, "correspondants": world.second, **dict.fromkeys(MONTHLY, world.second)}
    browsers = {one: signed_in(one) for one in (world.administrator, world.second, world.user, world.reader)}
    faults = []
    for name, pattern, rule in TRIED:
        if "GET" not in rule.methods:
            continue
        who = world.administrator
        if rule.kind == "service":
            who = writers[rule.service] if rule.level == Level.WRITE else world.reader
        answer = browsers[who].get(address(name, pattern, world, draft, world.here.siret))
        if answer.status_code != ELSEWHERE.get(name, 200):
            faults.append(f"{name}: {answer.status_code}")
    assert not faults, "\n".join(faults)


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
