"""Who asks, and which funds have something to answer them."""

from parvis.establishments.funds import FUNDS, Fund
from parvis.information.models import ContactPoint

Audience = ContactPoint.Audience

# In addresses, and what each is called when one chooses oneself.
SLUGS = {"employeur": Audience.EMPLOYER, "agent": Audience.ACTIVE, "retraite": Audience.RETIRED}
BY_AUDIENCE = {audience: slug for slug, audience in SLUGS.items()}
WHO = {
    Audience.EMPLOYER: "Je travaille pour un employeur public",
    Audience.ACTIVE: "Je suis agent, en activité",
    Audience.RETIRED: "Je suis à la retraite",
}
HINTS = {
    Audience.EMPLOYER: "Comptes, déclarations, cotisations, dossiers de vos agents.",
    Audience.ACTIVE: "Ma carrière, mes droits, mon départ.",
    Audience.RETIRED: "Ma pension, son paiement, une réversion.",
}
# The other funds are financed by employers and pay employers: no agent has a file there.
OF_AGENTS = frozenset({"cnracl", "ircantec", "rafp", "atiacl", "faefm"})


def funds_for(audience: ContactPoint.Audience) -> list[Fund]:
    """The funds that somebody like that may have to do with, in the usual order."""
    return [fund for code, fund in FUNDS.items() if audience == Audience.EMPLOYER or code in OF_AGENTS]
