"""Letters of an adviser's funds, and what became of their campaigns; under the advisers' role."""

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import connection

from parvis.access.registry import get
from parvis.advisers.standing import AdviserStanding
from parvis.backoffice.acting import fund_of
from parvis.establishments.funds import FUNDS
from parvis.ground import tenancy
from parvis.ground.identifiers.numbers import parse_siret
from parvis.ground.pages.filters import date_long, plural, share
from parvis.ground.pages.filters import siret as siret_shown
from parvis.ground.pages.numbering import page_count, page_within
from parvis.ground.tables import Column
from parvis.letters.filters import words
from parvis.letters.models import Campaign, FundLetter, LetterType, Theme, Uploaded, Withdrawal
from parvis.letters.queries import weight
from parvis.letters.reading import readers

PER_PAGE = 25
STATES = {"attente": "Non ouverts", "ouverts": "Ouverts", "retires": "Retirés"}
_STATES = {
    "": "true",
    "attente": "l.first_opened_at IS NULL AND l.withdrawn_at IS NULL",
    "ouverts": "l.first_opened_at IS NOT NULL AND l.withdrawn_at IS NULL",
    "retires": "l.withdrawn_at IS NOT NULL",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A letter of the office's list or of a campaign."""

    ref: uuid.UUID
    title: str
    reference: str
    fund: str
    type: str
    establishment: str
    siret: str
    deposited_at: datetime.datetime
    opened_at: datetime.datetime | None
    state: str
    tone: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of letters."""

    rows: list[Line]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return page_count(self.total, PER_PAGE)


_FROM = """FROM letters_fundletter l JOIN letters_lettertype t ON t.id = l.type_id
  JOIN establishments_establishment e ON e.id = l.establishment_id WHERE {which}"""
_COLUMNS = """l.ref, l.title, l.reference, l.fund, t.name, e.name, e.siret, l.deposited_at, l.first_opened_at,
  l.withdrawn_at IS NOT NULL"""


def _line(row: tuple[Any, ...]) -> Line:
    ref, title, reference, fund, kind, name, siret, at, opened, withdrawn = row
    state, tone = ("Ouvert", "well") if opened else ("Non ouvert", "attention")
    if withdrawn:
        state, tone = "Retiré", "neutral"
    return Line(ref, title, reference, FUNDS[fund].short, kind, name, siret, at, opened, state, tone)


def listed(*, q: str = "", fund: str = "", state: str = "", campaign: int = 0, page: int = 1) -> Listed:
    """Letters, the latest first: by words, a SIRET or a reference; two statements."""
    conditions: list[str] = [_STATES[state]]
    values: dict[str, Any] = {}
    if siret := _siret(q):
        conditions.append("e.siret = %(siret)s")
        values["siret"] = siret
    else:
        matching, values = words(q)
        conditions += matching
    for name, value in (("fund", fund), ("campaign_id", campaign)):
        if value:
            conditions.append(f"l.{name} = %({name})s")
            values[name] = value
    source = _FROM.format(which=" AND ".join(f"({one})" for one in conditions))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) {source}", values)
        total = cursor.fetchone()[0]
        page = page_within(page, total, PER_PAGE)
        cursor.execute(
            f"SELECT {_COLUMNS} {source} ORDER BY l.deposited_at DESC, l.id DESC LIMIT %(limit)s OFFSET %(offset)s",
            values | {"limit": PER_PAGE, "offset": (page - 1) * PER_PAGE},
        )
        return Listed([_line(row) for row in cursor], total, page)


def _siret(typed: str) -> str:
    try:
        return parse_siret(typed)
    except ValueError:
        return ""


@dataclass(frozen=True, slots=True)
class CampaignLine:
    """A campaign in the list: how many letters, to how many establishments, how many of those opened one."""

    ref: uuid.UUID
    name: str
    fund: str
    began_at: datetime.datetime
    sent: int
    establishments: int
    opened: int
    share: str

    @property
    def waiting(self) -> int:
        return self.establishments - self.opened

    @property
    def waiting_share(self) -> str:
        return share(self.waiting, self.establishments)


CAMPAIGNS_SQL = """SELECT c.ref, c.name, c.fund, c.began_at, count(l.id), count(DISTINCT l.establishment_id),
    count(DISTINCT l.establishment_id) FILTER (WHERE l.first_opened_at IS NOT NULL)
  FROM (SELECT c.id, c.ref, c.name, c.fund, c.began_at FROM letters_campaign c {which}
    ORDER BY c.began_at DESC, c.id DESC LIMIT 50) c
  LEFT JOIN letters_fundletter l ON l.campaign_id = c.id AND l.withdrawn_at IS NULL
  GROUP BY c.id, c.ref, c.name, c.fund, c.began_at ORDER BY c.began_at DESC, c.id DESC"""


def campaigns(ref: uuid.UUID | None = None) -> list[CampaignLine]:
    """The latest campaigns of the adviser's funds, or the one of that reference; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(CAMPAIGNS_SQL.format(which="WHERE c.ref = %(ref)s" if ref else ""), {"ref": ref} if ref else {})
        return [
            CampaignLine(ref, name, FUNDS[fund].short, began, sent, places, opened, share(opened, places))
            for ref, name, fund, began, sent, places, opened in cursor
        ]


# Since the letter came: within how long, and how it is said.
_DELAYS = ((1, "dans les 24 heures"), (3, "en 3 jours"), (7, "en 7 jours"), (15, "en 15 jours"), (30, "en 30 jours"))


@dataclass(frozen=True, slots=True)
class Campaigned:
    """What became of a campaign: `steps`, how many establishments had opened within how long; the letters, by page."""

    line: CampaignLine
    withdrawn: int
    steps: list[tuple[str, int, str]]
    letters: Listed


def campaign(ref: uuid.UUID, *, state: str = "", page: int = 1) -> Campaigned | None:
    """A campaign of the adviser's funds, or None; five statements."""
    found = Campaign.objects.filter(ref=ref).first()
    if found is None:
        return None
    [line] = campaigns(ref)
    soon = "l.first_opened_at <= l.deposited_at + make_interval(days => %s)"
    counts = ", ".join(f"count(DISTINCT l.establishment_id) FILTER (WHERE {soon})" for _ in _DELAYS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {counts} FROM letters_fundletter l WHERE l.campaign_id = %s AND l.withdrawn_at IS NULL",
            [*[days for days, _ in _DELAYS], found.pk],
        )
        within_each = cursor.fetchone()
        cursor.execute(
            "SELECT count(*) FROM letters_fundletter l WHERE l.campaign_id = %s AND l.withdrawn_at IS NOT NULL",
            [found.pk],
        )
        withdrawn = cursor.fetchone()[0]
    steps = [
        (said, count, share(count, line.establishments)) for (_, said), count in zip(_DELAYS, within_each, strict=True)
    ]
    return Campaigned(line, withdrawn, steps, listed(campaign=found.pk, state=state, page=page))


EXPORT_COLUMNS = (
    Column("SIRET", "siret", "code"),
    Column("Établissement", "establishment"),
    Column("Fonds", "fund"),
    Column("Type", "type"),
    Column("Référence", "reference", "code"),
    Column("Titre", "title"),
    Column("Déposé le", "deposited_at", "datetime"),
    Column("État", "state"),
    Column("Ouvert la première fois le", "opened_at", "datetime"),
)


def exported(ref: uuid.UUID) -> tuple[str, list[Line]] | None:
    """The name of a campaign and all its letters, by establishment; None for one of other funds."""
    found = Campaign.objects.filter(ref=ref).first()
    if found is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} {_FROM.format(which='l.campaign_id = %s')} ORDER BY e.sort_key, l.id", [found.pk]
        )
        return found.name, [_line(row) for row in cursor]


@dataclass(frozen=True, slots=True)
class Seen:
    """A letter as its fund's advisers see it: never by whom it was opened."""

    ref: uuid.UUID
    title: str
    state: str
    tone: str
    rows: list[tuple[str, str]]
    withdrawn: bool
    siret: str


def seen(ref: uuid.UUID) -> tuple[FundLetter, Seen] | None:
    """A letter of the adviser's funds, or None; one statement."""
    found = FundLetter.objects.select_related("type", "establishment", "campaign").filter(ref=ref).first()
    if found is None:
        return None
    place, opened = found.establishment, found.first_opened_at
    state, tone = ("Ouvert", "well") if opened else ("Non ouvert", "attention")
    rows = [
        ("Établissement", f"{place.name}, SIRET {siret_shown(place.siret)}"),
        ("Fonds", FUNDS[found.fund].short),
        ("Type", f"{found.type.name} ({Theme(found.type.theme).label})"),
        ("Référence", found.reference),
        ("Date du courrier", date_long(found.dated_on)),
        ("Déposé le", date_long(found.deposited_at)),
        ("Première ouverture", date_long(opened) if opened else "Personne ne l’a encore ouvert"),
        ("Conservé", plural(found.type.kept_years, "an", "ans")),
        ("Fichier", f"PDF, {weight(found.size)}"),
    ]
    if found.campaign is not None:
        rows.append(("Envoi groupé", found.campaign.name))
    if found.withdrawn_at is not None:
        state, tone = "Retiré", "neutral"
        rows.append(("Retiré", f"le {date_long(found.withdrawn_at)} : {Withdrawal(found.withdrawn_reason).label}"))
    return found, Seen(found.ref, found.title, state, tone, rows, found.withdrawn_at is not None, place.siret)


@dataclass(frozen=True, slots=True)
class Preview:
    """A letter that was uploaded, before it is confirmed: to whom, what, and who there will be able to read it."""

    ref: uuid.UUID
    rows: list[tuple[str, str]]
    readers: list[tuple[str, str]]
    service: str


def preview(who: AdviserStanding, ref: uuid.UUID) -> Preview | None:
    """What the adviser uploaded, or None."""
    found = Uploaded.objects.select_related("establishment").filter(ref=ref, adviser=who.ref).first()
    if found is None:
        return None
    kind = LetterType.objects.get(code=found.told["type"])
    place, told = found.establishment, found.told
    # Not `acting.within`: a page writes nothing.
    fund_of(who, place.pk)
    with tenancy.scope(establishment=place.pk, read_only=True):
        everybody = readers(place.pk, kind.service)
    declared = get(kind.service)
    rows = [
        ("Établissement", f"{place.name}, SIRET {siret_shown(place.siret)}"),
        ("Fonds", FUNDS[found.fund].short),
        ("Type", kind.name),
        ("Référence", told["reference"]),
        ("Titre", told["title"]),
        ("Date du courrier", date_long(datetime.date.fromisoformat(told["dated_on"]))),
        ("Envoi groupé", told["campaign"] or "Aucun"),
        ("Fichier", f"PDF vérifié, {weight(found.size)}"),
    ]
    return Preview(
        found.ref,
        rows,
        [(one.name, one.function) for one in everybody],
        declared.name if declared else "Vos courriers",
    )


@dataclass(frozen=True, slots=True)
class TypeLine:
    """A type in the list."""

    code: str
    name: str
    theme: str
    service: str
    money: bool
    kept: str
    retired: bool


def types() -> list[TypeLine]:
    """Every type, those that are no longer proposed last; one statement."""
    found = list(LetterType.objects.all())
    return [
        TypeLine(
            one.code,
            one.name,
            str(Theme(one.theme).label),
            service.name if (service := get(one.service)) else one.service,
            one.about_money,
            plural(one.kept_years, "an", "ans"),
            one.retired_at is not None,
        )
        for one in sorted(found, key=lambda one: (one.retired_at is not None, one.theme, one.name))
    ]


def proposed() -> list[LetterType]:
    """The types that a letter may be of."""
    return list(LetterType.objects.filter(retired_at=None).order_by("name"))
