"""Rows of a form without a key are known by their file and line."""

import pytest

from xieshou.intake import errors, services
from xieshou.intake.models import PostedKey

HEAD = "发放日期 县 镇 村 姓名 身份证号 物资名称 单位 数量".split()
GOOD = ["2019-01-05", "从化区", "吕田镇", "三村村", "甲", "11010519491231002X", "大米", "袋", "2"]
LOST = ["2019-01-05", "从化区", "吕田镇", "无此村", "乙", "11010519491231002X", "大米", "袋", "3"]

pytestmark = pytest.mark.usefixtures("places_cast")


@pytest.fixture
def accept(office, bindings):
    return lambda batch: services.accept_batch(by=office, batch=batch, bindings=bindings)


def test_equal_rows_of_two_files_are_two_events(write, opened, accept):
    accept(opened(write([HEAD, GOOD])))

    assert opened(write([HEAD, GOOD, GOOD], "other.xlsx")).accepted == 2


def test_the_same_file_again_is_all_duplicates(write, opened, accept, found):
    path = write([HEAD, GOOD, GOOD])
    accept(opened(path))
    again = opened(path)

    assert (again.accepted, again.duplicates) == (0, 2)
    assert ("", "all_duplicates") in found(again)


def test_a_whole_file_is_claimed_by_a_single_key(write, opened, accept):
    accept(opened(write([HEAD, *[GOOD] * 50])))

    assert list(PostedKey.objects.values_list("row", flat=True)) == [0]


def test_the_rows_that_stayed_behind_come_in_when_the_file_is_imported_again(
    write, opened, accept, office, bindings, books, preview_of
):
    path = write([HEAD, GOOD, LOST])
    accept(opened(path))
    again = opened(path)
    (text,) = preview_of(again).open_texts
    services.decide(by=office, batch=again, bindings=bindings, places={text.text: "440117103000"})
    accept(again)

    assert [(row["row"], row["name"]) for row in books.rows] == [(2, "甲"), (3, "乙")]


def test_two_drafts_of_one_file_cannot_both_be_accepted(write, opened, accept):
    path = write([HEAD, GOOD])
    first, second = opened(path), opened(path)
    accept(first)

    with pytest.raises(errors.BatchConflict):
        accept(second)


def test_a_withdrawn_file_may_be_imported_again(write, opened, accept, office, bindings):
    path = write([HEAD, GOOD])
    batch = accept(opened(path))
    services.withdraw_batch(by=office, batch=batch, bindings=bindings, reason="日期有误")

    assert opened(path).accepted == 1
