"""Nothing crashes the stages of structure and scope, and no quantity is lost."""

import random
import re
from array import array
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xieshou.reports.audit.claims import Quantity
from xieshou.reports.audit.scopes.scoping import scoped
from xieshou.reports.audit.texts.structure import CleanText
from xieshou.reports.audit.texts.structuring import structure_of

WORDS = (
    "其中 分别 和田 凤山县 2019年 截至 以来 累计 （ ） ； ， 。 、 两县 各 1人 5万元 北京市 总工会 小学 在 向 西藏 自 "
    "目前 一是 \n 计划 任务 “ ” 同比 东丽区 浙江与四川 援藏 受援地 下一步 一、 # 每年 2016—2019年 十三五期间 由 "
    "下降到 文里村 中心小学"
).split(" ")


def claims_of(text):
    clean = CleanText(text, text, array("i", range(len(text))), array("i", range(1, len(text) + 1)))
    quantities = [
        Quantity(*found.span(), *found.span(), value=Decimal(1), unit="CNY") for found in re.finditer(r"\d{1,12}", text)
    ]
    return quantities, scoped(clean, structure_of(clean), quantities)


@given(st.lists(st.sampled_from(WORDS), max_size=120).map("".join) | st.text(max_size=300))
def test_every_quantity_becomes_one_claim(text):
    quantities, claims = claims_of(text)

    assert [claim.quantity for claim in claims] == quantities


@pytest.mark.parametrize(
    "unit",
    [
        "其中",
        "分别1人；",
        "和田1人",
        "1人、",
        "2019年",
        "（",
        "一\n",
        "两县",
        "受援地",
        "向小学",
        "自2019年",
        "北京市总工会",
        "7",
    ],
)
def test_what_is_hard_to_walk_through_is_walked_to_its_end(unit):
    quantities, claims = claims_of(unit * (32_000 // len(unit)))

    assert len(claims) == len(quantities)


def test_words_in_any_order_lose_no_quantity():
    quantities, claims = claims_of("".join(random.Random(7).choices(WORDS, k=20_000)))

    assert [claim.quantity for claim in claims] == quantities
