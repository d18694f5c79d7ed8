"""Blank workbooks: filled in and handed back, they are recognised without a doubt."""

import openpyxl
import pytest

from xieshou.intake import blank
from xieshou.intake.tests.conftest import FORMS

pytestmark = pytest.mark.usefixtures("places_cast")


@pytest.fixture
def filled(tmp_path):
    """The blank fund plan with one row."""
    path = blank.write(FORMS["fund_plan"], tmp_path / "plan.xlsx")
    book = openpyxl.load_workbook(path)
    row = {"年度": "2019", "县（市、区）": "凤山县", "项目类别": "产业", "计划（万元）": 1771, "实际（万元）": 1700}
    for cell in book.worksheets[0][2]:
        if cell.value in row:
            book.worksheets[0].cell(3, cell.column, row[cell.value])
    book.save(path)
    return path


def test_a_filled_blank_is_recognised_without_a_doubt(filled, opened, preview_of):
    preview = preview_of(opened(filled))

    assert (preview.form_key, preview.score, preview.accepted) == ("fund_plan", 1, 1)
    assert not preview.findings


@pytest.mark.parametrize("key", sorted(FORMS))
def test_a_code_column_offers_its_words(tmp_path, key):
    form = FORMS[key]
    sheet = openpyxl.load_workbook(blank.write(form, tmp_path / "blank.xlsx")).worksheets[0]

    assert len(sheet.data_validations.dataValidation) == sum(bool(column.codes) for column in form.columns)
    assert [cell.value for cell in sheet[2]] == [column.name for column in form.columns]


def test_the_notes_of_the_form_are_on_the_second_sheet_word_for_word(tmp_path):
    form = FORMS["fund_report"]
    notes = openpyxl.load_workbook(blank.write(form, tmp_path / "blank.xlsx")).worksheets[1]

    assert set(form.notes) <= {cell.value for cell in notes["B"]}
