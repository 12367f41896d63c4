"""A person ends what is open in their name: sessions, trust in browsers, the old password.

What ends is refused at its next request. Whoever asks gave a fresh second factor (the views ask for it).
"""

from parvis.ground import tenancy
from parvis.identity.actions.links import lock_person
from parvis.identity.actions.persons import set_password
from parvis.identity.models import Browser, Email, Session
from parvis.identity.queries.sessions import number_of
from parvis.journal.actions import Actor, record
from parvis.post.actions import queue


def end_session(*, person_id: int, number: str) -> bool:
    """End the session that `number` names; False where it is over already, or somebody else's."""
    keys = Session.objects.filter(person_id=person_id).values_list("session_key", flat=True)
    return _end(person_id, [key for key in keys if number_of(key) == number]) > 0


def end_other_sessions(*, person_id: int, but: str) -> int:
    """End every session of the person but the one of that key; returns how many."""
    keys = Session.objects.filter(person_id=person_id).exclude(session_key=but)
    return _end(person_id, list(keys.values_list("session_key", flat=True)))


def _end(person_id: int, keys: list[str]) -> int:
    with tenancy.scope(person=person_id, role=tenancy.PERSON):
        # The application's role ends sessions: the person's has no grant on them.
        with tenancy.scope(person=person_id):
            ended, _ = Session.objects.filter(person_id=person_id, session_key__in=keys).delete()
        if ended:
            record(
                "identity.sessions_ended",
                actor=Actor(ref=None, person_id=person_id),
                person=person_id,
                after={"by": "person", "count": ended},
            )
    return ended


def untrust(*, person_id: int, browser_id: int) -> bool:
    """A second factor is asked again in that browser, from the next sign-in on; False where nothing was trusted."""
    with tenancy.scope(person=person_id, role=tenancy.PERSON):
        trusted = Browser.objects.filter(person_id=person_id, pk=browser_id, trusted_until__isnull=False)
        if not trusted.update(trusted_until=None):
            return False
        record("identity.browser_untrusted", actor=Actor(ref=None, person_id=person_id), person=person_id)
        return True


def change_password(*, person_id: int, password: str, session_key: str, browser_id: int) -> None:
    """A new password, chosen by the person: their other sessions end, and the trust in all browsers but this one.

    Each confirmed address is told. The caller renews the hash that this session holds.
    """
    with tenancy.scope(person=person_id, role=tenancy.PERSON):
        lock_person(person_id)
        set_password(person_id, password)
        Browser.objects.filter(person_id=person_id).exclude(pk=browser_id).update(trusted_until=None)
        record("identity.password_changed", actor=Actor(ref=None, person_id=person_id), person=person_id)
        verified = Email.objects.filter(person_id=person_id, verified_at__isnull=False).order_by("id")
        for email_id in verified.values_list("pk", flat=True):
            queue("identity.password_changed", object_id=email_id, person=person_id)
    Session.objects.filter(person_id=person_id).exclude(session_key=session_key).delete()
