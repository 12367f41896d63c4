"""The pages of a deputyship: naming, answering, what every page says meanwhile, who is let in."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parvis.access.handing.views import deputies as pages
from tests.access.handing.hands import (
    SignedIn,
    base,
    days,
    deputyship,
    named,
    relay,
    serving,
    told,
    written,
)
from tests.access.reading import DAY, later, words
from tests.world import World


def test_the_whole_way_by_the_pages(alone: World, signed_in: SignedIn) -> None:
    chief, deputy = signed_in(alone.administrator), signed_in(alone.user)
    page, mine = relay(alone, "suppleance/"), f"{base(alone)}suppleance/"
    assert deputy.get(mine).status_code == 302
    assert chief.post(page, {"deputy": str(alone.user.account_id)}).status_code == 302
    assert "Attend sa réponse" in words(chief.get(page))
    assert "Accepter ou refuser d’être la personne suppléante" in words(deputy.get(base(alone)))
    assert "Voulez-vous" in words(deputy.get(mine))
    assert signed_in(alone.reader).get(mine).status_code == 302
    assert deputy.post(mine, {"reponse": "accepter"}).status_code == 302
    assert "Accepter ou refuser" not in words(deputy.get(base(alone)))
    assert "Vous êtes la personne suppléante" in words(deputy.get(mine))
    assert "Acceptée" in words(chief.get(relay(alone)))
    assert ("deputy_answered", alone.administrator.account_id) in told(alone)
    assert chief.post(page, {"faire": "retirer"}).status_code == 302
    assert deputyship(alone).outcome == "withdrawn"
    assert "ne vous est plus proposée" in words(deputy.post(mine, {"reponse": "accepter"}))


def test_refused_by_the_person(alone: World, signed_in: SignedIn) -> None:
    named(alone.administrator, alone.user, accepted=False)
    answer = signed_in(alone.user).post(f"{base(alone)}suppleance/", {"reponse": "refuser"})
    assert answer.status_code == 302
    assert deputyship(alone).outcome == "refused"
    letter = written(alone, "deputy_answered", alone.administrator)
    assert letter is not None
    assert "refuse" in letter.subject


def test_naming_and_accepting_ask_for_a_fresh_second_factor(
    alone: World, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "is_fresh", lambda request: False)
    page = relay(alone, "suppleance/")
    answer = signed_in(alone.administrator).post(page, {"deputy": str(alone.user.account_id)})
    assert answer.status_code == 302
    assert "suppleance" not in answer.headers["Location"]
    named(alone.administrator, alone.user, accepted=False)
    answer = signed_in(alone.user).post(f"{base(alone)}suppleance/", {"reponse": "accepter"})
    assert answer.status_code == 302
    assert deputyship(alone).accepted_at is None


def test_a_serving_deputy_needs_a_strong_factor_as_any_administrator(alone: World, signed_in: SignedIn) -> None:
    serving(alone)
    with later(61 * DAY):
        browser = signed_in(alone.user)
        session = browser.session
        session["strong_factor"] = False
        session.save()
        answer = browser.get(relay(alone))
        assert answer.status_code == 302
        assert "relais" not in answer.headers["Location"]


def test_what_is_wrong_is_said_and_only_who_administers_opens_it(alone: World, signed_in: SignedIn) -> None:
    page = relay(alone, "suppleance/")
    answer = signed_in(alone.administrator).post(page, {"deputy": "999999"})
    assert "n’est plus dans la liste" in words(answer)
    assert "Choisissez la personne à désigner" in words(signed_in(alone.administrator).post(page, {}))
    assert signed_in(alone.user).get(page).status_code == 403
    assert signed_in(alone.stranger).get(page).status_code == 404
    assert signed_in(alone.stranger).get(f"{base(alone)}suppleance/").status_code == 404


def test_the_account_says_that_its_profile_comes_from_the_deputyship(alone: World, signed_in: SignedIn) -> None:
    serving(alone)
    with later(61 * DAY):
        shown = words(signed_in(alone.user).get(f"{base(alone)}comptes/{alone.user.account_id}/"))
        assert "Suppléance" in shown
        assert "Claire Dubois" in shown


def test_a_page_takes_no_statement_more_where_there_is_no_deputy(alone: World, signed_in: SignedIn) -> None:
    def statements() -> int:
        browser = signed_in(alone.administrator)
        browser.get(base(alone))
        with later(days(1)), CaptureQueriesContext(connection) as captured:
            browser.get(base(alone))
        return len([one for one in captured if "access_deputyship" in one["sql"] and "serving_for_id" in one["sql"]])

    # Read with the standing alone; the visit asks once more only where somebody accepted to be a deputy.
    assert statements() <= 1
