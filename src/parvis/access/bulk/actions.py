"""An import of accounts: preview, preview again, give up, confirm. All or nothing, and once."""

import uuid
from dataclasses import dataclass

from django.conf import settings

from parvis.access.actions.guards import active_administrators, actor_of, administered
from parvis.access.bulk.applying import apply
from parvis.access.bulk.columns import header_of, known_among
from parvis.access.bulk.holding import Held, counts_of, found_for_update, sealed, unsealed
from parvis.access.bulk.known import Everybody, everybody
from parvis.access.bulk.planning import CHANGED, CREATED, REFUSED, Cells, Line, Planner
from parvis.access.models import Import, Membership
from parvis.access.registry import catalogue
from parvis.access.standing import Standing
from parvis.ground import clock
from parvis.ground.identifiers import account as identifiers
from parvis.ground.pages.filters import number
from parvis.ground.tables import Unreadable, read_table
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import record

CELL = 300  # characters kept of a cell: beyond every field's own limit


@dataclass(frozen=True, slots=True)
class Difference:
    """A line on which the world has changed since the preview: as it was shown, and as it would be now."""

    shown: Line
    now: Line


class Outdated(Refused):
    """Somebody changed accounts between the preview and its confirmation: nothing was written."""

    def __init__(self, differences: list[Difference]) -> None:
        super().__init__("Des comptes ont changé depuis l’aperçu : rien n’est importé.")
        self.differences = differences


@dataclass(frozen=True, slots=True)
class File:
    """A file of accounts, read: its lines by known column, and what is to be told of its columns."""

    cells: list[Cells]
    remarks: list[str]


def read_file(content: bytes, who: Standing) -> File:
    """The lines of the file. Raises Refused, with what to do: too large, unreadable, too many lines, no known title."""
    limit, lines = settings.PARVIS_IMPORT_SIZE, settings.PARVIS_IMPORT_LINES
    if len(content) > limit:
        raise Refused(f"Ce fichier dépasse {limit // 1_000_000} Mo : gardez-y la seule feuille des comptes.")
    services = catalogue(who.funds)
    try:
        # A few empty lines may stand before the titles.
        rows = read_table(
            content, lines=lines + 21, unpacked=settings.PARVIS_IMPORT_UNPACKED, known=known_among(services)
        )
    except Unreadable as fault:
        raise Refused(str(fault)) from fault
    first = next(place for place, row in enumerate(rows) if any(cell.strip() for cell in row))
    header = header_of(rows[first], services)
    if len(header.places) < 2:
        raise Refused(
            "Aucun titre de colonne n’est reconnu dans ce fichier : la première ligne doit porter les titres du "
            "fichier téléchargé, par exemple « Identifiant », « Nom », « Prénom »."
        )
    if header.twice:
        raise Refused(f"La colonne « {header.twice[0]} » figure deux fois : gardez-en une seule.")
    cells = [
        Cells(place + 1, {key: text[:CELL] for key, text in header.values(row).items()})
        for place, row in enumerate(rows)
        if place > first and any(cell.strip() for cell in row)
    ]
    if not cells:
        raise Refused("Ce fichier n’a que des titres : ajoutez une ligne par compte, puis choisissez-le de nouveau.")
    if len(cells) > lines:
        raise Refused(f"Ce fichier compte plus de {number(lines)} lignes : partagez-le en plusieurs fichiers.")
    return File(cells, _remarks(header.unknown, header.missing))


def _remarks(unknown: tuple[str, ...], missing: tuple[str, ...]) -> list[str]:
    said = []
    if unknown:
        names = ", ".join(f"« {title} »" for title in unknown[:12])
        more = f" et {len(unknown) - 12} autres" if len(unknown) > 12 else ""
        said.append(
            f"Colonne non importée, car son titre n’est pas reconnu : {names}."
            if len(unknown) == 1
            else f"Colonnes non importées, car leur titre n’est pas reconnu : {names}{more}."
        )
    if missing:
        names = ", ".join(f"« {title} »" for title in missing)
        said.append(
            f"Colonne absente du fichier : {names}. Ce qu’elle contenait reste inchangé."
            if len(missing) == 1
            else f"Colonnes absentes du fichier : {names}. Ce qu’elles contenaient reste inchangé."
        )
    return said


def _planned(who: Standing, cells: list[Cells], known: Everybody) -> list[Line]:
    return Planner(who, known, may_set_own_rights=active_administrators() == 1).plan(cells)


@action
def preview(*, who: Standing, file: File) -> Import:
    """Keep the file and what it would do; takes the place of the person's own preview that waits, if any."""
    lines = _planned(who, file.cells, everybody(who.funds))
    now = clock.now()
    Import.objects.filter(author=who.ref, confirmed_at=None).delete()
    return Import.objects.create(
        establishment_id=who.establishment_id,
        author=who.ref,
        sealed=sealed(Held(file.cells, file.remarks, lines)),
        counts=counts_of(lines),
        created_at=now,
        expires_at=now + settings.PARVIS_IMPORT_RETENTION,
    )


@action
def preview_again(*, who: Standing, import_id: uuid.UUID) -> Import:
    """The same file against the accounts as they are now."""
    one = found_for_update(who, import_id)
    if one.confirmed_at is None:
        held = unsealed(one.sealed)
        lines = _planned(who, held.cells, everybody(who.funds))
        one.sealed, one.counts = sealed(Held(held.cells, held.remarks, lines)), counts_of(lines)
        one.created_at = clock.now()
        one.save(update_fields=["sealed", "counts", "created_at"])
    return one


@action
def give_up(*, who: Standing, import_id: uuid.UUID) -> None:
    """Throw a preview away, with all that it holds."""
    one = found_for_update(who, import_id)
    if one.confirmed_at is None:
        one.delete()


@action
def confirm(*, who: Standing, import_id: uuid.UUID) -> Import:
    """Do what the preview says: all of it or nothing. Confirmed twice: done once, the same answer.

    Raises Outdated where a line would do something else than what was shown; Refused while a line is refused, where
    there is nothing to do, or where nobody would be left to administer.
    """
    one = found_for_update(who, import_id)
    if one.confirmed_at is not None:
        return one
    held = unsealed(one.sealed)
    with administered():
        _lock(held.cells)
        known = everybody(who.funds)
        lines = _planned(who, held.cells, known)
        differences = [
            Difference(shown, now)
            for shown, now in zip(held.lines, lines, strict=True)
            if shown.outcome() != now.outcome()
        ]
        if differences:
            raise Outdated(differences)
        counts = counts_of(lines)
        if counts[REFUSED]:
            raise Refused("Des lignes sont refusées : corrigez-les dans votre fichier, puis choisissez-le de nouveau.")
        if not counts[CREATED] + counts[CHANGED]:
            raise Refused("Ce fichier ne change rien : il n’y a rien à importer.")
        created = apply(who, lines, known)
    record("accounts.imported", actor=actor_of(who), object=one.pk, after=counts)
    one.sealed, one.created, one.confirmed_at = "", [account.pk for account in created], clock.now()
    one.expires_at = one.confirmed_at + settings.PARVIS_IMPORT_RETENTION
    one.save(update_fields=["sealed", "created", "confirmed_at", "expires_at"])
    return one


def _lock(cells: list[Cells]) -> None:
    """The accounts of the file, in the order in which every other act on several takes them."""
    codes = []
    for one in cells:
        try:
            codes.append(identifiers.parse(one.values.get("identifier", "")))
        except identifiers.WrongIdentifier:
            continue
    list(
        Membership.objects.select_for_update(of=("self",))
        .filter(identifier__in=codes)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
