"""Verification: every leaf from its columns, every root from its leaves, every signature; names what was changed.

The entries are read once, in order of id, tile by tile. Where a tile does not hold, its entries are named and its
stored root is used further on, so that one change is told once and the seals after it are still checked. Who rewrites
an entry must rewrite its leaf, its tile, every later seal and its signature; a head kept elsewhere (`against`) finds
even that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from xieshou.ledger import checkpoints, keys, leaves, merkle, sealing, selectors, storage, triggers
from xieshou.ledger.checkpoints import Checkpoint
from xieshou.ledger.errors import CheckpointUnreadable
from xieshou.ledger.models import TILE, Seal, Tile

PROBLEMS_KEPT = 1_000
SEAL_BROKEN = "seal_broken"
_FETCHED = 5_000  # rows
_SMALLEST = -(2**63)  # numbers start at 1; who smuggles in another one is found as well

_AT = {name: position + 1 for position, name in enumerate(leaves.COLUMNS)}  # where in a row; 0 is the id
_MIRRORED = [
    _AT[name]
    for name in leaves.COLUMNS
    if name not in ("id", "posted_at", "posted_by", "quantity", "value_fen", "reverses", "reason")
]

Row = tuple[Any, ...]  # id, the columns of a leaf, leaf_version, leaf
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing `verify` found. code: stable key; entry: the id it concerns; message: one sentence for people."""

    code: str
    entry: int | None
    message: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What `verify` read and found. `problems` holds the first 1,000, `problem_count` counts all."""

    entries: int
    sealed: int
    seals: int
    problems: tuple[Problem, ...]
    problem_count: int

    @property
    def is_sound(self) -> bool:
        return not self.problem_count


@dataclass(frozen=True, slots=True)
class _Mark:
    """A root that the ledger must lead to: that of a seal, or of a checkpoint kept elsewhere."""

    size: int
    root: bytes
    last_entry: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class _Leaf:
    """An entry as it was read: its leaf hash as stored and as recomputed; both empty where it cannot be read."""

    entry: int
    stored: bytes = b""
    recomputed: bytes = b""


class _Findings:
    def __init__(self) -> None:
        self.kept: list[Problem] = []
        self.count = 0

    def add(self, code: str, message: str, entry: int | None = None) -> None:
        self.count += 1
        if len(self.kept) < PROBLEMS_KEPT:
            self.kept.append(Problem(code, entry, message))


class _Verifier:
    """Takes the leaves from the reader once and holds them against tiles and marks."""

    def __init__(self, marks: Sequence[_Mark], found: _Findings, reader: _Reader) -> None:
        self._marks = sorted(marks, key=lambda mark: mark.size)
        self._found = found
        self._reader = reader
        self._tree = merkle.Frontier()
        self._previous = 0  # the last entry behind us

    def run(self) -> None:
        for tile in self._tiles():
            self._check_tile(tile)
        self._check_marks_beyond_tiles()
        for group in storage.chunked(self._reader.upto(None), _FETCHED):
            if _numbers_are_dense():
                gaps = _gaps(self._previous, group)
                self._name_missing(group[-1].entry, gaps, len(gaps))
            self._previous = group[-1].entry

    def _tiles(self) -> Iterator[Tile]:
        """The stored tiles as far as they follow each other; entries behind a gap are read as if they had none."""
        expected, last_entry = 0, 0
        for tile in Tile.objects.order_by("index").iterator(chunk_size=2_000):
            if tile.index != expected or tile.last_entry <= last_entry:
                break
            yield tile
            expected, last_entry = expected + 1, tile.last_entry
        sealed = max((mark.size for mark in self._marks if mark.code == SEAL_BROKEN), default=0)
        if Tile.objects.count() != expected or expected < sealed // TILE:
            self._found.add(
                "tiles_damaged",
                _("封存分段自第%(number)s段起缺失或错乱；已改用条目本身核验。") % {"number": expected + 1},
            )

    def _check_tile(self, tile: Tile) -> None:
        """One tile against its entries. Its stored root is used further on, so that damage inside is told once."""
        group = list(self._reader.upto(tile.last_entry))
        root, base = bytes(tile.root), self._tree.size
        hashes: list[bytes] | None = None
        if len(group) != TILE:
            self._name_missing(tile.last_entry, _gaps(self._previous, group, tile.last_entry), TILE - len(group))
        elif all(leaf.stored for leaf in group):
            # As recomputed: where only a stored hash was altered, which is told already, the entries still hold.
            versions = ([leaf.stored for leaf in group], [leaf.recomputed for leaf in group])
            hashes = next((version for version in versions if merkle.root_of(version) == root), None)
            if hashes is None:
                self._found.add(
                    "entries_rewritten",
                    _("条目 %(first)s 至 %(last)s 中有的被整条改写：内容与摘要一起改过，与封存不符。")
                    % {"first": self._previous + 1, "last": tile.last_entry},
                )
        while self._marks and self._marks[0].size <= base + TILE:
            mark = self._marks.pop(0)
            tree = self._tree.copy()
            if mark.size == base + TILE:
                tree.extend([root], level=sealing.TILE_LEVEL)
            elif hashes is not None:
                tree.extend(hashes[: mark.size - base])
            else:
                continue  # ends inside a tile whose damage is told already
            self._compare(mark, tree)
        self._tree.extend([root], level=sealing.TILE_LEVEL)
        self._previous = tile.last_entry

    def _check_marks_beyond_tiles(self) -> None:
        """The seals that end in a part without tiles: the last 255 entries, or more where tiles are missing."""
        stored, recomputed = self._tree.copy(), self._tree.copy()
        whole = True
        for mark in self._marks:
            gaps: list[int] = []
            for group in storage.chunked(self._reader.upto(mark.last_entry), TILE):
                whole = whole and all(leaf.stored for leaf in group)
                stored.extend([leaf.stored for leaf in group])
                recomputed.extend([leaf.recomputed for leaf in group])
                gaps += _gaps(self._previous, group)
                self._previous = group[-1].entry
            gaps += _gaps(self._previous, [], mark.last_entry)
            self._previous = max(self._previous, mark.last_entry)
            if whole and stored.size != mark.size:
                self._name_missing(mark.last_entry, gaps, mark.size - stored.size, code=mark.code)
                whole = False
            if whole:
                self._compare(mark, stored, recomputed)

    def _compare(self, mark: _Mark, *trees: merkle.Frontier) -> None:
        if not any(tree.size == mark.size and tree.root() == mark.root for tree in trees):
            self._found.add(
                mark.code,
                _("台账与%(name)s（前%(size)s条，至条目%(last)s）不符：封存之后被改写。")
                % {"name": mark.name, "size": mark.size, "last": mark.last_entry},
            )

    def _name_missing(self, last: int, gaps: list[int], lost: int, *, code: str = "entry_missing") -> None:
        """Entries lost from a part that ends with the id `last`. PostgreSQL leaves gaps when a posting is rolled back,
        so that a gap alone is no loss there; where as many are lost as numbers are missing, each is named.
        """
        if lost < 0:
            self._found.add(
                "entries_added",
                _("至条目 %(last)s 为止多出%(count)s条：封存之后插入的。") % {"last": last, "count": -lost},
            )
        elif lost == len(gaps):
            for number in gaps:
                self._found.add("entry_missing", _("条目 %(entry)s 被删除。") % {"entry": number}, number)
        else:
            self._found.add(
                code,
                _("至条目 %(last)s 为止少了%(count)s条：被删除，在空缺的编号 %(gaps)s 之中。")
                % {"last": last, "count": lost, "gaps": "、".join(map(str, gaps[:50])) or "–"},
            )


class _Reader:
    """All entries in the order of their ids, each checked by itself, with a marker for one that cannot be read."""

    def __init__(self, largest: int, found: _Findings, progress: Progress) -> None:
        self._largest, self._found, self._progress = largest, found, progress
        self._ahead: _Leaf | None = None
        self._leaves = self._read()
        self.entries = 0

    def upto(self, entry: int | None) -> Iterator[_Leaf]:
        """The next leaves with ids up to this one; all that are left for None."""
        while True:
            leaf = self._ahead or next(self._leaves, None)
            self._ahead = leaf
            if leaf is None or (entry is not None and leaf.entry > entry):
                return
            self._ahead = None
            yield leaf

    def _read(self) -> Iterator[_Leaf]:
        total, last, after = _asked(selectors.size), 0, _SMALLEST
        while True:
            try:
                for rows in self._chunks(after):
                    for leaf in self._checked(rows, last):
                        last = leaf.entry
                        yield leaf
                    self._progress(self.entries, max(total, self.entries))
                return
            except DatabaseError:
                if connection.vendor != "sqlite":
                    raise
            unreadable = False
            for leaf in self._one_by_one(last):
                last, unreadable = leaf.entry, not leaf.stored
                yield leaf
            if not unreadable or last >= self._largest:
                return  # read to the end; what stopped the read in one go is no entry
            after = last

    def _chunks(self, after: int) -> Iterator[list[Row]]:
        if connection.vendor != "sqlite":
            yield from storage.rows_by_id(_selected(), after=after, upto=2**63 - 1, size=_FETCHED)
            return
        # In one read, in the order in which they are stored: a row whose number was altered does not hide others.
        with closing(connection.cursor()) as cursor:
            cursor.execute(f"SELECT id, {_selected()} FROM ledger_entry WHERE id > %s ORDER BY id", [after])
            while rows := cursor.fetchmany(_FETCHED):
                yield rows

    def _one_by_one(self, after: int) -> Iterator[_Leaf]:
        """The leaves after an id, up to and with the first that cannot be read."""
        for number in range(after + 1, self._largest + 1):
            try:
                with connection.cursor() as cursor:
                    cursor.execute(f"SELECT id, {_selected()} FROM ledger_entry WHERE id = %s", [number])
                    row = cursor.fetchone()
            except DatabaseError:
                self.entries += 1
                self._found.add(
                    "entry_unreadable",
                    _("条目 %(entry)s 在数据库文件中已损坏，无法读出；请从备份恢复。") % {"entry": number},
                    number,
                )
                yield _Leaf(number)
                return
            if row is not None:
                yield from self._checked([row], after)

    def _checked(self, rows: Sequence[Row], previous: int) -> list[_Leaf]:
        checked: list[_Leaf] = []
        reversals: list[Row] = []
        for row in rows:
            entry, stored = row[0], bytes(row[-1]) if isinstance(row[-1], (bytes, memoryview)) else b"?"
            recomputed = _recomputed(row[1:-2], row[-2])
            if recomputed != stored and _is_renumbered(row, previous + 1, stored):
                self._found.add(
                    "entry_renumbered",
                    _("条目 %(entry)s 的编号被改为 %(number)s。") % {"entry": previous + 1, "number": entry},
                    previous + 1,
                )
                entry, recomputed = previous + 1, stored
            elif recomputed != stored:
                self._found.add(
                    "entry_changed", _("条目 %(entry)s 的内容与记账时不同：被改动过。") % {"entry": entry}, entry
                )
            if row[_AT["reverses"]] is not None:
                reversals.append(row)
            checked.append(_Leaf(entry, stored, recomputed))
            previous = entry
        self.entries += len(rows)
        if reversals:
            _check_reversals(reversals, self._found)
        return checked


def _selected() -> str:
    return f"{storage.canonical_columns()}, leaf_version, leaf"


def _recomputed(values: Sequence[Any], version: Any) -> bytes:
    try:
        return leaves.leaf_hash(values, version=version)
    except (ValueError, TypeError):  # a value of a kind that no entry has
        return b"!"


def _is_renumbered(row: Row, expected: int, stored: bytes) -> bool:
    """Whether this is the entry that should stand here, under another number."""
    return _numbers_are_dense() and row[0] != expected and _recomputed((expected, *row[2:-2]), row[-2]) == stored


def _numbers_are_dense() -> bool:
    """Whether a missing number means a missing entry: see `storage.reserve_entry_ids`."""
    return connection.vendor == "sqlite"


def _gaps(previous: int, group: Sequence[_Leaf], last: int | None = None) -> list[int]:
    """The numbers missing after `previous` among the entries of a group, and then up to `last`; 10,000 at most."""
    numbers = [leaf.entry for leaf in group]
    if last is not None:
        numbers.append(last + 1)
    missing: list[int] = []
    for number in numbers:
        missing += range(previous + 1, min(number, previous + 10_000))
        previous = number
    return missing[:10_000]


def _asked(question: Callable[[], int]) -> int:
    """The answer, or 0 where the file is too damaged to give it."""
    try:
        return question()
    except DatabaseError:
        return 0


def _check_reversals(reversals: Sequence[Row], found: _Findings) -> None:
    """A reversal mirrors one earlier entry whole, states a reason, and none reverses a reversal."""
    wanted = sorted({row[_AT["reverses"]] for row in reversals if isinstance(row[_AT["reverses"]], int)})
    originals: dict[int, Row] = {}
    for chunk in storage.chunked(wanted, 2_000):
        marks = ", ".join(["%s"] * len(chunk))
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    f"SELECT id, {storage.canonical_columns()} FROM ledger_entry WHERE id IN ({marks})", chunk
                )
                originals.update((row[0], row) for row in cursor.fetchall())
        except DatabaseError:
            if connection.vendor != "sqlite":
                raise
            return  # an original that cannot be read is told where it stands
    for row in reversals:
        original = originals.get(row[_AT["reverses"]])
        if original is None or not _mirrors(row, original):
            found.add(
                "reversal_wrong",
                _("冲销条目 %(entry)s 与被冲销的条目 %(reverses)s 不对应。")
                % {"entry": row[0], "reverses": row[_AT["reverses"]]},
                row[0],
            )


def _mirrors(reversal: Row, original: Row) -> bool:
    value, quantity = _AT["value_fen"], _AT["quantity"]
    return bool(
        original[_AT["reverses"]] is None
        and original[0] < reversal[0]
        and reversal[_AT["reason"]]
        and all(reversal[position] == original[position] for position in _MIRRORED)
        and reversal[quantity] == -original[quantity]
        and reversal[value] == (None if original[value] is None else -original[value])
    )


def _check_reversed_once(found: _Findings) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reverses, MAX(id) FROM ledger_entry WHERE reverses IS NOT NULL "
            "GROUP BY reverses HAVING COUNT(*) > 1 ORDER BY reverses"
        )
        for reverses, entry in cursor.fetchall():
            found.add("reversed_twice", _("条目 %(entry)s 被冲销了不止一次。") % {"entry": reverses}, entry)


def _check_database_file(found: _Findings) -> None:
    """SQLite's own check of the tables and their indexes: an index that leads astray makes figures wrong, too."""
    for table in triggers.TABLES:
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"PRAGMA integrity_check({table})")
                answers = [answer for (answer,) in cursor.fetchall() if answer != "ok"]
        except DatabaseError as error:
            answers = [str(error)]
        for answer in answers:
            found.add(
                "database_damaged",
                _("数据库文件的 %(table)s 表已损坏（%(answer)s）；请从备份恢复。") % {"table": table, "answer": answer},
            )


def verify(*, against: Mapping[str, Any] | None, progress: Progress | None) -> Verification:
    """See `services.verify`."""
    found = _Findings()
    if connection.vendor == "sqlite":
        _check_database_file(found)
    seals = list(Seal.objects.order_by("size"))
    marks = [_Mark(seal.size, bytes(seal.root), seal.last_entry, SEAL_BROKEN, _name_of(seal)) for seal in seals]
    if seals:
        _check_signatures(seals, found)
    if against is not None:
        kept = _kept_elsewhere(against)
        name = _("另存的%(sealed_at)s封存") % {"sealed_at": kept.sealed_at}
        marks.append(_Mark(kept.size, kept.root, kept.last_entry, "does_not_extend", name))
    # By the number of rows, which an index tells too: the largest id of a damaged file may be any number.
    largest = max([_asked(selectors.size), *(mark.last_entry for mark in marks)])
    reader = _Reader(largest, found, progress or (lambda done, total: None))
    _Verifier(marks, found, reader).run()
    if not found.count or connection.vendor != "sqlite":  # a damaged file may not bear the question
        _check_reversed_once(found)
    return Verification(
        entries=reader.entries,
        sealed=seals[-1].size if seals else 0,
        seals=len(seals),
        problems=tuple(found.kept),
        problem_count=found.count,
    )


def _check_signatures(seals: Sequence[Seal], found: _Findings) -> None:
    key = keys.public_key()
    for seal in seals:
        if not key.accepts(sealing.checkpoint_of(seal, key).body(), bytes(seal.signature)):
            found.add(
                "seal_not_signed",
                _("%(name)s的签名无效：封存被改动，或不是用本单位的密钥签名。") % {"name": _name_of(seal)},
            )


def _name_of(seal: Seal) -> str:
    return _("%(sealed_at)s的封存") % {"sealed_at": sealing.moment_text(seal.sealed_at)}


def _kept_elsewhere(against: Mapping[str, Any]) -> Checkpoint:
    try:
        return checkpoints.read(str(against["checkpoint"]), keys.public_key())
    except (KeyError, checkpoints.NotACheckpoint) as error:
        raise CheckpointUnreadable(_("这不是 xieshou ledger head 写出的文件，或已损坏；请换一份。")) from error
    except checkpoints.NotSignedByKey as error:
        raise CheckpointUnreadable(
            _("这份封存不是用本台账的密钥签名的，或文本被改动；请核对文件是否属于本台账、密钥是否被更换。"),
            code="checkpoint_not_ours",
        ) from error
