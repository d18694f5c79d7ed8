"""A week's pile: many small workbooks in one archive, read and accepted as the worker does it.

    python benchmarks/bench_piles.py [--workbooks 100] [--rows 200]

Invented distribution lists of 20 columns, as `bench_many` writes them, in one zip; all forms of the catalogue offered,
in a scratch home with every place. The bar: 2,000 workbooks of 200 rows in ten minutes, which is 0.3 s each.
"""

import argparse
import os
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from bench_many import SECONDS_EACH, write


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workbooks", type=int, default=100)
    parser.add_argument("--rows", type=int, default=200)
    parser.add_argument("--profile", metavar="FILE", help="write a profile of the reading there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="xieshou-bench-") as scratch:
        home = Path(scratch) / "home"
        home.mkdir()
        os.environ |= {"XIESHOU_HOME": str(home), "DJANGO_SETTINGS_MODULE": "xieshou.config.settings"}
        import django

        django.setup()
        from bench_intake import prepare

        prepare(home)
        paths = write(Path(scratch), options.workbooks, options.rows)
        archive = Path(scratch) / "week.zip"
        with zipfile.ZipFile(archive, "w") as packed:
            for path in paths:
                packed.write(path, path.name)
        return measure(archive, options.workbooks, options.profile)


def measure(archive: Path, count: int, profile: str | None) -> int:
    from xieshou.access.services import local_operator
    from xieshou.catalogue.forms import BINDINGS
    from xieshou.intake import piles

    by = local_operator()
    began = time.perf_counter()
    pile = piles.begin_pile(by=by, files=[(archive.name, archive)])
    begun = time.perf_counter()
    if profile:
        import cProfile

        with cProfile.Profile() as profiler:
            piles.read_pile(by=by, pile=pile, bindings=BINDINGS)
        profiler.dump_stats(profile)
    else:
        piles.read_pile(by=by, pile=pile, bindings=BINDINGS)
    read = time.perf_counter()
    members = pile.members.filter(batch__isnull=False)
    numbers = list(members.values_list("pk", flat=True))
    accepted, refused = piles.accept_pile(by=by, pile=pile, bindings=BINDINGS, members=numbers)
    done = time.perf_counter()
    if (accepted, refused) != (count, 0):
        raise SystemExit(f"{accepted} of {count} workbooks were accepted, {refused} refused")
    each = (done - began) / count
    print(
        f"{count} workbooks: put aside {begun - began:.1f} s; read {(read - begun) / count:.3f} s, "
        f"accept {(done - read) / count:.3f} s each; {(done - began) / 60:.1f} minutes in all, "
        f"2,000 in {each * 2_000 / 60:.1f} minutes"
    )
    within = each <= SECONDS_EACH
    print("within the budget" if within else "NOT within the budget")
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
