"""Letters arrive, are opened, archived and withdrawn. The batch that comes by the thousand is in `importing.py`."""

import datetime
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, connection, transaction

from parvis.access.actions.guards import actor_of
from parvis.access.standing import Standing
from parvis.establishments.funds import FUNDS
from parvis.establishments.models import Contract
from parvis.ground import clock, files, tenancy
from parvis.ground.identifiers.text import clean, search_key
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import Actor, Change, record, record_changes
from parvis.letters.kept import PURPOSE
from parvis.letters.models import Campaign, FundLetter, LetterType, Reading, Withdrawal
from parvis.letters.reading import readable, readers, service_of
from parvis.letters.told import RECALLS
from parvis.notices.actions import forget, notify

REFERENCE, TITLE = 60, 150
TAKEN = "Un courrier de ce fonds porte déjà cette référence : vérifiez qu’il n’est pas déjà arrivé."


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of a letter: fund and type by their codes, its reference at the fund, its title, its date."""

    fund: str
    type: str
    reference: str
    title: str
    dated_on: datetime.date


@dataclass(frozen=True, slots=True)
class Sealed:
    """A file of a letter that is kept already: its key, how many bytes it has, the SHA-256 of them."""

    key: str
    size: int
    digest: str


def sealed(content: bytes) -> Sealed:
    """Keep a PDF that was checked (`ground.files`)."""
    return sealed_each([content])[0]


def sealed_each(contents: Sequence[bytes]) -> list[Sealed]:
    """The same of many at once, in their order."""
    keys = files.keep_all(contents, PURPOSE)
    return [
        Sealed(key, len(content), hashlib.sha256(content).hexdigest())
        for key, content in zip(keys, contents, strict=True)
    ]


def checked(told: Told) -> Told:
    """The same, cleaned. Raises Refused for what no letter may say; what only the database knows is not asked."""
    reference, title = clean(told.reference), clean(told.title)
    if told.fund not in FUNDS:
        raise Refused("Choisissez l’un des fonds de la liste.", field="fund")
    if not reference or len(reference) > REFERENCE:
        raise Refused(f"La référence compte de 1 à {REFERENCE} caractères.", field="reference")
    if not title or len(title) > TITLE:
        raise Refused(f"Le titre compte de 1 à {TITLE} caractères.", field="title")
    if not datetime.date(1980, 1, 1) <= told.dated_on <= clock.today():
        raise Refused("La date du courrier est celle d’aujourd’hui, ou d’un jour passé.", field="dated_on")
    return Told(told.fund, told.type, reference, title, told.dated_on)


def type_of(code: str) -> LetterType:
    """The type of that code. Raises Refused where there is none, or no more."""
    found = LetterType.objects.filter(code=code, retired_at=None).first()
    if found is None:
        raise Refused(
            "Ce type de courrier n’existe pas, ou n’est plus proposé : prenez-en un de la liste.", field="type"
        )
    return found


def made(told: Told, kind: LetterType, file: Sealed, *, establishment: int, campaign: int | None = None) -> FundLetter:
    """The row of a letter, not written yet."""
    words = f"{told.title} {kind.name} {kind.get_theme_display()} {told.reference} {FUNDS[told.fund].short}"
    return FundLetter(
        establishment_id=establishment,
        fund=told.fund,
        reference=told.reference,
        type=kind,
        title=told.title,
        dated_on=told.dated_on,
        campaign_id=campaign,
        key=file.key,
        size=file.size,
        digest=file.digest,
        deposited_at=clock.now(),
        search_key=search_key(words)[:400],
    )


def named(letter: FundLetter) -> dict[str, str]:
    """How the journal names a letter."""
    return {"fund": letter.fund, "reference": letter.reference}


def about(letter: FundLetter) -> dict[str, str]:
    """What a notice says of a letter: its fund, and the name of its type."""
    return {"fund": letter.fund, "type": letter.type.name}


@action
def deposit(*, actor: Actor, told: Told, content: bytes | Sealed, campaign: int | None = None) -> FundLetter:
    """A letter arrives in the establishment in scope, and whoever may read it is told.

    `content`: a PDF that was checked, or one that is kept already. Raises Refused for a type that is not proposed, a
    reference that the fund used already, and a fund with which the establishment never had a contract.
    """
    here = tenancy.current().establishment
    told = checked(told)
    kind = type_of(told.type)
    if not Contract.objects.filter(establishment_id=here, fund=told.fund).exists():
        raise Refused(
            f"L’établissement n’a jamais eu de contrat avec {FUNDS[told.fund].short} : ce courrier n’est pas pour lui.",
            field="fund",
        )
    file = content if isinstance(content, Sealed) else sealed(content)
    letter = made(told, kind, file, establishment=here, campaign=campaign)
    letter.deposited_by = actor.ref
    try:
        with transaction.atomic():
            letter.save(force_insert=True)
    except IntegrityError as twice:
        raise Refused(TAKEN, field="reference") from twice
    record("letter.deposited", actor=actor, object=letter.ref, after={**named(letter), "type": kind.code})
    service, detail = service_of(kind.service, _funds_today(here)).code, about(letter)
    notify("letter", establishment=here, object_id=letter.pk, service=service, detail=detail)
    if not readers(here, kind.service):
        notify("letter_nobody", establishment=here, object_id=letter.pk, administrators=True, detail=detail)
    return letter


OPENED_SQL = """INSERT INTO letters_reading AS r
  (establishment_id, letter_id, person_id, account, first_at, last_at, unread, opened)
  SELECT l.establishment_id, l.id, %(person)s, %(account)s, %(now)s, %(now)s, false, true FROM letters_fundletter l
  WHERE l.establishment_id = %(place)s AND l.id = ANY(%(letters)s) AND l.withdrawn_at IS NULL
  ON CONFLICT (letter_id, person_id) DO UPDATE SET last_at = excluded.last_at, unread = false, opened = true,
    first_at = CASE WHEN r.opened THEN r.first_at ELSE excluded.first_at END
  RETURNING r.letter_id, r.first_at = r.last_at"""


@action
def note_opened(*, who: Standing, letters: Sequence[int]) -> None:
    """Note that the person opened these letters; the first time of each is an event.

    After the request that served them, which is READ ONLY: in a scope of its own (`rules.after`).
    """
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            OPENED_SQL,
            {
                "person": who.person_id,
                "account": who.ref,
                "now": now,
                "place": who.establishment_id,
                "letters": list(letters),
            },
        )
        first = [number for number, new in cursor.fetchall() if new]
    if not first:
        return
    opened = FundLetter.objects.filter(pk__in=first)
    opened.filter(first_opened_at=None).update(first_opened_at=now)
    _each("letter.opened", actor_of(who), opened)


def _each(kind: str, actor: Actor, letters: Iterable[FundLetter]) -> None:
    record_changes(kind, actor=actor, changes=[Change(one.ref, {}, named(one)) for one in letters])


def _held(who: Standing, numbers: Sequence[int]) -> list[FundLetter]:
    rows = FundLetter.objects.select_for_update(of=("self",)).filter(
        establishment_id=who.establishment_id, pk__in=numbers, withdrawn_at=None, type_id__in=readable(who).ids
    )
    return list(rows.select_related("type").order_by("pk"))


@dataclass(frozen=True, slots=True)
class Archived:
    """How many changed, and the titles of those that stay: about money, and opened by nobody yet."""

    count: int
    staying: tuple[str, ...] = ()

    @property
    def why(self) -> str:
        """Why some stay, as it is said to who archived; "" where none does."""
        if not self.staying:
            return ""
        if len(self.staying) == 1:
            return f"Ouvrez d’abord « {self.staying[0]} » : il parle d’argent, il n’est pas archivé."
        said = ", ".join(f"« {one} »" for one in self.staying)
        return f"Ouvrez d’abord {said} : ils parlent d’argent, ils ne sont pas archivés."


@action
def archive(*, who: Standing, letters: Sequence[int], archived: bool) -> Archived:
    """Archive for everybody of the establishment, or bring back.

    A letter about money that nobody opened stays: archived, it would be recalled to nobody. Raises Refused where one
    of them may not be archived by the person, and changes none; and where the only one stays.
    """
    may = readable(who).archives
    found = _held(who, letters)
    if any(one.type_id not in may for one in found):
        raise Refused(
            "Pour archiver ces courriers, il faut « Modification » sur « Vos courriers » : demandez-la à la personne "
            "qui administre les comptes."
        )
    changed = [one for one in found if (one.archived_at is not None) != archived]
    staying = [one for one in changed if archived and one.type.about_money and one.first_opened_at is None]
    if staying and len(letters) == 1:
        raise Refused("Ouvrez d’abord ce courrier : il parle d’argent.")
    changed = [one for one in changed if one not in staying]
    for one in changed:
        one.archived_at, one.archived_by = (clock.now(), who.ref) if archived else (None, None)
    FundLetter.objects.bulk_update(changed, ["archived_at", "archived_by"])
    _each("letter.archived" if archived else "letter.unarchived", actor_of(who), changed)
    return Archived(len(changed), tuple(one.title for one in staying))


@action
def mark_unread(*, who: Standing, letter: int) -> bool:
    """Have the letter stand out again for this person alone; False where it stood out already."""
    [*found] = _held(who, [letter])
    return bool(found) and bool(found[0].readings.filter(person_id=who.person_id, unread=False).update(unread=True))


@dataclass(frozen=True, slots=True)
class Marked:
    """How many letters changed, and how many of them are about money and were opened by nobody yet."""

    count: int
    recalled: int


@action
def mark_read(*, who: Standing, letters: Sequence[int]) -> Marked:
    """Have these letters stand out no more for this person alone; each that they never opened is an event.

    It is no opening: a letter about money is recalled all the same, and nobody is said to have read it.
    """
    found, now = _held(who, letters), clock.now()
    held = {one.letter_id: one for one in Reading.objects.filter(person_id=who.person_id, letter__in=found)}
    Reading.objects.filter(pk__in=[one.pk for one in held.values() if one.unread]).update(unread=False)
    marked = [one for one in found if one.pk not in held]
    Reading.objects.bulk_create(
        [
            Reading(
                establishment_id=who.establishment_id,
                letter=one,
                person_id=who.person_id,
                account=who.ref,
                first_at=now,
                last_at=now,
                opened=False,
            )
            for one in marked
        ],
        # Opened in another tab meanwhile: it is read, which is more.
        ignore_conflicts=True,
    )
    _each("letter.marked_read", actor_of(who), marked)
    changed = marked + [one for one in found if one.pk in held and held[one.pk].unread]
    waiting = [one for one in changed if one.type.about_money and one.first_opened_at is None]
    return Marked(len(changed), len(waiting))


@action
def withdraw(*, actor: Actor, letter: int, reason: str) -> FundLetter:
    """Take back a letter of the establishment in scope, which was not meant for it; whoever read there is told.

    Its file is kept as long as it would have been: what was sent can be looked into. Nobody there opens it any more.
    """
    if reason not in Withdrawal.values:
        raise Refused("Dites pourquoi ce courrier est retiré.", field="reason")
    here = tenancy.current().establishment
    found = (
        FundLetter.objects.select_for_update(of=("self",))
        .select_related("type")
        .filter(establishment_id=here, pk=letter)
        .first()
    )
    if found is None:
        raise Refused("Ce courrier n’existe pas, ou n’est plus conservé.")
    if found.withdrawn_at is not None:
        raise Refused("Ce courrier a déjà été retiré.")
    found.withdrawn_at, found.withdrawn_by, found.withdrawn_reason = clock.now(), actor.ref, reason
    found.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    record("letter.withdrawn", actor=actor, object=found.ref, after={**named(found), "reason": reason})
    for kind in ("letter", "letter_nobody"):
        forget(kind, establishment=here, object_id=found.pk)
    for kind in RECALLS:
        # One that stands for several letters goes on waiting for the others.
        forget(kind, establishment=here, object_id=found.pk, detail={"count": 1})
    service = service_of(found.type.service, _funds_today(here)).code
    notify("letter_withdrawn", establishment=here, object_id=found.pk, service=service, detail={"fund": found.fund})
    return found


def _funds_today(establishment: int) -> frozenset[str]:
    today = clock.today()
    held = Contract.objects.filter(establishment_id=establishment, starts_on__lte=today).exclude(ends_on__lt=today)
    return frozenset(held.values_list("fund", flat=True))


def campaign_named(fund: str, name: str) -> int:
    """The campaign of that name, begun now where there was none; as an adviser of the fund, or as the owner."""
    found, _ = Campaign.objects.get_or_create(fund=fund, name=clean(name)[:100], defaults={"began_at": clock.now()})
    return int(found.pk)
