"""« Mes établissements »: accounts and delegations, searched from eight on; two tabs never mix."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parvis.access.levels import Level
from parvis.access.models import Assignment, Membership, Profile
from parvis.establishments.models import Establishment
from parvis.ground import clock, tenancy
from tests.access.accounts.hands import SignedIn
from tests.access.organisation.hands import employers, give
from tests.access.reading import html, tree, words
from tests.world import Someone, World, establishment, someone

MINE = "/mes-etablissements/"


def text(answer: Any) -> str:
    return words(answer).replace("\u00a0", " ").replace("\u202f", " ")


def place(answer: Any) -> str:
    """The establishment that the head of the page names."""
    for element in tree(answer).iter("p"):
        if element.get("class") == "place-name":
            return " ".join("".join(element.itertext()).split())
    return ""


def siret(number: int) -> str:
    return f"219{number:011}"


@pytest.fixture
def several(as_owner: object, world: World) -> list[Establishment]:
    """Léa has an account in seven other establishments."""
    made = [establishment(siret(n), f"Commune {n:02}", ("cnracl",)) for n in range(7)]
    for one in made:
        someone(one, "Léa", "Martin", rights={"mon-etablissement": Level.READ}, person=world.user.person)
    return made


@pytest.fixture
def working(as_owner: object, world: World) -> tuple[Someone, list[Establishment]]:
    """Somebody of an organisation who works for sixty establishments."""
    centre = establishment("28740006900018", "Centre de gestion de la Haute-Savoie", ("cnracl",))
    centre.acts_for_others = True
    centre.save(update_fields=["acts_for_others"])
    agent, chief = someone(centre, "Hugo", "Blanc"), someone(centre, "Sophie", "Roche", Profile.ADMINISTRATOR)
    clients = employers(60)
    give(centre, clients)
    Assignment.objects.bulk_create(
        Assignment(
            establishment=centre,
            client=one,
            membership=agent.membership,
            level=Level.WRITE,
            granted_at=clock.now(),
            granted_by=chief.membership.ref,
        )
        for one in clients
    )
    return agent, clients


def searched(answer: Any) -> bool:
    main = tree(answer).find(".//main")
    assert main is not None
    return any(one.get("name") == "q" for one in main.iter("input"))


def test_profile_rights_status_and_dates_of_each(
    world: World, several: list[Establishment], signed_in: SignedIn
) -> None:
    browser = signed_in(world.user)
    said = text(browser.get(MINE))
    for expected in (
        "Annecy SIRET 200 063 402 00016 Utilisateur",
        "Mon établissement : modification",
        "Contrats avec les fonds : lecture seule",
        "Commune 03",
        "Voir mes droits : Annecy",
    ):
        assert expected in said
    for row in tree(browser.get(MINE)).iter("td"):
        if row.get("data-label") == "Expire le":
            assert "/20" in "".join(row.itertext())


def test_searchable_from_eight_on_and_without_script(
    world: World, several: list[Establishment], signed_in: SignedIn, as_owner: object
) -> None:
    browser = signed_in(world.user)
    page = browser.get(MINE)
    assert searched(page) and "8 établissements" in text(page)
    for typed, expected in (
        ("commune 03", "Commune 03"),
        ("ANNÈCY", "Annecy"),
        (siret(4)[:9] + siret(4)[9:], "Commune 04"),
    ):
        found = text(browser.get(MINE, {"q": typed}))
        assert expected in found and "1 établissement correspond à votre recherche" in found
    nothing = text(browser.get(MINE, {"q": "<script>"}))
    assert "Aucun établissement ne correspond" in nothing
    for odd in ("-1", "x", "9" * 20, "99"):
        assert browser.get(MINE, {"page": odd}).status_code == 200
    Membership.objects.filter(establishment=several[0], person=world.user.person).delete()
    assert not searched(browser.get(MINE))
    assert not searched(signed_in(world.reader).get(MINE))


def test_head_names_the_establishment_and_leads_to_the_others(
    world: World, several: list[Establishment], signed_in: SignedIn
) -> None:
    browser = signed_in(world.user)
    assert browser.get("/")["Location"] == "/accueil/"
    page = browser.get(f"/etablissements/{world.here.siret}/")
    assert place(page).endswith("Annecy") and 'href="/mes-etablissements/">Changer d’établissement</a>' in html(page)
    alone = signed_in(world.reader)
    alone.get("/")
    page = alone.get(f"/etablissements/{world.here.siret}/")
    assert place(page).endswith("Annecy") and "Changer d’établissement" not in html(page)


def test_two_tabs_on_two_establishments_never_mix(as_owner: object, world: World, signed_in: SignedIn) -> None:
    """Claire administers both; each tab reads and writes in the establishment of its own address."""
    someone(world.there, "Claire", "Dubois", Profile.ADMINISTRATOR, person=world.administrator.person)
    other = someone(world.there, "Léa", "Martin", rights={"contrats": Level.READ})
    tabs = signed_in(world.administrator)
    here, there = (f"/etablissements/{one.siret}/" for one in (world.here, world.there))
    first, second = f"{here}comptes/{world.user.account_id}/droits/", f"{there}comptes/{other.account_id}/droits/"
    opened = tabs.get(f"{first}modifier/")
    assert place(tabs.get(f"{second}modifier/")).endswith("Abondance")
    assert place(opened).endswith("Annecy")
    # The first tab is sent after the second was opened: it changes the first establishment's account, and that alone.
    tabs.post(f"{first}modifier/", {"niveau-correspondants": "modification"})
    for where, who, expected in ((world.here, world.user, True), (world.there, other, False)):
        with tenancy.scope(establishment=where.pk):
            assert (
                Membership.objects.get(pk=who.account_id).rights.filter(service="correspondants").exists() is expected
            )
    assert place(tabs.get(first)).endswith("Annecy")
    assert place(tabs.get(second)).endswith("Abondance")
    # An account's number of one establishment under the address of the other is nobody's.
    assert tabs.get(f"{there}comptes/{world.user.account_id}/").status_code == 404
    crossed = tabs.post(f"{there}comptes/{world.user.account_id}/droits/modifier/", {"niveau-contrats": "aucun"})
    assert crossed.status_code == 404
    assert "Léa Martin" in text(tabs.get(f"{there}comptes/")) and "Marc Petit" not in text(tabs.get(f"{there}comptes/"))
    # A page of the person's own leads back to the establishment whose page was opened last.
    assert f'href="{there}mon-etablissement/"' in html(tabs.get("/mon-compte/"))
    tabs.get(here)
    assert f'href="{here}mon-etablissement/"' in html(tabs.get("/mon-compte/"))


def test_clients_by_delegation_are_there_by_pages_and_found(
    world: World, working: tuple[Someone, list[Establishment]], signed_in: SignedIn
) -> None:
    agent, clients = working
    browser = signed_in(agent)
    page = browser.get(MINE)
    said = text(page)
    assert searched(page) and "61 établissements" in said
    assert "Où vous avez un compte" in said and "Pour le compte de qui vous agissez" in said
    assert "Centre de gestion de la Haute-Savoie Modification au plus, sur 2 services" in said
    assert "Page 1 sur 2" in said and clients[0].name in said and clients[59].name not in said
    assert clients[59].name in text(browser.get(MINE, {"page": "2"}))
    found = text(browser.get(MINE, {"q": clients[59].name}))
    assert "1 établissement correspond" in found and clients[59].name in found
    assert browser.get(f"/etablissements/{clients[59].siret}/").status_code == 200
    # One account and sixty clients: there is something to change to.
    browser.get("/")
    assert "Changer d’établissement" in html(browser.get(f"/etablissements/{agent.membership.establishment.siret}/"))
    # Nobody else's clients.
    stranger = text(signed_in(world.stranger).get(MINE))
    assert clients[0].name not in stranger and "Pour le compte" not in stranger


def test_number_of_statements_does_not_grow_with_the_clients(
    world: World, working: tuple[Someone, list[Establishment]], signed_in: SignedIn, as_owner: object
) -> None:
    agent, clients = working
    browser = signed_in(agent)
    browser.get(MINE)

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(MINE).status_code == 200
        return len(captured)

    many = statements()
    Assignment.objects.filter(client__in=clients[2:]).delete()
    assert statements() == many
