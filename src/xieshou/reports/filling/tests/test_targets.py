import io
from decimal import Decimal

import pytest
from docx import Document
from openpyxl import Workbook

from xieshou.intake.errors import Classified
from xieshou.reports.filling.errors import BlankRefused
from xieshou.reports.filling.files import open_blank
from xieshou.reports.filling.grid import Grid, fingerprint
from xieshou.reports.filling.targets import ExcelTarget, WordTarget


def packed(file):
    buffer = io.BytesIO()
    file.save(buffer)
    return buffer.getvalue()


@pytest.fixture
def sheet():
    sheet = Workbook().active
    for line in (["单位", "金额"], [None, None], ["合计", "=SUM(B2:B2)"], ["注：说明", None]):
        sheet.append(line)
    sheet.merge_cells("A4:B4")
    return sheet


def test_a_sum_over_the_blank_rows_takes_in_the_rows_that_are_added(sheet):
    ExcelTarget(sheet).add_rows(1, 1, 3)

    assert sheet["B6"].value == "=SUM(B2:B5)"
    assert [str(each) for each in sheet.merged_cells.ranges] == ["A7:B7"]


def test_a_formula_is_never_written_over(sheet):
    assert not ExcelTarget(sheet).may_write(2, 1)


def test_a_word_table_takes_the_number_and_its_comment():
    document = Document()
    table = document.add_table(rows=2, cols=2)
    target = WordTarget(document, table, 1)

    target.put(1, 1, Decimal("12.5"), "12.50", "fund.raised")

    assert table.cell(1, 1).text == "12.50"
    assert [comment.text for comment in document.comments] == ["fund.raised"]


def test_rows_are_added_to_a_word_table():
    document = Document()
    target = WordTarget(document, document.add_table(rows=2, cols=2), 1)

    target.add_rows(1, 1, 2)

    assert len(target.grid().rows) == 4


def test_next_quarters_blank_is_the_same_table():
    first = Grid("a", [["2011年第一季度", ""], ["单位", "金额"], ["", ""]])
    second = Grid("b", [["2011年第二季度", ""], ["单位", "金额"]])

    assert fingerprint(first, 1, 1, []) == fingerprint(second, 1, 1, [])


def test_a_classified_table_is_refused():
    book = Workbook()
    book.active.append(["机密★10年"])

    with pytest.raises(Classified):
        open_blank("空表.xlsx", packed(book))


@pytest.mark.parametrize(("name", "data"), [("扫描.pdf", b"%PDF-1.4"), ("空.docx", packed(Document()))])
def test_what_has_no_cells_to_fill_is_refused(name, data):
    with pytest.raises(BlankRefused):
        open_blank(name, data)
