"""Reading and writing tens of thousands of rows of the registry at a time, on SQLite and PostgreSQL.

Django's `bulk_create` builds an object for each row and costs 40 µs a row; here columns cost 3 to 4 µs a row.
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.db import connection, models, transaction

# Any fixed number: the lock under which people are identified, one transaction at a time.
_IDENTIFYING = 7_165_011
_ROWS = 40
_LINES = 1_000
_PARAMETERS = 2_000  # of one statement; SQLite takes 32,766


def one_transaction() -> AbstractContextManager[None]:
    """The transaction that is open, else a new one; never a savepoint.

    Inside a savepoint SQLite keeps a copy of every page that a statement of many rows changes, again and again: at
    300,000 new persons 850 MB instead of 410, and three times the time to insert them.
    """
    return nullcontext() if connection.in_atomic_block else transaction.atomic()


def begin_identifying() -> None:
    """Wait until no other transaction is identifying people; held until this one ends.

    Two imports that meet the same new person would otherwise both register them. SQLite has one writer anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_IDENTIFYING])


def reserve_ids(model: type[models.Model], count: int) -> range:
    """Ids that nobody else will use. Call inside `begin_identifying`'s transaction."""
    if count == 0:
        return range(0)
    if connection.vendor == "postgresql":
        return _drawn_ids(model._meta.db_table, count)
    with connection.cursor() as cursor:
        # The counter moves by itself when rows with explicit ids are inserted.
        cursor.execute("SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = %s", [model._meta.db_table])
        last: int = cursor.fetchone()[0]
    return range(last + 1, last + 1 + count)


def _drawn_ids(table: str, count: int) -> range:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
        drawing = "SELECT nextval(%s::regclass) AS id FROM generate_series(1, %s)"
        wanted = [cursor.fetchone()[0], count]
        while True:
            cursor.execute(f"SELECT min(id), max(id) FROM ({drawing}) AS drawn", wanted)
            first, last = cursor.fetchone()
            if last - first == count - 1:  # else somebody drew one in between, and these stay unused
                return range(first, last + 1)


def ids_by_index(model: type[models.Model], index_column: str, indexes: Sequence[bytes]) -> dict[bytes, int]:
    """The ids of the rows with one of these blind indexes, which are distinct. One query; on SQLite one per 2,000."""
    quote = connection.ops.quote_name
    table, index = quote(model._meta.db_table), quote(index_column)
    found: dict[bytes, int] = {}
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # One text out, numbers back: an array of 10,000 byte strings takes the driver ten times longer. A query in
            # the select list, not a join: the planner would read the whole table where it has no statistics yet.
            cursor.execute(
                f"SELECT (SELECT id FROM {table} WHERE {index} = decode(digest, 'hex'))"
                " FROM unnest(string_to_array(%s, ',')) WITH ORDINALITY AS wanted (digest, position) ORDER BY position",
                [",".join([digest.hex() for digest in indexes])],
            )
            ids = (row[0] for row in cursor.fetchall())
            return {digest: row_id for digest, row_id in zip(indexes, ids, strict=True) if row_id is not None}
        for start in range(0, len(indexes), _PARAMETERS):
            some = indexes[start : start + _PARAMETERS]
            marks = ",".join(["%s"] * len(some))
            cursor.execute(f"SELECT {index}, id FROM {table} WHERE {index} IN ({marks})", some)
            found.update(cursor.fetchall())
    return found


def insert(model: type[models.Model], columns: Mapping[str, Sequence[Any]]) -> None:
    """Insert rows given as columns of one length, by COPY or executemany.

    Values: int, str, bytes or None; a moment as text.
    """
    quote = connection.ops.quote_name
    into = f"{quote(model._meta.db_table)} ({', '.join(map(quote, columns))})"
    count = len(next(iter(columns.values())))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            lines = list(map("\t".join, zip(*map(_copied, columns.values()), strict=True)))
            with cursor.copy(f"COPY {into} FROM STDIN") as copy:
                for start in range(0, count, _LINES):  # the server inserts the first while the next are sent
                    copy.write("\n".join(lines[start : start + _LINES]) + "\n")
            return
        width = len(columns)
        flat: list[Any] = [None] * (count * width)
        for position, values in enumerate(columns.values()):
            flat[position::width] = values
        marks = f"({', '.join(['%s'] * width)})"
        # Forty rows a statement: SQLite writes its counter of ids once a statement, which costs more than a row.
        for rows in (_ROWS, 1):
            whole = len(flat) // (rows * width) * rows * width
            statements = [flat[at : at + rows * width] for at in range(0, whole, rows * width)]
            cursor.executemany(f"INSERT INTO {into} VALUES {', '.join([marks] * rows)}", statements)
            flat = flat[whole:]


_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_NEEDS_ESCAPES = re.compile(r"[\\\t\n\r]")


def _copied(values: Sequence[Any]) -> Sequence[str]:
    """A column in the text format of COPY; one of a single type, the usual case, is converted at once."""
    kinds = set(map(type, values))
    if kinds == {str} and not _NEEDS_ESCAPES.search("".join(values)):
        return values
    if kinds == {int}:
        return list(map(str, values))
    if kinds == {bytes}:
        return [f"\\\\x{value.hex()}" for value in values]
    return [r"\N" if value is None else _copied_value(value) for value in values]


def _copied_value(value: str | bytes | int) -> str:
    if isinstance(value, bytes):
        return f"\\\\x{value.hex()}"
    return str(value).translate(_ESCAPES)
