"""The database's own refusal to change or remove ledger rows: triggers on SQLite and PostgreSQL.

SQLite drops a table's triggers when Django rebuilds the table, without a word. So every migration of this app from 0002
on is an `AppendOnlyMigration`, which sets them again in its own transaction; `migrate` sets them again at its end; and
no book opens on a connection whose triggers are not all there.
"""

from __future__ import annotations

from typing import Any

from django.db import connections, migrations
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState

TABLES = ("ledger_entry", "ledger_seal", "ledger_tile")

_SQLITE = {
    f"{table}_no_{act.lower()}": (
        f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )
    for table in TABLES
    for act in ("UPDATE", "DELETE")
}
_REFUSAL = "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END"

_BEFORE_ALL_CHANGES = 2 | 8 | 16 | 32  # pg_trigger.tgtype: before, delete, update, truncate


def statements(vendor: str) -> list[str]:
    """SQL that sets all triggers, whether they are there or not."""
    if vendor == "sqlite":
        return [
            statement for name, create in _SQLITE.items() for statement in (f"DROP TRIGGER IF EXISTS {name}", create)
        ]
    # Per statement: costs an insert nothing, and INSERT … ON CONFLICT DO UPDATE fires it too. ALWAYS: also in a
    # session that calls itself a replica.
    return [
        f"CREATE OR REPLACE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $${_REFUSAL}$$",
        *(
            statement
            for table in TABLES
            for statement in (
                f"CREATE OR REPLACE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change()",
                f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_append_only",
            )
        ),
    ]


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """What is missing, weakened or switched off, by name; empty when all protection stands. One or two queries."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            present = dict(cursor.fetchall())
            absent = [name for name, create in _SQLITE.items() if present.get(name) != create]
            cursor.execute("PRAGMA recursive_triggers")
            # Off, INSERT OR REPLACE removes a row without asking the trigger.
            return absent if cursor.fetchone() == (1,) else [*absent, "PRAGMA recursive_triggers"]
        cursor.execute(
            "SELECT t.tgname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
            "WHERE t.tgrelid IN (SELECT to_regclass(name) FROM unnest(%s::text[]) AS name) "
            "AND t.tgenabled IN ('O', 'A') AND t.tgtype & %s = %s AND p.prosrc = %s",
            [list(TABLES), _BEFORE_ALL_CHANGES, _BEFORE_ALL_CHANGES, _REFUSAL],
        )
        enabled = {name for (name,) in cursor.fetchall()}
        return [f"{table}_append_only" for table in TABLES if f"{table}_append_only" not in enabled]


def stand(connection: BaseDatabaseWrapper) -> None:
    """Set all triggers."""
    with connection.cursor() as cursor:
        for statement in statements(connection.vendor):
            cursor.execute(statement)


class AppendOnlyMigration(migrations.Migration):
    """A migration of the ledger: whatever it does to the tables, the triggers stand when it ends."""

    def apply(
        self, project_state: ProjectState, schema_editor: BaseDatabaseSchemaEditor, collect_sql: bool = False
    ) -> ProjectState:
        state = super().apply(project_state, schema_editor, collect_sql)
        _set(schema_editor)
        return state

    def unapply(
        self, project_state: ProjectState, schema_editor: BaseDatabaseSchemaEditor, collect_sql: bool = False
    ) -> ProjectState:
        state = super().unapply(project_state, schema_editor, collect_sql)
        existing = schema_editor.connection.introspection.table_names()
        if set(TABLES) <= set(existing):
            _set(schema_editor)
        return state


def _set(schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in statements(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)  # None: the text is not a template for parameters


def stand_after_migrate(*, using: str, **kwargs: Any) -> None:
    """Receiver of `post_migrate`: mends triggers that something outside the ledger's migrations removed."""
    connection = connections[using]
    if set(TABLES) <= set(connection.introspection.table_names()) and missing(connection):
        stand(connection)
