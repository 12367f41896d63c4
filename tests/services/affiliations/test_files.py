"""Files of agents: lists both ways, mass mutations; previewed, done whole or not at all, once."""

import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from parvis.agents.models import Affiliation, Agent, Post
from parvis.ground.tenancy import Refused
from parvis.journal.models import Event
from parvis.services.affiliations.files import actions
from parvis.services.affiliations.models import AgentFile
from tests.services.affiliations.conftest import BASE, OTHER_SIRET, number, with_key

TITLES = "NIR;Nom;Prénom;Date de naissance;Nationalité;Statut;Date d’entrée;Heures;Grade\n"


def name(rank: int) -> str:
    """A name of letters alone."""
    return "Nom" + "".join(chr(97 + int(digit)) for digit in str(rank))


def line(rank: int, **more: str) -> str:
    cells = {
        "nir": with_key(number(rank)), "surname": name(rank), "first": "Awa", "born": "03/04/1985", "nat": "Française",
        "status": "Titulaire", "on": "01/09/2026", "hours": "35 h", "grade": "Rédactrice",
    }  # fmt: skip
    return ";".join((cells | more).values()) + "\n"


@pytest.fixture
def browser(places):
    return places.client("redactrice")


def sent(browser: Any, content: str, path: str = "fichier/", **more: str) -> Any:
    return browser.post(BASE + path, {"file": SimpleUploadedFile("agents.csv", content.encode()), **more})


def test_a_list_adds_agents_whole_and_the_exported_one_corrects_them(browser, places, text):
    where = sent(browser, TITLES + line(1) + line(2, status="Contractuel", hours="17,5"))["Location"]
    page = text(browser.get(where))
    assert "2 agents seront affiliés" in page
    assert "Affiliation à l’Ircantec à compter du 1ᵉʳ septembre 2026" in page
    assert number(1) not in page
    with places.scope("redactrice"):
        assert not Agent.objects.exists()
        assert "Nomb" not in AgentFile.objects.get().sealed
    assert "C’est fait : 2 agents affiliés" in text(browser.get(browser.post(where)["Location"]))
    # Confirmed twice: done once.
    browser.post(where)
    with places.scope("redactrice"):
        assert Agent.objects.count() == 2
        assert sorted(Affiliation.objects.values_list("scheme", flat=True)) == ["cnracl", "ircantec", "rafp"]
        assert Event.objects.filter(kind="agents.imported").count() == 1
        assert Post.objects.get(agent__surname="Nomc").minutes == 1050
        assert AgentFile.objects.get().sealed == ""
    exported = browser.get(BASE + "agents.csv").content.decode("utf-8-sig").replace("Nomc", "Nouveau")
    page = text(browser.get(sent(browser, exported)["Location"]))
    assert "1 fiche sera corrigée" in page
    assert "Nom de naissance : Nouveau" in page
    with places.scope("redactrice"):
        waiting = actions.waiting(places.standing("redactrice"))
    browser.post(f"{BASE}fichier/{waiting.pk}/")
    with places.scope("redactrice"):
        assert Agent.objects.filter(surname="Nouveau", version=2).count() == 1
    # The same file again is older than what it would change.
    page = text(browser.get(sent(browser, exported.replace("Nouveau", "Encore"))["Location"]))
    assert "La fiche a changé depuis que la liste a été téléchargée" in page


REFUSED = [
    ("a NIR with a wrong key", line(1, nir=number(1) + "00"), "La clé du NIR est fausse"),
    ("no NIR", line(1, nir=""), "Donnez le NIR de l’agent"),
    ("a rounded NIR", line(1, nir="2,85047E+12"), "Le tableur a arrondi le NIR"),
    ("no status", line(1, status=""), "Il manque : statut"),
    ("another status", line(1, status="Intermittent"), "n’est pas compris"),
    ("another nationality", line(1, nat="Martienne"), "n’est pas compris"),
    ("twice in the file", line(1) + line(1), "figure déjà à la ligne 2"),
    ("no day", line(1, on="32/13/2026"), "Cette date n’existe pas"),
    ("no hours", line(1, hours="beaucoup"), "Saisissez une durée hebdomadaire"),
]


@pytest.mark.parametrize(("content", "said"), [one[1:] for one in REFUSED], ids=[one[0] for one in REFUSED])
def test_a_line_is_refused_with_what_to_do_and_then_nothing_is_done(browser, places, text, content, said):
    where = sent(browser, TITLES + content)["Location"]
    assert said in text(browser.get(where))
    assert "Des lignes sont refusées" in text(browser.post(where))
    with places.scope("redactrice"):
        assert not Agent.objects.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "vide"),
        ("Bonjour;tout\nle;monde\n", "Aucune colonne « NIR »"),
        (TITLES, "n’a que des titres"),
        ("NIR;NIR\n1;2\n", "figure deux fois"),
        ("\x00\xff", ""),
    ],
)
def test_what_is_no_file_of_agents_says_so(browser, text, content, said):
    answer = sent(browser, content)
    assert answer.status_code == 200
    assert said in text(answer)


def mass(browser: Any, content: str, way: str, on: str = "01/11/2026") -> Any:
    told = {"way": way, "on": on, "employer": "Communauté du Pays d’Évian", "act": "Arrêté du 12 octobre 2026"}
    return sent(browser, content, "mutation-de-masse/", **told)


def test_a_file_obeys_the_days_of_the_pages(browser, places, declared, text):
    mass_out = f"NIR\n{number(1)}\n"
    declared(surname=name(1))
    browser.post(mass(browser, mass_out, "out", "31/10/2026")["Location"])
    for content, said in (
        (line(1, on="31/10/2026"), "va jusqu’au 31 octobre 2026"),
        (line(2, on="01/06/2035"), "au plus 3 mois à l’avance"),
        (line(2, on="01/06/1984"), "précède la naissance"),
    ):
        assert said in text(browser.get(sent(browser, TITLES + content)["Location"])), said
    assert "au plus 3 mois à l’avance" in text(mass(browser, mass_out, "out", "31/10/2035"))
    # Who has left and works elsewhere now comes back by a mutation, as on the page.
    declared("etrangere", OTHER_SIRET, rank=1, surname=name(1), entry="mutation", on=datetime.date(2026, 11, 1))
    assert "par un autre employeur" in text(browser.get(sent(browser, TITLES + line(1, on="02/11/2026"))["Location"]))
    with places.scope("etrangere", OTHER_SIRET):
        Affiliation.objects.update(left_on=datetime.date(2026, 11, 1), leaving="mutation", state="ended")
    # A known agent who comes back: the post that was open is said in the history, in as many statements.
    browser.post(sent(browser, TITLES + line(1, on="02/11/2026"))["Location"])
    with places.scope("redactrice"):
        assert Affiliation.objects.filter(left_on=None).count() == 2
        assert Post.objects.filter(ends_on=None).count() == 1


def test_a_mass_mutation_out_then_in_elsewhere(browser, places, declared, text):
    for rank in (1, 2, 3):
        declared(rank=rank, surname=name(rank))
    nirs = "NIR\n" + "".join(f"{number(rank)}\n" for rank in (1, 2))
    where = mass(browser, nirs, "out", "31/10/2026")["Location"]
    page = text(browser.get(where))
    assert "2 agents seront radiés de tous les régimes, le 31 octobre 2026" in page
    browser.post(where)
    with places.scope("redactrice"):
        assert Affiliation.objects.filter(left_on=None, scheme="cnracl").count() == 1
        assert set(Affiliation.objects.filter(state="ended").values_list("leaving", flat=True)) == {"mass"}
        assert Event.objects.get(kind="agents.moved").after["count"] == 2
    other = places.client("etrangere")
    arriving = TITLES.replace("Date d’entrée;", "") + "".join(
        line(rank).replace("01/09/2026;", "") for rank in (1, 2, 3)
    )
    theirs = BASE.replace(BASE.split("/")[2], OTHER_SIRET)
    told = {"way": "in", "on": "01/11/2026", "employer": "Annecy", "act": "Arrêté du 12 octobre 2026"}
    answer = other.post(theirs + "mutation-de-masse/", {"file": SimpleUploadedFile("a.csv", arriving.encode()), **told})
    assert "3 agents seront affiliés" in text(other.get(answer["Location"]))
    other.post(answer["Location"])
    with places.scope("etrangere", OTHER_SIRET):
        assert set(Affiliation.objects.values_list("entry", "entered_on")) == {("mass", datetime.date(2026, 11, 1))}
    with places.scope("redactrice"):
        # Whoever was not said to leave is told to have arrived elsewhere.
        assert Affiliation.objects.get(left_on=None, scheme="cnracl").claimed_on == datetime.date(2026, 11, 1)


def test_all_or_nothing_where_it_breaks_half_way(browser, places, declared, monkeypatch):
    for rank in (1, 2):
        declared(rank=rank, surname=name(rank))
    where = mass(browser, f"NIR\n{number(1)}\n{number(2)}\n", "out", "31/10/2026")["Location"]
    file = where.split("/")[-2]

    def breaks(*args: Any, **kwargs: Any) -> None:
        raise ConnectionError("the server went away")

    monkeypatch.setattr("parvis.agents.actions.many.record_changes", breaks)
    with places.scope("redactrice"):
        with pytest.raises(ConnectionError):
            actions.confirm(who=places.standing("redactrice"), file_id=file)
        assert Affiliation.objects.filter(left_on=None).count() == 4
        assert Post.objects.filter(ends_on=None).count() == 2
        assert AgentFile.objects.get().confirmed_at is None
    monkeypatch.undo()
    browser.post(where)
    with places.scope("redactrice"):
        assert not Affiliation.objects.filter(left_on=None).exists()


def test_what_changed_since_the_preview_is_not_done(browser, places, declared):
    made = declared()
    where = mass(browser, f"NIR\n{number()}\n", "out", "31/10/2026")["Location"]
    from parvis.agents.actions.leaving import leave

    with places.scope("collegue"):
        who = places.standing("collegue")
        leave(who=who, ref=made.agent.ref, leaving="mutation", last_day=datetime.date(2026, 10, 1))
    with places.scope("redactrice"), pytest.raises(Refused, match="ont changé depuis l’aperçu"):
        actions.confirm(who=places.standing("redactrice"), file_id=where.split("/")[-2])


def test_a_preview_is_its_author_s_alone(browser, places):
    where = sent(browser, TITLES + line(1))["Location"]
    assert places.client("collegue").get(where).status_code == 404
    assert places.client("collegue").post(where).status_code == 404
    assert browser.post(where + "abandonner/").status_code == 302
    assert browser.get(where).status_code == 404


def test_the_statements_of_a_file_do_not_grow_with_it(places):
    from django.test.utils import CaptureQueriesContext

    counts = []
    for first, many in ((1, 3), (100, 40)):
        content = TITLES + "".join(line(rank) for rank in range(first, first + many))
        with places.scope("redactrice"):
            who = places.standing("redactrice")
            with CaptureQueriesContext(connection) as seen:
                file = actions.preview(who=who, file=actions.read_file(content.encode(), way="list"), way="list")
                actions.confirm(who=who, file_id=file.pk)
            counts.append(len(seen))
    assert counts[0] == counts[1]
