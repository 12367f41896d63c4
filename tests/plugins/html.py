"""A test client that reads every HTML page as a strict browser would: a fault fails the test that met it."""

import functools
import re
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from django.test import Client

# html5lib's own list is of 2014: what HTML has gained since.
_NEW = {"search"}
# Drawn anew for each answer, and no fault of any page.
_TOKEN = re.compile(r'(?<=name="csrfmiddlewaretoken" value=")\w+(?=")')

_SET = re.compile("[\u00a0\u202f](?=[:;?!»])|(?<=«)\u00a0|(?<=n°)\u00a0")


def _text(element: Element) -> str:
    return "".join(element.itertext()).strip()


@functools.lru_cache(maxsize=8)
def read(page: str) -> tuple[Element, list[str]]:
    """A page's tree, to be read and not changed, and what is no HTML in it. Reading takes longer than the answer did.

    Kept for a while: a test reads the page that it was given, mostly more than once.
    """
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(page)
    return tree, [
        f"HTML, {where}: {code} {what}" for where, code, what in parser.errors if what.get("name") not in _NEW
    ]


_judged: dict[int, list[str]] = {}


def faults(page: str) -> list[str]:
    """What is wrong with a page: not HTML, no or two h1, no title, a field without label, ids twice, inline code."""
    same = hash(_TOKEN.sub("", page))
    if same not in _judged:
        _judged[same] = _faults(page)
    return _judged[same]


def _faults(page: str) -> list[str]:
    tree, wrong = read(page)
    found = [*wrong]
    everything = [element for element in tree.iter() if isinstance(element.tag, str)]
    headings = [element for element in everything if element.tag == "h1"]
    if len(headings) != 1 or not _text(headings[0]):
        found.append(f"{len(headings)} h1")
    title = tree.find("head/title")
    if title is None or not re.search(r"\S.* – Parvis$", _text(title)):
        found.append(f"title: {_text(title) if title is not None else None!r}")
    ids = [element.get("id", "") for element in everything if element.get("id")]
    found += [f"id twice: {name}" for name in sorted({name for name in ids if ids.count(name) > 1})]
    labels = {element.get("for") for element in everything if element.tag == "label" and _text(element)}
    for element in everything:
        shown = element.tag in ("input", "select", "textarea") and element.get("type") not in ("hidden", "submit")
        if shown and element.get("id") not in labels and not element.get("aria-label"):
            found.append(f"field without label: {element.get('name')}")
        if element.tag == "script" and not element.get("src"):
            found.append("inline script")
        if element.tag == "style" or element.get("style"):
            found.append("inline style")
        found += [f"inline {name}" for name in element.attrib if name.startswith("on")]
        if element.tag == "a" and not element.get("href"):
            found.append(f"link that leads nowhere: {_text(element)}")
        for name in ("aria-describedby", "aria-labelledby", "for", "aria-controls"):
            found += [f"{name} to nothing: {ref}" for ref in element.get(name, "").split() if ref not in ids]
        posts = element.tag == "form" and element.get("method", "").lower() == "post"
        if posts and not any(field.get("name") == "csrfmiddlewaretoken" for field in element.iter("input")):
            found.append("POST form without CSRF token")
    if tree.get("lang") != "fr":
        found.append("no lang")
    return found


def as_typed(text: str) -> str:
    """Without the no-break spaces of French signs: tests say sentences as one types them. That they are there is held
    by `tests/ground/pages/test_typography.py`."""
    return _SET.sub(" ", text)


class ReadingClient(Client):
    """Every HTML answer is held to `faults`, then read `as_typed`."""

    def request(self, **request: Any) -> Any:
        answer = super().request(**request)
        kind = answer.headers.get("Content-Type", "")
        if kind.startswith("text/html") and not answer.streaming and answer.content:
            wrong = faults(answer.content.decode())
            assert not wrong, f"{answer.request['PATH_INFO']} ({answer.status_code}): {wrong}"
            answer.content = as_typed(answer.content.decode()).encode()
        return answer


@pytest.fixture
def client() -> ReadingClient:
    """An anonymous browser."""
    return ReadingClient()
