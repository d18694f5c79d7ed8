"""The ledger only grows: in the model, in the query set, in the database."""

import sqlite3
import threading
from contextlib import closing

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, migrations, models, transaction
from django.db.migrations.loader import MigrationLoader

from xieshou.ledger import services, triggers
from xieshou.ledger.errors import ChangeRefused, WrittenOutsideABook
from xieshou.ledger.models import TILE, Entry, Seal, Tile
from xieshou.ledger.tests.factories import post_line, post_lines

sqlite_only = pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite rebuilds tables and replaces rows")
postgresql_only = pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL truncates")


@pytest.fixture
def a_sealed_ledger(office, helping_unit, xieshou_home):
    post_lines(office, helping_unit, TILE)
    services.seal(by=office)


def execute(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


# In the model and in the query set


@pytest.mark.parametrize("model", [Entry, Seal, Tile])
def test_a_stored_row_is_not_saved_again(a_sealed_ledger, model):
    with pytest.raises((ChangeRefused, WrittenOutsideABook)):
        model.objects.first().save()


@pytest.mark.parametrize("model", [Entry, Seal, Tile])
def test_a_row_is_not_deleted(a_sealed_ledger, model):
    with pytest.raises(ChangeRefused):
        model.objects.first().delete()


@pytest.mark.parametrize("model", [Entry, Seal, Tile])
@pytest.mark.parametrize(
    "write",
    [
        lambda rows: rows.update(last_entry=1),
        lambda rows: rows.all().delete(),
        lambda rows: rows.all()._raw_delete("default"),
        lambda rows: rows.bulk_update([], ["root"]),
        lambda rows: rows.update_or_create(pk=1),
        lambda rows: rows.bulk_create([]),
    ],
)
@pytest.mark.parametrize("manager", ["objects", "_base_manager"])
def test_no_way_of_the_query_set_changes_a_row(model, manager, write):
    with pytest.raises((ChangeRefused, WrittenOutsideABook)):
        write(getattr(model, manager))


def test_an_entry_is_created_only_by_a_book(db):
    with pytest.raises(WrittenOutsideABook):
        Entry.objects.create(quantity=1)


# In the database


@pytest.mark.parametrize("table", triggers.TABLES)
def test_the_database_refuses_an_update(a_sealed_ledger, table):
    with pytest.raises(DatabaseError, match="append-only"):
        execute(
            f"UPDATE {table} SET last_entry = 5" if table != "ledger_entry" else "UPDATE ledger_entry SET quantity = 5"
        )


@pytest.mark.parametrize("table", triggers.TABLES)
def test_the_database_refuses_a_deletion(a_sealed_ledger, table):
    with pytest.raises(DatabaseError, match="append-only"):
        execute(f"DELETE FROM {table}")


@sqlite_only
@pytest.mark.parametrize("table", triggers.TABLES)
def test_the_database_refuses_to_replace_a_row(a_sealed_ledger, table):
    with pytest.raises(DatabaseError, match="append-only"):
        execute(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")


@postgresql_only
@pytest.mark.parametrize("table", triggers.TABLES)
def test_the_database_refuses_to_empty_a_table(a_sealed_ledger, table):
    with pytest.raises(DatabaseError, match="append-only"):
        execute(f"TRUNCATE {table}")


@postgresql_only
def test_the_database_refuses_an_insert_that_would_update(a_sealed_ledger):
    with pytest.raises(DatabaseError, match="append-only"):
        execute("INSERT INTO ledger_tile SELECT * FROM ledger_tile ON CONFLICT (index) DO UPDATE SET last_entry = 5")


@postgresql_only
def test_a_session_that_calls_itself_a_replica_is_refused_as_well(a_sealed_ledger):
    with pytest.raises(DatabaseError, match="append-only"):
        execute("SET LOCAL session_replication_role = replica; DELETE FROM ledger_entry")


@sqlite_only
def test_every_connection_has_recursive_triggers(committed_db):
    found = []

    def look() -> None:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA recursive_triggers")
            found.append(cursor.fetchone())
        connection.close()

    threads = [threading.Thread(target=look) for _ in range(2)]
    for thread in threads:
        thread.start()
        thread.join()

    assert found == [(1,), (1,)]


# What cannot be true

ENTRY = {
    "id": "999",
    "posted_at": "'2026-01-01 00:00:00.000000'",
    "posted_by": "1",
    "occurred_from": "NULL",
    "occurred_to": "'2020-01-01'",
    "stage": "'done'",
    "measure": "'m'",
    "category": "''",
    "fund_source": "''",
    "nature": "'grant'",
    "quantity": "1",
    "value_fen": "NULL",
    "bound": "'exact'",
    "basis": "'listed'",
    "place_code": "''",
    "source_kind": "'k'",
    "source_id": "1",
    "source_line": "0",
    "reverses": "NULL",
    "reason": "''",
    "leaf_version": "1",
    "leaf": {"sqlite": "x'00'", "postgresql": "'\\x00'"}[connection.vendor],
}


def insert(**changed: str) -> None:
    values = ENTRY | changed
    execute(f"INSERT INTO ledger_entry ({', '.join(values)}) VALUES ({', '.join(values.values())})")


def test_the_database_takes_an_entry_that_can_be_true(db):
    insert()

    assert Entry.objects.count() == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"id": "0"},
        {"quantity": "-1"},
        {"value_fen": "-1"},
        {"reverses": "5", "reason": "'r'"},
        {"reverses": "5", "quantity": "-1", "value_fen": "1", "reason": "'r'"},
        {"reverses": "5", "quantity": "-1"},
        {"occurred_from": "'2020-01-02'"},
        {"stage": "'dreamt'"},
        {"occurred_to": "NULL"},
    ],
)
def test_the_database_refuses_what_cannot_be_true(db, changed):
    with pytest.raises(IntegrityError):
        insert(**changed)


def test_the_database_refuses_a_second_reversal(db):
    insert(id="1")
    insert(id="2", reverses="1", quantity="-1", reason="'r'")

    with pytest.raises(IntegrityError):
        insert(id="3", reverses="1", quantity="-1", reason="'r'")


# The triggers stay


def test_all_triggers_stand(db):
    assert triggers.missing(connection) == []


def test_every_migration_from_the_second_on_sets_the_triggers():
    later = [
        migration
        for (app, name), migration in MigrationLoader(None).disk_migrations.items()
        if app == "ledger" and name != "0001_initial"
    ]

    assert later
    assert [made for made in later if not isinstance(made, triggers.AppendOnlyMigration)] == []


class AlterTheEntry(triggers.AppendOnlyMigration):
    """What a later version may do; SQLite rebuilds the table for it."""

    operations = (migrations.AlterField("entry", "reason", models.CharField(max_length=400)),)


def test_a_migration_that_touches_the_entry_table_keeps_the_triggers(committed_db, office, helping_unit):
    post_line(office, helping_unit)
    state = MigrationLoader(connection).project_state()

    with connection.schema_editor() as editor:
        AlterTheEntry("0099_alter", "ledger").apply(state, editor)

    assert triggers.missing(connection) == []
    with pytest.raises(DatabaseError, match="append-only"):
        execute("DELETE FROM ledger_entry")


@sqlite_only
def test_without_the_base_migration_sqlite_loses_the_triggers(committed_db):
    state = MigrationLoader(connection).project_state()
    operation = AlterTheEntry.operations[0]
    after = state.clone()
    operation.state_forwards("ledger", after)

    with connection.schema_editor() as editor:
        operation.database_forwards("ledger", editor, state, after)

    assert triggers.missing(connection) == ["ledger_entry_no_update", "ledger_entry_no_delete"]


def drop_a_trigger() -> None:
    execute(
        "DROP TRIGGER ledger_entry_no_update"
        if connection.vendor == "sqlite"
        else "DROP TRIGGER ledger_entry_append_only ON ledger_entry"
    )


def test_migrate_sets_lost_triggers_again(committed_db):
    drop_a_trigger()

    call_command("migrate", "ledger", verbosity=0)

    assert triggers.missing(connection) == []


def test_the_system_check_tells_of_a_lost_trigger(committed_db):
    drop_a_trigger()

    found = run_checks(databases=["default"], tags=["database"])

    assert [message.id for message in found] == ["ledger.W001"]


def test_the_system_check_finds_nothing_otherwise(db):
    assert run_checks(databases=["default"], tags=["database", "models"]) == []


@sqlite_only
def test_a_weakened_trigger_counts_as_lost(committed_db):
    execute("DROP TRIGGER ledger_entry_no_update")
    execute("CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry WHEN 0 BEGIN SELECT 1; END")

    assert triggers.missing(connection) == ["ledger_entry_no_update"]


@postgresql_only
def test_a_trigger_switched_off_counts_as_lost(committed_db):
    execute("ALTER TABLE ledger_entry DISABLE TRIGGER ledger_entry_append_only")

    assert triggers.missing(connection) == ["ledger_entry_append_only"]


@sqlite_only
def test_a_connection_without_recursive_triggers_counts_as_unprotected(committed_db):
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA recursive_triggers=OFF")

    assert triggers.missing(connection) == ["PRAGMA recursive_triggers"]


def test_a_posted_model_that_cascades_is_found_by_the_system_check():
    from xieshou.ledger.checks import posted_models_are_written_only_by_books

    assert posted_models_are_written_only_by_books(None) == []
    assert apps.get_model("programme", "FundStatementLine")._meta.base_manager.name == "objects"


@sqlite_only
def test_a_foreign_connection_cannot_update_or_delete_either(committed_db, office, helping_unit):
    post_line(office, helping_unit)
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as foreign:
        with pytest.raises(sqlite3.IntegrityError):
            foreign.execute("DELETE FROM ledger_entry")
        with pytest.raises(sqlite3.IntegrityError):
            foreign.execute("UPDATE ledger_entry SET quantity = 5")
