"""What brings each letter about getting back in."""

from collections.abc import Callable

from parvis.access.models import Membership
from parvis.ground import clock, tenancy
from parvis.ground.pages.filters import date_full, date_long
from parvis.journal.actions import SYSTEM
from parvis.recovery import actions
from parvis.recovery.actions import lost
from parvis.recovery.actions.objecting import Link, object_to
from parvis.recovery.actions.opening import settle
from parvis.recovery.granting import grant
from parvis.recovery.models import Case
from tests.post.smtp.hands import Expected, MailServer, Office, only
from tests.recovery.hands import coordinates

REQUESTER = "karim.roche@annecy.example"
FOLLOW = r"/retrouver-l-acces/suivi/"
CONTEST = r"/retrouver-l-acces/contester/[\w:.-]+/"


def _opened(office: Office, kind: str) -> Case:
    with tenancy.scope(establishment=office.id):
        request = actions.Request(coordinates(), Case.Why.LEFT, "Partie en retraite.")
        case = actions.open_case(establishment_id=office.id, fund="cnracl", request=request).case
    only(office, kind)
    return case


def _known(office: Office) -> list[str]:
    return [one.membership.email for one in (office.administrator, office.second, office.user)]


def _received(office: Office, server: MailServer) -> Expected:
    case = _opened(office, "recovery.received")
    return Expected(
        [REQUESTER],
        "Parvis : votre demande pour retrouver l’accès est reçue",
        ["Bonjour Karim Roche", f"{case.reference[:4]}-{case.reference[4:]}", date_full(case.target_on)],
        FOLLOW,
        200,
    )


def _follow_link(office: Office, server: MailServer) -> Expected:
    with tenancy.scope(establishment=office.id):
        request = actions.Request(coordinates(), Case.Why.LEFT, "Partie en retraite.")
        case = actions.open_case(establishment_id=office.id, fund="cnracl", request=request).case
    lost.ask(reference=case.reference, email=REQUESTER)
    only(office, "recovery.follow_link")
    return Expected(
        [REQUESTER],
        "Parvis : un nouveau code de suivi pour votre demande",
        ["Bonjour Karim Roche", f"{case.reference[:4]}-{case.reference[4:]}", "Il sert une fois"],
        r"/retrouver-l-acces/suivi/code-perdu/[\w:.-]+/",
        200,
    )


def _told(office: Office, server: MailServer) -> Expected:
    _opened(office, "recovery.told")
    return Expected(
        _known(office),
        "Parvis : quelqu’un demande à administrer Saint-Étienne-du-Bois",
        ["Karim Roche", "(Secrétaire général)", "La personne qui administrait est partie", date_long(clock.today())],
        CONTEST,
        200,
    )


def _contested(office: Office, server: MailServer) -> Expected:
    case = _opened(office, "recovery.contested")
    object_to(Link(office.id, case.pk, office.user.account_id), text="Non.")
    only(office, "recovery.contested")
    return Expected(
        [REQUESTER],
        "Parvis : votre demande est contestée",
        ["Une personne qui connaît", "Rien n’est accordé"],
        FOLLOW,
        200,
    )


def _refused(office: Office, server: MailServer) -> Expected:
    case = _opened(office, "recovery.settled")
    with tenancy.scope(establishment=office.id):
        settle(Case.objects.get(pk=case.pk), Case.State.REFUSED, actor=SYSTEM, note="La mairie ne vous connaît pas.")
    only(office, "recovery.settled")
    return Expected(
        [REQUESTER],
        "Parvis : votre demande est refusée",
        ["Votre demande est refusée", "La mairie ne vous connaît pas."],
        FOLLOW,
        200,
    )


def _granted(office: Office, server: MailServer) -> Expected:
    case = _opened(office, "recovery.granted")
    with tenancy.scope(establishment=office.id):
        Case.objects.filter(pk=case.pk).update(code_right_at=clock.now())
        account = grant(case.pk, actor=SYSTEM)
        until = Membership.objects.get(pk=account.pk).limited_until
    only(office, "recovery.granted")
    assert until is not None
    return Expected(
        _known(office),
        "Parvis : une nouvelle personne administre Saint-Étienne-du-Bois",
        ["Karim Roche", "deux conseillers", date_long(until)],
        CONTEST,
        200,
    )


RECOVERY: dict[str, Callable[[Office, MailServer], Expected]] = {
    "recovery.received": _received,
    "recovery.follow_link": _follow_link,
    "recovery.told": _told,
    "recovery.contested": _contested,
    "recovery.settled": _refused,
    "recovery.granted": _granted,
}
