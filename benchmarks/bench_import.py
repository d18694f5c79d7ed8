"""Import of a distribution list, from the file to the sealed-ready ledger, beside its peers (design §8, first bar).

    python benchmarks/bench_import.py [--rows 20000 200000] [--formats csv xlsx] [--no-peers] [--keep FOLDER]

Measures the database of XIESHOU_DATABASE_URL, else SQLite; `python tests/machine.py postgresql -- python
benchmarks/bench_import.py` measures PostgreSQL. Every line is a process of its own; the time is that of the import
alone (recognise, type, check, resolve, identify, post, commit), without starting Python; busy is processor time, which
tells more where other work shares the machine; the peak is that of the process with its children, resident memory
summed, sampled every 20 ms. Peers in the same run: reading alone, and
django-import-export with bulk writes into one table without identity, ledger or proof.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psutil
from distribution_lists import write_csv, write_xlsx

BARS = {"csv": 30_000, "xlsx": 20_000}  # rows/s, design §8
CSV_PEAK_MB, XLSX_OVER_READING_MB, SLOWING = 600, 250, 1.3
PEER_ROWS = 20_000
WORKERS = Path(__file__).with_name("import_workers.py")
TEMPLATE_NAME = f"xieshou_bench_{os.getpid()}"


def main() -> int:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="xieshou-bench-") as scratch:
        folder = options.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        template = Template(Path(scratch) / "template")
        results = [
            result
            for kind in options.formats
            for count in options.rows
            for result in _measure(template, _list_of(folder, kind, count), kind, count, peers=options.peers)
        ]
        template.close()
    _print_table(results)
    return int(not _judge(results, options))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[20_000, 200_000])
    parser.add_argument("--formats", nargs="+", default=["csv", "xlsx"], choices=["csv", "xlsx"])
    parser.add_argument("--no-peers", dest="peers", action="store_false")
    parser.add_argument("--keep", type=Path, help="folder where the lists are kept for the next run")
    return parser.parse_args()


def _list_of(folder: Path, kind: str, count: int) -> Path:
    path = folder / f"distribution-{count}.{kind}"
    if not path.exists():
        {"csv": write_csv, "xlsx": write_xlsx}[kind](path, count)
    return path


class Template:
    """A prepared deployment, and copies of it: an XIESHOU_HOME with its SQLite, or a database on the same server."""

    def __init__(self, home: Path) -> None:
        self.url = os.environ.get("XIESHOU_DATABASE_URL", "")
        self.home = home
        self.copies = 0
        home.mkdir()
        if self.url:
            self._execute(f"CREATE DATABASE {TEMPLATE_NAME}")
        command = [sys.executable, str(WORKERS), "prepare", "."]
        subprocess.run(command, env=self._environment(home, TEMPLATE_NAME), check=True, stdout=subprocess.DEVNULL)

    @contextmanager
    def copy(self) -> Iterator[dict[str, str]]:
        """The environment of a process that works on a copy of its own."""
        self.copies += 1
        home, name = self.home.with_name(f"home-{self.copies}"), f"{TEMPLATE_NAME}_{self.copies}"
        shutil.copytree(self.home, home)
        if self.url:
            self._execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE_NAME}")
        try:
            yield self._environment(home, name)
        finally:
            shutil.rmtree(home)
            if self.url:
                self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def close(self) -> None:
        if self.url:
            self._execute(f"DROP DATABASE {TEMPLATE_NAME} WITH (FORCE)")

    def _environment(self, home: Path, name: str) -> dict[str, str]:
        own = os.environ | {"XIESHOU_HOME": str(home), "DJANGO_SETTINGS_MODULE": "xieshou.config.settings"}
        return own | (
            {"XIESHOU_DATABASE_URL": urlsplit(self.url)._replace(path=f"/{name}").geturl()} if self.url else {}
        )

    def _execute(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement)


def _measure(template: Template, path: Path, kind: str, count: int, *, peers: bool) -> list[dict]:
    work = ["import"]
    if peers:
        work.append("read")
    if peers and count <= PEER_ROWS:
        work.append("django-import-export")
    return [_run(template, name, path, kind, count) for name in work]


def _run(template: Template, work: str, path: Path, kind: str, count: int) -> dict:
    """One piece of work in a process of its own, on a copy of the prepared deployment."""
    with template.copy() as environment:
        command = [sys.executable, str(WORKERS), work, str(path)]
        worker = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        peak = _peak_bytes(worker)
        answer = worker.stdout.read() if worker.stdout else ""
    if worker.returncode:
        raise SystemExit(f"{work} of {path.name} failed with {worker.returncode}")
    return {"work": work, "kind": kind, "rows": count, "peak_mb": peak / 1e6} | json.loads(answer.splitlines()[-1])


def _peak_bytes(worker: subprocess.Popen) -> int:
    process, peak = psutil.Process(worker.pid), 0
    while worker.poll() is None:
        try:
            family = [process, *process.children(recursive=True)]
            peak = max(peak, sum(member.memory_info().rss for member in family))
        except psutil.NoSuchProcess:
            pass
        time.sleep(0.02)
    return peak


def _print_table(results: list[dict]) -> None:
    database = "PostgreSQL" if os.environ.get("XIESHOU_DATABASE_URL", "").startswith("postgres") else "SQLite"
    head = f"{'file':<6}{'rows':>10}  {'work':<22}{'seconds':>9}{'busy s':>8}{'rows/s':>10}{'peak MB':>9}  parts"
    print(f"\n{database}\n{head}")
    for result in results:
        parts = ", ".join(f"{name} {seconds:.2f}" for name, seconds in result.get("parts", {}).items())
        print(
            f"{result['kind']:<6}{result['rows']:>10,}  {result['work']:<22}{result['seconds']:>9.2f}"
            f"{result.get('busy', result['seconds']):>8.2f}"
            f"{result['rows'] / result['seconds']:>10,.0f}{result['peak_mb']:>9.0f}  {parts}"
        )


def _judge(results: list[dict], options: argparse.Namespace) -> bool:
    """Print each bar beside what was measured; True when all hold."""
    of = {(r["work"], r["kind"], r["rows"]): r for r in results}
    verdicts: list[tuple[str, float, str, float]] = []
    for kind in options.formats:
        for count in options.rows:
            own = of["import", kind, count]
            verdicts.append((f"{kind} {count:,}: rows/s", count / own["seconds"], "≥", BARS[kind]))
            if kind == "csv":
                verdicts.append((f"{kind} {count:,}: peak MB", own["peak_mb"], "≤", CSV_PEAK_MB))
            elif alone := of.get(("read", kind, count)):
                limit = alone["peak_mb"] + XLSX_OVER_READING_MB
                verdicts.append((f"{kind} {count:,}: peak MB", own["peak_mb"], "≤", limit))
            if peer := of.get(("django-import-export", kind, count)):
                print(f"{kind} {count:,}: {peer['seconds'] / own['seconds']:.1f} × django-import-export")
        small, large = min(options.rows), max(options.rows)
        if small < large:
            slowing = (of["import", kind, large]["seconds"] / large) / (of["import", kind, small]["seconds"] / small)
            verdicts.append((f"{kind}: time per row, {large:,} over {small:,}", slowing, "≤", SLOWING))
    holds = {"≥": float.__ge__, "≤": float.__le__}
    for what, measured, relation, bar in verdicts:
        mark = "ok  " if holds[relation](float(measured), float(bar)) else "MISS"
        print(f"{mark} {what}: {measured:,.2f} {relation} {bar:,.2f}")
    return all(holds[relation](float(measured), float(bar)) for _, measured, relation, bar in verdicts)


if __name__ == "__main__":
    sys.exit(main())
