"""Several texts compared: one thing told with two values, last year's value carried over."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xieshou.reports.audit.against import crossings
from xieshou.reports.audit.auditing import audit_text
from xieshou.reports.audit.verdicts import CrossingKind

HERE = "2019年，投入帮扶资金4826.6万元，培训乡村教师150人。2019年底，派驻挂职干部5人。"


def found(here: str, there: str, name: str = "社会责任报告") -> list[tuple]:
    audit = audit_text(here)
    spans = {claim.id: here[claim.quantity.start : claim.quantity.end] for claim in audit.claims}
    return [(each.kind, spans[each.claim], each.other) for each in crossings(audit, [(name, audit_text(there))])]


def test_the_same_thing_told_with_two_values_is_found():
    there = "2019年，投入帮扶资金4826.6万元，培训乡村教师180人。"

    assert found(HERE, there) == [(CrossingKind.CONFLICT, "150人", "社会责任报告")]


def test_a_text_beside_itself_has_nothing_to_say():
    assert found(HERE, HERE) == []


def test_a_rounded_value_is_the_same_value():
    assert found(HERE, "2019年，投入帮扶资金4827万元。") == []


@pytest.mark.parametrize(
    "there",
    [
        "2018年，培训乡村教师180人。",
        "2019年，培训村干部180人。",
        "2019年，培训乡村教师180人次。",
        "2019年，计划培训乡村教师180人。",
        "2019年，实际完成180人。",
    ],
)
def test_another_year_another_thing_another_unit_or_a_plan_is_no_contradiction(there):
    assert found(HERE, there) == []


def test_last_years_value_to_the_last_digit_may_be_carried_over():
    assert found(HERE, "2018年，投入帮扶资金4826.6万元，培训乡村教师120人。", "上年稿") == [
        (CrossingKind.CARRIED_OVER, "4826.6万元", "上年稿")
    ]


def test_small_round_numbers_may_be_the_same_two_years_running():
    assert found("2019年，开展专项督查2次。", "2018年，开展专项督查2次。") == []


@settings(max_examples=20, deadline=None)
@given(st.text(alphabet="0123456789年月万元人，。投入资金培训其中", max_size=120), st.text(max_size=60))
def test_any_two_texts_can_be_compared(here, there):
    assert isinstance(found(here, there), list)
