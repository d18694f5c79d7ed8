"""Tiles; the entry's id as row number; a reversal once; and the triggers, which `AppendOnlyMigration` sets."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import Q

import xieshou.ledger.models
from xieshou.ledger.triggers import AppendOnlyMigration


def create_sequence(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Where PostgreSQL's entry ids come from; SQLite counts on from the largest under its write lock."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("CREATE SEQUENCE ledger_entry_number AS bigint OWNED BY ledger_entry.id")


def drop_sequence(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP SEQUENCE ledger_entry_number")


class Migration(AppendOnlyMigration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Tile",
            fields=[
                ("index", models.BigIntegerField(primary_key=True, serialize=False)),
                ("last_entry", models.BigIntegerField(unique=True)),
                ("root", models.BinaryField(max_length=32)),
            ],
            options={"verbose_name": "封存分段"},
        ),
        migrations.AlterField(
            model_name="entry",
            name="id",
            field=xieshou.ledger.models.RowNumberField(primary_key=True, serialize=False),
        ),
        migrations.AlterField(model_name="entry", name="reverses", field=models.BigIntegerField(null=True)),
        migrations.RemoveIndex(model_name="entry", name="ledger_entry_batch"),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(
                fields=["batch", "id"], name="ledger_entry_batch_id", condition=Q(batch__isnull=False)
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(
                fields=["reverses"], condition=Q(reverses__isnull=False), name="ledger_reversed_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=Q(stage__in=["planned", "committed", "done"]), name="ledger_stage_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(condition=Q(id__gte=1), name="ledger_numbers_start_at_one"),
        ),
        migrations.RunPython(create_sequence, drop_sequence),
    ]
