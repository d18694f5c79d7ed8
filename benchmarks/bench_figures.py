"""Figures over ten million entries, beside SQL written by hand on the same Parquet, pandas and the Django ORM.

    python benchmarks/bench_figures.py [--entries 10000000] [--orm-entries 1000000] [--rounds 5]

The entries are made up by DuckDB in the format of the export, one in five hundred reversed, and entered as segments.
The figures are asked as a page asks them, with grants, break-down and names; only the kept answers are forgotten before
each round. The first `--orm-entries` of them also stand in SQLite, where the ORM is measured (multiplied up to the
number of entries, which flatters it) and from where they are exported. Best of the rounds, wall clock; the ratio of
processor time is less at the mercy of other work on the machine. All ways must give the same numbers. The bar: 1.5 ×
the SQL by hand.
"""

import argparse
import os
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

BAR = 1.5
SEGMENT_ENTRIES = 2_000_000
COUNTY = "440117"
SHOWN = "{:<26}{:>10}{:>13}{:>8}{:>11}{:>10}{:>12}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=10_000_000)
    parser.add_argument("--orm-entries", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    wanted = parser.parse_args()
    home = tempfile.mkdtemp(prefix="xieshou-bench-figures-")
    os.environ |= {"XIESHOU_HOME": home, "DJANGO_SETTINGS_MODULE": "xieshou.config.settings"}
    os.environ.pop("XIESHOU_DATABASE_URL", None)
    try:
        return _measure(wanted.entries, wanted.orm_entries, wanted.rounds)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _measure(entries: int, orm_entries: int, rounds: int) -> int:
    import django

    django.setup()
    from django.core.management import call_command

    from xieshou.access.services import local_operator
    from xieshou.places.tests.factories import load_cast

    call_command("migrate", verbosity=0)
    load_cast()
    operator = local_operator()
    files = _make_segments(entries)
    _fill_sqlite(files[0], orm_entries)
    _measure_export(orm_entries)
    _enter_segments(files)
    print(f"{entries:,} entries in {len(files)} segments, {sum(file.stat().st_size for file in files) / 1e6:,.0f} MB\n")
    print(
        SHOWN.format(
            "seconds", "figure", "SQL by hand", "ratio", "CPU ratio", "pandas", f"ORM × {entries / orm_entries:g}"
        )
    )
    met = [_measure_question(each, operator, files, entries / orm_entries, rounds) for each in _questions()]
    print(f"\nbar {BAR} × SQL by hand: {'met' if all(met) else 'NOT met'}")
    return 0 if all(met) else 1


def _make_segments(entries: int) -> list[Path]:
    """Parquet files of made-up entries, in the format of the export."""
    from xieshou.analytics import selectors
    from xieshou.analytics.connections import open_database
    from xieshou.analytics.schema import write_sorted

    folder = selectors.folder()
    database = open_database(folder / "spill", memory_bytes=4 << 30)
    files = []
    for first in range(1, entries + 1, SEGMENT_ENTRIES):
        last = min(first + SEGMENT_ENTRIES, entries + 1)
        files.append(folder / f"made-{first}-{last - 1}.parquet")
        database.execute(f"CREATE OR REPLACE TEMP VIEW made AS {_made_up(first, last)}")
        write_sorted(database, "made", str(files[-1]))
    return files


def _made_up(first: int, last: int) -> str:
    """Entries in batches of one county each; every five-hundredth is the reversal of the one before it."""
    return f"""
        WITH numbered AS (
            SELECT range AS id, range % 500 = 0 AS is_reversal, range - (range % 500 = 0)::BIGINT AS record
            FROM range({first}, {last})
        ),
        drawn AS (SELECT *, record // 2500 AS batch, (hash(record) >> 1)::BIGINT AS hash FROM numbered),
        placed AS (
            SELECT *,
                DATE '2016-01-01' + ((hash >> 3) % 3650)::INTEGER AS day,
                11 + batch % 20 AS province,
                100 * (batch // 20 % 20) + 121 AS other_county
            FROM drawn
        )
        SELECT
            id,
            TIMESTAMPTZ '2023-01-01 00:00:00+00' + INTERVAL 1 SECOND * (id // 1000) AS posted_at,
            1::BIGINT AS posted_by,
            day AS occurred_from,
            day AS occurred_to,
            'done' AS stage,
            'bench.money' AS measure,
            ['road', 'school', 'clinic', 'water'][1 + (hash >> 21) % 4] AS category,
            ['government', 'own', 'donated', 'attracted', 'union'][1 + (hash >> 25) % 5] AS fund_source,
            'grant' AS nature,
            CASE WHEN is_reversal THEN -1 ELSE 1 END * ((hash >> 7) % 1000000) AS quantity,
            NULL::BIGINT AS value_fen,
            'exact' AS bound,
            CASE WHEN (hash >> 9) % 10 = 0 THEN 'summary' ELSE 'listed' END AS basis,
            (hash >> 11) % 2000 AS giver,
            NULL::BIGINT AS receiver,
            (hash >> 13) % 2000 AS credited_to,
            CASE WHEN batch % 500 = 7 THEN '{COUNTY}' ELSE province || lpad(other_county::VARCHAR, 4, '0') END
                || ((hash >> 23) % 30 + 100) || ((hash >> 33) % 20 + 200) AS place_code,
            1 + (hash >> 5) % 3 AS programme,
            NULL::BIGINT AS project,
            (hash >> 29) % 400000 AS household,
            (hash >> 31) % 1000000 AS person,
            'made_record' AS source_kind,
            record AS source_id,
            0::INTEGER AS source_line,
            batch,
            CASE WHEN is_reversal THEN record END AS reverses,
            CASE WHEN is_reversal THEN 'entered twice' ELSE '' END AS reason
        FROM placed
    """


def _fill_sqlite(file: Path, entries: int) -> None:
    """Put the first entries into the ledger's table, past the ledger: there is nothing to prove here."""
    from django.db import connection

    from xieshou.analytics.schema import ENTRIES, ENTRY_TABLE

    columns = [*ENTRIES.names, "leaf_version", "leaf"]
    insert = f"INSERT INTO {ENTRY_TABLE} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    connection.close()
    with sqlite3.connect(str(connection.settings_dict["NAME"])) as database:
        for rows in _rows(file, entries):
            database.executemany(insert, rows)
    database.close()


def _rows(file: Path, entries: int) -> Iterator[list[tuple[Any, ...]]]:
    import duckdb

    from xieshou.analytics.schema import ENTRIES

    texts = {"posted_at": "strftime(posted_at, '%Y-%m-%d %H:%M:%S')"}
    texts |= {name: f"{name}::VARCHAR" for name in ("occurred_from", "occurred_to")}
    columns = ", ".join(texts.get(name, name) for name in ENTRIES.names)
    with duckdb.connect() as database:
        found = database.execute(
            f"SELECT {columns}, 1, encode(lpad(id::VARCHAR, 32, '0')) FROM read_parquet('{file}') "
            f"WHERE id <= {entries} ORDER BY id"
        )
        while rows := found.fetchmany(50_000):
            yield rows


def _measure_export(entries: int) -> None:
    from xieshou.analytics.services import export_entries

    start = time.perf_counter()
    written = export_entries(force=True)
    seconds = time.perf_counter() - start
    assert written == entries, written
    print(
        f"export from SQLite, sorted and with its Merkle root: {entries:,} entries, {entries / seconds:,.0f} a second"
    )


def _enter_segments(files: list[Path]) -> None:
    """Declare the made-up files to be the segments of this ledger, instead of what was exported."""
    from xieshou.analytics.extract import digest_file, file_digest
    from xieshou.analytics.models import Segment

    Segment.objects.all().delete()
    for file in files:
        first, last = (int(part) for part in file.stem.split("-")[1:])
        digest_file(file).write_text(file_digest(file), encoding="ascii")
        Segment.objects.create(
            first_entry=first, last_entry=last, rows=last - first + 1, root=bytes(32), file=file.name
        )


class Question:
    """One figure, and the same numbers by hand, with pandas and with the ORM, as a set of rows each."""

    def __init__(self, title: str, figure: Any, by: tuple[str, ...], options: dict[str, Any], sql: str) -> None:
        self.title, self.figure, self.by, self.options, self.sql = title, figure, by, options, sql
        self.counts_persons = figure.counts == "person"

    def by_figure(self, operator: Any) -> set[tuple[Any, ...]]:
        from xieshou.figures import inquiries
        from xieshou.figures.scopes import Scope
        from xieshou.figures.services import evaluate

        inquiries._kept = inquiries._Kept()
        answers = evaluate(actor=operator, figure=self.figure, scope=Scope.from_options(self.options), by=self.by)
        return {(*(answer.by[name].code.rstrip("0") for name in self.by), answer.base_value) for answer in answers}

    def by_hand(self, database: Any) -> set[tuple[Any, ...]]:
        return {
            (*(str(code).rstrip("0") for code in row[:-1]), row[-1]) for row in database.execute(self.sql).fetchall()
        }

    def by_pandas(self, files: list[Path]) -> set[tuple[Any, ...]]:
        import pandas as pd

        names = ["place_code", "occurred_from", "occurred_to", "fund_source", "stage", "measure"]
        names += ["category"] if len(self.by) > 1 else []
        names += ["person", "id", "reverses"] if self.counts_persons else ["quantity"]
        frame = pd.concat([pd.read_parquet(file, columns=names) for file in files], ignore_index=True)
        frame = frame[(frame["measure"] == "bench.money") & (frame["stage"] == "done")]
        if self.counts_persons:
            frame = frame[frame["reverses"].isna() & ~frame["id"].isin(frame["reverses"].dropna())]
        if self.options:
            days = pd.to_datetime(frame["occurred_from"])
            frame = frame[frame["place_code"].str.startswith(COUNTY) & (days.dt.year == 2019)]
        keys = {
            "province": lambda: frame["place_code"].str[:2],
            "year": lambda: pd.to_datetime(frame["occurred_to"]).dt.year,
            "source": lambda: frame["fund_source"].astype("category"),
            "category": lambda: frame["category"].astype("category"),
        }
        groups = frame.groupby([keys[name]().rename(name) for name in self.by], observed=True)
        values = groups["person"].nunique() if self.counts_persons else groups["quantity"].sum()
        return {
            (*(str(code).rstrip("0") for code in (codes if isinstance(codes, tuple) else (codes,))), value)
            for codes, value in values.items()
        }

    def by_orm(self) -> set[tuple[Any, ...]]:
        from django.apps import apps
        from django.db.models import Count, Sum
        from django.db.models.functions import ExtractYear, Left

        entries = apps.get_model("ledger", "Entry").objects.filter(measure="bench.money", stage="done")
        if self.counts_persons:
            undone = entries.filter(reverses__isnull=False).values("reverses")
            entries = entries.filter(reverses=None).exclude(pk__in=undone)
        if self.options:
            entries = entries.filter(place_code__startswith=COUNTY, occurred_from__year=2019, occurred_to__year=2019)
        keys = {"province": Left("place_code", 2), "year": ExtractYear("occurred_to")}
        columns = {"province": "province", "year": "year", "source": "fund_source", "category": "category"}
        entries = entries.annotate(**{name: key for name, key in keys.items() if name in self.by})
        value = Count("person", distinct=True) if self.counts_persons else Sum("quantity")
        rows = entries.values(*(columns[name] for name in self.by)).annotate(value=value)
        return {(*(str(row[columns[name]]).rstrip("0") for name in self.by), row["value"]) for row in rows}


def _questions() -> list[Question]:
    from ibis import _

    from xieshou.figures.definitions import Figure, Kind

    def money_rows(tables: Any) -> Any:
        return tables.entries.filter(_.measure == "bench.money")

    money = Figure(
        key="bench.money", name="资金", definition="", unit="CNY", base_unit="fen", scale=100, rows=money_rows
    )
    persons = Figure(
        key="bench.persons",
        name="人数",
        definition="",
        unit="person",
        base_unit="person",
        kind=Kind.DISTINCT,
        counts="person",
        rows=money_rows,
    )
    four = ("province", "year", "source", "category")
    keys = "left(place_code, 2), year(occurred_to), fund_source, category"
    done = "FROM entries WHERE measure = 'bench.money' AND stage = 'done'"
    living = "reverses IS NULL AND id NOT IN (SELECT reverses FROM entries WHERE reverses IS NOT NULL)"
    county = f"place_code >= '{COUNTY}000000' AND place_code < '{COUNTY}999999'"
    year = "occurred_from >= DATE '2019-01-01' AND occurred_to <= DATE '2019-12-31'"
    return [
        Question("sum by 4 dimensions", money, four, {}, f"SELECT {keys}, sum(quantity) {done} GROUP BY ALL"),
        Question(
            "distinct persons by 4",
            persons,
            four,
            {},
            f"SELECT {keys}, count(DISTINCT person) {done} AND {living} GROUP BY ALL",
        ),
        Question(
            "one county-year by source",
            money,
            ("source",),
            {"place": f"{COUNTY}000000", "year": 2019},
            f"SELECT fund_source, sum(quantity) {done} AND {county} AND {year} GROUP BY ALL",
        ),
    ]


def _measure_question(question: Question, operator: Any, files: list[Path], orm_share: float, rounds: int) -> bool:
    """Print one line; whether the bar is met."""
    from xieshou.analytics.connections import MEMORY_LIMIT_BYTES, open_database
    from xieshou.analytics.selectors import folder

    database = open_database(folder() / "spill-by-hand", memory_bytes=MEMORY_LIMIT_BYTES)
    listed = ", ".join(f"'{file}'" for file in files)
    database.execute(f"CREATE VIEW entries AS SELECT * FROM read_parquet([{listed}])")
    question.by_figure(operator)  # the first question of a process reads each file whole, to compare its digest
    by_figure, by_hand = [], []
    for _round in range(rounds):
        by_figure.append(_timed(lambda: question.by_figure(operator)))
        by_hand.append(_timed(lambda: question.by_hand(database)))
    pandas, orm = _timed(lambda: question.by_pandas(files)), _timed(question.by_orm)
    assert by_figure[0].rows == by_hand[0].rows == pandas.rows, question.title
    figure, hand = min(each.seconds for each in by_figure), min(each.seconds for each in by_hand)
    processor = min(each.processor for each in by_figure) / min(each.processor for each in by_hand)
    print(
        SHOWN.format(
            question.title,
            f"{figure:.2f}",
            f"{hand:.2f}",
            f"{figure / hand:.2f}",
            f"{processor:.2f}",
            f"{pandas.seconds:.1f}",
            f"{orm.seconds * orm_share:.0f}",
        )
    )
    return figure <= BAR * hand


class Timed(NamedTuple):
    seconds: float
    processor: float
    rows: set[tuple[Any, ...]]


def _timed(ask: Callable[[], set[tuple[Any, ...]]]) -> Timed:
    start, start_processor = time.perf_counter(), time.process_time()
    rows = ask()
    return Timed(time.perf_counter() - start, time.process_time() - start_processor, rows)


if __name__ == "__main__":
    sys.exit(main())
