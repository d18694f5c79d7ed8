"""The fund report a quarter later, and tables of totals of every other kind, through the ordinary import.

The figures equal the newest table, at an earlier head the older one, and the difference names what has changed.
"""

from datetime import date
from pathlib import Path

import pytest

from tests.stories.conftest import CONGHUA_REPORT
from tests.stories.workbooks import copied
from xieshou.catalogue.figures import FIGURES
from xieshou.catalogue.forms import BINDINGS
from xieshou.catalogue.sources import SOURCES
from xieshou.channels.statements.models import Statement
from xieshou.figures.definitions import figure_named
from xieshou.figures.scopes import Scope
from xieshou.figures.services import evaluate, name_head
from xieshou.intake import services as intake
from xieshou.intake.comparisons import comparison_of
from xieshou.ledger import services as ledger
from xieshou.registry.models import Household

DATA = Path(__file__).parent / "data"
YEAR_END, SPRING = date(2011, 12, 31), date(2012, 3, 31)
CHANGED_ROWS = tuple(range(11, 21))
TOTAL_ROW = 127


def more(yuan):
    return lambda value: (value or 0) + yuan


@pytest.fixture
def spring_report(tmp_path):
    """The fund report of 从化 with 1,000 yuan more in ten rows: of the unit's own money, for the village."""
    changes = {(0, f"{column}{row}"): more(1_000) for row in CHANGED_ROWS for column in "JLO"}
    changes |= {(0, f"{column}{TOTAL_ROW}"): more(10_000) for column in "JLO"}
    return copied(CONGHUA_REPORT, tmp_path / "spring.xlsx", changes)


@pytest.fixture
def spring(desk, conghua, spring_report):
    """The report of the year's end in the books under its own head, that of the next quarter as a draft."""
    name_head(by=desk.actor, name="2011年报送稿")
    return desk.draft(spring_report, as_of=SPRING)


def at_head(desk, key, head):
    (answer,) = evaluate(actor=desk.actor, figure=figure_named(key, FIGURES), scope=Scope(), head=head)
    return answer.base_value


def test_the_difference_of_a_later_report_names_the_ten_rows_that_changed(desk, spring):
    difference = comparison_of(spring, desk.actor)

    assert (difference.changed, difference.unchanged, difference.new, difference.missing) == (10, 115, 0, 0)
    assert {row.row for row in difference.rows if row.kind == "changed"} == set(CHANGED_ROWS)


def test_a_later_report_does_not_double_a_yuan(desk, spring):
    desk.accept(spring)

    assert desk.value("fund.raised") == 14_982_888_10 + 10_000_00
    assert desk.value("fund.used") == 14_982_888_10 + 10_000_00
    assert desk.value("fund.planned") == 453_309_143_65


def test_at_the_earlier_head_the_figures_are_what_they_were(desk, spring):
    desk.accept(spring)

    assert at_head(desk, "fund.raised", "2011年报送稿") == 14_982_888_10
    assert at_head(desk, "fund.used", "2011年报送稿") == 14_982_888_10
    assert ledger.reconcile(SOURCES) == []


@pytest.fixture
def county_tables(desk, tmp_path):
    """County table five, with one county filled in."""
    values = dict(zip("BCDEFGHIJK", ("从化市", 1_000, 300, 100, 200, 150, 0, 100, 30, 20), strict=True))
    path = copied(
        DATA / "county-statistics-5-sheets.xls",
        tmp_path / "county.xlsx",
        {(4, f"{column}3"): value for column, value in values.items()},
    )
    return desk.take_in(path, period="2011Q4")


def test_what_a_county_states_in_one_sum_is_never_added_to_what_its_villages_state(desk, conghua, county_tables):
    assert (county_tables.form_key, county_tables.sheet, county_tables.accepted) == ("county_funds", "五", 1)
    assert desk.value("county.funds_invested", year="2011") == 300_00
    assert desk.values_by("source", "county.funds_by_source", year="2011") == {
        "government": 150_00, "credit": 0, "own": 100_00, "donated": 30_00, "attracted": 20_00,
    }  # fmt: skip
    assert desk.value("fund.raised") == 14_982_888_10


@pytest.fixture
def monthly(desk, tmp_path):
    """Both sheets of the monthly report, each with a row of 三村村."""

    def run(sheet, **values):
        changes = {(sheet, f"{column}8"): value for column, value in values.items()}
        path = copied(DATA / "monthly-report-1-2.xls", tmp_path / f"monthly-{sheet}.xlsx", changes)
        return desk.take_in(path, period="2012-01", basis="period")

    return run


def test_the_households_of_the_monthly_report_are_its_first_sheet(desk, monthly):
    batch = monthly(0, A="市民政局", B="从化市吕田镇三村村", C=47, D=156, Q=4, R=0)

    assert (batch.form_key, batch.accepted) == ("monthly_households", 1)
    assert desk.value("help.leader_visits", year="2012") == 4
    assert desk.value("help.staff_visits", year="2012") == 0  # stated
    assert desk.value("help.houses_rebuilt", year="2012") is None  # blank


def test_the_villages_of_the_monthly_report_are_its_second_sheet(desk, monthly):
    batch = monthly(1, A="市民政局、市财政局", B="从化市吕田镇三村村", E=3, R=0.565, W=20)

    assert (batch.form_key, batch.accepted) == ("monthly_villages", 1)
    assert desk.value("help.roads", year="2012") == 565
    assert desk.value("help.farmland_benefited", year="2012") == 20_00
    assert Statement.objects.get(states="flow").party.kind == "joint"


def test_a_later_month_is_added_to_the_one_before(desk, monthly, tmp_path):
    monthly(0, A="市民政局", B="从化市吕田镇三村村", C=47, D=156, Q=4)
    path = copied(
        DATA / "monthly-report-1-2.xls",
        tmp_path / "february.xlsx",
        {(0, "A8"): "市民政局", (0, "B8"): "从化市吕田镇三村村", (0, "C8"): 46, (0, "D8"): 150, (0, "Q8"): 2},
    )
    desk.take_in(path, period="2012-02", basis="period")

    assert desk.value("help.leader_visits", year="2012") == 6
    assert desk.value("poor.households", at="2012-01-31") == 47
    assert desk.value("poor.households", at="2012-02-29") == 46


def test_party_organisations_of_a_village_are_stated_in_totals_and_two_cuts(desk, tmp_path):
    row = {"A": "从化市", "B": "吕田镇", "C": "三村村", "F": "市民政局", "I": 1, "X": 40, "Y": 12, "Z": 5, "AA": 20}
    row |= {"AB": 10, "AC": 5, "BA": 1.5}
    path = copied(DATA / "party-report-export.xls", tmp_path / "party.xlsx", {(0, f"{c}4"): v for c, v in row.items()})
    batch = desk.take_in(path, period="2012")

    assert (batch.form_key, batch.accepted) == ("party_report", 1)
    assert desk.value("branch.members", at="2012-12-31") == 40
    assert sum(desk.values_by("category", "branch.members_by_age", at="2012-12-31").values()) == 40
    assert desk.value("branch.activity_funds", at="2012-12-31") == 15_000_00


def test_the_kinds_of_poor_households_by_village_are_checked_against_their_sum(desk, tmp_path):
    row = {"A": 1, "B": "从化市吕田镇三村村", "C": 24, "D": 12, "E": 9, "F": 2, "G": 48}
    path = copied(DATA / "household-type-list.xls", tmp_path / "kinds.xlsx", {(0, f"{c}3"): v for c, v in row.items()})
    batch = desk.take_in(path, period="2012")

    assert (batch.form_key, batch.accepted, batch.doubtful) == ("household_type_list", 1, 1)
    assert desk.value("poor.households", at="2012-12-31") == 48


def test_two_tables_that_state_the_same_of_one_day_are_not_added(desk, tmp_path):
    first = {"A": 1, "B": "从化市吕田镇三村村", "C": 24, "G": 47}
    for number, households in enumerate((47, 45)):
        changes = {(0, f"{c}3"): v for c, v in first.items()} | {(0, "G3"): households}
        path = copied(DATA / "household-type-list.xls", tmp_path / f"{number}.xlsx", changes)
        desk.take_in(path, period="2012-12" if number else "2012")

    assert desk.value("poor.households", at="2012-12-31") == 45


def test_two_units_that_help_one_village_do_not_double_its_households(desk, tmp_path):
    rows = {"A8": "市民政局", "B8": "从化市吕田镇三村村", "C8": 47, "D8": 156, "Q8": 4}
    rows |= {"A9": "市财政局", "B9": "从化市吕田镇三村村", "C9": 47, "D9": 156, "Q9": 3}
    path = copied(DATA / "monthly-report-1-2.xls", tmp_path / "two.xlsx", {(0, cell): v for cell, v in rows.items()})
    desk.take_in(path, period="2012-01", basis="period")

    assert desk.value("poor.households", at="2012-01-31") == 47
    assert desk.value("help.leader_visits", year="2012") == 7


def test_the_groups_of_one_county_make_up_the_county(desk, tmp_path):
    rows = {
        "A3": "市直单位",
        "B3": "从化市",
        "C3": 100,
        "D3": 400,
        "A4": "区属单位",
        "B4": "从化市",
        "C4": 50,
        "D4": 200,
    }
    path = copied(
        DATA / "county-statistics-5-sheets.xls", tmp_path / "groups.xlsx", {(0, cell): v for cell, v in rows.items()}
    )
    desk.take_in(path, period="2011Q4", basis="period")

    assert desk.value("county.poor_households", at="2011-12-31") == 150


@pytest.fixture
def paper_form(desk, tmp_path):
    """The blank of the fund report as it is filled by hand, with one row that states so much own money of the unit."""

    def run(own):
        row = zip(
            "ABCDEFGHIJK", ("市民政局", "从化市吕田镇三村村", 1_000, 300, 100, 200, 150, 0, own, 30, 20), strict=True
        )
        changes = {(0, f"{column}7"): value for column, value in row}
        return desk.draft(copied(DATA / "quarterly-report-3.xls", tmp_path / f"{own}.xlsx", changes), as_of=YEAR_END)

    return run


def test_the_paper_form_of_the_fund_report_is_the_same_form_as_its_export(desk, paper_form):
    batch = desk.accept(paper_form(100))

    assert (batch.form_key, batch.rows, batch.accepted) == ("fund_report", 1, 1)
    assert desk.value("fund.raised") == desk.value("fund.used") == 300_00


def test_a_row_of_the_paper_form_that_breaks_its_note_4_goes_back(desk, paper_form):
    draft = paper_form(90)
    report = intake.report(by=desk.actor, batch=draft, bindings=BINDINGS)

    assert (draft.accepted, draft.rejected) == (0, 1)
    assert {finding.params.get("check") for finding in report.errors} == {"by_source"}


def test_a_list_of_poor_households_counts_each_under_its_kind(desk, tmp_path):
    names = ("虚构甲", "虚构乙", "虚构丙")
    kinds = ("有劳动能力的低保户", "无劳动能力的低保户", "有劳动能力的低保户")
    cells = {(0, f"A{row}"): name for row, name in enumerate(names, start=2)}
    cells |= {(0, f"B{row}"): kind for row, kind in enumerate(kinds, start=2)}
    cells |= {(0, f"E{row}"): "从化市吕田镇三村村" for row in (2, 3, 4)}
    batch = desk.take_in(copied(DATA / "household-list.xls", tmp_path / "list.xlsx", cells), period="2012")

    assert (batch.form_key, batch.accepted) == ("household_list", 3)
    assert desk.values_by("category", "surveyed.households", at="2012-12-31") == {"able_dibao": 2, "unable_dibao": 1}
    assert Household.objects.count() == 3
