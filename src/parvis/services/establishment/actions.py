"""Declaring a block of « Mon établissement »: a declaration follows the previous one, nothing is overwritten."""

from typing import Any

from parvis.access.actions.guards import actor_of, locked
from parvis.access.standing import Standing
from parvis.establishments.funds import FUNDS
from parvis.ground import clock
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import record
from parvis.obligations import actions as obligations
from parvis.services.conflict import Conflict
from parvis.services.establishment import queries
from parvis.services.establishment.blocks import Block, Values
from parvis.services.establishment.models import BlockCode, Declaration


def whole(block: Block, before: Values, values: Values, asked: frozenset[str]) -> dict[str, Any]:
    """All values of the new version: a figure of a fund that the page does not ask stays as it was declared."""
    if not block.yearly:
        return dict(values)
    kept = {fund: value for fund, value in before.items() if fund not in asked}
    return kept | {fund: value for fund, value in values.items() if value is not None}


def _write(declaration: Declaration, block: Block, values: Values) -> None:
    parts: list[dict[str, Any]] = [dict(values)]
    if block.yearly:
        parts = [{"fund": fund, block.column: values[fund]} for fund in FUNDS if fund in values]
    block.table._default_manager.bulk_create(
        [block.table(establishment_id=declaration.establishment_id, declaration=declaration, **part) for part in parts]
    )


@action
def declare(*, who: Standing, block: Block, values: Values, version: int, year: int | None = None) -> bool:
    """Declare a block whole; `values` by field, or by fund for the `year` of a yearly block (None: not declared).

    `version` is the one that the person saw: raises Conflict when somebody declared another since, unless it says the
    same. Raises Refused for a fund without a contract in that year, and for a year that cannot be declared. False: it
    says what was said already, and nothing is written.
    """
    today = clock.today()
    asked: frozenset[str] = frozenset()
    if block.yearly:
        if year not in block.years(today):
            raise Refused("Cette année ne se déclare pas ici : choisissez l’une des années de la page.")
        asked = queries.funds_in([year], today)[year]
        if foreign := sorted(set(values) - asked):
            name = FUNDS[foreign[0]].short if foreign[0] in FUNDS else "ce fonds"
            raise Refused(f"L’établissement n’avait pas de contrat avec {name} en {year} : retirez ce chiffre.")
    locked(who.establishment_id)
    last = queries.in_force(block, year)
    declared = whole(block, last.values, values, asked)
    fields = queries.changed(block, last.values, declared)
    # Who presses « Enregistrer » twice says the same twice. « Lui-même » has no value, yet it can be a first answer.
    if not fields and (last.version or block.code != BlockCode.PAYER):
        return False
    if version != last.version:
        raise Conflict(last.version)
    declaration = Declaration.objects.create(
        establishment_id=who.establishment_id,
        block=block.code,
        year=year,
        version=last.version + 1,
        declared_at=clock.now(),
        declared_by=who.ref,
    )
    _write(declaration, block, declared)
    record(
        block.kind,
        actor=actor_of(who, service="mon-etablissement"),
        after={"fields": fields, "version": declaration.version, **({"year": year} if year else {})},
    )
    if block.yearly:
        # Headcounts and contributions decide of what is due, and when.
        obligations.refresh(who.establishment_id)
    return True
