"""An administrator by a recovery: for seven days they read, and every way to change something says no."""

import datetime
import uuid
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.urls import reverse

from parvis.access.actions import creation, lifecycle
from parvis.access.actions.guards import not_limited
from parvis.access.actions.links import open_link
from parvis.access.decision import decide, manage
from parvis.access.delegation.guards import administering
from parvis.access.levels import Level
from parvis.access.models import Link, LinkToken, Membership, Right
from parvis.access.registry import get
from parvis.access.standing import Standing, standing
from parvis.ground import clock, tenancy
from parvis.ground.identifiers.tokens import draw_token, hash_token
from parvis.ground.pages.filters import date_long
from parvis.ground.rules import Rule
from parvis.ground.tenancy import Refused
from parvis.journal.models import Event
from tests.access.reading import words
from tests.browsers import inside
from tests.invitations import made_by
from tests.plugins.html import ReadingClient
from tests.test_addresses import OF_ESTABLISHMENT, rule_of
from tests.world import World

ADMINISTRATORS = [
    pytest.param(name, route, rule, id=name)
    for name, route, pattern in OF_ESTABLISHMENT
    if (rule := rule_of(pattern)) is not None and rule.kind == "administrator"
]
WRITING = [one for one in ADMINISTRATORS if "POST" in one.values[2].methods]
# Written by members, and so by who is limited: of themselves, or of what is asked of them. None is another's account,
# a right or a delegation; the terms are accepted so that the services work.
BY_MEMBERS = {
    "access:terms", "access:proposal", "access:ask-right", "access:deputy-answer",
    # What one has read, how one is reminded: one's own. What is written there as an employer asks again who may.
    "notices:read-all", "information:news-here",
    # Writes nothing: what is looked for, a NIR perhaps, stands in no address.
    "information:search-here",
    "letters:read", "letters:read-several", "letters:unread", "letters:archive",
    "obligations:reminders", "obligations:calendar", "obligations:act", "obligations:done",
    "exchanges:new", "exchanges:step", "exchanges:give-up", "exchanges:one",
    *(f"dossiers:{name}" for name in ("new", "step", "documents", "check", "one", "messages", "delegate")),
    *("dossiers:give-back", "dossiers:withdraw"),
}  # fmt: skip


def address(name: str, route: str, siret: str) -> str:
    stand_ins = {"int": 1, "uuid": uuid.UUID(int=1), "str": "x", "slug": "x"}
    kinds = [part.split(">")[0].split(":") for part in route.split("<")[1:]]
    return reverse(name, kwargs={key: siret if kind == "siret" else stand_ins[kind] for kind, key in kinds})


@pytest.fixture
def limited(world: World) -> Iterator[ReadingClient]:
    """Paul's browser: he administers since a recovery, and holds a service."""
    with tenancy.scope(establishment=world.here.pk):
        until = clock.today() + settings.PARVIS_RECOVERY_LIMIT
        Membership.objects.filter(pk=world.second.account_id).update(limited_until=until)
        Right.objects.create(
            establishment=world.here, membership_id=world.second.account_id, service="mon-etablissement",
            level=Level.WRITE, granted_at=clock.now(),
        )  # fmt: skip
    yield inside(ReadingClient(), world.second.person)


def here(world: World) -> Standing:
    found = standing(world.second.person.pk, world.here.pk)
    assert found is not None
    return found


@pytest.mark.parametrize(("name", "route", "rule"), WRITING)
def test_every_way_to_write_of_an_administrator_refuses(
    name: str, route: str, rule: Rule, limited: ReadingClient, world: World
) -> None:
    with tenancy.scope(establishment=world.here.pk):
        before = (Membership.objects.count(), Right.objects.count(), Event.objects.count())
    until = clock.today() + settings.PARVIS_RECOVERY_LIMIT
    for method in set(rule.methods) - {"HEAD"}:
        answer = limited.generic(method, address(name, route, world.here.siret))
        assert answer.status_code == 403
        assert f"jusqu’au {date_long(until)} inclus" in answer.content.decode()
    with tenancy.scope(establishment=world.here.pk):
        assert before == (Membership.objects.count(), Right.objects.count(), Event.objects.count())


def test_what_members_write_is_known_and_changes_nobody_else() -> None:
    written = {
        name
        for name, _, pattern in OF_ESTABLISHMENT
        if (rule := rule_of(pattern)) is not None and rule.kind == "member" and "POST" in rule.methods
    }
    assert written == BY_MEMBERS


def test_the_list_of_accounts_the_journal_and_granted_services_stay_open(limited: ReadingClient, world: World) -> None:
    for name in ("inbox:home", "access:accounts", "access:accounts-csv", "access:history"):
        page = limited.get(reverse(name, args=[world.here.siret]))
        assert page.status_code == 200
    assert (
        "Consultation seule jusqu’au"
        in limited.get(reverse("access:history", args=[world.here.siret])).content.decode()
    )
    with tenancy.scope(person=world.second.person.pk, establishment=world.here.pk):
        service = get("mon-etablissement")
        assert service is not None
        assert decide(here(world), service).level is Level.WRITE
        decision = manage(here(world))
        assert decision.level is Level.READ and "consultation seule" in decision.reasons[-1].path


def test_the_acts_themselves_refuse_whatever_way_leads_to_them(limited: ReadingClient, world: World) -> None:
    with tenancy.scope(person=world.second.person.pk, establishment=world.here.pk):
        who = here(world)
        with pytest.raises(Refused, match="sans rien y changer"):
            creation.open_accounts(who=who, asked=[])
        with pytest.raises(Refused, match="sans rien y changer"):
            lifecycle.deactivate(who=who, account_id=world.reader.account_id)
        with pytest.raises(Refused, match="sans rien y changer"):
            administering(who)


def test_it_ends_by_itself_the_day_after(limited: ReadingClient, world: World) -> None:
    with tenancy.scope(person=world.second.person.pk, establishment=world.here.pk):
        last = clock.today()
        Membership.objects.filter(pk=world.second.account_id).update(limited_until=last)
        assert here(world).limited and here(world).free_on == last + datetime.timedelta(days=1)
        Membership.objects.filter(pk=world.second.account_id).update(limited_until=last - datetime.timedelta(days=1))
        assert not here(world).limited
        not_limited(here(world))
    page = limited.get(reverse("access:account-deactivate", args=[world.here.siret, world.reader.account_id]))
    assert page.status_code == 200


def test_the_seven_days_begin_when_they_come_in(world: World) -> None:
    with tenancy.scope(establishment=world.here.pk):
        token = draw_token()
        account = made_by(world.administrator, profile="administrateur")
        Membership.objects.filter(pk=account.pk).update(limited_until=clock.today())
        link = Link.objects.create(
            establishment=world.here, membership=account, created_at=clock.now(),
            expires_at=clock.now() + datetime.timedelta(days=1),
        )  # fmt: skip
        LinkToken.objects.create(hash=hash_token(token), establishment=world.here, link=link)
    done = open_link(token=token, identifier=account.identifier, password="une longue phrase de passe")
    assert done.accepted
    with tenancy.scope(establishment=world.here.pk):
        found = Membership.objects.get(pk=account.pk)
        assert found.limited_until == clock.today() + settings.PARVIS_RECOVERY_LIMIT


@pytest.mark.parametrize("rest", ["", "gestion-des-comptes/"])
def test_who_looks_up_why_they_only_read_is_told(rest: str, limited: ReadingClient, world: World) -> None:
    page = limited.get(f"/etablissements/{world.here.siret}/comptes/matrice/{world.second.membership.ref}/{rest}")
    assert page.status_code == 200
    until = date_long(clock.today() + settings.PARVIS_RECOVERY_LIMIT)
    assert f"Accès retrouvé : consultation seule jusqu’au {until}." in words(page)
