"""The columns of an entry as figures see them: those of the ledger's table, in its order, without the leaf hash.

Imports no Django: the child process that copies entries starts faster without.
"""

from typing import Any

import pyarrow as pa

ENTRY_TABLE = "ledger_entry"

ENTRIES = pa.schema(
    [
        pa.field("id", pa.int64(), nullable=False),
        pa.field("posted_at", pa.timestamp("us", tz="UTC"), nullable=False),
        pa.field("posted_by", pa.int64(), nullable=False),
        pa.field("occurred_from", pa.date32()),
        pa.field("occurred_to", pa.date32(), nullable=False),
        pa.field("stage", pa.string(), nullable=False),
        pa.field("measure", pa.string(), nullable=False),
        pa.field("category", pa.string(), nullable=False),
        pa.field("fund_source", pa.string(), nullable=False),
        pa.field("nature", pa.string(), nullable=False),
        pa.field("quantity", pa.int64(), nullable=False),
        pa.field("value_fen", pa.int64()),
        pa.field("bound", pa.string(), nullable=False),
        pa.field("basis", pa.string(), nullable=False),
        pa.field("giver", pa.int64()),
        pa.field("receiver", pa.int64()),
        pa.field("credited_to", pa.int64()),
        pa.field("place_code", pa.string(), nullable=False),
        pa.field("programme", pa.int64()),
        pa.field("project", pa.int64()),
        pa.field("household", pa.int64()),
        pa.field("person", pa.int64()),
        pa.field("source_kind", pa.string(), nullable=False),
        pa.field("source_id", pa.int64(), nullable=False),
        pa.field("source_line", pa.int32(), nullable=False),
        pa.field("batch", pa.int64()),
        pa.field("reverses", pa.int64()),
        pa.field("reason", pa.string(), nullable=False),
    ]
)

# Figures name their measure first, then a place, then a time: in this order whole row groups can be passed over.
SORTED_BY = ("measure", "place_code", "occurred_to", "id")
ROW_GROUP_ROWS = 122_880


def write_sorted(cursor: Any, source: str, path: str) -> None:
    """Write the rows of a table that the DuckDB cursor sees to a Parquet file: sorted, texts in dictionaries, Zstd."""
    target = path.replace("'", "''")
    cursor.execute(
        f"COPY (SELECT {', '.join(ENTRIES.names)} FROM {source} ORDER BY {', '.join(SORTED_BY)}) TO '{target}' "
        f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP_ROWS})"
    )
