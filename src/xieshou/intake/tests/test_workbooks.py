"""A workbook of several tables becomes a batch for each."""

import pytest
import xlsxwriter

from xieshou.intake import services
from xieshou.intake.workbooks import tables_in

HEAD = ["县", "计划（万元）", "实际（万元）"]

pytestmark = pytest.mark.usefixtures("places_cast")


@pytest.fixture
def path(tmp_path):
    """Two plans side by side on one sheet, a blank one on the next."""
    path = tmp_path / "2019年计划.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("一")
        for column, counties in ((0, ("凤山县", "和龙市")), (4, ("镇赉县", "从化区"))):
            sheet.write_row(0, column, HEAD)
            for row, county in enumerate(counties, start=1):
                sheet.write_row(row, column, [county, 1, 1])
        book.add_worksheet("二").write_row(0, 0, HEAD)
    return path


@pytest.fixture
def tables(path, bindings):
    return tables_in(path, path.name, bindings)


def test_every_table_is_named_with_its_form(tables):
    assert [(one.sheet, one.table, one.form_key, one.is_filled) for one in tables] == [
        ("一", "A1", "fund_plan", True),
        ("一", "E1", "fund_plan", True),
        ("二", "A1", "fund_plan", False),
    ]


def test_each_is_read_alone(path, tables, opened, preview_of):
    batches = [opened(path, sheet=one.sheet, table=one.table) for one in tables[:2]]

    assert [set(preview_of(batch).first_rows[0].cells) for batch in batches] == [
        {"", "凤山县", "1"},
        {"", "镇赉县", "1"},
    ]


def test_all_of_them_can_be_accepted(path, tables, opened, office, bindings, books):
    for one in tables[:2]:
        batch = opened(path, sheet=one.sheet, table=one.table)
        services.accept_batch(by=office, batch=batch, bindings=bindings)

    assert len(books.rows) == 4


def test_another_table_can_be_chosen_later(path, opened, office, bindings, preview_of):
    batch = services.correct(by=office, batch=opened(path), bindings=bindings, table="E1")

    assert "镇赉县" in preview_of(batch).first_rows[0].cells
