"""An adviser uploads a letter, sees who will read it, and confirms; takes one back; changes the types."""

import datetime
import re
import uuid
from dataclasses import asdict, dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from parvis.advisers.standing import AdviserStanding
from parvis.backoffice.acting import within
from parvis.establishments.funds import FUNDS
from parvis.establishments.models import Contract, Establishment, Succession
from parvis.ground import clock, files, tenancy
from parvis.ground.identifiers.text import search_key
from parvis.ground.pages.filters import plural
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import record
from parvis.letters import actions as letters
from parvis.letters.actions import Sealed, Told, campaign_named, checked, type_of
from parvis.letters.models import FundLetter, LetterType, Uploaded

GONE = "Ce courrier préparé n’existe plus : il a été envoyé, abandonné, ou le temps de le confirmer est passé."


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an adviser wants to send: to which SIRET, in which campaign ("" for none)."""

    siret: str
    told: Told
    campaign: str


def _place(wanted: Wanted) -> Establishment:
    """Whom it is for. Raises Refused where the fund has nothing to write there."""
    place = Establishment.objects.filter(siret=wanted.siret).first()
    if place is None:
        raise Refused("Aucun établissement ne porte ce SIRET : vérifiez-le.", field="siret")
    taken = Succession.objects.filter(predecessor=place, done_at__isnull=False).select_related("successor").first()
    if taken is not None:
        raise Refused(
            f"Cet établissement a été repris par {taken.successor.name} : adressez le courrier au SIRET "
            f"{taken.successor.siret}.",
            field="siret",
        )
    if not Contract.objects.filter(establishment=place, fund=wanted.told.fund).exists():
        name = FUNDS[wanted.told.fund].short
        raise Refused(
            f"Cet établissement n’a jamais eu de contrat avec {name} : vérifiez le SIRET et le fonds.", field="siret"
        )
    return place


@action
def upload(*, who: AdviserStanding, wanted: Wanted, file: UploadedFile) -> Uploaded:
    """Check the letter and its file, and keep both until they are confirmed. Raises Refused, about a field."""
    if wanted.told.fund not in who.funds:
        raise Refused("Choisissez l’un de vos fonds.", field="fund")
    told = checked(wanted.told)
    type_of(told.type)
    place = _place(wanted)
    if FundLetter.objects.filter(fund=told.fund, reference=told.reference).exists():
        raise Refused(letters.TAKEN, field="reference")
    clean = files.accepted(file, field="file")
    if clean.kind != "pdf":
        raise Refused("Ce fichier est une image : enregistrez le courrier en PDF, puis choisissez-le.", field="file")
    sealed = letters.sealed(clean.content)
    return Uploaded.objects.create(
        adviser=who.ref,
        fund=told.fund,
        establishment=place,
        told={**asdict(told), "dated_on": told.dated_on.isoformat(), "campaign": wanted.campaign},
        key=sealed.key,
        size=sealed.size,
        digest=sealed.digest,
        at=clock.now(),
    )


def _taken(who: AdviserStanding, ref: uuid.UUID) -> Uploaded:
    """What the adviser uploaded, which is no longer there afterwards: confirmed twice, it is sent once."""
    found = Uploaded.objects.filter(ref=ref, adviser=who.ref).first()
    if found is None or not Uploaded.objects.filter(pk=found.pk).delete()[0]:
        raise Refused(GONE)
    return found


@action
def confirm(*, who: AdviserStanding, ref: uuid.UUID) -> FundLetter:
    """Send what was uploaded. Raises Refused where it cannot be any more."""
    found = _taken(who, ref)
    told = told_of(found)
    campaign = campaign_named(found.fund, found.told["campaign"]) if found.told["campaign"] else None
    with within(who, found.establishment_id):
        return letters.deposit(
            actor=who.actor, told=told, content=Sealed(found.key, found.size, found.digest), campaign=campaign
        )


def told_of(found: Uploaded) -> Told:
    """What was said of an uploaded letter."""
    values = {name: found.told[name] for name in Told.__dataclass_fields__}
    return Told(**{**values, "dated_on": datetime.date.fromisoformat(values["dated_on"])})


@action
def abandon(*, who: AdviserStanding, ref: uuid.UUID) -> None:
    """Forget what was uploaded, and its file."""
    files.erase(_taken(who, ref).key)


@action
def withdraw(*, who: AdviserStanding, letter: FundLetter, reason: str) -> None:
    """Take a letter of one of the adviser's funds back."""
    if letter.fund not in who.funds:
        raise Refused("Ce courrier est d’un autre fonds.")
    with within(who, letter.establishment_id):
        letters.withdraw(actor=who.actor, letter=letter.pk, reason=reason)


@dataclass(frozen=True, slots=True)
class TypeEntry:
    """What is said of a type."""

    name: str
    theme: str
    service: str
    about_money: bool
    kept_years: int
    retired: bool


def entry_of(kind: LetterType) -> TypeEntry:
    """What is said of a type now."""
    return TypeEntry(
        kind.name, kind.theme, kind.service, kind.about_money, kind.kept_years, kind.retired_at is not None
    )


@action
def save_type(*, who: AdviserStanding, kind: LetterType | None, entry: TypeEntry) -> LetterType:
    """Add a type, or change one: from now on, for the letters that came too.

    Raises Refused for who does not supervise: a type is every fund's. And for fewer years than it is kept: a letter
    that is kept is not erased sooner by an edit.
    """
    if not who.supervises:
        raise Refused("Seule la supervision change les types de courriers : ils servent à tous les fonds.")
    if kind is not None:
        kind = LetterType.objects.select_for_update().get(pk=kind.pk)
        if entry.kept_years < kind.kept_years:
            raise Refused(
                f"Ces courriers sont conservés {plural(kind.kept_years, 'an', 'ans')} : cette durée peut être "
                "allongée, jamais réduite, car des courriers déjà arrivés seraient effacés plus tôt.",
                field="kept_years",
            )
    before = asdict(entry_of(kind)) if kind is not None else {}
    now = clock.now()
    saved = kind or LetterType(code=_code(entry.name))
    if kind is None and LetterType.objects.filter(code=saved.code).exists():
        raise Refused("Un type de courrier porte déjà ce nom : modifiez-le, ou changez de nom.", field="name")
    for name in ("name", "theme", "service", "about_money", "kept_years"):
        setattr(saved, name, getattr(entry, name))
    saved.retired_at = (saved.retired_at or now) if entry.retired else None
    saved.changed_at = now
    try:
        with transaction.atomic():
            saved.save()
    except IntegrityError as twice:
        raise Refused("Un type de courrier porte déjà ce nom.", field="name") from twice
    after: dict[str, Any] = asdict(entry)
    if before != after:
        with tenancy.scope(person=who.person_id, role=tenancy.PERSON):
            record(
                "letter.type_changed",
                actor=who.actor,
                person=who.person_id,
                before={"code": saved.code, **before},
                after={"code": saved.code, **after},
            )
    return saved


def _code(name: str) -> str:
    code = re.sub(r"[^a-z0-9]+", "-", search_key(name)).strip("-")[:40].strip("-")
    if not code:
        raise Refused("Ce nom n’a ni lettre ni chiffre : donnez-en un qui se lise.", field="name")
    return code
