"""An administrator's other days: a session that ends midway, a list to search and export, an end date that comes."""

import csv
import datetime
import io
import re

from odfdo import Document
from playwright.sync_api import expect

from tests.journeys.accounts import PASSWORD, Newcomer, choose_rights, create_account, fill_coordinates, open_access
from tests.journeys.conftest import Visitor
from tests.journeys.hands import Hands
from tests.journeys.running import Demo
from tests.journeys.second_factor import pass_second_factor, sign_in


def test_session_lost_in_step_two_gives_the_choices_back(demo: Demo, visitor: Visitor) -> None:
    administrator = demo.people["administrateur"]
    page = visitor(administrator)
    hands = Hands(page)
    page.goto(f"{administrator.home}comptes/creer/")
    fill_coordinates(hands, Newcomer(last_name="Session-Perdue"))
    hands.press("Continuer")
    choose_rights(hands, {"Mon établissement": "Lecture seule", "Correspondants": "Modification"})
    page.context.clear_cookies(name="parvis_session")
    page.locator(".actions").get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Se connecter")
    expect(page.get_by_role("main")).to_contain_text("ce que vous aviez saisi vous attend")
    hands.fill("Identifiant ou adresse électronique", administrator.identifier)
    hands.fill("Mot de passe", administrator.password)
    page.get_by_role("button", name="Se connecter", exact=True).click()
    pass_second_factor(hands, demo, administrator.identifier)
    expect(page.get_by_role("heading", level=1)).to_have_text("Attribuer les droits")
    expect(page.get_by_role("main")).to_contain_text("vos choix sont repris")
    for service, level in (
        ("Mon établissement", "Lecture seule"),
        ("Contrats avec les fonds", "Aucun"),
        ("Correspondants", "Modification"),
    ):
        group = page.get_by_role("group", name=f"Niveau sur « {service} »", exact=True)
        expect(group.get_by_role("radio", name=level)).to_be_checked()
    page.locator(".actions").get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vérifier avant de créer le compte")
    hands.follow(re.compile("^Abandonner"))
    hands.press("Effacer le brouillon")
    expect(page.get_by_text("Le brouillon est effacé")).to_be_visible()


def test_list_is_searched_filtered_sorted_and_downloaded(demo: Demo, visitor: Visitor) -> None:
    administrator = demo.people["administrateur"]
    page = visitor(administrator)
    hands = Hands(page)
    who = create_account(page, demo, administrator, Newcomer(last_name="Recherche-Dupré"))
    page.goto(f"{administrator.home}comptes/")
    hands.fill("Nom, adresse électronique ou identifiant", "elodie RECHERCHE")
    hands.press("Filtrer")
    expect(page.get_by_role("status").first).to_contain_text("1 compte correspond")
    expect(page.get_by_role("row", name=re.compile(who.name))).to_be_visible()
    hands.pick("Statut", "En attente de mot de passe")
    hands.pick("Service", "Correspondants")
    hands.pick("Niveau", "Lecture seule")
    hands.press("Filtrer")
    expect(page.get_by_role("row", name=re.compile(who.name))).to_be_visible()
    hands.pick("Niveau", "Modification")
    hands.press("Filtrer")
    expect(page.get_by_role("heading", name="Aucun compte ne correspond")).to_be_visible()
    hands.follow("Effacer les filtres")

    with page.expect_download() as plain:
        hands.follow("CSV")
    rows = list(csv.reader(io.StringIO(plain.value.path().read_text("utf-8-sig")), delimiter=";"))
    with page.expect_download() as sheet:
        hands.follow(re.compile("^ODS"))
    cells = Document(sheet.value.path()).body.get_table(0).get_values()
    assert [str(cell) for cell in cells[0]] == rows[0]
    assert rows[0][:3] == ["Identifiant", "Nom", "Prénom"]
    assert plain.value.suggested_filename.endswith(".csv") and sheet.value.suggested_filename.endswith(".ods")
    total = int(re.match(r"\d+", page.get_by_role("status").first.inner_text()).group())  # type: ignore[union-attr]
    assert len(rows) == len(cells) == total + 1
    for found in (rows, cells):
        (mine,) = [row for row in found if row[0] == who.identifier]
        assert mine[1:3] == [who.last_name, "Élodie"]
        assert mine[4] == who.email

    def names() -> list[str]:
        return page.locator("tbody th[scope=row] a").all_inner_texts()

    before = names()
    hands.follow(re.compile("^Nom"))
    expect(page.get_by_role("columnheader", name=re.compile("^Nom"))).to_have_attribute("aria-sort", "descending")
    assert names()[0] != before[0]
    hands.follow("Dernière visite")
    expect(page.get_by_role("columnheader", name="Dernière visite")).to_have_attribute("aria-sort", "ascending")
    hands.pick("Profil", "Administrateur")
    hands.press("Filtrer")
    assert {"Hélène Vuillermoz", "Karim Benhaddou"} <= set(names())
    with page.expect_download() as filtered:
        hands.follow("CSV")
    kept = list(csv.reader(io.StringIO(filtered.value.path().read_text("utf-8-sig")), delimiter=";"))
    assert {row[6] for row in kept[1:]} == {"Administrateur"}


def test_end_date_closes_the_access_and_a_renewal_opens_it_again(demo: Demo, visitor: Visitor) -> None:
    administrator = demo.people["administrateur"]
    end = datetime.date.today() + datetime.timedelta(days=30)
    office = visitor(administrator)
    who = create_account(
        office, demo, administrator, Newcomer(first_name="Flavie", last_name="Remplacement", ends_on=f"{end:%d/%m/%Y}")
    )
    colleague = visitor()
    open_access(colleague, demo, who)
    with demo.later("+40d"):
        assert re.search(r"Expiration : [1-9]\d* comptes? expiré", demo.parvis("daily"))
        # The session is over; signing in still works, this establishment does not open.
        sign_in(colleague, demo, who.identifier, PASSWORD)
        expect(colleague.get_by_role("heading", level=1)).to_have_text("Mes établissements")
        expect(colleague.get_by_role("main")).to_contain_text("Expiré")
        answer = colleague.goto(f"{administrator.home}services/correspondants/")
        assert answer is not None and answer.status == 403
        expect(colleague.get_by_role("main")).to_contain_text("sa date de fin")
        expect(colleague.get_by_role("main")).to_contain_text("Hélène Vuillermoz")

        sign_in(office, demo, administrator.identifier, administrator.password)
        office.goto(f"{administrator.home}comptes/?q={who.identifier}")
        expect(office.get_by_role("row", name=re.compile(who.name))).to_contain_text("Expiré")
        office.goto(f"{who.account}renouveler/")
        office.get_by_role("button", name="Renouveler").click()
        expect(office.get_by_role("main")).to_contain_text("est renouvelé jusqu’au")
        answer = colleague.goto(f"{administrator.home}services/correspondants/")
        assert answer is not None and answer.status == 200


def test_deactivated_account_is_refused_at_its_next_page(demo: Demo, visitor: Visitor) -> None:
    administrator = demo.people["administrateur"]
    office = visitor(administrator)
    who = create_account(office, demo, administrator, Newcomer(first_name="Gaspard", last_name="Absent"))
    colleague = visitor()
    open_access(colleague, demo, who)
    office.goto(f"{who.account}desactiver/")
    office.get_by_role("button", name="Désactiver le compte").click()
    expect(office.get_by_role("main")).to_contain_text("est désactivé")
    answer = colleague.goto(administrator.home)
    assert answer is not None and answer.status == 403
    office.goto(f"{who.account}reactiver/")
    office.get_by_role("button", name="Réactiver le compte").click()
    expect(office.get_by_role("main")).to_contain_text("est réactivé")
    answer = colleague.goto(administrator.home)
    assert answer is not None and answer.status == 200
