"""The e-mails about reviews: opened, recalled, closed, signed; and, to a person, rights that were suspended."""

from typing import Any

from django.conf import settings
from django.db import connection
from django.urls import reverse

from parvis.access import registry
from parvis.access.choices import wanted_by_told
from parvis.access.models import Membership, Review, SuspendedRight
from parvis.access.queries.people import administrators
from parvis.access.review.queries import lines_of
from parvis.access.status import active_administrator_sql, values
from parvis.journal.queries import names
from parvis.post.models import Message
from parvis.post.registry import Choice, Envelope, Letter, envelope, register


def _administrator(account_id: int) -> Membership | None:
    """Whom the message was queued for, if they still administer the establishment."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT m.id FROM access_membership m WHERE m.id = %(id)s AND {active_administrator_sql()}",
            {"id": account_id, **values()},
        )
        if cursor.fetchone() is None:
            return None
    return Membership.objects.select_related("establishment").get(pk=account_id)


def _letter(to: Membership, subject: str, template: str, address: str, context: dict[str, Any]) -> Envelope:
    return envelope(
        to.email,
        subject,
        f"access/emails/{template}",
        {
            "name": to.name,
            "establishment": to.establishment.name,
            "address": settings.PARVIS_ADDRESS + address,
            **context,
        },
    )


def _to_review(to: Membership) -> str:
    return reverse("access:review", args=[to.establishment.siret])


def _under_way(message: Message, template: str, subject: str) -> Envelope | None:
    """To the administrator `object_id`, as long as the review is open: how far it is, until when."""
    to = _administrator(message.object_id)
    review = None if to is None else Review.objects.filter(establishment_id=to.establishment_id, closed_at=None).first()
    if to is None or review is None:
        return None
    lines = lines_of(review)
    context = {
        "review": review,
        "left": Review.Cause.LEFT,
        "total": len(lines),
        "pending": sum(line.pending for line in lines),
        "suspends": settings.PARVIS_REVIEW_SUSPENDS,
        "unused_months": settings.PARVIS_REVIEW_UNUSED_MONTHS,
    }
    return _letter(to, subject.format(to.establishment.name), template, _to_review(to), context)


def opened(message: Message) -> Envelope | None:
    """A review is open: why, until when, what to do."""
    return _under_way(message, "review_opened", "Parvis : revue des droits à faire ({})")


def reminder(message: Message) -> Envelope | None:
    """Its last day comes near."""
    return _under_way(message, "review_reminder", "Parvis : la revue des droits se termine bientôt ({})")


def lapsed(message: Message) -> Envelope | None:
    """Its last day has passed: what was not decided, and what becomes of it."""
    to = _administrator(message.object_id)
    if to is None:
        return None
    closed = Review.objects.filter(establishment_id=to.establishment_id, closed_at__isnull=False, signed_by=None)
    review = closed.order_by("-closed_at").first()
    if review is None:
        return None
    lines = lines_of(review)
    context = {
        "review": review,
        "total": len(lines),
        "undecided": sum(line.decided is None for line in lines),
        "suspended": SuspendedRight.objects.filter(review=review).values("membership_id").distinct().count(),
        "unused_months": settings.PARVIS_REVIEW_UNUSED_MONTHS,
    }
    subject = f"Parvis : la revue des droits est close sans signature ({to.establishment.name})"
    return _letter(to, subject, "review_lapsed", _to_review(to), context)


def signed(message: Message) -> Envelope | None:
    """To the other administrators: who signed, and where the record is."""
    to = _administrator(int(message.detail.get("to") or 0))
    review = Review.objects.filter(pk=message.object_id, signed_by__isnull=False).first()
    if to is None or review is None:
        return None
    author = names([review.signed_by]).get(review.signed_by, "Une personne qui administre")
    address = reverse("access:review-record", args=[to.establishment.siret, review.ref])
    subject = f"Parvis : la revue des droits est signée ({to.establishment.name})"
    return _letter(to, subject, "review_signed", address, {"review": review, "author": author})


def suspended(message: Message) -> Envelope | None:
    """To the person: which rights are out of force, and whom to ask."""
    to = Membership.objects.select_related("establishment").filter(pk=message.object_id).first()
    held = SuspendedRight.objects.filter(membership_id=message.object_id).order_by("service")
    codes = list(held.values_list("service", flat=True))
    if to is None or to.deactivated_at is not None or not codes:
        return None
    found = [registry.get(code) for code in codes]
    return _letter(
        to,
        f"Parvis : des droits que vous n’utilisiez plus sont suspendus ({to.establishment.name})",
        "rights_suspended",
        reverse("inbox:home", args=[to.establishment.siret]),
        {
            "services": [service.name for service in found if service],
            "months": settings.PARVIS_REVIEW_UNUSED_MONTHS,
            "administrators": administrators(except_membership=to.pk),
        },
    )


ADMINISTRATORS = "chaque administrateur actif"

register(
    Letter("access.review_opened", "Revue des droits ouverte", ADMINISTRATORS, "", opened),
    Letter("access.review_reminder", "Échéance d’une revue des droits proche", ADMINISTRATORS, "", reminder),
    Letter("access.review_lapsed", "Revue des droits close sans signature", ADMINISTRATORS, "", lapsed),
    Letter(
        "access.review_signed",
        "Revue des droits signée",
        "chaque autre administrateur actif",
        "",
        signed,
        choosable=Choice("Une autre personne a signé la revue des droits", wanted_by_told),
    ),
    Letter("access.rights_suspended", "Droits inutilisés suspendus après une revue", "la personne", "", suspended),
)
