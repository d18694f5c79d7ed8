"""What SQLite and PostgreSQL do differently for the ledger: locks, numbers, bulk writes, raw reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from typing import Any, TypeVar

from django.core.exceptions import FieldDoesNotExist
from django.db import OperationalError, connection, models, transaction
from django.utils.translation import gettext as _

from xieshou.ledger import leaves
from xieshou.ledger.errors import LedgerBusy

Item = TypeVar("Item")

# A statement of many rows saves SQLite a third of the time of one per row; beyond 2,000 values nothing more is won.
_VALUES_IN_STATEMENT = 2_000
# Columns of these types need no conversion on their way to either driver.
_PLAIN_FIELDS = (
    models.IntegerField,
    models.BigIntegerField,
    models.CharField,
    models.TextField,
    models.BooleanField,
    models.AutoField,
    models.BigAutoField,
)


def chunked(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    remaining = iter(items)
    while chunk := list(islice(remaining, size)):
        yield chunk


def lock_for_posting() -> None:
    """Announce entries: until the transaction ends no cut is taken. Other postings go on beside it (PostgreSQL).

    On SQLite the transaction has the write lock since it began (`transaction_mode: IMMEDIATE`).
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE ledger_entry IN ROW EXCLUSIVE MODE")


def final_entry_id(timeout_seconds: float) -> int:
    """See `services.stable_cut`."""
    if connection.vendor == "sqlite":
        # One writer at a time, and numbers are given out under its lock: they are committed in their order, so that the
        # largest one visible is final. Waiting for the lock would only wait for entries beyond the cut.
        return _largest_id()
    # Whoever posts locks the table before drawing numbers: under SHARE every number drawn is committed or gone.
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = {max(1, round(timeout_seconds * 1000))}")
                cursor.execute("LOCK TABLE ledger_entry IN SHARE MODE")
            largest = _largest_id()
            transaction.set_rollback(True)  # gives the lock back at once, inside a larger transaction too
        return largest
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != "55P03":  # lock_not_available
            raise
        raise _busy(timeout_seconds) from error


def _largest_id() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(MAX(id), 0) FROM ledger_entry")
        return int(cursor.fetchone()[0])


def reserve_entry_ids(count: int) -> Sequence[int]:
    """Numbers for new entries, ascending; without gaps on SQLite, whatever was rolled back before."""
    if connection.vendor == "sqlite":
        first = _largest_id() + 1
        return range(first, first + count)
    return _drawn("ledger_entry_number", count)


def reserve_record_ids(model: type[models.Model], count: int) -> Sequence[int]:
    """Primary keys for new rows of a model with a BigAutoField, never used before."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = %s", [table])
            first = int(cursor.fetchone()[0]) + 1
            return range(first, first + count)
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
        return _drawn(cursor.fetchone()[0], count)


def _drawn(sequence: str, count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [sequence, count])
        return [number for (number,) in cursor.fetchall()]


def insert(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write rows by COPY (PostgreSQL) or statements of many rows (SQLite); how many the database took.

    Values go to the driver as they are; constraints and triggers hold as ever.
    """
    quote = connection.ops.quote_name
    names = ", ".join(quote(column) for column in columns)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor, connection.wrap_database_errors:
            with cursor.copy(f"COPY {quote(table)} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return int(cursor.rowcount)  # known once the copy has ended, forgotten with the cursor
    together = max(1, _VALUES_IN_STATEMENT // len(columns))
    one = f"({', '.join(['%s'] * len(columns))})"
    head = f"INSERT INTO {quote(table)} ({names}) VALUES "
    rest: list[Sequence[Any]] = []

    def full_statements() -> Iterator[tuple[Any, ...]]:
        for group in chunked(rows, together):
            if len(group) < together:
                rest.extend(group)
            else:
                yield tuple(chain.from_iterable(group))

    with connection.cursor() as cursor:
        cursor.executemany(head + ", ".join([one] * together), full_statements())  # type: ignore[arg-type]  # any iterable
        written = max(0, cursor.rowcount)
        if rest:
            cursor.execute(head + ", ".join([one] * len(rest)), tuple(chain.from_iterable(rest)))
            written += cursor.rowcount
    return int(written)


def stored(field: models.Field[Any, Any], values: Any) -> Any:
    """A column (one value or a list) as the driver takes it."""
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    if isinstance(target, _PLAIN_FIELDS):
        return values
    if not isinstance(values, list):
        return field.get_db_prep_save(values, connection)
    if isinstance(target, models.DateField):  # few different days: converted once each
        known = {value: field.get_db_prep_save(value, connection) for value in set(values)}
        return [known[value] for value in values]
    return [field.get_db_prep_save(value, connection) for value in values]


def column_of(model: type[models.Model], name: str) -> models.Field[Any, Any]:
    """The field with this attname (`party_id`); raises FieldDoesNotExist."""
    for field in model._meta.concrete_fields:
        if field.attname == name:
            return field
    raise FieldDoesNotExist(f"{model._meta.label} has no column {name}")


def canonical_columns() -> str:
    """The select list of `leaves.COLUMNS`: days and moment as the text that the leaf hash covers."""
    if connection.vendor == "sqlite":
        special = {
            # Only what is stored as text: an altered type must not pass for the same day or moment. The plus sign makes
            # a column an expression, which the driver does not turn into a date on the way.
            "posted_at": "CASE typeof(posted_at) WHEN 'text' THEN replace(posted_at, ' ', 'T') || 'Z' END",
            "occurred_from": "+occurred_from",
            "occurred_to": "+occurred_to",
        }
    else:
        special = {
            "posted_at": """to_char(posted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
            "occurred_from": "to_char(occurred_from, 'YYYY-MM-DD')",
            "occurred_to": "to_char(occurred_to, 'YYYY-MM-DD')",
        }
    return ", ".join(special.get(column, column) for column in leaves.COLUMNS)


def stored_moment(canonical: str) -> str:
    """`posted_at` as the database stores it; on SQLite in Django's form, so that moments compare as texts."""
    return canonical.removesuffix("Z").replace("T", " ") if connection.vendor == "sqlite" else canonical


def rows_by_id(select: str, *, after: int, upto: int, size: int = 10_240) -> Iterator[list[tuple[Any, ...]]]:
    """Chunks of `SELECT id, {select} FROM ledger_entry` with after < id <= upto, in order of id, memory bounded.

    By key pages, not by a cursor: a cursor outside a transaction makes PostgreSQL write the whole answer to disk first.
    """
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT id, {select} FROM ledger_entry WHERE id > %s AND id <= %s ORDER BY id LIMIT %s",
                [after, upto, size],
            )
            rows = cursor.fetchall()
        if rows:
            yield rows
            after = rows[-1][0]
        if len(rows) < size:
            return


@contextmanager
def one_sealer(timeout_seconds: float) -> Iterator[None]:
    """A transaction in which nobody else seals; on SQLite it waits for the posting under way."""
    if connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("LOCK TABLE ledger_seal IN SHARE ROW EXCLUSIVE MODE")
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        usual = int(cursor.fetchone()[0])
        cursor.execute(f"PRAGMA busy_timeout = {max(1, round(timeout_seconds * 1000))}")
        try:
            with transaction.atomic():
                yield
        except OperationalError as error:
            if getattr(error.__cause__, "sqlite_errorname", "") != "SQLITE_BUSY":
                raise
            raise _busy(timeout_seconds) from error
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {usual}")


def _busy(timeout_seconds: float) -> LedgerBusy:
    return LedgerBusy(_("正在记账，等待%(seconds)s秒后仍未结束；请稍后再试。") % {"seconds": f"{timeout_seconds:g}"})


def hold_rows(model: type[models.Model], ids: Sequence[int]) -> set[int]:
    """Which of these rows exist, kept from deletion until the transaction ends: what a foreign key does, for many."""
    found: set[int] = set()
    keep = " FOR KEY SHARE" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for chunk in chunked(ids, 10_000):
            marks = ", ".join(["%s"] * len(chunk))
            cursor.execute(f"SELECT id FROM {model._meta.db_table} WHERE id IN ({marks}){keep}", chunk)
            found.update(number for (number,) in cursor.fetchall())
    return found
