"""How well workbooks are recognised, read and resolved: the table of docs/intake.md.

    python benchmarks/measure_intake.py FILE|FOLDER… [-o docs/intake.md] [--form KEY]

Reads every workbook under the folders with all forms of the catalogue, checks its rows as an import does, and writes
nothing to the books. Needs a home whose database holds the places (`XIESHOU_HOME`, `xieshou serve` makes one). A file
is named without its folder. Exit 1 when a workbook was not recognised.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xieshou.config.settings")
os.environ.setdefault("XIESHOU_LANGUAGE", "zh-hans")

import django

django.setup()

from django.utils import translation  # noqa: E402

from xieshou.access.services import local_operator  # noqa: E402
from xieshou.catalogue.forms import BINDINGS  # noqa: E402
from xieshou.common.errors import XieshouError  # noqa: E402
from xieshou.intake import periods, recognition  # noqa: E402
from xieshou.intake.evaluation import Answers, Evaluation, Outcome, Setting  # noqa: E402
from xieshou.intake.findings import read_findings  # noqa: E402
from xieshou.intake.forms import ColumnType, Layout  # noqa: E402
from xieshou.intake.reading import Reading  # noqa: E402
from xieshou.intake.tables import Choices, Recognition  # noqa: E402

SUFFIXES = {".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".csv"}
# What a cell can be that its column cannot take.
UNREADABLE = (
    "not_a_number two_numbers finer_than_fen negative too_big out_of_bounds not_whole not_a_date not_a_period "
    "identity_length identity_check identity_rounded not_in_list too_long error_cell unit_clash foreign_currency "
    "sum_in_cell approximate many_listed"
).split()
HEAD = """\
# What the engine makes of real workbooks

Made by `{command}`. Every workbook below is read with all {forms} versions of
forms in the catalogue, without a hint; each table of a workbook is a line. Columns: headed columns of the table that
the form takes in, of all that are headed. Cells: stated cells whose type could be read, of all stated. Places and
parties: distinct texts that were settled without asking (a new party is settled: it is registered on acceptance). Sums:
stated totals that equal the sums of their rows. Checks: those of the form that a row breaks, with how many rows do.

"""
FIELDS = (
    "workbook table form score next_best header_row columns rows cells places parties sums checks_broken ms".split()
)


@dataclass
class Line:
    """What became of one table."""

    file: str
    table: str
    found: Recognition | None = None
    refusal: str = ""
    outcome: Outcome | None = None
    codes: Counter[str] = field(default_factory=Counter)
    checks: Counter[str] = field(default_factory=Counter)
    milliseconds: int = 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", type=Path, nargs="+")
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--form", default="")
    options = parser.parse_args()
    translation.activate("zh-hans")
    lines = [line for path in workbooks(options.paths) for line in measured(path, options.form)]
    text = HEAD.format(command="python benchmarks/measure_intake.py FOLDER -o docs/intake.md", forms=len(BINDINGS))
    text += "| " + " | ".join(name.replace("_", " ") for name in FIELDS) + " |\n"
    text += "|" + "---|" * len(FIELDS) + "\n"
    text += "\n".join(map(row, lines)) + "\n\n" + summary(lines) + details(lines)
    if options.output:
        options.output.write_text(text, encoding="utf-8")
    else:
        print(text)
    return 1 if any(line.found is None for line in lines) else 0


def workbooks(paths: list[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(each for each in path.rglob("*") if each.suffix.lower() in SUFFIXES)
        else:
            yield path


def measured(path: Path, form_key: str) -> Iterator[Line]:
    """A line for each table of a workbook, or one that says why there is none."""
    began = time.perf_counter()
    forms = [binding.form for binding in BINDINGS]
    choices = Choices(form_key=form_key, name=path.name)
    try:
        with Reading(path) as reading:
            heads = reading.heads
            recognition.refuse_classified(heads)
            tables = recognition.tables(heads, forms, choices) or (recognition.recognise(heads, forms, choices),)
    except XieshouError as refusal:
        yield Line(path.name, "", refusal=refusal.message, milliseconds=_since(began))
        return
    for table in tables:
        line = Line(path.name, f"{table.sheet.name} {table.area}", found=table)
        if table.missing:
            names = "、".join(table.form.column(key).label for key in table.missing)
            line.refusal, line.found = f"最接近“{table.form.label}”，缺少 {names}", None
        else:
            _check(path, line)
        line.milliseconds = _since(began)
        began = time.perf_counter()
        yield line


def _since(began: float) -> int:
    return round((time.perf_counter() - began) * 1000)


def _check(path: Path, line: Line) -> None:
    """Evaluate the rows of a table as an import does, in a folder that is thrown away."""
    table = line.found
    assert table is not None
    stated = periods.stated_in(table.titles, table.sheet.name, path.name)
    with tempfile.TemporaryDirectory(prefix="xieshou-measure-") as scratch, Reading(path) as reading:
        reading.choose(table.sheet.index)
        setting = Setting(
            actor=local_operator(),
            recognition=table,
            period=f"{stated.first or ''}/{stated.last or ''}",
            year=stated.last.year if stated.last else None,
            answers=Answers(),
            error_cells=reading.error_cells(table.sheet.index),
        )
        evaluation = Evaluation(setting, Path(scratch))
        for chunk in reading.stream():
            evaluation.take(chunk)
        line.outcome = evaluation.finish()
        indices = {key: match.index for key, match in table.matches.items()}
        for finding in read_findings(Path(scratch) / "findings.parquet", table.form, indices):
            line.codes[finding.code] += 1
            if finding.code.startswith("check_"):
                line.checks[finding.params["check"]] += 1


def row(line: Line) -> str:
    if line.found is None or line.outcome is None:
        refused = f"**not recognised**: {line.refusal}"
        return f"| {line.file} | {line.table} | {refused} |" + " |" * (len(FIELDS) - 4) + f" {line.milliseconds} |"
    found, outcome = line.found, line.outcome
    cells = sum(counts["stated"] for counts in outcome.columns.values())
    unread = sum(line.codes[code] for code in UNREADABLE)
    sums = f"{sum(one['stated'] == one['computed'] for one in outcome.totals)} of {len(outcome.totals)}"
    fields = (
        line.file,
        line.table,
        f"{found.form.key} {found.form.version}",
        f"{found.score:.2f}",
        f"{found.alternatives[0].form} {found.alternatives[0].score:.2f}" if found.alternatives else "",
        found.header_row,
        _columns(found),
        outcome.rows,
        f"{cells - unread} of {cells}",
        _settled(line, "place"),
        _settled(line, "party"),
        sums if outcome.totals else "",
        ", ".join(f"{key} {count}" for key, count in line.checks.most_common()),
        line.milliseconds,
    )
    return "| " + " | ".join(str(each) for each in fields) + " |"


def _columns(found: Recognition) -> str:
    if found.form.layout is Layout.ITEMS:
        return f"{sum(bool(match.row) for match in found.matches.values())} of {len(found.form.columns)} items"
    first, last = found.span
    headed = sum(bool(header.strip()) for header in found.headers[first : last + 1])
    return f"{sum(not match.row for match in found.matches.values())} of {headed}"


def _settled(line: Line, kind: str) -> str:
    """Distinct texts settled of all; empty where the form has no such column."""
    assert line.found is not None
    assert line.outcome is not None
    wanted = ColumnType.PLACE if kind == "place" else ColumnType.PARTY
    keys = [column.key for column in line.found.form.columns if column.type is wanted]
    if not any(key in line.found.matches for key in keys):
        return ""
    distinct = line.outcome.distinct_texts[kind]
    open_texts = sum(text["kind"] == kind and text["verdict"] != "similar" for text in line.outcome.open_texts)
    return f"{distinct - open_texts} of {distinct}"


def summary(lines: list[Line]) -> str:
    known = [line for line in lines if line.outcome is not None and line.found is not None]
    files = {line.file for line in lines}
    refused = {line.file for line in lines if line.found is None}
    cells = sum(counts["stated"] for line in known for counts in line.outcome.columns.values())  # type: ignore[union-attr]
    unread = sum(line.codes[code] for line in known for code in UNREADABLE)
    return (
        f"{len(files) - len(refused)} of {len(files)} workbooks recognised, {len(known)} tables, "
        f"{cells - unread:,} of {cells:,} stated cells read.\n\n"
    )


def details(lines: list[Line]) -> str:
    """What was doubtful in each table: columns below a certain match, rivals, and how often each thing was noticed."""
    parts = ["## What was doubtful\n"]
    for line in lines:
        if line.found is None:
            continue
        doubts = [
            f"`{key}` from “{match.header.strip()}” {match.score:.2f}"
            for key, match in line.found.matches.items()
            if match.is_doubtful or match.rivals
        ]
        left_out = [one.label for one in line.found.tables if one.sheet == line.found.sheet.name]
        noticed = [f"{code} {count}" for code, count in line.codes.most_common()]
        parts.append(f"- **{line.file}**, {line.table}: " + ("; ".join(noticed) or "nothing"))
        if doubts:
            parts.append(f"  - columns: {', '.join(doubts)}")
        if left_out:
            parts.append(f"  - told, not mixed in: {', '.join(left_out)}")
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    sys.exit(main())
