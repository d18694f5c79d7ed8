"""A Word document as the audit reads it: its text in order, and for each stretch the run in which it stands.

Knows no Django: the child process that opens documents uses it. Body paragraphs and tables come in their order, a row
of a table as one tabbed line, text boxes after the paragraph that holds them, then footnotes and endnotes. Tracked
changes read as accepted: what was inserted counts, what was deleted does not.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_NOTES = ("footnotes", "endnotes")
_SIGNS = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-", f"{W}softHyphen": ""}
_UNSEEN = frozenset([f"{W}del", f"{W}moveFrom", f"{W}pPr", f"{W}rPr", f"{W}instrText", f"{W}delText", _FALLBACK])
_DEEPEST = 200


@dataclass(frozen=True, slots=True)
class Stretch:
    """Characters of the text that one element of a run gives. element: `w:t`, or the sign itself (tab, break)."""

    start: int
    text: str
    element: Any

    @property
    def run(self) -> Any:
        return self.element.getparent()


def text_and_stretches(document: Any) -> tuple[str, list[Stretch]]:
    """The text of an opened `docx` document, and where each part of it stands. Notes have no stretches."""
    reader = _Reader()
    reader.block(document.element.body, 0)
    body = "".join(reader.parts)
    notes = [line for part in _note_parts(document) for line in _note_lines(part)]
    return body + "".join(f"{line}\n" for line in notes), reader.stretches


class _Reader:
    def __init__(self) -> None:
        self.parts: list[str] = []
        self.stretches: list[Stretch] = []
        self._length = 0
        self._cell_start = 0

    def block(self, parent: Any, depth: int, *, in_row: bool = False) -> None:
        """Paragraphs and tables of a body, a cell or a text box, in order."""
        if depth > _DEEPEST:
            return
        for child in parent:
            tag = child.tag
            if tag == f"{W}p":
                self.paragraph(child, depth, in_row=in_row)
            elif tag == f"{W}tr" and _is_deleted(child):
                continue
            elif tag == f"{W}tr":
                self.row(child, depth)
            elif isinstance(tag, str) and tag not in _UNSEEN and len(child):
                self.block(child, depth + 1, in_row=in_row)

    def row(self, row: Any, depth: int) -> None:
        cells = list(row.iter(f"{W}tc")) if depth < _DEEPEST else []
        for position, cell in enumerate(each for each in cells if _row_of(each) is row):
            if position:
                self._add("\t")
            self._cell_start = self._length
            self.block(cell, depth + 1, in_row=True)
        self._add("\n")

    def paragraph(self, paragraph: Any, depth: int, *, in_row: bool) -> None:
        boxes: list[Any] = []
        if in_row and self._length > self._cell_start:
            self._add(" ")
        self.inline(paragraph, boxes, depth)
        if not in_row:
            self._add("\n")
        for box in boxes:
            self.block(box, depth + 1, in_row=in_row)

    def inline(self, parent: Any, boxes: list[Any], depth: int) -> None:
        if depth > _DEEPEST:
            return
        for child in parent:
            tag = child.tag
            if tag == f"{W}t":
                self._add(child.text or "", child)
            elif tag in _SIGNS:
                self._add(_SIGNS[tag], child)
            elif tag == f"{W}txbxContent":
                boxes.append(child)
            elif isinstance(tag, str) and tag not in _UNSEEN:
                self.inline(child, boxes, depth + 1)

    def _add(self, text: str, element: Any = None) -> None:
        if not text:
            return
        if element is not None:
            self.stretches.append(Stretch(self._length, text, element))
        self.parts.append(text)
        self._length += len(text)


def _row_of(cell: Any) -> Any:
    """The row in which a cell stands; content controls may lie between."""
    parent = cell.getparent()
    while parent is not None and parent.tag != f"{W}tr":
        parent = parent.getparent()
    return parent


def _is_deleted(row: Any) -> bool:
    return row.find(f"{W}trPr/{W}del") is not None


def _note_parts(document: Any) -> Iterator[bytes]:
    for relation in document.part.rels.values():
        if not relation.is_external and relation.reltype.rpartition("/")[2] in _NOTES:
            yield relation.target_part.blob


def _note_lines(blob: bytes) -> list[str]:
    from docx.oxml.parser import parse_xml

    notes = [note for note in parse_xml(blob) if note.get(f"{W}type") in (None, "normal")]
    lines = []
    for note in notes:
        reader = _Reader()
        reader.block(note, 0)
        lines.append("".join(reader.parts).strip().replace("\n", " "))
    return [line for line in lines if line]


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment to write: on the characters `start` to `end` of the text, with these words."""

    start: int
    end: int
    words: str


def comment(document: Any, remarks: Sequence[Remark], *, author: str, initials: str) -> int:
    """Write Word comments at stretches of an opened document; returns how many found their place.

    Runs are split so that exactly the characters lie inside the comment; both halves keep the run's properties. What
    stands in a footnote or across paragraphs is left out, since Word has no comment there.
    """
    from docx.text.run import Run

    _cut(document, {place for remark in remarks for place in (remark.start, remark.end)})
    stretches = _stretches(document)
    by_start = {stretch.start: position for position, stretch in enumerate(stretches)}
    written = 0
    for remark in remarks:
        position = by_start.get(remark.start)
        if position is None:
            continue
        runs = _runs_within(stretches, position, remark.end)
        if runs and _paragraph_of(runs[0]) is _paragraph_of(runs[-1]):
            first, last = (Run(runs[end], document) for end in (0, -1))
            document.add_comment([first, last], text=remark.words, author=author, initials=initials)
            written += 1
    return written


def _stretches(document: Any) -> list[Stretch]:
    return text_and_stretches(document)[1]


def _cut(document: Any, places: set[int]) -> None:
    """Split runs so that every place of the text is the beginning of a run. Walks backwards: what is split off lies
    behind what is still to come."""
    ordered = sorted(places)
    for stretch in reversed(_stretches(document)):
        end = stretch.start + len(stretch.text)
        for place in reversed(ordered[bisect_left(ordered, stretch.start) : bisect_left(ordered, end)]):
            _split(stretch.element, place - stretch.start)


def _split(element: Any, at: int) -> None:
    """Move what stands from character `at` of this element on into a new run behind its own."""
    run = element.getparent()
    if at == 0 and all(child.tag == f"{W}rPr" for child in element.itersiblings(preceding=True)):
        return
    moved = list(element.itersiblings())
    tail = deepcopy(run)
    for child in list(tail):
        if child.tag != f"{W}rPr":
            tail.remove(child)
    if at == 0:
        moved.insert(0, element)
    else:
        rest = deepcopy(element)
        rest.text = element.text[at:]
        element.text = element.text[:at]
        for part in (element, rest):
            part.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        moved.insert(0, rest)
    for child in moved:
        tail.append(child)
    run.addnext(tail)


def _runs_within(stretches: Sequence[Stretch], position: int, end: int) -> list[Any]:
    """The runs from this stretch up to the place `end`; [] where no run ends there."""
    runs = []
    for stretch in itertools.islice(stretches, position, None):
        runs.append(stretch.run)
        if stretch.start + len(stretch.text) >= end:
            return runs if stretch.start + len(stretch.text) == end else []
    return []


def _paragraph_of(element: Any) -> Any:
    return next(element.iterancestors(f"{W}p"), None)
