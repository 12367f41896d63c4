"""Browser journeys: the whole demo in a process of its own, Chromium in front of it.

They never touch Django's ORM: Playwright's event loop and Django's guard against one exclude each other, so Chromium
lives no longer than a module.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.journeys.running import Demo, Known, running_demo
from tests.journeys.second_factor import sign_in

ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
Visitor = Callable[..., Page]
# Where nothing else is said, a page has as long to come as anything else: a busy machine is no fault of it.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)


def chromium_path() -> str:
    """Chromium, or a sentence that says what to install."""
    chosen = os.environ.get("PARVIS_CHROMIUM")
    found = shutil.which(chosen) if chosen else shutil.which("chromium")
    if found is None:
        pytest.fail(
            f"PARVIS_CHROMIUM désigne « {chosen} », qui n’est pas un programme."
            if chosen
            else "Les parcours au navigateur demandent chromium : installez-le (Debian : apt install chromium), ou "
            "désignez un Chromium ou un Chrome par PARVIS_CHROMIUM=/chemin, puis relancez « make test ».",
            pytrace=False,
        )
    return found


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    """The running demo; nothing of it is left at the end."""
    with running_demo() as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium."""
    path = chromium_path()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


def complaint(message: ConsoleMessage) -> str:
    """What a page says in the console and should not; a page that is itself refused (403, 404) says so there too."""
    if message.type not in ("error", "warning"):
        return ""
    if message.text.startswith("Failed to load resource") and "/static/" not in message.location.get("url", ""):
        return ""
    return f"{message.location.get('url')}: {message.text}"


@pytest.fixture
def visitor(browser: Browser, demo: Demo) -> Iterator[Visitor]:
    """Make a fresh browser window: nobody signed in, nothing stored. Whatever a console says fails the test."""
    contexts: list[tuple[BrowserContext, Known | None]] = []
    said: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if text := complaint(message):
            said.append(text)

    def fresh(who: Known | None = None, **options: Any) -> Page:
        # Somebody who signed in before finds their session, or a browser that is trusted; an adviser signs in anew, for
        # most of what they do wants a factor given lately, and other journeys move the clock.
        left = demo.apps.cookies.get(who.identifier) if who is not None and not who.of_office else None
        context = browser.new_context(locale="fr-FR", base_url=demo.address, storage_state=left, **options)
        context.set_default_timeout(PATIENCE)
        contexts.append((context, who))
        page = context.new_page()
        page.on("console", heard)
        page.on("pageerror", lambda fault: said.append(f"{page.url}: {fault}"))
        page.on("request", lambda request: _stays_here(request.url, demo, said))
        if who is not None and page.request.get("/mon-compte/", max_redirects=0).status != 200:
            sign_in(page, demo, who.identifier, who.password)
            demo.apps.cookies[who.identifier] = context.storage_state()
        return page

    yield fresh
    for context, who in contexts:
        if who is not None:
            demo.apps.cookies[who.identifier] = context.storage_state()
        context.close()
    assert not said, said


def _stays_here(url: str, demo: Demo, said: list[str]) -> None:
    if urlsplit(url).scheme in ("http", "https") and not url.startswith(f"{demo.address}/"):
        said.append(f"a page asks for {url}")
