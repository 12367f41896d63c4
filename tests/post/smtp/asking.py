"""What brings each letter about rights that people ask for, and about services that open."""

import datetime
from collections.abc import Callable

from django.conf import settings

from parvis.access.asking import actions, daily
from parvis.access.levels import Level
from parvis.access.models import RightRequest
from parvis.establishments.models import Contract
from parvis.ground import clock, tenancy
from tests.invitations import standing_of
from tests.plugins.database import owner_connection
from tests.post.smtp.hands import Expected, MailServer, Office, _instead, only

DAY = datetime.timedelta(days=1)
TOWN = "(Saint-Étienne-du-Bois)"
WHY = "Je prends la suite de Zoé à la paie."


def _both(office: Office) -> list[str]:
    return [office.administrator.membership.email, office.second.membership.email]


def _request(office: Office) -> RightRequest:
    with tenancy.scope(person=office.user.person.pk, establishment=office.id):
        who = standing_of(office.user)
        return actions.ask(who=who, code="correspondants", level=Level.WRITE, reason=WHY).request


def _asked(office: Office, server: MailServer) -> Expected:
    request = _request(office)
    return Expected(
        _both(office),
        f"Parvis : Hugo Lenoir demande un accès {TOWN}",
        ["Hugo Lenoir", "«\u00a0Modification\u00a0»", "Correspondants", WHY, "90\N{NO-BREAK SPACE}jours"],
        rf"/etablissements/{office.siret}/comptes/demandes/{request.ref}/",
        302,  # to the sign-in page
    )


def _answered(office: Office, server: MailServer) -> Expected:
    request = _request(office)
    with tenancy.scope(person=office.administrator.person.pk, establishment=office.id):
        who = standing_of(office.administrator)
        actions.accept(who=who, ref=request.ref, level=Level.READ, ends_on=None)
    only(office, "access.request_answered")
    return Expected(
        [office.user.membership.email],
        f"Parvis : votre demande d’accès à « Correspondants » est acceptée {TOWN}",
        ["Bonjour Hugo Lenoir", "Odile Brun a accepté votre demande", "«\u00a0Lecture seule\u00a0»", "Correspondants"],
        rf"/etablissements/{office.siret}/demander/correspondants/",
        302,
    )


def _aged(office: Office, by: datetime.timedelta) -> None:
    """The request of so long ago; its own letters have left."""
    request = _request(office)
    only(office, "none")
    with tenancy.scope(establishment=office.id):
        RightRequest.objects.filter(pk=request.pk).update(asked_at=clock.now() - by)


def _recalled(office: Office, server: MailServer) -> Expected:
    _aged(office, settings.PARVIS_REQUEST_RECALL + DAY)
    with _instead(owner_connection()):
        daily.recall_requests()
    return Expected(
        _both(office),
        f"Parvis : la demande de Hugo Lenoir attend votre réponse {TOWN}",
        ["Une demande de droit attend", "Hugo Lenoir", "«\u00a0Modification\u00a0» sur Correspondants"],
        rf"/etablissements/{office.siret}/comptes/demandes/",
        302,
    )


def _lapsed(office: Office, server: MailServer) -> Expected:
    _aged(office, settings.PARVIS_REQUEST_VALIDITY + DAY)
    with _instead(owner_connection()):
        daily.lapse_requests()
    return Expected(
        [office.user.membership.email],
        f"Parvis : votre demande d’accès à « Correspondants » est restée sans réponse {TOWN}",
        ["Bonjour Hugo Lenoir", "Personne n’y a répondu", "n’ont pas changé"],
        rf"/etablissements/{office.siret}/demander/correspondants/",
        302,
    )


def _opening(office: Office, server: MailServer) -> Expected:
    with _instead(owner_connection()):
        Contract.objects.filter(establishment_id=office.id).update(starts_on=clock.today() - 3 * DAY)
        daily.announce_openings()
    return Expected(
        _both(office),
        f"Parvis : 5 services sont ouverts, droits à attribuer {TOWN}",
        ["5 services se sont ouverts", "Contrats avec les fonds", "Correspondants", "vous attribuez tout en une fois"],
        rf"/etablissements/{office.siret}/comptes/nouveaux-services/",
        302,
    )


ASKING: dict[str, Callable[[Office, MailServer], Expected]] = {
    "access.request_asked": _asked,
    "access.request_answered": _answered,
    "access.requests_recalled": _recalled,
    "access.request_lapsed": _lapsed,
    "access.opening": _opening,
}
