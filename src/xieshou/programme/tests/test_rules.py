"""What a fund report may say."""

from hypothesis import given
from hypothesis import strategies as st

from xieshou.programme.rules import SOURCE_COLUMNS, USE_COLUMNS, cut_differences

FEN = st.integers(min_value=0, max_value=10**13)


def test_both_cuts_add_up_to_the_invested_money():
    amounts = {"invested_fen": 300, "to_households_fen": 100, "to_villages_fen": 200, "own_fen": 300}

    assert cut_differences(amounts) == {}


def test_a_cut_that_misses_the_invested_money_is_named_with_its_difference():
    amounts = {"invested_fen": 300, "to_households_fen": 100, "to_villages_fen": 150, "own_fen": 310}

    assert cut_differences(amounts) == {"uses": -50, "sources": 10}


def test_a_cut_of_which_nothing_is_stated_is_not_compared():
    amounts = {"invested_fen": 300, "to_households_fen": None, "to_villages_fen": None, "own_fen": 300}

    assert cut_differences(amounts) == {}


def test_an_invested_sum_that_is_not_stated_is_not_compared():
    assert cut_differences({"invested_fen": None, "own_fen": 300}) == {}


@given(uses=st.tuples(FEN, FEN), sources=st.tuples(FEN, FEN, FEN, FEN))
def test_parts_that_equal_the_whole_never_differ(uses, sources):
    invested = sum(uses) + sum(sources)
    amounts = dict(zip(USE_COLUMNS, (uses[0], uses[1] + sum(sources)), strict=True))
    amounts |= dict(zip(SOURCE_COLUMNS, (*sources, sum(uses)), strict=True))

    assert cut_differences(amounts | {"invested_fen": invested}) == {}
