"""A figure opens at any state of the ledger and says what changed since, and by which entries."""

import pytest

from xieshou.figures.errors import FigureRefused, HeadUnknown, NameTaken, ScopeUnknown
from xieshou.figures.scopes import Scope
from xieshou.figures.selectors import saved_scope
from xieshou.figures.services import compare, evaluate, first_entries, name_head, save_scope
from xieshou.figures.tests.factories import GUIFENG, SHARE, SUM, TIANHU, money, reverse
from xieshou.ledger.selectors import last_entry_id


@pytest.fixture
def reported(post, office):
    """What stood in the books when the report went out: 100 and 20; then the 20 was taken back and 3 came."""
    post(money(100))
    wrong = post(money(20))
    named = name_head(by=office, name="2019年报送稿")
    reverse(office, wrong)
    post(money(3, place_code=TIANHU))
    return named


def test_at_a_named_head_a_later_reversal_and_later_entries_do_not_count(reported, office):
    (then,) = evaluate(actor=office, figure=SUM, scope=Scope(), head="2019年报送稿")
    (now,) = evaluate(actor=office, figure=SUM, scope=Scope())

    assert (then.base_value, then.state.name, then.state.entries) == (120, "2019年报送稿", 2)
    assert (now.base_value, now.state.entries) == (103, 4)


def test_a_head_may_be_the_id_of_an_entry(reported, office):
    answers = [
        evaluate(actor=office, figure=SUM, scope=Scope(), head=head)[0].base_value
        for head in (reported.last_entry, str(reported.last_entry), 0)
    ]

    assert answers == [120, 120, None]


def test_a_named_head_is_a_seal(reported):
    assert (reported.size, len(bytes(reported.root))) == (2, 32)


def test_a_comparison_lists_what_was_posted_and_what_was_taken_back_since(reported, office):
    compared = compare(actor=office, figure=SUM, scope=Scope(), earlier="2019年报送稿")

    assert [line.counted for line in compared.lines] == [-20, 3]
    assert (compared.before.base_value, compared.after.base_value, compared.count) == (120, 103, 2)
    assert sum(line.counted for line in compared.lines) == compared.after.base_value - compared.before.base_value


def test_what_was_posted_and_reversed_in_between_changed_nothing(reported, post, office):
    between = last_entry_id()
    reverse(office, post(money(7)))

    compared = compare(actor=office, figure=SUM, scope=Scope(), earlier=between)

    assert (compared.lines, compared.difference) == ((), 0)


def test_one_row_of_a_break_down_is_compared_with_itself(reported, office):
    rows = [
        compare(actor=office, figure=SUM, scope=Scope(), row={"village": village}, earlier="2019年报送稿")
        for village in (GUIFENG, TIANHU)
    ]

    assert [(row.before.base_value, row.after.base_value) for row in rows] == [(120, 100), (None, 3)]
    assert [[line.counted for line in row.lines] for row in rows] == [[-20], [3]]


def test_a_share_of_a_row_is_compared_with_the_whole_of_then_and_now(reported, office):
    compared = compare(actor=office, figure=SHARE, scope=Scope(), row={"village": TIANHU}, earlier="2019年报送稿")

    assert (compared.before.value, compared.after.numerator, compared.after.denominator) == (None, 3, 103)


def test_the_first_entries_behind_each_row_are_named_without_what_was_reversed(reported, post, office):
    first = reported.last_entry - 1  # then came one more, its reversal, and the first of the other village
    post(money(1))
    newest = last_entry_id()

    found = first_entries(actor=office, figure=SUM, scope=Scope(), by=["village"], limit=1)

    assert found == {(GUIFENG,): (first,), (TIANHU,): (newest - 1,)}
    assert first_entries(actor=office, figure=SHARE, scope=Scope(), limit=9) == {(): (first, newest - 1, newest)}


def test_a_comparison_keeps_to_its_scope(reported, office):
    compared = compare(actor=office, figure=SUM, scope=Scope(place=TIANHU), earlier="2019年报送稿")

    assert ([line.counted for line in compared.lines], compared.before.base_value) == ([3], None)


def test_a_comparison_of_a_ratio_compares_both_its_figures(reported, office):
    compared = compare(actor=office, figure=SHARE, scope=Scope(place=GUIFENG), earlier="2019年报送稿")

    assert [[line.counted for line in part.lines] for part in compared.parts] == [[-20], [-20, 3]]
    assert compared.as_json()["difference"] == pytest.approx(-2.912621)


def test_two_named_heads_can_be_compared(reported, post, office):
    name_head(by=office, name="2020年报送稿")
    post(money(50))

    compared = compare(actor=office, figure=SUM, scope=Scope(), earlier="2019年报送稿", later="2020年报送稿")

    assert (compared.before.base_value, compared.after.base_value) == (120, 103)


def test_a_comparison_the_wrong_way_round_is_refused(reported, office):
    with pytest.raises(FigureRefused):
        compare(actor=office, figure=SUM, scope=Scope(), earlier=reported.last_entry, later=0)


@pytest.mark.parametrize("head", ["2018年报送稿", "9" * 40])
def test_an_unknown_head_is_refused_by_naming_those_there_are(reported, office, head):
    with pytest.raises(HeadUnknown, match="2019年报送稿"):
        evaluate(actor=office, figure=SUM, scope=Scope(), head=head)


def test_a_name_is_given_once(reported, office):
    with pytest.raises(NameTaken, match="2019年报送稿"):
        name_head(by=office, name=" 2019年报送稿 ")


def test_a_scope_is_saved_under_a_name_and_opens_again(office, places_cast):
    scope = Scope(place=GUIFENG, source="own")

    save_scope(by=office, name="责任书口径", scope=scope, note="集团用")

    assert Scope.from_options(saved_scope(office, "责任书口径").scope) == scope
    with pytest.raises(NameTaken):
        save_scope(by=office, name="责任书口径", scope=scope)
    with pytest.raises(ScopeUnknown, match="责任书口径"):
        saved_scope(office, "社会责任报告口径")
