"""The filled activity report of 从化 (fp_diqu, 2011): 65 columns under a header of two merged lines."""

import pyarrow.parquet as pq
import pytest

from xieshou.intake import services, staging
from xieshou.intake.forms import FormBinding, load_form
from xieshou.intake.tests.conftest import APPS, DATA

FORM = load_form(APPS / "channels/statements/forms/activity_report.toml")


@pytest.fixture
def report(conghua, opened_as):
    return opened_as(DATA / "report-conghua-206_12.xls", FORM, period="2011", basis="period")


@pytest.fixture
def findings(report, office, books):
    bound = [FormBinding(FORM, books.post, books.withdraw)]
    return services.report(by=office, batch=report, bindings=bound)


@pytest.fixture
def rows(report):
    return pq.read_table(staging.rows_path(report))


def broken(findings, check):
    return [one for one in findings.warnings if one.params.get("check") == check]


def village(rows, row):
    numbers = rows.column("row").to_pylist()
    return rows.column("village").to_pylist()[numbers.index(row)]


def test_all_65_columns_are_found_under_the_merged_header(report):
    assert (report.header_row, len(report.mapping)) == (2, 65)


def test_5230_households_and_14941_persons_are_registered(rows):
    sums = [sum(filter(None, rows.column(f"poor_registered_{key}").to_pylist())) for key in ("households", "persons")]

    assert sums == [5_230, 14_941]


def test_71_rows_report_other_households_than_are_registered_and_two_blank_rows_are_no_mismatch(findings, rows):
    blank = [
        row
        for row, count in zip(rows.column("row").to_pylist(), rows.column("poor_households").to_pylist(), strict=True)
        if count is None
    ]

    assert len(broken(findings, "households_as_registered")) == 71
    assert blank == [9, 40]


def test_the_villages_whose_households_are_not_the_sum_of_their_parts_are_named(findings, rows):
    assert [village(rows, one.row) for one in broken(findings, "households_by_kind")] == ["塘基村", "石咀村"]


def test_the_villages_whose_persons_are_not_the_sum_of_their_parts_are_named(findings, rows):
    named = [village(rows, one.row) for one in broken(findings, "persons_by_kind")]

    assert named == ["塘基村", "桂峰村", "乌土村", "乐明村"]


def test_two_numbers_in_a_cell_go_back_with_its_address(findings):
    assert [(one.cell, one.code, one.value) for one in findings.errors] == [("T57", "two_numbers", "7(28)")]


def test_every_stated_total_equals_the_sum_of_its_rows(findings):
    assert len(findings.totals) == 57
    assert all(total.agrees for total in findings.totals)
