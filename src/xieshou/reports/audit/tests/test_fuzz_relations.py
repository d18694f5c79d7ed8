"""Claims of any kind in any order: comparing them never fails, and says no more than their number allows."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from xieshou.reports.audit.claims import Approximation, Claim, ClaimKind, Quantity
from xieshou.reports.audit.relations.relating import relate
from xieshou.reports.audit.tests.related import relations_in
from xieshou.reports.audit.texts.cleaning import clean
from xieshou.reports.audit.texts.structuring import structure_of

WORDS = st.sampled_from(
    [
        *"其中 包括 分别 共计 累计 占 完成率 同比增长 由 增加到 每户 各 户均 计划 实际完成 此外 一是 二是 投入".split(),
        *"捐赠 采购 培训 青川县 木里县 资金 万元 等3个县 的 与 和 中有 总额 基金 新增 总数达到 截至 人次 户".split(),
        *"人 其余 男 女 党员 约 余 近 （ ） 。 ； ， 、".split(),
        "\n",
        " ",
    ]
)
UNITS = [
    "CNY",
    "percent",
    "person",
    "person_time",
    "household",
    "county",
    "project",
    "tonne",
    "item",
    "multiple",
    "session",
]
PERIODS = ["", "2019", "2016..2019", "..2020-10", "2018..", "每年", "近年来", "20x9.."]


@st.composite
def claimed_texts(draw):
    """A text of the genre's words with claims laid over it at random."""
    pieces = draw(st.lists(st.one_of(WORDS, st.integers(0, 10**7).map(str)), min_size=1, max_size=60))
    cleaned = clean("".join(pieces))
    claims = []
    for number in range(draw(st.integers(0, 25))):
        at = draw(st.integers(0, len(cleaned.text)))
        until = at + draw(st.integers(0, 6))
        value = draw(st.decimals(min_value=-5, max_value=10**18, places=3))
        claims.append(
            Claim(
                id=number + 1,
                quantity=Quantity(
                    start=at,
                    end=until,
                    at=at,
                    until=until,
                    value=value,
                    value_hi=draw(st.none() | st.just(value + 5)),
                    unit=draw(st.sampled_from(UNITS)),
                    unit_raw=draw(st.sampled_from(["", "元", "个", "名"])),
                    number_raw=draw(st.sampled_from(["", "1200余", "3"])),
                    approximation=draw(st.sampled_from(list(Approximation))),
                    decimals=draw(st.integers(0, 40)),
                    factor=draw(st.sampled_from([Decimal(1), Decimal(10_000), Decimal(10**8)])),
                ),
                period=draw(st.sampled_from(PERIODS)),
                place=draw(st.sampled_from(["", "青川县", "青川县、木里县"])),
                kind=draw(st.sampled_from(list(ClaimKind))),
            )
        )
    return cleaned, claims


@settings(max_examples=300, deadline=None)
@given(claimed_texts())
def test_any_claims_over_any_text_are_compared(case):
    cleaned, claims = case

    relations = relate(cleaned, structure_of(cleaned), claims)

    known = {claim.id for claim in claims}
    for relation in relations:
        assert relation.claims
        assert set(relation.claims) <= known
        assert relation.message
        assert relation.as_json()["status"]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(WORDS, st.integers(0, 10**5).map(lambda number: f"{number}万元")), max_size=80).map("".join))
def test_any_words_of_the_genre_are_compared(text):
    relations_in(text)


def test_a_text_of_digits_only():
    assert relations_in("0123456789 " * 5_000) == ()


def test_twenty_thousand_figures_in_one_paragraph_are_compared_to_the_end():
    relations_in("投入" + "，".join(f"甲村{number}万元" for number in range(20_000)) + "。")


def test_relations_grow_with_the_text_and_no_faster():
    sentence = "共投入{0}万元，其中甲县{1}万元，占50%，共计{2}万元，惠及{0}户{2}人。"
    short, long = (
        len(relations_in("".join(sentence.format(n, n + 1, n + 2) for n in range(count)))) for count in (250, 1_000)
    )

    assert long < 8 * short
