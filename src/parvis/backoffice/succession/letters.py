"""The e-mail to the administrators of an establishment that took another's place."""

from django.conf import settings
from django.db import connection
from django.urls import reverse

from parvis.access.actions.guards import active_administrator_ids
from parvis.access.models import Membership
from parvis.backoffice.succession.carrying_out import LETTER, said_moved
from parvis.establishments.models import Succession
from parvis.ground.pages.filters import de
from parvis.post.models import Message
from parvis.post.registry import Envelope, Letter, envelope, register


def done(message: Message) -> Envelope | None:
    """What came, from where; None for whoever does not administer any more."""
    told = Succession.objects.filter(pk=message.object_id).first()
    to = Membership.objects.select_related("establishment").filter(pk=message.detail.get("to")).first()
    if told is None or to is None or to.pk not in active_administrator_ids():
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM access_employers(%s)", [[told.predecessor_id]])
        (old,) = cursor.fetchone()
    return envelope(
        to.email,
        f"Parvis : {to.establishment.name} a pris la place {de(old)}",
        "backoffice/emails/succession_done",
        {
            "name": to.name,
            "old": old,
            "new": to.establishment.name,
            "came": bool(message.detail.get("came")),
            "on": told.on,
            "moved": said_moved(told.moved),
            "address": settings.PARVIS_ADDRESS + reverse("inbox:home", args=[to.establishment.siret]),
        },
    )


register(
    Letter(
        LETTER,
        "Un établissement a pris la place d’un autre",
        "chaque administrateur actif de l’établissement qui reprend, ceux de l’établissement repris compris",
        "",
        done,
    )
)
