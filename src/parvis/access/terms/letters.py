"""The e-mails about the terms, each to the active administrators: announced, reminded, closed, accepted."""

from typing import Any

from django.conf import settings
from django.db import connection
from django.urls import reverse

from parvis.access.choices import wanted_by_account
from parvis.access.models import Membership, TermsAcceptance
from parvis.access.status import active_administrator_sql, values
from parvis.access.terms.queries import terms_here
from parvis.access.terms.state import Terms
from parvis.post.models import Message
from parvis.post.registry import Choice, Envelope, Letter, envelope, register


def _recipient(message: Message) -> Membership | None:
    """Whom the message was queued for, if they still administer the establishment."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT m.id FROM access_membership m WHERE m.id = %(id)s AND {active_administrator_sql()}",
            {"id": message.object_id, **values()},
        )
        if cursor.fetchone() is None:
            return None
    return Membership.objects.select_related("establishment").get(pk=message.object_id)


def _letter(to: Membership, subject: str, template: str, context: dict[str, Any]) -> Envelope:
    return envelope(
        to.email,
        subject,
        f"access/emails/{template}",
        {
            "name": to.name,
            "establishment": to.establishment.name,
            "address": settings.PARVIS_ADDRESS + reverse("access:terms", args=[to.establishment.siret]),
            **context,
        },
    )


def _asked(message: Message) -> tuple[Membership, Terms] | None:
    """The recipient and the state, as long as something is still to accept."""
    to, terms = _recipient(message), terms_here()
    return None if to is None or terms.asked is None else (to, terms)


def announced(message: Message) -> Envelope | None:
    """A new version: what changes, from when, until when to accept."""
    found = _asked(message)
    if found is None:
        return None
    to, terms = found
    return _letter(
        to,
        f"Parvis : conditions générales à accepter pour {to.establishment.name}",
        "terms_announced",
        {"terms": terms, "version": terms.asked},
    )


def reminded(message: Message) -> Envelope | None:
    """Some days before the services close; nothing any more once they are closed."""
    found = _asked(message)
    if found is None or found[1].closed or found[1].closes_on is None:
        return None
    to, terms = found
    return _letter(
        to,
        f"Parvis : les services de {to.establishment.name} se ferment bientôt",
        "terms_reminded",
        {"terms": terms, "version": terms.asked},
    )


def closed(message: Message) -> Envelope | None:
    """The services are closed, and how they open again."""
    found = _asked(message)
    if found is None or not found[1].closed:
        return None
    to, terms = found
    return _letter(
        to,
        f"Parvis : les services de {to.establishment.name} sont fermés",
        "terms_closed",
        {"terms": terms, "version": terms.asked},
    )


def accepted(message: Message) -> Envelope | None:
    """To the other administrators: who accepted which version, when."""
    to = _recipient(message)
    given = TermsAcceptance.objects.filter(version=message.detail.get("version")).first()
    if to is None or given is None:
        return None
    return _letter(
        to,
        f"Parvis : conditions générales acceptées pour {to.establishment.name}",
        "terms_accepted",
        {"author": given.name, "at": given.accepted_at, "version": given.version},
    )


ADMINISTRATORS, OTHERS = "chaque administrateur actif", "chaque autre administrateur actif"

register(
    Letter("access.terms_announced", "Conditions générales à accepter", ADMINISTRATORS, "", announced),
    Letter("access.terms_reminded", "Fermeture des services proche", ADMINISTRATORS, "", reminded),
    Letter("access.terms_closed", "Services fermés, faute d’acceptation", ADMINISTRATORS, "", closed),
    Letter(
        "access.terms_accepted",
        "Conditions générales acceptées",
        OTHERS,
        "",
        accepted,
        choosable=Choice("Une autre personne a accepté les conditions générales", wanted_by_account),
    ),
)
