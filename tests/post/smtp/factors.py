"""What brings the letter about second factors."""

from collections.abc import Callable

from parvis.identity.factors import recovery
from tests.post.smtp.hands import Expected, MailServer, Office


def _factor(office: Office, server: MailServer) -> Expected:
    recovery.make(office.user.person.pk, browser="Firefox sur Windows")
    return Expected(
        [office.user.membership.email],
        "Parvis : des codes de secours ont été affichés",
        ["Bonjour Hugo Lenoir", "ne servent plus", "depuis Firefox sur Windows", "Ce n’était pas vous"],
        r"/mot-de-passe-oublie/",
    )


FACTORS: dict[str, Callable[[Office, MailServer], Expected]] = {"identity.factor": _factor}
# Not e-mails: SMS and calls.
TELEPHONED = {"identity.code"}
