"""The record of a review: who decided what and when, on its page, as PDF and as CSV."""

import csv
import io

import pypdf
import pytest

from parvis.access.actions import changes, lifecycle
from parvis.access.actions.creation import Grant
from parvis.access.levels import Level
from parvis.access.models import Review
from parvis.access.review import actions
from parvis.ground.tenancy import Refused
from tests.access.reading import acting, events
from tests.access.review.hands import SignedIn, at_work, home, keep, line, lines, opened, text
from tests.world import World


@pytest.fixture
def signed(world: World) -> Review:
    """Léa's rights were modified, Marc's account was deleted meanwhile, the two others were kept."""
    opened(world.administrator)
    seen = line(world, world.user)
    with at_work(world.administrator) as (who, held):
        actions.modify(
            who=who,
            review_id=held.pk,
            line_id=seen.id,
            seal=seen.seal,
            grants=[Grant("contrats", Level.READ)],
        )
        lifecycle.delete(who=who, account_id=world.reader.account_id)
    found = lines(world.here)
    keep(world.administrator, found["Paul Girard"])
    keep(world.second, found["Claire Dubois"])
    with at_work(world.second) as (who, held):
        return actions.sign(who=who, review_id=held.pk)


def test_page_says_who_decided_what_and_on_what(world: World, signed: Review, signed_in: SignedIn) -> None:
    said = text(signed_in(world.administrator).get(f"{home(world.here)}{signed.ref}/"))
    assert "Signée par Paul Girard" in said
    assert "Conservé : 2" in said and "Modifié : 1" in said and "Plus rien à décider : 1" in said
    assert "Compte supprimé pendant la revue" in said and "Marc Petit" in said
    assert "par" not in said.split("Marc Petit")[1][:3]


def test_record_does_not_change_with_what_happens_afterwards(world: World, signed: Review, signed_in: SignedIn) -> None:
    browser = signed_in(world.administrator)
    before = text(browser.get(f"{home(world.here)}{signed.ref}/"))
    with acting(world.administrator) as who:
        changes.set_rights(who=who, account_id=world.user.account_id, grants=[])
        lifecycle.delete(who=who, account_id=world.user.account_id)
    assert text(browser.get(f"{home(world.here)}{signed.ref}/")) == before


def test_csv_has_a_row_for_each_line_and_leaves_a_trace(world: World, signed: Review, signed_in: SignedIn) -> None:
    answer = signed_in(world.administrator).get(f"{home(world.here)}{signed.ref}/revue.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert rows[0][:2] == ["Personne ou organisme", "Profil"] and len(rows) == 5
    mine = {row[0]: row for row in rows[1:]}
    assert mine["Léa Martin"][3] == "Modifié" and mine["Léa Martin"][6] == "Claire Dubois"
    assert "Modification" in mine["Léa Martin"][2] and "Lecture seule" in mine["Léa Martin"][4]
    (event,) = events(world.here.pk, signed.ref, "review.exported")
    assert event.after == {"rows": 4, "format": "csv"}


def test_pdf_is_tagged(world: World, signed: Review, signed_in: SignedIn) -> None:
    answer = signed_in(world.administrator).get(f"{home(world.here)}{signed.ref}/revue.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    made = pypdf.PdfReader(io.BytesIO(answer.content))
    root = made.root_object
    assert root["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in root
    words = " ".join(" ".join(one.extract_text() for one in made.pages).split())
    assert "Signée par Paul Girard" in words and "Compte supprimé pendant la revue" in words


def test_record_belongs_to_its_establishment_and_its_administrators(
    world: World, signed: Review, signed_in: SignedIn
) -> None:
    for path in ("", "revue.pdf", "revue.csv"):
        assert signed_in(world.stranger).get(f"{home(world.there)}{signed.ref}/{path}").status_code == 404
        assert signed_in(world.stranger).get(f"{home(world.here)}{signed.ref}/{path}").status_code == 404
        assert signed_in(world.user).get(f"{home(world.here)}{signed.ref}/{path}").status_code == 403


def test_review_under_way_has_no_record_yet(world: World, signed_in: SignedIn) -> None:
    review = opened(world.administrator)
    assert signed_in(world.administrator).get(f"{home(world.here)}{review.ref}/").status_code == 404
    with at_work(world.administrator) as (who, held), pytest.raises(Refused, match="Il reste"):
        actions.sign(who=who, review_id=held.pk)
