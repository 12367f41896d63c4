"""The copy of somebody's data, put together under their own role: everything that is held of them, and no secret."""

import datetime
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from parvis.access import registry
from parvis.access.levels import Level
from parvis.access.models import Civility, Profile, RightRequest
from parvis.access.my_data import more
from parvis.access.my_data.parts import PARTS, Part
from parvis.access.standing import read_day, read_list
from parvis.access.status import expires_sql, values
from parvis.ground import clock, tenancy
from parvis.identity.models import Code, CoordinateChange, Link, PhoneFactor
from parvis.journal.kinds import KINDS
from parvis.post.models import Message
from parvis.post.registry import LETTERS, choosable

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the copy: its title, and records that a reader's words name."""

    title: str
    records: list[Record]


@dataclass(frozen=True, slots=True)
class Copy:
    """The whole copy: whose, made when."""

    name: str
    made_at: datetime.datetime
    sections: list[Section]


def _letter(kind: str) -> str:
    return LETTERS[kind].trigger if kind in LETTERS else kind


def _declined(kind: str) -> str:
    labels = {letter.kind: letter.choosable.label for letter in choosable() if letter.choosable is not None}
    return labels.get(kind, kind)


def _among(choices: Any) -> Callable[[Any], Any]:
    labels = dict(choices)
    return lambda value: labels.get(value, value)


# Values that stand for a word on our pages, by table and column.
_WORDS: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("identity_coordinatechange", "field"): _among(CoordinateChange.Field.choices),
    ("identity_link", "purpose"): _among(Link.Purpose.choices),
    ("identity_phonefactor", "channel"): _among(PhoneFactor.Channel.choices),
    ("identity_code", "channel"): _among(PhoneFactor.Channel.choices),
    ("identity_code", "purpose"): _among(Code.Purpose.choices),
    ("identity_notificationchoice", "kind"): _declined,
    ("post_message", "kind"): _letter,
    ("post_message", "channel"): _among([("", "courriel"), *PhoneFactor.Channel.choices]),
    ("post_message", "status"): _among(Message.Status.choices),
}
ACCOUNTS = f"""
SELECT e.siret, e.name, m.identifier, m.civility, m.first_name, m.last_name, m.function, m.unit, m.email, m.phone,
  m.profile, m.starts_on, m.ends_on, {expires_sql()}, m.created_at, m.confirmed_at, m.deactivated_at, m.expired_at,
  m.renewed_at, m.last_visit_at, m.ref,
  (SELECT coalesce(json_agg(json_build_array(r.service, r.level, r.starts_on, r.ends_on, r.granted_at)
     ORDER BY r.service), '[]') FROM access_right r WHERE r.membership_id = m.id)
FROM access_membership m JOIN establishments_establishment e ON e.id = m.establishment_id ORDER BY e.sort_key, e.id
"""
_ACCOUNT = (
    "SIRET", "Établissement", "Identifiant", "Civilité", "Prénom", "Nom", "Fonction", "Service", "Adresse",
    "Téléphone", "Profil", "À partir du", "Date de fin", "Expire le", "Créé le", "Première connexion", "Désactivé le",
    "Expiré, noté le", "Renouvelé le", "Dernière visite", "Référence",
)  # fmt: skip


def copy_of(person_id: int, name: str) -> Copy:
    """Everything held of the person."""
    with tenancy.scope(person=person_id, role=tenancy.PERSON, read_only=True):
        sections = [Section(part.title, _rows(part, person_id)) for part in PARTS]
        sections[1:1] = [
            Section("Mes comptes", _accounts()),
            Section("Mes droits", _rights()),
            Section("Les derniers usages de mes droits", _uses()),
            Section("Les droits que j’ai demandés", _requests()),
            Section(
                "Les conditions générales que j’ai acceptées",
                _named(
                    ("SIRET", "Version", "Acceptée le"),
                    _asked("SELECT siret, version, accepted_at FROM access_person_acceptances()"),
                ),
            ),
            Section(
                "Les corrections qui attendent ma réponse",
                _named(
                    ("SIRET", "Adresse", "Téléphone", "Proposée le"),
                    _asked("SELECT siret, email, phone, proposed_at FROM access_person_proposals()"),
                ),
            ),
        ]
        sections += [Section(title, records) for title, records in more.sections()]
        sections.append(Section("Historique", _events()))
    return Copy(name, clock.now(), sections)


def _asked(sql: str, arguments: Any = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        return list(cursor.fetchall())


def _named(names: tuple[str, ...], rows: list[tuple[Any, ...]]) -> list[Record]:
    return [dict(zip(names, row, strict=True)) for row in rows]


def _rows(part: Part, person_id: int) -> list[Record]:
    with tenancy.scope(person=person_id, role=part.role, read_only=True):
        found = _asked(
            f"SELECT {', '.join(part.columns)} FROM {part.table} WHERE {part.whose} = %s ORDER BY {part.order}",
            [person_id],
        )
    words = [_WORDS.get((part.table, column), lambda value: value) for column in part.columns]
    return [
        {label: say(value) for label, say, value in zip(part.columns.values(), words, row, strict=True)}
        for row in found
    ]


def _accounts() -> list[Record]:
    made = _named(_ACCOUNT, [row[:-1] for row in _asked(ACCOUNTS, values())])
    for account in made:
        account["Civilité"] = Civility(account["Civilité"]).label
        account["Profil"] = Profile(account["Profil"]).label
        account["Référence"] = str(account["Référence"])
    return made


def _rights() -> list[Record]:
    made = []
    for *row, rights in _asked(ACCOUNTS, values()):
        for code, level, starts_on, ends_on, granted_at in read_list(rights):
            service = registry.get(code)
            made.append(
                {
                    "SIRET": row[0],
                    "Établissement": row[1],
                    "Service en ligne": service.name if service else code,
                    "Niveau": Level(level).label,
                    "À partir du": read_day(starts_on),
                    "Jusqu’au": read_day(ends_on),
                    "Attribué le": datetime.datetime.fromisoformat(granted_at),
                }
            )
    return made


USES_SQL = """SELECT e.siret, u.service, u.last_used_on FROM access_rightuse u
JOIN establishments_establishment e ON e.id = u.establishment_id ORDER BY e.siret, u.service"""


def _uses() -> list[Record]:
    made = _named(("SIRET", "Service en ligne", "Dernier usage"), _asked(USES_SQL))
    for use in made:
        service = registry.get(use["Service en ligne"])
        use["Service en ligne"] = service.name if service else use["Service en ligne"]
    return made


REQUESTS_SQL = """
SELECT e.siret, q.service, q.level, q.reason, q.asked_at, q.reworded_at, q.outcome, q.closed_at, q.word, q.given_level,
  q.given_until FROM access_rightrequest q JOIN establishments_establishment e ON e.id = q.establishment_id
ORDER BY q.asked_at, q.id
"""


def _requests() -> list[Record]:
    """Who answered is somebody else's data: it is not said."""
    titles = (
        "SIRET", "Service en ligne", "Niveau", "Raison", "Demandé le", "Complété le", "Réponse", "Répondu le",
        "Mot de la réponse", "Niveau accordé", "Accordé jusqu’au",
    )  # fmt: skip
    made = _named(titles, _asked(REQUESTS_SQL))
    for request in made:
        service, given = registry.get(request["Service en ligne"]), request["Niveau accordé"]
        request["Service en ligne"] = service.name if service else request["Service en ligne"]
        request["Niveau"] = Level(request["Niveau"]).label
        request["Niveau accordé"] = Level(given).label if given else ""
        request["Réponse"] = RightRequest.Outcome(request["Réponse"]).label
    return made


def _events() -> list[Record]:
    """The latest first. Who else had a part in an event is somebody else's data: it is not said."""
    made = []
    for siret, at, code, before, after, about, did in _asked(
        "SELECT siret, at, kind, before, after, about, did FROM access_person_events()"
    ):
        kind = KINDS.get(code)
        made.append(
            {
                "Le": at,
                "SIRET": siret,
                "Événement": kind.label if kind else code,
                "Précisions": kind.describe(_json(before), _json(after)) if kind else "",
                "Me concerne": about,
                "Fait par moi": did,
            }
        )
    return made


def _json(value: Any) -> dict[str, Any]:
    return dict(json.loads(value) if isinstance(value, str) else value or {})
