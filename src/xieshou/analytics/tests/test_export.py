"""Entries go to Parquet once, whole and unchanged; what is lost there comes back from the ledger; nothing is lost."""

import fcntl
import os
import threading
from contextlib import closing

import duckdb
import pyarrow.parquet as pq
import pytest
from django.apps import apps
from django.db import connection

from xieshou.analytics import selectors, services
from xieshou.analytics.errors import ExportFailed, SegmentDiffers
from xieshou.analytics.extract import Job, copy
from xieshou.analytics.models import Segment
from xieshou.analytics.readings import reading, snapshot
from xieshou.analytics.rules import runs_to_join
from xieshou.analytics.schema import ENTRIES, ENTRY_TABLE, ROW_GROUP_ROWS, SORTED_BY
from xieshou.analytics.services import export_entries
from xieshou.analytics.tables import ENTRY
from xieshou.ledger import leaves
from xieshou.ledger.merkle import root_of
from xieshou.ledger.services import posting
from xieshou.ledger.tests.factories import SOURCE, post_line, post_lines, unsaved_line

Entry = apps.get_model("ledger", "Entry")


@pytest.fixture
def books(committed_db, xieshou_home, office, helping_unit, places_cast):
    """Three entries, committed."""
    post_lines(office, helping_unit, 3)


@pytest.fixture
def post(office, helping_unit):
    return lambda count=1: post_lines(office, helping_unit, count)


def quantities():
    """The quantities of all entries, as a figure reads them, in order of id."""
    with reading(snapshot()) as opened:
        return [row["quantity"] for row in opened.rows(ENTRY.order_by("id").select("quantity"))]


def only_file():
    (name,) = selectors.segments().values_list("file", flat=True)
    return selectors.folder() / name


def test_the_columns_are_those_of_an_entry_without_its_leaf():
    assert tuple(ENTRIES.names) == leaves.COLUMNS
    assert Entry._meta.db_table == ENTRY_TABLE


def test_entries_are_exported_once_and_new_ones_are_in_the_tail(books, post):
    exported = [export_entries(force=True), export_entries(force=True)]
    post(2)

    assert (exported, Segment.objects.count(), quantities()) == ([3, 0], 1, [1, 2, 3, 1, 2])


def test_a_short_tail_stays_where_it_is(books):
    assert (export_entries(), Segment.objects.count(), quantities()) == (0, 0, [1, 2, 3])


def test_a_long_tail_is_exported_before_it_is_read(books, monkeypatch):
    monkeypatch.setattr("xieshou.analytics.services.TAIL_LIMIT", 2)
    monkeypatch.setattr("xieshou.analytics.readings.TAIL_LIMIT", 2)

    assert (quantities(), Segment.objects.get().rows, snapshot().tail.num_rows) == ([1, 2, 3], 3, 0)


def test_an_entry_comes_back_from_a_segment_exactly_as_from_the_tail(books):
    columns = [name for name in ENTRIES.names if name != "posted_at"]
    query = ENTRY.order_by("id").mutate(posted_at=ENTRY.posted_at.epoch_seconds())
    with reading(snapshot()) as opened:
        from_tail = opened.rows(query)
    export_entries(force=True)

    with reading(snapshot()) as opened:
        assert opened.rows(query) == from_tail
    assert len(from_tail[0]) == len(columns) + 1


def test_a_segment_is_named_by_its_ids_and_the_root_of_its_leaves(books):
    export_entries(force=True)
    segment = Segment.objects.get()
    entries = list(Entry.objects.order_by("id").values_list("id", "leaf"))

    root = root_of(bytes(leaf) for _id, leaf in entries)

    assert (segment.first_entry, segment.last_entry, bytes(segment.root)) == (entries[0][0], entries[-1][0], root)
    assert segment.file == f"entries-{entries[0][0]}-{entries[-1][0]}-{root.hex()[:16]}.parquet"


def test_texts_are_stored_in_dictionaries_and_rows_are_sorted(books, post):
    post(300)
    export_entries(force=True)

    with closing(pq.ParquetFile(only_file())) as file:
        group = file.metadata.row_group(0)
        columns = {group.column(number).path_in_schema: group.column(number) for number in range(group.num_columns)}
        rows = file.read(columns=list(SORTED_BY)).to_pylist()

    assert (list(columns), columns["measure"].compression) == (ENTRIES.names, "ZSTD")
    assert columns["measure"].has_dictionary_page
    assert rows == sorted(rows, key=lambda row: tuple(row.values()))
    assert ROW_GROUP_ROWS == 122_880


def test_uncommitted_entries_of_the_own_transaction_count_and_are_not_exported(db, xieshou_home, office, helping_unit):
    post_line(office, helping_unit)

    assert (export_entries(force=True), quantities(), snapshot().identity) == (0, [1000], None)


def test_the_tail_is_read_again_only_when_something_was_posted(books, post, django_assert_num_queries):
    before = snapshot()
    with django_assert_num_queries(2):
        again = snapshot()
    post()
    after = snapshot()

    assert again.tail is before.tail
    assert (again.identity == before.identity, after.identity == before.identity) == (True, False)


@pytest.mark.parametrize("harm", [lambda path: path.unlink(), lambda path: path.write_bytes(b"PAR1" + bytes(40))])
def test_a_missing_or_damaged_file_is_exported_again(books, harm):
    export_entries(force=True)
    harm(only_file())

    assert (quantities(), only_file().stat().st_size > 1000) == ([1, 2, 3], True)


def test_one_changed_byte_in_a_file_is_found(books):
    export_entries(force=True)
    path = only_file()
    sound = path.read_bytes()
    path.write_bytes(sound[:200] + bytes([sound[200] ^ 1]) + sound[201:])

    assert quantities() == [1, 2, 3]
    with duckdb.connect() as fresh:
        assert fresh.read_parquet(str(path)).aggregate("sum(quantity)").fetchall() == [(6,)]


def test_a_segment_that_the_ledger_no_longer_gives_is_refused(books):
    export_entries(force=True)
    Segment.objects.update(root=bytes(32))
    only_file().unlink()

    with pytest.raises(SegmentDiffers, match="ledger verify"):
        quantities()


def test_small_segments_become_one_and_nothing_is_lost(books, post, monkeypatch):
    monkeypatch.setattr("xieshou.analytics.rules.JOINED_AT", 2)
    export_entries(force=True)
    post(2)
    export_entries(force=True)
    post(1)

    assert (Segment.objects.get().rows, quantities()) == (5, [1, 2, 3, 1, 2, 1])


def test_files_that_belong_to_no_segment_are_removed_when_they_are_old(books, post):
    young, old = selectors.folder() / "entries-1-1-0.parquet", selectors.folder() / "0-1.part"
    young.touch()
    old.touch()
    os.utime(old, (0, 0))

    export_entries(force=True)

    assert (young.exists(), old.exists(), only_file().exists()) == (True, False, True)


def test_a_range_longer_than_a_segment_becomes_several(books, post, monkeypatch):
    monkeypatch.setattr("xieshou.analytics.services.SEGMENT_ROWS", 2)

    exported = export_entries(force=True)

    assert (exported, list(selectors.segments().values_list("rows", flat=True)), quantities()) == (3, [2, 1], [1, 2, 3])


def test_while_another_process_exports_the_tail_is_read_all_the_same(books):
    with (selectors.folder() / "export.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        assert (export_entries(force=True), quantities()) == (0, [1, 2, 3])


def test_a_figure_is_answered_from_the_tail_when_its_export_fails(books, monkeypatch, tmp_path, caplog):
    monkeypatch.setattr(services, "_address", lambda: f"file:{tmp_path}/missing.sqlite3?mode=ro")
    monkeypatch.setattr("xieshou.analytics.services.TAIL_LIMIT", 2)
    monkeypatch.setattr("xieshou.analytics.readings.TAIL_LIMIT", 2)

    assert quantities() == [1, 2, 3]
    assert "未能导出" in caplog.text


def test_an_export_that_fails_says_so_and_leaves_nothing(books, monkeypatch, tmp_path):
    monkeypatch.setattr(services, "_address", lambda: f"file:{tmp_path}/missing.sqlite3?mode=ro")

    with pytest.raises(ExportFailed, match="未能导出"):
        export_entries(force=True)

    assert (Segment.objects.count(), quantities()) == (0, [1, 2, 3])


def test_a_posting_under_way_neither_holds_up_a_figure_nor_loses_an_entry(books, office, helping_unit):
    posted, may_commit = threading.Event(), threading.Event()

    def post_slowly():
        try:
            with posting(by=office) as book:
                line = unsaved_line(helping_unit, planned_fen=70)
                line.save()
                book.post(SOURCE, [line])
                posted.set()
                may_commit.wait(60)
        finally:
            posted.set()
            connection.close()

    def post_after_it():
        try:
            post_line(office, helping_unit, planned_fen=80)
        finally:
            connection.close()

    first, second = threading.Thread(target=post_slowly), threading.Thread(target=post_after_it)
    first.start()
    posted.wait(60)
    second.start()  # on PostgreSQL it commits before the first, under a larger id; on SQLite it waits
    second.join(1)
    export_entries(force=True)
    in_between = quantities()
    may_commit.set()
    first.join()
    second.join()
    export_entries(force=True)

    assert in_between in ([1, 2, 3], [1, 2, 3, 80])
    assert sorted(quantities()) == [1, 2, 3, 70, 80]
    assert sum(selectors.segments().values_list("rows", flat=True)) == 5


def test_the_copy_of_a_range_holds_what_lies_between_its_ends(books, tmp_path):
    ids = list(Entry.objects.order_by("id").values_list("id", flat=True))
    job = Job(connection.vendor, services._address(), ids[0], ids[1], str(tmp_path))
    connection.close()  # two SQLite libraries in one process must not hold the file at the same time

    copied = copy(job)

    assert (copied.first_entry, copied.last_entry, copied.rows) == (ids[1], ids[1], 1)
    assert pq.read_table(tmp_path / copied.file)["quantity"].to_pylist() == [2]


@pytest.mark.parametrize(
    ("sizes", "joined"),
    [
        ([], []),
        ([10] * 7, []),
        ([10] * 8, [range(8)]),
        ([2_000_000] + [10] * 9, [range(1, 10)]),
        ([10] * 4 + [1_500_000] + [10] * 4, []),
        ([300_000] * 9, []),
        ([150_000] * 16, [range(13)]),
    ],
)
def test_neighbours_are_joined_when_they_are_many_and_small_and_not_too_large_together(sizes, joined):
    assert runs_to_join(sizes) == joined
