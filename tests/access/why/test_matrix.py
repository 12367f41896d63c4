"""« Qui peut faire quoi »: people × services, delegates included, today and on a past day; its files."""

import io
import uuid
from typing import Any

import pytest
from django.db import ProgrammingError, connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from parvis.access.actions import changes
from parvis.access.levels import Level
from parvis.access.models import Absence, AbsenceRight, Assignment, Delegation, Membership, Right
from parvis.access.presets.platform import PLATFORM
from parvis.access.why import sheet
from parvis.access.why.matrix import PER_PAGE
from parvis.establishments.models import Establishment
from parvis.ground import clock, tenancy
from parvis.ground.pages.filters import date_long
from tests.access.accounts.hands import SignedIn, crowd, read_csv, read_ods
from tests.access.reading import DAY, acting, events, html, tree, words
from tests.access.why.hands import CENTRE, centre, delegate, delegation
from tests.world import World, someone

CONTRACTS, CORRESPONDENTS = "contrats", "correspondants"
EVERYBODY = {"Léa Martin", "Marc Petit", "Claire Dubois", "Paul Girard"}


def where(world: World, rest: str = "") -> str:
    return f"/etablissements/{world.here.siret}/comptes/matrice/{rest}"


def cells(answer: Any) -> dict[str, dict[str, str]]:
    """The matrix as drawn: name → service → level."""
    table = next(element for element in tree(answer).iter("table"))
    names = [" ".join("".join(th.itertext()).split()) for th in table.findall("thead/tr")[1].findall("th")]
    found = {}
    for line in table.findall("tbody/tr"):
        who = "".join(line.find("th/a").itertext())  # type: ignore[union-attr]
        levels = []
        for cell in line.findall("td"):
            hidden = cell.find("span[@class='sr']")
            full = cell.find("a/span[@class='held-full']")
            levels.append("".join((full if full is not None else hidden).itertext()))  # type: ignore[union-attr]
        found[who] = dict(zip(names, levels, strict=True))
    return found


def test_each_person_and_each_service_bears_the_level_in_force(world: World, signed_in: SignedIn) -> None:
    found = cells(signed_in(world.administrator).get(where(world)))
    assert found["Léa Martin"]["Contrats avec les fonds"] == "Lecture seule"
    assert found["Léa Martin"]["Mon établissement"] == "Modification"
    assert found["Léa Martin"]["Correspondants"] == "Aucun"
    assert set(found["Claire Dubois"].values()) == {"Aucun"}
    assert set(found) == EVERYBODY


def test_a_delegate_has_a_line_with_their_organisation_and_a_reason_with_each_link(
    as_owner: object, world: World, signed_in: SignedIn
) -> None:
    place = centre()
    delegation(world.here, place, {CONTRACTS: Level.READ, CORRESPONDENTS: Level.WRITE})
    yves = delegate(place, world.here, Level.WRITE, portfolio="Secteur du lac")
    browser = signed_in(world.administrator)
    answer = browser.get(where(world))
    none = ("Mon établissement", "Vos courriers", "Agents et affiliations", "Cotisations")
    assert cells(answer)["Yves Roche"] == {
        "Contrats avec les fonds": "Lecture seule",
        "Correspondants": "Modification",
        **dict.fromkeys((*none, "Déclarations individuelles (DI)"), "Aucun"),
    }
    assert "par délégation : Centre de gestion des essais" in words(answer)
    page = words(browser.get(where(world, f"{yves.membership.ref}/{CONTRACTS}/")))
    for said in (
        "Yves Roche : Contrats avec les fonds", "Délégation à Centre de gestion des essais", "Annecy, lecture seule",
        "Délégation donnée par Claire Dubois", "portefeuille « Secteur du lac », modification", "Un seul chemin",
    ):  # fmt: skip
        assert said in page, said
    assert "Par délégation" in words(browser.get(where(world), {"profil": "delegue"}))
    assert list(cells(browser.get(where(world), {"profil": "delegue"}))) == ["Yves Roche"]


def test_somebody_with_an_account_and_a_delegation_stands_once_with_both_paths(
    as_owner: object, world: World, signed_in: SignedIn
) -> None:
    place = centre()
    delegation(world.here, place, {CORRESPONDENTS: Level.READ, CONTRACTS: Level.WRITE})
    second = someone(place, "Léa", "Martin", person=world.user.person)
    Assignment.objects.create(
        establishment=place, client=world.here, membership=second.membership, level=Level.READ,
        granted_at=clock.now(), granted_by=second.membership.ref,
    )  # fmt: skip
    browser = signed_in(world.administrator)
    found = cells(browser.get(where(world)))
    assert list(found).count("Léa Martin") == 1 and found["Léa Martin"]["Correspondants"] == "Lecture seule"
    page = words(browser.get(where(world, f"{world.user.membership.ref}/{CONTRACTS}/")))
    assert "2 chemins mènent à ce service : le niveau le plus haut l’emporte." in page
    assert "Droit attribué" in page and "Délégation à Centre de gestion des essais" in page


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ({"q": "lea"}, {"Léa Martin"}),
        ({"profil": "administrateur"}, {"Claire Dubois", "Paul Girard"}),
        ({"service": CORRESPONDENTS}, {"Marc Petit"}),
        ({"service": CONTRACTS, "niveau": "lecture"}, {"Léa Martin", "Marc Petit"}),
        ({"niveau": "modification"}, {"Léa Martin"}),
        ({"niveau": "aucun"}, {"Claire Dubois", "Paul Girard"}),
        ({"service": "inconnu", "niveau": "9", "profil": "x", "page": "-1"}, EVERYBODY),
        ({"q": "personne de ce nom"}, set()),
    ],
)
def test_search_and_filters(query: dict[str, str], left: set[str], world: World, signed_in: SignedIn) -> None:
    answer = signed_in(world.administrator).get(where(world), query)
    if left:
        assert set(cells(answer)) == left
    else:
        assert "Personne ne correspond" in words(answer)


def test_closed_accounts_are_counted_and_shown_on_demand(world: World, signed_in: SignedIn) -> None:
    with tenancy.scope(establishment=world.here.pk):
        Membership.objects.filter(pk=world.user.account_id).update(deactivated_at=clock.now())
    browser = signed_in(world.administrator)
    answer = browser.get(where(world))
    assert "Léa Martin" not in cells(answer) and "1 compte fermé" in words(answer).replace("\xa0", " ")
    every = browser.get(where(world), {"comptes": "tous"})
    assert set(cells(every)["Léa Martin"].values()) == {"Aucun"} and "Désactivé" in words(every)


@pytest.mark.parametrize("form", ["csv", "ods", "pdf"])
def test_a_file_holds_what_is_filtered_and_leaves_its_event(form: str, world: World, signed_in: SignedIn) -> None:
    browser = signed_in(world.administrator)
    answer = browser.get(where(world, f"qui-peut-faire-quoi.{form}"), {"service": CONTRACTS})
    assert answer.status_code == 200
    if form == "pdf":
        reader = PdfReader(io.BytesIO(answer.content))
        text = " ".join(page.extract_text() for page in reader.pages)
        assert "Léa Martin" in text and "Claire Dubois" not in text and "Contrats avec les fonds" in text
        assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"] and reader.trailer["/Root"]["/Lang"] == "fr-FR"
    else:
        head, *rows = read_csv(answer.content) if form == "csv" else read_ods(answer.content)
        assert [row[0] for row in rows] == ["Léa Martin", "Marc Petit"]
        assert rows[0][head.index("Contrats avec les fonds")] == "Lecture seule"
        assert rows[0][head.index("Mon établissement")] == "Modification"
    (event,) = events(world.here.pk, kind="matrix.exported")
    assert event.after == {"rows": 2, "format": form, "filter": "service Contrats avec les fonds"}


def test_the_number_of_statements_does_not_grow(as_owner: object, world: World, signed_in: SignedIn) -> None:
    browser = signed_in(world.administrator)
    browser.get(where(world))
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as few:
            answer = browser.get(where(world), {"comptes": "tous"})
        counts.append(len(few))
        crowd(world.here, 60)
        place = Establishment.objects.filter(siret=CENTRE).first() or centre()
        if not Delegation.objects.exists():
            delegation(world.here, place, {CONTRACTS: Level.READ})
        for number in range(3):
            delegate(place, world.here, Level.READ, name=f"Yves{number}")
    assert answer.status_code == 200 and len(cells(answer)) == PER_PAGE
    assert counts[0] == counts[1]


def test_pages_go_on_and_the_whole_is_in_the_file(as_owner: object, world: World, signed_in: SignedIn) -> None:
    crowd(world.here, 60)
    browser = signed_in(world.administrator)
    second = browser.get(where(world), {"comptes": "tous", "page": "2"})
    assert len(cells(second)) == 64 - PER_PAGE
    assert len(cells(browser.get(where(world), {"comptes": "tous", "page": "99"}))) == 64 - PER_PAGE
    every = browser.get(where(world, "qui-peut-faire-quoi.csv"), {"comptes": "tous", "page": "2"})
    assert len(read_csv(every.content)) == 65


# --- Who may see it --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "rest", ["", "qui-peut-faire-quoi.csv", "qui-peut-faire-quoi.pdf", "{ref}/", "{ref}/contrats/"]
)
def test_it_is_for_who_administers(rest: str, as_owner: object, world: World, signed_in: SignedIn, client: Any) -> None:
    page = where(world, rest.format(ref=world.reader.membership.ref))
    assert client.get(page)["Location"].startswith("/connexion/?suite=")
    assert signed_in(world.stranger).get(page).status_code == 404
    assert signed_in(world.user).get(page).status_code == 403
    place = centre()
    delegation(world.here, place, {CONTRACTS: Level.WRITE})
    yves = delegate(place, world.here, Level.WRITE)
    answer = signed_in(yves).get(page)
    assert answer.status_code == 403 and "Marc Petit" not in words(answer)
    assert signed_in(world.administrator).post(page).status_code == 405


def test_nobody_of_another_establishment_is_explained(as_owner: object, world: World, signed_in: SignedIn) -> None:
    browser = signed_in(world.administrator)
    place = centre()
    delegation(world.there, place, {CONTRACTS: Level.WRITE})
    yves = delegate(place, world.there, Level.WRITE)
    for ref in (world.stranger.membership.ref, yves.membership.ref, uuid.uuid4()):
        assert browser.get(where(world, f"{ref}/")).status_code == 404
        assert browser.get(where(world, f"{ref}/contrats/")).status_code == 404
    assert browser.get(where(world, f"{world.user.membership.ref}/inconnu/")).status_code == 404


def test_a_stranger_gets_nothing_from_the_crossings(as_owner: object, world: World) -> None:
    place = centre()
    delegation(world.here, place, {CONTRACTS: Level.WRITE})
    yves = delegate(place, world.here, Level.WRITE)
    with tenancy.scope(establishment=world.there.pk), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM access_everybodys_mandates(%s, 18)", [clock.today()])
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM access_delegates_past(%s)", [clock.now() + DAY])
        assert cursor.fetchone() == (0,)
    with tenancy.scope(establishment=world.here.pk), connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT member FROM access_everybodys_mandates(%s, 18)", [clock.today()])
        assert cursor.fetchall() == [(yves.membership.ref,)]
    for role in (tenancy.PERSON, tenancy.PORTFOLIO):
        with pytest.raises(ProgrammingError), tenancy.scope(establishment=world.here.pk, role=role):
            connection.cursor().execute("SELECT * FROM access_delegates_past(now())")


# --- Why, for oneself and for a colleague ----------------------------------------------------------------------------
def test_the_tab_and_my_rights_lead_to_the_reason(world: World, signed_in: SignedIn) -> None:
    rights = html(signed_in(world.administrator).get(
        f"/etablissements/{world.here.siret}/comptes/{world.user.account_id}/droits/"))  # fmt: skip
    assert where(world, f"{world.user.membership.ref}/{CONTRACTS}/") in rights
    mine = f"/mon-compte/droits/{world.here.siret}/"
    browser = signed_in(world.user)
    assert f"{mine}{CONTRACTS}/" in html(browser.get(mine))
    page = words(browser.get(f"{mine}{CONTRACTS}/"))
    assert "Lecture seule" in page and "Un seul chemin mène à ce service." in page and "Claire Dubois" in page
    assert browser.get(f"{mine}inconnu/").status_code == 404
    assert signed_in(world.stranger).get(f"{mine}{CONTRACTS}/").status_code == 404


def test_accounts_are_managed_by_the_profile_and_the_page_says_since_when(world: World, signed_in: SignedIn) -> None:
    with acting(world.second) as who:
        changes.change_profile(who=who, account_id=world.user.account_id, profile="administrateur")
    page = words(signed_in(world.administrator).get(where(world, f"{world.user.membership.ref}/")))
    assert f"donné le {date_long(clock.today())} par Paul Girard" in page
    assert "Correspondants" in page and "Aucun droit attribué." in page


def test_an_absence_is_a_path_with_its_days(world: World, signed_in: SignedIn) -> None:
    today = clock.today()
    with tenancy.scope(establishment=world.here.pk):
        made = Absence.objects.create(
            establishment=world.here, absent=world.reader.membership, absent_name="Marc Petit",
            receiver=world.user.membership, starts_on=today, ends_on=today + 5 * DAY, created_at=clock.now(),
            created_by=world.administrator.membership.ref,
        )  # fmt: skip
        AbsenceRight.objects.create(establishment=world.here, absence=made, service=CORRESPONDENTS, level=Level.READ)
    browser = signed_in(world.administrator)
    assert cells(browser.get(where(world)))["Léa Martin"]["Correspondants"] == "Lecture seule"
    page = words(browser.get(where(world, f"{world.user.membership.ref}/{CORRESPONDENTS}/")))
    for said in ("Absence de Marc Petit", "Par Claire Dubois", f"{date_long(today + 5 * DAY)} inclus"):
        assert said in page, said


def test_a_model_of_rights_is_told_as_the_origin(as_owner: object, world: World, signed_in: SignedIn) -> None:
    key = next(iter(PLATFORM))
    Right.objects.filter(membership_id=world.user.account_id, service=CONTRACTS).update(origin=key)
    page = words(signed_in(world.administrator).get(where(world, f"{world.user.membership.ref}/{CONTRACTS}/")))
    assert f"Modèle de droits {PLATFORM[key].name}" in page


def test_a_large_matrix_is_printed_as_lists_by_person(
    world: World, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet, "GRID_LIMIT", 1)
    answer = signed_in(world.administrator).get(where(world, "qui-peut-faire-quoi.pdf"))
    text = " ".join(" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(answer.content)).pages)
    assert "Par personne" in text and "Marc Petit" in text
    assert "Mon établissement, Contrats avec les fonds, Correspondants" in text
