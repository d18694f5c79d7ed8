"""Opening a distribution list (recognise, type, check, stage) beside reading the same file alone.

    python benchmarks/bench_intake.py [--rows 20000 200000 1000000] [--formats csv xlsx]

Every line is a process of its own: the time is that of the work without starting Python, the peak is the resident
memory of the process and its children, sampled every 20 ms. The budget: opening ≤ 20 µs a row, ≤ reading alone +
250 MB for .xlsx, and a row of the longest list ≤ 1.3 × a row of the shortest. Posting is measured by bench_import.py.
"""

import argparse
import contextlib
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
from distribution_lists import write_csv, write_xlsx

BUDGET_US, OVER_READING_MB, SLOWING = 20, 250, 1.3
WRITERS = {"csv": write_csv, "xlsx": write_xlsx}


def main() -> int:
    if len(sys.argv) > 2 and sys.argv[1] == "--worker":
        return worker(sys.argv[2], Path(sys.argv[3]))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[20_000, 200_000])
    parser.add_argument("--formats", nargs="+", default=list(WRITERS), choices=list(WRITERS))
    options = parser.parse_args()
    within = True
    with tempfile.TemporaryDirectory(prefix="xieshou-bench-") as scratch:
        home = Path(scratch) / "home"
        home.mkdir()
        measure("prepare", home, home)
        for kind in options.formats:
            per_row = []
            for count in options.rows:
                path = Path(scratch) / f"list-{count}.{kind}"
                WRITERS[kind](path, count)
                alone, opened = measure("read", path, home), measure("open", path, home)
                per_row.append(opened["seconds"] / count * 1e6)
                over = opened["peak_mb"] - alone["peak_mb"]
                print(
                    f"{kind:5}{count:>10,} rows   read {alone['seconds'] / count * 1e6:5.1f} µs {alone['peak_mb']:5} MB"
                    f"   open {per_row[-1]:5.1f} µs {opened['peak_mb']:5} MB   over reading {over:+5} MB"
                )
                within &= per_row[-1] <= BUDGET_US and (kind == "csv" or over <= OVER_READING_MB)
            within &= per_row[-1] <= SLOWING * per_row[0]
    print("within the budget" if within else "NOT within the budget")
    return 0 if within else 1


def measure(what: str, path: Path, home: Path) -> dict[str, float]:
    """Run a worker and sample the memory of its family."""
    command = [sys.executable, __file__, "--worker", what, str(path)]
    environment = os.environ | {"XIESHOU_HOME": str(home), "DJANGO_SETTINGS_MODULE": "xieshou.config.settings"}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
    family, peak = psutil.Process(process.pid), 0
    while process.poll() is None:
        with contextlib.suppress(psutil.NoSuchProcess):
            peak = max(peak, sum(member.memory_info().rss for member in [family, *family.children(recursive=True)]))
        time.sleep(0.02)
    if process.returncode:
        raise SystemExit(process.returncode)
    assert process.stdout is not None
    return json.loads(process.stdout.read()) | {"peak_mb": peak >> 20}


def worker(what: str, path: Path) -> int:
    began = time.perf_counter()
    if what == "read":
        read_alone(path)
    else:
        import django

        django.setup()
        began = {"prepare": prepare, "open": open_list}[what](path)
    print(json.dumps({"seconds": time.perf_counter() - began}))
    return 0


def read_alone(path: Path) -> None:
    """What reading costs when nothing is done with the rows."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            for _row in csv.reader(file):
                pass
        return
    import python_calamine

    for _row in python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows():
        pass


def prepare(_home: Path) -> float:
    from django.core.management import call_command

    from xieshou.access.services import local_operator
    from xieshou.places.services import load_places

    call_command("migrate", verbosity=0)
    local_operator()
    load_places()
    return time.perf_counter()


def open_list(path: Path) -> float:
    from xieshou.access.services import local_operator
    from xieshou.catalogue.forms import BINDINGS
    from xieshou.intake import services

    by = local_operator()
    began = time.perf_counter()
    batch = services.open_batch(by=by, path=path, name=path.name, bindings=BINDINGS)
    ended = time.perf_counter()
    if batch.accepted != batch.rows:
        raise SystemExit(f"{batch.rejected} rows were rejected")
    services.discard_batch(by=by, batch=batch)
    return began + (time.perf_counter() - ended)


if __name__ == "__main__":
    sys.exit(main())
