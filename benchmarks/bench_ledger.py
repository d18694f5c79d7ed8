"""Posting, sealing, verifying and proving, beside what cannot be avoided: plain bulk inserts, and hashing alone.

    python benchmarks/bench_ledger.py [--rows 300000]

Measures the database of XIESHOU_DATABASE_URL, else SQLite, in a folder of its own that is removed afterwards (another
database must be empty and is left with made-up lines). For PostgreSQL:

    python tests/machine.py postgresql -- python benchmarks/bench_ledger.py

Bars: a line of a distribution list, record and entry together, in ≤ 15 µs of the client's time; a leaf in ≤ 5 µs;
sealing ≥ 100,000 entries a second.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from itertools import repeat

CHUNK = 10_000
BAR_LINE = 15.0  # µs of the client's time
BAR_LEAF = 5.0  # µs
BAR_SEAL = 100_000  # entries a second


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=300_000)
    rows = parser.parse_args().rows
    home = tempfile.mkdtemp(prefix="xieshou-bench-ledger-")
    os.environ |= {"XIESHOU_HOME": home, "DJANGO_SETTINGS_MODULE": "xieshou.config.settings"}
    try:
        return _measure(rows)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _columns(first: int, count: int, giver: int, batch: int) -> dict:
    """Lines of a distribution list as the import hands them over: one item, some days, some villages, other people."""
    numbers = range(first, first + count)
    start = date(2019, 1, 1)
    days = [start + timedelta(days=n) for n in range(300)]
    return {
        "programme_id": None,
        "batch_id": batch,
        "row": list(numbers),
        "place_code": [f"4401171042{n % 90 + 10}" for n in numbers],
        "giver_id": giver,
        "household_ref": [n // 3 + 1 for n in numbers],
        "person_ref": [n + 1 for n in numbers],
        "item": ["大米"] * count,
        "unit": ["袋"] * count,
        "quantity": [n % 7 + 1 for n in numbers],
        "value_fen": [n % 90_000 for n in numbers],
        "handed_out_on": [days[n % 300] for n in numbers],
    }


class Stopwatch:
    """Prints one line per measurement: wall and client time per item, and what it is beside its bar."""

    def __init__(self) -> None:
        print(f"{'':58}{'wall µs':>9}{'client µs':>11}{'a second':>12}")

    def __call__(self, label: str, count: int, act: Callable[[], object], bar: str = "") -> tuple[float, float]:
        wall, client = time.perf_counter(), time.process_time()
        act()
        wall, client = time.perf_counter() - wall, time.process_time() - client
        each, spent = wall / count * 1e6, client / count * 1e6
        print(f"{label:58}{each:9.2f}{spent:11.2f}{count / wall:12,.0f}  {bar}")
        return each, spent


def _measure(rows: int) -> int:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction

    from xieshou.access.services import local_operator
    from xieshou.channels.donations.postings import DISTRIBUTION_SOURCE
    from xieshou.intake.models import Batch, Original
    from xieshou.ledger import leaves, merkle, proofs, services, storage
    from xieshou.ledger.posted import Posting
    from xieshou.ledger.services import posting
    from xieshou.parties.services import create_party

    call_command("migrate", verbosity=0)
    operator = local_operator()
    giver = create_party(by=operator, name="测试单位").pk
    original = Original.objects.create(sha256="0" * 64, name="-", size=0, kept_by_id=operator.user_id)
    batch = Batch.objects.create(original=original, created_by_id=operator.user_id).pk
    chunks = [_columns(first, min(CHUNK, rows - first), giver, batch) for first in range(0, rows, CHUNK)]
    print(f"\n{connection.vendor}, {rows:,} lines of a distribution list, Python {sys.version.split()[0]}\n")
    watch = Stopwatch()

    model = DISTRIBUTION_SOURCE.model
    (sample,) = DISTRIBUTION_SOURCE.column_postings(chunks[0])

    def entry_columns(first: int, columns: dict) -> dict:
        (postings,) = DISTRIBUTION_SOURCE.column_postings(columns)
        values = {name: getattr(postings, name) for name in Posting.__slots__ if name != "measure"}
        count = len(values["quantity"])
        text = [day.isoformat() for day in values["occurred_to"]]
        return values | {
            "id": list(range(first, first + count)),
            "posted_at": "2026-01-31T08:00:00.000000Z",
            "posted_by": 1,
            "measure": sample.measure.key,
            "stage": str(values["stage"]),
            "nature": str(values["nature"]),
            "bound": str(values["bound"]),
            "basis": str(values["basis"]),
            "occurred_from": text,
            "occurred_to": text,
            "source_kind": "distribution_line",
            "source_id": list(range(first, first + count)),
            "source_line": 0,
            "reverses": None,
        }

    prepared = [entry_columns(number * CHUNK + 1, columns) for number, columns in enumerate(chunks)]

    def as_rows(columns: dict, names: tuple[str, ...]) -> object:
        return zip(
            *(columns[name] if isinstance(columns[name], list) else repeat(columns[name]) for name in names),
            strict=False,
        )

    def plain_inserts() -> None:
        record_names = ("id", *(field.attname for field in model._meta.concrete_fields if not field.primary_key))
        entry_names = (*leaves.COLUMNS, "leaf_version", "leaf")
        moment = storage.stored_moment("2026-01-31T08:00:00.000000Z")
        with transaction.atomic():
            for columns, entries in zip(chunks, prepared, strict=True):
                days = [day.isoformat() for day in columns["handed_out_on"]]
                records = columns | {"id": entries["id"], "superseded": False, "handed_out_on": days}
                storage.insert(model._meta.db_table, record_names, as_rows(records, record_names))
                stored = entries | {"posted_at": moment, "leaf_version": 1, "leaf": b"\x00" * 32}
                storage.insert("ledger_entry", entry_names, as_rows(stored, entry_names))
            transaction.set_rollback(True)

    hashes: list[bytes] = []

    def hash_all() -> None:
        for columns in prepared:
            hashes.extend(leaves.hash_columns([columns[name] for name in leaves.COLUMNS], len(columns["id"])))

    def hash_one_by_one() -> None:
        for columns in prepared:
            for row in as_rows(columns, leaves.COLUMNS):
                leaves.leaf_hash(row)

    def post_all() -> None:
        with posting(by=operator) as book:
            for columns in chunks:
                book.bulk_create(DISTRIBUTION_SOURCE, columns)

    _, leaf = watch("leaf hashes alone, from columns", rows, hash_all, f"bar ≤ {BAR_LEAF} client")
    watch("leaf hashes alone, row by row (as verify does)", rows, hash_one_by_one, f"bar ≤ {BAR_LEAF} client")
    plain, plain_client = watch("records and entries inserted plainly (rolled back)", rows, plain_inserts)
    line, line_client = watch(
        "records and entries through a book, committed", rows, post_all, f"bar ≤ {BAR_LINE} client"
    )
    alone, _ = watch("Merkle tree alone, leaves in memory", rows, lambda: merkle.root_of(hashes))
    sealing, _ = watch(
        "first seal, leaves from the database", rows, lambda: services.seal(by=operator), "bar ≤ 10.0 wall"
    )
    with posting(by=operator) as book:
        book.bulk_create(DISTRIBUTION_SOURCE, _columns(rows, 1, giver, batch))
    watch("seal over one new entry", 1, lambda: services.seal(by=operator))
    middle = services.seal(by=operator).last_entry // 2
    watch("proof of one entry", 1, lambda: proofs.prove(middle))
    watch("verification of everything", rows, services.verify)
    watch("reconciliation of everything", rows, lambda: services.reconcile([DISTRIBUTION_SOURCE]))

    def withdraw() -> None:
        with posting(by=operator) as book:
            book.supersede_batch(DISTRIBUTION_SOURCE, batch, reason="测试")

    watch("withdrawal of the batch", rows, withdraw)

    print(f"\na book beside plain inserts: {line / plain:.2f} × wall, {line_client / plain_client:.2f} × client")
    print(f"a seal beside hashing alone: {sealing / alone:.2f} × wall, {1e6 / sealing:,.0f} entries a second")
    short = [
        name
        for name, missed in (
            ("line", line_client > BAR_LINE),
            ("leaf", leaf > BAR_LEAF),
            ("seal", 1e6 / sealing < BAR_SEAL),
        )
        if missed
    ]
    print(f"short of the bar: {', '.join(short)}" if short else "every bar is met")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
