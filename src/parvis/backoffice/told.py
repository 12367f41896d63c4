"""The e-mail to an establishment's administrators about what advisers did there."""

import uuid

from django.conf import settings
from django.urls import reverse

from parvis.access.actions.guards import active_administrator_ids
from parvis.access.models import Membership
from parvis.advisers.standing import AdviserStanding
from parvis.backoffice import motives
from parvis.ground import tenancy
from parvis.ground.pages.filters import de
from parvis.journal.queries import names
from parvis.post.actions import queue
from parvis.post.models import Message
from parvis.post.registry import Envelope, Letter, envelope, register

TOLD = "backoffice.told"
# What was done: the subject, then the sentence, of the account where it is about one.
WHAT = {
    "coordinates": (
        "les coordonnées {of} ont été corrigées",
        "Des conseillers ont corrigé l’adresse électronique ou le téléphone {of}, qui administre les comptes.",
    ),
    "factors": (
        "le second facteur {of} a été réinitialisé",
        "Des conseillers ont retiré tous les seconds facteurs {of} : un nouveau lui sera demandé à sa prochaine "
        "connexion.",
    ),
    "marked": (
        "votre établissement peut agir pour d’autres",
        "Des conseillers ont indiqué que votre établissement peut agir pour d’autres : il peut recevoir des "
        "délégations.",
    ),
    "unmarked": (
        "votre établissement ne peut plus agir pour d’autres",
        "Des conseillers ont indiqué que votre établissement ne peut plus agir pour d’autres : les délégations "
        "reçues n’ouvrent plus rien.",
    ),
    "closed": (
        "l’accès de votre établissement est fermé",
        "Un conseiller a fermé l’accès de votre établissement : plus personne n’y entre. Les comptes, les droits et "
        "l’historique sont conservés.",
    ),
    "reopened": (
        "l’accès de votre établissement est rouvert",
        "Un conseiller a rouvert l’accès de votre établissement : chacun y retrouve son compte et ses droits.",
    ),
    "domain": (
        "un domaine de courriel est reconnu comme le vôtre",
        "Un conseiller a vérifié un domaine de courriel de votre établissement : une personne qui y reçoit un code "
        "peut demander à qui s’adresser et vous transmettre sa demande. Elle n’obtient aucun accès.",
    ),
    "seen": (
        "un conseiller consulte Parvis comme {name}",
        "Un conseiller consulte, sans rien pouvoir modifier et pendant {minutes} minutes au plus, ce que {name} voit "
        "dans votre établissement. Motif : {reason}.",
    ),
}


def tell_administrators(
    what: str,
    *,
    who: AdviserStanding,
    account: Membership | None = None,
    about: Membership | None = None,
    detail: dict[str, str] | None = None,
) -> None:
    """In the establishment's scope: queue the e-mail to each active administrator.

    `account`: whom it is about, and who is told otherwise; `about`: whom it is about, told like the others.
    """
    where, named = tenancy.current().establishment, account or about
    for number in active_administrator_ids():
        if account is None or number != account.pk:
            queue(
                TOLD,
                object_id=number,
                establishment=where,
                detail={
                    "what": what,
                    "adviser": str(who.ref),
                    "account": named.pk if named else 0,
                    **(detail or {}),
                },
            )


def told(message: Message) -> Envelope | None:
    """To one who administers: what was done, by whom, and where to read more."""
    to = Membership.objects.select_related("establishment").filter(pk=message.object_id).first()
    if to is None or to.deactivated_at is not None:
        return None
    about = Membership.objects.filter(pk=int(message.detail.get("account") or 0)).first()
    name = about.name if about else "une personne de votre établissement"
    said = {
        "of": de(name),
        "name": name,
        "minutes": int(settings.PARVIS_SEEING_AS.total_seconds()) // 60,
        "reason": motives.SEEING.get(message.detail.get("reason", ""), "non précisé"),
    }
    subject, text = WHAT[message.detail["what"]]
    adviser = uuid.UUID(message.detail["adviser"])
    return envelope(
        to.email,
        f"Parvis : {subject.format(**said)} ({to.establishment.name})",
        "backoffice/emails/told",
        {
            "name": to.name,
            "establishment": to.establishment.name,
            "text": text.format(**said),
            "adviser": names([adviser]).get(adviser, "Un conseiller"),
            "at": message.queued_at,
            "address": settings.PARVIS_ADDRESS + reverse("access:history", args=[to.establishment.siret]),
        },
    )


register(
    Letter(
        TOLD,
        "Un conseiller a fait quelque chose dans l’établissement, ou le consulte",
        "chaque personne qui administre, sauf celle dont il s’agit",
        "",
        told,
    )
)
