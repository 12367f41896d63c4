"""What brings each letter about reviews of rights."""

import datetime
from collections.abc import Callable

from django.conf import settings

from parvis.access.models import Membership, Review, Right
from parvis.access.review import actions, opening, passing
from parvis.access.review.queries import lines_of, open_review
from parvis.ground import clock, tenancy
from tests.invitations import standing_of
from tests.plugins.database import owner_connection
from tests.post.smtp.hands import Expected, MailServer, Office, _instead, only
from tests.world import Someone

DAY = datetime.timedelta(days=1)
TOWN = "(Saint-Étienne-du-Bois)"


def _told(office: Office, subject: str, says: list[str], *, to: list[str] | None = None, path: str = "") -> Expected:
    everybody = [office.administrator.membership.email, office.second.membership.email]
    link = rf"/etablissements/{office.siret}/comptes/revue/{path}"
    return Expected(to or everybody, f"Parvis : {subject} {TOWN}", says, link, 302)  # to the sign-in page


def _open(office: Office) -> None:
    """A review by hand; its own letters have left."""
    with tenancy.scope(person=office.administrator.person.pk, establishment=office.id):
        actions.open_by_hand(who=standing_of(office.administrator))
    only(office, "none")


def _opened(office: Office, server: MailServer) -> Expected:
    with _instead(owner_connection()):
        long_ago = clock.now() - 400 * DAY
        Membership.objects.filter(establishment_id=office.id).update(created_at=long_ago, confirmed_at=long_ago)
        Membership.objects.filter(establishment_id=office.id).update(last_visit_at=clock.now())
        opening.open_regular_reviews()
    return _told(office, "revue des droits à faire", ["de Saint-Étienne-du-Bois", "conserver, modifier ou retirer"])


def _due(office: Office, in_days: int) -> None:
    _open(office)
    with tenancy.scope(establishment=office.id):
        Review.objects.update(due_on=clock.today() + in_days * DAY)


def _reminded(office: Office, server: MailServer) -> Expected:
    _due(office, 5)
    with _instead(owner_connection()):
        passing.remind_of_reviews()
    return _told(office, "la revue des droits se termine bientôt", ["Il reste", "à décider sur"])


def _lapsed(office: Office, server: MailServer) -> Expected:
    _due(office, -1)
    with _instead(owner_connection()):
        passing.close_overdue_reviews()
    return _told(office, "la revue des droits est close sans signature", ["n’ont pas été décidées", "nouvelle revue"])


def _keep(who: Someone, office: Office, *, own: bool) -> None:
    with tenancy.scope(person=who.person.pk, establishment=office.id):
        here, review = standing_of(who), open_review()
        assert review is not None
        lines = [line for line in lines_of(review) if (line.ref == office.administrator.membership.ref) is own]
        actions.keep(who=here, review_id=review.pk, seals={line.id: line.seal for line in lines})


def _signed(office: Office, server: MailServer) -> Expected:
    _open(office)
    _keep(office.administrator, office, own=False)
    _keep(office.second, office, own=True)
    with tenancy.scope(person=office.administrator.person.pk, establishment=office.id):
        review = open_review()
        assert review is not None
        actions.sign(who=standing_of(office.administrator), review_id=review.pk)
    return _told(
        office,
        "la revue des droits est signée",
        ["Odile Brun a signé la revue des droits", "qui a décidé quoi"],
        to=[office.second.membership.email],
        path=f"{review.ref}/",
    )


def _suspended(office: Office, server: MailServer) -> Expected:
    with tenancy.scope(establishment=office.id):
        Right.objects.filter(membership_id=office.user.account_id).delete()
        Right.objects.create(
            establishment_id=office.id,
            membership_id=office.user.account_id,
            service="contrats",
            level=1,
            granted_at=clock.now() - 300 * DAY,
        )
    _due(office, -1)
    usual, settings.PARVIS_REVIEW_SUSPENDS = settings.PARVIS_REVIEW_SUSPENDS, True
    try:
        with _instead(owner_connection()):
            passing.close_overdue_reviews()
    finally:
        settings.PARVIS_REVIEW_SUSPENDS = usual
    only(office, "access.rights_suspended")
    return Expected(
        [office.user.membership.email],
        f"Parvis : des droits que vous n’utilisiez plus sont suspendus {TOWN}",
        ["Bonjour Hugo Lenoir", "Contrats avec les fonds", "Odile Brun"],
        rf"/etablissements/{office.siret}/",
        302,
    )


REVIEW: dict[str, Callable[[Office, MailServer], Expected]] = {
    "access.review_opened": _opened,
    "access.review_reminder": _reminded,
    "access.review_lapsed": _lapsed,
    "access.review_signed": _signed,
    "access.rights_suspended": _suspended,
}
