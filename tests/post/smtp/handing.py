"""What brings each letter about absences, hand-overs and deputies."""

import datetime
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from parvis.access.actions.creation import Grant
from parvis.access.handing import daily
from parvis.access.handing.actions import absences, deputies, handovers
from parvis.access.levels import Level
from parvis.access.models import Absence, Handover, Membership, Profile
from parvis.access.standing import Standing
from parvis.ground import clock, tenancy
from parvis.ground.pages.filters import date_long
from parvis.post.models import Message
from tests.access.reading import later
from tests.invitations import standing_of
from tests.plugins.database import owner_connection
from tests.post.smtp.hands import Expected, MailServer, Office, _instead, only
from tests.world import Someone

DAY = datetime.timedelta(days=1)
TOWN = "Saint-Étienne-du-Bois"


@contextmanager
def _as(office: Office, who: Someone) -> Iterator[Standing]:
    with tenancy.scope(person=who.person.pk, establishment=office.id):
        yield standing_of(who)


def _night(part: Callable[[], int]) -> None:
    with _instead(owner_connection()):
        assert part() == 1


def _only_to(office: Office, kind: str, who: Someone) -> None:
    """The letter of that kind to one person: those to others, and other letters, have tests of their own."""
    only(office, kind)
    # As the owner, who alone erases messages.
    with _instead(owner_connection()):
        ours = Message.objects.filter(establishment_id=office.id, kind=kind)
        ours.exclude(detail__to=who.account_id).delete()


def _expected(office: Office, to: list[Someone], subject: str, says: list[str], rest: str) -> Expected:
    addresses = [one.membership.email for one in to]
    return Expected(addresses, f"Parvis : {subject}", says, rf"/etablissements/{office.siret}/{rest}", 302)


# --- Absences --------------------------------------------------------------------------------------------------------
def _absence(office: Office, begins: int = 0) -> Absence:
    """René is away, Hugo receives."""
    first = clock.today() + begins * DAY
    with _as(office, office.administrator) as who:
        return absences.plan(
            who=who,
            absent_id=office.second.account_id,
            receiver_id=office.user.account_id,
            starts_on=first,
            ends_on=first + 3 * DAY,
            grants=[Grant("correspondants", Level.WRITE)],
        )


def _absence_begun(office: Office, server: MailServer) -> Expected:
    made = _absence(office)
    only(office, "access.absence_begun")
    says = ["Bonjour Hugo Lenoir", "Odile Brun vous confie des droits", "René Caron", "Correspondants", "Modification"]
    subject = f"des droits vous sont confiés jusqu’au {date_long(made.ends_on)} ({TOWN})"
    return _expected(office, [office.user], subject, says, "")


def _absence_over(office: Office, server: MailServer) -> Expected:
    made = _absence(office)
    with _as(office, office.administrator) as who:
        absences.end(who=who, ref=made.ref)
    only(office, "access.absence_over")
    says = ["Bonjour Hugo Lenoir", "ont pris fin", "Odile Brun y a mis fin avant la date prévue"]
    return _expected(office, [office.user], "les droits reçus pendant l’absence de René Caron ont pris fin", says, "")


def _absence_told(office: Office, server: MailServer) -> Expected:
    _absence(office)
    only(office, "access.absence_told")
    says = ["Bonjour René Caron", "Odile Brun confie des droits à", "Hugo Lenoir", "Correspondants"]
    subject = "des droits sont confiés à Hugo Lenoir (absence de René Caron)"
    return _expected(office, [office.second], subject, says, "comptes/relais/")


# --- Hand-overs ------------------------------------------------------------------------------------------------------
def _handover(office: Office, within: int = 5) -> Handover:
    """Hugo leaves, René takes over."""
    with _as(office, office.administrator) as who:
        return handovers.plan(
            who=who,
            leaver_id=office.user.account_id,
            receiver_id=office.second.account_id,
            on=clock.today() + within * DAY,
            profile=False,
        )


def _handover_planned(office: Office, server: MailServer) -> Expected:
    made = _handover(office)
    subject = f"passation d’Hugo Lenoir à René Caron le {date_long(made.on)}"
    says = [TOWN, "Odile Brun", "René Caron"]
    return _expected(office, [office.user, office.second], subject, says, "")


def _handover_done(office: Office, server: MailServer) -> Expected:
    _handover(office, within=0)
    only(office, "access.handover_done")
    everybody = [office.user, office.second, office.administrator]
    where = r"(?:comptes/relais/passations/[0-9a-f-]+/)?"
    return _expected(office, everybody, "passation d’Hugo Lenoir à René Caron faite", [TOWN], where)


def _handover_cancelled(office: Office, server: MailServer) -> Expected:
    made = _handover(office)
    with _as(office, office.administrator) as who:
        handovers.cancel(who=who, ref=made.ref)
    only(office, "access.handover_cancelled")
    subject = "passation d’Hugo Lenoir à René Caron annulée"
    return _expected(office, [office.user, office.second], subject, [TOWN, "Odile Brun"], "")


def _handover_failed(office: Office, server: MailServer) -> Expected:
    _handover(office)
    with tenancy.scope(establishment=office.id):
        Membership.objects.filter(pk=office.second.account_id).update(deactivated_at=clock.now())
    with later(5 * DAY), _instead(owner_connection()):
        daily.carry_out_handovers()
    _only_to(office, "access.handover_failed", office.administrator)
    says = ["Bonjour Odile Brun", "n’a pas pu se faire", "désactivé ou expiré", "Aucun droit n’a changé"]
    subject = "passation d’Hugo Lenoir à René Caron sans effet"
    return _expected(office, [office.administrator], subject, says, r"comptes/relais/passations/[0-9a-f-]+/")


# --- Deputies --------------------------------------------------------------------------------------------------------
def _named(office: Office, *, accepted: bool = True) -> None:
    """Odile alone administers; Hugo is her deputy. Everybody came today."""
    now = clock.now()
    with tenancy.scope(establishment=office.id):
        Membership.objects.filter(pk=office.second.account_id).update(profile=Profile.USER)
        Membership.objects.update(created_at=now, confirmed_at=now, last_visit_at=now)
    with _as(office, office.administrator) as who:
        deputies.name(who=who, deputy_id=office.user.account_id)
    if accepted:
        with _as(office, office.user) as who:
            deputies.accept(who=who)


def _serving(office: Office) -> None:
    _named(office)
    for day in (30, 45, 55, 60):
        with later(day * DAY):
            _night(daily.follow_deputies)


def _deputy_asked(office: Office, server: MailServer) -> Expected:
    _named(office, accepted=False)
    says = ["Bonjour Hugo Lenoir", "Odile Brun vous propose", "60 jours", "Vous pouvez accepter ou refuser"]
    return _expected(office, [office.user], f"être la personne suppléante de {TOWN} ?", says, "suppleance/")


def _deputy_answered(office: Office, server: MailServer) -> Expected:
    _named(office)
    only(office, "access.deputy_answered")
    return _expected(
        office,
        [office.administrator],
        "Hugo Lenoir accepte la suppléance",
        ["Bonjour Odile Brun", "accepte", f"d’être la personne suppléante de {TOWN}"],
        "comptes/relais/suppleance/",
    )


def _deputy_withdrawn(office: Office, server: MailServer) -> Expected:
    _named(office)
    with _as(office, office.administrator) as who:
        deputies.withdraw(who=who)
    only(office, "access.deputy_withdrawn")
    says = ["Bonjour Hugo Lenoir", "Odile Brun a retiré cette suppléance", "Vos droits n’ont pas changé"]
    return _expected(office, [office.user], f"vous n’êtes plus la personne suppléante de {TOWN}", says, "")


def _deputy_warning(office: Office, server: MailServer) -> Expected:
    _named(office)
    with later(30 * DAY):
        _night(daily.follow_deputies)
    _only_to(office, "access.deputy_warning", office.administrator)
    says = ["Bonjour Odile Brun", "la seule personne à administrer", "il suffit de vous connecter", "Hugo Lenoir"]
    subject = f"connectez-vous, sinon Hugo Lenoir administrera {TOWN}"
    return _expected(office, [office.administrator], subject, says, "")


def _deputy_serving(office: Office, server: MailServer) -> Expected:
    _serving(office)
    _only_to(office, "access.deputy_serving", office.user)
    says = [
        "Bonjour Hugo Lenoir",
        "Vous avez maintenant le profil «\u00a0Administrateur\u00a0»",
        "Odile Brun",
        "14 caractères",
    ]
    return _expected(office, [office.user], f"vous administrez {TOWN}, comme personne suppléante", says, "comptes/")


def _deputy_over(office: Office, server: MailServer) -> Expected:
    _serving(office)
    with later(61 * DAY), _as(office, office.administrator) as who:
        deputies.come_back(who=who)
    _only_to(office, "access.deputy_over", office.user)
    says = ["Bonjour Hugo Lenoir", "Vous n’administrez plus", "la personne qui administre est revenue"]
    return _expected(office, [office.user], f"vous n’administrez plus {TOWN}", says, "")


def _deputy_lapsed(office: Office, server: MailServer) -> Expected:
    _named(office)
    with tenancy.scope(establishment=office.id):
        Membership.objects.filter(pk=office.user.account_id).update(deactivated_at=clock.now())
    _night(daily.follow_deputies)
    only(office, "access.deputy_lapsed")
    says = ["Bonjour Odile Brun", "Hugo Lenoir ne peut plus être la personne suppléante", "Désignez quelqu’un d’autre"]
    subject = "Hugo Lenoir ne peut plus être la personne suppléante"
    return _expected(office, [office.administrator], subject, says, "comptes/relais/suppleance/")


HANDING: dict[str, Callable[[Office, MailServer], Expected]] = {
    "access.absence_begun": _absence_begun,
    "access.absence_over": _absence_over,
    "access.absence_told": _absence_told,
    "access.handover_planned": _handover_planned,
    "access.handover_done": _handover_done,
    "access.handover_cancelled": _handover_cancelled,
    "access.handover_failed": _handover_failed,
    "access.deputy_asked": _deputy_asked,
    "access.deputy_answered": _deputy_answered,
    "access.deputy_withdrawn": _deputy_withdrawn,
    "access.deputy_warning": _deputy_warning,
    "access.deputy_serving": _deputy_serving,
    "access.deputy_over": _deputy_over,
    "access.deputy_lapsed": _deputy_lapsed,
}
