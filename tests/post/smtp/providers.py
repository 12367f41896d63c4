"""What brings each letter about accounts at identity providers."""

from collections.abc import Callable

from parvis.ground import tenancy
from parvis.identity.models import ProviderAccount
from parvis.identity.providers.actions import link, unlink
from tests.post.smtp.hands import Expected, MailServer, Office, work

MINE = r"/mon-compte/identifiants/"


def _linked(office: Office, server: MailServer) -> Expected:
    link(person_id=office.user.person.pk, slug="exemple-connect", subject=f"compte de {office.siret}")
    return Expected(
        [office.user.membership.email],
        "Parvis : un compte « exemple-connect » vous permet de vous connecter",
        ["Bonjour Hugo Lenoir", "relié au vôtre", "avec votre second facteur", "Ce n’était pas vous"],
        MINE,
        302,
    )


def _unlinked(office: Office, server: MailServer) -> Expected:
    _linked(office, server)
    work()
    server.received.clear()
    who = office.user.person.pk
    with tenancy.scope(person=who, role=tenancy.PERSON):
        account = ProviderAccount.objects.get(person_id=who)
    unlink(person_id=who, account_id=account.pk)
    return Expected(
        [office.user.membership.email],
        "Parvis : un compte « exemple-connect » ne vous connecte plus",
        ["Bonjour Hugo Lenoir", "a été détaché", "vous connectent toujours", "Ce n’était pas vous"],
        MINE,
        302,
    )


PROVIDERS: dict[str, Callable[[Office, MailServer], Expected]] = {
    "identity.provider_linked": _linked,
    "identity.provider_unlinked": _unlinked,
}
