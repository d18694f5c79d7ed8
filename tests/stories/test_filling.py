"""The blank quarterly form three, as it is handed out, filled from the ledger of the imported report of 从化."""

from datetime import date
from pathlib import Path

import openpyxl
import pytest
import xlrd

from tests.stories.conftest import CONGHUA_REPORT
from xieshou.catalogue.figures import FIGURES
from xieshou.catalogue.sources import SOURCES
from xieshou.figures.scopes import Scope
from xieshou.reports.documents.verification import verify_file
from xieshou.reports.filling.knowledge import catalogue
from xieshou.reports.filling.proposals import decided
from xieshou.reports.filling.services import fill_blank, read_blank, remember

BLANK = Path(__file__).parent / "data" / "quarterly-report-3.xls"
FIRST_ROW = 7
SCOPE = Scope(place="440117000000", until=date(2011, 12, 31))


@pytest.fixture
def filled(desk, conghua):
    return fill_blank(actor=desk.actor, name=BLANK.name, data=BLANK.read_bytes(), scope=SCOPE, catalogue=catalogue())


@pytest.fixture
def sheet(filled, tmp_path):
    path = tmp_path / filled.name
    path.write_bytes(filled.data)
    return openpyxl.load_workbook(path).worksheets[0]


def source_rows():
    """Unit, village and the nine amounts of every row of the report; a blank is None."""
    sheet = xlrd.open_workbook(str(CONGHUA_REPORT)).sheet_by_index(0)
    rows = [sheet.row_values(row) for row in range(1, sheet.nrows)]
    return [
        [" ".join(row[5].split()), row[2], *(None if value == "" else value for value in row[8:17])]
        for row in rows
        if row[5] and row[2]
    ]


def test_every_amount_of_every_row_is_that_of_the_source(sheet, filled):
    expected = source_rows()
    written = [
        [sheet.cell(row, column).value for column in range(1, 12)]
        for row in range(FIRST_ROW, FIRST_ROW + len(expected))
    ]

    assert len(expected) == filled.rows == 125
    assert [[" ".join(row[0].split()), *row[1:]] for row in written] == expected


def test_the_notes_below_the_table_have_moved_down_with_their_merges(sheet):
    assert sheet.cell(FIRST_ROW + 125, 1).value == " 注：1.规划投入资金指已列入帮扶规划中的全部资金。"
    assert f"A{FIRST_ROW + 125}:K{FIRST_ROW + 125}" in {str(each) for each in sheet.merged_cells.ranges}


def test_the_layout_is_that_of_the_blank(sheet):
    title, row = sheet["A1"], sheet.cell(FIRST_ROW + 100, 4)

    assert (title.font.name, title.font.size) == ("华文中宋", 18)
    assert "A1:K1" in {str(each) for each in sheet.merged_cells.ranges}
    assert (row.border.left.style, row.font.name) == ("thin", "宋体")
    assert sheet.column_dimensions["C"].width == 3008 / 256


def test_a_filled_cell_says_its_figure_and_a_blank_one_why(sheet):
    assert "fund.planned" in sheet.cell(FIRST_ROW, 3).comment.text
    assert sheet.cell(FIRST_ROW + 4, 3).value is None
    assert "空白不等于 0" in sheet.cell(FIRST_ROW + 4, 3).comment.text


def test_the_filled_file_is_verified_as_any_report(desk, filled):
    found = verify_file(actor=desk.actor, name=filled.name, data=filled.data, figures=FIGURES, sources=SOURCES)

    stated = sum(amount is not None for row in source_rows() for amount in row[2:])
    assert len(found.citations) == filled.filled == stated == 1_016
    assert not found.changed


def test_what_a_person_confirmed_is_taken_for_the_next_blank(desk, conghua):
    _blank, (proposal,) = read_blank(name=BLANK.name, data=BLANK.read_bytes(), catalogue=catalogue())
    corrected = decided(proposal, {"3": "fund.raised||"}, {}, {figure.key: figure for figure in FIGURES})

    remember(by=desk.actor, name=BLANK.name, proposal=corrected)
    _blank, (again,) = read_blank(name="下一季度.xls", data=BLANK.read_bytes(), catalogue=catalogue())

    assert (again.remembered, str(again.columns[3].means), again.doubts) == (True, "fund.raised||", 0)


def test_the_command_fills_and_says_what_it_left(command, conghua, tmp_path):
    target = tmp_path / "filled.xlsx"

    code, document = command("fill", str(BLANK), "-o", str(target), "--place", "440117000000", "--at", "2011-12-31")

    assert (code, document["filled"], document["left"]) == (0, 1_016, 109)
    assert target.exists()
