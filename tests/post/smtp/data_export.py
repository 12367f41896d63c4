"""What brings the letter about a copy of somebody's data."""

from collections.abc import Callable

from parvis.backoffice.data_export.letters import EXPORTED
from parvis.ground import tenancy
from parvis.identity.models import Email
from parvis.post.actions import queue
from tests.post.smtp.hands import Expected, MailServer, Office


def _exported(office: Office, server: MailServer) -> Expected:
    person = office.user.person.pk
    with tenancy.scope(person=person, role=tenancy.PERSON):
        for email in Email.objects.filter(verified_at__isnull=False):
            queue(EXPORTED, object_id=email.pk, person=person)
    return Expected(
        [office.user.membership.email],
        "Parvis : une copie de vos données est prête",
        [f"Bonjour {office.user.membership.name}", "Deux conseillers l’ont vérifiée", "09\N{NO-BREAK SPACE}70"],
        r"/donnees-personnelles/",
        200,
    )


DATA_EXPORT: dict[str, Callable[[Office, MailServer], Expected]] = {EXPORTED: _exported}
