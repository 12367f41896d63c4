"""An employer's month: an agent affiliated, a declaration checked and corrected, money paid too much and given back."""

import datetime
import io
import re

from playwright.sync_api import Page, expect
from pypdf import PdfWriter

from parvis.dsn.generation.posts import Employer
from parvis.dsn.generation.sending import Part, generate
from tests.journeys.conftest import Visitor
from tests.journeys.hands import Hands, Keys
from tests.journeys.looking import LOOKING, looking, seen_everywhere
from tests.journeys.running import Demo, Known
from tests.journeys.second_factor import confirm_again

# As it is shown: without its key.
NIR, FIRST, LAST = "1900574010987", "Tristan", "Ballaloud"
NAME = f"{FIRST} {LAST}"
BIRTH = "S21.G00.30.006"
TOO_FEW_HOURS = "Durée hebdomadaire sous le seuil de la CNRACL"
ASKED = "Le virement dépassait l’appel de cent euros."
GRANTED = "Le trop-versé est confirmé."


def digits(text: str | None) -> str:
    """The figures of a text, however they are grouped."""
    return re.sub(r"\D", "", text or "")


def broken_file(siret: str, today: datetime.date) -> tuple[bytes, int]:
    """A small declaration in which one day of birth does not exist, and the line of it."""
    month = (today.replace(day=1) - datetime.timedelta(days=1)).replace(day=1)
    town, written = Employer(siret[:9], siret[9:], "Annecy", "74000", "Annecy", "74", 132_117), io.BytesIO()
    generate(written, [Part(town, month, agents=4)], seed=9)
    lines = written.getvalue().split(b"\n")
    number = next(at for at, line in enumerate(lines) if line.startswith(BIRTH.encode()))
    lines[number] = f"{BIRTH},'31021990'".encode()
    return b"\n".join(lines), number + 1


def paper(name: str) -> dict[str, object]:
    """A document of one page."""
    held, writer = io.BytesIO(), PdfWriter()
    writer.add_blank_page(595, 842)
    writer.write(held)
    return {"name": name, "mimeType": "application/pdf", "buffer": held.getvalue()}


def affiliate(hands: Hands, today: datetime.date, faults: list[str]) -> None:
    """« Déclarer une affiliation », from the list to the number."""
    page, title = hands.page, hands.page.get_by_role("heading", level=1)
    hands.follow("Déclarer une affiliation")
    expect(title).to_have_text("Déclarer une affiliation : l’agent")
    hands.fill("NIR (numéro de sécurité sociale)", NIR)
    hands.fill("Nom de naissance", LAST)
    hands.fill("Prénoms", FIRST)
    hands.fill("Date de naissance", "14/05/1990")
    hands.choose("Nationalité", "Française")
    hands.press("Continuer")
    expect(title).to_have_text(f"{NAME} : son poste")
    faults += seen_everywhere(page)
    hands.choose("Statut", "Fonctionnaire titulaire")
    hands.choose("Comment l’agent arrive", "Nomination")
    hands.fill("Date d’entrée", f"{today:%d/%m/%Y}")
    hands.choose("Emploi permanent", "Oui")
    hands.fill("Durée hebdomadaire de l’emploi", "35 h")
    hands.choose("Catégorie de l’emploi", "Sédentaire")
    hands.press("Continuer")
    expect(title).to_have_text(f"{NAME} : vérification")
    expect(page.get_by_text("L’agent relève de la CNRACL")).to_be_visible()
    faults += seen_everywhere(page)
    hands.press("Déclarer l’affiliation")
    expect(title).to_have_text(f"L’affiliation de {NAME} est déclarée")
    expect(page.get_by_role("row", name=re.compile("^CNRACL"))).to_contain_text(re.compile(r"PV[\s\w]{6,}"))
    faults += seen_everywhere(page)


def show_nir(hands: Hands, faults: list[str]) -> None:
    """Masked, until somebody asks; then the page says so, and its address does not hold it."""
    page, shown = hands.page, hands.page.locator("#nir dd").first
    hands.follow("Ouvrir sa fiche")
    expect(page.get_by_role("heading", level=1)).to_have_text(NAME)
    expect(page.get_by_role("main")).not_to_contain_text(re.compile(r"010\s987"))
    hands.press(re.compile("^Afficher le NIR"))
    expect(page.get_by_role("link", name="Masquer le NIR")).to_be_visible()
    assert digits(shown.text_content()) == NIR
    assert NIR not in digits(page.url)
    faults += seen_everywhere(page)
    hands.follow("Masquer le NIR")
    expect(page.get_by_role("link", name="Masquer le NIR")).to_have_count(0)
    expect(page.get_by_role("region", name="Ce qui s’est passé")).to_contain_text("NIR")


def correct(hands: Hands, who: Known, faults: list[str]) -> None:
    """An anomaly, from the list of kinds to the agent's account."""
    page, main = hands.page, hands.page.get_by_role("main")
    hands.follow("Anomalies")
    hands.follow(TOO_FEW_HOURS)
    row = main.get_by_role("row").filter(has=page.get_by_role("checkbox")).first
    row.get_by_role("checkbox").press("Space")
    hands.press(re.compile("^M’attribuer"))
    expect(main.get_by_text("Par vous").first).to_be_visible()
    name = row.get_by_role("rowheader").get_by_role("link").inner_text()
    hands.follow(name)
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(main.get_by_text("Prise en charge par vous").first).to_be_visible()
    known = page.get_by_role("row", name=re.compile("^Durée hebdomadaire")).get_by_role("cell").last
    # « 35 h (temps complet) ».
    hands.fill("Durée hebdomadaire (facultatif)", known.inner_text().split("(")[0])
    Keys(page).press("Corriger et contrôler")
    expect(page.get_by_text(f"Plus aucune anomalie pour {name}.")).to_be_visible()
    expect(page.get_by_text("Les assiettes du mois sont inscrites au compte de l’agent.")).to_be_visible()
    expect(main.get_by_role("listitem").filter(has_text=f"par {who.name}").first).to_contain_text(TOO_FEW_HOURS)
    faults += seen_everywhere(page)


def test_agent_is_affiliated_and_a_declaration_checked_and_corrected(demo: Demo, visitor: Visitor) -> None:
    who, faults = demo.people["administrateur"], list[str]()
    today = datetime.datetime.fromtimestamp(demo.now(), tz=datetime.UTC).date()
    page = looking(visitor(who, **LOOKING))
    hands = Hands(page)
    page.goto(f"{who.home}services/agents/")
    affiliate(Keys(page), today, faults)
    show_nir(hands, faults)

    # --- A file that payroll has made, before it is sent.
    page.goto(f"{who.home}services/declarations/")
    hands.follow("Contrôler une DSN")
    content, line = broken_file(who.siret, today)
    sent = {"name": "dsn.txt", "mimeType": "text/plain", "buffer": content}
    page.get_by_label("Fichier de la DSN").set_input_files(sent)  # type: ignore[arg-type]
    hands.press("Contrôler")
    expect(page.get_by_text("Cette DSN serait rejetée")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text=BIRTH).locator("[data-label=Ligne]")).to_have_text(str(line))
    faults += seen_everywhere(page)
    correct(hands, who, faults)
    assert not faults, "\n".join(faults)


def ask_back(hands: Hands, month: str) -> str:
    """« Demande de remboursement », up to sent; returns its reference."""
    page, title = hands.page, hands.page.get_by_role("heading", level=1)
    page.get_by_role("main").get_by_text("Demande de remboursement", exact=True).click()
    hands.press("Commencer")
    expect(title).to_have_text("Le cas")
    hands.choose("Quel fonds doit rembourser ?", "RAFP")
    hands.choose("Pourquoi cette somme n’était-elle pas due ?", "Trop-versé")
    hands.press("Continuer")
    expect(title).to_have_text("Le versement")
    hands.fill("Mois des cotisations", month)
    hands.fill("Montant à rembourser, en euros", "100")
    hands.fill("Ce qui s’est passé", ASKED)
    hands.press("Continuer")
    for label, name in (
        ("Avis ou ordre de virement", "avis.pdf"),
        ("Relevé d’identité bancaire de l’établissement", "rib.pdf"),
    ):
        page.get_by_label(label, exact=True).set_input_files(paper(name))  # type: ignore[arg-type]
    hands.press("Joindre et continuer")
    expect(title).to_have_text("Vérifier et transmettre")
    expect(page.get_by_role("main")).to_contain_text("rib.pdf")
    main = page.get_by_role("main")
    main.get_by_text(re.compile("^J’atteste")).click()
    hands.press(re.compile("^Transmettre"))
    expect(title).to_contain_text("Votre demande est transmise")
    hands.follow("Voir le dossier")
    expect(page.get_by_role("main")).to_contain_text(ASKED)
    return page.url.rstrip("/").rsplit("/", 1)[-1]


def accept(page: Page, demo: Demo, adviser: Known, reference: str) -> list[str]:
    """An adviser of the fund takes it, and gives the money back."""
    hands, faults = Hands(page), list[str]()
    page.goto(f"/conseiller/demandes/{reference}/")
    hands.press("Je le prends")
    expect(page.get_by_text("Ce dossier est à vous.")).to_be_visible()
    faults += seen_everywhere(page)
    hands.fill("Un mot pour l’établissement (facultatif)", GRANTED)
    hands.press("Accepter la demande")
    said = page.get_by_text("La demande est acceptée")
    expect(said.or_(page.get_by_role("heading", name="Confirmer que c’est vous"))).to_be_visible()
    confirm_again(hands, demo, adviser.identifier)
    expect(said).to_be_visible()
    return faults + seen_everywhere(page)


def test_what_to_pay_is_read_and_money_asked_back_without_script(demo: Demo, visitor: Visitor) -> None:
    who, adviser = demo.people["administrateur-2"], demo.people["conseiller-1"]
    page = visitor(who, java_script_enabled=False)
    hands, main = Hands(page), page.get_by_role("main")
    page.goto(f"{who.home}services/cotisations/")
    main.get_by_role("link", name=re.compile("^RAFP")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Compte RAFP")
    page.goto(f"{who.home}services/cotisations/")
    hands.follow("Voir que payer")
    # ISO 11649: « RF », two figures of check, then what says for whom and for when.
    expect(main.locator("code").first).to_have_text(re.compile(r"^RF\d\d\s"))
    expect(main.get_by_role("button", name=re.compile("^Copier"))).to_have_count(0)

    page.goto(f"{who.home}demandes/")
    hands.follow("Nouvelle demande")
    before = datetime.datetime.fromtimestamp(demo.now(), tz=datetime.UTC).date().replace(day=1)
    reference = ask_back(hands, f"{before - datetime.timedelta(days=40):%m/%Y}")
    here = page.url

    theirs = looking(visitor(adviser, **LOOKING))
    faults = accept(theirs, demo, adviser, reference)
    page.goto(here)
    expect(main.locator(".head-line")).to_contain_text("Accepté")
    expect(main).to_contain_text(GRANTED)
    page.goto(f"{who.home}services/cotisations/comptes/rafp/mouvements/")
    given = main.get_by_role("row", name=re.compile("^Remboursement")).filter(has_text="100,00")
    expect(given.first).to_contain_text("Trop-versé")

    # The same eyes as everywhere, on what no link leads to.
    again = looking(visitor(who, **LOOKING))
    for path in (here, f"{here}historique/", f"{here}transmis/"):
        again.goto(path)
        faults += [f"{path}: {fault}" for fault in seen_everywhere(again)]
    assert not faults, "\n".join(faults)
