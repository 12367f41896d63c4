"""Every page, as each of the demo's people and as a visitor: what axe finds, at 320 px, at 200 %, light and dark."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.accounts import Newcomer, create_account, fill_coordinates
from tests.journeys.conftest import Visitor
from tests.journeys.hands import Hands
from tests.journeys.looking import LOOKING, looking, seen_everywhere
from tests.journeys.pages import BOUND, Seen, crawl
from tests.journeys.running import Demo, Known
from tests.journeys.second_factor import confirm_again

# Looked at once, by who is signed in: the frame alone tells one person from another there.
PUBLIC = (
    *("/aide/", "/actualites/", "/fonds/", "/contact/", "/recherche/", "/inscrire-un-etablissement/"),
    *(
        "/retrouver-l-acces/",
        "/conditions-generales/",
        "/donnees-personnelles/",
        "/mentions-legales/",
        "/plan-du-site/",
    ),
)
NEAREST = {"etranger": 14, "deux-etablissements": 14}
PEOPLE = ("administrateur", "utilisateur", "lecteur", "etranger", "deux-etablissements")


def look_at(visitor: Visitor, who: Known | None, pages: list[Seen]) -> None:
    """Open each page once, and look at it light, dark and narrow; all that is wrong is told at once."""
    page = looking(visitor(who, **LOOKING))
    faults: list[str] = []
    for seen in pages:
        page.goto(seen.path)
        if seen.sent_empty:
            send_empty(page)
        said = seen_everywhere(page)
        faults += [f"{seen.path}{' sent empty' if seen.sent_empty else ''}: {fault}" for fault in said]
    assert not faults, "\n".join(faults)


def look_through(
    page: Page, start: str, *, elsewhere: tuple[str, ...] = (), bound: int = BOUND
) -> tuple[list[str], list[str]]:
    """The addresses that links lead to from one page, and what is wrong with the pages, each opened once."""
    paths, faults = [], []
    for path in crawl(page, start, elsewhere=elsewhere, bound=bound):
        paths.append(path)
        faults += [f"{path}: {fault}" for fault in seen_everywhere(page)]
    return paths, faults


def send_empty(page: Page) -> None:
    """Empty every field of the page's form, then send it by its own button, the last one before links."""
    page.evaluate(
        """() => {
          const form = document.querySelector('main form[method=post]');
          for (const one of form.elements) {
            if (one.type === 'radio' || one.type === 'checkbox') one.checked = false;
            else if (one.tagName === 'SELECT') one.selectedIndex = 0;
            else if (one.tagName !== 'BUTTON' && one.type !== 'hidden') one.value = '';
          }
        }"""
    )
    with page.expect_navigation():
        page.locator("main form[method=post] .actions button").first.click()


def sent_empty_says_what_is_missing(page: Page, path: str) -> list[str]:
    """The summary at the top names each problem with a link to its field, where the same words stand again.

    The page is left as its form answers.
    """
    page.goto(path)
    send_empty(page)
    summary = page.get_by_role("alert")
    if summary.count() != 1:
        return [f"{path}: no summary of errors"]
    faults = []
    if not page.title().replace("\u00a0", " ").startswith("Erreur : "):
        faults.append(f"{path}: title {page.title()}")
    if not summary.evaluate("one => one === document.activeElement"):
        faults.append(f"{path}: the summary has not the focus")
    for line in summary.get_by_role("listitem").all():
        link = line.get_by_role("link")
        if link.count() == 0:
            # Only where no one field is wrong: a page of figures of which none was given.
            if not line.inner_text().startswith("Rien n’est saisi"):
                faults.append(f"{path}: « {line.inner_text()} » leads to no field")
            continue
        target = page.locator(f'[id="{(link.get_attribute("href") or "").removeprefix("#")}"]')
        if target.count() != 1:
            faults.append(f"{path}: {link.get_attribute('href')} is not on the page")
        elif line.inner_text().strip() not in page.locator("main form[method=post]").first.inner_text():
            faults.append(f"{path}: « {line.inner_text()} » is not at its field")
    return faults


@pytest.mark.parametrize("role", PEOPLE)
def test_pages_that_links_lead_to(demo: Demo, visitor: Visitor, role: str) -> None:
    who = demo.people[role]
    # The public site and « Mon compte » are everybody's alike.
    elsewhere = () if role == "utilisateur" else ("/mon-compte/", *PUBLIC)
    # Whoever administers elsewhere sees the same pages as the first of them: those nearest to the home are enough.
    bound = NEAREST.get(role, BOUND)
    paths, faults = look_through(looking(visitor(who, **LOOKING)), who.home, elsewhere=elsewhere, bound=bound)
    assert "/mon-compte/" in paths and f"{who.home}notifications/" in paths
    if bound == BOUND:
        assert f"{who.home}mon-etablissement/" in paths and "/accessibilite/" in paths
    if role == "administrateur":
        assert f"{who.home}comptes/creer/" in paths and f"{who.home}historique/" in paths
    assert not faults, "\n".join(faults)


def test_pages_of_a_visitor(demo: Demo, visitor: Visitor) -> None:
    # The articles of the help are looked at by somebody who is signed in.
    paths, faults = look_through(looking(visitor(**LOOKING)), "/connexion/", elsewhere=("/aide/",))
    assert not faults, "\n".join(faults)
    more = {"/mot-de-passe-oublie/envoye/", "/demo/composants", "/demo/courriels"} - set(paths)
    empty = [Seen("/connexion/", True), Seen("/mot-de-passe-oublie/", True)]
    look_at(visitor, None, [*(Seen(path) for path in sorted(more)), *empty])


def test_pages_of_the_states_between(demo: Demo, visitor: Visitor) -> None:
    """Refusals, what is not there, links open and closed, the steps of a creation, what awaits an answer."""
    administrator = demo.people["administrateur"]
    office = visitor(administrator)
    long = Newcomer(
        first_name="Jean-Baptiste-Marie-Alexandre",
        last_name="de La Rochefoucauld-Montbel d’Estissac de Sainte-Colombe-en-Bruilhois",
        function="Chargé de mission auprès de la direction générale pour la prévention et la qualité de vie",
    )
    hands = Hands(office)
    office.goto(f"{administrator.home}comptes/creer/")
    fill_coordinates(hands, long)
    hands.press("Continuer")
    expect(office.get_by_role("heading", level=1)).to_have_text("Attribuer les droits")
    draft = re.sub(r"droits/$", "", office.url).removeprefix(demo.address)
    office.locator(".actions").get_by_role("button", name="Continuer").click()
    expect(office.get_by_role("heading", level=1)).to_have_text("Vérifier avant de créer le compte")
    steps = [Seen(f"{draft}{step}/") for step in ("coordonnees", "droits", "verification", "abandonner")]
    look_at(visitor, administrator, [*steps, Seen(f"{draft}coordonnees/", True)])
    hands.press(re.compile("^Créer"))
    office.wait_for_url(lambda url: "/verification/" not in url)
    confirm_again(hands, demo, administrator.identifier)
    expect(office.get_by_text("Étape 3 sur 3")).to_be_visible()
    link = demo.first_link(long.email).removeprefix(demo.address)
    own = f"{administrator.home}comptes/?q={administrator.identifier}"
    office.goto(own)
    oneself = office.get_by_role("row").get_by_role("link", name=administrator.name).get_attribute("href") or ""
    look_at(
        visitor,
        administrator,
        [
            Seen(f"{draft}identifiant/"),
            Seen(oneself),
            Seen(f"{oneself}profil/"),
            Seen(f"{administrator.home}comptes/?q=personne+ne+correspond"),
            Seen(f"{administrator.home}historique/?du=32/13/2026"),
            Seen(demo.people["etranger"].home),
            Seen(link),
            Seen(f"{link}?compte=deja"),
        ],
    )
    new, known = Seen(link, True), Seen(f"{link}?compte=deja", True)
    look_at(visitor, None, [Seen(link), Seen(f"{link}?compte=deja"), new, known, Seen("/premiere-connexion/coupe/")])
    reader = demo.people["utilisateur"]
    look_at(
        visitor,
        reader,
        [Seen(f"{reader.home}comptes/"), Seen(f"{reader.home}services/contrats/"), Seen("/nulle-part/")],
    )


def test_forms_sent_empty_say_what_is_missing(demo: Demo, visitor: Visitor) -> None:
    """The same words at the top and at the field, the focus on them, and a link from one to the other."""
    administrator = demo.people["administrateur"]
    office = looking(visitor(administrator, **LOOKING))
    who = create_account(office, demo, administrator, Newcomer(last_name="Formulaires"))
    service = f"{administrator.home}services/"
    office.goto(f"{service}correspondants/")
    some = office.get_by_role("link", name=re.compile("^(Modifier|Retirer)"))
    theirs = [one.get_attribute("href") or "" for one in (some.first, some.nth(1))]
    office.goto(f"{service}mon-etablissement/")
    blocks = office.get_by_role("link", name=re.compile("^(Modifier|Déclarer)")).evaluate_all(
        "all => all.map(one => one.getAttribute('href'))"
    )
    forms = [
        f"{administrator.home}comptes/creer/",
        f"{who.account}modifier/",
        f"{who.account}profil/",
        f"{who.account}renouveler/",
        f"{service}correspondants/ajouter/",
        *theirs,
        *blocks,
    ]
    faults = []
    for path in dict.fromkeys(forms):
        faults += sent_empty_says_what_is_missing(office, path)
        faults += [f"{path} sent empty: {fault}" for fault in seen_everywhere(office)]
    # Farther from the home than the walk goes.
    answer = office.goto(f"{who.account}supprimer/")
    assert answer is not None and answer.status == 200
    faults += [f"{who.account}supprimer/: {fault}" for fault in seen_everywhere(office)]
    outside = visitor()
    link = demo.first_link(who.email).removeprefix(demo.address)
    for path in ("/connexion/", "/mot-de-passe-oublie/", link, f"{link}?compte=deja"):
        faults += sent_empty_says_what_is_missing(outside, path)
    assert not faults, "\n".join(faults)
