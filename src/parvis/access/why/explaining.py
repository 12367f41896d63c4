"""« Pourquoi cet accès ? » for a person and a service: each path, and how the level in force follows from them."""

import datetime
import uuid
from dataclasses import dataclass

from django.db import connection

from parvis.access import registry
from parvis.access.decision import Decision, Path, decide, manage
from parvis.access.levels import Level
from parvis.access.models import Membership
from parvis.access.rights_form import TONES
from parvis.access.standing import Standing, standing, standings
from parvis.access.why.past import end_of, past
from parvis.access.why.words import Told, known, told, verdict
from parvis.ground import clock, tenancy

# « Gestion des comptes » is no service: it comes with the profile, and is explained like one.
ACCOUNTS, ACCOUNTS_NAME = "gestion-des-comptes", "Gestion des comptes"


@dataclass(frozen=True, slots=True)
class Explanation:
    """A person, a service, the level in force that day, each path, and the conclusion in a sentence."""

    who: Standing
    code: str
    service: str
    level: str
    tone: str
    help: str
    paths: tuple[Told, ...]
    states: tuple[str, ...]
    verdict: str
    day: datetime.date | None


# When the profile of an account became « Administrateur », and by whom: the last time that it did.
PROFILE_SQL = """SELECT v.at, v.actor FROM journal_event v
WHERE v.establishment_id = %s AND v.object = %s AND v.kind LIKE %s
  AND v.after ->> 'profile' = 'administrateur' AND v.at < %s ORDER BY v.at DESC, v.id DESC LIMIT 1"""


def find(ref: uuid.UUID, day: datetime.date | None) -> Standing | None:
    """The standing of that reference in the establishment in scope: an account's, or a delegate's; None: nobody's."""
    if day is not None:
        return next((who for who in past(day).standings if who.ref == ref), None)
    where = tenancy.current().establishment
    account = Membership.objects.filter(ref=ref).values_list("person_id", flat=True).first()
    if account is not None:
        return standing(account, where)
    return next((who for who in standings(where) if who.ref == ref), None)


def explain(who: Standing, code: str, *, own: bool = False, day: datetime.date | None = None) -> Explanation | None:
    """Why `who` has the level that they have on that service; None for a service that nobody declared.

    `own`: the reader is `who`. `day`: a past day, to which the standing belongs.
    """
    if code == ACCOUNTS:
        decision, name, help_ = _managing(who, day), ACCOUNTS_NAME, ""
    else:
        service = registry.get(code)
        if service is None:
            return None
        decision, name = decide(who, service), service.name
        help_ = service.help(decision.level) if decision.level > Level.NONE else ""
    named = known([decision], own=who.ref if own else None)
    said = [told(reason, who, named) for reason in decision.reasons]
    return Explanation(
        who=who,
        code=code,
        service=name,
        level=decision.level.label,
        tone=TONES[decision.level],
        help=help_,
        paths=tuple(one for one in said if one.link),
        states=tuple(one.sentence for one in said if not one.link),
        verdict=verdict(decision, said, past=day is not None),
        day=day,
    )


def account_of(who: Standing) -> int:
    """The number of their account here, 0 where there is none, or none any more."""
    return Membership.objects.filter(ref=who.ref).values_list("pk", flat=True).first() or 0


def _managing(who: Standing, day: datetime.date | None) -> Decision:
    """The profile, with when it was given and by whom, as the journal holds it; a deputy's bears its own day."""
    decision = manage(who)
    # What limits a profile is said after it.
    reason, *limits = decision.reasons
    if reason.kind is not Path.PROFILE or reason.since is not None:
        return decision
    until = clock.now() if day is None else end_of(day)
    with connection.cursor() as cursor:
        cursor.execute(PROFILE_SQL, [who.establishment_id, who.ref, "account.%", until])
        row = cursor.fetchone()
    if row is None:
        return decision
    return decision._replace(reasons=(reason._replace(since=row[0], by=row[1]), *limits))
