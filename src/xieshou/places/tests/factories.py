"""A few real places for tests, put straight into the tables."""

import csv
from pathlib import Path

from xieshou.places import rules, services
from xieshou.places.models import Designation, Level, Place, PlaceLineage

_FOLDER = Path(__file__).parent


def load_cast() -> None:
    """58 places of the base edition: 从化 and 增城 with towns and villages, 凤山县, 镇赉县, 和龙市, 西城区, 朝阳 ×3.

    With the former codes and names of 从化 and 增城, and three counties on the list of 832. Three queries.
    """
    with (_FOLDER / "cast.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    Place.objects.bulk_create(place_of(row["code"], row["name"], int(row["level"]), row["parent_code"]) for row in rows)
    PlaceLineage.objects.bulk_create(
        [
            lineage_of("440125000000", "增城县", "440118000000", 1980, 1992, "撤县设市", 1993),
            lineage_of("449017000000", "增城市", "440118000000", 1993, 1994, "撤市设区", 2014),
            lineage_of("440183000000", "增城市", "440118000000", 1995, 2013, "撤市设区", 2014),
            lineage_of("440122000000", "从化县", "440117000000", 1980, 1993, "撤县设市", 1994),
            lineage_of("449021000000", "从化市", "440117000000", 1994, 1994, "撤市设区", 2014),
            lineage_of("440184000000", "从化市", "440117000000", 1995, 2013, "撤市设区", 2014),
        ]
    )
    Designation.objects.bulk_create(
        Designation(
            place_code=code,
            kind=Designation.Kind.POOR_COUNTY_832,
            name_in_list=name,
            valid_to=exit_year,
            source="国务院扶贫办",
        )
        for code, name, exit_year in (
            ("451223000000", "凤山县", 2019),
            ("220821000000", "镇赉县", 2018),
            ("222406000000", "和龙市", 2018),
        )
    )


def place_of(code: str, name: str, level: int, parent_code: str, **fields) -> Place:
    return Place(
        code=code, name=name, level=level, parent_code=parent_code, search_key=rules.search_key(name), **fields
    )


def lineage_of(
    code: str,
    name: str,
    successor_code: str,
    valid_from: int | None,
    valid_to: int | None,
    kind: str = "",
    changed_year: int | None = None,
) -> PlaceLineage:
    return PlaceLineage(
        code=code,
        name=name,
        search_key=rules.search_key(name),
        successor_code=successor_code,
        valid_from=valid_from,
        valid_to=valid_to,
        kind=kind,
        changed_year=changed_year,
        source="GB/T 2260",
    )


def load_county(code: str) -> None:
    """Every township and village of a county, from the packaged data; the county and what is above must be there.

    code: 12 digits. About one second, for the reading of the packaged file.
    """
    stem = code[:6]
    rows = [row for row in services._base_rows() if row[0].startswith(stem) and row[2] > Level.COUNTY]
    Place.objects.bulk_create(
        (Place(**dict(zip(services._PLACE_COLUMNS, row, strict=True))) for row in rows), ignore_conflicts=True
    )
