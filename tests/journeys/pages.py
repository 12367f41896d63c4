"""Which pages there are, for whom: those that links lead to, found; those behind forms and states, named."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.sync_api import APIResponse, Error, Page, Response

BOUND = 150
# Links of e-mails serve once: their pages are opened one by one, in the state that a test has made.
ONCE = ("/premiere-connexion/", "/mot-de-passe/", "/adresse/")


@dataclass(frozen=True)
class Seen:
    """A page to look at; `sent_empty`: as its form answers when it is sent without anything in it."""

    path: str
    sent_empty: bool = False


def kind(path: str) -> str:
    """The address without what varies: numbers and the query."""
    place = urlsplit(path)
    parts = ["#" if any(letter.isdigit() for letter in part) else part for part in place.path.split("/")]
    return "/".join(parts) + ("?" if place.query else "")


def crawl(page: Page, start: str, *, elsewhere: tuple[str, ...] = (), bound: int = BOUND) -> Iterator[str]:
    """Open the pages that links lead to, breadth first, from one page; each address is told while its page is open.

    Every answer stands (200). Pages of a list differ by one number or one date: of each kind, one is taken.
    `elsewhere`: folders whose pages, their first one apart, are the same for everybody and are looked at by somebody
    else. `bound`: of how many kinds at most.
    """
    kinds: set[str] = set()
    waiting, known = deque([start]), {start}
    while waiting and len(kinds) < bound:
        path = waiting.popleft()
        # Filters and sorts of a list are that list.
        if kind(path) in kinds or (path.startswith(elsewhere) and path not in elsewhere):
            continue
        answer = opened(page, path)
        assert answer.status == 200, f"{path} leads to {answer.status}"
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        kinds.add(kind(path))
        origin = "/".join(page.url.split("/")[:3])
        for href in page.evaluate("[...document.querySelectorAll('a[href]')].map(one => one.href)"):
            here = href.split("#")[0].removeprefix(origin)
            if here.startswith("/") and not here.startswith(ONCE) and here not in known:
                known.add(here)
                waiting.append(here)
        yield path


def opened(page: Page, path: str) -> Response | APIResponse:
    """The answer to a link that was followed; a file is asked for without being kept."""
    try:
        answer = page.goto(path)
    except Error as refusal:
        if "Download is starting" not in str(refusal):
            raise
        return page.request.get(path)
    assert answer is not None
    return answer
