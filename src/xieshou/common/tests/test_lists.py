"""Lists: filters in the address, sorting, pages, and exports in which nothing runs."""

import csv
from datetime import UTC, date, datetime
from io import BytesIO, StringIO

import pytest
from django.http import QueryDict
from openpyxl import load_workbook

from xieshou.common.exports import csv_response, inert, xlsx_response
from xieshou.common.tables import PAGE_SIZE, Column, Filter, Table
from xieshou.places.models import Place

pytestmark = pytest.mark.django_db
DANGEROUS = ["=cmd|' /C calc'!A0", "+1", "-1+2", "@SUM(A1)", "\t=1"]


class Places(Table):
    name = "places"
    columns = (
        Column("code", "Code", lambda place: place.code, sort=("code",), main=True),
        Column("name", "Name", lambda place: place.name, sort=("name",)),
    )
    filters = (Filter("level", "Level", lambda rows, value: rows.filter(level=value), choices=(("3", "County"),)),)
    search = ("name",)
    default_sort = "code"
    selectable = True


@pytest.fixture
def rows():
    Place.objects.bulk_create(
        Place(code=f"{number:012d}", name=f"place {number}", level=3 if number % 2 else 4) for number in range(1, 121)
    )
    return Place.objects.all()


def table(rows, address=""):
    return Places(rows, QueryDict(address))


def test_a_page_holds_fifty_rows(rows):
    assert len(table(rows).lines) == PAGE_SIZE
    assert len(table(rows, "page=3").lines) == 20


def test_filters_come_from_the_address_and_chips_lead_back(rows):
    filtered = table(rows, "level=3&page=2")

    assert filtered.page.paginator.count == 60
    assert [(chip.value, chip.without) for chip in filtered.chips] == [("County", "?")]


def test_a_search_narrows_the_list(rows):
    assert table(rows, "q=place 120").count_shown == "1"


def test_a_heading_sorts_and_turns_around(rows):
    ascending = table(rows, "sort=name")

    assert ascending.headings[1].direction == "ascending"
    assert ascending.headings[1].address == "?sort=-name"
    assert table(rows, "sort=-code").lines[0].key == f"{120:012d}"


def test_an_unknown_sort_falls_back_to_the_list_s_own(rows):
    assert table(rows, "sort=password").lines[0].key == f"{1:012d}"


def test_a_page_costs_two_queries(rows, django_assert_num_queries):
    with django_assert_num_queries(2):
        shown = table(rows, "level=3")
        assert shown.lines
        assert shown.count_shown == "60"


def test_an_export_holds_every_filtered_row(rows):
    text = b"".join(table(rows, "level=3").export("csv").streaming_content).decode("utf-8-sig")

    assert len(list(csv.reader(StringIO(text)))) == 61


def test_a_selection_is_exported_alone(rows):
    chosen = table(rows, f"selected={1:012d}&selected={7:012d}")

    text = b"".join(chosen.export("csv").streaming_content).decode("utf-8-sig")

    assert [line[0] for line in csv.reader(StringIO(text))][1:] == [f"{1:012d}", f"{7:012d}"]


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
