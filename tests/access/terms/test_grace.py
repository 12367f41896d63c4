"""The days of grace, and what closes after them."""

import datetime
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse

from parvis.access import registry
from parvis.access.decision import decide, services_of
from parvis.access.levels import Level
from parvis.access.models import TermsAcceptance, TermsNotice
from parvis.access.standing import standing
from parvis.access.terms.state import ASKED_SQL, CLOSES_ON_SQL, Terms, applied, terms_on
from parvis.access.terms.versions import Version
from parvis.ground import clock, tenancy
from parvis.services.establishment.models import BlockCode
from tests.access.terms.hands import DAY, Texts, address, announced, standing_of, today
from tests.plugins.html import ReadingClient
from tests.world import Someone, World

SignedIn = Callable[[Someone], ReadingClient]
Move = Callable[[datetime.timedelta], datetime.datetime]
NOON = datetime.date(2027, 3, 1)
GRACE = settings.PARVIS_TERMS_GRACE


def service(code: str) -> Any:
    found = registry.get(code)
    assert found is not None
    return found


@pytest.fixture
def three(texts: Texts) -> dict[int, Version]:
    """Published and applied: the first long ago; the second on 1 March, from the 11th; the third on 1 April."""
    return {
        1: texts.write(1, datetime.date(2026, 1, 1)),
        2: texts.write(2, NOON, NOON + 10 * DAY),
        3: texts.write(3, datetime.date(2027, 4, 1), datetime.date(2027, 4, 1)),
    }


# --- The rule, in memory ---------------------------------------------------------------------------------------------
def test_nothing_is_asked_of_who_accepted_the_newest_version(three: dict[int, Version]) -> None:
    assert terms_on(NOON - DAY, accepted=1, announced={1: NOON - 90 * DAY}) == Terms(accepted=1)
    assert terms_on(NOON, accepted=2, announced={}) == Terms(accepted=2)


def test_a_version_is_asked_from_its_publication_on(three: dict[int, Version]) -> None:
    assert terms_on(NOON - DAY, accepted=1, announced={}).asked is None
    assert terms_on(NOON, accepted=1, announced={}).asked == three[2]


def test_grace_runs_from_the_day_the_version_applies(three: dict[int, Version]) -> None:
    found = terms_on(NOON, accepted=1, announced={2: NOON})
    assert found.closes_on == NOON + 10 * DAY + GRACE
    assert found.last_day == NOON + 10 * DAY + GRACE - DAY


def test_grace_runs_from_the_announcement_where_that_came_later(three: dict[int, Version]) -> None:
    """An establishment that joins later, or a site that is updated late, has its whole time."""
    late = NOON + 25 * DAY
    assert terms_on(late, accepted=0, announced={2: late}).closes_on == late + GRACE


def test_nothing_closes_before_it_was_announced(three: dict[int, Version]) -> None:
    found = terms_on(NOON + 20 * DAY, accepted=0, announced={})
    assert (found.asked, found.closes_on, found.closed) == (three[2], None, False)


def test_what_is_asked_of_many_at_once_is_what_is_asked_of_one(
    three: dict[int, Version], world: World, as_owner: object
) -> None:
    sql = f"""SELECT {CLOSES_ON_SQL.format(place="%(place)s")}, {ASKED_SQL.format(place="%(place)s")}
      FROM (SELECT %(terms)s::jsonb AS terms, %(grace)s AS grace) given"""
    for day in (NOON - DAY, NOON, NOON + 20 * DAY, NOON + 40 * DAY):
        for accepted in (0, 1, 2, 3):
            for told in ({}, {1: NOON - 90 * DAY}, {2: NOON}, {2: NOON + 25 * DAY, 3: NOON + 31 * DAY}, {3: NOON}):
                TermsAcceptance.objects.filter(establishment=world.here).delete()
                TermsNotice.objects.filter(establishment=world.here).delete()
                if accepted:
                    TermsAcceptance.objects.create(
                        establishment=world.here, version=accepted, digest="x", accepted_at=clock.now(),
                        accepted_by=uuid.uuid4(), name="Claire Dubois",
                    )  # fmt: skip
                for number, noticed in told.items():
                    announced(world.here, number, noticed)
                with connection.cursor() as cursor:
                    values = {"place": world.here.pk, "terms": applied(day), "grace": GRACE.days}
                    cursor.execute(sql, values)
                    found = cursor.fetchone()
                one = terms_on(day, accepted=accepted, announced=told)
                assert found == (one.closes_on, one.asked is not None), (day, accepted, told)


@pytest.mark.parametrize(("days", "closed", "last_days"), [(-8, False, False), (-7, False, True), (-1, False, True),
                                                            (0, True, True), (1, True, True)])  # fmt: skip
def test_the_last_day_of_grace_is_open_and_the_day_after_is_closed(
    texts: Texts, days: int, closed: bool, last_days: bool
) -> None:
    texts.write(1, NOON)
    found = terms_on(NOON + GRACE + days * DAY, accepted=0, announced={1: NOON})
    assert (found.closed, found.last_days) == (closed, last_days)


def test_a_newer_version_gives_no_new_time_for_the_one_that_nobody_answered(three: dict[int, Version]) -> None:
    april = datetime.date(2027, 4, 1)
    found = terms_on(april, accepted=1, announced={2: NOON, 3: april})
    assert (found.asked, found.closes_on) == (three[3], NOON + 10 * DAY + GRACE)
    # Who accepted the second has the whole time of the third.
    assert terms_on(april, accepted=2, announced={2: NOON, 3: april}).closes_on == april + GRACE


# --- What is closed, and what stays open -----------------------------------------------------------------------------
def test_standing_is_one_statement_still(world: World, second: Version, django_assert_num_queries: Any) -> None:
    with tenancy.scope(person=world.user.person.pk, establishment=world.here.pk), django_assert_num_queries(1):
        found = standing(world.user.person.pk, world.here.pk)
    assert found is not None
    assert (found.terms.accepted, found.terms.asked, found.terms.closes_on) == (1, second, today() + GRACE)


def test_services_stay_open_on_the_last_day_of_grace(
    world: World, second: Version, signed_in: SignedIn, move: Move
) -> None:
    move(GRACE - DAY)
    assert decide(standing_of(world.user), service("mon-etablissement")).level is Level.WRITE
    browser = signed_in(world.user)
    assert browser.get(service("mon-etablissement").address(world.here.siret)).status_code == 200


def test_every_service_is_closed_the_day_after_with_its_reason(world: World, second: Version, move: Move) -> None:
    closing = today() + GRACE
    move(GRACE)
    for who in (world.user, world.reader, world.administrator):
        found = standing_of(who)
        assert services_of(found) == []
        for code in ("mon-etablissement", "contrats", "correspondants"):
            decision = decide(found, service(code))
            assert decision.level is Level.NONE
            assert "conditions générales à accepter" in decision.reasons[0].path
    assert found.terms.closes_on == closing


def test_only_the_establishment_that_did_not_accept_is_closed(world: World, closed: Version) -> None:
    assert standing_of(world.user).terms.closed
    assert not standing_of(world.stranger).terms.closed


@pytest.mark.parametrize("code", ["mon-etablissement", "contrats"])
def test_closed_service_answers_403_that_says_since_when_and_who_accepts(
    world: World, closed: Version, signed_in: SignedIn, code: str
) -> None:
    answer = signed_in(world.user).get(service(code).address(world.here.siret))
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Les services sont fermés" in page
    assert "Depuis le" in page
    for who in (world.administrator, world.second):
        assert who.membership.name in page and who.membership.email in page
    assert "Lire et accepter" not in page


def test_closed_service_leads_an_administrator_to_accept(world: World, closed: Version, signed_in: SignedIn) -> None:
    page = signed_in(world.administrator).get(service("contrats").address(world.here.siret)).content.decode()
    assert "Lire et accepter" in page
    assert f'href="{address(world.here)}"' in page


def test_writing_to_a_closed_service_is_refused(world: World, closed: Version, signed_in: SignedIn) -> None:
    where = reverse(f"service_establishment:{BlockCode.COORDINATES}", args=[world.here.siret])
    answer = signed_in(world.user).post(where, {"city": "Annecy"})
    assert answer.status_code == 403
    assert "Les services sont fermés" in answer.content.decode()


@pytest.mark.parametrize(
    "where",
    ["", "mon-etablissement/", "conditions-generales/", "comptes/", "comptes/comptes.csv", "comptes/creer/",
     "historique/"],
)  # fmt: skip
def test_what_is_no_service_stays_open_to_an_administrator(
    world: World, closed: Version, signed_in: SignedIn, where: str
) -> None:
    assert signed_in(world.administrator).get(f"/etablissements/{world.here.siret}/{where}").status_code in (200, 302)


@pytest.mark.parametrize("where", ["/mon-compte/", "/aide/", "/mes-etablissements/", "/conditions-generales/"])
def test_what_belongs_to_the_person_stays_open(world: World, closed: Version, signed_in: SignedIn, where: str) -> None:
    assert signed_in(world.user).get(where).status_code == 200


def test_my_rights_say_why_no_service_is_open(world: World, closed: Version, signed_in: SignedIn) -> None:
    page = signed_in(world.user).get(f"/mon-compte/droits/{world.here.siret}/").content.decode()
    assert "conditions générales à accepter" in page.lower()


def test_an_administrator_still_manages_accounts_while_the_services_are_closed(
    world: World, closed: Version, signed_in: SignedIn
) -> None:
    browser = signed_in(world.administrator)
    where = f"/etablissements/{world.here.siret}/comptes/{world.user.account_id}/"
    assert "Les services sont fermés à tous" in browser.get(f"{where}droits/").content.decode()
    assert browser.post(f"{where}desactiver/", {}).status_code == 302


def test_home_explains_in_place_of_the_services(world: World, closed: Version, signed_in: SignedIn) -> None:
    home = f"/etablissements/{world.here.siret}/"
    user = signed_in(world.user).get(home).content.decode()
    assert "Les services sont fermés" in user and "Vos services" not in user
    assert "Claire Dubois" in user and 'class="service"' not in user
    assert "Aucun service ne vous est confié" not in user
    assert "Lire et accepter" in signed_in(world.administrator).get(home).content.decode()


def test_accepting_opens_the_services_again_at_once_with_the_same_rights(
    world: World, closed: Version, signed_in: SignedIn
) -> None:
    pressed = {"version": "2", "text": closed.digest}
    answer = signed_in(world.second).post(address(world.here), pressed, follow=True)
    assert "Tous les services sont rouverts." in answer.content.decode()
    assert decide(standing_of(world.user), service("mon-etablissement")).level is Level.WRITE
    assert signed_in(world.user).get(service("contrats").address(world.here.siret)).status_code == 200


def test_an_establishment_that_never_accepted_any_has_its_grace_too(
    world: World, texts: Texts, as_owner: object, move: Move
) -> None:
    texts.write(1, today() - 300 * DAY)
    TermsAcceptance.objects.filter(establishment=world.here).delete()
    assert not standing_of(world.user).terms.closed
    announced(world.here, 1, today())
    assert standing_of(world.user).terms.closes_on == today() + GRACE
    move(GRACE)
    assert standing_of(world.user).terms.closed
