"""Whatever the text, cleaning and extraction end, keep their places in order and stay linear."""

import random
import re
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opencc import OpenCC

from xieshou.reports.audit.quantities.extraction import extract
from xieshou.reports.audit.texts.cleaning import clean

_PIECES = (
    *"0123456789.,，、。（）()“”%％-—~至到 \n\t·:：/+",
    *"一二两三四五六七八九十百千万亿零〇半几数余多来成点分之第约近超不足",
    *"元个家所户人名位项次期场年月日天省市县区乡镇村吨亩公里米斤支辆台套件册",
    *(
        "驅(qū)",
        "萬(wàn)",
        "\u200b",
        "\ufffd",
        "\ue000",
        "\ud800",
        "l",
        "O",
        "I",
        "Ⅲ",
        "٣",
        "𝟗",
        "½",
        "㎡",
        "\U000e0100",
    ),
    *(
        "百分之",
        "三分之一",
        "500余万元",
        "2019年",
        "3-5",
        "贫困县",
        "合作社",
        "四个不摘",
        "投入资金",
        "约占",
        "平方公里",
    ),
)
_TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from(_PIECES), max_size=60).map("".join),
    st.lists(st.one_of(st.sampled_from(_PIECES), st.text(max_size=3)), max_size=60).map("".join),
)
_NARRATIVE = (
    "2021年，集团公司向两县投入帮扶资金1,430.5万元，实施项目23个，惠及5444户、总计2.4万余人（其中脱贫户297人），"
    "培训基层干部三百二十名，近百户增收三成以上，超额完成责任书任务的117.4%。\n"
)
_LARGE = 100_000  # characters: what takes quadratic time would not come to its end here


def check(raw):
    view = clean(raw)
    assert len(view.text) == len(view.starts) == len(view.ends)
    assert all(0 <= start < end <= len(raw) for start, end in zip(view.starts, view.ends, strict=True))
    assert all(before < after for before, after in zip(view.starts, view.starts[1:], strict=False))
    quantities = extract(view)
    done = 0
    for quantity in quantities:
        assert done <= quantity.at < quantity.until <= len(view.text)
        assert (quantity.start, quantity.end) == view.raw_span(quantity.at, quantity.until)
        assert quantity.value.is_finite()
        assert quantity.value_hi is None or quantity.value < quantity.value_hi
        assert quantity.unit
        done = quantity.until


@settings(max_examples=400, deadline=None)
@given(_TEXTS)
def test_any_text_is_read_and_every_place_lies_within_it_in_order(raw):
    check(raw)


@settings(max_examples=100, deadline=None)
@given(st.sets(st.integers(0, len(_NARRATIVE)), max_size=40))
def test_invisible_characters_change_no_figure(places):
    pieces = [("\u200b" if at in places else "") + character for at, character in enumerate(_NARRATIVE)]

    assert values("".join(pieces)) == values(_NARRATIVE)


@pytest.mark.parametrize(
    "damaged",
    [
        pytest.param(
            "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in _NARRATIVE), id="full"
        ),
        pytest.param(OpenCC("s2t").convert(_NARRATIVE), id="Traditional"),
        pytest.param(" ".join(_NARRATIVE), id="a blank behind every character"),
        pytest.param(re.sub(r"(?<=[0-9])(?=[\u4e00-\u9fff])", " ", _NARRATIVE), id="blanks behind numbers"),
        pytest.param(re.sub(r"(?<=[0-9万])(?=[个户人元名])", "\n", _NARRATIVE), id="lines broken behind numbers"),
        pytest.param(_NARRATIVE.replace("0", "O").replace("1", "l"), id="letters for digits"),
    ],
)
def test_damage_that_leaves_a_text_legible_changes_no_figure(damaged):
    assert values(damaged) == values(_NARRATIVE)


def values(raw):
    return [(quantity.value, quantity.unit, quantity.approximation) for quantity in extract(clean(raw))]


def test_a_narrative_damaged_at_random_is_read():
    chance = random.Random(20261125)
    for _ in range(300):
        damaged = list(_NARRATIVE * 3)
        for _ in range(chance.randrange(1, 40)):
            at = chance.randrange(len(damaged))
            damaged[at] = chance.choice(
                ("", "\ufffd", "\n", " ", chance.choice(_PIECES), chr(chance.randrange(1, 0x3000)))
            )
        check("".join(damaged))


def test_code_points_of_every_plane_are_read():
    chance = random.Random(4)
    for _ in range(200):
        check("".join(chr(chance.randrange(sys.maxunicode + 1)) for _ in range(300)))


@pytest.mark.parametrize(
    "piece",
    [
        pytest.param("7", id="digits only"),
        pytest.param("1.", id="points"),
        pytest.param("1,234", id="endless thousands"),
        pytest.param("一", id="Chinese digits only"),
        pytest.param("十百千万亿", id="scales"),
        pytest.param("（", id="opening brackets"),
        pytest.param("(a", id="opened glosses"),
        pytest.param("驅(qū)", id="glosses"),
        pytest.param("中 ", id="a text spaced out"),
        pytest.param("1\n", id="a digit a line"),
        pytest.param("lO1", id="letters among digits"),
        pytest.param("5个", id="counts without a noun"),
        pytest.param("5个、", id="enumerations"),
        pytest.param("5个县（", id="open brackets behind units"),
        pytest.param("“5个", id="open quotations"),
        pytest.param("2019-", id="years"),
        pytest.param("2019和", id="years enumerated"),
        pytest.param("3-", id="ranges"),
        pytest.param("百分之", id="fractions"),
        pytest.param("约占的", id="shares"),
        pytest.param("四个", id="names begun"),
        pytest.param("1万", id="mixed numbers"),
        pytest.param(_NARRATIVE.replace("\n", ""), id="one endless line"),
    ],
)
def test_a_long_text_is_read_to_its_end(piece):
    check(piece * (_LARGE // len(piece)))
