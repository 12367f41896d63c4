"""What brings the e-mails of notices."""

import datetime

from parvis.ground import clock, tenancy
from parvis.notices.actions import notify
from parvis.notices.models import Reader
from parvis.notices.tasks import make_digests
from tests.notices.hands import DAILY, TRIED
from tests.post.smtp.hands import Expected, MailServer, Office, work


def _left(office: Office, kind: str) -> int:
    with tenancy.scope(establishment=office.id):
        return notify(kind, establishment=office.id, object_id=7, people=[office.user.account_id])


def _notice(office: Office, server: MailServer) -> Expected:
    _left(office, TRIED)
    return Expected(
        [office.user.membership.email],
        "Parvis : Un essai n° 7 est arrivé (Saint-Étienne-du-Bois)",
        ["Il attend d’être lu.", "Ne plus recevoir les courriels de cette sorte"],
        rf"/etablissements/{office.siret}/notifications/\d+/",
        302,  # to the sign-in page
    )


def _digest(office: Office, server: MailServer) -> Expected:
    number = _left(office, DAILY)
    work()
    with tenancy.scope(establishment=office.id):
        Reader.objects.filter(notice=number).update(at=clock.now() - datetime.timedelta(days=1))
    make_digests()
    return Expected(
        [office.user.membership.email],
        "Parvis : 1 nouveauté depuis votre dernier résumé",
        ["Un essai n° 7 est arrivé", "Saint-Étienne-du-Bois", "Ne plus recevoir ce résumé"],
        r"/notifications/arreter/resume/[\w:-]+",
    )


NOTICES = {"notices.notice": _notice, "notices.digest": _digest}
