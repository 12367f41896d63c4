"""A centre de gestion proposes to several at once, a commune accepts, and the centre's agent works there alone."""

import re
from typing import Any

from playwright.sync_api import expect

from tests.journeys.hands import Hands
from tests.journeys.running import Demo
from tests.journeys.second_factor import confirm_again

SAINT_JORIOZ = "21740242900013"


def test_proposed_to_many_accepted_by_one_and_worked_for(visitor: Any, demo: Demo) -> None:
    chief, agent, commune = (demo.people[role] for role in ("administrateur-cdg", "agent-cdg", "etranger"))
    assert commune.siret == SAINT_JORIOZ
    # The centre proposes: two from a file, of which one has a delegation already.
    page = visitor(chief)
    hands = Hands(page)
    page.goto(f"{chief.home}propositions/nouvelles/")
    content = f"Nom;SIRET\r\nSaint-Jorioz;{SAINT_JORIOZ}\r\nAnnecy;{demo.people['administrateur'].siret}\r\n"
    page.get_by_label("Fichier de SIRET").set_input_files(
        {"name": "communes.csv", "mimeType": "text/csv", "buffer": content.encode("cp1252")}
    )
    hands.press("Lire le fichier")
    expect(page.get_by_text("Délégation déjà en cours", exact=True)).to_be_visible()
    hands.follow("Continuer")
    hands.choose("Niveau sur « Correspondants »", "Modification")
    hands.fill("Motif", "Convention retraite")
    page.locator(".actions").get_by_role("button", name="Continuer").click()
    hands.press(re.compile(r"^Proposer à 1\sétablissement"))
    expect(page.get_by_text(re.compile("La délégation est proposée à"))).to_be_visible()
    # The commune accepts, with a fresh second factor.
    theirs = visitor(commune)
    at_commune = Hands(theirs)
    told = demo.mail("francoise.dunand@saint-jorioz.example", link="/delegations/")
    link = next(one for one in told["links"] if "/delegations/" in one)
    theirs.goto(link)
    theirs.get_by_role("link", name=re.compile("^Accepter")).first.click()
    at_commune.press(re.compile("^Accepter"))
    theirs.wait_for_url(lambda url: "/accepter/" not in url)
    confirm_again(at_commune, demo, commune.identifier)
    expect(theirs.locator("main").get_by_text("En cours").first).to_be_visible()
    # The centre gives the work to its agent.
    page.goto(f"{chief.home}suivis/{SAINT_JORIOZ}/")
    hands.pick("Personne", agent.name)
    hands.choose("Niveau", "Lecture seule")
    hands.press("Confier l’établissement")
    expect(page.get_by_role("rowheader", name=re.compile(agent.name))).to_be_visible()
    # The agent enters by the list, opens the one service, and nothing else.
    work = visitor(agent)
    work.goto(f"{agent.home}suivis/?q=saint-jorioz")
    work.get_by_role("link", name="Saint-Jorioz", exact=True).click()
    expect(work).to_have_url(re.compile(f"/etablissements/{SAINT_JORIOZ}/$"))
    work.get_by_role("link", name="Correspondants", exact=True).click()
    expect(work.get_by_role("heading", level=1)).to_be_visible()
    here = f"/etablissements/{SAINT_JORIOZ}/"
    assert work.request.get(work.url).status == 200
    for rest in ("comptes/", "historique/", "conditions-generales/", "delegations/", "contrats/"):
        assert work.request.get(f"{here}{rest}").status in (403, 404), rest
    assert work.request.get(f"/etablissements/{demo.people['a-renouveler'].siret}/").status == 404
