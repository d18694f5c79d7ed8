"""From a Word file with marks to one source that jinja renders, line by line of which paragraph it comes.

Orders (`for`, `if`) that stand alone in a paragraph govern whole paragraphs; in a table row that holds nothing else, or
that one opens in its first cell and closes in its last, whole rows; within a paragraph, words. What would tear the XML
apart is refused with the paragraph named.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from docx.oxml.ns import qn
from lxml import etree

from xieshou.reports.documents.errors import TemplateWrong
from xieshou.reports.documents.word_templates.marks import BETWEEN, CLOSING, OPENING, ORDERS, Mark, loose_mark, marks_in

# Signs of the private use area that no template contains: what stands for a mark until the XML is written.
HELD, HELD_END = "\ue010", "\ue011"
VALUE, VALUE_END, ORDER, ORDER_END = "\ue012", "\ue013", "\ue014", "\ue015"
REMARK, REMARK_END = "\ue016", "\ue017"
PRIVATE = re.compile("[\ue010-\ue02f]")  # no more: old fonts have their bullets and symbols above
SHOWN_OF_A_PARAGRAPH = 40

_P, _T, _TR, _TC, _TBL = (qn(f"w:{name}") for name in ("p", "t", "tr", "tc", "tbl"))
_INSTRUCTION = "xieshou"


@dataclass(slots=True)
class Source:
    """The source of one part of a file, and of each of its lines the paragraph, said in words."""

    text: str = ""
    paragraphs: list[str] = field(default_factory=list)

    def paragraph_of(self, line: int) -> str:
        """Of a line, from 1; the first line is what stands before the first paragraph."""
        return self.paragraphs[line - 2] if 0 <= line - 2 < len(self.paragraphs) else ""


def source_of(root: etree._Element, part: str = "") -> Source:
    """The source of a part of a Word file; the part is changed.

    Args:
        part: what the part is called in an error, "" for the body.
    Raises: TemplateWrong, naming the paragraph.
    """
    return _Reader(root, part).source()


class _Reader:
    def __init__(self, root: etree._Element, part: str) -> None:
        self.root = root
        self.names = _names(root, part)
        self.marks: list[Mark] = []
        self.of_paragraph: dict[etree._Element, list[Mark]] = {}

    def source(self) -> Source:
        _without_signs_of_ours(self.root)
        for paragraph in self.root.iter(_P):
            self._hold_marks(paragraph)
        for row in list(self.root.iter(_TR)):
            self._lift_from_row(row)
        for paragraph in list(self.root.iter(_P)):
            self._lift_from_paragraph(paragraph)
        self._see_that_orders_nest()
        return self._written()

    # Marks out of their runs

    def _hold_marks(self, paragraph: etree._Element) -> None:
        """Put every mark of a paragraph whole into the run where it begins, however Word split it."""
        texts = [node for node in paragraph.iter(_T) if _paragraph_of(node) is paragraph]
        for node in texts:
            node.text = (node.text or "").replace("\n", " ")
        text = "".join(node.text for node in texts)
        if loose := loose_mark(text):
            raise self._wrong(paragraph, _("“%(mark)s”没有配对；请检查双大括号。") % {"mark": loose})
        found = list(marks_in(text))
        if not found:
            return
        self.of_paragraph[paragraph] = found
        for mark in found:
            if mark.order and mark.order not in ORDERS:
                known = "、".join(("if", "elif", "else", "endif", "for", "endfor", "set"))
                raise self._wrong(
                    paragraph,
                    _("没有“%(order)s”这个指令；可用的指令：%(known)s。") % {"order": mark.order, "known": known},
                )
        starts = {mark.start: self._held(mark) for mark in found}
        inside = {position for mark in found for position in range(mark.start, mark.end)}
        position = 0
        for node in texts:
            kept = []
            for character in node.text:
                kept.append(starts.get(position, "" if position in inside else character))
                position += 1
            node.text = "".join(kept)
            node.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")

    def _held(self, mark: Mark) -> str:
        self.marks.append(mark)
        return f"{HELD}{len(self.marks) - 1}{HELD_END}"

    # Orders out of their paragraphs and rows

    def _lift_from_row(self, row: etree._Element) -> None:
        paragraphs = [each for each in row.iter(_P) if _row_of(each) is row]
        held = [(each, number) for each in paragraphs for number in _held_in(each)]
        orders = [(each, number) for each, number in held if self.marks[number].order]
        if not orders:
            return
        if len(orders) == len(held) and not any(_words(each) for each in paragraphs):
            self._put(row, [number for _p, number in orders], before=True)
            row.getparent().remove(row)
            return
        first, last = orders[0], orders[-1]
        opens = self.marks[first[1]].order
        closes_here = OPENING.get(opens) == self.marks[last[1]].order
        if closes_here and _cell_of(first[0]) is not _cell_of(last[0]):
            if held[0] != first or held[-1] != last:
                raise self._wrong(first[0], _("按行重复的表格，“for”须写在该行最前，“endfor”须写在该行最后。"))
            self._put(row, [first[1]], before=True)
            self._put(row, [last[1]], before=False)
            _take_out(first[0], first[1])
            _take_out(last[0], last[1])

    def _lift_from_paragraph(self, paragraph: etree._Element) -> None:
        numbers = _held_in(paragraph)
        if not numbers or _words(paragraph) or not all(self.marks[number].order for number in numbers):
            return
        if all(self.marks[number].order == "set" for number in numbers) or not self._balanced(numbers):
            self._put(paragraph, numbers, before=True)
            parent = paragraph.getparent()
            # A cell without a paragraph is no cell.
            if parent.tag == _TC and sum(1 for each in parent if each.tag == _P) == 1:
                for number in numbers:
                    _take_out(paragraph, number)
            else:
                parent.remove(paragraph)

    def _put(self, element: etree._Element, numbers: list[int], *, before: bool) -> None:
        """An instruction beside an element, which will be the orders themselves."""
        instruction = etree.ProcessingInstruction(_INSTRUCTION, ",".join(map(str, numbers)))
        (element.addprevious if before else element.addnext)(instruction)
        paragraph = element if element.tag == _P else next(element.iter(_P))
        self.names[instruction] = self.names[paragraph]

    def _balanced(self, numbers: list[int]) -> bool:
        open_orders: list[str] = []
        for number in numbers:
            order = self.marks[number].order
            if order in OPENING:
                open_orders.append(OPENING[order])
            elif order in CLOSING:
                if not open_orders or open_orders.pop() != order:
                    return False
            elif order in BETWEEN and not open_orders:
                return False
        return not open_orders

    def _see_that_orders_nest(self) -> None:
        """Refuse orders that open in one place of the document and close in another, which would tear it apart."""
        open_orders: list[tuple[str, etree._Element, etree._Element]] = []
        for element in self.root.iter(_P, etree.ProcessingInstruction):
            if element.tag == _P:
                if not self._balanced([n for n in _held_in(element) if self.marks[n].order not in ("", "set")]):
                    raise self._wrong(element, _("“if”或“for”须在同一段内结束，或与结束指令各自单独成段。"))
                continue
            if element.target != _INSTRUCTION:
                continue
            for number in map(int, element.text.split(",")):
                order = self.marks[number].order
                if order in OPENING:
                    open_orders.append((OPENING[order], element, element.getparent()))
                elif order in CLOSING or order in BETWEEN:
                    expected = open_orders[-1] if open_orders else None
                    if (
                        expected is None
                        or (order in CLOSING and expected[0] != order)
                        or expected[2] is not element.getparent()
                    ):
                        raise self._wrong(
                            element,
                            _("“%(order)s”没有对应的开始，或与开始不在同一处（正文、同一单元格、同一张表）。")
                            % {"order": order},
                        )
                    if order in CLOSING:
                        open_orders.pop()
        if open_orders:
            raise self._wrong(open_orders[-1][1], _("“%(order)s”没有写。") % {"order": open_orders[-1][0]})

    # The source

    def _written(self) -> Source:
        prefix = next((name for name, uri in self.root.nsmap.items() if name and uri == _P[1:].partition("}")[0]), "w")
        xml = etree.tostring(self.root, encoding="unicode")
        lines = re.compile(rf"<{prefix}:p(?=[ />])|<\?{_INSTRUCTION} ")
        text = lines.sub(lambda match: f"\n{match[0]}", xml)
        text = re.sub(
            rf"<\?{_INSTRUCTION} ([\d,]+)\?>", lambda match: "".join(map(self._code, match[1].split(","))), text
        )
        text = re.sub(f"{HELD}(\\d+){HELD_END}", lambda match: self._code(match[1]), text)
        paragraphs = [
            self.names[each]
            for each in self.root.iter(_P, etree.ProcessingInstruction)
            if each.tag == _P or each.target == _INSTRUCTION
        ]
        return Source(text, paragraphs)

    def _code(self, number: str) -> str:
        mark = self.marks[int(number)]
        return f"{ORDER} {mark.code} {ORDER_END}" if mark.order else f"{VALUE} {mark.code} {VALUE_END}"

    def _wrong(self, element: etree._Element, why: str) -> TemplateWrong:
        return wrong(self.names[element], why)


def wrong(paragraph: str, why: str) -> TemplateWrong:
    """The refusal of a template, its paragraph named."""
    return TemplateWrong(_("%(paragraph)s：%(why)s") % {"paragraph": paragraph, "why": why}, paragraph=paragraph)


def _without_signs_of_ours(root: etree._Element) -> None:
    """Take out what would be taken for a mark or an order that this module wrote, wherever in the part it stands."""
    etree.strip_elements(root, etree.Comment, etree.ProcessingInstruction, with_tail=False)
    for element in root.iter():
        if element.text and PRIVATE.search(element.text):
            element.text = PRIVATE.sub("", element.text)
        for name, value in element.items():
            if PRIVATE.search(value):
                element.set(name, PRIVATE.sub("", value))


def _names(root: etree._Element, part: str) -> dict[etree._Element, str]:
    """What each paragraph is called in an error: 第 3 段“2019年，计划…”, 第 1 张表第 2 行第 3 格“…”."""
    names: dict[etree._Element, str] = {}
    tables = {table: number for number, table in enumerate(root.iter(_TBL), start=1)}
    rows = {row: number for table in tables for number, row in enumerate(table.iterchildren(_TR), start=1)}
    cells = {cell: number for row in rows for number, cell in enumerate(row.iterchildren(_TC), start=1)}
    number = 0
    for paragraph in root.iter(_P):
        text = "".join(node.text or "" for node in paragraph.iter(_T)).strip()
        text = text if len(text) <= SHOWN_OF_A_PARAGRAPH else f"{text[:SHOWN_OF_A_PARAGRAPH]}…"
        cell = _cell_of(paragraph)
        if cell is None:
            number += 1
            where = _("第 %(number)d 段") % {"number": number}
        else:
            row = _row_of(paragraph)
            where = _("第 %(table)d 张表第 %(row)d 行第 %(cell)d 格") % {
                "table": tables.get(row.getparent(), 0),
                "row": rows.get(row, 0),
                "cell": cells.get(cell, 0),
            }
        names[paragraph] = f"{part}{where}“{text}”"
    return names


def _held_in(paragraph: etree._Element) -> list[int]:
    text = "".join(node.text or "" for node in paragraph.iter(_T) if _paragraph_of(node) is paragraph)
    return [int(number) for number in re.findall(f"{HELD}(\\d+){HELD_END}", text)]


def _words(paragraph: etree._Element) -> str:
    """The words of a paragraph that are no marks; a picture counts as one."""
    if any(each.tag in (qn("w:drawing"), qn("w:object"), qn("w:pict")) for each in paragraph.iter()):
        return "picture"
    text = "".join(node.text or "" for node in paragraph.iter(_T))
    return re.sub(f"{HELD}\\d+{HELD_END}", "", text).strip()


def _take_out(paragraph: etree._Element, number: int) -> None:
    for node in paragraph.iter(_T):
        node.text = (node.text or "").replace(f"{HELD}{number}{HELD_END}", "")


def _ancestor(element: etree._Element, tag: str) -> etree._Element | None:
    return next(element.iterancestors(tag), None)


def _paragraph_of(element: etree._Element) -> etree._Element | None:
    return _ancestor(element, _P)


def _row_of(element: etree._Element) -> etree._Element:
    return _ancestor(element, _TR)


def _cell_of(element: etree._Element) -> etree._Element | None:
    return _ancestor(element, _TC)
