"""Who may open and change « Mon établissement »; every address of the service, under every person."""

import pytest

from parvis.ground import clock
from parvis.services.establishment.models import Declaration

SIRET = "21749901100013"
PAGE = f"/etablissements/{SIRET}/services/mon-etablissement/"
READ = ["", "coordonnees/historique/", "representant/historique/", "paie/historique/", "effectifs/historique/",
        "cotisations/historique/"]  # fmt: skip
YEAR = clock.today().year
WRITE = ["coordonnees/modifier/", "representant/modifier/", "paie/modifier/", f"effectifs/{YEAR}/modifier/",
         f"cotisations/{YEAR - 1}/modifier/"]  # fmt: skip


@pytest.mark.parametrize("address", READ + WRITE)
def test_a_writer_opens_every_page(employers, address):
    assert employers.client("redactrice").get(PAGE + address).status_code == 200


@pytest.mark.parametrize("address", READ)
def test_a_reader_opens_what_is_read_without_any_control(employers, address):
    answer = employers.client("lecteur").get(PAGE + address)
    assert answer.status_code == 200
    main = answer.content.decode().split("<main")[1].split("</main")[0]
    assert "<form" not in main
    assert "/modifier/" not in main
    assert "<button" not in main


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("address", WRITE)
def test_a_reader_changes_nothing_and_is_told_whom_to_ask(employers, text, address, method):
    answer = getattr(employers.client("lecteur"), method)(PAGE + address, {"address": "1 rue Neuve"})
    assert answer.status_code == 403
    assert "Administratrice Lefèvre-Kerbrat" in text(answer)
    with employers.scope("lecteur"):
        assert not Declaration.objects.exists()


@pytest.mark.parametrize("address", READ + WRITE)
def test_someone_without_a_right_is_told_whom_to_ask(employers, text, address):
    answer = employers.client("sans-droit").get(PAGE + address)
    assert answer.status_code == 403
    assert "Administratrice Lefèvre-Kerbrat" in text(answer)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("address", READ + WRITE)
def test_a_stranger_finds_nothing(employers, address, method):
    answer = getattr(employers.client("etrangere"), method)(PAGE + address)
    assert answer.status_code == (405 if method == "post" and address in READ else 404)


@pytest.mark.parametrize("address", READ + WRITE)
def test_a_visitor_is_sent_to_sign_in(employers, client, address):
    answer = client.get(PAGE + address)
    assert answer.status_code == 302
    assert answer.url.startswith("/connexion")


@pytest.mark.parametrize(
    "address", [f"effectifs/{YEAR + 1}/modifier/", f"effectifs/{YEAR - 5}/modifier/", f"cotisations/{YEAR}/modifier/",
                "effectifs/0/modifier/", "effectifs/99999999999999999999/modifier/", "effectifs/modifier/",
                "adresse/modifier/"]
)  # fmt: skip
def test_a_year_or_a_block_that_is_not_declared_is_no_page(employers, address):
    assert employers.client("redactrice").get(PAGE + address).status_code == 404


def test_a_person_of_two_establishments_never_mixes_them(employers, text):
    employers.person("double", SIRET, 2, last_name="Deux")
    client = employers.client("double")
    assert "Commune d’Annecy" in text(client.get(PAGE))
    assert client.get(PAGE.replace(SIRET, "21749902900015")).status_code == 404
