"""Loading of the reference data."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from xieshou.places import lineage, reference, rules
from xieshou.places.models import Designation, Level, Place, PlaceEdition, PlaceLineage

Progress = Callable[[int, int], None]

_CHUNK = 10_000
_BASE_EDITION = "国家统计局 2023 年统计用区划代码"
_LEVEL_BY_DIGITS = {2: Level.PROVINCE, 4: Level.PREFECTURE, 6: Level.COUNTY, 9: Level.TOWNSHIP, 12: Level.VILLAGE}
_EXPECTED = 665_478  # for the progress bar alone

PlaceRow = tuple[str, str, int, str, bool, bool, int | None, str]
_PLACE_COLUMNS = ("code", "name", "level", "parent_code", "in_base", "is_statistical", "last_year", "search_key")


def load_places(*, progress: Progress | None = None) -> int:
    """Load all divisions, their lineage and the lists; returns the number of places.

    All or nothing in one transaction: a load that was interrupted leaves what was there before. A second run finds the
    same edition loaded and does nothing; other packaged files replace everything.

    Args:
        progress: called with places written so far and the expected total, about 65 times.
    Cost: 10 s on SQLite, 14 s on PostgreSQL (COPY), 190 MB.
    Raises: ReferenceDataDamaged.
    """
    checksum = reference.checksum()
    with transaction.atomic():
        loaded = PlaceEdition.objects.first()
        if loaded is not None and loaded.checksum == checksum:
            return int(loaded.place_count)
        for model in (Place, PlaceLineage, Designation, PlaceEdition):
            with connection.cursor() as cursor:
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")
        base = {
            code.ljust(6, "0"): name for code, name in reference.codes_and_names("divisions_2023") if len(code) <= 6
        }
        formers = _formers(base)
        count = _insert(Place, _PLACE_COLUMNS, itertools.chain(_base_rows(), _outside_rows(base, formers)), progress)
        PlaceLineage.objects.bulk_create(_lineage_rows(base, formers), batch_size=_CHUNK)
        Designation.objects.bulk_create(_designations(), batch_size=_CHUNK)
        PlaceEdition.objects.create(checksum=checksum, place_count=count, loaded_at=timezone.now())
    return count


def _insert(
    model: type[models.Model], columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]], progress: Progress | None
) -> int:
    quote = connection.ops.quote_name
    table, names = quote(model._meta.db_table), ", ".join(map(quote, columns))
    count = 0
    rows = iter(rows)
    with connection.cursor() as cursor:
        while chunk := list(itertools.islice(rows, _CHUNK)):
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                    for row in chunk:
                        copy.write_row(row)
            else:
                marks = ", ".join(["%s"] * len(columns))
                cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", chunk)
            count += len(chunk)
            if progress is not None:
                progress(count, max(_EXPECTED, count))
    return count


def _base_rows() -> Iterator[PlaceRow]:
    padded, key = rules.padded, rules.search_key.__wrapped__
    parents = {Level.PROVINCE: 0, Level.PREFECTURE: 2, Level.COUNTY: 4, Level.TOWNSHIP: 6}
    for code, name in reference.codes_and_names("divisions_2023"):
        level = _LEVEL_BY_DIGITS[len(code)]
        parent = padded(code[: parents[level]]) if level != Level.PROVINCE else ""
        if parent == padded(code):  # 金门县 repeats itself as its own township and village
            continue
        is_statistical = level == Level.COUNTY and "71" <= code[4:] <= "79"
        yield padded(code), name, level, parent, True, is_statistical, None, key(name)
    for code, name in reference.codes_and_names("villages_2023"):
        if not code.endswith("000"):
            yield code, name, Level.VILLAGE, code[:9] + "000", True, False, None, key(name)


def _outside_rows(base: dict[str, str], formers: list[lineage.Former]) -> Iterator[PlaceRow]:
    """Places not in the base edition: Taiwan, Hong Kong, Macao, newer counties, those without a successor."""
    listed = set()
    for row in reference.rows("outside_base"):
        listed.add(row["code"])
        parent = rules.padded(row["parent_code"]) if row["parent_code"] else ""
        yield _outside_row(rules.padded(row["code"]), row["name"], int(row["level"]), parent, None)
    # The last holder of a code goes by its name; sorted by years, it is the last one written into the dict.
    ended = {
        former.code: former
        for former in sorted(formers, key=lambda former: former.last_year or 0)
        if former.successor_code == former.code and former.code not in base and former.code not in listed
    }
    for code, former in sorted(ended.items()):
        level = rules.level_of_code(rules.padded(code))
        above = (code[:4].ljust(6, "0"), code[:2].ljust(6, "0"))
        parent = next(rules.padded(candidate) for candidate in above if candidate in base and candidate != code)
        yield _outside_row(rules.padded(code), former.name, level, parent, former.last_year)


def _outside_row(code: str, name: str, level: int, parent: str, last_year: int | None) -> PlaceRow:
    return code, name, level, parent, False, False, last_year, rules.search_key(name)


def _formers(base: dict[str, str]) -> list[lineage.Former]:
    spans = [
        lineage.Span(row["code"], row["name"], int(row["first_revision"][:4]), int(row["last_revision"][:4]))
        for row in reference.rows("gb2260_1980_2019")
    ]
    changes = [
        lineage.Change(
            int(row["year"]),
            row["type"],
            (row["old_code"], row["old_name"]),
            (row["new_code"], row["new_name"]),
            row["guessed"] == "1",
        )
        for row in reference.rows("changes_1980_2026")
    ]
    decided = {
        (row["code"], row["name"]): lineage.Former(
            row["code"], row["name"], row["successor_code"], None, None, row["kind"], int(row["year"])
        )
        for row in reference.rows("successions")
    }
    return lineage.formers(spans, changes, base, decided)


def _lineage_rows(base: dict[str, str], formers: list[lineage.Former]) -> Iterator[PlaceLineage]:
    for former in formers:
        yield _lineage(
            former.code,
            former.name,
            former.successor_code,
            former.kind,
            "GB/T 2260",
            valid_from=former.first_year,
            valid_to=former.last_year,
            changed_year=former.changed_year,
        )
    for row in reference.rows("outside_base"):
        for code in row["replaces"].split():
            year = int(row["year"])
            yield _lineage(
                code, base[code], row["code"], "撤区设区", "国务院批复", valid_to=year - 1, changed_year=year
            )
    for row in reference.rows("aliases"):
        yield _lineage(row["code"], row["name"], row["code"], row["kind"], "")


def _lineage(
    code: str,
    name: str,
    successor_code: str,
    kind: str,
    source: str,
    *,
    valid_from: int | None = None,
    valid_to: int | None = None,
    changed_year: int | None = None,
) -> PlaceLineage:
    return PlaceLineage(
        code=rules.padded(code),
        name=name,
        search_key=rules.search_key(name),
        successor_code=rules.padded(successor_code),
        valid_from=valid_from,
        valid_to=valid_to,
        kind=kind,
        changed_year=changed_year,
        source=source,
    )


def _designations() -> Iterator[Designation]:
    for row in reference.rows("poor_counties_832"):
        yield Designation(
            place_code=rules.padded(row["code_2023"]),
            kind=Designation.Kind.POOR_COUNTY_832,
            name_in_list=row["name_in_list"],
            valid_from=2014,  # the year in which the list of 832 was published
            valid_to=int(row["exit_year"]),
            source="国务院扶贫开发领导小组办公室：全国832个贫困县名单",
        )
    for row in reference.rows("key_counties_2021"):
        yield Designation(
            place_code=rules.padded(row["code_2023"]),
            kind=Designation.Kind.KEY_COUNTY_160,
            name_in_list=row["name_in_list"],
            valid_from=2021,
            source="国家乡村振兴重点帮扶县名单（2021-08-27）",
        )
