"""A lost follow-up code: asked for by reference and e-mail, replaced by the link of the e-mail, shown on the screen.

The code itself is in no e-mail: who reads the mailbox later finds a link that has served.
"""

from django.conf import settings

from parvis.ground import signed_links, tenancy
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import record
from parvis.post.actions import queue
from parvis.post.postal.actions import plain
from parvis.recovery.actions.following import where_of
from parvis.recovery.actions.opening import ANYBODY, case_for_update
from parvis.recovery.models import Case
from parvis.recovery.sealed import draw, hashed, unseal_coordinates

GONE = "Ce lien ne sert plus : il a déjà servi, son délai est passé, ou la demande est terminée."


def _find(number: int) -> Case | None:
    return Case.objects.select_related("establishment").filter(pk=number, state=Case.State.OPEN).first()


LINKS = signed_links.CodeLinks("recovery-follow", _find, lambda: settings.PARVIS_FOLLOW_LINK_VALIDITY)


def ask(*, reference: str, email: str) -> None:
    """Send the link to the requester, where this is their address and the request goes on; else do nothing.

    Opens its own scope. Asked by anybody: nothing says what it did. The caller counts how often.
    """
    with tenancy.scope(establishment=where_of(reference)):
        _ask(plain(reference)[:8], email)


@action
def _ask(reference: str, email: str) -> None:
    case = Case.objects.filter(reference=reference, state=Case.State.OPEN).first()
    if case is None or unseal_coordinates(case.coordinates).email.casefold() != email.casefold():
        return
    record("recovery.follow_link", actor=ANYBODY, object=case.ref, after={"reference": reference})
    queue("recovery.follow_link", object_id=case.pk, establishment=case.establishment_id)


def linked(text: str) -> Case | None:
    """The request whose follow-up code this link may still replace. Opens its own scope."""
    followed = LINKS.followed(text)
    return followed[1] if followed else None


def replace(text: str) -> tuple[Case, str]:
    """The request and its new follow-up code; the one before opens nothing any more. Raises Refused. Own scope."""
    followed = LINKS.followed(text)
    if followed is None:
        raise Refused(GONE)
    link, case = followed
    with tenancy.scope(establishment=case.establishment_id):
        return case, _replaced(link, case.pk)


@action
def _replaced(link: signed_links.SignedLink, case_id: int) -> str:
    case, code = case_for_update(case_id, Case.State.OPEN), draw()
    if not link.serves(case.code_hash):
        raise Refused(GONE)
    case.code_hash = hashed(code)
    case.save(update_fields=["code_hash"])
    record("recovery.follow_code", actor=ANYBODY, object=case.ref, after={"reference": case.reference})
    return code
