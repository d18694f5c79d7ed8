"""The tables of a workbook, before any of them becomes a batch: nothing that lies in a file is passed over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from xieshou.intake import recognition, returned, selectors
from xieshou.intake.forms import FormBinding
from xieshou.intake.reading import Reading
from xieshou.intake.tables import Choices


@dataclass(frozen=True, slots=True)
class TableHere:
    """A table that fits a form. sheet, table: what `services.open_batch` takes to read just this one.

    is_filled: whether it has a row below its heading; a workbook of blank forms beside a filled one is common.
    """

    sheet: str
    table: str
    form_key: str
    form: str
    area: str
    score: float
    is_filled: bool


def tables_in(path: Path, name: str, bindings: Sequence[FormBinding], form_key: str = "") -> tuple[TableHere, ...]:
    """The tables of a workbook that fit a form by themselves, in the order of sheets and rows; a batch for each.

    Empty where none fits as it stands: `services.open_batch` then says what is missing.
    Raises: IntakeError, as opening a batch does.
    """
    forms = [binding.form for binding in bindings if binding.in_use]
    with Reading(path) as reading:
        recognition.refuse_classified(reading.heads)
        heads, _key = returned.without_key(reading.heads)
    choices = Choices(form_key=form_key, remembered=selectors.remembered_columns(), name=name)
    return tuple(
        TableHere(
            sheet=one.sheet.name,
            table=one.area.split(":")[0],
            form_key=one.form.key,
            form=one.form.label,
            area=one.area,
            score=one.score,
            is_filled=one.filled,
        )
        for one in recognition.tables(heads, forms, choices)
    )
