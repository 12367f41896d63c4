"""« Contrats avec les fonds »: read only, whoever one is."""

import datetime

import pytest
from django.urls import reverse

from parvis.access import registry
from parvis.access.levels import Level
from parvis.ground import clock
from parvis.services.contracts.queries import state_on
from parvis.services.contracts.service import SERVICE

SIRET = "21749901100013"
PAGE = f"/etablissements/{SIRET}/services/contrats/"
DAY = datetime.date(2026, 11, 24)


def test_the_service_offers_reading_or_nothing():
    assert SERVICE.levels == (Level.READ, Level.NONE)
    assert reverse(SERVICE.url_name, args=[SIRET]) == PAGE


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "state"),
    [
        (DAY, None, "current"),
        (DAY, DAY, "current"),
        (DAY - datetime.timedelta(1), DAY, "current"),
        (DAY + datetime.timedelta(1), None, "future"),
        (DAY - datetime.timedelta(9), DAY - datetime.timedelta(1), "past"),
    ],
)
def test_a_contract_is_in_force_from_its_first_day_to_its_last(starts_on, ends_on, state):
    assert state_on(DAY, starts_on, ends_on) == state


def test_a_reader_sees_every_contract_with_its_full_name_number_and_state(employers, text):
    today = clock.today()
    employers.contract("ircantec", starts_on=today + datetime.timedelta(30))
    employers.contract("fnc", ends_on=today - datetime.timedelta(1))
    page = text(employers.client("lecteur").get(PAGE))
    for said in (
        "Caisse nationale de retraites des agents des collectivités locales",
        "cnracl-20100101",
        "1ᵉʳ janvier 2010",
        "En cours",
        "À venir",
        "Terminé",
        "Seul le fonds corrige ses contrats",
    ):
        assert said in page
    assert page.index("En cours") < page.index("À venir") < page.index("Terminé")


def test_nobody_may_change_a_contract(employers):
    answer = employers.client("lecteur").post(PAGE, {"number": "X"})
    assert answer.status_code == 405
    assert b"<form" not in employers.client("lecteur").get(PAGE).content.split(b"<main")[1].split(b"</main")[0]


def test_someone_without_the_right_is_told_whom_to_ask(employers, text):
    answer = employers.client("sans-droit").get(PAGE)
    assert answer.status_code == 403
    assert "Administratrice Lefèvre-Kerbrat" in text(answer)


def test_a_stranger_finds_nothing(employers):
    assert employers.client("etrangere").get(PAGE).status_code == 404


def test_a_visitor_is_sent_to_sign_in(employers, client):
    answer = client.get(PAGE)
    assert answer.status_code == 302
    assert answer.url.startswith("/connexion")


def test_the_catalogue_follows_the_contracts_held():
    held = {service.code for service in registry.catalogue({"cnracl"})}
    assert {"mon-etablissement", "correspondants", "contrats"} <= held
    none = {service.code for service in registry.catalogue(set())}
    assert "mon-etablissement" in none
    assert not {"correspondants", "contrats"} & none


def test_a_service_without_a_contract_is_refused_even_to_who_has_the_right(employers):
    employers.owner.execute(
        "UPDATE establishments_contract SET ends_on = %s WHERE establishment_id = %s",
        [clock.today() - datetime.timedelta(1), employers.here],
    )
    client = employers.client("redactrice")
    assert client.get(PAGE).status_code == 403
    assert client.get(PAGE.replace("contrats", "correspondants")).status_code == 403
    assert client.get(PAGE.replace("contrats", "mon-etablissement")).status_code == 200
