"""Many small workbooks in one go: each opened (recognised, checked, staged) and accepted, one after the other.

    python benchmarks/bench_many.py [--workbooks 200] [--rows 200]

Invented distribution lists of 20 columns with a title line, all forms of the catalogue offered, in a scratch home with
every place. The bar: 2,000 workbooks of 200 rows in ten minutes, which is 0.3 s each.
"""

import argparse
import itertools
import os
import sys
import tempfile
import time
from pathlib import Path

import xlsxwriter
from distribution_lists import HEAD, rows

SECONDS_EACH = 0.3
SLOWING = 1.3


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workbooks", type=int, default=200)
    parser.add_argument("--rows", type=int, default=200)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="xieshou-bench-") as scratch:
        home = Path(scratch) / "home"
        home.mkdir()
        os.environ |= {"XIESHOU_HOME": str(home), "DJANGO_SETTINGS_MODULE": "xieshou.config.settings"}
        import django

        django.setup()
        from bench_intake import prepare

        prepare(home)
        paths = write(Path(scratch), options.workbooks + 1, options.rows)
        return measure(paths)


def write(folder: Path, count: int, length: int) -> list[Path]:
    """Workbooks of other people each, as so many units would hand them in."""
    people = rows(count * length)
    paths = []
    for number in range(count):
        path = folder / f"unit-{number:04}.xlsx"
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet()
            sheet.write(0, 0, "2019年发放清单")
            sheet.write_row(1, 0, HEAD)
            for line, row in enumerate(itertools.islice(people, length), start=2):
                sheet.write_row(line, 0, [cell if cell != "" else None for cell in row])
        paths.append(path)
    return paths


def measure(paths: list[Path]) -> int:
    from xieshou.access.services import local_operator
    from xieshou.catalogue.forms import BINDINGS
    from xieshou.intake.services import accept_batch, open_batch

    by = local_operator()
    opening, accepting = [], []
    for path in paths:
        began = time.perf_counter()
        batch = open_batch(by=by, path=path, name=path.name, bindings=BINDINGS)
        opened = time.perf_counter()
        batch = accept_batch(by=by, batch=batch, bindings=BINDINGS)
        if batch.accepted != batch.rows:
            raise SystemExit(f"{path.name}: only {batch.accepted} of {batch.rows} rows were accepted")
        opening.append(opened - began)
        accepting.append(time.perf_counter() - opened)
    opening, accepting = opening[1:], accepting[1:]  # a server has met its first file long before
    count = len(opening)
    each = (sum(opening) + sum(accepting)) / count
    half = count // 2
    slowing = sum(opening[half:] + accepting[half:]) / max(sum(opening[:half] + accepting[:half]), 1e-9)
    print(
        f"{count} workbooks: open {sum(opening) / count:.3f} s, accept {sum(accepting) / count:.3f} s each; "
        f"2,000 in {each * 2_000 / 60:.1f} minutes; second half over first {slowing:.2f}"
    )
    within = each <= SECONDS_EACH and slowing <= SLOWING
    print("within the budget" if within else "NOT within the budget")
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
