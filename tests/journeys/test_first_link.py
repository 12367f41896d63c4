"""The link of first connection: an account one already has, five wrong identifiers, another link, a link too old."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.accounts import PASSWORD, Newcomer, create_account, open_access
from tests.journeys.conftest import Visitor
from tests.journeys.hands import Hands
from tests.journeys.running import Demo
from tests.journeys.second_factor import enrol_app, pass_second_factor, sign_in

WRONG = "4RRJ-8JR5"


def state(page: Page, link: str) -> str:
    """What the page of a link that is closed says first."""
    answer = page.goto(link)
    assert answer is not None and answer.status == 410
    return page.get_by_role("heading", level=1).inner_text()


def test_somebody_with_an_account_attaches_a_second_establishment(demo: Demo, visitor: Visitor) -> None:
    first = create_account(visitor(demo.people["administrateur"]), demo, demo.people["administrateur"], Newcomer())
    open_access(visitor(), demo, first)
    stranger = demo.people["etranger"]
    second = create_account(
        visitor(stranger), demo, stranger, Newcomer(email=first.email, rights={"Correspondants": "Modification"})
    )
    assert second.identifier != first.identifier

    page = visitor()
    hands = Hands(page)
    page.goto(demo.first_link(first.email, count=2))
    hands.follow("J’ai déjà un compte")
    hands.fill("Votre identifiant", second.identifier)
    hands.fill("Identifiant ou adresse électronique", first.email)
    hands.fill("Mot de passe", PASSWORD)
    hands.press("Rattacher cet établissement")
    pass_second_factor(hands, demo, first.identifier)
    expect(page.get_by_text("Votre accès est ouvert")).to_be_visible()
    assert page.url.endswith(stranger.home)

    # Both, from now on, with either identifier.
    for identifier in (first.identifier, second.identifier):
        both = visitor()
        both.goto("/connexion/")
        both.get_by_label("Identifiant ou adresse électronique").fill(identifier)
        both.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
        both.get_by_role("button", name="Se connecter", exact=True).click()
        pass_second_factor(Hands(both), demo, first.identifier)
        expect(both.get_by_role("heading", level=1)).to_contain_text("Ce qui vous attend dans 2")
        both.get_by_role("link", name="Mes établissements").click()
        links = both.get_by_role("main").get_by_role("rowheader").get_by_role("link")
        assert sorted(links.all_inner_texts()) == ["Annecy", stranger.establishment]
    links.filter(has_text=stranger.establishment).click()
    both.get_by_role("link", name="Changer d’établissement").click()
    links.filter(has_text="Annecy").click()
    expect(both.locator(".place-name")).to_contain_text("Annecy")


def test_five_wrong_identifiers_kill_the_link_and_both_administrators_know(demo: Demo, visitor: Visitor) -> None:
    administrator = demo.people["administrateur"]
    office = visitor(administrator)
    who = create_account(office, demo, administrator, Newcomer(first_name="Aurore", last_name="Bosson-Cinq"))
    link = demo.first_link(who.email)

    page = visitor()
    hands = Hands(page)
    page.goto(link)
    for left in ("4 essais", "3 essais", "2 essais", "1 essai"):
        hands.fill("Votre identifiant", WRONG)
        hands.fill("Nouveau mot de passe", PASSWORD)
        hands.press("Ouvrir mon accès")
        expect(page.get_by_role("alert")).to_contain_text(f"Il vous reste {left}.")
    hands.fill("Votre identifiant", WRONG)
    hands.fill("Nouveau mot de passe", PASSWORD)
    hands.press("Ouvrir mon accès")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce lien est annulé")
    assert state(page, link) == "Ce lien est annulé"
    for to in ("helene.vuillermoz@annecy.example", "karim.benhaddou@annecy.example"):
        told = demo.mail(to, "est annulé")
        assert who.name in told["text"] + told["subject"]
        assert who.account in told["text"]
        assert who.identifier not in told["text"]

    # Sent again: a new link, the same identifier.
    office.goto(who.account)
    expect(office.get_by_role("main")).to_contain_text("cinq identifiants erronés")
    office.get_by_role("link", name="Renvoyer le courriel").click()
    office.get_by_role("button", name="Renvoyer le courriel").click()
    expect(office.get_by_text("Un nouveau courriel part")).to_be_visible()
    newer = demo.first_link(who.email, count=2)
    assert newer != link
    assert state(page, link) in ("Un lien plus récent a remplacé celui-ci", "Ce lien est annulé")

    # And once more, while that one is good: the one before says that it was replaced.
    office.goto(f"{who.account}renvoyer/")
    office.get_by_role("button", name="Renvoyer le courriel").click()
    expect(office.get_by_text("Un nouveau courriel part")).to_be_visible()
    newest = demo.first_link(who.email, count=3)
    assert state(page, newer) == "Un lien plus récent a remplacé celui-ci"
    assert newest not in (link, newer)
    page.goto(newest)
    hands.fill("Votre identifiant", who.identifier)
    hands.fill("Nouveau mot de passe", PASSWORD)
    hands.press("Ouvrir mon accès")
    enrol_app(hands, demo, who.identifier)
    expect(page.get_by_text("Votre accès est ouvert")).to_be_visible()


def test_after_fifteen_days_the_link_has_expired_and_the_list_says_so(demo: Demo, visitor: Visitor) -> None:
    administrator = demo.people["administrateur"]
    office = visitor(administrator)
    who = create_account(office, demo, administrator, Newcomer(first_name="Basile", last_name="Quinze-Jours"))
    link = demo.first_link(who.email)
    office.goto(f"{administrator.home}comptes/?q={who.identifier}")
    expect(office.get_by_role("row", name=re.compile(who.name))).not_to_contain_text("ien expiré")
    with demo.later("+16d"):
        assert state(visitor(), link) == "Ce lien n’est plus valable"
        # Twelve hours without a page end a session too.
        office.goto(administrator.home)
        expect(office.get_by_role("heading", level=1)).to_have_text("Se connecter")
        sign_in(office, demo, administrator.identifier, administrator.password)
        office.goto(f"{administrator.home}comptes/?q={who.identifier}")
        expect(office.get_by_role("row", name=re.compile(who.name))).to_contain_text(re.compile("lien expiré", re.I))
        office.get_by_role("link", name=who.name).click()
        expect(office.get_by_role("main")).to_contain_text("Le lien de première connexion a expiré")
    answer = visitor().goto(link)
    assert answer is not None and answer.status == 200
