"""One word for each figure, the text as it was written around it, findings with a key, the printed file."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xieshou.reports.audit import printed
from xieshou.reports.audit.auditing import audit_text
from xieshou.reports.audit.claims import Verdict
from xieshou.reports.audit.findings import Clarified, findings_of
from xieshou.reports.audit.marks import marked
from xieshou.reports.audit.verdicts import LedgerVerdict, marks_of

PLAN = "2019年计划投入帮扶资金4700万元，其中凤山县1771万元，镇赉县1550万元，和龙市1390万元。\r\n另有培训班2期。"


@pytest.fixture
def audit():
    return audit_text(PLAN)


def with_ledger(audit, verdict: Verdict, text: str = "4700万元"):
    """The audit with one verdict of the ledger, on the figure with these words."""
    claim = next(each for each in audit.claims if PLAN[each.quantity.start : each.quantity.end] == text)
    said = LedgerVerdict(claim.id, "fund.planned", "规划投入资金", Decimal(47_110_000), verdict, "CNY", entries=3)
    return replace(audit, ledger=(said,))


def word_of(audit, text: str = "4700万元") -> str:
    shown = marked(audit, findings_of(audit)).shown.values()
    return next(each.state for each in shown if audit.text[each.mark.claim.quantity.start :].startswith(text))


@pytest.mark.parametrize(
    ("verdict", "word"),
    [
        (Verdict.AGREES, "inconsistent"),
        (Verdict.NO_RECORD, "inconsistent"),
        (Verdict.DEFINITION, "inconsistent"),
        (Verdict.DIFFERS, "differs"),
    ],
)
def test_the_gravest_word_stands_on_a_figure(audit, verdict, word):
    assert word_of(with_ledger(audit, verdict)) == word


def test_a_figure_that_the_ledger_was_asked_about_in_vain_has_no_record(audit):
    assert word_of(with_ledger(audit, Verdict.AGREES), "2期") == "no_record"


def test_without_the_ledger_nothing_is_said_of_it(audit):
    assert {mark.verdict for mark in marks_of(audit)} == {None, Verdict.INCONSISTENT}
    assert word_of(audit, "2期") == "unchecked"


def test_the_lines_give_the_text_back_as_it_was_written(audit):
    lines = marked(audit, findings_of(audit)).lines

    assert "\r\n".join("".join(stretch.text for stretch in line) for line in lines) == PLAN


def test_a_finding_closed_with_a_note_closes_its_marks(audit):
    (finding,) = findings_of(audit)
    closed = findings_of(audit, {finding.key: Clarified(1, "批复数", "办公室", "2020-01-01")})

    text = marked(audit, closed)

    assert {each.state for each in text.shown.values() if each.findings} == {"clarified"}
    assert not closed[0].is_open


def test_the_key_of_a_finding_is_the_same_in_the_next_draft():
    draft = f"关于2019年工作的小结\n经过一年努力，成效明显。\n{PLAN}"

    assert [each.key for each in findings_of(audit_text(PLAN))] == [each.key for each in findings_of(audit_text(draft))]


@pytest.mark.parametrize(("old", "new"), [("4700万元", "4600万元"), ("1771万元", "1781万元"), ("2019年", "2018年")])
def test_another_value_or_scope_is_another_finding(old, new):
    keys = {each.key for each in findings_of(audit_text(PLAN))}

    assert keys.isdisjoint(each.key for each in findings_of(audit_text(PLAN.replace(old, new))))


def test_the_printed_file_stands_alone_and_shows_every_figure(audit):
    page = printed.page(audit, marked(audit, findings_of(audit)), title="小结 <1>")

    assert page.count('class="mark ') == len(audit.claims)
    assert "小结 &lt;1&gt;" in page
    assert "1771万元 + 1550万元 + 1390万元 = 4711万元" in page
    assert not any(outside in page for outside in ("<script", "http://", "https://", "src=", "<link"))


def test_markup_in_a_text_stays_text():
    audit = audit_text("投入<script>alert(1)</script>4700万元")

    assert "<script" not in printed.page(audit, marked(audit, findings_of(audit)), title="x")


def test_the_json_is_the_shape_that_other_programs_rely_on(audit):
    document = with_ledger(audit, Verdict.DIFFERS).as_json()

    assert {"text", "encoding", "claims", "relations", "ledger"} <= document.keys()
    assert {"claim", "figure", "value", "verdict"} <= document["ledger"][0].keys()
    assert document["ledger"][0]["value"] == 47_110_000


@settings(max_examples=30, deadline=None)
@given(
    st.text(
        alphabet=st.one_of(st.sampled_from("0123456789年月万亿元人户%，。、\r\n\t其中投入资金"), st.characters()),
        max_size=200,
    )
)
def test_any_text_comes_back_character_by_character(text):
    audit = audit_text(text)
    shown = marked(audit, findings_of(audit))

    stretches = "".join(stretch.text for line in shown.lines for stretch in line)
    assert re.sub(r"[\r\n]", "", stretches) == re.sub(r"[\r\n]", "", text)
    assert printed.page(audit, shown, title=text)
