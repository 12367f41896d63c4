"""« Voir comme »: what the person sees, nothing written, a few minutes, told to who administers."""

import datetime
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings as site
from django.db import InternalError, connection

from parvis.access.models import Membership
from parvis.advisers.models import SeeingAs
from parvis.advisers.standing import adviser_of
from parvis.exchanges.models import Exchange
from parvis.exchanges.telling import ANSWERED, tell
from parvis.ground import tenancy
from parvis.journal.models import Event
from parvis.letters.models import Reading
from parvis.post.models import Message
from parvis.post.registry import LETTERS
from tests.access.reading import later, words
from tests.backoffice.hands import fresh, office
from tests.exchanges.hands import Writer
from tests.letters.hands import came, give
from tests.plugins.html import ReadingClient
from tests.world import Someone, World

NOTICES = "notifications/"


def begin(world: World, who: Someone, by: str = "first", reason: str = "telephone") -> ReadingClient:
    browser = fresh(world.advisers[by])
    answer = browser.post(
        f"/conseiller/etablissements/{world.here.siret}/comptes/{who.membership.ref}/voir-comme/", {"reason": reason}
    )
    assert answer.headers["Location"] == home(world)
    return browser  # type: ignore[return-value]


def home(world: World, more: str = "") -> str:
    return f"/etablissements/{world.here.siret}/{more}"


def events(world: World) -> list[Event]:
    with tenancy.scope(establishment=world.here.pk):
        return list(Event.objects.order_by("id"))


def test_an_adviser_sees_the_pages_of_an_administrator_with_a_banner_on_each(world: World) -> None:
    browser = begin(world, world.administrator)
    for page in ("", "comptes/", "historique/", f"comptes/{world.user.account_id}/"):
        answer = browser.get(home(world, page))
        assert answer.status_code == 200, page
        assert "Vous voyez comme Claire Dubois" in words(answer)
        assert "/conseiller/voir-comme/terminer/" in answer.content.decode()


def test_they_see_no_more_than_the_person_does(world: World) -> None:
    browser = begin(world, world.user)
    assert browser.get(home(world)).status_code == 200
    assert browser.get(home(world, "comptes/")).status_code == 403
    assert browser.get(f"/etablissements/{world.there.siret}/").status_code == 404


def test_every_post_is_refused_and_nothing_is_written(world: World) -> None:
    browser = begin(world, world.administrator)
    before = len(events(world))
    answer = browser.post(home(world, f"comptes/{world.user.account_id}/desactiver/"))
    assert answer.status_code == 403
    assert "Rien n’a été enregistré" in words(answer)
    with tenancy.scope(establishment=world.here.pk):
        account = Membership.objects.get(pk=world.user.account_id)
        assert account.deactivated_at is None
    assert len(events(world)) == before


def test_the_database_itself_refuses_to_write(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from parvis.access import seen

    def standing(person: int, establishment: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE access_membership SET function = 'x'")

    monkeypatch.setattr(seen, "standing", standing)
    with pytest.raises(InternalError, match="read-only"):
        begin(world, world.administrator).get(home(world))


def test_nothing_is_noted_of_the_visit_and_no_file_leaves(world: World) -> None:
    browser = begin(world, world.administrator)
    before = len(events(world))
    answer = browser.get(home(world, "historique/historique.csv"))
    assert answer.status_code == 403
    assert "Aucun fichier ne se télécharge" in words(answer)
    browser.get(home(world))
    with tenancy.scope(establishment=world.here.pk):
        assert Membership.objects.get(pk=world.administrator.account_id).last_visit_at is None
    assert len(events(world)) == before


def test_no_letter_of_a_fund_leaves_saved_or_shown(world: World, tmp_path: Any, settings: Any) -> None:
    settings.DATA_DIR = tmp_path
    give(world.reader)
    letter = came(world, "A-1")
    browser = begin(world, world.reader)
    assert browser.get(home(world, f"courriers/{letter.pk}/")).status_code == 200
    before = len(events(world))
    for file in (f"{letter.pk}/fichier", f"{letter.pk}/fichier?enregistrer=1", "telecharger?tout=1"):
        answer = browser.get(home(world, f"courriers/{file}"))
        assert answer.status_code == 403, file
        assert "Aucun fichier ne se télécharge" in words(answer)
        assert not answer.has_header("Content-Disposition")
    part = browser.get(home(world, f"courriers/{letter.pk}/fichier"), headers={"Range": "bytes=0-4"})
    assert part.status_code == 403
    assert len(events(world)) == before
    with tenancy.scope(establishment=world.here.pk):
        assert not Reading.objects.exists()


def test_it_is_over_after_its_time(world: World) -> None:
    browser = begin(world, world.administrator)
    with later(site.PARVIS_SEEING_AS + datetime.timedelta(seconds=1)):
        answer = browser.get(home(world))
        assert answer.headers["Location"] == "/conseiller/"
    assert browser.get(home(world)).status_code == 404


def test_ending_it_leads_back_and_leaves_an_event(world: World) -> None:
    browser = begin(world, world.administrator)
    answer = browser.post("/conseiller/voir-comme/terminer/")
    assert answer.headers["Location"] == f"/conseiller/personnes/{world.administrator.membership.ref}/"
    assert browser.get(home(world)).status_code == 404
    assert [event.kind for event in events(world) if event.origin == "conseiller"] == [
        "adviser.seeing_as",
        "adviser.seeing_ended",
    ]


def test_every_administrator_is_told_who_and_why(world: World) -> None:
    begin(world, world.user)
    with tenancy.scope(establishment=world.here.pk):
        told = list(Message.objects.filter(kind="backoffice.told").order_by("object_id"))
        envelopes = [LETTERS["backoffice.told"].write(message) for message in told]
    assert [message.object_id for message in told] == sorted([world.administrator.account_id, world.second.account_id])
    text = envelopes[0].text if envelopes[0] else ""
    assert "Léa Martin" in text
    assert "aider cette personne au téléphone" in text
    assert "Noémie Ferrand, conseiller (Gestionnaire des fonds)" in text


def test_a_reason_and_a_fresh_factor_are_wanted(world: World) -> None:
    address = f"/conseiller/etablissements/{world.here.siret}/comptes/{world.user.membership.ref}/voir-comme/"
    browser = fresh(world.advisers["first"])
    assert "Choisissez pourquoi" in words(browser.post(address, {"reason": "curiosite"}))
    session = browser.session
    del session["factor_at"]
    session.save()
    assert browser.post(address, {"reason": "telephone"}).headers["Location"].startswith("/confirmer/")
    with office(world.advisers["first"]):
        assert not SeeingAs.objects.exists()


def test_the_session_of_somebody_else_opens_nothing(world: World) -> None:
    begin(world, world.administrator)
    with office(world.advisers["first"]):
        seen = SeeingAs.objects.get()
    for who in ("second", "other"):
        browser = fresh(world.advisers[who])
        session = browser.session
        session["seeing_as"] = str(seen.pk)
        session.save()
        assert browser.get(home(world)).headers["Location"] == "/conseiller/"


def test_another_fund_cannot_begin(world: World) -> None:
    address = f"/conseiller/etablissements/{world.here.siret}/comptes/{world.user.membership.ref}/voir-comme/"
    assert fresh(world.advisers["other"]).post(address, {"reason": "telephone"}).status_code == 404


def test_ones_own_pages_stay_ones_own(world: World) -> None:
    browser = begin(world, world.user)
    said = words(browser.get("/mon-compte/"))
    assert "Noémie Ferrand" in said
    assert "Léa" not in said


def test_what_other_funds_wrote_is_not_shown(
    world: World, signed_in: Any, tmp_path: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DATA_DIR = tmp_path
    give(world.reader)
    other = "ircantec"

    def of_one_fund(person: int) -> Any:
        found = adviser_of(person)
        return found and replace(found, funds=("cnracl",))

    monkeypatch.setattr("parvis.access.seen.adviser_of", of_one_fund)
    letters = {fund: came(world, f"L-{fund}", fund=fund, title=f"Titre {fund}") for fund in ("cnracl", other)}
    writer = Writer(signed_in(world.reader), world.reader)
    threads = {fund: writer.exchange(fonds={"fund": fund}).reference for fund in ("cnracl", other)}
    with tenancy.scope(establishment=world.here.pk):
        for fund, reference in threads.items():
            Exchange.objects.filter(reference=reference).update(title=f"Sujet {fund}")
            tell(Exchange.objects.get(reference=reference), ANSWERED)
    writer.begins()
    begun = writer.draft
    assert f"/nouveau/{begun}/" in writer.browser.get(home(world, "echanges/")).content.decode()
    browser = begin(world, world.reader)
    seen = {page: browser.get(home(world, page)).content.decode() for page in ("", "courriers/", "echanges/", NOTICES)}
    assert "Titre cnracl" in seen["courriers/"] and "Sujet cnracl" in seen["echanges/"]
    everything = "".join(seen.values())
    # What was not sent yet is shown to no adviser.
    for hidden in (begun, f"Titre {other}", f"Sujet {other}", f"/courriers/{letters[other].pk}/", threads[other]):
        assert hidden not in everything, hidden
    # A letter and an answer of the fund; not those of the other.
    assert seen[NOTICES].count('class="notice-title"') == 2
    for path, status in (
        (f"courriers/{letters['cnracl'].pk}/", 200),
        (f"courriers/{letters[other].pk}/", 404),
        (f"echanges/{threads['cnracl']}/", 200),
        (f"echanges/{threads[other]}/", 404),
        (f"echanges/nouveau/{begun}/fonds/", 404),
    ):
        assert browser.get(home(world, path)).status_code == status, path
    # To the person themselves nothing is missing.
    assert f"Titre {other}" in signed_in(world.reader).get(home(world, "courriers/")).content.decode()
