"""The relations between columns that a form demands (勾稽关系)."""

import pytest

COLUMNS = "".join(
    f'[[columns]]\nkey = "{key}"\nname = "{name}"\ntype = "{kind}"\n'
    for key, name, kind in (
        ("reported", "上报户数", "integer"),
        ("registered", "在册户数", "integer"),
        ("men", "男劳动力", "integer"),
        ("women", "女劳动力", "integer"),
        ("income_fen", "收入（元）", "money"),
        ("spent_fen", "支出（元）", "money"),
        ("net_fen", "纯收入（元）", "money"),
        ("mean_fen", "人均纯收入（元）", "money"),
        ("persons", "家庭人口", "integer"),
        ("share", "支出率", "percent"),
    )
)
VILLAGE = '[[columns]]\nkey = "village"\nname = "村名"\nrequired = true\nfilled = true\n'

pytestmark = pytest.mark.usefixtures("places_cast")


@pytest.fixture
def holds(form_of, write, opened_as, found_as):
    """Whether one row keeps to a check; the cells are column name → what is typed."""

    def check(check, **cells):
        form = form_of(VILLAGE + COLUMNS + f'[[checks]]\nkey = "it"\nnote = "应一致"\n{check}\n')
        names = [form.column(key).name for key in cells]
        batch = opened_as(write([["村名", *names], ["三村村", *cells.values()]]), form)
        return not [code for _cell, code in found_as(batch, form) if code.startswith("check_")]

    return check


EQUAL = 'kind = "equal"\nleft = "reported"\nright = "registered"'


def test_two_columns_that_should_be_equal_and_are_not_are_named(holds):
    assert holds(EQUAL, reported=47, registered=47)
    assert not holds(EQUAL, reported=47, registered=25)


@pytest.mark.parametrize("cells", [{"reported": 47, "registered": ""}, {"reported": "", "registered": 49}])
def test_a_blank_is_no_mismatch(holds, cells):
    assert holds(EQUAL, **cells)


@pytest.mark.parametrize(("reported", "kept"), [(25, True), (26, True), (24, False)])
def test_at_least_means_not_less(holds, reported, kept):
    check = EQUAL.replace("equal", "at_least")

    assert holds(check, reported=reported, registered=25) is kept


def test_a_sum_may_take_parts_off(holds):
    check = 'kind = "sum"\nleft = "net_fen"\nparts = ["income_fen", "spent_fen"]\nfactors = [1, -1]'

    assert holds(check, net_fen=70, income_fen=100, spent_fen=30)
    assert not holds(check, net_fen=130, income_fen=100, spent_fen=30)


@pytest.mark.parametrize(
    ("stated", "kept"), [("37.43%", True), ("37.4", True), ("37", True), ("38", False), ("37.5", False)]
)
def test_a_share_is_compared_as_far_as_it_is_written_out(holds, stated, kept):
    check = 'kind = "share"\nleft = "share"\nparts = ["spent_fen", "income_fen"]'

    assert holds(check, share=stated, spent_fen=3743, income_fen=10_000) is kept


def test_a_share_of_nothing_says_nothing(holds):
    assert holds(
        'kind = "share"\nleft = "share"\nparts = ["spent_fen", "income_fen"]', share=0, spent_fen=0, income_fen=0
    )


@pytest.mark.parametrize(
    ("stated", "kept"), [(3333, True), (3333.33, True), (3334, True), (3335, False), (3331, False)]
)
def test_a_mean_is_compared_to_one_unit(holds, stated, kept):
    check = (
        'kind = "mean"\nleft = "mean_fen"\nright = "persons"\nparts = ["income_fen", "spent_fen"]\nfactors = [1, -1]'
    )

    assert holds(check, mean_fen=stated, persons=3, income_fen=12_000, spent_fen=2_000) is kept


def test_men_and_women_are_summed_as_before(holds):
    check = 'kind = "sum"\nleft = "persons"\nparts = ["men", "women"]'

    assert holds(check, persons=5, men=3, women=2)
    assert not holds(check, persons=6, men=3, women=2)
