"""Making, changing and deleting the establishment's own models of rights, and giving a model to accounts.

A model that changes changes nobody: who was given it is aligned by an act of its own.
"""

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction

from parvis.access.actions.creation import Grant, checked_grants
from parvis.access.actions.guards import actor_of, locked
from parvis.access.actions.many import set_rights_of_many
from parvis.access.levels import Level
from parvis.access.models import Membership, Preset, PresetRight
from parvis.access.presets.queries import Holder, holders, preset
from parvis.access.presets.state import Known, Step, Way, after, steps
from parvis.access.registry import catalogue
from parvis.access.registry import get as service_of
from parvis.access.standing import Standing
from parvis.access.status import Status
from parvis.ground import clock
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import record, remember_name

GONE = "Ce modèle n’existe plus : quelqu’un l’a supprimé entre-temps."
TAKEN = "Un modèle de ce nom existe déjà : choisissez-en un autre."
MOVED = (
    "Un compte ou le modèle a changé depuis que cette page a été affichée : rien n’est enregistré. Vérifiez ci-dessous."
)


def _levels(grants: list[Grant], funds: frozenset[str]) -> dict[str, Level]:
    given = {grant.service: grant.level for grant in checked_grants(grants, funds)}
    if not given:
        raise Refused("Un modèle donne au moins un droit : choisissez un niveau pour un service.")
    return given


def _as_json(levels: Mapping[str, int]) -> dict[str, dict[str, int]]:
    return {code: {"level": int(level)} for code, level in levels.items()}


def _free(name: str, *, but: int = 0) -> None:
    if Preset.objects.filter(name__iexact=name, deleted_at=None).exclude(pk=but).exists():
        raise Refused(TAKEN, field="name")


def _own_for_update(ref: uuid.UUID) -> Preset:
    found = Preset.objects.select_for_update(of=("self",)).filter(ref=ref, deleted_at=None).first()
    if found is None:
        raise Refused(GONE)
    return found


def _give(own: Preset, levels: Mapping[str, Level]) -> None:
    PresetRight.objects.bulk_create(
        PresetRight(establishment_id=own.establishment_id, preset=own, service=code, level=level)
        for code, level in levels.items()
    )


@action
def create(*, who: Standing, ref: uuid.UUID, name: str, purpose: str, grants: list[Grant]) -> Preset:
    """A model of the establishment's own. `ref` comes from the page: sending it twice makes one model."""
    levels = _levels(grants, who.funds)
    locked(who.establishment_id)
    if (made := Preset.objects.filter(ref=ref).first()) is not None:
        return made
    _free(name)
    if Preset.objects.filter(deleted_at=None).count() >= settings.PARVIS_PRESETS:
        raise Refused(
            f"L’établissement a déjà {settings.PARVIS_PRESETS} modèles, le plus qu’il puisse avoir : supprimez-en un."
        )
    now = clock.now()
    try:
        with transaction.atomic():
            made = Preset.objects.create(
                establishment_id=who.establishment_id,
                ref=ref,
                name=name,
                purpose=purpose,
                created_at=now,
                created_by=who.ref,
                changed_at=now,
                changed_by=who.ref,
            )
    except IntegrityError as taken:
        # A number drawn by another establishment's page: unheard of, but for a forged one.
        raise Refused("Cette page ne peut pas être envoyée : rechargez-la, puis recommencez.") from taken
    _give(made, levels)
    remember_name(made.ref, made.name)
    record("preset.created", actor=actor_of(who), object=made.ref, after={"rights": _as_json(levels)})
    return made


@action
def change(*, who: Standing, ref: uuid.UUID, name: str, purpose: str, grants: list[Grant]) -> Preset:
    """Name, purpose and levels; nobody's rights change. Levels on services outside of the catalogue stay."""
    levels = _levels(grants, who.funds)
    locked(who.establishment_id)
    own = _own_for_update(ref)
    _free(name, but=own.pk)
    offered = {service.code for service in catalogue(who.funds)}
    held = {right.service: right.level for right in own.rights.all() if right.service in offered}
    renamed = name != own.name
    if not renamed and purpose == own.purpose and held == levels:
        return own
    own.name, own.purpose, own.changed_at, own.changed_by = name, purpose, clock.now(), who.ref
    own.save(update_fields=["name", "purpose", "changed_at", "changed_by"])
    if renamed:
        remember_name(own.ref, name)
    if held != levels:
        own.rights.filter(service__in=offered).delete()
        _give(own, levels)
    kind = "preset.renamed" if held == levels else "preset.changed"
    record(
        kind,
        actor=actor_of(who),
        object=own.ref,
        before={"rights": _as_json(held)} if held != levels else None,
        after={"rights": _as_json(levels)} if held != levels else None,
    )
    return own


@action
def delete(*, who: Standing, ref: uuid.UUID) -> Preset:
    """The model is offered no more. Nobody's rights change: they still say where they came from."""
    own = _own_for_update(ref)
    own.deleted_at = clock.now()
    own.save(update_fields=["deleted_at"])
    held = {right.service: right.level for right in own.rights.all()}
    record("preset.deleted", actor=actor_of(who), object=own.ref, before={"rights": _as_json(held)})
    return own


@dataclass(frozen=True, slots=True)
class Line:
    """What a model makes of one account. `why`: it is left out, for this reason."""

    holder: Holder
    then: list[Grant]
    steps: tuple[Step, ...]
    why: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What giving a model to accounts does, before it is done; `seal` says whether it is still the same."""

    preset: Known
    way: Way
    lines: tuple[Line, ...]

    @property
    def changed(self) -> list[Line]:
        """The accounts whose rights change."""
        return [line for line in self.lines if line.steps]

    @property
    def same(self) -> list[Line]:
        """Those who hold just that already."""
        return [line for line in self.lines if not line.steps and not line.why]

    @property
    def left_out(self) -> list[Line]:
        """Those to whom it is not given, each with the reason."""
        return [line for line in self.lines if line.why]

    @property
    def numbers(self) -> str:
        """The accounts that it is given to, for the form that confirms."""
        return ",".join(str(line.holder.id) for line in self.lines if not line.why)

    @property
    def asks_fresh_factor(self) -> bool:
        """Whether somebody is given something on a service that asks for a fresh second factor."""
        codes = {step.code for line in self.lines for step in line.steps if step.gives}
        return any((found := service_of(code)) is not None and found.asks_fresh_factor for code in codes)

    @property
    def seal(self) -> str:
        """A digest of what the page shows: the model, the way, and before → after of each account."""
        shown = [
            [line.holder.id, bool(line.why), [[step.code, step.before, step.after] for step in line.steps]]
            for line in self.lines
            if not line.why
        ]
        text = json.dumps([self.preset.key, self.way.value, sorted(self.preset.levels.items()), shown])
        return hashlib.sha256(text.encode()).hexdigest()[:32]


def _why(who: Standing, holder: Holder) -> str:
    if holder.id == who.membership_id:
        return "Personne ne change ses propres droits : demandez-le à une autre personne qui administre."
    if holder.status is Status.DEACTIVATED:
        return "Le compte est désactivé. Réactivez-le d’abord."
    return ""


def plan(*, who: Standing, key: str, way: Way, numbers: Iterable[int]) -> Plan:
    """What giving the model to these accounts would do. Raises Refused for a model that is no longer there."""
    found = preset(key, who.funds)
    if found is None:
        raise Refused(GONE)
    services, lines = catalogue(who.funds), []
    for holder in holders(numbers):
        if why := _why(who, holder):
            lines.append(Line(holder, [], (), why))
            continue
        then = after(found, holder.held, way, services=services, today=who.today)
        offered = {service.code for service in services}
        held = [grant for grant in holder.held if grant.service in offered]
        lines.append(Line(holder, then, steps(held, then, services)))
    return Plan(found, way, tuple(lines))


def too_many(count: int) -> str:
    """The sentence for a selection too large for one action; "" for one that is not."""
    most = settings.PARVIS_PRESET_ACCOUNTS
    return f"{count} comptes sont choisis, et un modèle se donne à {most} au plus en une fois." if count > most else ""


@action
def give(*, who: Standing, key: str, way: Way, numbers: Iterable[int], seal: str) -> Plan:
    """Give the model to these accounts, all or nothing, just as the page that was confirmed showed it (`seal`).

    Raises Refused where anything of that has changed meanwhile. One event per account that changes.
    """
    wanted = sorted(set(numbers))
    if said := too_many(len(wanted)):
        raise Refused(said)
    locked(who.establishment_id)
    # Locked before they are read: nobody changes a right between the comparison and the writing.
    list(Membership.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk").values_list("pk"))
    planned = plan(who=who, key=key, way=way, numbers=wanted)
    if planned.seal != seal or not planned.numbers or len(planned.lines) != len(wanted) or planned.left_out:
        raise Refused(MOVED)
    set_rights_of_many(
        who=who,
        changes={line.holder.id: line.then for line in planned.lines},
        kind="rights.aligned" if way is Way.ALIGN else "rights.set_by_preset",
    )
    return planned
