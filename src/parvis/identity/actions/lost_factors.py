"""Somebody lost what they confirm with: everything of the kind goes, and a new factor is asked for at the next sign-in.

Called by who may decide it (`access/factor_reset/`); the password stays.
"""

from parvis.ground import clock
from parvis.ground.tenancy import action
from parvis.identity.actions.links import lock_person
from parvis.identity.actions.persons import own_scope
from parvis.identity.browsers import end_trust
from parvis.identity.models import Code, Email, Passkey, PhoneFactor, RecoveryCode, Totp
from parvis.journal.actions import SYSTEM, record
from parvis.post.actions import queue


@action
def forget_factors(person_id: int) -> None:
    """Delete every factor and recovery code of the person, end the trust in their browsers, and tell them.

    The caller ends their sessions.
    """
    with own_scope(person_id):
        lock_person(person_id)
        # What was asked for stays counted: losing a telephone buys no further codes.
        codes = Code.objects.filter(person_id=person_id)
        codes.filter(used_at=None, superseded_at=None).update(superseded_at=clock.now())
        codes.update(factor=None)
        for model in (Totp, Passkey, PhoneFactor, RecoveryCode):
            model._default_manager.filter(person_id=person_id).delete()
        end_trust(person_id)
        record("identity.factors_reset", actor=SYSTEM, person=person_id)
        for email_id in _verified(person_id):
            queue("identity.factors_reset", object_id=email_id, person=person_id)


def verified_emails(person_id: int) -> list[int]:
    """The confirmed e-mails of a person, by number: where they are told of what others ask for."""
    with own_scope(person_id):
        return _verified(person_id)


def _verified(person_id: int) -> list[int]:
    mine = Email.objects.filter(person_id=person_id, verified_at__isnull=False).order_by("id")
    return list(mine.values_list("pk", flat=True))
