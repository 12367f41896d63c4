"""The three steps from the first page to the identifier, one account after another, as one person would click.

They run in an establishment of their own; what an earlier run made there is taken away first.
"""

import http.client
import re
import statistics
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

import psycopg

from bench.databases import Database

FIELDS = {
    "civility": "mme",
    "first_name": "Aline",
    "function": "Gestionnaire paie",
    "unit": "",
    "phone": "04 50 00 00 00",
    "profile": "utilisateur",
    "starts_on": "",
    "ends_on": "",
}
RIGHTS = {"niveau-mon-etablissement": "modification", "niveau-contrats": "lecture", "niveau-correspondants": "aucun"}
_MADE = """
DELETE FROM access_linktoken WHERE establishment_id = %(here)s AND link_id IN (
  SELECT id FROM access_link WHERE membership_id > %(last)s);
DELETE FROM access_link WHERE establishment_id = %(here)s AND membership_id > %(last)s;
DELETE FROM access_right WHERE establishment_id = %(here)s AND membership_id > %(last)s;
DELETE FROM access_draft WHERE establishment_id = %(here)s;
DELETE FROM access_membership WHERE establishment_id = %(here)s AND id > %(last)s;
"""


@dataclass
class Browser:
    """One person's browser: cookies, redirections followed, and how long each answer took, in milliseconds."""

    port: int
    cookie: str
    token: str = "b" * 32
    times: list[float] = field(default_factory=list)

    def ask(self, path: str, fields: dict[str, str] | None = None) -> tuple[str, str]:
        """The address where it ends and its page."""
        for _ in range(4):
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            headers = {"Cookie": f"parvis_session={self.cookie}; parvis_csrf={self.token}"}
            body = None
            if fields is not None:
                body = urlencode({**fields, "csrfmiddlewaretoken": self.token})
                headers |= {"Content-Type": "application/x-www-form-urlencoded"}
            began = time.perf_counter()
            connection.request("GET" if fields is None else "POST", path, body, headers)
            answer = connection.getresponse()
            page = answer.read().decode()
            self.times.append((time.perf_counter() - began) * 1000)
            connection.close()
            if answer.status == 200:
                return path, page
            if answer.status != 302:
                raise RuntimeError(f"{path} : {answer.status}")
            path, fields = answer.headers["Location"], None
        raise RuntimeError(f"{path} : trop de redirections")


def clean(database: Database) -> None:
    """Take away the accounts that earlier runs made."""
    siret = database.known["places"][1][0]
    with psycopg.connect(database.owner_url) as owner:
        found = owner.execute("SELECT id FROM establishments_establishment WHERE siret = %s", [siret]).fetchone()
        values = {"here": found[0], "last": database.known["last_account"]} if found else {}
        for statement in _MADE.split(";\n"):
            if statement.strip():
                owner.execute(statement, values)
        owner.execute("TRUNCATE procrastinate_jobs CASCADE")


def measure(database: Database, port: int, cookie: str, accounts: int) -> dict[str, float]:
    """Create accounts one by one (26 at most); the median time of a whole creation, and of its slowest request."""
    siret = database.known["places"][1][0]
    first = f"/etablissements/{siret}/comptes/creer/"
    whole, slowest, requests = [], [], 0
    for number in range(accounts):
        # Never the same person twice: that would be asked about on the check page.
        letter = chr(ord("a") + number)
        newcomer = {"last_name": f"Mesure-{letter.upper()}", "email": f"aline.{letter}@exemple.fr"}
        browser = Browser(port, cookie)
        _, page = browser.ask(first)
        draft = re.search(r'name="draft" value="([0-9a-f-]{36})"', page)
        if draft is None:
            raise RuntimeError("La première étape ne donne pas de brouillon.")
        address, _ = browser.ask(first, {**FIELDS, **newcomer, "draft": draft[1]})
        address, _ = browser.ask(address, RIGHTS)
        address, page = browser.ask(address, {})
        if not address.endswith("/identifiant/"):
            raise RuntimeError(f"Le compte n’est pas créé : {address}")
        whole.append(sum(browser.times))
        slowest.append(max(browser.times))
        requests = len(browser.times)
    return {
        "accounts": accounts,
        "requests": requests,
        "whole": statistics.median(whole),
        "slowest": statistics.median(slowest),
    }
