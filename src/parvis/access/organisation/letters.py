"""The e-mails of this part: a proposal recalled to the establishment; many proposed, told to one's colleagues."""

import uuid

from django.conf import settings
from django.urls import reverse

from parvis.access.choices import wanted_by_told
from parvis.access.delegation.parties import employers
from parvis.access.delegation.state import State, answer_by, state_of
from parvis.access.models import Delegation, DelegationBatch, Membership
from parvis.access.queries.people import active_administrators
from parvis.ground.pages.filters import plural
from parvis.journal.queries import names
from parvis.post.models import Message
from parvis.post.registry import Choice, Envelope, Letter, envelope, register


def _recipient(message: Message) -> Membership | None:
    """Whom the message was queued for, if they still administer their establishment."""
    to = Membership.objects.select_related("establishment").filter(pk=message.detail.get("to")).first()
    return to if to and (to.establishment_id, to.pk) in active_administrators([to.establishment_id]) else None


def reminded(message: Message) -> Envelope | None:
    """To each administrator of the establishment, as long as the proposal waits for their answer."""
    to, found = _recipient(message), Delegation.objects.filter(pk=message.object_id).first()
    if to is None or found is None or state_of(found) is not State.PROPOSED:
        return None
    organisation = employers([found.organisation_id])[found.organisation_id].name
    return envelope(
        to.email,
        f"Parvis : une proposition de délégation attend votre réponse pour {to.establishment.name}",
        "access/emails/delegation_reminded",
        {
            "name": to.name,
            "organisation": organisation,
            "establishment": to.establishment.name,
            "proposed_at": found.proposed_at,
            "author": found.proposed_name,
            "answer_by": answer_by(found),
            "address": settings.PARVIS_ADDRESS + reverse("access:delegation", args=[to.establishment.siret, found.ref]),
        },
    )


def batch(message: Message) -> Envelope | None:
    """To the organisation's other administrators: who proposed to how many."""
    to, found = _recipient(message), DelegationBatch.objects.filter(pk=message.object_id).first()
    if to is None or found is None or found.confirmed_at is None:
        return None
    by = uuid.UUID(message.detail["by"])
    return envelope(
        to.email,
        f"Parvis : délégation proposée à {plural(found.proposed, 'établissement', 'établissements')}",
        "access/emails/delegation_batch",
        {
            "name": to.name,
            "author": names([by]).get(by, ""),
            "establishment": to.establishment.name,
            "count": found.proposed,
            "at": found.confirmed_at,
            "days": settings.PARVIS_DELEGATION_ANSWER.days,
            "address": settings.PARVIS_ADDRESS + reverse("access:batch-following", args=[to.establishment.siret]),
        },
    )


register(
    Letter(
        "access.delegation_reminded",
        "Proposition de délégation sans réponse, relancée par l’organisme (une fois par semaine au plus)",
        "chaque administrateur actif de l’établissement",
        "",
        reminded,
    ),
    Letter(
        "access.delegation_batch",
        "Délégation proposée à plusieurs établissements",
        "chaque autre administrateur actif de l’organisme",
        "",
        batch,
        choosable=Choice("Une autre personne a proposé une délégation à plusieurs établissements", wanted_by_told),
    ),
)
