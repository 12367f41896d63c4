"""A lost follow-up code: the same answer to anybody, a link by e-mail, the new code on the screen, the old one dead."""

import datetime
from typing import Any

import pytest

from parvis.ground import clock, tenancy
from parvis.journal.models import Event
from parvis.registration.actions import lost
from tests.plugins.html import ReadingClient
from tests.registration.hands import PERSON, START, Registrant, messages

LOST = f"{START}suivi/code-perdu/"


def asks(reference: str, email: str = PERSON["email"]) -> Any:
    return ReadingClient().post(LOST, {"reference": reference, "email": email}, follow=True)


def link(registrant: Registrant) -> str:
    return f"{LOST}{lost.LINKS.token(registrant.registration)}/"


def opens(registrant: Registrant, code: str) -> bool:
    sent = {"reference": registrant.registration.reference, "code": code}
    return bool(ReadingClient().post(f"{START}suivi/", sent).status_code == 302)


def test_the_link_shows_a_new_code_once_and_the_old_one_opens_nothing(registrant: Registrant) -> None:
    registrant.posted()
    before = registrant.noted()
    asks(registrant.registration.reference)
    assert messages(registrant.place)[-1] == "registration.follow_link"
    address, elsewhere = link(registrant), ReadingClient()
    # Reading the link, as programs that look at e-mails do, changes nothing.
    assert "Afficher le nouveau code" in elsewhere.get(address).content.decode() and opens(registrant, before)
    assert elsewhere.post(address).headers["Location"] == registrant.follow
    after = Registrant(elsewhere, registrant.place).noted()
    assert after != before
    assert not opens(registrant, before) and opens(registrant, after)
    assert (elsewhere.post(address).status_code, elsewhere.get(address).status_code) == (410, 410)
    # The browser that began it shows the dead one no more.
    assert before not in registrant.page()
    with tenancy.scope(establishment=registrant.place.pk):
        kinds = list(Event.objects.order_by("id").values_list("kind", flat=True))
    assert kinds[-2:] == ["registration.follow_link", "registration.follow_code"]


@pytest.mark.parametrize("which", ["another address", "another reference", "not sent yet", "given up"])
def test_the_answer_is_the_same_and_nothing_leaves(registrant: Registrant, which: str) -> None:
    if which == "not sent yet":
        registrant.began()
    else:
        registrant.posted()
    if which == "given up":
        registrant.does("abandonner")
    reference = "22222222" if which == "another reference" else registrant.registration.reference
    email = "autre@alex-mairie.example" if which == "another address" else PERSON["email"]
    answer = asks(reference, email)
    assert (answer.status_code, answer.request["PATH_INFO"]) == (200, f"{LOST}envoye/")
    assert "registration.follow_link" not in messages(registrant.place)


def test_a_link_that_was_cut_or_is_too_late_or_of_a_registration_that_ended_says_so(
    registrant: Registrant, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    registrant.posted()
    address, before = link(registrant), registrant.noted()
    assert ReadingClient().get(f"{address[:-4]}/").status_code == 410
    now = clock.now() + settings.PARVIS_FOLLOW_LINK_VALIDITY + datetime.timedelta(seconds=1)
    with monkeypatch.context() as later:
        later.setattr(clock, "now", lambda: now)
        assert ReadingClient().post(address).status_code == 410
    assert opens(registrant, before)
    registrant.does("abandonner")
    answer = ReadingClient().post(address)
    assert answer.status_code == 410 and "Ce lien ne sert plus" in answer.content.decode()


def test_what_is_missing_is_said_and_what_was_typed_is_kept(registrant: Registrant) -> None:
    page = asks("7hk4-px92", "solene").content.decode()
    assert 'value="solene"' in page and 'value="7hk4-px92"' in page and "id_email" in page
    assert "Saisissez la référence" in asks("", "").content.decode()


def test_asking_is_limited_whatever_there_is(registrant: Registrant, settings: Any) -> None:
    settings.PARVIS_FOLLOW_LINKS = 2
    registrant.posted()
    for reference in (registrant.registration.reference, "22222222"):
        assert [asks(reference).status_code for _ in range(3)] == [200, 200, 429]
    assert messages(registrant.place, "registration.follow_link") == ["registration.follow_link"] * 2
