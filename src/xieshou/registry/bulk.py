"""Reading and writing tens of thousands of rows of the registry at a time, on SQLite and PostgreSQL.

Django's `bulk_create` builds an object for each row and costs 40 µs a row; here columns cost 3 to 4 µs a row.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, models

# Any fixed number: the lock under which people are identified, one transaction at a time.
_IDENTIFYING = 7_165_011
_ROWS = 40
_PARAMETERS = 2_000  # of one statement; SQLite takes 32,766


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


def insert(model: type[models.Model], columns: Mapping[str, Sequence[Any]]) -> None:
    """Insert rows given as columns of one length, by COPY or executemany.

    Values: int, str, bytes or None; moments as `connection.ops.adapt_datetimefield_value` gives them.
    """
    quote = connection.ops.quote_name
    into = f"{quote(model._meta.db_table)} ({', '.join(map(quote, columns))})"
    count = len(next(iter(columns.values())))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            lines = zip(*(_copied(values) for values in columns.values()), strict=True)
            with cursor.copy(f"COPY {into} FROM STDIN") as copy:
                copy.write("".join(["\t".join(line) + "\n" for line in lines]))
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


def _copied(values: Sequence[Any]) -> list[str]:
    """A column in the text format of COPY."""
    return [
        value.translate(_ESCAPES)
        if isinstance(value, str)
        else rf"\\x{value.hex()}"
        if isinstance(value, bytes)
        else r"\N"
        if value is None
        else str(value)
        for value in values
    ]
