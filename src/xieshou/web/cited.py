"""How the text of a report is put before a reader: its blocks, and each number with the address of its records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from xieshou.reports.documents.asking import GROWTH
from xieshou.reports.documents.citations import Citation
from xieshou.reports.documents.document import (
    Block,
    Chart,
    Cited,
    Document,
    Heading,
    Note,
    Paragraph,
    Reckoned,
    Run,
    Table,
)  # fmt: skip
from xieshou.reports.documents.renderers.runs import words_of


def parts_of(document: Document, head: str) -> list[dict[str, Any]]:
    """The blocks as the page's template draws them: numbers with the address of their records."""
    cited = {citation.id: citation for citation in document.citations}
    return [_part(block, cited, head, number) for number, block in enumerate(document.blocks)]


def _part(block: Block, cited: Mapping[int, Citation], head: str, number: int) -> dict[str, Any]:
    if isinstance(block, Heading):
        return {"kind": "heading", "text": block.text}
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "runs": [_run(run, cited, head) for run in block.runs]}
    if isinstance(block, Table):
        return {
            "kind": "table",
            "table": block,
            "rows": [_row(block, row, cited, head) for row in block.rows],
            "total": None if block.total is None else _row(block, block.total, cited, head),
        }
    if isinstance(block, Chart):
        return {"kind": "chart", "chart": block, "id": f"chart-{number}", "data": _chart(block)}
    assert isinstance(block, Note)
    return {"kind": "note", "text": block.text}


def _row(table: Table, row: tuple[Run, ...], cited: Mapping[int, Citation], head: str) -> list[dict[str, Any]]:
    return [
        _run(run, cited, head) | {"is_number": column.number} for column, run in zip(table.columns, row, strict=True)
    ]


def _run(run: Run, cited: Mapping[int, Citation], head: str) -> dict[str, Any]:
    if isinstance(run, Cited):
        citation = cited[run.id]
        return {
            "text": words_of(run),
            "cited": True,
            "address": trace_address(citation, head),
            "hint": f"{citation.name}：{citation.definition}",
            "blank": run.number is None,
        }
    return {"text": words_of(run), "cited": isinstance(run, Reckoned), "address": "", "hint": ""}


def trace_address(citation: Citation, head: str = "") -> str:
    """Where the records behind a citation open; "" for a growth, whose figure stands in no catalogue."""
    if citation.key.startswith(GROWTH):
        return ""
    # What the citation leaves open must be open in the address too, or the frame would fill it in.
    scope = {"place": "", "party": "", "year": ""} | {name: str(value) for name, value in citation.scope.items()}
    rows = [f"{dimension}:{code}" for dimension, code in citation.by.items()]
    query = urlencode(scope | ({"head": head} if head else {}) | {"row": rows}, doseq=True)
    return f"{reverse('web:figure-trace', args=[citation.key])}?{query}"


def _chart(chart: Chart) -> dict[str, Any]:
    return {
        "kind": "bar",
        "unit": "",  # it stands in the caption; above the axis it would lie on the legend
        "none": "–",
        "names": list(chart.names),
        "series": [
            {"name": series.name, "values": [None if value is None else float(value) for value in series.values]}
            for series in chart.series
        ],
    }
