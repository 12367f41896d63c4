"""The e-mails of accounts at providers, to each confirmed address of the person."""

from django.conf import settings
from django.urls import reverse

from parvis.identity.models import Email, Person
from parvis.identity.providers.catalogue import name_of
from parvis.post.models import Message
from parvis.post.registry import Envelope, Letter, envelope, register


def _written(message: Message, subject: str, template: str) -> Envelope | None:
    email = Email.objects.filter(pk=message.object_id).first()
    person = Person.objects.filter(pk=message.person_id or 0).first()
    if email is None or person is None:
        return None
    provider = name_of(message.detail["provider"])
    return envelope(
        email.address,
        subject.format(provider=provider),
        f"identity/emails/{template}",
        {
            "name": f"{person.first_name} {person.last_name}",
            "provider": provider,
            "at": message.queued_at,
            "address": settings.PARVIS_ADDRESS + reverse("identity:ways"),
        },
    )


def linked(message: Message) -> Envelope | None:
    """A way in was added."""
    return _written(message, "Parvis : un compte « {provider} » vous permet de vous connecter", "provider_linked")


def unlinked(message: Message) -> Envelope | None:
    """A way in was taken away."""
    return _written(message, "Parvis : un compte « {provider} » ne vous connecte plus", "provider_unlinked")


register(
    Letter("identity.provider_linked", "Compte de fournisseur d’identité relié", "la personne", "", linked),
    Letter("identity.provider_unlinked", "Compte de fournisseur d’identité détaché", "la personne", "", unlinked),
)
