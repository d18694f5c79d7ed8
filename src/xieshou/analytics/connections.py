"""The one DuckDB connection of the process, and a cursor of it for each question."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import duckdb
from django.conf import settings

MEMORY_LIMIT_BYTES = min(4 << 30, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2)

_opening = threading.Lock()


@contextmanager
def cursor() -> Iterator[duckdb.DuckDBPyConnection]:
    """A cursor for one question: its views and temporary tables are its own and go with it.

    Cursors of several threads work at the same time; they share threads, memory limit and the cache of Parquet footers.
    """
    with _opening:
        own = _database(settings.HOME, os.getpid()).cursor()
    try:
        yield own
    finally:
        own.close()


@cache
def _database(home: Path, process: int) -> duckdb.DuckDBPyConnection:
    """One database in memory for each home and process: a connection does not survive a fork."""
    return open_database(home / "parquet" / "spill", memory_bytes=MEMORY_LIMIT_BYTES)


def open_database(spill: Path, *, memory_bytes: int) -> duckdb.DuckDBPyConnection:
    """A DuckDB database in memory that fetches no extension from anywhere and spills into the folder given."""
    spill.mkdir(parents=True, exist_ok=True)
    database = duckdb.connect(
        ":memory:",
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "memory_limit": f"{memory_bytes}B",
            "temp_directory": str(spill),
            "threads": os.cpu_count() or 1,
        },
    )
    database.execute("SET parquet_metadata_cache = true")
    return database
