"""The books are read by many at once, with the tables that other apps hand in, and without asking anybody outside."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pyarrow as pa
import pytest
from django.db import connection
from ibis import _

from xieshou.analytics import connections
from xieshou.analytics.readings import Snapshot, reading, snapshot
from xieshou.analytics.schema import ENTRIES
from xieshou.analytics.tables import ENTRY, SourceTable, changes, live, netted
from xieshou.ledger.tests.factories import post_lines

HOUSEHOLDS = SourceTable(
    name="household_class",
    schema=pa.schema([("household", pa.int64()), ("kind", pa.string())]),
    read=lambda: pa.table({"household": [1, 2], "kind": ["a", "b"]}),
)


def entry(number, **fields):
    """A row of the entries' table, 10 fen unless said otherwise."""
    texts = {field.name: "" for field in ENTRIES if pa.types.is_string(field.type)}
    numbers = {"posted_at": 0, "posted_by": 1, "source_id": 1, "source_line": 0, "quantity": 10}
    return texts | numbers | {"id": number, "occurred_to": date(2019, 1, 1)} | fields


def books(*rows):
    return Snapshot(
        files=(), tail=pa.Table.from_pylist(list(rows), ENTRIES), last_entry=0, entries=len(rows), identity=None
    )


# 1 stands; 2 is reversed by 3; 4 is reversed by 6; 5 stands.
HISTORY = books(
    entry(1, quantity=1),
    entry(2, quantity=2),
    entry(3, quantity=-2, reverses=2),
    entry(4, quantity=4),
    entry(5, quantity=8),
    entry(6, quantity=-4, reverses=4),
)


def read(table):
    with reading(HISTORY) as opened:
        return [tuple(row.values()) for row in opened.rows(table.order_by("id").select("id", "quantity", "net_count"))]


@pytest.mark.parametrize(("upto", "standing"), [(None, [1, 5]), (5, [1, 4, 5]), (3, [1]), (2, [1, 2]), (0, [])])
def test_what_stands_is_neither_reversed_nor_a_reversal_by_what_was_posted_until_then(upto, standing):
    assert [number for number, _quantity, _net in read(live(ENTRY, upto=upto))] == standing


@pytest.mark.parametrize("upto", [None, 5, 3, 2, 0])
def test_entries_and_reversals_together_add_up_to_what_stands(upto):
    together, standing = read(netted(ENTRY, upto=upto)), read(live(ENTRY, upto=upto))

    assert sum(quantity for _id, quantity, _net in together) == sum(quantity for _id, quantity, _net in standing)
    assert sum(net for _id, _quantity, net in together) == len(standing)


@pytest.mark.parametrize(
    ("after", "upto", "changed"),
    [(0, None, [1, 5]), (2, None, [3, 5]), (2, 5, [3, 4, 5]), (4, None, [5, 6]), (6, None, [])],
)
def test_changes_are_new_entries_that_stand_and_reversals_of_older_ones(after, upto, changed):
    before, now = read(live(ENTRY, upto=after)), read(live(ENTRY, upto=upto))
    found = read(changes(ENTRY, after=after, upto=upto))

    assert [number for number, _quantity, _net in found] == changed
    assert sum(row[1] for row in found) == sum(row[1] for row in now) - sum(row[1] for row in before)


def test_a_table_of_another_app_can_be_joined():
    snapshot_ = books(entry(1, household=1), entry(2, household=2), entry(3, household=2))
    joined = live(ENTRY).inner_join(HOUSEHOLDS.expression(), "household")

    with reading(snapshot_, handed=[HOUSEHOLDS]) as opened:
        rows = opened.rows(joined.group_by("kind").aggregate(entries=_.count()).order_by("kind"))

    assert [tuple(row.values()) for row in rows] == [("a", 1), ("b", 2)]


def test_one_question_does_not_see_the_tables_of_another():
    with reading(books(entry(1))) as one, reading(books()) as other:
        assert [len(each.rows(live(ENTRY).select("id"))) for each in (one, other)] == [1, 0]


def test_threads_read_the_books_at_the_same_time(committed_db, xieshou_home, office, helping_unit, places_cast):
    post_lines(office, helping_unit, 20)

    def total(_number):
        try:
            with reading(snapshot()) as opened:
                return opened.rows(live(ENTRY).aggregate(total=ENTRY.quantity.sum()))[0]["total"]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(total, range(40))) == {210}


def test_no_extension_is_ever_fetched_and_memory_is_bounded(xieshou_home):
    names = ("autoinstall_known_extensions", "autoload_known_extensions", "memory_limit", "temp_directory")
    with connections.cursor() as cursor:
        (settings,) = cursor.execute(
            f"SELECT {', '.join(f'''current_setting('{name}')''' for name in names)}"
        ).fetchall()

    assert settings[:2] == (False, False)
    assert settings[3] == str(xieshou_home / "parquet" / "spill")
    assert settings[2].endswith("GiB")
