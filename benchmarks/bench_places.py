"""Loading the divisions, and names and addresses to places: milliseconds each, beside one indexed query.

    python benchmarks/bench_places.py

Measures the database of XIESHOU_DATABASE_URL, else SQLite, in a folder of its own that is removed afterwards (another
database must be empty and keeps the divisions). Texts are asked one at a time, as a page asks, and all at once, as the
import asks. The floor is one query of the same index through the ORM. `cpu` is the median of this process's processor
time, which other work on the machine lengthens less. The bar: 30 s to load, 5 ms a text.
"""

import csv
import os
import random
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FUND_REPORT = ROOT / "examples" / "guangzhou-conghua-2011-fund-report.xls"
PAIRING_LIST = ROOT / "src" / "xieshou" / "places" / "tests" / "pairing_list_2012.csv"
SAMPLE = 700
COUNTIES = 100


def main() -> int:
    home = tempfile.mkdtemp(prefix="xieshou-bench-places-")
    os.environ |= {"XIESHOU_HOME": home, "DJANGO_SETTINGS_MODULE": "xieshou.config.settings"}
    try:
        return _measure()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _measure() -> int:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from xieshou.places import selectors
    from xieshou.places.models import Level, Place, PlaceLineage
    from xieshou.places.services import load_places

    call_command("migrate", verbosity=0)
    start, start_cpu = time.perf_counter(), time.process_time()
    count = load_places()
    cpu = time.process_time() - start_cpu
    print(f"{connection.vendor}: {count:,} places loaded in {_ms(start) / 1000:.1f} s (cpu {cpu:.1f}), {_peak_mb()} MB")
    connection.close()
    start = time.perf_counter()
    selectors.resolve("从化市")
    print(f"first answer over a new connection: {_ms(start):.0f} ms")

    random.seed(2023)
    villages = random.sample(list(Place.objects.filter(level=Level.VILLAGE).values_list("code", "name")), SAMPLE)
    counties = list(Place.objects.filter(level=Level.COUNTY, in_base=True).values_list("name", flat=True))
    formers = list(PlaceLineage.objects.exclude(valid_to=None).values_list("name", flat=True))
    full_names = selectors.full_names([code for code, _name in villages])
    fund_report, pairing_list = _fund_report(), _pairing_list()

    def by_key(name: str) -> None:
        list(Place.objects.filter(search_key=name).values_list("code", "name")[:5])

    print(f"\n{'one at a time, ms':<34}{'texts':>7}{'cpu':>8}{'median':>8}{'p95':>8}{'most':>8}")
    _show("floor: one indexed query", by_key, random.sample(counties, SAMPLE))
    _show("names of counties", selectors.resolve, random.sample(counties, SAMPLE))
    _show("former names", selectors.resolve, random.sample(formers, SAMPLE))
    _show("names of villages alone", selectors.resolve, [name for _code, name in villages])
    _show("whole addresses in one string", selectors.resolve, list(full_names.values()))
    _show("real addresses in three columns", selectors.resolve_address, fund_report + pairing_list)

    read_back = [selectors.certain(selectors.resolve(text)) for text in full_names.values()]
    right = sum(found is not None and found.code == code for found, code in zip(read_back, full_names, strict=True))
    print(f"\nwhole addresses read back to their own code: {right} of {len(full_names)}")
    _show_many("fund report of 2011", selectors, fund_report)
    _show_many("pairing list of 2012", selectors, pairing_list)
    _show_many(f"villages of {COUNTIES} counties", selectors, _addresses(Place, random.sample(counties, COUNTIES)))
    print(f"peak {_peak_mb()} MB")
    return 0


def _addresses(places: Any, counties: Sequence[str]) -> list[tuple[str, ...]]:
    """Province, county, township and village of up to 100 villages of each county."""
    rows = []
    for county in places.objects.filter(name__in=counties, level=3, in_base=True):
        province = places.objects.get(code=f"{county.code[:2]}0000000000").name
        inside = places.objects.filter(code__startswith=county.code[:6])
        towns = dict(inside.filter(level=4).values_list("code", "name"))
        rows += [
            (province, county.name, towns[f"{code[:9]}000"], name)
            for code, name in inside.filter(level=5).values_list("code", "name")[:100]
        ]
    return rows


def _fund_report() -> list[tuple[str, ...]]:
    from python_calamine import CalamineWorkbook

    rows = CalamineWorkbook.from_path(FUND_REPORT).get_sheet_by_index(0).to_python()
    return [tuple(str(cell).strip() for cell in row[:3]) for row in rows[1:] if row[2]]


def _pairing_list() -> list[tuple[str, ...]]:
    with PAIRING_LIST.open(encoding="utf-8", newline="") as file:
        return [tuple(row.values()) for row in csv.DictReader(file)]


def _show(title: str, ask: Callable[[Any], object], texts: Sequence[Any]) -> None:
    spent, processor = [], []
    for text in texts:
        start, start_cpu = time.perf_counter(), time.process_time()
        ask(text)
        spent.append(_ms(start))
        processor.append((time.process_time() - start_cpu) * 1000)
    cpu, median, p95 = statistics.median(processor), statistics.median(spent), statistics.quantiles(spent, n=20)[-1]
    print(f"{title:<34}{len(spent):>7}{cpu:>8.2f}{median:>8.2f}{p95:>8.2f}{max(spent):>8.2f}")


def _show_many(title: str, selectors: Any, rows: Sequence[tuple[str, ...]]) -> None:
    start = time.perf_counter()
    found = selectors.resolve_many(rows)
    seconds = time.perf_counter() - start
    certain = sum(selectors.certain(candidates) is not None for candidates in found)
    print(f"{title}, at once: {len(rows):,} rows, {len(rows) / seconds:,.0f} rows/s, {certain:,} certain")


def _ms(start: float) -> float:
    return (time.perf_counter() - start) * 1000


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    sys.exit(main())
