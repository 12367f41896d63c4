"""The lines of a review, ready to show: strings, in the order in which one reads them."""

import datetime
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from parvis.access import registry
from parvis.access.levels import Level
from parvis.access.models import Profile
from parvis.access.review.state import Kind, Line, Right
from parvis.access.rights_form import TONES
from parvis.access.standing import Standing
from parvis.access.status import OPEN, Status, values
from parvis.ground.pages.addresses import address
from parvis.ground.pages.filters import date_long, date_short
from parvis.journal.queries import names


@dataclass(frozen=True, slots=True)
class ShownRight:
    """A right: service, level, since when and by whom, until when, how lately it was used."""

    service: str
    level: str
    tone: str
    since: str
    by: str
    until: str
    used: str
    unused: bool


@dataclass(frozen=True, slots=True)
class Delegate:
    """Somebody of an organisation who works by a delegation: name, function, highest level, last use."""

    name: str
    function: str
    level: str
    last: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A line as the page shows it. `decided`: what was decided, by whom, when; `settled`: why there is nothing to."""

    line: Line
    name: str
    href: str
    facts: tuple[str, ...]
    rights: tuple[ShownRight, ...]
    delegates: tuple[Delegate, ...]
    decided: str
    settled: str
    own: bool
    unchanged: bool
    status: Status | None

    @property
    def delegation(self) -> bool:
        return self.line.kind == Kind.DELEGATION


def service_name(code: str) -> str:
    """The service's name; its code where no service bears it any more."""
    found = registry.get(code)
    return found.name if found else code


def _right(one: Right, today: datetime.date, named: Mapping[object, str]) -> ShownRight:
    period = [f"à partir du {date_short(one.starts_on)}"] if one.starts_on and one.starts_on > today else []
    period += [f"jusqu’au {date_short(one.ends_on)}"] if one.ends_on else []
    unused = one.unused(today)
    return ShownRight(
        service=service_name(one.service),
        level=one.level.label,
        tone=TONES[one.level],
        since=date_short(one.granted_at),
        by=named.get(one.granted_by, ""),
        until=", ".join(period).capitalize() or "Sans limite",
        used=date_short(one.used_on) if one.used_on else "Jamais",
        unused=unused,
    )


def _facts(line: Line, today: datetime.date) -> tuple[str, ...]:
    """The sentence under the name: profile, last visit, end."""
    if line.kind == Kind.DELEGATION:
        said = [f"Acceptée le {date_long(line.created_at)}"] if line.created_at else []
        return (*said, f"Jusqu’au {date_long(line.ends_on)}") if line.ends_on else tuple(said)
    if not line.account_id:
        return ()
    said = [f"Profil {Profile(line.profile).label}"]
    if line.last_visit_at:
        said.append(f"Dernière visite le {date_long(line.last_visit_at)}")
    elif line.created_at:
        said.append(f"Aucune visite depuis la création du compte, le {date_long(line.created_at)}")
    if line.starts_on and line.starts_on > today:
        said.append(f"Compte ouvert à partir du {date_long(line.starts_on)}")
    if line.ends_on:
        said.append(f"Compte ouvert jusqu’au {date_long(line.ends_on)}")
    elif line.expires_on and today <= line.expires_on <= today + settings.PARVIS_EXPIRY_SOON:
        said.append(f"Expire le {date_long(line.expires_on)}, faute de visite")
    return tuple(said)


DELEGATES_SQL = """SELECT delegation, member_name, member_function, max(level), max(last_at)
FROM access_delegates(%(today)s, %(months)s) GROUP BY delegation, member, member_name, member_function
ORDER BY member_name"""


def _delegates() -> dict[uuid.UUID, list[Delegate]]:
    with connection.cursor() as cursor:
        cursor.execute(DELEGATES_SQL, values())
        found: dict[uuid.UUID, list[Delegate]] = {}
        for delegation, name, function, level, last in cursor:
            said = date_short(last) if last else "Jamais"
            found.setdefault(delegation, []).append(Delegate(name, function, Level(level).label, said))
    return found


def _decided(line: Line, named: Mapping[object, str]) -> str:
    if line.decided is None:
        return ""
    by = named.get(line.decided.by, "")
    return f"{line.decided.choice.label}, le {date_long(line.decided.at)}" + (f", par {by}" if by else "")


def shown_lines(lines: Sequence[Line], who: Standing) -> list[Shown]:
    """These lines as the page shows them; two statements, whatever their number."""
    refs = {one.granted_by for line in lines for one in line.rights}
    refs |= {line.decided.by for line in lines if line.decided}
    refs |= {line.ref for line in lines if line.kind == Kind.ACCOUNT and not line.account_id}
    named = names(refs)
    delegates = _delegates() if any(line.kind == Kind.DELEGATION for line in lines) else {}
    return [_shown(line, who, named, delegates.get(line.ref, [])) for line in lines]


def _shown(line: Line, who: Standing, named: Mapping[object, str], delegates: list[Delegate]) -> Shown:
    account = line.account_id
    rights = tuple(
        sorted((_right(one, who.today, named) for one in line.rights), key=lambda one: (not one.unused, one.service))
    )
    given = tuple(
        ShownRight(service_name(code), level.label, TONES[level], "", "", "", "", unused=False)
        for code, level in line.services
    )
    return Shown(
        line=line,
        name=line.title or named.get(line.ref, "Compte supprimé"),
        href=address("access:account", who.siret, account) if account else "",
        facts=_facts(line, who.today),
        rights=rights or given,
        delegates=tuple(delegates),
        decided=_decided(line, named),
        settled=line.settled.label if line.settled and line.decided is None else "",
        own=line.ref == who.ref,
        unchanged=line.pending and line.unchanged(who.today),
        status=line.status if line.status and line.status not in OPEN else None,
    )
