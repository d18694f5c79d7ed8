"""What a run of text is, for every renderer."""

from __future__ import annotations

from xieshou.reports.documents.document import Cited, Reckoned, Run


def words_of(run: Run) -> str:
    """The text of a run as it reads."""
    if isinstance(run, Cited):
        return run.words
    return run.text if isinstance(run, Reckoned) else run


def mark_of(run: Run) -> str:
    """The number of a run's citation in brackets, as a 核数稿 shows it; "" for text."""
    return f"[{run.id}]" if isinstance(run, Cited) else ""
