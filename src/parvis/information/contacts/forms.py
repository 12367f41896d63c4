"""« Nous contacter »: who asks, about which fund, from where. Sent by GET, so that an answer has an address."""

from dataclasses import dataclass

from django.http import QueryDict

from parvis.establishments.funds import FUNDS, Fund
from parvis.ground.territories import TERRITORIES, Territory
from parvis.information.contacts.audiences import SLUGS
from parvis.information.models import ContactPoint

MISSING_WHO = "Dites qui vous êtes\u00a0: choisissez l’une des trois réponses."
MISSING_FUND = "Choisissez le fonds dont il s’agit."


@dataclass(frozen=True, slots=True)
class Asked:
    """What was chosen; None for what was not, or does not exist. `sent`: by the form, not by a link."""

    audience: ContactPoint.Audience | None
    fund: Fund | None
    territory: Territory
    sent: bool

    @property
    def problems(self) -> list[tuple[str, str]]:
        """What is missing, for the summary at the top: message and anchor."""
        if not self.sent:
            return []
        missing = [] if self.audience else [(MISSING_WHO, "id_qui")]
        return missing if self.fund else [*missing, (MISSING_FUND, "id_fonds")]


def asked(given: QueryDict, here: Territory) -> Asked:
    """From an address; `here`: where the visitor is, as far as is known, when they do not say."""
    return Asked(
        audience=SLUGS.get(given.get("qui", "")),
        fund=FUNDS.get(given.get("fonds", "")),
        territory=TERRITORIES.get(given.get("lieu", ""), here),
        sent="fonds" in given,
    )
