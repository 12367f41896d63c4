"""Letters on paper: drawn, printed once, used once; five wrong codes, age and a report end them."""

import datetime
import io
import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, transaction
from pypdf import PdfReader

from parvis.advisers.standing import adviser_of
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused
from parvis.journal.actions import SYSTEM
from parvis.journal.models import Event
from parvis.post import postal
from parvis.post.models import PostalLetter
from parvis.post.postal import Content, Outcome, PostalKind, kinds
from parvis.post.postal.printing import printed, shown
from tests.world import World

ADDRESS = ["ANNECY", "À l’attention du maire", "1 place de l’Hôtel de Ville", "74000 ANNECY"]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A kind of letter whose ends are noted here."""
    ends: list[str] = []
    kind = PostalKind(
        "test.letter",
        "Essai",
        lambda letter: Content("Votre code", "Annecy, SIRET 200 063 402 00016", ("Avant.",), ("Après.",), "/ici/"),
        stolen=lambda letter: ends.append("stolen"),
        ended=lambda letter: ends.append("ended"),
    )
    monkeypatch.setitem(kinds._KINDS, "test.letter", kind)
    return ends


@pytest.fixture
def here(world: World) -> Iterator[World]:
    with tenancy.scope(establishment=world.here.pk):
        yield world


def sent(world: World, object_id: object = 7) -> PostalLetter:
    return postal.send_by_post(
        kind="test.letter", establishment_id=world.here.pk, object_id=object_id, address=ADDRESS, fund="cnracl"
    )


def code(letter: PostalLetter) -> str:
    return postal.code_given(letter)


def kinds_of(letter: PostalLetter) -> list[str]:
    found = Event.objects.filter(after__reference=letter.reference).order_by("id")
    return list(found.values_list("kind", flat=True))


def test_the_right_code_serves_once_whatever_its_spaces_and_case(here: World, told: list[str]) -> None:
    letter = sent(here)
    typed = f" {code(letter).lower().replace(' ', '-')} "
    assert postal.spend("test.letter", 7, typed).outcome is Outcome.RIGHT
    assert postal.spend("test.letter", 7, typed).outcome is Outcome.DEAD
    assert kinds_of(letter) == ["postal.queued", "postal.used"]
    letter.refresh_from_db()
    assert letter.code == ""


def test_five_wrong_codes_kill_the_letter_and_the_right_one_with_it(here: World, told: list[str]) -> None:
    letter = sent(here)
    right = code(letter)
    left = [postal.spend("test.letter", 7, "AAAA AAAA") for _ in range(settings.PARVIS_POSTAL_TRIES)]
    assert [one.tries_left for one in left] == [4, 3, 2, 1, 0]
    assert left[-1].outcome is Outcome.DEAD
    assert told == ["ended"]
    assert postal.spend("test.letter", 7, right).outcome is Outcome.DEAD


def test_a_code_opens_nothing_but_its_own_object(here: World, told: list[str]) -> None:
    mine, other = sent(here, 1), sent(here, 2)
    assert postal.spend("test.letter", 1, code(other)).outcome is Outcome.WRONG
    assert postal.spend("test.letter", 3, code(mine)).outcome is Outcome.NONE


def test_a_newer_letter_replaces_the_older(here: World, told: list[str]) -> None:
    old = sent(here)
    right = code(old)
    new = sent(here)
    assert postal.spend("test.letter", 7, right).outcome is Outcome.WRONG
    assert postal.spend("test.letter", 7, code(new)).outcome is Outcome.RIGHT
    assert "postal.replaced" in kinds_of(old)
    with pytest.raises(IntegrityError), transaction.atomic():
        PostalLetter.objects.filter(pk__in=[old.pk, new.pk]).update(state="printed")


def test_after_thirty_days_it_has_expired(here: World, told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    letter = sent(here)
    right = code(letter)
    late = clock.now() + settings.PARVIS_POSTAL_VALIDITY + datetime.timedelta(minutes=1)
    monkeypatch.setattr(clock, "now", lambda: late)
    assert postal.spend("test.letter", 7, right).outcome is Outcome.EXPIRED


def test_the_daily_run_ends_what_is_over_once(
    world: World, told: list[str], monkeypatch: pytest.MonkeyPatch, as_owner: None
) -> None:
    with tenancy.scope(establishment=world.here.pk):
        letter = sent(world)
    late = clock.now() + settings.PARVIS_POSTAL_VALIDITY + datetime.timedelta(minutes=1)
    monkeypatch.setattr(clock, "now", lambda: late)
    assert postal.expire_letters() == 1
    assert postal.expire_letters() == 0
    letter.refresh_from_db()
    assert (letter.state, letter.code, told) == ("expired", "", ["ended"])


def test_whoever_holds_the_letter_stops_it_by_its_reference(world: World, told: list[str]) -> None:
    with tenancy.scope(establishment=world.here.pk):
        letter = sent(world)
        right = code(letter)
    assert not postal.report("ABCD-EFGH-JKLM")
    assert postal.report(shown(letter.reference).lower())
    assert postal.report(letter.reference)
    assert told == ["stolen"]
    with tenancy.scope(establishment=world.here.pk):
        assert postal.spend("test.letter", 7, right).outcome is Outcome.DEAD
        assert kinds_of(letter) == ["postal.queued", "postal.stolen"]


def test_an_adviser_of_the_fund_prints_and_then_nobody_reads_the_code(world: World, told: list[str]) -> None:
    with tenancy.scope(establishment=world.here.pk):
        letter, right = sent(world), ""
        right = code(letter)
    who = adviser_of(world.advisers["first"].pk)
    assert who is not None
    with tenancy.scope(person=who.person_id, role=tenancy.ADVISER, funds=who.funds):
        with pytest.raises(Refused, match="Ouvrez d’abord le PDF"):
            postal.mark_printed(actor=who.actor, ids=[letter.pk])
        drawn = postal.draw(actor=who.actor, ids=[letter.pk])
        text = " ".join(PdfReader(io.BytesIO(printed(drawn, report_at="/signaler/"))).pages[0].extract_text().split())
        assert right in text
        assert postal.mark_printed(actor=who.actor, ids=[letter.pk]) == 1
        with pytest.raises(Refused, match="ne le sont plus"):
            postal.draw(actor=who.actor, ids=[letter.pk])
    with tenancy.scope(establishment=world.here.pk):
        letter.refresh_from_db()
        assert (letter.state, letter.code, letter.printed_by) == ("printed", "", who.ref)
        with pytest.raises(Refused, match="déjà imprimé"):
            postal.code_given(letter)
        assert postal.spend("test.letter", 7, right).outcome is Outcome.RIGHT


def test_an_adviser_of_another_fund_sees_no_letter(world: World, told: list[str]) -> None:
    with tenancy.scope(establishment=world.here.pk):
        letter = sent(world)
    other = adviser_of(world.advisers["other"].pk)
    assert other is not None
    with tenancy.scope(person=other.person_id, role=tenancy.ADVISER, funds=other.funds):
        assert not PostalLetter.objects.exists()
        with pytest.raises(Refused):
            postal.draw(actor=other.actor, ids=[letter.pk])
    with tenancy.scope(establishment=world.there.pk):
        assert not PostalLetter.objects.exists()
        assert postal.spend("test.letter", 7, "ABCD").outcome is Outcome.NONE
    person = world.user.person.pk
    with tenancy.scope(person=person, role=tenancy.PERSON), pytest.raises(DatabaseError), transaction.atomic():
        PostalLetter.objects.exists()


def test_no_code_is_kept_in_the_open(here: World, told: list[str]) -> None:
    letter = sent(here)
    right = code(letter).replace(" ", "")
    row = PostalLetter.objects.filter(pk=letter.pk).values_list().get()
    assert right not in str(row)
    assert re.fullmatch(r"[0-9a-f]{64}", letter.code_hash)
    assert right not in str(list(Event.objects.values_list("before", "after")))


def test_the_letter_is_tagged_and_its_address_stands_in_the_window(here: World, told: list[str]) -> None:
    letters = [sent(here, number) for number in (1, 2)]
    reader = PdfReader(io.BytesIO(printed(postal.draw(actor=SYSTEM, ids=[one.pk for one in letters]), report_at="/s/")))
    assert len(reader.pages) == 2
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712
    assert b"pdfuaid:part>1<" in root["/Metadata"].get_data()
    found: list[tuple[float, float]] = []

    def note(text: str, cm: list[float], *_: object) -> None:
        # From the lower left corner, in points: on the sheet, millimetres from the upper left one.
        if text.strip() in ADDRESS:
            found.append((cm[4] / 72 * 25.4, 297 - cm[5] / 72 * 25.4))

    reader.pages[0].extract_text(visitor_text=note)
    assert len(found) == len(ADDRESS)
    assert all(103 <= left <= 188 and 56 <= top <= 79 for left, top in found)
