"""The demo's models of rights: one of Annecy's own, and one of the platform's, given to a few; some differ by now."""

import datetime
from collections.abc import Mapping

from parvis.access.levels import Level
from parvis.access.models import Preset, PresetRight, Right
from parvis.demo import people
from parvis.demo.invented import ref_of
from parvis.establishments.models import Establishment
from parvis.ground import clock, tenancy
from parvis.journal.actions import remember_name
from parvis.journal.models import Event

DAYS_AGO = 80
NAME, PURPOSE = "Paie courante", "Échange avec les fonds pour la paie, et lit la fiche de l’établissement."
LEVELS = {people.SHEET: Level.READ, people.CORRESPONDENTS: Level.WRITE}
# Whose rights came from it, the whole or a part: Ophélie Saint-Martin and Aya N’Guessan differ.
GIVEN_TO = ("a03", "a04", "a08", "a13", "p01")
READERS = ("lecteur", "a02", "a14")


def seed_presets(establishments: Mapping[str, Establishment]) -> list[Event]:
    """Write the model and where rights came from; returns its event, to be written in its order."""
    establishment, by = establishments[people.ANNECY], ref_of("administrateur")
    day = clock.today() - datetime.timedelta(days=DAYS_AGO)
    at = datetime.datetime.combine(day, datetime.time(10, 12), tzinfo=clock.PARIS)
    with tenancy.scope(establishment=establishment.pk):
        own = Preset.objects.create(
            establishment=establishment,
            ref=ref_of("preset"),
            name=NAME,
            purpose=PURPOSE,
            created_at=at,
            created_by=by,
            changed_at=at,
            changed_by=by,
        )
        PresetRight.objects.bulk_create(
            PresetRight(establishment=establishment, preset=own, service=service, level=level)
            for service, level in LEVELS.items()
        )
        remember_name(own.ref, own.name)
        for service, level in LEVELS.items():
            _came_from(str(own.ref), GIVEN_TO, service, level)
        for service in (people.SHEET, people.CORRESPONDENTS, people.CONTRACTS_SERVICE):
            _came_from("direction-lecture", READERS, service, Level.READ)
    given = {"rights": {service: {"level": int(level)} for service, level in LEVELS.items()}}
    return [
        Event(
            at=at,
            kind="preset.created",
            establishment_id=establishment.pk,
            actor=by,
            object=own.ref,
            before={},
            after=given,
            origin="web",
        )
    ]


def _came_from(key: str, accounts: tuple[str, ...], service: str, level: Level) -> None:
    held = Right.objects.filter(membership__ref__in=[ref_of(one) for one in accounts], service=service, level=level)
    held.update(origin=key)
