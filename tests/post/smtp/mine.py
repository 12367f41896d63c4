"""What brings each letter of « Mon compte », and of the reset of a lost second factor."""

from collections.abc import Callable

from parvis.access.factor_reset import actions
from parvis.access.models import FactorReset
from parvis.ground import tenancy
from parvis.ground.adviser_line import ADVISER_LINE
from parvis.identity.actions import coordinates
from parvis.identity.models import Email, Phone
from tests.invitations import standing_of, token_in
from tests.post.smtp.hands import Expected, MailServer, Office, only, plain, work
from tests.world import Someone

NEW = "hugo@bois.example"


def _change_email(office: Office) -> None:
    person = office.user.person.pk
    with tenancy.scope(person=person, role=tenancy.PERSON):
        old = Email.objects.get()
    coordinates.ask_email(person_id=person, instead_of=old.pk, address=NEW)


def _email_change_asked(office: Office, server: MailServer) -> Expected:
    _change_email(office)
    only(office, "identity.email_change_asked")
    return Expected(
        [office.user.membership.email],
        "Parvis : un changement de votre adresse est demandé",
        ["Bonjour Hugo Lenoir", "h•••@bois.example", "Ce n’était pas vous ?", "reste en vigueur"],
        r"/adresse/[\w-]{43}/annuler/",
    )


def _email_changed(office: Office, server: MailServer) -> Expected:
    _change_email(office)
    work()
    (mail,) = [one for one in server.received if one["To"] == NEW]
    server.received.clear()
    coordinates.confirm_email(token=token_in(plain(mail), "adresse"))
    return Expected(
        [office.user.membership.email],
        "Parvis : votre adresse de connexion a changé",
        ["Bonjour Hugo Lenoir", "ne permet plus de vous connecter", "Ce n’était pas vous ?", ADVISER_LINE.phone],
        r"/contact/",
    )


def _email_added(office: Office, server: MailServer) -> Expected:
    person = office.user.person.pk
    with tenancy.scope(person=person, role=tenancy.PERSON):
        coordinates.ask_confirmation(person, NEW)
    work()
    (mail,) = [one for one in server.received if one["To"] == NEW]
    server.received.clear()
    coordinates.confirm_email(token=token_in(plain(mail), "adresse"))
    return Expected(
        [office.user.membership.email],
        "Parvis : une adresse est ajoutée à votre compte",
        ["Bonjour Hugo Lenoir", "h•••@bois.example", "Ce n’était pas vous ?", "reste en vigueur"],
        r"/mot-de-passe-oublie/",
    )


def _phone_changed(office: Office, server: MailServer) -> Expected:
    person = office.user.person.pk
    with tenancy.scope(person=person, role=tenancy.PERSON):
        old = Phone.objects.get()
    change, _ = coordinates.ask_phone(person_id=person, instead_of=old.pk, number="+33639980102")
    only(office, "identity.phone_changed")
    coordinates.confirm_phone(person_id=person, change_id=change)
    return Expected(
        [office.user.membership.email],
        "Parvis : votre téléphone a changé",
        ["Bonjour Hugo Lenoir", "06\u00a039\u00a098\u00a001\u00a002", "Ce n’était pas vous ?"],
        r"/mot-de-passe-oublie/",
    )


def _as(who: Someone, office: Office, act: Callable[..., object], **values: int) -> object:
    with tenancy.scope(person=who.person.pk, establishment=office.id):
        return act(who=standing_of(who), account_id=office.user.account_id, **values)


def _asked(office: Office) -> int:
    _as(office.administrator, office, actions.ask)
    with tenancy.scope(establishment=office.id):
        return FactorReset.objects.latest("id").pk


def _reset_asked(office: Office, server: MailServer) -> Expected:
    _asked(office)
    only(office, "access.factor_reset_asked")
    return Expected(
        [office.user.membership.email],
        "Parvis : réinitialisation de votre second facteur demandée",
        ["Bonjour Hugo Lenoir", "Odile Brun", "Saint-Étienne-du-Bois", "Refusez avant cette date"],
        r"/second-facteur-perdu/[\w-]{43}/",
    )


def _reset_to_confirm(office: Office, server: MailServer) -> Expected:
    _asked(office)
    only(office, "access.factor_reset_to_confirm")
    return Expected(
        [office.second.membership.email],
        "Parvis : réinitialisation du second facteur d’Hugo Lenoir demandée",
        ["Bonjour René Caron", "Odile Brun", "Hugo Lenoir", "l’effet est alors immédiat"],
        rf"/etablissements/{office.siret}/comptes/{office.user.account_id}/second-facteur-perdu/",
        302,
    )


def _reset_refused(office: Office, server: MailServer) -> Expected:
    _asked(office)
    actions.refuse_own(person_id=office.user.person.pk)
    only(office, "access.factor_reset_refused")
    return Expected(
        [office.administrator.membership.email, office.second.membership.email],
        "Parvis : Hugo Lenoir refuse la réinitialisation de son second facteur",
        ["Hugo Lenoir", "a refusé la réinitialisation", "Rien ne change pour son compte"],
        rf"/etablissements/{office.siret}/comptes/{office.user.account_id}/second-facteur-perdu/",
        302,
    )


def _reset_cancelled(office: Office, server: MailServer) -> Expected:
    _as(office.second, office, actions.cancel, reset_id=_asked(office))
    only(office, "access.factor_reset_cancelled")
    return Expected(
        [office.user.membership.email],
        "Parvis : la réinitialisation de votre second facteur est abandonnée",
        ["Bonjour Hugo Lenoir", "Odile Brun", "votre second facteur reste le même"],
        r"/mon-compte/",
        302,
    )


def _factors_reset(office: Office, server: MailServer) -> Expected:
    _as(office.second, office, actions.confirm, reset_id=_asked(office))
    only(office, "identity.factors_reset")
    return Expected(
        [office.user.membership.email],
        "Parvis : votre second facteur est réinitialisé",
        ["Bonjour Hugo Lenoir", "Connectez-vous avec votre mot de passe", "Vous n’aviez rien perdu ?"],
        r"/connexion/",
    )


MINE: dict[str, Callable[[Office, MailServer], Expected]] = {
    "identity.email_change_asked": _email_change_asked,
    "identity.email_changed": _email_changed,
    "identity.email_added": _email_added,
    "identity.phone_changed": _phone_changed,
    "identity.factors_reset": _factors_reset,
    "access.factor_reset_asked": _reset_asked,
    "access.factor_reset_to_confirm": _reset_to_confirm,
    "access.factor_reset_refused": _reset_refused,
    "access.factor_reset_cancelled": _reset_cancelled,
}
