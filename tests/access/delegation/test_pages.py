"""The pages of delegations: both sides' way through them, the fresh factor, the agreement, and who finds nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from parvis.access.delegation.actions import attach
from parvis.access.delegation.document import Document
from parvis.access.delegation.state import State, state_of
from parvis.access.levels import Level
from parvis.access.models import Delegation
from parvis.ground import clock, tenancy
from tests.access.delegation.conftest import Centre
from tests.access.delegation.hands import DAY, GIVER, ORGANISATION, accepted, acting, again, proposed
from tests.plugins.html import ReadingClient
from tests.world import Someone, World

SignedIn = Callable[[Someone], ReadingClient]
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n"


def base(who: Someone) -> str:
    return f"/etablissements/{who.membership.establishment.siret}/delegations/"


def page(who: Someone, one: Delegation, act: str = "") -> str:
    return f"{base(who)}{one.ref}/{act}"


def typed(**changes: str) -> dict[str, str]:
    return {
        "niveau-contrats": "lecture",
        "niveau-correspondants": "modification",
        "niveau-mon-etablissement": "aucun",
        "starts_on": f"{clock.today():%d/%m/%Y}",
        "ends_on": f"{clock.today() + 30 * DAY:%d/%m/%Y}",
        "reason": "La commune n’a plus de gestionnaire.",
        "agreement": "",
        **changes,
    }


def stale(browser: ReadingClient) -> ReadingClient:
    """The second factor was given longer ago than what is fresh."""
    session = browser.session
    session["factor_at"] = (clock.now() - DAY).timestamp()
    session.save()
    return browser


def one_row(where: Any) -> Delegation:
    with tenancy.scope(establishment=where.pk):
        return Delegation.objects.get()


def test_the_giver_finds_proposes_and_the_organisation_accepts(
    world: World, centre: Centre, signed_in: SignedIn
) -> None:
    giver, other = signed_in(world.administrator), signed_in(centre.chief)
    start = giver.get(base(world.administrator)).content.decode()
    assert "Aucun organisme ne travaille pour vous" in start
    found = giver.get(base(world.administrator) + "proposer/", {"q": "haute savoie"}).content.decode()
    where = f"{base(world.administrator)}proposer/{centre.place.siret}/"
    assert where in found and world.there.name not in found
    assert giver.get(where).status_code == 200
    answer = giver.post(where, typed(), follow=True)
    assert "La délégation est proposée à Centre de gestion de la Haute-Savoie" in answer.content.decode()
    made = one_row(world.here)
    shown = other.get(page(centre.chief, made)).content.decode()
    assert "Cette proposition attend votre réponse" in shown and "Claire Dubois" in shown
    assert "Correspondants" in other.get(page(centre.chief, made, "accepter/")).content.decode()
    answer = other.post(page(centre.chief, made, "accepter/"), follow=True)
    assert "est acceptée" in answer.content.decode()
    assert state_of(again(made)) is State.IN_FORCE


def test_the_organisation_asks_and_the_giver_refuses(world: World, centre: Centre, signed_in: SignedIn) -> None:
    browser = signed_in(centre.chief)
    found = browser.get(base(centre.chief) + "demander/", {"q": world.here.siret}).content.decode()
    where = f"{base(centre.chief)}demander/{world.here.siret}/"
    assert where in found
    assert browser.get(where).status_code == 200
    assert browser.post(where, typed()).status_code == 302
    made = one_row(world.here)
    assert made.proposed_side == ORGANISATION
    giver = signed_in(world.administrator)
    home = giver.get(f"/etablissements/{world.here.siret}/").content.decode()
    assert "Accepter ou refuser la délégation de droits proposée par Centre de gestion" in home
    giver.post(page(world.administrator, made, "refuser/"), {"word": "Pas cette année."})
    assert again(made).word == "Pas cette année."
    assert "Pas cette année." in browser.get(page(centre.chief, made)).content.decode()


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(world: World, centre: Centre, signed_in: SignedIn) -> None:
    browser, where = signed_in(world.administrator), f"{base(world.administrator)}proposer/{centre.place.siret}/"
    for change, says in (
        ({"niveau-contrats": "aucun", "niveau-correspondants": "aucun"}, "Choisissez au moins un service"),
        ({"niveau-contrats": "tout"}, "choisissez l’un des niveaux proposés"),
        ({"ends_on": "31/02/2027"}, "Cette date n’existe pas"),
        ({"ends_on": "01/01/2099"}, "ans au plus"),
        ({"reason": ""}, "Dites pourquoi"),
        ({"niveau-inconnu": "lecture"}, "au catalogue"),
    ):
        shown = browser.post(where, typed(**{"agreement": "Convention 12 bis", **change})).content.decode()
        assert says in shown and "Convention 12 bis" in shown
    with tenancy.scope(establishment=world.here.pk):
        assert not Delegation.objects.exists()


def test_a_shortcut_fills_the_form_and_proposes_nothing(world: World, centre: Centre, signed_in: SignedIn) -> None:
    browser, where = signed_in(world.administrator), f"{base(world.administrator)}proposer/{centre.place.siret}/"
    shown = browser.post(where, typed(raccourci="etablissement:lecture")).content.decode()
    assert "vérifiez" in shown
    with tenancy.scope(establishment=world.here.pk):
        assert not Delegation.objects.exists()


def test_giving_accepting_and_renewing_ask_a_fresh_factor(world: World, centre: Centre, signed_in: SignedIn) -> None:
    giver, other = stale(signed_in(world.administrator)), stale(signed_in(centre.chief))
    where = f"{base(world.administrator)}proposer/{centre.place.siret}/"
    assert giver.post(where, typed())["Location"].startswith("/confirmer/")
    with tenancy.scope(establishment=world.here.pk):
        assert not Delegation.objects.exists()
    # To ask for something gives nothing.
    assert other.post(f"{base(centre.chief)}demander/{world.here.siret}/", typed())["Location"].startswith(
        base(centre.chief)
    )
    made = one_row(world.here)
    assert giver.post(page(world.administrator, made, "accepter/"))["Location"].startswith("/confirmer/")
    assert state_of(again(made)) is State.PROPOSED
    signed_in(world.administrator).post(page(world.administrator, made, "accepter/"))
    assert state_of(again(made)) is State.IN_FORCE
    for browser, way in (
        (giver, where),
        (other, f"{base(centre.chief)}demander/{world.here.siret}/"),
    ):
        assert browser.post(way, typed())["Location"].startswith("/confirmer/")


def test_narrowing_and_ending_from_the_pages(world: World, centre: Centre, signed_in: SignedIn) -> None:
    made, browser = accepted(world.administrator, centre.chief), stale(signed_in(world.administrator))
    where = page(world.administrator, made, "reduire/")
    shown = browser.get(where).content.decode()
    assert "niveau-mon-etablissement" not in shown
    last = {"ends_on": f"{made.ends_on:%d/%m/%Y}"}
    wider = browser.post(where, {"niveau-contrats": "lecture", "ends_on": "01/01/2099"})
    assert "nouvelle proposition" in wider.content.decode()
    nothing = browser.post(where, {"niveau-contrats": "aucun", "niveau-correspondants": "aucun", **last})
    assert "mettez plutôt fin" in nothing.content.decode()
    browser.post(where, {"niveau-contrats": "lecture", "niveau-correspondants": "aucun", **last})
    other = signed_in(centre.chief)
    assert "Correspondants" not in other.get(page(centre.chief, made)).content.decode()
    assert other.get(page(centre.chief, made, "reduire/")).status_code == 302
    assert "Dites pourquoi" in other.post(page(centre.chief, made, "terminer/"), {"word": ""}).content.decode()
    other.post(page(centre.chief, made, "terminer/"), {"word": "La convention est dénoncée."})
    assert state_of(again(made)) is State.ENDED
    over = browser.get(base(world.administrator)).content.decode()
    assert "1\u00a0délégation passée" in over


def test_an_act_whose_time_is_over_leads_back(world: World, centre: Centre, signed_in: SignedIn) -> None:
    made, browser = accepted(world.administrator, centre.chief), signed_in(world.administrator)
    for act in ("accepter/", "refuser/", "retirer/"):
        for answer in (
            browser.get(page(world.administrator, made, act)),
            browser.post(page(world.administrator, made, act)),
        ):
            assert answer["Location"] == page(world.administrator, made)
    assert state_of(again(made)) is State.IN_FORCE


def test_a_withdrawn_proposal(world: World, centre: Centre, signed_in: SignedIn) -> None:
    made, browser = proposed(world.administrator, centre.place), signed_in(world.second)
    assert "ne peut plus l’accepter" in browser.get(page(world.second, made, "retirer/")).content.decode()
    browser.post(page(world.second, made, "retirer/"))
    assert state_of(again(made)) is State.WITHDRAWN


# --- Who sees it -----------------------------------------------------------------------------------------------------
WAYS = ("", "accepter/", "refuser/", "retirer/", "reduire/", "terminer/", "convention.pdf")


@pytest.mark.parametrize("way", WAYS)
def test_nobody_else_finds_it(world: World, centre: Centre, signed_in: SignedIn, way: str) -> None:
    made = accepted(world.administrator, centre.chief)
    acting(world.administrator, lambda here: attach(who=here, ref=made.ref, document=Document("a.pdf", PDF)))
    stranger = signed_in(world.stranger)
    assert stranger.get(page(world.stranger, made, way)).status_code == 404
    assert stranger.get(page(world.administrator, made, way)).status_code == 404
    # Who does not administer is refused on their own side, and a delegate on the giver's.
    for who in (world.user, centre.agent):
        assert signed_in(who).get(page(who, made, way)).status_code == 403
    assert signed_in(centre.agent).get(page(world.administrator, made, way)).status_code == 403
    assert ReadingClient().get(page(world.administrator, made, way)).status_code == 302


def test_an_establishment_without_the_mark_asks_nobody(world: World, centre: Centre, signed_in: SignedIn) -> None:
    browser = signed_in(world.stranger)
    assert browser.get(base(world.stranger) + "demander/").status_code == 404
    assert browser.get(f"{base(world.stranger)}demander/{world.here.siret}/").status_code == 404
    assert browser.get(f"{base(world.stranger)}proposer/{world.there.siret}/").status_code == 404
    assert browser.get(f"{base(world.stranger)}proposer/{'9' * 14}/").status_code == 404
    back = browser.get(f"{base(world.stranger)}proposer/{world.here.siret}/", follow=True).content.decode()
    assert "ne peut pas encore agir pour d’autres" in back


def test_both_sides_see_the_same_page(world: World, centre: Centre, signed_in: SignedIn) -> None:
    made = accepted(world.administrator, centre.chief)
    signed_in(centre.agent).get(f"/etablissements/{world.here.siret}/")
    for who in (world.administrator, centre.chief):
        shown = signed_in(who).get(page(who, made)).content.decode()
        for said in ("Hugo Blanc", "Gestionnaire RH", "Correspondants : modification", "Contrats avec les fonds"):
            assert said in shown
        assert "Jamais" not in shown
        # Neither colleagues who do not work for it, nor people of the establishment but for who signed.
        for hidden in ("Nora Vidal", "Léa Martin", "Marc Petit", centre.agent.membership.email):
            assert hidden not in shown


def test_the_list_asks_as_often_however_long_it_is(world: World, centre: Centre, signed_in: SignedIn) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser = signed_in(world.administrator)
    browser.get(base(world.administrator))
    with CaptureQueriesContext(connection) as few:
        browser.get(base(world.administrator))
    for _ in range(4):
        held = accepted(world.administrator, centre.chief)
        assert held.proposed_side == GIVER
    with CaptureQueriesContext(connection) as many:
        browser.get(base(world.administrator))
    assert len(many) <= len(few)


# --- The agreement ---------------------------------------------------------------------------------------------------
def sent(content: bytes, name: str = "Convention signée.pdf") -> dict[str, Any]:
    return {"document": SimpleUploadedFile(name, content, "application/pdf")}


def test_the_agreement_is_read_by_both_sides_as_an_attachment(
    world: World, centre: Centre, signed_in: SignedIn
) -> None:
    made, browser = proposed(world.administrator, centre.place), signed_in(world.administrator)
    assert browser.get(page(world.administrator, made, "convention.pdf")).status_code == 404
    answer = browser.post(page(world.administrator, made, "joindre/"), sent(PDF), follow=True)
    assert "La convention est jointe" in answer.content.decode()
    for who in (world.administrator, centre.chief):
        file = signed_in(who).get(page(who, made, "convention.pdf"))
        assert file.content == PDF
        assert file["Content-Type"] == "application/pdf"
        assert file["Content-Disposition"].startswith("attachment")
        assert file["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "vide"),
        (b"<html><script>alert(1)</script></html>", "pas un PDF"),
        (b"%PDF-1.7 without an end", "pas un PDF"),
        (PDF[:-8], "pas un PDF"),
        (b"PK\x03\x04" + PDF[8:], "pas un PDF"),
        (PDF.replace(b"endobj", b"endobj" + b"x" * 2_000), "Mo"),
    ],
)
def test_a_file_that_is_no_whole_pdf_of_that_size_is_refused(
    world: World, centre: Centre, signed_in: SignedIn, settings: Any, content: bytes, says: str
) -> None:
    settings.PARVIS_DELEGATION_DOCUMENT = 1_500
    made, browser = proposed(world.administrator, centre.place), signed_in(world.administrator)
    shown = browser.post(page(world.administrator, made, "joindre/"), sent(content)).content.decode()
    assert says in shown
    assert browser.get(page(world.administrator, made, "convention.pdf")).status_code == 404


def test_who_answers_attaches_nothing_before(world: World, centre: Centre, signed_in: SignedIn) -> None:
    made = proposed(world.administrator, centre.place)
    signed_in(centre.chief).post(page(centre.chief, made, "joindre/"), sent(PDF))
    assert signed_in(centre.chief).get(page(centre.chief, made, "convention.pdf")).status_code == 404
    assert signed_in(world.user).post(page(world.user, made, "joindre/"), sent(PDF)).status_code == 403
    assert signed_in(world.stranger).post(page(world.stranger, made, "joindre/"), sent(PDF)).status_code == 404


def test_a_level_lower_than_asked_is_what_the_delegate_has(world: World, centre: Centre, signed_in: SignedIn) -> None:
    centre.assign(world.there, Level.READ)
    made = accepted(world.stranger, centre.chief)
    shown = signed_in(centre.chief).get(page(centre.chief, made)).content.decode()
    assert "Correspondants : lecture seule" in shown
