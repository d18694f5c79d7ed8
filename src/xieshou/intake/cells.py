"""The cell behind a value, as it stands in the kept original (原单元格)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from xieshou.intake import staging
from xieshou.intake.errors import BatchNotReady
from xieshou.intake.findings import masked
from xieshou.intake.forms import form_from_json
from xieshou.intake.models import Batch
from xieshou.intake.rules import column_letter


@dataclass(frozen=True, slots=True)
class OriginalCell:
    """file: its name as handed in. cell: "I24". shown: the text of the cell, masked where the column is sensitive."""

    file: str
    sheet: str
    cell: str
    shown: str
    header: str = ""
    row: int = 0


def original_cell(batch: Batch, row: int, column_key: str) -> OriginalCell:
    """The cell of a row and form column; of an item, or a line above the table, its own. Reads one row group, some
    20 ms.

    Raises: BatchNotReady, when the working files of the batch are gone or the sheet has no such column or row.
    """
    try:
        summary = staging.summary(batch)
        match = summary["matches"][column_key]
        index = match["index"]
        row = match.get("row") or row
        line = staging.row_at(staging.raw_path(batch), row, [f"c{index}"])
    except (FileNotFoundError, KeyError) as error:
        raise BatchNotReady(
            _("找不到批次 %(batch)s 中“%(column)s”的原单元格；请直接打开原件查看。")
            % {"batch": batch.pk, "column": column_key},
            batch=batch.pk,
        ) from error
    if line is None:
        raise BatchNotReady(
            _("批次 %(batch)s 的原件里没有第 %(row)s 行。") % {"batch": batch.pk, "row": row}, batch=batch.pk
        )
    shown = line[f"c{index}"] or ""
    return OriginalCell(
        file=batch.original.name,
        sheet=batch.sheet,
        cell=f"{column_letter(index)}{row}",
        shown=masked(shown) if form_from_json(summary["form"]).column(column_key).sensitive else shown,
        header=match["header"],
        row=row,
    )
