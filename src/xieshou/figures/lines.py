"""The entries behind a value, written out: with the names of what they mean, their record, and the original's cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from xieshou.figures.answers import Member, TraceLine
from xieshou.figures.definitions import Figure
from xieshou.figures.dimensions import DIMENSIONS
from xieshou.intake.cells import OriginalCell, original_cell
from xieshou.intake.models import Batch
from xieshou.ledger.posted import PostingSource
from xieshou.places.selectors import full_names

Row = Mapping[str, Any]


def members(dimension: str, codes: Iterable[str], figure: Figure) -> dict[str, Member]:
    """The values of a dimension by code; one without a name goes by its code. At most one query."""
    wanted = set(codes)
    names = DIMENSIONS[dimension].names(wanted - {""}, figure.categories)
    return {code: Member(code, str(names.get(code, code) if code else _("未填"))) for code in wanted}


def written(rows: Sequence[Row], figure: Figure, sources: Sequence[PostingSource]) -> tuple[TraceLine, ...]:
    """Entries as lines of a trace.

    Args:
        rows: with the columns `inquiries.LINE_COLUMNS` and `counted`.
        sources: the kinds of record whose row and cell are wanted.
    Cost: one query for each kind of name, record and batch, and a look into the original for each line.
    """
    places = full_names({row["place_code"] for row in rows})
    named = {
        dimension: members(dimension, (_code(row[column]) for row in rows), figure)
        for dimension, column in _COLUMNS.items()
    }
    sheet_rows = _sheet_rows(rows, sources)
    batches = Batch.objects.select_related("original").in_bulk({row["batch"] for row in rows if row["batch"]})
    lines = []
    for row in rows:
        names = {dimension: named[dimension][_code(row[column])] for dimension, column in _COLUMNS.items()}
        sheet_row = sheet_rows.get((row["source_kind"], row["source_id"]))
        place = row["place_code"]
        lines.append(
            TraceLine(
                entry=row["id"],
                counted=row["counted"],
                quantity=row["quantity"],
                measure=row["measure"],
                stage=row["stage"],
                occurred_from=row["occurred_from"],
                occurred_to=row["occurred_to"],
                place=Member(place, str(places.get(place, place) if place else _("未填"))),
                basis=row["basis"],
                source_kind=row["source_kind"],
                source_id=row["source_id"],
                source_line=row["source_line"],
                batch=row["batch"],
                reverses=row["reverses"],
                row=sheet_row,
                original=_original(row, figure, batches.get(row["batch"]), sheet_row),
                **names,
            )
        )
    return tuple(lines)


_COLUMNS = {
    "giver": "giver",
    "receiver": "receiver",
    "credited": "credited_to",
    "category": "category",
    "source": "fund_source",
}


def _code(value: int | str | None) -> str:
    return "" if value is None else str(value)


def _sheet_rows(rows: Sequence[Row], sources: Sequence[PostingSource]) -> dict[tuple[str, int], int]:
    """The row in the sheet of each record that has one, by kind and id."""
    found: dict[tuple[str, int], int] = {}
    for source in sources:
        ids = {row["source_id"] for row in rows if row["source_kind"] == source.kind}
        if ids and any(field.name == "row" for field in source.model._meta.concrete_fields):
            records: QuerySet[Any] = source.model._default_manager.filter(pk__in=ids)
            found |= {(source.kind, pk): row for pk, row in records.values_list("pk", "row") if row is not None}
    return found


def _original(row: Row, figure: Figure, batch: Batch | None, sheet_row: int | None) -> OriginalCell | None:
    if batch is None or sheet_row is None or figure.cell is None:
        return None
    column = figure.cell(row["source_kind"], row["category"], row["fund_source"])
    return original_cell(batch, sheet_row, column) if column else None
