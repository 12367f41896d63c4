"""Declaring, as an action: funds and years, what stays, and what the database itself refuses."""

import datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from parvis.ground import clock
from parvis.ground.tenancy import Refused
from parvis.journal.kinds import KINDS
from parvis.services.conflict import Conflict
from parvis.services.establishment import actions, queries
from parvis.services.establishment.blocks import BLOCKS
from parvis.services.establishment.models import Coordinates, Declaration

TODAY = clock.today()
YEAR = TODAY.year
HEADCOUNT, CONTRIBUTIONS, REPRESENTATIVE = BLOCKS["headcount"], BLOCKS["contributions"], BLOCKS["representative"]
MAYOR = {"civility": "m", "first_name": "Jean", "last_name": "Petit", "function": "Maire", "since": None}


def test_a_figure_of_a_fund_without_a_contract_in_that_year_is_refused(employers):
    with employers.scope("redactrice"):
        who = employers.standing("redactrice")
        with pytest.raises(Refused, match="Ircantec"):
            actions.declare(who=who, block=HEADCOUNT, year=YEAR, values={"ircantec": 3}, version=0)
        with pytest.raises(Refused, match="ce fonds"):
            actions.declare(who=who, block=HEADCOUNT, year=YEAR, values={"forge": 3}, version=0)
        assert not Declaration.objects.exists()


def test_a_fund_whose_contract_ended_is_asked_for_the_years_it_was_held(employers):
    employers.contract("ircantec", ends_on=datetime.date(YEAR - 1, 6, 30))
    with employers.scope("redactrice"):
        who = employers.standing("redactrice")
        assert actions.declare(
            who=who, block=CONTRIBUTIONS, year=YEAR - 1, values={"ircantec": Decimal("10.50")}, version=0
        )
        with pytest.raises(Refused, match="Ircantec"):
            actions.declare(who=who, block=HEADCOUNT, year=YEAR, values={"ircantec": 1}, version=0)


def test_a_contract_to_come_is_asked_nothing(employers):
    employers.contract("ircantec", starts_on=TODAY + datetime.timedelta(1))
    with employers.scope("redactrice"):
        assert "ircantec" not in queries.funds_in([YEAR], TODAY)[YEAR]


@pytest.mark.parametrize(
    ("block", "year"), [(HEADCOUNT, YEAR + 1), (HEADCOUNT, YEAR - 5), (CONTRIBUTIONS, YEAR), (HEADCOUNT, None)]
)
def test_a_year_that_cannot_be_declared_is_refused(employers, block, year):
    with employers.scope("redactrice"), pytest.raises(Refused, match="année"):
        actions.declare(who=employers.standing("redactrice"), block=block, year=year, values={"cnracl": 1}, version=0)


def test_a_figure_that_is_no_longer_asked_stays_as_declared(employers):
    employers.contract("ircantec", ends_on=datetime.date(YEAR, 1, 1))
    with employers.scope("redactrice"):
        who = employers.standing("redactrice")
        actions.declare(who=who, block=HEADCOUNT, year=YEAR, values={"cnracl": 5, "ircantec": 2}, version=0)
    employers.owner.execute("DELETE FROM establishments_contract WHERE fund = 'ircantec' AND ends_on IS NOT NULL")
    with employers.scope("redactrice"):
        actions.declare(who=who, block=HEADCOUNT, year=YEAR, values={"cnracl": 6}, version=1)
        assert queries.in_force(HEADCOUNT, YEAR).values == {"cnracl": 6, "ircantec": 2}


def test_a_stale_version_is_a_conflict_unless_it_says_the_same(employers):
    with employers.scope("redactrice"):
        who = employers.standing("redactrice")
        assert actions.declare(who=who, block=REPRESENTATIVE, values=MAYOR, version=0)
        assert not actions.declare(who=who, block=REPRESENTATIVE, values=MAYOR, version=0)
        with pytest.raises(Conflict) as met:
            actions.declare(who=who, block=REPRESENTATIVE, values=MAYOR | {"function": "Adjoint"}, version=0)
        assert met.value.version == 1


def test_the_history_of_a_year_says_each_change_even_beyond_what_is_shown(employers, monkeypatch):
    monkeypatch.setattr(queries, "HISTORY_LENGTH", 2)
    with employers.scope("redactrice"):
        who = employers.standing("redactrice")
        for version in range(4):
            actions.declare(who=who, block=HEADCOUNT, year=YEAR, values={"cnracl": version}, version=version)
        changes = queries.history(HEADCOUNT)
        assert [len(change.lines) for change in changes] == [1, 1]
        assert changes[1].lines[0].replace("\xa0", " ") == "CNRACL : 1 agent → 2 agents"


def test_the_database_keeps_declarations_from_being_changed_or_erased(employers):
    with employers.scope("redactrice"):
        who = employers.standing("redactrice")
        actions.declare(who=who, block=REPRESENTATIVE, values=MAYOR, version=0)
        for act in (
            lambda: Declaration.objects.update(version=9),
            lambda: Declaration.objects.all()._raw_delete("default"),
        ):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                act()


def test_the_database_refuses_a_second_declaration_of_the_same_version(employers):
    row = {"establishment_id": employers.here, "block": "payer", "year": None, "version": 1,
           "declared_at": clock.now(), "declared_by": "00000000-0000-0000-0000-000000000000"}  # fmt: skip
    with employers.scope("redactrice"):
        Declaration.objects.create(**row)
        for wrong in ({}, {"version": 0}, {"block": "autre"}, {"year": YEAR}, {"block": "headcount"}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Declaration.objects.create(**(row | wrong))


def test_a_stranger_reads_and_writes_nothing_here(employers):
    with employers.scope("redactrice"):
        actions.declare(who=employers.standing("redactrice"), block=REPRESENTATIVE, values=MAYOR, version=0)
    with employers.scope("etrangere", "21749902900015"):
        assert not Declaration.objects.exists()
        assert not Coordinates.objects.exists()
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Declaration.objects.create(
                establishment_id=employers.here,
                block="payer",
                version=1,
                declared_at=clock.now(),
                declared_by="00000000-0000-0000-0000-000000000000",
            )


def test_every_event_reads_in_french_without_anything_personal():
    for block in BLOCKS.values():
        names = ["cnracl"] if block.yearly else list(block.labels)
        said = KINDS[block.kind].describe(
            {}, {"fields": names, "version": 1, **({"year": YEAR} if block.yearly else {})}
        )
        assert block.label(names[0]) in said
