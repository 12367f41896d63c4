"""Adding, changing, ending and deleting a correspondent."""

import datetime
from dataclasses import asdict, dataclass
from typing import Any

from parvis.access.actions.guards import actor_of, locked
from parvis.access.standing import Standing
from parvis.establishments.funds import FUNDS
from parvis.ground import clock
from parvis.ground.identifiers.text import sort_key
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import record, remember_name
from parvis.services.conflict import Conflict
from parvis.services.correspondents.models import Correspondent, Function

GONE = "Ce correspondant n’existe plus : quelqu’un l’a supprimé entre-temps."


@dataclass(frozen=True, slots=True)
class Entry:
    """What is said of a correspondent; validated by `forms.CorrespondentForm`."""

    civility: str
    first_name: str
    last_name: str
    function: str
    phone: str
    email: str
    functions: list[str]
    funds: list[str]
    starts_on: datetime.date | None
    ends_on: datetime.date | None


def entry_of(correspondent: Correspondent) -> Entry:
    """What is said of a correspondent now."""
    return Entry(**{name: getattr(correspondent, name) for name in Entry.__dataclass_fields__})


def changes(before: Entry, after: Entry) -> list[str]:
    """The fields on which two entries differ."""
    return [name for name in Entry.__dataclass_fields__ if getattr(before, name) != getattr(after, name)]


def _checked(who: Standing, entry: Entry, *, kept: frozenset[str] = frozenset()) -> Entry:
    """The functions and funds in the usual order. Refuses a fund that is not held today (`kept`: had it before)."""
    functions = [code for code in Function.values if code in entry.functions]
    if not functions or set(entry.functions) - set(functions):
        raise Refused("Choisissez au moins un domaine de la liste.", field="functions")
    if foreign := sorted(set(entry.funds) - who.funds - kept):
        name = FUNDS[foreign[0]].short if foreign[0] in FUNDS else "ce fonds"
        raise Refused(
            f"L’établissement n’a pas de contrat en cours avec {name} : choisissez parmi les fonds proposés.",
            field="funds",
        )
    funds = [code for code in FUNDS if code in entry.funds]
    if not funds:
        raise Refused("Choisissez au moins un fonds.", field="funds")
    if entry.starts_on and entry.ends_on and entry.ends_on < entry.starts_on:
        raise Refused("La date de fin précède la date de début : corrigez l’une des deux.", field="ends_on")
    return Entry(**{**asdict(entry), "functions": functions, "funds": funds})


def _covered(entry: Entry) -> dict[str, Any]:
    return {"functions": entry.functions, "funds": entry.funds}


def _for_update(correspondent_id: int) -> Correspondent:
    found = Correspondent.objects.select_for_update(of=("self",)).filter(pk=correspondent_id).first()
    if found is None:
        raise Refused(GONE)
    return found


def _written(who: Standing, correspondent: Correspondent, entry: Entry) -> None:
    for name, value in asdict(entry).items():
        setattr(correspondent, name, value)
    correspondent.sort_key = sort_key(f"{entry.last_name} {entry.first_name}")[:250]
    correspondent.changed_at, correspondent.changed_by = clock.now(), who.ref
    correspondent.save()
    remember_name(correspondent.ref, correspondent.name)


@action
def add(*, who: Standing, entry: Entry) -> tuple[Correspondent, bool]:
    """Add a correspondent, for funds held today. False: the very same entry exists (« Enregistrer » pressed twice)."""
    entry = _checked(who, entry)
    locked(who.establishment_id)
    for twin in Correspondent.objects.filter(
        establishment_id=who.establishment_id, email=entry.email, last_name=entry.last_name
    ):
        if entry_of(twin) == entry:
            return twin, False
    correspondent = Correspondent(establishment_id=who.establishment_id)
    _written(who, correspondent, entry)
    record(
        "correspondent.added",
        actor=actor_of(who, service="correspondants"),
        object=correspondent.ref,
        after=_covered(entry),
    )
    return correspondent, True


@action
def change(*, who: Standing, correspondent_id: int, entry: Entry, version: int) -> bool:
    """Change a correspondent. False: it says the same already.

    Raises Conflict when somebody changed it since `version`. A fund that it covered and that is no longer held may
    stay; none other may be added.
    """
    correspondent = _for_update(correspondent_id)
    before = entry_of(correspondent)
    after = _checked(who, entry, kept=frozenset(before.funds))
    fields = changes(before, after)
    if not fields:
        return False
    if correspondent.version != version:
        raise Conflict(correspondent.version)
    correspondent.version += 1
    _written(who, correspondent, after)
    record(
        "correspondent.changed",
        actor=actor_of(who, service="correspondants"),
        object=correspondent.ref,
        before=_covered(before),
        after={"fields": fields, **_covered(after)},
    )
    return True


@action
def end(*, who: Standing, correspondent_id: int, ends_on: datetime.date) -> Correspondent:
    """The last day of a correspondent, today or later; it stays readable among the former ones."""
    if ends_on < clock.today():
        raise Refused("Ce jour est déjà passé : choisissez aujourd’hui ou un jour à venir.", field="ends_on")
    correspondent = _for_update(correspondent_id)
    if correspondent.starts_on and ends_on < correspondent.starts_on:
        raise Refused(
            "Cette personne n’a pas encore commencé : choisissez un jour après son début, ou supprimez-la de la liste.",
            field="ends_on",
        )
    if correspondent.ends_on != ends_on:
        correspondent.ends_on = ends_on
        correspondent.version += 1
        correspondent.changed_at, correspondent.changed_by = clock.now(), who.ref
        correspondent.save(update_fields=["ends_on", "version", "changed_at", "changed_by"])
        record(
            "correspondent.ended",
            actor=actor_of(who, service="correspondants"),
            object=correspondent.ref,
            after={"ends_on": ends_on.isoformat()},
        )
    return correspondent


@action
def delete(*, who: Standing, correspondent_id: int) -> str:
    """Erase a correspondent that should never have been there; the journal keeps that it was. Returns its name."""
    correspondent = _for_update(correspondent_id)
    entry = entry_of(correspondent)
    record(
        "correspondent.deleted",
        actor=actor_of(who, service="correspondants"),
        object=correspondent.ref,
        before=_covered(entry),
    )
    correspondent.delete()
    return f"{entry.first_name} {entry.last_name}"
