"""Whoever writes to a fund, step by step, and the files they join."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from parvis.access.standing import Standing, standing
from parvis.establishments.models import Establishment
from parvis.exchanges.models import Exchange
from parvis.ground import tenancy
from tests.plugins.html import ReadingClient
from tests.world import Someone

SignedIn = Callable[[Someone], ReadingClient]
NIR = "285047401012371"
LIQUIDATION = {
    "sujet": "pension-liquidation",
    "fonds": {"fund": "cnracl"},
    "precisions": {"nir": NIR, "agent_name": "Martine Durand"},
    "message": {"text": "Le dossier est transmis depuis le 3 mars. Où en est-il ?"},
}


def picture(name: str = "decision.png", colour: str = "white") -> SimpleUploadedFile:
    """An image that the checks accept."""
    held = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(held, "PNG")
    return SimpleUploadedFile(name, held.getvalue(), "image/png")


@dataclass
class Writer:
    """Somebody of an establishment who writes to a fund in this browser; `at` is where the form stands."""

    browser: ReadingClient
    someone: Someone
    at: str = ""
    place: str = ""

    @property
    def home(self) -> str:
        where = self.someone.membership.establishment_id
        with tenancy.scope(establishment=where):
            return f"/etablissements/{self.place or Establishment.objects.get(pk=where).siret}/echanges/"

    def begins(self, subject: str = "pension-liquidation", **more: str) -> Any:
        answer = self.browser.post(f"{self.home}nouveau/", {"sujet": subject, **more})
        self.at = answer.headers.get("Location", "")
        return answer

    @property
    def draft(self) -> str:
        return self.at.split("/")[-3]

    def page(self, step: str) -> str:
        return f"{self.home}nouveau/{self.draft}/{step}/"

    def says(self, step: str, **fields: Any) -> Any:
        """Answer one page; where it leads."""
        answer = self.browser.post(self.page(step), fields)
        if answer.status_code == 302 and "/nouveau/" in answer.headers["Location"]:
            self.at = answer.headers["Location"]
        return answer

    def fills(self, **changes: Any) -> "Writer":
        """As far as the check page."""
        said = {**LIQUIDATION, **changes}
        self.begins(str(said["sujet"]))
        for step in ("fonds", "precisions", "message"):
            self.says(step, **said[step])
        self.says("pieces", geste="continuer")
        assert self.at.endswith("/verifier/"), self.at
        return self

    def sends(self, **fields: str) -> Any:
        return self.browser.post(self.page("verifier"), {"attestation": "on", **fields})

    def exchange(self, **changes: Any) -> Exchange:
        """One exchange, sent."""
        answer = self.fills(**changes).sends()
        assert answer.status_code == 302, answer.content.decode()
        return sent(self.someone, answer.headers["Location"].split("/")[-3])

    def does(self, reference: str, gesture: str, **more: Any) -> Any:
        """A button of the thread's page."""
        return self.browser.post(f"{self.home}{reference}/", {"geste": gesture, **more})


def sent(who: Someone, reference: str) -> Exchange:
    """The exchange, as it is in the database."""
    with tenancy.scope(establishment=who.membership.establishment_id):
        return Exchange.objects.get(reference=reference)


def standing_of(who: Someone) -> Standing:
    """Who they are here, in the scope that is open."""
    found = standing(who.person.pk, who.membership.establishment_id)
    assert found is not None
    return found


def about_contracts(lea: Writer) -> Exchange:
    """An exchange of a motif with a service (« Contrats »)."""
    lea.begins("contrat-immatriculation")
    lea.says("fonds", fund="cnracl")
    lea.says("message", text="Quel est notre numéro d’affiliation ?")
    lea.says("pieces", geste="continuer")
    return sent(lea.someone, lea.sends().headers["Location"].split("/")[-3])


@dataclass
class Office:
    """An adviser's browser, at the exchanges."""

    browser: Client

    def queue(self, query: str = "") -> str:
        return self.browser.get(f"/conseiller/echanges/{query}").content.decode()

    def page(self, reference: str, query: str = "") -> str:
        return self.browser.get(f"/conseiller/echanges/{reference}/{query}").content.decode()

    def does(self, reference: str, gesture: str, **more: Any) -> Any:
        """A button of an exchange's page."""
        return self.browser.post(f"/conseiller/echanges/{reference}/", {"geste": gesture, **more})
