import csv
import json
from pathlib import Path

import openpyxl
import pytest

from xieshou.catalogue.demo import EXAMPLES
from xieshou.intake.models import Batch
from xieshou.ledger.models import Entry

FAW_PLAN = EXAMPLES / "faw-2019-fund-plan.xlsx"


@pytest.fixture
def faw(instance, xieshou):
    return xieshou("import", FAW_PLAN, "--json")


@pytest.fixture
def spoilt(tmp_path) -> Path:
    """The same plan with a county that does not exist."""
    book = openpyxl.load_workbook(FAW_PLAN)
    book.active["C3"] = "大荒县"
    book.save(tmp_path / "spoilt.xlsx")
    return tmp_path / "spoilt.xlsx"


@pytest.fixture
def queries(tmp_path):
    """Writes a query file of rows (id, key, scope)."""

    def write(*rows: tuple[str, str, str]) -> Path:
        with (tmp_path / "queries.csv").open("w", encoding="utf-8", newline="") as opened:
            csv.writer(opened).writerows([("id", "key", "scope"), *rows])
        return tmp_path / "queries.csv"

    return write


def test_an_import_answers_with_one_document_and_ends_with_0(faw):
    assert faw.code == 0
    assert faw.document["form"] == "fund_plan"
    assert faw.document["rows"] == faw.document["accepted"] == 3
    assert faw.document["errors"] == []


def test_the_same_file_twice_posts_nothing_again(faw, xieshou):
    entries = Entry.objects.count()

    again = xieshou("import", FAW_PLAN, "--json").document

    assert (again["accepted"], again["duplicates"]) == (0, 3)
    assert Entry.objects.count() == entries


def test_a_dry_run_leaves_nothing_behind(instance, xieshou):
    outcome = xieshou("import", FAW_PLAN, "--dry-run", "--json")

    assert outcome.code == 0
    assert (outcome.document["accepted"], outcome.document["batch"]) == (3, None)
    assert (Batch.objects.count(), Entry.objects.count()) == (0, 0)


def test_a_rejected_row_ends_with_1_and_comes_back_in_a_workbook(instance, xieshou, spoilt, tmp_path):
    outcome = xieshou("import", spoilt, "--returned", tmp_path / "back.xlsx", "--json")

    assert outcome.code == 1
    assert (outcome.document["accepted"], outcome.document["rejected"]) == (2, 1)
    assert outcome.document["errors"][0]["value"] == "大荒县"
    assert outcome.document["returned"] == str(tmp_path / "back.xlsx")
    assert openpyxl.load_workbook(tmp_path / "back.xlsx").active.max_row > 1


def test_several_files_answer_with_a_list(instance, xieshou, spoilt):
    outcome = xieshou("import", FAW_PLAN, spoilt, "--json")

    assert [document["rejected"] for document in outcome.document] == [0, 1]


def test_a_file_that_is_no_workbook_is_refused_in_one_sentence(instance, xieshou, tmp_path):
    (tmp_path / "x.xlsx").write_bytes(b"\x00\x01\x02")

    outcome = xieshou("import", tmp_path / "x.xlsx", "--json")

    assert outcome.code == 2
    assert outcome.err.count("\n") == 1
    assert outcome.document["error"]["code"] == "not_a_workbook"


def test_a_file_that_is_not_there_is_refused_in_one_sentence(instance, xieshou, tmp_path):
    outcome = xieshou("import", tmp_path / "nowhere.xlsx")

    assert outcome.code == 2
    assert "nowhere.xlsx" in outcome.err


def test_the_plan_of_2019_is_4711_and_its_share_of_fengshan_37_43_percent(faw, xieshou):
    (planned,) = xieshou("figures", "fund.planned", "--year", "2019", "--unit", "万元", "--json").document
    (used,) = xieshou("figures", "fund.used", "--year", "2019", "--json").document
    (of_fengshan,) = xieshou("figures", "fund.used", "--year", "2019", "--place", "凤山县", "--json").document

    assert planned["value"] == 4711
    assert used["base_value"] == 4_826_600_000
    assert round(100 * of_fengshan["value"] / used["value"], 2) == 37.43


def test_a_break_down_has_a_row_for_each_county(faw, xieshou):
    rows = xieshou("figures", "fund.planned", "--by", "county", "--json").document

    assert {row["by"]["county"]["name"]: row["value"] for row in rows} == {
        "镇赉县": 15_500_000,
        "和龙市": 13_900_000,
        "凤山县": 17_710_000,
    }


def test_a_file_of_queries_is_answered_row_by_row(faw, xieshou, queries):
    path = queries(
        ("a", "fund.planned", json.dumps({"year": "2019", "place": "凤山县"})),
        ("b", "fund.planned", json.dumps({"year": "2019", "by": "county"})),
    )

    outcome = xieshou("figures", "--queries", path, "--json")

    assert outcome.code == 0
    assert [answer["id"] for answer in outcome.document] == ["a", "b", "b", "b"]
    assert outcome.document[0]["value"] == 17_710_000


@pytest.mark.parametrize(
    ("key", "scope"),
    [("no.such", "{}"), ("fund.planned", "{"), ("fund.planned", "[]"), ("fund.planned", '{"place": "大荒县"}')],
)
def test_a_bad_query_is_named_and_the_others_are_answered(faw, xieshou, queries, key, scope):
    path = queries(("good", "fund.planned", "{}"), ("bad", key, scope))

    outcome = xieshou("figures", "--queries", path, "--json")

    assert outcome.code == 1
    good, bad = outcome.document
    assert good["value"] == 47_110_000
    assert set(bad) == {"id", "error"}


def test_a_trace_ends_at_the_cells(faw, xieshou):
    trace = xieshou("trace", "fund.planned", "--year", "2019", "--place", "凤山县", "--json").document

    assert trace["count"] == 1


@pytest.mark.parametrize("command", ["figures", "trace"])
def test_a_user_names_only_parties_that_the_user_may_see(books, xieshou, county_officer, helping_unit, command):
    outcomes = [
        xieshou(command, "fund.used", "--party", party, "--user", "county")
        for party in (helping_unit.pk, helping_unit.name[2:])
    ]

    assert [outcome.code for outcome in outcomes] == [2, 2]
    assert helping_unit.name not in outcomes[0].err + outcomes[1].err


def test_a_stranger_is_given_no_figure(faw, xieshou, stranger):
    outcome = xieshou("figures", "fund.planned", "--user", "stranger", "--json")

    assert outcome.code == 2
    assert outcome.document["error"]["code"] == "not_permitted"


def test_a_demo_case_is_imported_into_its_own_programme(instance, xieshou):
    outcome = xieshou("demo", "faw", "--json")

    assert outcome.code == 0
    assert [(case["case"], case["accepted"]) for case in outcome.document] == [("faw", 3)]


def test_a_blank_workbook_is_written(instance, xieshou, tmp_path):
    outcome = xieshou("form", "fund_plan", "-o", tmp_path / "blank.xlsx", "--json")

    assert outcome.code == 0
    assert openpyxl.load_workbook(tmp_path / "blank.xlsx").sheetnames


def test_a_category_asked_of_all_figures_passes_over_those_that_lack_it(faw, xieshou):
    answers = xieshou("figures", "--category", "industry", "--json").document

    assert "fund.planned" in {answer["key"] for answer in answers}
    assert "donation.lines" not in {answer["key"] for answer in answers}


def test_a_category_asked_of_a_figure_that_lacks_it_is_refused(faw, xieshou):
    outcome = xieshou("figures", "donation.lines", "--category", "industry", "--json")

    assert outcome.code == 2
    assert "industry" in outcome.err
