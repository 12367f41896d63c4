"""The picture of the README: `python -m tests.journeys.screenshot [FILE]`, by default in the temporary folder."""

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.journeys.conftest import ARGUMENTS, sign_in
from tests.journeys.running import running_demo


def main(target: Path) -> None:
    """« Gestion des comptes » of the demo's administrator, 1280 × 800, light."""
    with running_demo() as demo, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        page = browser.new_page(
            base_url=demo.address, locale="fr-FR", viewport={"width": 1280, "height": 800}, color_scheme="light"
        )
        who = demo.people["administrateur"]
        sign_in(page, who)
        page.goto(f"{who.home}comptes/")
        page.screenshot(path=target)
        browser.close()
    print(target)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.gettempdir()) / "parvis-screenshot.png")
