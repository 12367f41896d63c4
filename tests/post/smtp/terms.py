"""What brings each letter about the terms."""

import datetime
from collections.abc import Callable

from django.conf import settings

from parvis.access.models import TermsAcceptance, TermsNotice
from parvis.access.terms import announcing
from parvis.access.terms.actions import accept
from parvis.access.terms.versions import newest
from parvis.ground import clock, tenancy
from tests.invitations import standing_of
from tests.plugins.database import owner_connection
from tests.post.smtp.hands import Expected, MailServer, Office, _instead

DAY = datetime.timedelta(days=1)


def _told(office: Office, subject: str, says: list[str], *, to: list[str] | None = None) -> Expected:
    everybody = [office.administrator.membership.email, office.second.membership.email]
    link = rf"/etablissements/{office.siret}/conditions-generales/"
    return Expected(to or everybody, subject, says, link, 302)  # to the sign-in page


def _unanswered(office: Office, announced: datetime.date | None = None) -> None:
    """As the owner: nothing accepted, and the version announced on that day."""
    version = newest(clock.today())
    assert version is not None
    TermsAcceptance.objects.filter(establishment_id=office.id).delete()
    if announced:
        TermsNotice.objects.create(
            establishment_id=office.id,
            version=version.number,
            step=TermsNotice.Step.ANNOUNCED,
            noticed_on=max(announced, version.applies),
        )


def _announced(office: Office, server: MailServer) -> Expected:
    with _instead(owner_connection()):
        _unanswered(office)
        announcing.announce_terms()
    return _told(
        office,
        "Parvis : conditions générales à accepter pour Saint-Étienne-du-Bois",
        ["Ce qui change", "Première version", "au plus tard le", "Une seule acceptation suffit"],
    )


def _reminded(office: Office, server: MailServer) -> Expected:
    with _instead(owner_connection()):
        _unanswered(office, clock.today() - settings.PARVIS_TERMS_GRACE + 2 * DAY)
        announcing.remind_of_terms()
    return _told(
        office,
        "Parvis : les services de Saint-Étienne-du-Bois se ferment bientôt",
        ["ne sont pas encore acceptées", "au plus tard le"],
    )


def _closed(office: Office, server: MailServer) -> Expected:
    with _instead(owner_connection()):
        _unanswered(office, clock.today() - settings.PARVIS_TERMS_GRACE)
        announcing.close_for_terms()
    return _told(
        office,
        "Parvis : les services de Saint-Étienne-du-Bois sont fermés",
        ["ne sont pas acceptées", "Rien n’est perdu", "« Gestion des comptes » reste ouverte"],
    )


def _accepted(office: Office, server: MailServer) -> Expected:
    version = newest(clock.today())
    assert version is not None
    with _instead(owner_connection()):
        _unanswered(office)
    with tenancy.scope(person=office.administrator.person.pk, establishment=office.id):
        accept(who=standing_of(office.administrator), number=version.number, digest=version.digest)
    return _told(
        office,
        "Parvis : conditions générales acceptées pour Saint-Étienne-du-Bois",
        ["Odile Brun a accepté", f"(version {version.number})", "Vous n’avez rien à faire"],
        to=[office.second.membership.email],
    )


TERMS: dict[str, Callable[[Office, MailServer], Expected]] = {
    "access.terms_announced": _announced,
    "access.terms_reminded": _reminded,
    "access.terms_closed": _closed,
    "access.terms_accepted": _accepted,
}
