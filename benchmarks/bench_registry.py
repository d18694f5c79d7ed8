"""Registering people: new, known again, and beside the parts that cannot be avoided (index, cipher, two plain inserts).

    python benchmarks/bench_registry.py [--rows 200000]

Measures the database of XIESHOU_DATABASE_URL, else SQLite, in a folder of its own that is removed afterwards (another
database must be empty and is left with the made-up people). The bar is 12 µs a new row. Nothing here is a real person.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time

BAR_MICROSECONDS = 12


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=200_000)
    rows = parser.parse_args().rows
    home = tempfile.mkdtemp(prefix="xieshou-bench-registry-")
    os.environ |= {"XIESHOU_HOME": home, "DJANGO_SETTINGS_MODULE": "xieshou.config.settings"}
    try:
        return _measure(rows)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _measure(rows: int) -> int:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from xieshou.access.services import local_operator
    from xieshou.registry.keys import keys
    from xieshou.registry.rules import fictitious_identity
    from xieshou.registry.services import People, identify_people

    call_command("migrate", verbosity=0)
    operator = local_operator()
    people = People(
        identity_numbers=[fictitious_identity(serial) for serial in range(rows)],
        names=[f"虚构{serial % 9973}" for serial in range(rows)],
        household_heads=[f"户主{serial // 3}" for serial in range(rows)],
        place_codes=[f"4401{serial // 3 % 40_000:08d}" for serial in range(rows)],
    )
    results = {}

    lock = keys(may_draw=True)
    start = time.perf_counter()
    lock.indexes(people.identity_numbers)
    results["index alone"] = time.perf_counter() - start
    start = time.perf_counter()
    lock.encrypt(range(rows), people.identity_numbers)
    results["cipher alone"] = time.perf_counter() - start
    results["two plain inserts alone"] = _plain_inserts(rows)

    start = time.perf_counter()
    identify_people(by=operator, people=people)
    new = results["new people"] = time.perf_counter() - start
    start = time.perf_counter()
    identify_people(by=operator, people=people)
    results["known people"] = time.perf_counter() - start

    print(f"{connection.vendor}, {rows:,} rows, three a household")
    for name, seconds in results.items():
        print(f"  {name:26} {seconds / rows * 1e6:6.2f} µs a row")
    return int(new / rows * 1e6 > BAR_MICROSECONDS)


def _plain_inserts(rows: int) -> float:
    """The same bytes into two tables without indexes or keys, as fast as the driver writes them."""
    from django.db import connection

    binary = "bytea" if connection.vendor == "postgresql" else "blob"
    person = (1, 2, "440100000000", "虚构", b"0" * 46, b"0" * 16, "2020-01-01T00:00:00+00:00")
    household = (1, "440100000000", "户主", b"0" * 16, "2020-01-01T00:00:00+00:00")
    start = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE bench_p (a bigint, b bigint, c text, d text, e {binary}, f {binary}, g text)"
        )
        cursor.execute(f"CREATE TEMP TABLE bench_h (a bigint, b text, c text, d {binary}, e text)")
        for table, row, count in (("bench_p", person, rows), ("bench_h", household, rows // 3)):
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    for _ in range(count):
                        copy.write_row(row)
            else:
                marks = ", ".join(["%s"] * len(row))
                cursor.executemany(f"INSERT INTO {table} VALUES ({marks})", [row] * count)
        seconds = time.perf_counter() - start
        cursor.execute("DROP TABLE bench_p")
        cursor.execute("DROP TABLE bench_h")
    return seconds


if __name__ == "__main__":
    sys.exit(main())
