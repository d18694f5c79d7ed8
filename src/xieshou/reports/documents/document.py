"""A report before it is a file: headings, paragraphs with cited numbers, tables, charts, notes. Renderers read this.

Nothing here knows Word, PDF or HTML, and nothing here asks the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

from xieshou.reports.documents.citations import Citation, CitationList
from xieshou.reports.documents.rules import unit_word


@dataclass(frozen=True, slots=True)
class Cited:
    """A number in the text with its citation. text: as it reads; number: for a spreadsheet, None where none is stated.

    suffix: words of the unit that belong to the number in a sentence (万元, %), "" in a table.
    """

    id: int
    text: str
    number: Decimal | None = None
    suffix: str = ""

    @property
    def words(self) -> str:
        return self.text + self.suffix


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A number that follows from cited ones beside it (差额 = 目标 − 完成). of: the ids of their citations."""

    text: str
    number: Decimal | None
    of: tuple[int, ...]


Run: TypeAlias = "str | Cited | Reckoned"


@dataclass(frozen=True, slots=True)
class Heading:
    """level: 1 (一、), 2 (（一）) or 3 (1.); the text brings its own number."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """width: its share of the table's width, relative to the others. number: stands at the right."""

    title: str
    number: bool = False
    width: float = 1.0
    places: int = 2


Row: TypeAlias = "tuple[Run, ...]"


@dataclass(frozen=True, slots=True)
class Table:
    """unit: one for all its money, said above it. total: the row at the foot. notes: 尾差, what is left out."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: Row | None = None
    unit: str = ""
    notes: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[Row, ...]:
        return self.rows if self.total is None else (*self.rows, self.total)


@dataclass(frozen=True, slots=True)
class Series:
    name: str
    values: tuple[Decimal | None, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars of one or more series over the same names. unit: of the axis. The numbers are those of a table beside it."""

    caption: str
    names: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A remark in small type."""

    text: str


Block: TypeAlias = "Heading | Paragraph | Table | Chart | Note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """subtitle: what it is about and as of when, in brackets below the title. compact: one page, smaller type."""

    title: str
    blocks: tuple[Block, ...]
    subtitle: str = ""
    citations: CitationList = field(default_factory=CitationList)
    compact: bool = False


ANNEX_TITLE = "附件：数据核对表"
ANNEX_NOTE = "（核数稿专用。每一数字依序编号，列出指标、口径、范围、数值、台账条目和台账状态。）"


def with_annex(document: Document) -> Document:
    """The 核数稿: the same document with a table of its citations at the end."""
    return Document(
        title=document.title,
        subtitle=document.subtitle,
        citations=document.citations,
        compact=document.compact,
        blocks=(*document.blocks, Heading(1, ANNEX_TITLE), Note(ANNEX_NOTE), annex_table(document.citations)),
    )


def annex_table(citations: CitationList) -> Table:
    """One row for each citation: number, figure, 口径, scope, value, entries, state of the books."""
    columns = (
        Column("编号", width=1.0),
        Column("指标", width=2.6),
        Column("口径", width=3.8),
        Column("范围", width=2.8),
        Column("数值", number=True, width=2.3),
        Column("台账条目", width=2.0),
        Column("台账状态", width=1.5),
    )
    return Table("", columns, tuple(annex_row(citation) for citation in citations))


def annex_row(citation: Citation) -> Row:
    value = citation.value or citation.shown
    return (
        f"[{citation.id}]",
        f"{citation.name}（{citation.key}）",
        citation.definition,
        citation.asked,
        f"{value} {unit_word(citation.unit)}" if citation.value else value,
        entries_words(citation),
        citation.head_words,
    )


def entries_words(citation: Citation) -> str:
    """共 3 条：12、15、18; with what is not listed counted."""
    if not citation.entries:
        return "无"
    listed = "、".join(str(each) for each in citation.entry_ids)
    more = "…" if 0 < len(citation.entry_ids) < citation.entries else ""
    return f"{citation.entries} 条" + (f"：{listed}{more}" if listed else "")
