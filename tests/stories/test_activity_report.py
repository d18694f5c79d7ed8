"""The real activity report of 从化: 65 columns of 125 villages, every number of it a figure with its cell.

Every number here stands in the issue that asked for it or in the workbook itself.
"""

from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.stories.conftest import CONGHUA
from tests.stories.workbooks import copied
from xieshou.catalogue.figures import FIGURES
from xieshou.catalogue.forms import BINDINGS
from xieshou.catalogue.sources import SOURCES
from xieshou.channels.statements.models import Statement
from xieshou.figures.definitions import figure_named
from xieshou.figures.errors import FigureRefused
from xieshou.figures.scopes import Scope
from xieshou.figures.services import trace
from xieshou.intake import returned
from xieshou.intake import services as intake
from xieshou.intake.comparisons import comparison_of
from xieshou.ledger import services as ledger

REPORT = Path(__file__).parent / "data" / "report-conghua-206_12.xls"
YEAR_END, SPRING = date(2011, 12, 31), date(2012, 3, 31)


@pytest.fixture
def draft(desk):
    return desk.draft(REPORT, as_of=YEAR_END, basis="cumulative")


@pytest.fixture
def report(desk, draft):
    return intake.report(by=desk.actor, batch=draft, bindings=BINDINGS)


@pytest.fixture
def activity(desk, draft):
    return desk.accept(draft)


@pytest.fixture
def mended(desk, activity, tmp_path):
    """The returned workbook of the report with 7 instead of 7(28), taken in."""
    path = tmp_path / "returned.xlsx"
    returned.write(activity, path)
    book = load_workbook(path)
    for line in book.worksheets[0].iter_rows():
        for cell in line:
            cell.value = 7 if cell.value == "7(28)" else cell.value
    book.save(path)
    return desk.take_in(path, as_of=YEAR_END, basis="cumulative")


def broken(report, check):
    """The rows that break a check of the form."""
    return {finding.row for finding in report.warnings if finding.params.get("check") == check}


def villages_of(rows):
    found = Statement.objects.filter(row__in=rows, states="stock").values_list("place_as_written", flat=True)
    return {name.removeprefix("从化市").split("镇")[-1] for name in found}


def test_all_65_columns_are_recognised_under_their_header_of_two_rows(draft):
    assert (draft.form_key, draft.header_row, len(draft.mapping)) == ("activity_report", 2, 65)


def test_124_of_125_rows_go_in_and_one_goes_back(draft):
    assert (draft.rows, draft.accepted, draft.rejected) == (125, 124, 1)


def test_7_28_goes_back_with_its_cell(report):
    found = [(finding.cell, finding.value, finding.column) for finding in report.errors]

    assert found == [("T57", "7(28)", "poor_households_gone")]


def test_71_rows_report_other_households_than_are_registered(report):
    assert len(broken(report, "households_as_registered")) == 71


def test_a_row_that_reports_nothing_is_no_mismatch(activity, report):
    blank = {9, 40}  # 吕新村, 石海村

    assert villages_of(blank) == {"吕新村", "石海村"}
    assert not blank & broken(report, "households_as_registered")


def test_two_villages_report_households_that_are_not_the_sum_of_their_kinds(activity, report):
    assert villages_of(broken(report, "households_by_kind")) == {"塘基村", "石咀村"}


def test_four_villages_report_persons_that_are_not_the_sum_of_their_kinds(activity, report):
    assert villages_of(broken(report, "persons_by_kind")) == {"塘基村", "桂峰村", "乌土村", "乐明村"}


def test_the_stated_total_row_agrees_with_its_rows_in_every_column(report):
    stated = {total.column: (total.stated, total.computed) for total in report.totals}

    assert len(stated) == 57
    assert {key for key, (total, rows) in stated.items() if total != rows} == set()


def test_registered_and_reported_households_are_two_figures(desk, mended):
    assert desk.value("poor.registered_households", at="2011-12-31") == 5_230
    assert desk.value("poor.registered_persons", at="2011-12-31") == 14_941
    assert desk.value("poor.households", at="2011-12-31") == 5_390
    assert desk.value("poor.persons", at="2011-12-31") == 14_816


def test_what_the_columns_add_up_to_is_a_figure_in_its_own_unit(desk, mended):
    expected = {
        "help.leader_visits": 905,
        "help.staff_visits": 3_370,
        "help.houses_rebuilt": 68,
        "help.medical_insured": 7_396,
        "help.work_meetings": 495,
        "help.roads": 30_090,  # metres
        "help.farmland_benefited": 5_461_00,  # 0.01 亩
        "village.collective_income_last_year": 2_562_276_18,
    }

    assert {key: desk.value(key, to="2011-12-31") for key in expected} == expected


def test_kinds_of_one_thing_are_told_by_category(desk, mended):
    assert desk.values_by("category", "poor.households_by_kind", at="2011-12-31") == {
        "able.dibao": 1_572, "able.low_income": 713, "unable.dibao": 2_860, "unable.low_income": 244,
    }  # fmt: skip
    assert desk.values_by("category", "help.trainings", to="2011-12-31") == {"farming": 610, "job_skills": 127}


def test_persons_and_person_times_and_households_keep_their_units():
    units = {key: figure_named(key, FIGURES).unit for key in ("poor.persons", "help.trainings", "poor.households")}

    assert units == {"poor.persons": "person", "help.trainings": "person_time", "poor.households": "household"}


def test_every_figure_is_summary_and_says_so(desk, mended):
    (answer,) = desk.answers("help.leader_visits", to="2011-12-31")

    assert answer.summary_share == 100


def test_a_value_is_traced_to_its_cell(desk, activity):
    found = trace(
        actor=desk.actor,
        figure=figure_named("help.leader_visits", FIGURES),
        scope=Scope.from_options({"place": "440117107208", "to": "2011-12-31"}),
        sources=SOURCES,
    )

    assert [(line.quantity, line.original.cell) for line in found.lines] == [(4, "W3")]


def test_what_a_unit_did_is_credited_to_it_and_how_a_village_stands_is_not(desk, activity):
    credited = desk.values_by("credited", "help.leader_visits", place="440117107208", to="2011-12-31")

    assert list(credited.values()) == [4]
    assert "" not in credited
    with pytest.raises(FigureRefused, match="分组"):
        desk.values_by("credited", "poor.households", place="440117107208", at="2011-12-31")


def test_a_later_cumulative_report_replaces_what_was_done_and_leaves_how_things_stood(desk, activity):
    desk.take_in(REPORT, as_of=SPRING, basis="cumulative")

    assert desk.value("help.leader_visits", to="2012-03-31") == 903  # the row that went back has two of the 905
    assert desk.value("help.leader_visits", to="2011-12-31") is None
    assert desk.value("poor.registered_households", at="2011-12-31", place=CONGHUA) == 5_153
    assert desk.value("poor.registered_households", at="2012-03-31", place=CONGHUA) == 5_153
    assert ledger.reconcile(SOURCES) == []


def test_fewer_poor_households_than_before_need_no_reason_and_fewer_visits_do(desk, activity, tmp_path):
    path = copied(REPORT, tmp_path / "spring.xlsx", {(0, "I3"): 40, (0, "W3"): 3})
    draft = desk.draft(path, as_of=SPRING, basis="cumulative")

    difference = comparison_of(draft, desk.actor)

    assert difference.falls == ((3, "help_leader_visits"),)


def test_a_report_withdrawn_leaves_nothing_behind(desk, activity):
    desk.withdraw(activity)

    assert desk.value("help.leader_visits", to="2011-12-31") is None
    assert desk.value("poor.households", at="2011-12-31") is None
    assert ledger.reconcile(SOURCES) == []
    assert ledger.verify().is_sound
