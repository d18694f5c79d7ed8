"""Every value opens the entries behind it, down to the cell of the original, and they add up to it exactly."""

from dataclasses import replace
from datetime import date

import pytest

from xieshou.figures import lines
from xieshou.figures.scopes import Scope
from xieshou.figures.services import trace
from xieshou.figures.tests.factories import (
    COMPLETION,
    GUIFENG,
    LYUTIAN,
    RECORDS,
    SHARE,
    SOURCE,
    SUM,
    TIANHU,
    money,
    reverse,
    year,
)
from xieshou.intake.cells import OriginalCell
from xieshou.intake.models import Batch, Original
from xieshou.parties.services import create_joint_party, create_party, state_shares


@pytest.fixture
def batch(office):
    original = Original.objects.create(sha256="0" * 64, name="季报.xls", size=1, kept_by_id=office.user_id)
    return Batch.objects.create(original=original, sheet="帮扶资金", created_by_id=office.user_id)


def test_the_lines_add_up_to_the_value_and_reversed_ones_are_not_there(post, office):
    post(money(300), money(0))
    reverse(office, post(money(40)))

    found = trace(actor=office, figure=SUM, scope=Scope())

    assert [line.counted for line in found.lines] == [300, 0]
    assert (found.count, found.counted, found.answer.base_value) == (2, 300, 300)


def test_a_trace_comes_in_pages_and_its_totals_are_those_of_all_lines(post, office):
    post(*(money(number) for number in range(1, 8)))

    pages = [trace(actor=office, figure=SUM, scope=Scope(), page=page, page_size=3) for page in (1, 2, 3, 4)]

    assert [[line.counted for line in page.lines] for page in pages] == [[1, 2, 3], [4, 5, 6], [7], []]
    assert [(page.count, page.counted) for page in pages] == [(7, 28)] * 4


def test_a_row_of_a_break_down_opens_its_own_entries(post, office):
    post(money(1, fund_source="own"), money(2), money(4, fund_source="own", place_code=TIANHU))

    own = trace(actor=office, figure=SUM, scope=Scope(), row={"source": "own", "township": LYUTIAN})
    not_stated = trace(actor=office, figure=SUM, scope=Scope(), row={"source": ""})

    assert [line.counted for line in own.lines] == [1]
    assert ([line.counted for line in not_stated.lines], not_stated.answer.by["source"].name) == ([2], "未填")


def test_a_line_names_what_its_entry_means(post, office, helping_unit):
    post(money(1, credited_to=helping_unit.pk, category="road", fund_source="own", **year(2019)))

    (line,) = trace(actor=office, figure=SUM, scope=Scope()).lines

    names = [each.name for each in (line.place, line.credited, line.giver, line.category, line.source)]
    assert names == ["广东省广州市从化区吕田镇桂峰村委会", "广州市民政局", "未填", "道路", "单位自筹"]
    assert (line.occurred_from, line.occurred_to) == (date(2019, 1, 1), date(2019, 12, 31))


def test_a_member_counts_its_part_of_a_joint_entry_beside_the_whole(post, office, helping_unit):
    other = create_party(by=office, name="市教育局")
    joint = create_joint_party(by=office, name="市民政局、市教育局", members=[helping_unit, other])
    state_shares(by=office, joint=joint, shares={helping_unit.pk: 2500, other.pk: 7500})
    post(money(10, credited_to=joint.pk), money(1, credited_to=helping_unit.pk))

    found = trace(actor=office, figure=SUM, scope=Scope(party=helping_unit.pk))

    assert [(line.counted, line.quantity) for line in found.lines] == [(3, 10), (1, 1)]
    assert found.counted == found.answer.base_value == 4


def test_a_line_ends_at_the_cell_of_the_kept_original(post, office, batch, monkeypatch):
    asked = []

    def cell(batch, row, column_key):
        asked.append((batch.pk, row, column_key))
        return OriginalCell(file="季报.xls", sheet="帮扶资金", cell="I24", shown="697,500")

    monkeypatch.setattr(lines, "original_cell", cell)
    figure = replace(SUM, cell=lambda kind, category, source: f"{kind}.{source}")
    post(money(697_500_00, batch=batch.pk, fund_source="donated"), row=24)

    (line,) = trace(actor=office, figure=figure, scope=Scope(), sources=[SOURCE]).lines

    assert asked == [(batch.pk, 24, "test_record.donated")]
    assert line.as_json()["original"] == {"file": "季报.xls", "sheet": "帮扶资金", "cell": "I24", "shown": "697,500"}
    assert (line.row, line.batch) == (24, batch.pk)


def test_a_record_that_came_from_no_workbook_has_no_cell(post, office):
    post(money(1))

    (line,) = trace(actor=office, figure=SUM, scope=Scope(), sources=[SOURCE]).lines

    assert (line.row, line.original) == (None, None)


def test_behind_a_count_stand_all_its_entries(post, office):
    post(money(1), money(2))

    found = trace(actor=office, figure=RECORDS, scope=Scope())

    assert (found.answer.base_value, found.count, found.counted) == (1, 2, None)


def test_a_ratio_opens_the_entries_of_both_its_figures(post, office):
    post(money(1, place_code=GUIFENG), money(2, place_code=TIANHU))

    found = trace(actor=office, figure=SHARE, scope=Scope(place=GUIFENG))

    assert [[line.counted for line in part.lines] for part in found.parts] == [[1], [1, 2]]
    assert [part.counted for part in found.parts] == [found.answer.numerator, found.answer.denominator]


def test_a_row_of_a_completion_opens_the_same_row_of_both_figures(post, office):
    post(money(1, fund_source="own"), money(2))

    found = trace(actor=office, figure=COMPLETION, scope=Scope(), row={"source": "own"})

    assert [part.counted for part in found.parts] == [1, 1]
    assert found.answer.by["source"].name == "单位自筹"


def test_a_trace_is_one_json_document(post, office):
    post(money(12, credited_to=None))

    document = trace(actor=office, figure=SUM, scope=Scope()).as_json()

    assert (document["count"], document["counted"], document["answer"]["base_value"]) == (1, 12, 12)
    assert document["lines"][0]["record"]["kind"] == "test_record"
    assert document["lines"][0]["credited"] == {"code": "", "name": "未填"}


def test_the_number_of_queries_does_not_grow_with_the_lines(post, office, batch, django_assert_max_num_queries):
    post(*(money(number, batch=batch.pk, place_code=GUIFENG) for number in range(1, 40)))

    with django_assert_max_num_queries(12):
        trace(actor=office, figure=SUM, scope=Scope(), sources=[SOURCE])
