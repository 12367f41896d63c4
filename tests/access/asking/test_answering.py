"""« Demandes »: accepted or refused by another administrator, once; each who comes too late is told."""

import datetime
import uuid
from typing import Any

import pytest

from parvis.access import registry
from parvis.access.actions import changes, lifecycle
from parvis.access.actions.creation import Grant
from parvis.access.asking import actions
from parvis.access.levels import Level
from parvis.access.models import RightRequest
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused
from tests.access.asking.hands import (
    REASON,
    SignedIn,
    alter,
    answer_page,
    asks,
    fresh,
    listing,
    messages,
    own_page,
    requests_of,
    rights,
    written,
)
from tests.access.reading import DAY, acting, at_field, events, html, kinds, later, value, words
from tests.entering import code_now
from tests.identity.factors.hands import CONFIRM, stale
from tests.world import World

ACCEPT = {"answer": "accept", "level": "lecture", "ends_on": ""}
REFUSE = {"answer": "refuse", "word": "Voyez d’abord avec votre cheffe."}


def home(world: World) -> str:
    return f"/etablissements/{world.here.siret}/"


@pytest.fixture
def asked(world: World) -> RightRequest:
    return asks(world.user, level=Level.WRITE).request


def test_administrator_finds_the_request_under_what_is_to_do_and_on_its_page(
    world: World, asked: RightRequest, signed_in: SignedIn
) -> None:
    browser = signed_in(world.administrator)
    assert "Léa Martin demande un accès" in words(browser.get(home(world)))
    assert answer_page(asked, world) in html(browser.get(home(world)))
    page = browser.get(listing(world))
    assert "Léa Martin" in words(page) and "Correspondants" in words(page)
    one = browser.get(answer_page(asked, world))
    assert REASON in words(one)
    assert value(one, "level") == "modification"
    asks(world.reader, level=Level.WRITE)
    assert "2\N{NO-BREAK SPACE}demandes d’accès attendent votre réponse" in html(browser.get(home(world)))


def test_accepted_it_gives_the_level_until_its_day_and_leaves_the_rest(
    world: World, asked: RightRequest, signed_in: SignedIn
) -> None:
    ends_on = clock.today() + 10 * DAY
    before = rights(world.user)
    sent = {"answer": "accept", "level": "lecture", "ends_on": f"{ends_on:%d/%m/%Y}"}
    answer = signed_in(world.administrator).post(answer_page(asked, world), sent, follow=True)
    assert "Léa Martin a « Lecture seule » sur « Correspondants »" in html(answer)
    assert rights(world.user) == {**before, "correspondants": (1, ends_on)}
    kept = fresh(asked)
    assert (kept.outcome, kept.given_level, kept.given_until) == ("accepted", 1, ends_on)
    assert kept.closed_by == world.administrator.membership.ref
    assert kinds(world.here.pk, world.user.membership.ref) == ["request.asked", "rights.changed", "request.accepted"]
    assert signed_in(world.user).get(f"{home(world)}services/correspondants/").status_code == 200
    with later(11 * DAY):
        assert signed_in(world.user).get(f"{home(world)}services/correspondants/").status_code == 403


def test_person_is_told_by_letter_and_on_home_until_they_have_read_it(
    world: World, asked: RightRequest, signed_in: SignedIn
) -> None:
    signed_in(world.administrator).post(answer_page(asked, world), REFUSE)
    (message,) = messages(world.here, "request_answered")
    letter = written(message)
    assert letter is not None and letter.to == world.user.membership.email
    assert letter.subject == "Parvis : votre demande d’accès à « Correspondants » est refusée (Annecy)"
    assert REFUSE["word"] in letter.text and "Claire Dubois" in letter.text
    browser = signed_in(world.user)
    assert "Votre demande d’accès à « Correspondants » est refusée" in words(browser.get(home(world)))
    page = browser.get(own_page(world))
    assert REFUSE["word"] in words(page) and "Claire Dubois vous a répondu" in words(page)
    assert browser.post(own_page(world), {"geste": "lu"}).headers["Location"] == home(world)
    assert "est refusée" not in words(browser.get(home(world)))
    # It stays on its page, and may be asked again.
    assert REFUSE["word"] in words(browser.get(own_page(world)))
    asks(world.user)
    assert [request.outcome for request in requests_of(world.user)] == ["refused", ""]


def test_answer_leaves_home_by_itself_after_some_time(
    world: World, asked: RightRequest, signed_in: SignedIn, settings: Any
) -> None:
    signed_in(world.administrator).post(answer_page(asked, world), ACCEPT)
    with later(settings.PARVIS_REQUEST_ANSWER_SHOWN - DAY):
        assert "est acceptée" in words(signed_in(world.user).get(home(world)))
    with later(settings.PARVIS_REQUEST_ANSWER_SHOWN):
        assert "est acceptée" not in words(signed_in(world.user).get(home(world)))


def test_refusal_wants_a_word_and_keeps_the_rights(world: World, asked: RightRequest, signed_in: SignedIn) -> None:
    browser, before = signed_in(world.administrator), rights(world.user)
    answer = browser.post(answer_page(asked, world), {"answer": "refuse", "word": " "})
    assert at_field(answer, "word") and fresh(asked).outcome == ""
    assert browser.post(answer_page(asked, world), {"answer": "refuse", "word": "x" * 501}).status_code == 200
    browser.post(answer_page(asked, world), REFUSE)
    assert (fresh(asked).outcome, fresh(asked).word) == ("refused", REFUSE["word"])
    assert rights(world.user) == before


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"answer": "accept", "level": "tout"}, "level"),
        ({"answer": "accept", "level": "aucun"}, "level"),
        ({"answer": "accept", "level": ""}, "level"),
        ({"answer": "accept", "level": "lecture", "ends_on": "01/01/2020"}, "ends_on"),
        ({"answer": "accept", "level": "lecture", "ends_on": "demain"}, "ends_on"),
        ({}, "level"),
    ],
)
def test_forged_or_wrong_answer_is_told_and_gives_nothing(
    world: World, asked: RightRequest, signed_in: SignedIn, sent: dict[str, str], field: str
) -> None:
    answer = signed_in(world.administrator).post(answer_page(asked, world), sent)
    assert answer.status_code == 200
    assert at_field(answer, field)
    assert fresh(asked).outcome == "" and "correspondants" not in rights(world.user)


def test_level_of_another_service_is_refused_by_the_action(world: World) -> None:
    """« Contrats » offers no « Modification », whatever a page sends."""
    newcomer = someone_of(world)
    request = asks(newcomer, "contrats").request
    with acting(world.administrator) as who:
        with pytest.raises(Refused, match="ne propose pas"):
            actions.accept(who=who, ref=request.ref, level=Level.WRITE, ends_on=None)
        with pytest.raises(Refused, match="déjà passé"):
            actions.accept(who=who, ref=request.ref, level=Level.READ, ends_on=clock.today() - DAY)
        with pytest.raises(Refused, match="n’existe plus"):
            actions.accept(who=who, ref=uuid.uuid4(), level=Level.READ, ends_on=None)


def someone_of(world: World) -> Any:
    """Marc without his rights."""
    with acting(world.administrator) as who:
        changes.set_rights(who=who, account_id=world.reader.account_id, grants=[])
    return world.reader


def test_own_request_is_decided_by_another(world: World, signed_in: SignedIn) -> None:
    request = asks(world.administrator).request
    browser = signed_in(world.administrator)
    assert "demande un accès" not in words(browser.get(home(world)))
    page = browser.get(answer_page(request, world))
    assert "C’est votre propre demande" in words(page) and "Accepter la demande" not in words(page)
    for sent in (ACCEPT, REFUSE):
        assert "votre propre demande" in words(browser.post(answer_page(request, world), sent)).lower()
    with acting(world.administrator) as who, pytest.raises(Refused, match="Votre propre demande"):
        actions.accept(who=who, ref=request.ref, level=Level.READ, ends_on=None)
    assert fresh(request).outcome == ""
    signed_in(world.second).post(answer_page(request, world), ACCEPT)
    assert fresh(request).outcome == "accepted"


def test_who_does_not_administer_and_a_stranger_answer_nothing(
    world: World, asked: RightRequest, signed_in: SignedIn, client: Any
) -> None:
    for path in (listing(world), answer_page(asked, world)):
        assert signed_in(world.reader).get(path).status_code == 403
        assert signed_in(world.stranger).get(path).status_code == 404
        assert client.get(path).status_code == 302
    assert signed_in(world.user).post(answer_page(asked, world), ACCEPT).status_code == 403
    assert signed_in(world.stranger).post(answer_page(asked, world), ACCEPT).status_code == 404
    # By the stranger's own establishment the request is not there.
    theirs = answer_page(asked, world).replace(world.here.siret, world.there.siret)
    answer = signed_in(world.stranger).post(theirs, ACCEPT, follow=True)
    assert "Cette demande n’existe plus" in html(answer)
    assert fresh(asked).outcome == ""


def test_withdrawn_meanwhile_is_told(world: World, asked: RightRequest, signed_in: SignedIn) -> None:
    with acting(world.user) as who:
        actions.withdraw(who=who, code="correspondants")
    answer = signed_in(world.administrator).post(answer_page(asked, world), ACCEPT)
    assert "a été retirée par la personne" in words(answer)
    assert "correspondants" not in rights(world.user)


def test_answered_meanwhile_is_told_with_who_and_when(world: World, asked: RightRequest, signed_in: SignedIn) -> None:
    signed_in(world.second).post(answer_page(asked, world), REFUSE)
    answer = signed_in(world.administrator).post(answer_page(asked, world), ACCEPT)
    assert "Cette demande est déjà refusée, par Paul Girard, le" in words(answer)
    assert "correspondants" not in rights(world.user)
    with acting(world.user) as who, pytest.raises(Refused, match="déjà refusée, par Paul Girard"):
        actions.withdraw(who=who, code="correspondants")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"deactivated_at": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)}, "réactivez-le d’abord"),
        ({"ends_on": datetime.date(2020, 1, 1)}, "renouvelez-le d’abord"),
    ],
)
def test_account_closed_meanwhile_is_told_and_may_still_be_refused(
    world: World, asked: RightRequest, signed_in: SignedIn, fields: dict[str, Any], said: str
) -> None:
    alter(world.user, **fields)
    browser = signed_in(world.administrator)
    assert "Ce compte n’est pas ouvert" in words(browser.get(answer_page(asked, world)))
    assert said in words(browser.post(answer_page(asked, world), ACCEPT))
    assert "correspondants" not in rights(world.user)
    browser.post(answer_page(asked, world), REFUSE)
    assert fresh(asked).outcome == "refused"
    assert [written(message) for message in messages(world.here, "request_answered")] == [None]


def test_account_deleted_meanwhile_is_told(world: World, asked: RightRequest, signed_in: SignedIn) -> None:
    with acting(world.administrator) as who:
        lifecycle.delete(who=who, account_id=world.user.account_id)
    browser = signed_in(world.second)
    for answer in (
        browser.get(answer_page(asked, world), follow=True),
        browser.post(answer_page(asked, world), ACCEPT, follow=True),
    ):
        assert "le compte de la personne a été supprimé" in html(answer)


def test_level_held_already_closes_the_request_and_changes_nothing(
    world: World, asked: RightRequest, signed_in: SignedIn
) -> None:
    with acting(world.administrator) as who:
        grants = [Grant("correspondants", Level.WRITE), Grant("contrats", Level.READ)]
        changes.set_rights(who=who, account_id=world.user.account_id, grants=grants)
    held, changed = rights(world.user), len(events(world.here.pk, world.user.membership.ref, "rights."))
    sent = {"answer": "accept", "level": "modification"}
    answer = signed_in(world.administrator).post(answer_page(asked, world), sent, follow=True)
    assert "Léa Martin avait déjà « Modification »" in html(answer)
    assert rights(world.user) == held
    assert len(events(world.here.pk, world.user.membership.ref, "rights.")) == changed
    assert (fresh(asked).outcome, fresh(asked).given_level) == ("accepted", 2)


def test_right_is_never_lowered_by_accepting_less(world: World, signed_in: SignedIn) -> None:
    request = asks(world.reader, level=Level.WRITE).request
    answer = signed_in(world.administrator).post(answer_page(request, world), ACCEPT)
    assert "a déjà « Lecture seule »" in at_field(answer, "level") or "a déjà « Lecture seule »" in words(answer)
    assert fresh(request).outcome == ""
    assert rights(world.reader)["correspondants"] == (1, None)


def test_right_that_ends_is_made_longer(world: World, signed_in: SignedIn) -> None:
    request = asks(world.user, level=Level.WRITE).request
    with acting(world.administrator) as who:
        grants = [Grant("correspondants", Level.WRITE, None, clock.today() + DAY)]
        changes.set_rights(who=who, account_id=world.user.account_id, grants=grants)
    sent = {"answer": "accept", "level": "modification", "ends_on": ""}
    signed_in(world.administrator).post(answer_page(request, world), sent)
    assert rights(world.user)["correspondants"] == (2, None)


def test_sensitive_service_asks_a_fresh_second_factor_and_others_do_not(
    world: World, asked: RightRequest, signed_in: SignedIn
) -> None:
    service = registry.get("correspondants")
    assert service is not None
    browser, sent = stale(signed_in(world.administrator)), {"answer": "accept", "level": "modification"}
    other = asks(world.reader, level=Level.WRITE).request
    assert browser.post(answer_page(other, world), sent).headers["Location"] == listing(world)
    object.__setattr__(service, "asks_fresh_factor", True)
    try:
        assert browser.post(answer_page(asked, world), sent).headers["Location"] == CONFIRM
        assert fresh(asked).outcome == ""
        browser.post(CONFIRM, {"code": code_now()})
    finally:
        object.__setattr__(service, "asks_fresh_factor", False)
    assert (fresh(other).outcome, fresh(asked).outcome) == ("accepted", "accepted")
    assert rights(world.user)["correspondants"] == (2, None)


def test_what_was_typed_comes_back_after_a_lost_session(world: World, asked: RightRequest, signed_in: SignedIn) -> None:
    browser = signed_in(world.administrator)
    browser.get(answer_page(asked, world))
    session = browser.session
    session["kept"] = [{"path": answer_page(asked, world), "body": "answer=refuse&word=Pas+maintenant."}]
    session.save()
    assert "Pas maintenant." in html(browser.get(answer_page(asked, world)))


def test_home_and_list_cost_the_same_however_many_requests_wait(
    world: World, asked: RightRequest, signed_in: SignedIn, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser = signed_in(world.administrator)

    def cost(path: str) -> int:
        browser.get(path)
        with CaptureQueriesContext(connection) as found:
            assert browser.get(path).status_code == 200
        return len(found)

    with acting(world.administrator) as who:
        actions.refuse(who=who, ref=asks(world.reader, level=Level.WRITE).request.ref, word="Non.")
    paths = (home(world), listing(world))
    first = [cost(path) for path in paths]
    with tenancy.scope(establishment=world.here.pk):
        RightRequest.objects.bulk_create(
            RightRequest(
                establishment=world.here,
                membership=who.membership,
                service=f"service-{number}",
                level=1,
                reason=REASON,
                asked_at=clock.now(),
                outcome=outcome,
                closed_at=clock.now() if outcome else None,
                closed_by=world.second.membership.ref if outcome else None,
            )
            for number in range(40)
            for who in (world.user, world.reader)
            for outcome in ("", "refused")
        )
    assert [cost(path) for path in paths] == first
    assert "Page 1 sur 4" in words(browser.get(listing(world)))
    assert "Page 4 sur 4" in words(browser.get(f"{listing(world)}?page=999999"))
    assert browser.get(f"{listing(world)}?page=x").status_code == 200
