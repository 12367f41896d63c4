"""« Mon établissement » through the browser: declaring, modifying, bad input, conflict, a lost session, history."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parvis.ground import clock
from parvis.services.establishment.models import Declaration

SIRET = "21749901100013"
PAGE = f"/etablissements/{SIRET}/services/mon-etablissement/"
YEAR = clock.today().year
COORDINATES = {
    "version": "0",
    "address": "Place de l’Hôtel-de-Ville",
    "complement": "",
    "postcode": "74 000",
    "city": "Annecy",
    "phone": "04 50 33 88 88",
    "email": "contact@annecy.example",
    "website": "www.annecy.example",
}
REPRESENTATIVE = {
    "version": "0",
    "civility": "mme",
    "last_name": "O’Brien-d’Œuvre",
    "first_name": "Maëlys",
    "function": "Maire",
    "since": "24/05/1995",
}


@pytest.fixture
def browser(employers):
    return employers.client("redactrice")


def test_an_empty_sheet_says_what_is_to_declare(browser, text):
    page = text(browser.get(PAGE))
    for said in ("217 499 011 00013", "217499011", "Commune et commune nouvelle (7210)", "À déclarer", "Insee"):
        assert said in page
    assert f"Déclarer les effectifs de {YEAR}" in page
    assert "Ircantec" not in page


def test_a_writer_declares_the_coordinates_and_everybody_reads_who_and_when(employers, browser, text, events):
    answer = browser.post(PAGE + "coordonnees/modifier/", COORDINATES)
    assert (answer.status_code, answer.url) == (302, PAGE)
    page = text(browser.get(PAGE))
    for said in ("« Coordonnées » est enregistré", "Place de l’Hôtel-de-Ville", "74000", "04 50 33 88 88",
                 "https://www.annecy.example", "par Redactrice Durand"):  # fmt: skip
        assert said in page
    with employers.scope("redactrice"):
        [(kind, before, after)] = events("establishment.")
    assert kind == "establishment.coordinates_declared"
    assert before == {}
    assert set(after) == {"fields", "version"}
    assert "contact@annecy.example" not in str(after)


def test_a_writer_corrects_and_the_history_says_what_it_was(browser, text, value):
    browser.post(PAGE + "coordonnees/modifier/", COORDINATES)
    form = browser.get(PAGE + "coordonnees/modifier/")
    assert value(form, "version") == "1"
    assert value(form, "phone").replace("\xa0", " ") == "04 50 33 88 88"
    browser.post(PAGE + "coordonnees/modifier/", COORDINATES | {"version": "1", "city": "Annecy-le-Vieux"})
    history = text(browser.get(PAGE + "coordonnees/historique/"))
    assert "Commune : Annecy → Annecy-le-Vieux" in history
    assert "première déclaration" in history
    assert "Par Redactrice Durand" in history
    assert history.index("→") < history.index("première déclaration")


def test_pressing_save_twice_declares_once(employers, browser):
    for _ in range(2):
        assert browser.post(PAGE + "coordonnees/modifier/", COORDINATES).status_code == 302
    with employers.scope("redactrice"):
        assert Declaration.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("address", "", "Saisissez le numéro et le nom de la voie."),
        ("address", "x" * 10_000, "abrégez-le à 120 caractères"),
        ("city", "😀" * 101, "abrégez-le à 100 caractères"),
        ("postcode", "7400", "5 chiffres"),
        ("postcode", "00100", "Aucun code postal ne commence par 00"),
        ("postcode", "96000", "Aucun code postal ne commence par 96"),
        ("postcode", "97900", "Aucun code postal ne commence par 979"),
        ("postcode", "٧٤٠٠٠", "5 chiffres"),
        ("phone", "12", "numéro de téléphone"),
        ("email", "contact@", "adresse électronique"),
        ("email", "a@b.example\nBcc: c@d.example", "adresse électronique"),
        ("website", "javascript:alert(1)", "Cette adresse de site"),
        ("website", "https://user:pass@site.example", "Cette adresse de site"),
        ("website", "http://[", "Cette adresse de site"),
    ],
)
def test_bad_input_is_said_at_the_field_and_at_the_top_and_everything_typed_is_kept(
    employers, browser, text, value, field, typed, said
):
    answer = browser.post(PAGE + "coordonnees/modifier/", COORDINATES | {field: typed})
    assert answer.status_code == 200
    page = text(answer)
    assert page.count(said) == 2
    assert f'href="#id_{field}"' in answer.content.decode()
    assert "<title>Erreur" in answer.content.decode()
    assert value(answer, field) == typed.replace("\n", "\n")
    other = "city" if field != "city" else "address"
    assert value(answer, other) == COORDINATES[other]
    with employers.scope("redactrice"):
        assert not Declaration.objects.exists()


@pytest.mark.parametrize("postcode", ["01000", "20000", "20200", "95880", "97100", "97600", "98800", "75116"])
def test_every_part_of_france_has_its_postcodes(browser, postcode):
    assert browser.post(PAGE + "coordonnees/modifier/", COORDINATES | {"postcode": postcode}).status_code == 302


@pytest.mark.parametrize(
    "typed",
    ["<script>alert(1)</script>", "مدينة أنسي", "L’Haÿ-les-Roses & « Œuvre »", "10 rue de l'Épée 😀", "{{ 7*7 }}"],
)
def test_any_text_is_shown_as_it_was_typed(browser, text, typed):
    assert browser.post(PAGE + "coordonnees/modifier/", COORDINATES | {"address": typed}).status_code == 302
    answer = browser.get(PAGE)
    assert typed in text(answer)
    assert b"<script>alert" not in answer.content


def test_bytes_that_are_no_text_and_characters_that_no_page_holds_do_not_break_the_form(browser):
    body = b"version=0&address=%FF%FE%00rue&city=%80&postcode=%00&phone=%ED%A0%80&email=%00"
    answer = browser.post(PAGE + "coordonnees/modifier/", body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200
    assert b"\x00" not in answer.content


def test_a_writer_declares_the_representative_with_accents_hyphens_and_apostrophes(browser, text):
    assert browser.post(PAGE + "representant/modifier/", REPRESENTATIVE).status_code == 302
    page = text(browser.get(PAGE))
    for said in ("Madame", "O’Brien-d’Œuvre", "Maëlys", "Maire", "24 mai 1995"):
        assert said in page


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("civility", "", "Choisissez la civilité."),
        ("civility", "dr", "Cette civilité n’existe pas"),
        ("last_name", "x" * 10_000, "abrégez-le à 100 caractères"),
        ("last_name", "Durand 😀", "Retirez « 😀 »"),
        ("first_name", "<b>Léa</b>", "Retirez « < »"),
        ("since", "31/02/2020", "Cette date n’existe pas"),
        ("since", "01/01/2099", "Cette date est à venir"),
        ("since", "01/01/1850", "comprise entre 1950"),
    ],
)
def test_a_wrong_representative_is_refused_with_its_reason(browser, text, field, typed, said):
    answer = browser.post(PAGE + "representant/modifier/", REPRESENTATIVE | {field: typed})
    assert answer.status_code == 200
    assert text(answer).count(said) == 2
    assert f'id="id_{field}"' in answer.content.decode()


@pytest.mark.parametrize(
    ("siret", "said"),
    [
        ("", "Saisissez le SIRET"),
        ("12345", "Un SIRET compte 14 chiffres"),
        ("21749901100014", "les 5 derniers chiffres"),
        ("21749901200013", "les 9 premiers chiffres"),
        ("2174990O100013", "que des chiffres"),
        (SIRET, "C’est le SIRET de votre établissement"),
    ],
)
def test_the_siret_of_who_pays_is_checked(browser, text, siret, said):
    answer = browser.post(PAGE + "paie/modifier/", {"version": "0", "who": "other", "siret": siret, "name": "DDFiP"})
    assert answer.status_code == 200
    assert text(answer).count(said) == 2


def test_an_employer_may_have_another_pay_and_then_pay_itself(browser, text):
    other = {"version": "0", "who": "other", "siret": "217 499 029 00015", "name": "Chamonix"}
    assert browser.post(PAGE + "paie/modifier/", other).status_code == 302
    assert "217 499 029 00015" in text(browser.get(PAGE))
    assert browser.post(PAGE + "paie/modifier/", {"version": "1", "who": "self", "siret": "x"}).status_code == 200
    assert browser.post(PAGE + "paie/modifier/", {"version": "1", "who": "self"}).status_code == 302
    assert "L’établissement lui-même" in text(browser.get(PAGE))


def test_the_figures_of_a_year_are_declared_for_the_funds_held_alone(employers, browser, text, events):
    form = browser.get(PAGE + f"effectifs/{YEAR}/modifier/").content.decode()
    assert 'name="cnracl"' in form
    assert 'name="rafp"' in form
    assert 'name="ircantec"' not in form
    browser.post(
        PAGE + f"effectifs/{YEAR}/modifier/", {"version": "0", "cnracl": "1 234", "rafp": "0", "ircantec": "7"}
    )
    page = text(browser.get(PAGE))
    assert "CNRACL : 1 234 agents" in page
    assert "RAFP : 0 agent" in page
    assert "Ircantec" not in page
    with employers.scope("redactrice"):
        [(_, _, after)] = events("establishment.headcount")
    assert after == {"year": YEAR, "fields": ["cnracl", "rafp"], "version": 1}


@pytest.mark.parametrize("typed", ["12345,67", "12 345,67", "12345.67", "12 345,67 €", "12\u202f345,67", "12.345,67"])
def test_an_amount_may_be_typed_as_people_write_it(browser, text, typed):
    answer = browser.post(PAGE + f"cotisations/{YEAR - 1}/modifier/", {"version": "0", "cnracl": typed})
    assert answer.status_code == 302
    assert "CNRACL : 12 345,67 €" in text(browser.get(PAGE))


@pytest.mark.parametrize(
    ("address", "typed", "said"),
    [
        (f"effectifs/{YEAR}", "-1", "jamais négatif"),
        (f"effectifs/{YEAR}", "12,5", "sans virgule"),
        (f"effectifs/{YEAR}", "douze", "en chiffres"),
        (f"effectifs/{YEAR}", "1000000", "dépasse 999 999 agents"),
        (f"effectifs/{YEAR}", "9" * 10_000, "trop long"),
        (f"effectifs/{YEAR}", "١٢", "en chiffres"),
        (f"cotisations/{YEAR - 1}", "-1,00", "jamais négatif"),
        (f"cotisations/{YEAR - 1}", "1,234", "deux chiffres"),
        (f"cotisations/{YEAR - 1}", "1e9", "deux chiffres"),
        (f"cotisations/{YEAR - 1}", "NaN", "deux chiffres"),
        (f"cotisations/{YEAR - 1}", "99999999999", "deux chiffres"),
    ],
)
def test_a_wrong_figure_is_refused_with_its_reason_and_kept(browser, text, value, address, typed, said):
    answer = browser.post(PAGE + f"{address}/modifier/", {"version": "0", "cnracl": typed, "rafp": "3"})
    assert answer.status_code == 200
    assert text(answer).count(said) == 2
    assert value(answer, "cnracl") == typed
    assert value(answer, "rafp") == "3"


def test_figures_all_left_empty_are_refused(browser, text):
    answer = browser.post(PAGE + f"effectifs/{YEAR}/modifier/", {"version": "0", "cnracl": " "})
    assert "remplissez au moins un fonds" in text(answer)


def test_two_people_who_change_the_same_block_see_both_versions_and_nothing_is_lost(employers, browser, text, value):
    browser.post(PAGE + "coordonnees/modifier/", COORDINATES)
    colleague = employers.client("collegue")
    colleague.post(PAGE + "coordonnees/modifier/", COORDINATES | {"version": "1", "phone": "04 50 00 00 01"})
    mine = COORDINATES | {"version": "1", "city": "Annecy-le-Vieux"}
    answer = browser.post(PAGE + "coordonnees/modifier/", mine)
    page = text(answer)
    assert answer.status_code == 200
    assert "Quelqu’un a modifié ces informations pendant votre saisie" in page
    assert "par Collegue Bonnefoy" in page
    for said in ("Annecy-le-Vieux", "04 50 00 00 01", "04 50 33 88 88"):
        assert said in page
    assert value(answer, "city") == "Annecy-le-Vieux"
    with employers.scope("redactrice"):
        assert Declaration.objects.count() == 2
    assert browser.post(PAGE + "coordonnees/modifier/", mine | {"version": value(answer, "version")}).status_code == 302
    with employers.scope("redactrice"):
        assert Declaration.objects.count() == 3


@pytest.mark.parametrize("version", ["", "-1", "²", "9" * 5000, "x\x00"])
def test_a_forged_version_overwrites_nothing(employers, browser, version):
    browser.post(PAGE + "coordonnees/modifier/", COORDINATES)
    answer = browser.post(PAGE + "coordonnees/modifier/", COORDINATES | {"version": version, "city": "Ailleurs"})
    assert answer.status_code == 200
    with employers.scope("redactrice"):
        assert Declaration.objects.count() == 1


def test_what_was_typed_in_a_lost_session_comes_back_with_a_banner(employers, client, text, value):
    answer = client.post(PAGE + "coordonnees/modifier/", COORDINATES | {"city": "Annecy-le-Vieux"})
    assert answer.status_code == 302
    assert answer.url.startswith("/connexion")
    held = client.session["kept"]
    browser = employers.client("redactrice")
    session = browser.session
    session["kept"] = held
    session.save()
    page = browser.get(PAGE + "coordonnees/modifier/")
    assert "Votre session s’était terminée" in text(page)
    assert value(page, "city") == "Annecy-le-Vieux"
    with employers.scope("redactrice"):
        assert not Declaration.objects.exists()
    assert "Votre session s’était terminée" not in text(browser.get(PAGE + "coordonnees/modifier/"))


def test_the_sheet_costs_the_same_number_of_statements_however_long_its_history(browser):
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as met:
            assert browser.get(PAGE).status_code == 200
        return len(met)

    browser.post(PAGE + "coordonnees/modifier/", COORDINATES)
    browser.post(PAGE + f"effectifs/{YEAR}/modifier/", {"version": "0", "cnracl": "1"})
    browser.get(PAGE)
    before = cost()
    for version in range(1, 6):
        browser.post(
            PAGE + "coordonnees/modifier/", COORDINATES | {"version": str(version), "city": f"Ville {version}"}
        )
        browser.post(PAGE + f"effectifs/{YEAR - version % 5}/modifier/", {"version": "0", "rafp": str(version)})
    browser.get(PAGE)
    assert cost() == before
