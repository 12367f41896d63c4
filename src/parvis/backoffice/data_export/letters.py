"""The e-mail to whom an export is about: whoever did not ask for it learns of it while something can be done."""

from django.conf import settings
from django.urls import reverse

from parvis.identity.models import Email
from parvis.post.models import Message
from parvis.post.registry import Envelope, Letter, envelope, register

EXPORTED = "backoffice.data_exported"


def _exported(message: Message) -> Envelope | None:
    email = Email.objects.select_related("person").filter(pk=message.object_id, verified_at__isnull=False).first()
    if email is None:
        return None
    return envelope(
        email.address,
        "Parvis : une copie de vos données est prête",
        "backoffice/emails/data_exported",
        {
            "name": f"{email.person.first_name} {email.person.last_name}",
            "at": message.queued_at,
            "address": settings.PARVIS_ADDRESS + reverse("information:privacy"),
        },
    )


register(
    Letter(
        EXPORTED,
        "Copie des données préparée par deux conseillers, sur demande d’accès",
        "la personne, à chaque adresse confirmée",
        "",
        _exported,
    )
)
