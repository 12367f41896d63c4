"""A lost follow-up code: asked for by reference and e-mail, replaced by the link of the e-mail, shown on the screen.

The code itself is in no e-mail: who reads the mailbox later finds a link that has served.
"""

from django.conf import settings

from parvis.ground import signed_links, tenancy
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import record
from parvis.post.actions import queue
from parvis.registration.actions.begun import ANYBODY, FOLLOW, OPEN, registration_for_update, where_of
from parvis.registration.models import Registration
from parvis.registration.sealed import draw, hashed, plain, unseal_coordinates

GONE = "Ce lien ne sert plus : il a déjà servi, son délai est passé, ou l’inscription est terminée."


def _find(number: int) -> Registration | None:
    return Registration.objects.select_related("establishment").filter(pk=number, state__in=OPEN).first()


LINKS = signed_links.CodeLinks("registration-follow", _find, lambda: settings.PARVIS_FOLLOW_LINK_VALIDITY)


def ask(*, reference: str, email: str) -> None:
    """Send the link to the registrant, where this is their address and the registration goes on; else do nothing.

    Opens its own scope. Asked by anybody: nothing says what it did. The caller counts how often.
    """
    with tenancy.scope(establishment=where_of(reference)):
        _ask(plain(reference)[:8], email)


@action
def _ask(reference: str, email: str) -> None:
    found = Registration.objects.filter(reference=reference, state__in=OPEN).first()
    if found is None or unseal_coordinates(found.coordinates).email.casefold() != email.casefold():
        return
    record("registration.follow_link", actor=ANYBODY, after={"reference": reference})
    queue("registration.follow_link", object_id=found.pk, establishment=found.establishment_id)


def linked(text: str) -> Registration | None:
    """The registration whose follow-up code this link may still replace. Opens its own scope."""
    followed = LINKS.followed(text)
    return followed[1] if followed else None


def replace(text: str) -> tuple[str, str]:
    """(reference, new follow-up code); the one before opens nothing any more. Raises Refused. Opens its own scope."""
    followed = LINKS.followed(text)
    if followed is None:
        raise Refused(GONE)
    link, found = followed
    with tenancy.scope(establishment=found.establishment_id):
        return found.reference, _replaced(link, found.reference)


@action
def _replaced(link: signed_links.SignedLink, reference: str) -> str:
    registration, code = registration_for_update(reference), draw()
    if registration.state not in OPEN or not link.serves(registration.code_hash):
        raise Refused(GONE)
    registration.code_hash = hashed(code, purpose=FOLLOW)
    registration.save(update_fields=["code_hash"])
    record("registration.follow_code", actor=ANYBODY, after={"reference": reference})
    return code
