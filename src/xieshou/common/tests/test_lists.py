"""Lists: filters in the address, sorting, pages, and exports in which nothing runs."""

import csv
from datetime import UTC, date, datetime
from io import BytesIO, StringIO

import pytest
from django.contrib.auth.models import Group
from django.http import QueryDict
from openpyxl import load_workbook

from xieshou.common.exports import csv_response, inert, xlsx_response
from xieshou.common.tables import PAGE_SIZE, Column, Filter, Table

pytestmark = pytest.mark.django_db
DANGEROUS = ["=cmd|' /C calc'!A0", "+1", "-1+2", "@SUM(A1)", "\t=1"]


class Groups(Table):
    """Rows that Django itself has: this app has no model."""

    name = "groups"
    columns = (
        Column("number", "Number", lambda group: group.pk, sort=("pk",), main=True),
        Column("name", "Name", lambda group: group.name, sort=("name",)),
    )
    filters = (
        Filter("kind", "Kind", lambda rows, value: rows.filter(name__startswith=value), choices=(("odd", "Odd"),)),
    )
    search = ("name",)
    default_sort = "number"
    selectable = True


@pytest.fixture
def rows():
    Group.objects.bulk_create(
        Group(pk=number, name=f"{'odd' if number % 2 else 'even'} {number:03d}") for number in range(1, 121)
    )
    return Group.objects.all()


def table(rows, address=""):
    return Groups(rows, QueryDict(address))


def test_a_page_holds_fifty_rows(rows):
    assert len(table(rows).lines) == PAGE_SIZE
    assert len(table(rows, "page=3").lines) == 20


def test_filters_come_from_the_address_and_chips_lead_back(rows):
    filtered = table(rows, "kind=odd&page=2")

    assert filtered.page.paginator.count == 60
    assert [(chip.value, chip.without) for chip in filtered.chips] == [("Odd", "?")]


def test_a_search_narrows_the_list(rows):
    assert table(rows, "q=even 120").count_shown == "1"


def test_a_heading_sorts_and_turns_around(rows):
    ascending = table(rows, "sort=name")

    assert ascending.headings[1].direction == "ascending"
    assert ascending.headings[1].address == "?sort=-name"
    assert table(rows, "sort=-number").lines[0].key == "120"


def test_an_unknown_sort_falls_back_to_the_list_s_own(rows):
    assert table(rows, "sort=password").lines[0].key == "1"


def test_a_page_costs_two_queries(rows, django_assert_num_queries):
    with django_assert_num_queries(2):
        shown = table(rows, "kind=odd")
        assert shown.lines
        assert shown.count_shown == "60"


def test_an_export_holds_every_filtered_row(rows):
    text = b"".join(table(rows, "kind=odd").export("csv").streaming_content).decode("utf-8-sig")

    assert len(list(csv.reader(StringIO(text)))) == 61


def test_a_selection_is_exported_alone(rows):
    chosen = table(rows, "selected=1&selected=7")

    text = b"".join(chosen.export("csv").streaming_content).decode("utf-8-sig")

    assert [line[0] for line in csv.reader(StringIO(text))][1:] == ["1", "7"]


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_text_that_would_run_is_defused_in_csv(text):
    content = b"".join(csv_response("x", ["h"], [[text]]).streaming_content).decode("utf-8-sig")

    assert list(csv.reader(StringIO(content)))[1] == [f"'{text}"]


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_text_that_would_run_is_text_in_a_workbook(text):
    sheet = load_workbook(BytesIO(xlsx_response("x", ["h"], [[text]]).content)).active

    assert (sheet["A2"].value, sheet["A2"].data_type) == (text, "s")


def test_numbers_and_days_stay_what_they_are_in_a_workbook():
    moment = datetime(2020, 1, 2, 3, 4, tzinfo=UTC)
    sheet = load_workbook(BytesIO(xlsx_response("x", ["a", "b", "c"], [[-5, date(2020, 1, 2), moment]]).content)).active

    assert [cell.data_type for cell in sheet[2]] == ["n", "d", "s"]


def test_a_negative_number_is_no_formula():
    assert inert(-5) == -5
