"""The filled fund report of 从化, 2011: what the engine must see in it, and what it must leave alone."""

from collections import Counter

import pytest

from xieshou.intake import originals
from xieshou.intake.cells import original_cell
from xieshou.intake.services import accept_batch

YUAN = 100


@pytest.fixture
def preview(conghua_report, preview_of):
    return preview_of(conghua_report)


@pytest.fixture
def accepted(conghua_report, office, bindings):
    return accept_batch(by=office, batch=conghua_report, bindings=bindings)


def flagged(preview, code, column):
    return sorted(finding.value for finding in preview.findings if finding.code == code and finding.column == column)


def test_every_row_is_read_and_none_is_lost(conghua_report):
    assert (conghua_report.rows, conghua_report.accepted) == (125, 125)
    assert (conghua_report.rejected, conghua_report.duplicates) == (0, 0)


def test_form_sheet_and_header_are_recognised_without_a_doubt(preview):
    assert (preview.form_key, preview.sheet, preview.header_row) == ("fund_report", "fp_diqu", 1)
    assert preview.score == 1
    assert all(column.score == 1 and not column.rivals for column in preview.columns)


def test_the_stated_totals_equal_the_sums_of_their_rows(preview):
    stated = {total.column: total.stated for total in preview.totals}

    assert all(total.agrees for total in preview.totals)
    assert stated == {
        "planned_fen": 45330914365,
        "invested_fen": 1498288810,
        "to_households_fen": 233813010,
        "to_villages_fen": 1264475800,
        "government_fen": 311197700,
        "credit_fen": 0,
        "own_fen": 882331110,
        "donated_fen": 69750000,
        "attracted_fen": 235010000,
    }


def test_a_plan_417_times_the_median_is_flagged_and_kept(preview, accepted, books):
    assert flagged(preview, "far_above", "planned_fen") == ["300,500,000"]
    assert max(filter(None, books.column("planned_fen"))) == 300_500_000 * YUAN


def test_the_six_plans_between_50_and_683_are_flagged(preview):
    assert flagged(preview, "far_below", "planned_fen") == ["200", "50", "50", "683", "80", "95.65"]


def test_money_invested_above_the_plan_is_flagged(preview, accepted, books):
    rows = {finding.row for finding in preview.findings if finding.code == "check_at_most"}

    assert {row["village"] for row in books.rows if row["row"] in rows} == {"桂峰村", "官庄村"}


def test_money_invested_without_a_stated_plan_is_flagged_since_a_blank_is_not_zero(preview, accepted, books):
    rows = {finding.row for finding in preview.findings if finding.code == "check_needs"}

    assert {row["village"] for row in books.rows if row["row"] in rows} == {"份田村", "下溪村"}
    assert {row["planned_fen"] for row in books.rows if row["row"] in rows} == {None}


def test_both_cuts_of_the_invested_money_agree_in_every_row(preview):
    assert not [finding for finding in preview.findings if finding.code == "check_sum"]


def test_every_text_of_an_assisting_unit_is_looked_up_once(preview):
    party = next(column for column in preview.columns if column.key == "party")

    assert party.distinct == 124


def test_several_units_in_one_cell_become_one_joint_party(accepted, books):
    parties = dict(zip(books.column("party_as_written"), books.column("party"), strict=True))

    assert "荔湾区逢源街、东漖街" in parties
    assert len(books.rows) == 125
    assert max(Counter(books.column("place_code")).values()) == 1


def test_a_county_that_was_renamed_is_found_under_its_code_of_today(accepted, books):
    assert {code[:6] for code in books.column("place_code")} == {"440117"}
    assert books.rows[0]["place_as_written"] == "从化市吕田镇三村村"


def test_a_value_is_traced_to_the_cell_it_stood_in(conghua_report):
    cell = original_cell(conghua_report, 11, "planned_fen")

    assert (cell.file, cell.sheet, cell.cell, cell.shown) == (
        "report-conghua-206_3.xls",
        "fp_diqu",
        "I11",
        "300500000",
    )


def test_telephone_numbers_and_names_are_masked_wherever_they_are_shown(conghua_report, preview):
    assert original_cell(conghua_report, 2, "contact_phone").shown == "158******01"
    assert preview.first_rows[0].cells[6] == "余**"


def test_the_same_file_a_second_time_is_all_duplicates(accepted, conghua, opened, found):
    again = opened(originals.path_of(accepted.original), as_of=accepted.as_of)

    assert (again.accepted, again.duplicates) == (0, 125)
    assert ("", "all_duplicates") in found(again)
