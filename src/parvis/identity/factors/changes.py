"""What every change of somebody's factors leaves: an event, a message to them, and browsers that are asked anew.

Nobody removes their last factor, nor who administers the last that is no shared landline.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from parvis.ground import tenancy
from parvis.ground.tenancy import Refused
from parvis.identity import browsers
from parvis.identity.employers import employers
from parvis.identity.models import Code, Email, Passkey, Person, PhoneFactor, Totp
from parvis.identity.queries.factors import factors_of
from parvis.journal.actions import Actor, record
from parvis.post.actions import queue

TOTP, PASSKEY, PHONE, RECOVERY = "totp", "passkey", "phone", "recovery"

GONE = "Ce moyen n’existe plus : il a été retiré entre-temps."
LAST = "C’est votre seul moyen de confirmer que c’est vous : ajoutez-en un autre d’abord."
LAST_STRONG = (
    "Vous administrez des comptes : un téléphone que vous partagez ne suffit pas. Ajoutez d’abord un autre moyen, qui "
    "ne sert qu’à vous."
)


@contextmanager
def own(person_id: int) -> Iterator[None]:
    """The person's own scope, their row locked: changes of what one person holds come one by one. Raises Refused."""
    with tenancy.scope(person=person_id, role=tenancy.PERSON):
        if not Person.objects.select_for_update(no_key=True).only("id").filter(pk=person_id).exists():
            raise Refused("Ce compte n’existe plus.")
        yield


def changed(person_id: int, done: str, kind: str, *, browser: str) -> None:
    """Note what was done (added, replaced, renamed, removed, made, used) and tell each verified address.

    `browser`: in words, from `browsers.label`. Inside `own`, in the transaction of the change.
    """
    record(
        f"identity.factor_{done}",
        actor=Actor(ref=None, person_id=person_id),
        person=person_id,
        after={"kind": kind},
    )
    verified = Email.objects.filter(person_id=person_id, verified_at__isnull=False).order_by("id")
    for email_id in verified.values_list("pk", flat=True):
        queue(
            "identity.factor",
            object_id=email_id,
            person=person_id,
            detail={"done": done, "kind": kind, "browser": browser},
        )
    if done in ("replaced", "removed"):
        browsers.end_trust(person_id)


def remove(person_id: int, kind: str, number: int, *, browser: str) -> None:
    """Remove a factor (`number`: its row; 0 for the app, of which there is one). Raises Refused for the last one."""
    administers = employers().demands(person_id).administers
    with own(person_id):
        before = factors_of(person_id)
        if kind == TOTP:
            count, _ = Totp.objects.filter(person_id=person_id).delete()
        elif kind == PASSKEY:
            count, _ = Passkey.objects.filter(person_id=person_id, pk=number).delete()
        else:
            # What was asked stays counted: removing a telephone buys no further codes.
            Code.objects.filter(person_id=person_id, factor_id=number).update(factor=None)
            count, _ = PhoneFactor.objects.filter(person_id=person_id, pk=number, confirmed_at__isnull=False).delete()
        if not count:
            raise Refused(GONE)
        left = factors_of(person_id)
        if not left.any:
            raise Refused(LAST)
        if administers and before.strong and not left.strong:
            raise Refused(LAST_STRONG)
        changed(person_id, "removed", kind, browser=browser)


def rename(person_id: int, number: int, name: str, *, browser: str) -> None:
    """Another name for a passkey. Raises Refused."""
    with own(person_id):
        if not Passkey.objects.filter(person_id=person_id, pk=number).update(name=name):
            raise Refused(GONE)
        changed(person_id, "renamed", PASSKEY, browser=browser)
