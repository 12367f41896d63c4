"""Asking for a right: from the page that refuses, once, with a reason; reworded, seen, withdrawn."""

import datetime
from typing import Any

import pytest

from parvis.access.asking import actions
from parvis.access.levels import Level
from parvis.access.models import Profile, Right
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused
from tests.access.asking.hands import (
    REASON,
    SignedIn,
    alter,
    asks,
    messages,
    own_page,
    requests_of,
    written,
)
from tests.access.reading import acting, at_field, html, kinds, later, summary, value, words
from tests.world import World


def service_page(world: World, code: str = "correspondants") -> str:
    return f"/etablissements/{world.here.siret}/services/{code}/"


def test_who_is_refused_asks_from_there_and_reads_to_whom_it_went(world: World, signed_in: SignedIn) -> None:
    browser = signed_in(world.user)
    refused = browser.get(service_page(world))
    assert refused.status_code == 403
    assert "Demander cet accès" in words(refused)
    assert f"{own_page(world)}?niveau=lecture" in html(refused)
    form = browser.get(f"{own_page(world)}?niveau=lecture")
    assert value(form, "level") == "lecture"
    assert "Votre demande part à Claire Dubois et Paul Girard" in words(form)
    answer = browser.post(own_page(world), {"level": "lecture", "reason": f" {REASON} "}, follow=True)
    assert "Votre demande est envoyée à Claire Dubois et Paul Girard." in html(answer)
    assert "Elle attend une réponse depuis le" in words(answer)
    (request,) = requests_of(world.user)
    assert (request.service, request.level, request.reason, request.outcome) == ("correspondants", 1, REASON, "")
    assert kinds(world.here.pk, world.user.membership.ref) == ["request.asked"]
    # Nothing is given by asking; the page that refuses says now that it waits.
    again = browser.get(service_page(world))
    assert again.status_code == 403
    assert "Votre demande attend une réponse depuis le" in words(again)
    assert "Demander cet accès" not in words(again)


def test_each_administrator_is_told_with_the_reason(world: World) -> None:
    asks(world.user, level=Level.WRITE, reason="Pour <b>Paul</b> & Claire")
    letters = [written(message) for message in messages(world.here, "request_asked")]
    assert sorted(letter.to for letter in letters if letter) == sorted(
        [world.administrator.membership.email, world.second.membership.email]
    )
    for letter in letters:
        assert letter is not None
        assert letter.subject == "Parvis : Léa Martin demande un accès (Annecy)"
        assert "«\u00a0Modification\u00a0» sur Correspondants" in letter.text
        assert "Pour <b>Paul</b> & Claire" in letter.text
        assert "Pour &lt;b&gt;Paul&lt;/b&gt; &amp; Claire" in letter.html
        assert f"/comptes/demandes/{requests_of(world.user)[0].ref}/" in letter.text


def test_asked_twice_is_one_request_that_says_the_last_words(world: World, signed_in: SignedIn) -> None:
    browser = signed_in(world.user)
    browser.post(own_page(world), {"level": "lecture", "reason": REASON})
    second = browser.get(own_page(world))
    assert value(second, "level") == "lecture"
    assert REASON in html(second)
    answer = browser.post(own_page(world), {"level": "modification", "reason": "En août aussi."}, follow=True)
    assert "Votre demande attendait déjà" in html(answer)
    (request,) = requests_of(world.user)
    assert (request.level, request.reason) == (2, "En août aussi.")
    assert request.reworded_at is not None
    assert len(messages(world.here, "request_asked")) == 2
    # The same words again change nothing.
    before = request.reworded_at
    browser.post(own_page(world), {"level": "modification", "reason": "En août aussi."})
    assert requests_of(world.user)[0].reworded_at == before
    assert kinds(world.here.pk, world.user.membership.ref) == ["request.asked", "request.reworded"]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"level": "lecture", "reason": ""}, "reason"),
        ({"level": "lecture", "reason": "  \n "}, "reason"),
        ({"level": "lecture", "reason": "x" * 501}, "reason"),
        ({"level": "", "reason": REASON}, "level"),
        ({"level": "aucun", "reason": REASON}, "level"),
        ({"level": "tout", "reason": REASON}, "level"),
    ],
)
def test_bad_input_is_told_at_its_field_and_kept(
    world: World, signed_in: SignedIn, typed: dict[str, str], field: str
) -> None:
    answer = signed_in(world.user).post(own_page(world), typed)
    assert answer.status_code == 200
    assert at_field(answer, field)
    assert set(summary(answer).values()) == {f"#id_{field}"}
    if typed["reason"].strip():
        assert typed["reason"] in html(answer)
    assert requests_of(world.user) == []


def test_reason_of_500_characters_is_taken(world: World) -> None:
    assert len(asks(world.user, reason="é" * 500).request.reason) == 500


def test_level_that_the_service_does_not_offer_or_is_held_already_is_refused(world: World, signed_in: SignedIn) -> None:
    # « Contrats » has one level, which Léa has; « Mon établissement » she may modify.
    for code in ("contrats", "mon-etablissement"):
        answer = signed_in(world.user).get(own_page(world, code))
        assert "Envoyer la demande" not in words(answer)
        assert (
            signed_in(world.user).post(own_page(world, code), {"level": "lecture", "reason": REASON}).status_code == 200
        )
    with acting(world.user) as who:
        for code, level, said in (
            ("contrats", Level.WRITE, "ne propose pas le niveau"),
            ("contrats", Level.READ, "Vous avez déjà"),
            ("mon-etablissement", Level.READ, "Vous avez déjà « Modification »"),
            ("mon-etablissement", Level.NONE, "ne propose pas le niveau"),
            ("inconnu", Level.READ, "pas au catalogue"),
        ):
            with pytest.raises(Refused, match=said):
                actions.ask(who=who, code=code, level=level, reason=REASON)
    assert requests_of(world.user) == []


def test_more_than_what_one_has_is_asked_for(world: World, signed_in: SignedIn) -> None:
    page = signed_in(world.reader).get(own_page(world))
    assert "Vous y avez aujourd’hui « Lecture seule »" in words(page)
    assert value(page, "level") == "modification"
    asks(world.reader, level=Level.WRITE)
    assert [request.level for request in requests_of(world.reader)] == [2]


def test_service_outside_of_the_catalogue_or_unknown_is_not_found_and_not_offered(
    as_owner: Any, world: World, signed_in: SignedIn
) -> None:
    as_owner.cursor().execute(
        "UPDATE establishments_contract SET ends_on = %s WHERE establishment_id = %s",
        [clock.today() - datetime.timedelta(days=1), world.here.pk],
    )
    browser = signed_in(world.user)
    refused = browser.get(service_page(world))
    assert refused.status_code == 403
    assert "Demander cet accès" not in words(refused)
    for code in ("correspondants", "inconnu"):
        assert browser.get(own_page(world, code)).status_code == 404
        assert browser.post(own_page(world, code), {"level": "lecture", "reason": REASON}).status_code == 404


def test_stranger_and_who_is_not_signed_in_ask_nothing(world: World, signed_in: SignedIn, client: Any) -> None:
    assert signed_in(world.stranger).get(own_page(world)).status_code == 404
    assert signed_in(world.stranger).post(own_page(world), {"level": "lecture", "reason": REASON}).status_code == 404
    assert client.get(own_page(world)).headers["Location"].startswith("/connexion/")
    assert messages(world.here, "request_asked") == []


def test_closed_account_asks_nothing(world: World, signed_in: SignedIn) -> None:
    alter(world.user, deactivated_at=clock.now())
    assert signed_in(world.user).post(own_page(world), {"level": "lecture", "reason": REASON}).status_code == 403
    assert requests_of(world.user) == []


def test_administrator_asks_the_others_and_alone_sets_their_own_rights(world: World, signed_in: SignedIn) -> None:
    asks(world.administrator)
    assert [message.detail["to"] for message in messages(world.here, "request_asked")] == [world.second.account_id]
    alter(world.second, profile=Profile.USER)
    with acting(world.administrator) as who, pytest.raises(Refused, match="réglez vos propres droits"):
        actions.ask(who=who, code="contrats", level=Level.READ, reason=REASON)
    refused = signed_in(world.administrator).get(service_page(world, "contrats"))
    assert refused.status_code == 403
    assert "Régler mes droits" in words(refused)
    assert "Demander cet accès" not in words(refused)
    assert "Régler mes droits" in words(signed_in(world.administrator).get(own_page(world, "contrats")))


def test_where_nobody_administers_there_is_nobody_to_ask(world: World, signed_in: SignedIn) -> None:
    for one in (world.administrator, world.second):
        alter(one, deactivated_at=clock.now())
    refused = signed_in(world.user).get(service_page(world))
    assert "Demander cet accès" not in words(refused)
    assert "appelez un conseiller" in words(signed_in(world.user).get(own_page(world)))
    with acting(world.user) as who, pytest.raises(Refused, match="appelez un conseiller"):
        actions.ask(who=who, code="correspondants", level=Level.READ, reason=REASON)


def test_request_is_seen_and_withdrawn_from_my_rights(world: World, signed_in: SignedIn) -> None:
    browser = signed_in(world.user)
    mine = f"/mon-compte/droits/{world.here.siret}/"
    assert "Demander cet accès" in words(browser.get(mine))
    asks(world.user)
    assert "sans réponse pour l’instant" in words(browser.get(mine))
    assert "Retirer la demande" in words(browser.get(own_page(world)))
    answer = browser.post(own_page(world), {"geste": "retirer"}, follow=True)
    assert "est retirée" in html(answer)
    assert "Envoyer la demande" in words(answer)
    (request,) = requests_of(world.user)
    assert request.outcome == "withdrawn"
    assert kinds(world.here.pk, world.user.membership.ref) == ["request.asked", "request.withdrawn"]
    again = browser.post(own_page(world), {"geste": "retirer"}, follow=True)
    assert "a été retirée" in html(again)
    # Withdrawn is not asked: the next one is a new request, with its own letters.
    asks(world.user)
    assert [request.outcome for request in requests_of(world.user)] == ["withdrawn", ""]
    assert len(messages(world.here, "request_asked")) == 4


def test_withdrawn_request_sends_no_letter_any_more(world: World) -> None:
    asks(world.user)
    with acting(world.user) as who:
        actions.withdraw(who=who, code="correspondants")
    assert [written(message) for message in messages(world.here, "request_asked")] == [None, None]


def test_request_of_one_is_not_withdrawn_or_read_by_another(world: World, signed_in: SignedIn) -> None:
    asks(world.user)
    with acting(world.reader) as who, pytest.raises(Refused, match="rien demandé"):
        actions.withdraw(who=who, code="correspondants")
    assert REASON not in html(signed_in(world.reader).get(own_page(world)))
    assert requests_of(world.user)[0].outcome == ""


def test_requests_of_one_account_are_counted_by_day(world: World, settings: Any) -> None:
    settings.PARVIS_REQUESTS_DAILY = 2
    with acting(world.user) as who:
        for _ in range(2):
            actions.ask(who=who, code="correspondants", level=Level.READ, reason=REASON)
            actions.withdraw(who=who, code="correspondants")
        with pytest.raises(Refused, match="attendez demain"):
            actions.ask(who=who, code="correspondants", level=Level.READ, reason=REASON)
    with later(datetime.timedelta(hours=25)):
        assert asks(world.user).now


def test_right_that_came_meanwhile_is_told_to_who_asks(world: World) -> None:
    with acting(world.user) as who:
        Right.objects.create(
            establishment=world.here, membership=world.user.membership, service="correspondants", level=2,
            granted_at=clock.now(),
        )  # fmt: skip
        with pytest.raises(Refused, match="Vous avez déjà « Modification »"):
            actions.ask(who=who, code="correspondants", level=Level.READ, reason=REASON)


def test_copy_of_ones_data_holds_what_one_asked_for(world: World, signed_in: SignedIn) -> None:
    asks(world.user, reason="Une raison à moi.")
    text = signed_in(world.user).get("/mon-compte/mes-donnees/copie.json").content.decode()
    assert "Une raison à moi." in text
    assert "Une raison à moi." not in signed_in(world.reader).get("/mon-compte/mes-donnees/copie.json").content.decode()


def test_person_reads_their_own_requests_alone_under_their_own_role(world: World) -> None:
    from parvis.access.models import RightRequest

    asks(world.user)
    asks(world.reader, level=Level.WRITE)
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        assert [request.membership_id for request in RightRequest.objects.all()] == [world.user.account_id]
    with tenancy.scope(establishment=world.there.pk):
        assert not RightRequest.objects.exists()


def test_deleted_account_takes_its_requests_along(world: World) -> None:
    from parvis.access.actions import lifecycle

    asks(world.user)
    with acting(world.administrator) as who:
        lifecycle.delete(who=who, account_id=world.user.account_id)
    assert requests_of(world.user) == []
    assert [written(message) for message in messages(world.here, "request_asked")] == [None, None]


def test_page_of_a_service_costs_the_same_whatever_was_asked_before(
    world: World, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    browser = signed_in(world.user)
    asks(world.user)
    browser.get(own_page(world))
    with django_assert_max_num_queries(14):
        assert browser.get(own_page(world)).status_code == 200
