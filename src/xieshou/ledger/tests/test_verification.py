"""Whatever is changed behind the ledger's back is found, and the entry named."""

# ruff: noqa: PT012  # a book refuses at its end, so the whole book stands under pytest.raises

from pathlib import Path

import pytest
from django.db import connection, transaction

from xieshou.ledger import keys, leaves, selectors, storage, triggers, verification
from xieshou.ledger.errors import CheckpointUnreadable, LedgerDamaged
from xieshou.ledger.models import TILE, Entry, Seal
from xieshou.ledger.proofs import prove
from xieshou.ledger.services import head, posting, seal, verify
from xieshou.ledger.tests.factories import SOURCE, post_line, post_lines

pytestmark = pytest.mark.usefixtures("xieshou_home")
postgresql_only = pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL leaves gaps")
sqlite_only = pytest.mark.skipif(connection.vendor != "sqlite", reason="the bytes of a file are SQLite's")


def tamper(*statements: str) -> None:
    """What a person with the database's own tools can do, who covers the tracks afterwards."""
    drops = (
        [f"DROP TRIGGER {table}_no_{act}" for table in triggers.TABLES for act in ("update", "delete")]
        if connection.vendor == "sqlite"
        else [f"DROP TRIGGER {table}_append_only ON {table}" for table in triggers.TABLES]
    )
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in [*drops, *statements]:
            cursor.execute(statement)
        triggers.stand(connection)


def found(**asked) -> list[tuple[str, int | None]]:
    return [(problem.code, problem.entry) for problem in verify(**asked).problems]


def rehash(entry_id: int) -> None:
    """Give an entry the leaf of its altered columns, as a careful rewriter would."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {storage.canonical_columns()} FROM ledger_entry WHERE id = %s", [entry_id])
        leaf = leaves.leaf_hash(cursor.fetchone()).hex()
    stored = {"sqlite": f"x'{leaf}'", "postgresql": f"'\\x{leaf}'"}[connection.vendor]
    tamper(f"UPDATE ledger_entry SET leaf = {stored} WHERE id = {entry_id}")


def first_id() -> int:
    return Entry.objects.earliest("pk").pk


def test_a_ledger_that_nobody_touched_is_sound(office, helping_unit):
    gone = post_line(office, helping_unit)
    with posting(by=office) as book:
        book.supersede(SOURCE, [gone], reason="误录")
    seal(by=office)
    post_line(office, helping_unit)

    result = verify(against=head())

    assert (result.is_sound, result.entries, result.sealed, result.seals) == (True, 3, 2, 1)


def test_an_empty_ledger_is_sound(db):
    assert verify().is_sound


def test_progress_is_told_up_to_the_last_entry(office, helping_unit, monkeypatch):
    monkeypatch.setattr(verification, "_FETCHED", 2)
    post_lines(office, helping_unit, 5)
    told = []

    verify(progress=lambda done, total: told.append((done, total)))

    assert told[-1] == (5, 5)


@pytest.mark.parametrize("sealed", [True, False])
@pytest.mark.parametrize(
    "change",
    [
        "quantity = quantity + 1",
        "value_fen = 0",
        "giver = 1",
        "reason = 'x'",
        "occurred_to = '2011-10-01'",
        "occurred_from = '2011-01-01'",
        "posted_at = '2011-01-01 00:00:00.000000'",
        "measure = 'other'",
        "batch = 1",
        "leaf_version = 2",
    ],
)
def test_an_entry_with_a_changed_column_is_named(office, helping_unit, sealed, change):
    post_lines(office, helping_unit, 5)
    seal(by=office)
    changed = first_id() + 2
    if not sealed:
        post_line(office, helping_unit)
        changed = selectors.last_entry_id()

    tamper(f"UPDATE ledger_entry SET {change} WHERE id = {changed}")

    assert found() == [("entry_changed", changed)]


@pytest.mark.parametrize("count", [5, TILE, TILE + 5])
def test_an_entry_with_a_changed_leaf_is_named_and_the_seal_still_holds(office, helping_unit, count):
    post_lines(office, helping_unit, count)
    seal(by=office)
    leaf = {"sqlite": "zeroblob(32)", "postgresql": "decode(repeat('00', 32), 'hex')"}[connection.vendor]

    tamper(f"UPDATE ledger_entry SET leaf = {leaf} WHERE id = {first_id() + 2}")

    assert found() == [("entry_changed", first_id() + 2)]


@sqlite_only
def test_a_number_turned_into_a_fraction_is_found(office, helping_unit):
    post_lines(office, helping_unit, 5)

    tamper("UPDATE ledger_entry SET quantity = 2.5 WHERE quantity = 2")

    assert [code for code, entry in found()] == ["entry_changed"]


@pytest.fixture
def a_first_tile(office, helping_unit):
    """So that what follows has an entry before it: PostgreSQL does not begin to number where a test begins."""
    post_lines(office, helping_unit, TILE)


@pytest.mark.usefixtures("a_first_tile")
@pytest.mark.parametrize("place", [7, TILE + 2], ids=["in a tile", "in the part without tiles"])
def test_a_deleted_sealed_entry_is_named(office, helping_unit, place):
    post_lines(office, helping_unit, TILE + 5)
    seal(by=office)
    gone = first_id() + TILE + place

    tamper(f"DELETE FROM ledger_entry WHERE id = {gone}")

    assert found() == [("entry_missing", gone)]


@pytest.mark.usefixtures("a_first_tile")
def test_the_last_sealed_entries_cut_off_are_named(office, helping_unit):
    post_lines(office, helping_unit, 5)
    seal(by=office)
    last = selectors.last_entry_id()

    tamper(f"DELETE FROM ledger_entry WHERE id >= {last - 1}")

    assert found() == [("entry_missing", last - 1), ("entry_missing", last)]


@postgresql_only
def test_a_deleted_entry_beside_gaps_is_placed_among_them(office, helping_unit):
    with pytest.raises(KeyError), posting(by=office):
        post_lines(office, helping_unit, 3)
        raise KeyError
    post_lines(office, helping_unit, 5)
    seal(by=office)
    gone = first_id()

    tamper(f"DELETE FROM ledger_entry WHERE id = {gone}")

    assert found() == [("seal_broken", None)]


@sqlite_only
def test_a_deleted_entry_that_was_not_sealed_is_named_on_sqlite(office, helping_unit):
    post_lines(office, helping_unit, 5)

    tamper("DELETE FROM ledger_entry WHERE id = 3")

    assert found() == [("entry_missing", 3)]


def test_a_number_lost_in_a_posting_that_was_rolled_back_is_no_problem(office, helping_unit):
    with pytest.raises(KeyError), posting(by=office) as book:
        book.post(SOURCE, [])
        post_lines(office, helping_unit, 3)
        raise KeyError
    post_lines(office, helping_unit, TILE + 3)
    seal(by=office)

    assert verify().is_sound


@postgresql_only
@pytest.mark.parametrize("count", [5, TILE])
def test_an_entry_inserted_among_sealed_ones_is_found(office, helping_unit, count):
    post_line(office, helping_unit)
    with pytest.raises(KeyError), posting(by=office):
        post_lines(office, helping_unit, 3)
        raise KeyError
    post_lines(office, helping_unit, count - 1)
    seal(by=office)
    columns = ", ".join(leaves.COLUMNS[1:])

    tamper(
        f"INSERT INTO ledger_entry (id, {columns}, leaf_version, leaf) "
        f"SELECT id + 1, {columns}, leaf_version, leaf FROM ledger_entry WHERE id = {first_id()}"
    )
    rehash(first_id() + 1)

    assert found() == [("entries_added", None)]


def test_an_entry_rewritten_with_its_leaf_is_placed_within_its_tile(office, helping_unit):
    post_lines(office, helping_unit, 2 * TILE)
    seal(by=office)
    changed = first_id() + TILE + 9

    tamper(f"UPDATE ledger_entry SET quantity = 5 WHERE id = {changed}")
    rehash(changed)
    (problem,) = verify().problems

    assert problem.code == "entries_rewritten"
    assert str(first_id() + TILE) in problem.message
    assert str(first_id() + 2 * TILE - 1) in problem.message


def test_an_entry_rewritten_with_its_leaf_breaks_the_seals_from_then_on(office, helping_unit):
    post_lines(office, helping_unit, 3)
    seal(by=office)
    post_lines(office, helping_unit, 3)
    seal(by=office)
    post_lines(office, helping_unit, 3)
    seal(by=office)

    tamper(f"UPDATE ledger_entry SET quantity = 5 WHERE id = {first_id() + 4}")
    rehash(first_id() + 4)

    assert [code for code, entry in found()] == ["seal_broken", "seal_broken"]


def test_a_ledger_rewritten_and_sealed_again_is_refused_by_a_head_kept_elsewhere(office, helping_unit):
    post_lines(office, helping_unit, 5)
    seal(by=office)
    kept = head()
    tamper("DELETE FROM ledger_seal", f"UPDATE ledger_entry SET quantity = 9 WHERE id = {first_id()}")
    rehash(first_id())
    seal(by=office)

    assert verify().is_sound
    assert found(against=kept) == [("does_not_extend", None)]


@pytest.mark.usefixtures("a_first_tile")
def test_a_ledger_cut_off_and_sealed_again_is_refused_by_a_head_kept_elsewhere(office, helping_unit):
    post_lines(office, helping_unit, 5)
    seal(by=office)
    kept = head()
    last = selectors.last_entry_id()
    tamper("DELETE FROM ledger_seal", f"DELETE FROM ledger_entry WHERE id = {last}")
    seal(by=office)

    assert verify().is_sound
    assert found(against=kept) == [("entry_missing", last)]


def test_a_ledger_that_grew_extends_every_earlier_head(office, helping_unit):
    post_lines(office, helping_unit, TILE + 3)
    seal(by=office)
    kept = head()
    post_lines(office, helping_unit, TILE)
    seal(by=office)

    assert verify(against=kept).is_sound


@pytest.mark.parametrize("document", [{}, {"checkpoint": "nothing"}, {"checkpoint": None}])
def test_what_is_no_head_is_told(office, helping_unit, document):
    post_line(office, helping_unit)
    seal(by=office)

    with pytest.raises(CheckpointUnreadable):
        verify(against=document)


def test_the_head_of_another_ledger_is_told(office, helping_unit):
    post_line(office, helping_unit)
    seal(by=office)
    kept = head()
    keys.private_path().unlink()
    keys.public_path().unlink()
    keys._draw(keys.private_path())

    with pytest.raises(CheckpointUnreadable):
        verify(against=kept)


@pytest.mark.parametrize("change", ["size = 4", "last_entry = last_entry - 1", "sealed_at = '2020-01-01 00:00:00'"])
def test_a_changed_seal_is_found(office, helping_unit, change):
    post_lines(office, helping_unit, 5)
    seal(by=office)

    tamper(f"UPDATE ledger_seal SET {change}")

    assert ("seal_not_signed", None) in found()


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM ledger_tile",
        "DELETE FROM ledger_tile WHERE index_ = 0",
        "UPDATE ledger_tile SET index_ = index_ + 5",
    ],
)
def test_lost_tiles_are_told_and_the_entries_still_checked(office, helping_unit, change):
    post_lines(office, helping_unit, 2 * TILE + 5)
    seal(by=office)
    changed = first_id() + TILE

    tamper(change.replace("index_", '"index"'), f"UPDATE ledger_entry SET quantity = 0 WHERE id = {changed}")

    assert sorted(found(), key=str) == [("entry_changed", changed), ("tiles_damaged", None)]


def test_a_changed_tile_is_found(office, helping_unit):
    post_lines(office, helping_unit, TILE)
    seal(by=office)
    root = {"sqlite": "zeroblob(32)", "postgresql": "decode(repeat('00', 32), 'hex')"}[connection.vendor]

    tamper(f"UPDATE ledger_tile SET root = {root}")

    assert [code for code, entry in found()] == ["entries_rewritten", "seal_broken"]


@pytest.mark.parametrize(
    "change",
    [
        "quantity = 0",
        "reverses = 2147483647",
        "place_code = ''",
        "occurred_to = '2011-10-01'",
        "source_id = 7",
    ],
)
def test_a_reversal_that_does_not_mirror_its_entry_is_named(office, helping_unit, change):
    line = post_line(office, helping_unit)
    with posting(by=office) as book:
        book.supersede(SOURCE, [line], reason="误录")
    reversal = selectors.last_entry_id()

    tamper(f"UPDATE ledger_entry SET {change} WHERE id = {reversal}")
    rehash(reversal)

    assert found() == [("reversal_wrong", reversal)]


def test_an_entry_reversed_twice_is_named(office, helping_unit):
    line = post_line(office, helping_unit)
    with posting(by=office) as book:
        book.supersede(SOURCE, [line], reason="误录")
    last = selectors.last_entry_id()
    columns = ", ".join(leaves.COLUMNS[1:])
    tamper(
        "DROP INDEX ledger_reversed_once",
        f"INSERT INTO ledger_entry (id, {columns}, leaf_version, leaf) "
        f"SELECT id + 1, {columns}, leaf_version, leaf FROM ledger_entry WHERE id = {last}",
    )
    rehash(last + 1)

    assert found() == [("reversed_twice", last + 1)]


def test_the_first_thousand_problems_are_kept_and_all_counted(office, helping_unit, monkeypatch):
    monkeypatch.setattr(verification, "PROBLEMS_KEPT", 3)
    post_lines(office, helping_unit, 5)
    tamper("UPDATE ledger_entry SET quantity = 77")

    result = verify()

    assert (len(result.problems), result.problem_count) == (3, 5)


# The bytes of the file

BYTES_APART = 3  # 1 tries every byte and takes three times as long


def database_file() -> Path:
    connection.close()  # the last connection brings the write-ahead log into the file
    return Path(connection.settings_dict["NAME"])


def problems_with(file: Path, offset: int, mask: int) -> list[tuple[str, int | None]]:
    """What verification says while one byte of the file is another."""
    whole = file.read_bytes()
    with file.open("r+b") as handle:
        handle.seek(offset)
        handle.write(bytes([whole[offset] ^ mask]))
    try:
        return found()
    finally:
        connection.close()
        file.write_bytes(whole)


@pytest.fixture
def row_in_a_file(committed_db, office, helping_unit) -> tuple[Path, range]:
    """The file of a ledger of four entries, one of them sealed, and where the third lies in it with its header."""
    post_line(office, helping_unit)
    seal(by=office)
    post_lines(office, helping_unit, 3)
    leaf = bytes(Entry.objects.get(pk=3).leaf)
    file = database_file()
    end = file.read_bytes().index(leaf) + len(leaf)  # the last column
    return file, range(end - 250, end)


@sqlite_only
@pytest.mark.parametrize(("mask", "first"), [(0x01, 0), (0x04, 1), (0x80, 2)])
def test_a_byte_of_a_row_changed_in_the_file_is_found(row_in_a_file, mask, first):
    file, places = row_in_a_file

    assert [place for place in places[first::BYTES_APART] if not problems_with(file, place, mask)] == []


@sqlite_only
@pytest.mark.parametrize("mask", [0x01, 0x80])
def test_a_byte_of_the_columns_of_an_entry_changed_in_the_file_names_the_entry(row_in_a_file, mask):
    file, places = row_in_a_file

    named = [{entry for _, entry in problems_with(file, place, mask)} for place in places[-150::BYTES_APART]]

    assert [entries for entries in named if 3 not in entries] == []


@sqlite_only
def test_a_page_of_entries_that_cannot_be_read_names_them_and_the_rest_is_checked(committed_db, office, helping_unit):
    post_lines(office, helping_unit, 300)
    file = database_file()
    whole = file.read_bytes()
    middle = whole.index(bytes(Entry.objects.get(pk=150).leaf)) // 4096 * 4096
    connection.close()

    with file.open("r+b") as handle:
        handle.seek(middle)
        handle.write(b"\xff" * 8)
    named = [entry for code, entry in found() if code in ("entry_unreadable", "entry_missing")]

    assert 150 in named
    assert {1, 300}.isdisjoint(named)


@sqlite_only
def test_a_damaged_index_is_found(committed_db, office, helping_unit):
    post_lines(office, helping_unit, 300)
    with connection.cursor() as cursor:
        cursor.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ledger_entry_source'")
        page = cursor.fetchone()[0]
    file = database_file()

    assert "database_damaged" in {code for code, entry in problems_with(file, (page - 1) * 4096 + 4090, 0x01)}


def test_a_seal_is_kept_when_its_entries_agree(office, helping_unit):
    post_line(office, helping_unit)

    assert Seal.objects.count() == 0
    assert verify().sealed == 0


def test_a_ledger_changed_under_its_last_seal_is_not_sealed_further(office, helping_unit):
    post_lines(office, helping_unit, 5)
    seal(by=office)
    tamper(f"UPDATE ledger_entry SET quantity = 9 WHERE id = {first_id()}")
    rehash(first_id())
    post_line(office, helping_unit)

    with pytest.raises(LedgerDamaged):
        seal(by=office)


@pytest.mark.parametrize("change", ["UPDATE ledger_entry SET quantity = 9", "DELETE FROM ledger_entry"])
def test_a_changed_entry_is_not_proven_nor_one_beside_a_lost_one(office, helping_unit, change):
    post_lines(office, helping_unit, 5)
    seal(by=office)
    proven = first_id() + {"UPDATE": 0, "DELETE": 1}[change.split()[0]]

    tamper(f"{change} WHERE id = {first_id()}")

    with pytest.raises(LedgerDamaged):
        prove(proven)
