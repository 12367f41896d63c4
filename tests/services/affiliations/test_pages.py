"""The pages: who may, what they say, a NIR that stands in no address; the steps of a declaration."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parvis.agents.models import Affiliation, Agent, Post
from parvis.journal.models import Event
from tests.services.affiliations.conftest import BASE, THEIRS, number, with_key
from tests.services.conftest import OTHER_SIRET, SIRET
from tests.services.conftest import field_value as value_of

AGENT = {
    "nir": "2 85 04 74 010 001", "surname": "Bonnefoy", "used_name": "Lefèvre-Kerbrat", "first_names": "Awa Jeanne",
    "born_on": "03/04/1985", "birth_place": "Annecy", "nationality": "french", "payroll_number": "A0042",
}  # fmt: skip
POST = {
    "status": "trainee", "entry": "appointed", "entered_on": "01/09/2026", "permanent": "yes", "kind": "ordinary",
    "minutes": "35 h", "part_time": "", "other_minutes": "", "category": "sedentary", "grade": "Rédactrice",
    "gross_index": "478", "major_index": "420",
}  # fmt: skip


@pytest.fixture
def browser(places):
    return places.client("redactrice")


def of_agent(ref) -> list[tuple[str, str]]:
    """Every page of an agent, with the method by which it is asked for."""
    names = ("corriger/", "heures/", "depart/", "depart/annuler/")
    return [("get", f"{ref}/{one}") for one in names] + [("post", f"{ref}/completer/"), ("post", f"{ref}/affilier/")]


WRITERS = [("get", "affilier/"), ("get", "fichier/"), ("get", "mutation-de-masse/"), ("get", "fichier/modele.csv")]
READERS = [("get", ""), ("get", "agents.csv"), ("get", "agents.ods"), ("post", "chercher/")]


def test_who_may_open_what(places, declared, text):
    ref = declared().agent.ref
    reading = [*READERS, ("get", f"{ref}/"), ("post", f"{ref}/nir/"), ("get", f"{ref}/declaree/")]
    writing = [*WRITERS, *of_agent(ref)]
    reader, writer, nobody, stranger = (
        places.client(who) for who in ("lecteur", "redactrice", "sans-droit", "etrangere")
    )
    for method, path in reading:
        assert getattr(reader, method)(BASE + path).status_code in (200, 302), path
        assert getattr(nobody, method)(BASE + path).status_code == 403, path
        assert getattr(stranger, method)(BASE + path).status_code == 404, path
    for method, path in writing:
        assert getattr(writer, method)(BASE + path).status_code in (200, 302), path
        answer = getattr(reader, method)(BASE + path)
        assert answer.status_code == 403, path
        assert "Administratrice Lefèvre-Kerbrat" in text(answer)
        assert getattr(stranger, method)(BASE + path).status_code == 404, path
    # « Lecture seule » prints, and is offered nothing to declare.
    for path in ("", f"{ref}/"):
        page = reader.get(BASE + path).content.decode()
        assert "data-print" in page
        offers = ("corriger/", "heures/", "depart/", "affilier/", "mutation-de-masse/")
        assert not any(offer in page for offer in offers)
    # Somebody else's agent is no page of one's own establishment either.
    for method, path in [("get", f"{ref}/"), ("post", f"{ref}/nir/"), *of_agent(ref)]:
        assert getattr(stranger, method)(THEIRS + path).status_code == 404, path


def test_a_reader_sees_no_control(places, declared):
    ref = declared().agent.ref
    for path in ("", f"{ref}/"):
        main = places.client("lecteur").get(BASE + path).content.decode().split("<main")[1].split("</main")[0]
        for act in ("/affilier/", "/fichier/", "/corriger/", "/heures/", "/depart/"):
            assert act not in main


def test_a_declaration_step_by_step(browser, places, text):
    answer = browser.post(BASE + "affilier/", AGENT | {"nir": "2 85 04"})
    assert "Un NIR compte 13 caractères" in text(answer)
    answer = browser.post(BASE + "affilier/", AGENT | {"born_on": "03/05/1985"})
    assert "Le NIR et la date de naissance ne s’accordent pas" in text(answer)
    answer = browser.post(BASE + "affilier/", AGENT)
    where = answer["Location"]
    assert re.fullmatch(BASE + r"affilier/[0-9a-f-]{36}/poste/", where)
    assert "Awa Jeanne Lefèvre-Kerbrat : son poste" in text(browser.get(where))
    # Nothing of it is readable in the database.
    with places.scope("redactrice"), connection.cursor() as cursor:
        cursor.execute("SELECT content FROM service_affiliations_draft")
        assert "Bonnefoy" not in cursor.fetchone()[0]
    answer = browser.post(where, POST | {"minutes": "40 h"})
    assert "Un temps complet compte 35 h" in text(answer)
    check = browser.post(where, POST)["Location"]
    page = text(browser.get(check))
    assert "L’agent relève de la CNRACL et de la RAFP" in page
    assert "délibération" not in page
    assert "2 85 •• •• ••• •••" in page
    done = browser.post(check)
    assert re.fullmatch(BASE + r"[0-9a-f-]{36}/declaree/", done["Location"])
    page = text(browser.get(done["Location"]))
    assert len(re.findall(r"PV[CR] \d{4} \d{4} \d\d", page)) == 2
    # Pressed twice: the same answer, and one affiliation.
    assert browser.post(check)["Location"] == done["Location"]
    with places.scope("redactrice"):
        assert Affiliation.objects.filter(scheme="cnracl").count() == 1
        assert Agent.objects.get().birth_place == "Annecy"
    assert "Affiliation déclarée" in text(browser.get(done["Location"].replace("declaree/", "")))


def test_below_the_threshold_the_ircantec_is_proposed_with_its_source(browser, text):
    where = browser.post(BASE + "affilier/", AGENT)["Location"]
    page = text(browser.get(browser.post(where, POST | {"minutes": "27 h 59"})["Location"]))
    assert "L’agent relève de l’Ircantec" in page
    assert "délibération du conseil d’administration de la CNRACL du 3 octobre 2001" in page


def test_who_entered_before_the_first_known_threshold_is_affiliated_and_the_page_says_so(browser, places, text):
    where = browser.post(BASE + "affilier/", AGENT | {"born_on": "03/04/1970", "nir": "2700474010001"})["Location"]
    check = browser.post(where, POST | {"status": "tenured", "entered_on": "01/09/1995", "minutes": "28 h"})["Location"]
    page = text(browser.get(check))
    assert "L’agent relève de la CNRACL et de la RAFP" in page
    assert "règle connue depuis le 01/01/2002, appliquée à cette entrée plus ancienne (à vérifier)" in page
    assert browser.post(check).status_code == 302
    with places.scope("redactrice"):
        assert Affiliation.objects.get(scheme="cnracl").entered_on == datetime.date(1995, 9, 1)


def test_the_page_says_that_a_day_does_not_suit_before_anybody_presses(browser, text):
    where = browser.post(BASE + "affilier/", AGENT)["Location"]
    check = browser.post(where, POST | {"entered_on": "01/09/2035"})["Location"]
    answer = browser.get(check)
    assert "La date d’entrée ne convient pas" in text(answer)
    assert "Déclarer l’affiliation</button>" not in answer.content.decode()
    assert "au plus 3 mois à l’avance" in text(browser.post(check))


def test_the_likely_same_person_is_asked_about(browser, declared, text):
    declared(surname="Bonnefoy")
    where = browser.post(BASE + "affilier/", AGENT | {"nir": number(2)})["Location"]
    check = browser.post(where, POST)["Location"]
    assert "Une personne du même nom, née le même jour, est déjà connue" in text(browser.get(check))
    assert "S’agit-il de la même personne" in text(browser.post(check))
    assert browser.post(check, {"distinct": "on"}).status_code == 302


def test_the_whole_nir_is_shown_by_a_post_that_the_journal_keeps_and_in_no_list(browser, places, declared, text):
    agent = declared().agent
    shown = "2 85 04 74 010 001"
    for path in ("", f"{agent.ref}/"):
        page = text(browser.get(BASE + path))
        assert "2 85 •• •• ••• •••" in page
        assert shown not in page
    answer = browser.post(BASE + f"{agent.ref}/nir/")
    assert shown in text(answer)
    assert answer["Cache-Control"] == "no-store"
    with places.scope("redactrice"):
        assert Event.objects.get(kind="agent.nir_shown").object == agent.ref
    assert browser.get(BASE + f"{agent.ref}/nir/").status_code == 405
    assert shown.replace(" ", "").encode() not in browser.get(BASE + "agents.csv").content


def test_a_nir_that_is_looked_for_stands_in_no_address(browser, places, declared, text, caplog):
    agent = declared().agent
    for typed in (number(), with_key(number()), "2 85 04 74 010 001", "2.85.04.74.010.001"):
        answer = browser.post(BASE + "chercher/", {"nir": typed})
        assert answer["Location"] == f"{BASE}{agent.ref}/"
    answer = browser.post(BASE + "chercher/", {"nir": number(9)})
    assert answer["Location"] == BASE
    assert "Aucun de vos agents n’a ce NIR" in text(browser.get(BASE))
    assert browser.post(BASE + "chercher/", {"nir": "bonne"})["Location"] == BASE + "?q=bonne"
    assert number() not in text(browser.get(BASE + "?q=" + number()))
    # Nor where the one search finds the agent by it; in another establishment, or without a right, it does not.
    link, search = f'href="{BASE}{agent.ref}/"', f"/etablissements/{SIRET}/recherche/"
    for typed in (number(), with_key(number()), "2 85 04 74 010 001"):
        assert link in browser.post(search, {"nir": typed}).content.decode()
    assert link not in browser.post(search, {"nir": number(9)}).content.decode()
    for who, siret in (("etrangere", OTHER_SIRET), ("sans-droit", SIRET)):
        answer = places.client(who).post(search.replace(SIRET, siret), {"nir": number()})
        assert answer.status_code == 200 and str(agent.ref) not in answer.content.decode()
    assert number() not in caplog.text


def test_the_list_is_found_filtered_and_its_statements_do_not_grow(browser, places, declared, text):
    with places.scope("redactrice"):
        first = _statements(browser, BASE)
    for rank in range(1, 13):
        declared(rank=rank, surname=f"Agent{rank:02d}", distinct=True)
    declared(rank=20, surname="Zola", status="contract", entry="contract", scheme="ircantec")
    assert _statements(browser, BASE) <= first
    assert "13 agents" in text(browser.get(BASE))
    for query, said in (
        ("?q=zola", "1 agent correspond"),
        ("?q=awa+agent0", "9 agents correspondent"),
        ("?regime=ircantec", "1 agent correspond"),
        ("?statut=contract", "1 agent correspond"),
        ("?etat=partis", "0 agent correspond"),
        ("?heures=complet&categorie=sedentary", "13 agents correspondent"),
        ("?etat=nimporte&page=999&tri=x", "13 agents"),
        ("?tri=entree&sens=desc&page=2", "13 agents"),
    ):
        assert said in text(browser.get(BASE + query)), query
    csv = browser.get(BASE + "agents.csv?q=zola").content.decode("utf-8-sig")
    assert csv.count("\r\n") == 2
    assert "2 85 •• •• ••• •••" in csv.replace("\u00a0", " ")


def _statements(browser, address: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert browser.get(address).status_code == 200
    return len(seen)


def test_correcting_hours_and_leaving_by_the_pages(browser, places, declared, text):
    agent = declared().agent
    page = BASE + f"{agent.ref}/"
    typed = AGENT | {"version": "1", "used_name": "Bonnefoy-Roux"}
    assert browser.post(page + "corriger/", typed)["Location"] == page
    assert "Quelqu’un a modifié cette fiche" in text(browser.post(page + "corriger/", typed | {"surname": "Autre"}))
    hours = {"starts_on": "01/10/2026", "minutes": "20 h", "category": "sedentary", "kind": "ordinary"}
    answer = browser.post(page + "heures/", hours)
    assert "Ces heures font changer Awa Jeanne Bonnefoy-Roux de régime" in text(answer)
    with places.scope("redactrice"):
        assert Post.objects.count() == 1
    assert browser.post(page + "heures/", hours | {"confirme": "1"})["Location"] == page
    assert "Affilié" in text(browser.get(page))
    leaving = {"leaving": "mutation", "left_on": "31/10/2026"}
    assert browser.post(page + "depart/", leaving)["Location"] == page
    assert "Annuler le départ" in browser.get(page).content.decode()
    assert browser.post(page + "depart/annuler/")["Location"] == page
    with places.scope("redactrice"):
        assert Affiliation.objects.filter(left_on=None, scheme="ircantec").exists()


def test_who_comes_back_is_affiliated_again_from_the_page_of_before(browser, places, declared, text):
    agent = declared(post={"grade": "Rédactrice"}).agent
    page = BASE + f"{agent.ref}/"
    assert browser.post(page + "affilier/")["Location"] == page
    browser.post(page + "depart/", {"leaving": "resignation", "left_on": "31/10/2026"})
    assert "Affilier de nouveau" in text(browser.get(page))
    first = browser.post(page + "affilier/")["Location"]
    assert value_of(browser.get(first), "surname") == "Bonnefoy"
    where = browser.post(first, AGENT)["Location"]
    shown = browser.get(where)
    assert (value_of(shown, "grade"), value_of(shown, "entered_on")) == ("Rédactrice", "")
    # On the last day of before it is too early, and the page says so before anything is pressed.
    early = browser.post(where, POST | {"entered_on": "31/10/2026"})["Location"]
    assert "va jusqu’au 31 octobre 2026" in text(browser.get(early))
    check = browser.post(where, POST | {"entered_on": "01/11/2026"})["Location"]
    assert "Agent déjà connu" in text(browser.get(check))
    assert browser.post(check)["Location"] == page + "declaree/"
    with places.scope("redactrice"):
        assert Agent.objects.count() == 1
        assert Affiliation.objects.filter(left_on=None).count() == 2


def test_an_affiliation_seen_in_a_declaration_is_completed(browser, places, text):
    from parvis.agents.actions import Declared, enrol

    with places.scope("redactrice"):
        one = Declared(number(), "Bonnefoy", "Awa", "cnracl", "tenured", datetime.date(2026, 9, 1))
        one = Declared(
            **{**{n: getattr(one, n) for n in one.__dataclass_fields__}, "born_on": datetime.date(1985, 4, 3)}
        )
        ids = enrol(establishment=places.here, people=[one], declaration=Agent().ref, incomplete=True)
        agent = Agent.objects.get(pk=next(iter(ids.values())))
    assert "1 affiliation est à compléter" in text(browser.get(BASE))
    assert "Compléter 1 affiliation" in text(browser.get(f"/etablissements/{BASE.split('/')[2]}/"))
    where = browser.post(BASE + f"{agent.ref}/completer/")["Location"]
    where = browser.post(where, AGENT)["Location"]
    check = browser.post(where, POST | {"status": "tenured"})["Location"]
    done = browser.post(check)["Location"]
    assert done == f"{BASE}{agent.ref}/declaree/"
    with places.scope("redactrice"):
        held = Affiliation.objects.get(scheme="cnracl")
        assert (held.state, held.missing, bool(held.number)) == ("active", [], True)
