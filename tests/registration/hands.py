"""An establishment that nobody administers, and the steps of who registers it, each as one call."""

import io
import re
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from parvis.access.models import TermsAcceptance
from parvis.establishments.models import Establishment
from parvis.ground import tenancy
from parvis.post import postal
from parvis.post.models import Message, PostalLetter
from parvis.registration.actions.begun import LETTER
from parvis.registration.models import Registration
from tests.plugins.html import ReadingClient
from tests.world import establishment

SIRET = "21740003500010"
START = "/inscrire-un-etablissement/"
PERSON = {
    "civility": "mme",
    "last_name": "Vautrin",
    "first_name": "Solène",
    "function": "Secrétaire générale de mairie",
    "unit": "",
    "email": "solene.vautrin@alex-mairie.example",
    "phone": "04 65 71 00 42",
}
CONTRACT = {"contract_number": "cnracl 0042", **PERSON}


def free_establishment(siret: str = SIRET, name: str = "Alex", funds: tuple[str, ...] = ("cnracl", "rafp")) -> Any:
    """As its owner: an employer with contracts, without any account."""
    made = establishment(siret, name, funds)
    TermsAcceptance.objects.filter(establishment=made).delete()
    Establishment.objects.filter(pk=made.pk).update(
        address=["2 place de la Mairie", "74290 ALEX"], commune="Alex", postcode="74290"
    )
    made.refresh_from_db()
    return made


def picture(name: str = "arrete.png") -> SimpleUploadedFile:
    """An image that the checks accept."""
    held = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(held, "PNG")
    return SimpleUploadedFile(name, held.getvalue(), "image/png")


@dataclass
class Registrant:
    """Who registers `place` in this browser."""

    client: ReadingClient
    place: Establishment

    def asks(self, siret: str = "") -> Any:
        """The SIRET; the answer's page."""
        return self.client.post(START, {"siret": siret or self.place.siret}, follow=True)

    def says(self, **changes: str) -> Any:
        """Who they are."""
        return self.client.post(f"{START}coordonnees/", {**CONTRACT, **changes})

    def by_post(self) -> Any:
        return self.client.post(f"{START}preuve/", {"preuve": "courrier"})

    def by_upload(self, *files: SimpleUploadedFile) -> Any:
        return self.client.post(f"{START}preuve/", {"preuve": "documents", "documents": list(files) or [picture()]})

    def began(self) -> "Registrant":
        """As far as the choice of a proof."""
        assert "Vous pouvez inscrire cet établissement" in self.asks().content.decode()
        answer = self.says()
        assert answer.status_code == 302, answer.content.decode()
        return self

    def posted(self) -> "Registrant":
        """As far as the letter."""
        self.began()
        answer = self.by_post()
        assert answer.status_code == 302, answer.content.decode()
        return self

    def uploaded(self) -> "Registrant":
        """As far as the advisers."""
        self.began()
        answer = self.by_upload()
        assert answer.status_code == 302, answer.content.decode()
        return self

    @property
    def registration(self) -> Registration:
        with tenancy.scope(establishment=self.place.pk):
            return Registration.objects.order_by("-id")[0]

    @property
    def letter(self) -> PostalLetter:
        with tenancy.scope(establishment=self.place.pk):
            found = postal.latest(kind=LETTER, object_id=self.registration.pk)
        assert found is not None
        return found

    @property
    def code(self) -> str:
        with tenancy.scope(establishment=self.place.pk):
            return postal.code_given(self.letter)

    @property
    def follow(self) -> str:
        return f"{START}suivi/{self.registration.reference}/"

    def does(self, gesture: str, **more: Any) -> Any:
        """A button of the follow-up page."""
        return self.client.post(self.follow, {"geste": gesture, **more})

    def page(self) -> str:
        return self.client.get(self.follow).content.decode()

    def noted(self) -> str:
        """The follow-up code as the page shows it."""
        found = re.search(r"Code de suivi</dt><dd[^>]*><strong[^>]*>([0-9A-Z-]+)<", self.page())
        assert found is not None
        return found[1]


def messages(place: Establishment, *kinds: str) -> list[str]:
    """The e-mails queued of the establishment, by kind."""
    with tenancy.scope(establishment=place.pk):
        found = Message.objects.order_by("id").values_list("kind", flat=True)
        return [kind for kind in found if not kinds or kind in kinds]
