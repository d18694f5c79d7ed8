"""When entries are exported, and which segments are joined."""

from __future__ import annotations

from collections.abc import Sequence

# A tail up to this size is read from the database with every question; beyond it, it is exported first (design §4).
TAIL_LIMIT = 50_000
# Bounds the sort of one export (some 300 bytes an entry), and what is read again when a file is lost.
SEGMENT_ROWS = 2_000_000
# So many small neighbours become one: a question opens few files, and an entry is rewritten some three times in all.
JOINED_AT = 8


def runs_to_join(sizes: Sequence[int]) -> list[range]:
    """Which neighbouring segments become one, as ranges of their positions.

    sizes: rows of each segment, in order. A run has at least `JOINED_AT` segments, each below half the full size, and
    together no more than `SEGMENT_ROWS` rows.
    """
    runs: list[range] = []
    start = total = 0
    for position, rows in enumerate([*sizes, SEGMENT_ROWS]):  # the last one is a full segment that ends every run
        if rows >= SEGMENT_ROWS // 2 or total + rows > SEGMENT_ROWS:
            if position - start >= JOINED_AT:
                runs.append(range(start, position))
            start, total = position, 0
        if rows >= SEGMENT_ROWS // 2:
            start = position + 1
        else:
            total += rows
    return runs
