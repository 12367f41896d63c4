"""Tables of the law: sound files, the row on the right side of its key, refusals outside."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from parvis.regulations.parameters import NotKnown, UnknownParameter, tables
from parvis.regulations.parameters.tables import TableFile, find, value, version

DAY = datetime.date
EVERY = [(code, name) for code in tables.files() for name in tables.tables(code)]


def just_before(key: datetime.date | Decimal) -> datetime.date | Decimal:
    return key - Decimal("0.001") if isinstance(key, Decimal) else key - datetime.timedelta(days=1)


@pytest.mark.parametrize(("code", "name"), EVERY)
def test_every_row_holds_from_its_key_on_and_not_before(code: str, name: str) -> None:
    table = tables.table(f"{code}.{name}")
    for held in table.versions:
        assert held.act.strip()
        for column, unit in table.columns.items():
            before: Decimal | None = None
            for row in held.rows:
                found = find(f"{code}.{name}.{column}", on=held.valid_from, at=row.at)
                assert (found.value if found else None) == row.cells.get(column)
                assert found is None or (found.unit is unit and found.act == held.act)
                if row is not held.rows[0]:
                    earlier = just_before(row.at)
                    last = find(f"{code}.{name}.{column}", on=held.valid_from, at=earlier)
                    assert (last.value if last else None) == before
                before = row.cells.get(column)


@pytest.mark.parametrize(("code", "name"), EVERY)
def test_every_version_begins_on_its_day(code: str, name: str) -> None:
    for number, held in enumerate(tables.table(f"{code}.{name}").versions):
        assert version(f"{code}.{name}", on=held.valid_from)[0] is held
        eve = held.valid_from - datetime.timedelta(days=1)
        if number:
            earlier, before = version(f"{code}.{name}", on=eve)
            assert earlier is not held and before == held.valid_from
        else:
            with pytest.raises(NotKnown, match="nothing is known before"):
                version(f"{code}.{name}", on=eve)


def test_an_age_is_kept_in_months() -> None:
    assert value("cnracl_pensions.sedentary.age", on=DAY(2026, 9, 1), at=DAY(1964, 5, 1)).value == 62 * 12 + 9


@pytest.mark.parametrize(
    "name", ["cnracl_pensions.sedentary.colour", "cnracl_pensions.nothing.age", "nobody.table.age", "../cnracl.x.y"]
)
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(UnknownParameter):
        find(name, on=DAY(2026, 1, 1), at=DAY(1964, 1, 1))


def test_what_a_version_does_not_know_is_refused() -> None:
    assert value("cnracl_pensions.sedentary.quarters", on=DAY(2012, 1, 1), at=DAY(1957, 12, 31)).value == 166
    with pytest.raises(NotKnown, match="nothing is said"):
        value("cnracl_pensions.sedentary.quarters", on=DAY(2012, 1, 1), at=DAY(1958, 1, 1))
    with pytest.raises(NotKnown):
        find("cnracl_early.disability.contributed_less", on=DAY(2026, 1, 1), at=Decimal(54 * 12))
    with pytest.raises(NotKnown, match="nothing is said"):
        value("cnracl_pensions.active.quarters", on=DAY(2026, 9, 1), at=DAY(1960, 1, 1))


def written(rows: list[dict[str, Any]], **more: Any) -> TableFile:
    one = {"from": DAY(2020, 1, 1), "law": "essai", "act": "décret d’essai", "rows": rows}
    table = {"label": "Une table", "key": "birth", "columns": {"age": "months"}, "versions": [one]} | more
    return TableFile.model_validate({"scheme": "Essai", "tables": {"one": table}})


@pytest.mark.parametrize(
    ("rows", "more", "fault"),
    [
        ([{"at": DAY(2000, 1, 1), "age": "62y"}, {"at": DAY(2000, 1, 1), "age": "63y"}], {}, "does not follow"),
        ([{"at": DAY(2000, 1, 1), "age": "62y"}, {"at": "62", "age": "63y"}], {}, "does not follow"),
        ([{"at": DAY(2000, 1, 1), "age": 62}], {}, "quotes"),
        ([{"at": DAY(2000, 1, 1), "age": "62y12m"}], {}, "no age"),
        ([{"at": DAY(2000, 1, 1), "colour": "62y"}], {}, "no column"),
        ([], {}, "rows"),
        ([{"at": DAY(2000, 1, 1), "age": "62y"}], {"columns": {"age": "parrots"}}, "columns"),
        ([{"at": DAY(2000, 1, 1), "age": "62y"}], {"versions": []}, "versions"),
    ],
)
def test_a_table_that_is_not_sound_is_refused(rows: list[dict[str, Any]], more: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        written(rows, **more)
