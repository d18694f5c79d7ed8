"""The pieces of work of `bench_import`, each run as `python import_workers.py WORK FILE`; prints seconds as JSON."""

import csv
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

WARM_UP = Path(__file__).parents[1] / "examples" / "fictitious-distribution-list.xlsx"


def _import(path: Path) -> dict:
    """The product's own import, through its services, into a prepared database with one small list in it."""
    import django

    django.setup()
    from xieshou.access.services import local_operator
    from xieshou.catalogue.forms import BINDINGS
    from xieshou.intake.models import Batch
    from xieshou.intake.services import accept_batch, open_batch

    by = local_operator()

    def opened(file: Path) -> Batch:
        return open_batch(by=by, path=file, name=file.name, bindings=BINDINGS, form_key="distribution_list")

    # A server has imported its modules and met its first file long before.
    accept_batch(by=by, batch=opened(WARM_UP), bindings=BINDINGS)
    busy, began = _processor_seconds(), time.perf_counter()
    batch = opened(path)
    read = time.perf_counter()
    batch = accept_batch(by=by, batch=batch, bindings=BINDINGS)
    done = time.perf_counter()
    if batch.accepted != batch.rows:
        raise SystemExit(f"only {batch.accepted} of {batch.rows} rows were accepted")
    return {
        "seconds": done - began,
        "busy": _processor_seconds() - busy,
        "parts": {"read and check": read - began, "post": done - read},
    }


def _processor_seconds() -> float:
    """Of this process and of the children that have ended; the database server's own are not in it."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _read(path: Path) -> dict:
    """Reading alone: every cell as a Python value, nothing kept."""
    began = time.perf_counter()
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            count = sum(1 for _ in csv.reader(file))
    else:
        from python_calamine import CalamineWorkbook

        count = sum(1 for _ in CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).iter_rows())
    return {"seconds": time.perf_counter() - began, "count": count}


def _import_with_django_import_export(path: Path) -> dict:
    """The peer: the same 20 columns into one table, in bulk."""
    import tablib
    from peer_models import DistributionResource, create_table

    create_table()

    began = time.perf_counter()
    if path.suffix == ".csv":
        data = tablib.Dataset().load(path.read_text(encoding="utf-8-sig"), format="csv")
    else:
        data = tablib.Dataset().load(path.read_bytes(), format="xlsx")
    result = DistributionResource().import_data(data, use_transactions=True, raise_errors=True)
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "count": result.totals["new"]}


def _prepare_template(path: Path) -> dict:
    """The database as a new deployment has it: every table, every place. The runs get copies of it."""
    began = time.perf_counter()
    import django

    django.setup()
    from django.core.management import call_command

    from xieshou.places.services import load_places

    call_command("migrate", verbosity=0, interactive=False)
    load_places()
    return {"seconds": time.perf_counter() - began}


WORK: dict[str, Callable[[Path], dict]] = {
    "prepare": _prepare_template,
    "import": _import,
    "read": _read,
    "django-import-export": _import_with_django_import_export,
}

if __name__ == "__main__":
    print(json.dumps(WORK[sys.argv[1]](Path(sys.argv[2]))))
