"""The picture of the README: `python -m tests.journeys.screenshot [FILE]`, by default in the temporary folder."""

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.journeys.accounts import choose_rights
from tests.journeys.conftest import ARGUMENTS
from tests.journeys.hands import Hands
from tests.journeys.running import running_demo
from tests.journeys.second_factor import sign_in


def main(target: Path) -> None:
    """The step « Attribuer les droits », two levels chosen: 1280 × 800, light."""
    with running_demo() as demo, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        page = browser.new_page(
            base_url=demo.address,
            locale="fr-FR",
            # More of the page than a window of that size holds: the levels are on it too.
            viewport={"width": 1760, "height": 1100},
            device_scale_factor=1280 / 1760,
            color_scheme="light",
        )
        who = demo.people["administrateur"]
        sign_in(page, demo, who.identifier, who.password)
        page.goto(f"{who.home}comptes/")
        page.get_by_role("link", name="Reprendre la création").first.click()
        choose_rights(Hands(page), {"Mon établissement": "Modification", "Contrats avec les fonds": "Lecture seule"})
        page.evaluate("scrollTo(0, 0)")
        page.screenshot(path=target)
        browser.close()
    print(target)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.gettempdir()) / "parvis-screenshot.png")
