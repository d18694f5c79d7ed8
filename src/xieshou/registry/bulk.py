"""Reading and writing tens of thousands of rows of the registry at a time, on SQLite and PostgreSQL.

Django's `bulk_create` builds an object for each row and costs 40 µs a row; here a row is a tuple and costs 3 to 6 µs.
"""

from collections.abc import Sequence
from itertools import chain
from typing import Any

from django.db import connection, models

# Any fixed number: the lock under which people are identified, one transaction at a time.
_IDENTIFYING = 7_165_011
_ROWS = 70
_PARAMETERS = 20000  # of one statement; SQLite takes 32,766


def begin_identifying() -> None:
    """Wait until no other transaction is identifying people; held until this one ends.

    Two imports that meet the same new person would otherwise both register them. SQLite has one writer anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_IDENTIFYING])


def reserve_ids(model: type[models.Model], count: int) -> list[int]:
    """Ids that nobody else will use, ascending. Call inside `begin_identifying`'s transaction."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
            )
            return [row[0] for row in cursor.fetchall()]
        # The counter moves by itself when rows with explicit ids are inserted.
        cursor.execute("SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = %s", [table])
        last: int = cursor.fetchone()[0]
    return list(range(last + 1, last + 1 + count))


def ids_by_index(model: type[models.Model], index_column: str, indexes: Sequence[bytes]) -> dict[bytes, int]:
    """The ids of the rows with one of these blind indexes, which are distinct. One query; on SQLite one per 20,000."""
    quote = connection.ops.quote_name
    table, index = quote(model._meta.db_table), quote(index_column)
    found: dict[bytes, int] = {}
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SELECT {index}, id FROM {table} WHERE {index} = ANY(%s)", [list(indexes)])
            return dict(cursor.fetchall())
        for start in range(0, len(indexes), _PARAMETERS):
            wanted = indexes[start : start + _PARAMETERS]
            marks = ",".join(["%s"] * len(wanted))
            cursor.execute(f"SELECT {index}, id FROM {table} WHERE {index} IN ({marks})", wanted)
            found.update(cursor.fetchall())
    return found


def insert(model: type[models.Model], columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows by COPY or executemany. Values: int, str, bytes or None; moments as the database writes them."""
    quote = connection.ops.quote_name
    table, names = quote(model._meta.db_table), ", ".join(map(quote, columns))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                copy.write("".join(["\t".join([_copied(value) for value in row]) + "\n" for row in rows]))
        else:
            # Forty rows a statement: the counter of ids is written once a statement (a tenth less time).
            marks = f"({', '.join(['%s'] * len(columns))})"
            whole = len(rows) // _ROWS * _ROWS
            statements = [list(chain.from_iterable(rows[at : at + _ROWS])) for at in range(0, whole, _ROWS)]
            insert = f"INSERT INTO {table} ({names}) VALUES "
            cursor.executemany(insert + ", ".join([marks] * _ROWS), statements)
            cursor.executemany(insert + marks, rows[whole:])


_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def _copied(value: Any) -> str:
    """A value in the text format of COPY."""
    match value:
        case str():
            return value.translate(_ESCAPES)
        case bytes():
            return f"\\\\x{value.hex()}"
        case None:
            return r"\N"
        case _:
            return str(value)
