"""A lost follow-up code of a request: the same answer to anybody, a link by e-mail, the new code, the old one dead."""

import datetime
import re
from typing import Any

import pytest

from parvis.ground import clock, tenancy
from parvis.journal.models import Event
from parvis.post.models import Message
from parvis.recovery import actions
from parvis.recovery.actions import lost
from parvis.recovery.models import Case
from tests.plugins.html import ReadingClient
from tests.recovery.hands import WHERE, again, opened
from tests.world import World

LOST = f"{WHERE}suivi/code-perdu/"
EMAIL = "karim.roche@annecy.example"


def asks(reference: str, email: str = EMAIL) -> Any:
    return ReadingClient().post(LOST, {"reference": reference, "email": email}, follow=True)


def opens(case: Case, code: str) -> bool:
    sent = {"geste": "ouvrir", "reference": case.reference, "code": code}
    return bool(ReadingClient().post(f"{WHERE}suivi/", sent).status_code == 302)


def left(world: World) -> int:
    with tenancy.scope(establishment=world.here.pk):
        return Message.objects.filter(kind="recovery.follow_link").count()


def test_the_link_shows_a_new_code_once_and_the_old_one_opens_nothing(world: World) -> None:
    done = opened(world)
    asks(f"{done.case.reference[:4].lower()}-{done.case.reference[4:]}", EMAIL.upper())
    assert left(world) == 1
    address, client = f"{LOST}{lost.LINKS.token(again(world, done.case))}/", ReadingClient()
    assert "Afficher le nouveau code" in client.get(address).content.decode() and opens(done.case, done.code)
    assert client.post(address)["Location"] == f"{WHERE}recue/"
    page = client.get(f"{WHERE}recue/").content.decode()
    assert "Votre nouveau code de suivi" in page and "Prévenez la personne qui dirige" not in page
    found = re.search(r"Code de suivi</p><p[^>]*><code>([0-9A-Z-]+)<", page)
    assert found is not None
    assert not opens(done.case, done.code) and opens(done.case, found[1])
    assert client.get(f"{WHERE}suivi/").status_code == 200 and client.post(address).status_code == 410
    with tenancy.scope(establishment=world.here.pk):
        kinds = list(Event.objects.filter(object=done.case.ref).order_by("id").values_list("kind", flat=True))
    assert kinds == ["recovery.opened", "recovery.follow_link", "recovery.follow_code"]


@pytest.mark.parametrize("which", ["another address", "another reference", "taken back"])
def test_the_answer_is_the_same_and_nothing_leaves(world: World, which: str) -> None:
    case = opened(world).case
    if which == "taken back":
        with tenancy.scope(establishment=world.here.pk):
            actions.withdraw(case_id=case.pk)
    reference = "22222222" if which == "another reference" else case.reference
    answer = asks(reference, "autre@annecy.example" if which == "another address" else EMAIL)
    assert (answer.status_code, answer.request["PATH_INFO"]) == (200, f"{LOST}envoye/")
    assert left(world) == 0


def test_a_link_too_late_or_of_a_request_that_ended_or_of_a_registration_says_so(
    world: World, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    done = opened(world)
    token = lost.LINKS.token(done.case)
    assert ReadingClient().post(f"/inscrire-un-etablissement/suivi/code-perdu/{token}/").status_code == 410
    now = clock.now() + settings.PARVIS_FOLLOW_LINK_VALIDITY + datetime.timedelta(seconds=1)
    with monkeypatch.context() as later:
        later.setattr(clock, "now", lambda: now)
        assert ReadingClient().post(f"{LOST}{token}/").status_code == 410
    assert opens(done.case, done.code)
    with tenancy.scope(establishment=world.here.pk):
        actions.withdraw(case_id=done.case.pk)
    assert ReadingClient().get(f"{LOST}{token}/").status_code == 410


def test_asking_is_limited_whatever_there_is(world: World, settings: Any) -> None:
    settings.PARVIS_FOLLOW_LINKS = 2
    case = opened(world).case
    for reference in (case.reference, "22222222"):
        assert [asks(reference).status_code for _ in range(3)] == [200, 200, 429]
    # However it is written, the reference is the same one.
    assert asks(f"{case.reference[:4]} {case.reference[4:]}").status_code == 429
    assert left(world) == 2
