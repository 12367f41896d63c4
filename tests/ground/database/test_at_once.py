"""What migrations make several at a time is what they make one by one."""

from typing import Any

from django.db import migrations, models
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.migrations.writer import MigrationWriter

from parvis.ground.database.at_once import AtOnce, at_once
from tests.plugins.database import owner_connection

CATALOGUE = """
SELECT c.relname, a.attnum::text, a.attname, format_type(a.atttypid, a.atttypmod) || a.attnotnull::text
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
 WHERE c.relname ~ '^trial_' AND c.relkind = 'r'
UNION ALL SELECT tablename, indexname, indexdef, '' FROM pg_indexes WHERE tablename ~ '^trial_'
UNION ALL SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), '' FROM pg_constraint
 WHERE conrelid::regclass::text ~ '^trial_' ORDER BY 1, 2, 3
"""
STATEMENT = migrations.RunSQL("SELECT 1", migrations.RunSQL.noop)


def made(name: str, *fields: tuple[str, Any]) -> migrations.CreateModel:
    return migrations.CreateModel(name, [("id", models.BigAutoField(primary_key=True)), *fields])


def operations() -> list[Operation]:
    """Two tables of which each names the other, one that something is added to later, and a statement between."""
    return [
        made("House", ("name", models.CharField(max_length=10))),
        made("Person", ("house", models.ForeignKey("trial.House", models.PROTECT))),
        migrations.AddField("House", "owner", models.OneToOneField("trial.Person", models.SET_NULL, null=True)),
        migrations.AddIndex("house", models.Index(fields=["name", "-id"], name="trial_house_list")),
        migrations.AddConstraint(
            "house", models.CheckConstraint(condition=~models.Q(name__endswith="%"), name="trial_house_named")
        ),
        migrations.AddConstraint(
            "house",
            models.UniqueConstraint(fields=["name"], condition=models.Q(owner__isnull=False), name="trial_house_once"),
        ),
        STATEMENT,
        migrations.AddField("person", "age", models.IntegerField(default=0), preserve_default=False),
        migrations.AddConstraint(
            "person", models.CheckConstraint(condition=models.Q(age__gte=0), name="trial_person_age")
        ),
        migrations.RemoveConstraint("house", "trial_house_named"),
        migrations.AddConstraint(
            "house", models.CheckConstraint(condition=models.Q(id__gt=0), name="trial_house_named")
        ),
        migrations.AddField("house", "street", models.CharField(max_length=5, null=True)),
        migrations.AlterField("house", "street", models.CharField(max_length=50, null=True)),
    ]


def applied(some: list[Operation], connection: Any) -> tuple[ProjectState, list[Any], list[Any]]:
    """The state after it, and the catalogue, then as it is once all has been undone."""
    migration = migrations.Migration("0001_trial", "trial")
    migration.operations = some
    state = ProjectState()
    with connection.schema_editor() as editor:
        # As Django does before the first migration: the classes of the models stand.
        assert not state.apps.get_models()
        state = migration.apply(state, editor)
    with connection.cursor() as cursor:
        cursor.execute(CATALOGUE)
        found = cursor.fetchall()
        with connection.schema_editor() as editor:
            migration.unapply(ProjectState(), editor)
        cursor.execute(CATALOGUE)
        return state, found, cursor.fetchall()


def test_tables_and_state_are_those_of_one_by_one(db: None) -> None:
    connection = owner_connection()
    try:
        state, one_by_one, undone = applied(operations(), connection)
        together, at_once_made, undone_at_once = applied(at_once(operations()), connection)
    finally:
        connection.close()
    assert len(one_by_one) > 15 and at_once_made == one_by_one
    assert together == state and undone == undone_at_once == []


def test_what_undoes_or_alters_begins_anew() -> None:
    taken = at_once(operations())
    told = [[type(each).__name__ for each in one.operations] if isinstance(one, AtOnce) else one for one in taken]
    assert told[0] == ["CreateModel", "CreateModel", "AddField", "AddIndex", "AddConstraint", "AddConstraint"]
    assert told[1] is STATEMENT
    assert told[2] == ["AddField", "AddConstraint", "RemoveConstraint"]
    assert told[3] == ["AddConstraint", "AddField"]
    assert isinstance(told[4], migrations.AlterField) and len(told) == 5
    # Nothing that is alone is wrapped, and a table is not made without a constraint that is taken from it later.
    assert at_once([STATEMENT, operations()[0]])[1:] != [] and not isinstance(at_once([operations()[0]])[0], AtOnce)
    assert len(at_once([*operations()[:6], migrations.RemoveConstraint("house", "trial_house_once")])) == 2


def test_such_a_migration_can_be_written_again() -> None:
    migration = migrations.Migration("0001_trial", "trial")
    migration.operations = at_once(operations())
    written = MigrationWriter(migration).as_string()
    assert "parvis.ground.database.at_once.AtOnce(" in written and "import parvis.ground.database.at_once" in written
