"""The pictures of the guides: `make guides` takes them from a fresh demo; `test_guides.py` says when one is stale.

A picture shows the page's main part in both colour schemes. Beside it (`ground/pages/guides.json`) stands what the page
was made of: its headings, labels, columns and buttons. Numbers, dates, names and rows are left out: they change with
the demo and with what other journeys do, and make no guide wrong.
"""

import hashlib
import io
import json
import shutil
from dataclasses import dataclass
from typing import Any

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from parvis.ground.pages.guides import FOLDER, LIST
from tests.journeys.conftest import ARGUMENTS
from tests.journeys.running import running_demo
from tests.journeys.second_factor import sign_in

WHO = "administrateur"
WIDE, TALL = 900, 620
MARGIN, COLOURS = 32, 32
LARGEST = 40_000

# A request that was begun: what « Mes échanges » shows of it comes and goes.
BEGUN = "section[aria-labelledby=begun]"


@dataclass(frozen=True)
class Shot:
    """A picture: its name in the guides, the page under the establishment's, what it shows.

    `at`: the heading with which the picture begins, instead of the page's title. `apart`: what of the page comes and
    goes with the data, by selector. `without`: what the picture leaves out. `tall`: its height, at most.
    """

    name: str
    path: str
    alt: str
    at: str = ""
    apart: str = "tbody"
    without: str = ""
    tall: int = TALL


SHOTS = (
    Shot(
        "etablissement",
        "services/mon-etablissement/",
        "La page « Mon établissement » : chaque bloc, avec la date de sa dernière déclaration et un lien « Modifier ».",
        at="Coordonnées",
    ),
    Shot(
        "etablissement-modifier",
        "services/mon-etablissement/coordonnees/modifier/",
        "Le formulaire des coordonnées : adresse, code postal, commune, téléphone, adresse électronique.",
    ),
    Shot(
        "contrats",
        "services/contrats/",
        "La liste des contrats : fonds, numéro de contrat, début, fin et état.",
    ),
    Shot(
        "correspondants",
        "services/correspondants/",
        "La liste des correspondants d’un domaine : la personne, ses fonds, comment la joindre, sa déclaration.",
        at="Affiliation et carrières",
    ),
    Shot(
        "correspondants-ajouter",
        "services/correspondants/ajouter/",
        "Le formulaire « Ajouter un correspondant » : civilité, nom, prénom, fonction, téléphone.",
    ),
    Shot(
        "comptes",
        "comptes/",
        "La page « Gestion des comptes » : le bouton « Créer un compte », la recherche et les filtres.",
        # Creations that were begun stand in a card of their own.
        apart="tbody, .card",
    ),
    Shot(
        "courriers",
        "courriers/",
        "La page « Vos courriers » : la recherche, les filtres, puis un courrier par ligne, les non lus en gras.",
        tall=860,
    ),
    Shot(
        "echanges",
        "echanges/",
        "La page « Mes échanges » : le bouton « Nous contacter », les filtres, puis chaque échange avec son état.",
        # Drafts stand in a list of their own, while there are some.
        apart="tbody, section",
        without=BEGUN,
        tall=640,
    ),
    Shot(
        "echanges-ecrire",
        "echanges/nouveau/",
        "La première étape de « Nous contacter » : chercher en quelques mots, ou choisir dans la liste.",
        # Themes and motifs are data, which advisers edit.
        apart="section, .choices",
        without=BEGUN,
        tall=640,
    ),
    Shot(
        "echeancier",
        "echeancier/",
        "L’Échéancier : les filtres, puis les échéances mois par mois, avec « C’est fait » et « Je m’en occupe ».",
        apart="section",
        tall=860,
    ),
    Shot(
        "echeancier-mois",
        "echeancier/mois/",
        "La vue par mois : les échéances dans un calendrier, du lundi au dimanche.",
        apart=".month-head",
        tall=860,
    ),
    Shot(
        "agents",
        "services/agents/",
        "La liste des agents : la recherche, les filtres, puis un agent par ligne avec son régime et son état.",
        apart="tbody, .banners, .card",
    ),
    Shot(
        "declarations",
        "services/declarations/",
        "La page « Déclarations individuelles » : les DSN reçues, mois par mois, avec leur état.",
        apart="tbody, .banners, .card, section",
    ),
    Shot(
        "cotisations",
        "services/cotisations/",
        "La page « Cotisations » : le solde de chaque fonds, le prochain paiement, les majorations.",
        apart="tbody, .banners, .banner, .card, section",
    ),
)
STRUCTURE = """apart => {
  const found = [];
  const wanted = 'h1, h2, legend, label, th[scope=col], main button, main a.button';
  for (const one of document.querySelector('main').querySelectorAll(wanted)) {
    if (one.closest(`.banners, .difficulty, ${apart}`)) continue;
    const text = one.textContent.replace(/\\s+/g, ' ').replace(/\\d+/g, '0').trim();
    const line = `${one.tagName.toLowerCase()} ${text}`;
    if (!found.includes(line)) found.push(line);
  }
  return found;
}"""


def structure(page: Page, shot: Shot) -> list[str]:
    """What the page is made of, in order, each once."""
    told: list[str] = page.evaluate(STRUCTURE, shot.apart)
    return told


def taken(page: Page, shot: Shot, scheme: str) -> tuple[bytes, tuple[int, int]]:
    """The main part of the page as WebP: few colours, none of them lost, which text on plain ground wants."""
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    box = page.locator("main").bounding_box()
    assert box is not None
    top, end = box["y"], box["y"] + box["height"]
    if shot.at:
        heading = page.get_by_role("heading", name=shot.at, exact=True).bounding_box()
        assert heading is not None
        top = heading["y"] - MARGIN
    clip = {"x": 0, "y": top, "width": WIDE, "height": min(end - top, shot.tall)}
    with Image.open(io.BytesIO(page.screenshot(clip=clip, full_page=True))) as opened:  # type: ignore[arg-type]
        picture = opened.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).convert("RGB")
    held = io.BytesIO()
    picture.save(held, "WEBP", lossless=True, quality=100, method=6)
    assert held.tell() <= LARGEST, f"{held.tell()} bytes"
    return held.getvalue(), picture.size


def main() -> None:
    """Take them all, and note what each page was made of."""
    told: dict[str, Any] = {}
    FOLDER.mkdir(parents=True, exist_ok=True)
    with running_demo() as demo, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        page = browser.new_page(
            base_url=demo.address,
            locale="fr-FR",
            viewport={"width": WIDE, "height": TALL},
            reduced_motion="reduce",
        )
        who = demo.people[WHO]
        sign_in(page, demo, who.identifier, who.password)
        for shot in SHOTS:
            page.goto(f"{who.home}{shot.path}")
            kept: dict[str, Any] = {"alt": shot.alt, "structure": structure(page, shot), "digests": {}}
            if shot.without:
                page.locator(shot.without).evaluate_all("found => found.forEach(one => one.remove())")
            for scheme in ("light", "dark"):
                content, (kept["width"], kept["height"]) = taken(page, shot, scheme)
                (FOLDER / f"{shot.name}-{scheme}.webp").write_bytes(content)
                kept["digests"][scheme] = hashlib.sha256(content).hexdigest()[:10]
            told[shot.name] = kept
            print(shot.name)
        browser.close()
    for old in FOLDER.glob("*.webp"):
        if old.stem.rsplit("-", 1)[0] not in told:
            old.unlink()
    LIST.write_text(json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()
