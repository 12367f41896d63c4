"""The public site as a whole: the front page, the site map that forgets nothing, pages that weigh little."""

import gzip
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

import parvis
from parvis.access.levels import Level
from parvis.access.rules import Rule
from parvis.config.environment import Fault, accessibility
from parvis.establishments.funds import FUNDS
from parvis.ground import tenancy
from parvis.ground.adviser_line import ADVISER_LINE
from parvis.ground.pages.styles import stylesheet
from parvis.information.site_map import NOT_PAGES, PAGES, site_map
from parvis.notices.actions import notify_each
from tests.letters.hands import came, give
from tests.plugins.html import ReadingClient
from tests.test_addresses import ADDRESSES, rule_of
from tests.world import HERE, Someone, World

LIMIT = 60_000  # bytes on a first visit: the page and all that it asks for by itself
ASKED = re.compile(r'<link rel="(?:stylesheet|icon)"[^>]* href="([^"]+)"|<(?:script|img)[^>]* src="([^"]+)"')
pytestmark = pytest.mark.django_db
MAPPED = [link.href for _, links in site_map() for link in links]


def open_pages() -> set[str]:
    """Every address that anybody may look at and that wants nothing to be known."""
    return {
        name
        for name, route, pattern in ADDRESSES
        if isinstance(rule := rule_of(pattern), Rule)
        and rule.kind in ("public", "visitor")
        and "GET" in rule.methods
        and "<" not in route
        and "(?P" not in route
        and not route.startswith("demo/")
    }


def test_the_site_map_forgets_no_page_and_lists_none_twice() -> None:
    named = {name for _, pages in PAGES for name, _ in pages} | {"information:funds", "information:help"}
    assert open_pages() == named | set(NOT_PAGES)
    assert not named & set(NOT_PAGES)
    assert len(MAPPED) == len(set(MAPPED))
    page = ReadingClient().get("/plan-du-site/").content.decode()
    assert all(f'href="{href}"' in page for href in MAPPED)


def weight(browser: Client, address: str) -> int:
    """Bytes that travel on a first visit."""
    answer = browser.get(address, headers={"accept-encoding": "gzip"})
    assert answer.status_code == 200
    total = len(answer.content)
    for asked in {first or second for first, second in ASKED.findall(answer.content.decode())}:
        found = Client().get(asked, headers={"accept-encoding": "gzip"})
        assert found.status_code == 200, asked
        total += len(b"".join(found.streaming_content) if found.streaming else found.content)  # type: ignore[attr-defined]
    return total


@pytest.mark.parametrize("address", MAPPED)
def test_a_page_of_the_map_opens_and_a_first_visit_weighs_less_than_60_kb(address: str) -> None:
    assert weight(ReadingClient(), address) < LIMIT


def test_who_is_signed_in_waits_for_no_more(world: World, signed_in: Callable[[Someone], ReadingClient]) -> None:
    give(world.administrator, level=Level.WRITE)
    letters = [
        came(world, f"RC-2026-{number:05}", title="Calendrier des déclarations pour 2027") for number in range(27)
    ]
    with tenancy.scope(establishment=world.here.pk):
        about = {"fund": "cnracl", "type": "Relevé de compte de cotisations"}
        notify_each("letter", [(world.here.pk, one.pk, about) for one in letters], service="courriers")
    browser = signed_in(world.administrator)
    for name in ("inbox:home", "letters:index", "exchanges:index", "obligations:index", "notices:index"):
        # Whoever has more contracts and services has more in the frame and the filters.
        assert weight(browser, reverse(name, args=[HERE])) < LIMIT - 3_000, name
    # The presentation stays within reach, in one's own frame.
    page = browser.get(reverse("information:presentation")).content.decode()
    assert "Se déconnecter" in page and "Employeurs publics, vos fonds au même endroit" in page
    assert f'href="{reverse("identity:sign-in")}"' not in page


def test_no_page_sends_a_request_by_itself() -> None:
    # Only what a person does sends one: a passkey, « Rester connecté » before the session ends.
    asking = re.compile(r"\bfetch\s*\(|XMLHttpRequest|setInterval|sendBeacon|EventSource|WebSocket")
    scripts = {path.name: path.read_text() for path in (Path(parvis.__file__).parent).rglob("static/**/*.js")}
    assert {"parvis.js", "idle.js", "passkeys.js"} <= set(scripts)
    assert {name for name, script in scripts.items() if asking.search(script)} == {"idle.js", "passkeys.js"}
    templates = Path(parvis.__file__).parent.rglob("templates/**/*.html")
    assert not [str(path) for path in templates if re.search(r'http-equiv="?refresh', path.read_text(), re.IGNORECASE)]


def test_the_style_sheet_travels_compressed_and_whole() -> None:
    digest, sheet = stylesheet()
    address = reverse("ground:stylesheet", args=[digest])
    packed = Client().get(address, headers={"accept-encoding": "br, gzip"})
    assert packed["Content-Encoding"] == "gzip" and packed["Vary"] == "Accept-Encoding"
    assert gzip.decompress(packed.content) == sheet
    assert Client().get(address).content == sheet


def test_a_visitor_reads_what_parvis_is_and_who_is_signed_in_goes_on(
    world: World, signed_in: Callable[[Someone], ReadingClient]
) -> None:
    answer = ReadingClient().get("/")
    page = answer.content.decode()
    assert answer.status_code == 200
    for name in ("identity:sign-in", "registration:start", "information:help", "information:contact", "recovery:start"):
        assert f'href="{reverse(name)}"' in page
    assert all(f'href="/fonds/{code}/"' in page for code in FUNDS)
    assert "09\u00a070\u00a080\u00a093\u00a029" in page
    assert signed_in(world.user).get("/").headers["Location"] == f"/etablissements/{world.here.siret}/"
    assert ReadingClient().post("/").status_code == 405


@pytest.mark.parametrize(
    ("state", "audit", "found"),
    [
        ("", "", ("non", "")),
        ("non", "", ("non", "")),
        ("partiellement", "Cabinet, 3 mars 2027", ("partiellement", "Cabinet, 3 mars 2027")),
        ("partiellement", "", None),
        ("totalement", " ", None),
        ("presque", "Cabinet", None),
    ],
)
def test_conformity_is_stated_only_where_an_audit_was_made(
    monkeypatch: pytest.MonkeyPatch, state: str, audit: str, found: tuple[str, str] | None
) -> None:
    monkeypatch.setenv("PARVIS_ACCESSIBILITY", state)
    monkeypatch.setenv("PARVIS_ACCESSIBILITY_AUDIT", audit)
    if found is None:
        with pytest.raises(Fault, match="PARVIS_ACCESSIBILITY"):
            accessibility()
    else:
        assert accessibility() == found
    assert "Accessibilité : non conforme" in ReadingClient().get("/aide/").content.decode().replace("\u00a0", " ")


def test_the_telephone_of_the_advisers_is_written_once() -> None:
    root = Path(parvis.__file__).parent
    written = re.compile(r"09[\s.]70[\s.]80[\s.]93[\s.]29|970809329")
    held = {
        path.name
        for end in ("py", "html", "txt")
        for path in root.rglob(f"*.{end}")
        if written.search(path.read_text())
    }
    # The migration is the contact as data, as it was first filled in.
    assert held <= {"adviser_line.py", "0002_contacts.py"}
    assert ADVISER_LINE.href == "tel:+33" + re.sub(r"\s", "", ADVISER_LINE.phone)[1:]
