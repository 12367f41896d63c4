"""Exports · The history · Cost."""

import uuid
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parvis.access.levels import Level
from parvis.access.queries.accounts import PER_PAGE
from parvis.ground import clock
from tests.access.accounts.hands import SignedIn, crowd, listed, read_csv, read_ods
from tests.access.reading import DAY, events, words
from tests.world import Someone, World, establishment, someone


@pytest.mark.parametrize("form", ["csv", "ods"])
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({}, ""),
        ({"statut": "attente"}, "statut En attente de mot de passe"),
        ({"q": "eleonore"}, "recherche"),
        (
            {"service": "correspondants", "niveau": "modification", "profil": "utilisateur"},
            "profil Utilisateur, service Correspondants (Modification)",
        ),
        ({"q": "personne de ce nom"}, "recherche"),
        ({"page": "3", "tri": "-nom"}, ""),
    ],
)
def test_export_holds_exactly_what_is_filtered_and_leaves_an_event_without_names(
    staff: dict[str, Someone], world: World, signed_in: SignedIn, form: str, query: dict[str, str], said: str
) -> None:
    browser = signed_in(world.administrator)
    answer = browser.get(f"/etablissements/{world.here.siret}/comptes/comptes.{form}", query)
    assert answer.status_code == 200
    expected = [
        (f"{row.identifier[:4]}-{row.identifier[4:]}", row.last_name, row.first_name)
        for row in listed(world, everything=True, **query).rows
    ]
    header, *rows = read_csv(answer.content) if form == "csv" else read_ods(answer.content)
    assert [str(cell) for cell in header[:3]] == ["Identifiant", "Nom", "Prénom"]
    assert [(str(row[0]).lstrip("'"), row[1], row[2]) for row in rows] == expected
    status = [str(cell) for cell in header].index("Statut")
    for row in rows:
        assert (row[status] == "En attente de mot de passe (lien expiré)") == (row[2] == "Noé")
    (event,) = [event for event in events(world.here.pk) if event.kind == "account.exported"]
    assert event.after == {"rows": len(expected), "format": form, "filter": said}
    assert event.actor == world.administrator.membership.ref
    assert f"comptes-{world.here.siret}-" in answer.headers["Content-Disposition"]


def test_export_holds_more_than_a_page(as_owner: object, world: World, signed_in: SignedIn) -> None:
    crowd(world.here, 3 * PER_PAGE)
    answer = signed_in(world.administrator).get(f"/etablissements/{world.here.siret}/comptes/comptes.csv")
    assert len(read_csv(answer.content)) == 1 + 4 + 3 * PER_PAGE


@pytest.mark.parametrize("tail", ["comptes/comptes.csv", "comptes/comptes.ods", "historique/historique.csv"])
def test_export_refused_leaves_no_event(world: World, signed_in: SignedIn, tail: str) -> None:
    assert signed_in(world.user).get(f"/etablissements/{world.here.siret}/{tail}").status_code == 403
    assert signed_in(world.stranger).get(f"/etablissements/{world.here.siret}/{tail}").status_code == 404
    assert events(world.here.pk) == []


@pytest.mark.parametrize(
    "query",
    [
        {"du": "31/12/9999", "au": "31/12/9999"},
        {"du": "01/01/0001"},
        {"du": "hier"},
        {"au": "99/99/9999"},
        {"du": "\0\x01"},
        {"type": "inconnu"},
        {"page": "9" * 20},
        {"page": "9" * 5000},
        {"page": "999999"},
    ],
)
def test_history_asked_in_a_way_not_understood_is_shown_whole(
    world: World, signed_in: SignedIn, query: dict[str, str]
) -> None:
    browser = signed_in(world.administrator)
    browser.get(f"/etablissements/{world.here.siret}/comptes/comptes.csv")
    for tail in ("historique/", "historique/historique.csv"):
        answer = browser.get(f"/etablissements/{world.here.siret}/{tail}", query)
        assert answer.status_code == 200
        assert "Liste des comptes exportée" in answer.content.decode()


def test_history_between_two_days_holds_both_whole(world: World, signed_in: SignedIn) -> None:
    browser = signed_in(world.administrator)
    browser.get(f"/etablissements/{world.here.siret}/comptes/comptes.csv")
    day = clock.today()
    for since, until, expected in ((0, 0, True), (-1, -1, False), (1, 1, False), (-1, 1, True)):
        query = {"du": f"{day + since * DAY:%d/%m/%Y}", "au": f"{day + until * DAY:%d/%m/%Y}"}
        answer = browser.get(f"/etablissements/{world.here.siret}/historique/?{urlencode(query)}")
        assert ("4 lignes, CSV" in words(answer).replace("\u00a0", " ")) == expected
        assert ("Aucun événement ne correspond" in words(answer)) == (not expected)


@pytest.mark.parametrize("tail", ["comptes/", "comptes/?q=nom&statut=attente&service=contrats", "historique/"])
def test_list_of_300_asks_as_many_questions_as_a_list_of_30(
    as_owner: object, world: World, signed_in: SignedIn, tail: str
) -> None:
    browser = signed_in(world.administrator)

    def count(where: str) -> int:
        browser.get(where)
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(where).status_code == 200
        return len(captured)

    where = f"/etablissements/{world.here.siret}/{tail}"
    crowd(world.here, 30)
    few = count(where)
    crowd(world.here, 270)
    assert count(where) == few
    assert few < 25


def test_mine_asks_as_many_questions_for_3_establishments_as_for_12(
    as_owner: object, world: World, signed_in: SignedIn
) -> None:
    def join(count: int) -> None:
        for _ in range(count):
            made = establishment(str(uuid.uuid4().int % 10**14).zfill(14), "Commune", ("cnracl",))
            someone(made, "Léa", "Martin", rights={"contrats": Level.READ}, person=world.user.person)

    browser = signed_in(world.user)

    def count(where: str) -> int:
        browser.get(where)
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(where).status_code == 200
        return len(captured)

    join(2)
    few = [count(where) for where in ("/mes-etablissements/", "/mon-compte/")]
    join(9)
    assert [count(where) for where in ("/mes-etablissements/", "/mon-compte/")] == few
    assert max(few) < 15
