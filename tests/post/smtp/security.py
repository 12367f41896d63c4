"""What brings each letter about signing in: failures, unblocking, what was forgotten, a new browser."""

from collections.abc import Callable

from django.conf import settings

from parvis.access.actions.unblocking import unblock
from parvis.ground import clock, tenancy
from parvis.ground.identifiers.account import grouped
from parvis.identity.actions.unblocking import unblock_oneself
from parvis.identity.models import Browser
from parvis.post.models import Message
from tests.access.reading import acting
from tests.entering import confirm
from tests.identity.lockout.hands import FAILURES, SIGN_IN, WRONG_PASSWORD, take
from tests.invitations import made_by
from tests.plugins.html import ReadingClient
from tests.post.smtp.hands import Expected, MailServer, Office, only
from tests.world import PASSWORD


def _fail(office: Office) -> None:
    for _ in range(FAILURES):
        ReadingClient().post(SIGN_IN, {"login": office.user.identifier, "password": WRONG_PASSWORD})


def _block(office: Office) -> None:
    """Two steps without a word, then the last one as it comes."""
    moved = clock.offset()
    for lock in settings.PARVIS_LOCKS:
        take(FAILURES, person_id=office.user.person.pk)
        clock.move(lock * 2)
    _fail(office)
    clock.move(moved - clock.offset())


def _locked(office: Office, server: MailServer) -> Expected:
    _fail(office)
    return Expected(
        [office.user.membership.email],
        "Parvis : connexion suspendue après plusieurs échecs",
        ["Bonjour Hugo Lenoir", "5 mots de passe ou codes erronés", "Ce n’était pas vous"],
        r"/debloquer/",
    )


def _colleague_locked(office: Office, server: MailServer) -> Expected:
    from parvis.identity.tasks import tell_lock
    from tests.jobs import queued

    _block(office)
    # The job itself, so that what it queues for the person can be left aside.
    for job in queued("identity.tell_lock"):
        tell_lock(**job)
    with tenancy.scope(establishment=office.id):
        Message.objects.exclude(kind="access.colleague_locked").update(status=Message.Status.DROPPED)
    only(office, "access.colleague_locked")
    _forget_jobs()
    return Expected(
        [office.administrator.membership.email, office.second.membership.email],
        "Parvis : le compte d’Hugo Lenoir est bloqué",
        ["Saint-Étienne-du-Bois", "débloquez le compte depuis sa fiche", "personne n’est entré"],
        rf"/etablissements/{office.siret}/comptes/{office.user.account_id}/",
        302,  # to the sign-in page
    )


def _forget_jobs() -> None:
    """The jobs that were done by hand."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE task_name = 'identity.tell_lock'")


def _unblock(office: Office, server: MailServer) -> Expected:
    ReadingClient().post("/debloquer/", {"login": office.user.identifier})
    return Expected(
        [office.user.membership.email],
        "Parvis : débloquez votre compte",
        ["Bonjour Hugo Lenoir", "valable jusqu’au", "ne sert qu’une fois", "second facteur"],
        r"/debloquer/[\w-]{43}/",
    )


def _unblocked(office: Office, server: MailServer) -> Expected:
    unblock_oneself(office.user.person.pk)
    return Expected(
        [office.user.membership.email],
        "Parvis : votre compte est débloqué",
        ["Bonjour Hugo Lenoir", "a été débloqué le", "Ce n’était pas vous ?"],
        r"/mot-de-passe-oublie/",
    )


def _unblocked_by_another(office: Office, server: MailServer) -> Expected:
    _block(office)
    _forget_jobs()
    with acting(office.administrator) as who:
        unblock(who=who, account_id=office.user.account_id)
    return Expected(
        [office.user.membership.email],
        "Parvis : votre compte est débloqué",
        ["Bonjour Hugo Lenoir", "Odile Brun (Saint-Étienne-du-Bois)", "Vous n’aviez rien demandé ?"],
        r"/connexion/",
    )


def _identifier(office: Office, server: MailServer) -> Expected:
    ReadingClient().post("/identifiant-oublie/", {"login": office.user.membership.email})
    return Expected(
        [office.user.membership.email],
        "Parvis : votre identifiant",
        ["Bonjour Hugo Lenoir", grouped(office.user.identifier), "Ce n’était pas vous ?"],
        r"/connexion/",
    )


def _new_browser(office: Office, server: MailServer) -> Expected:
    now = clock.now()
    with tenancy.scope(person=office.user.person.pk, role=tenancy.PERSON):
        Browser.objects.create(
            person_id=office.user.person.pk, hash="0" * 64, label="Edge", first_seen_at=now, last_seen_at=now
        )
    browser = ReadingClient(headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Firefox/140.0"})
    confirm(browser, browser.post(SIGN_IN, {"login": office.user.identifier, "password": PASSWORD}))
    return Expected(
        [office.user.membership.email],
        "Parvis : connexion depuis un nouveau navigateur (Firefox sur Windows)",
        ["Bonjour Hugo Lenoir", "Firefox sur Windows", "Ce n’était pas vous ?"],
        r"/mon-compte/sessions/",
        302,  # to the sign-in page
    )


def _waiting(office: Office, server: MailServer) -> Expected:
    account = made_by(office.administrator)
    with tenancy.scope(establishment=office.id):
        Message.objects.update(status=Message.Status.DROPPED)
    ReadingClient().post("/mot-de-passe-oublie/", {"login": account.email})
    return Expected(
        [account.email],
        "Parvis : votre accès à Saint-Étienne-du-Bois attend votre première connexion",
        ["Bonjour Zoé Blanc", "de la main à la main", "Ce n’était pas vous ?"],
        r"/aide/premiere-connexion/",
    )


SECURITY: dict[str, Callable[[Office, MailServer], Expected]] = {
    "access.colleague_locked": _colleague_locked,
    "access.unblocked": _unblocked_by_another,
    "access.waiting": _waiting,
    "identity.identifier": _identifier,
    "identity.locked": _locked,
    "identity.new_browser": _new_browser,
    "identity.unblock": _unblock,
    "identity.unblocked": _unblocked,
}
