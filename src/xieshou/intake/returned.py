"""The workbook that goes back (退回表): the rows that did not go in, and the doubtful ones, ready to be mended."""

from __future__ import annotations

from pathlib import Path

from xieshou.intake.forms import Form
from xieshou.intake.models import Batch


def write(batch: Batch, path: Path, form: Form | None = None) -> Path:
    """Write the rejected and doubtful rows of a batch to `path` (.xlsx) and return it.

    Original row numbers in front, cells coloured and commented, a hidden batch key; its upload finishes the job.
    """
    raise NotImplementedError
