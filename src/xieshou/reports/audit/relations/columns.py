"""A table told in words: pieces that tell the same units in the same order, and their totals before them.

甲省项目30个、资金2亿元；乙省项目20个、资金1亿元 under 项目50个、资金3亿元. Where one column makes up its total
exactly the rows are all there are, so that the other columns must do so too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from xieshou.reports.audit.claims import Relation, Status
from xieshou.reports.audit.relations.comparisons import equality, inequality, sum_of
from xieshou.reports.audit.relations.likeness import key_words, likeness, pairs_of
from xieshou.reports.audit.relations.narrative import Narrative, Reading, compatible
from xieshou.reports.audit.relations.sums import part_relation, sum_relation

_BACK = 16  # figures before the table among which its totals are looked for
_MOST_ROWS = 40
_MANY_ROWS = 3  # so many rows add up to a total by chance no more
_SMALL = 10  # below this a sum comes out by chance
_SMALL_OF_TWO = 50  # as _SMALL, where two rows make it up
_RELATED = 0.5

Row = Sequence[Reading]


def relations_of(narrative: Narrative) -> Iterator[Relation]:
    """Sums of the columns of every table that a paragraph tells, cut at semicolons or at commas."""
    for readings in narrative.paragraphs.values():
        for cut in (_piece_of, _clause_of):
            for table in _tables(readings, cut):
                yield from _added(narrative, table)


def _piece_of(reading: Reading) -> int:
    return reading.group


def _clause_of(reading: Reading) -> int:
    return reading.claim.clause


def _tables(readings: Sequence[Reading], cut: Callable[[Reading], int]) -> Iterator[Sequence[Row]]:
    """Neighbouring pieces of two figures or more that tell the same units, at least two of them."""
    rows = [tuple(row) for _place, row in groupby(readings, key=cut)]
    for pattern, table in groupby(rows, key=lambda row: tuple(reading.unit for reading in row)):
        kept = list(table)[:_MOST_ROWS]
        if len(pattern) > 1 and len(set(pattern)) == len(pattern) and len(kept) > 1:
            yield kept


def _added(narrative: Narrative, table: Sequence[Row]) -> Iterator[Relation]:
    """The totals stand in the first row of the table, or in the last sentence before it that tells them all."""
    width = len(table[0])
    before = _totals_before(narrative, table[0])
    if before is not None and all(compatible(table[0][column], before[column]) for column in range(width)):
        found = list(_judged(narrative, before, table))
        if found:
            yield from found
            return
    for end in range(3, len(table) + 1):
        found = list(_judged(narrative, table[0], table[1:end]))
        if found:
            yield from found
            return


def _totals_before(narrative: Narrative, row: Row) -> Row | None:
    """One figure for each column, all of one sentence."""
    first = row[0]
    sentences: dict[int, dict[str, Reading]] = {}
    for reading in reversed(narrative.readings[max(0, first.index - _BACK) : first.index]):
        if reading.sentence < first.sentence and not reading.depth:
            sentences.setdefault(reading.sentence, {})[reading.unit] = reading
    wanted = [reading.unit for reading in row]
    told = next((units for units in sentences.values() if all(unit in units for unit in wanted)), None)
    return None if told is None else [told[unit] for unit in wanted]


def _speak_alike(part: Reading, whole: Reading) -> bool:
    """Whether the words allow one to be a part of the other; a figure without words (81户177人) goes along."""
    if not pairs_of(key_words(part)) or not pairs_of(key_words(whole)):
        return part.claim.quantity.unit_raw == whole.claim.quantity.unit_raw
    return likeness(part, whole) >= _RELATED


def _judged(narrative: Narrative, totals: Row, rows: Sequence[Row]) -> Iterator[Relation]:
    columns = [tuple(row[place] for row in rows) for place in range(len(totals))]
    computed = [
        sum_of((part.claim.quantity for part in parts), whole.claim.quantity)
        for whole, parts in zip(totals, columns, strict=True)
    ]
    is_complete = any(
        each.value == whole.extent.value
        and each.value >= (_SMALL if len(rows) >= _MANY_ROWS else _SMALL_OF_TWO)
        and all(compatible(part, whole) for part in parts)
        for each, whole, parts in zip(computed, totals, columns, strict=True)
    )
    if not is_complete:
        return
    for each, whole, parts in zip(computed, totals, columns, strict=True):
        if not all(compatible(part, whole) for part in parts):
            continue
        status = equality(each, whole.extent)
        if status is Status.CONTRADICTION and len(rows) < _MANY_ROWS:
            status = Status.POSSIBLE
        if status in (Status.CONTRADICTION, Status.POSSIBLE) and not _speak_alike(parts[0], whole):
            continue
        if status is Status.POSSIBLE and inequality(each, whole.extent) is Status.HOLDS and whole.extent.is_vague:
            yield part_relation(narrative, parts, whole, each, Status.HOLDS)
        else:
            yield sum_relation(narrative, parts, whole, each, status)
