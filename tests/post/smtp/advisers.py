"""What brings the letters of the advisers' office: an account opened, and what was done in an establishment."""

import uuid
from collections.abc import Callable

from parvis.advisers.actions import WELCOME, _welcome
from parvis.advisers.models import Adviser
from parvis.advisers.standing import AdviserStanding
from parvis.backoffice.told import TOLD, tell_administrators
from parvis.ground import tenancy
from parvis.identity.models import Email
from parvis.journal.actions import remember_name
from tests.post.smtp.hands import Expected, MailServer, Office


def _opened(office: Office, server: MailServer) -> Expected:
    person = office.user.person.pk
    with tenancy.scope(person=person, role=tenancy.PERSON):
        _welcome(person, Email.objects.get(verified_at__isnull=False).pk)
    return Expected(
        [office.user.membership.email],
        "Parvis : votre compte de conseiller",
        ["Bonjour Hugo Lenoir", "Votre compte de conseiller sur Parvis est ouvert", "ne sert qu’une fois"],
        r"/mot-de-passe/[\w-]{43}/",
        200,
    )


def _told(office: Office, server: MailServer) -> Expected:
    who = AdviserStanding(
        0, uuid.uuid4(), 0, "Noémie Ferrand", "Gestionnaire des fonds", Adviser.Role.FIRST, ("cnracl",)
    )
    with tenancy.scope(establishment=office.id):
        remember_name(who.ref, who.signature)
        tell_administrators("seen", who=who, about=office.user.membership, detail={"reason": "telephone"})
    return Expected(
        [office.administrator.membership.email, office.second.membership.email],
        "Parvis : un conseiller consulte Parvis comme Hugo Lenoir (Saint-Étienne-du-Bois)",
        ["sans rien pouvoir modifier", "aider cette personne au téléphone", "Noémie Ferrand, conseiller"],
        rf"/etablissements/{office.siret}/historique/",
        302,
    )


ADVISERS: dict[str, Callable[[Office, MailServer], Expected]] = {WELCOME: _opened, TOLD: _told}
