"""A blank workbook of a form (空白表), with its notes and drop-down lists."""

from __future__ import annotations

from pathlib import Path

from xieshou.intake.forms import Form


def write(form: Form, path: Path) -> Path:
    """Write the blank workbook to `path` (.xlsx) and return it; a file filled from it is recognised without a doubt."""
    raise NotImplementedError
