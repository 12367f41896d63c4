"""The e-mail to an organisation about the delegations of many clients at once: they end soon, ended, or lapsed."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from parvis.access.delegation.letters import recipient
from parvis.access.delegation.state import State, state_of
from parvis.access.models import Delegation
from parvis.ground import tenancy
from parvis.ground.pages.filters import date_long, plural
from parvis.post.models import Message
from parvis.post.registry import Envelope, Letter, envelope, register

# Establishments named in one e-mail; the organisation's list holds the others.
NAMED = 50

# What an organisation is told of many clients at once: subject, sentence; {0} is « 3 délégations ».
MANY = {
    "ending": (
        "{0} prennent bientôt fin",
        "Ces délégations de droits prennent bientôt fin. Si elles restent utiles, proposez de les renouveler.",
    ),
    "over": (
        "{0} ont pris fin",
        "Ces délégations de droits ont pris fin : vos collègues n’ont plus accès aux services de ces établissements.",
    ),
    "lapsed": (
        "{0} sont caduques",
        "Ces propositions n’ont pas reçu de réponse à temps : elles sont caduques. Si elles restent utiles, "
        "faites-les de nouveau.",
    ),
}
ONE = {
    "ending": "1 délégation prend bientôt fin",
    "over": "1 délégation a pris fin",
    "lapsed": "1 proposition est caduque",
}


def clients(message: Message) -> Envelope | None:
    """To each administrator of an organisation: the delegations of the day that end, ended or lapsed, in one e-mail."""
    to = recipient(message)
    if to is None:
        return None
    what, count = message.detail["what"], int(message.detail["count"])
    with tenancy.scope(establishment=to.establishment_id, role=tenancy.PORTFOLIO, read_only=True):
        rows = list(
            Delegation.objects.filter(pk__in=message.detail["delegations"][:NAMED])
            .select_related("establishment")
            .order_by("ends_on", "establishment__sort_key", "id")
        )
    rows = [row for row in rows if _still(what, row)]
    if not rows:
        return None
    subject, sentence = MANY[what]
    word = ("proposition", "propositions") if what == "lapsed" else ("délégation", "délégations")
    named = [f"{row.establishment.name} : {_when(what, row)}" for row in rows]
    rest = count - len(message.detail["delegations"][:NAMED])
    return envelope(
        to.email,
        f"Parvis : {ONE[what] if count == 1 else subject.format(plural(count, *word))} ({to.establishment.name})",
        "access/emails/delegation_clients",
        {
            "name": to.name,
            "sentences": [sentence],
            "services": named + ([f"et {plural(rest, 'autre', 'autres')}"] if rest > 0 else []),
            "facts": [],
            "button": "Voir les établissements suivis",
            "address": settings.PARVIS_ADDRESS + reverse("access:clients", args=[to.establishment.siret]),
        },
    )


def _still(what: str, row: Delegation) -> bool:
    state = state_of(row)
    wanted: dict[str, Any] = {
        "ending": state in (State.UPCOMING, State.IN_FORCE),
        "over": state is State.ENDED,
        "lapsed": state is State.LAPSED,
    }
    return bool(wanted[what])


def _when(what: str, row: Delegation) -> str:
    if what == "lapsed":
        return f"proposée le {date_long(row.proposed_at)}"
    return f"fin le {date_long(row.ends_on)}"


register(
    Letter(
        "access.delegation_clients",
        "Délégations reçues qui prennent bientôt fin, ont pris fin ou n’ont pas eu de réponse",
        "chaque administrateur actif de l’organisme",
        "",
        clients,
    ),
)
