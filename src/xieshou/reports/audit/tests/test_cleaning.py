"""What the cleaned view mends, what it leaves alone, and that every code point keeps its place in the raw text."""

import pytest

from xieshou.reports.audit.texts.cleaning import LOST, clean


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        pytest.param("全輪驅(qū)動,決戰(zhàn)決勝", "全轮驱动，决战决胜", id="pinyin glosses, Traditional characters"),
        pytest.param(
            "他們(men)來(lai)了", "他们来（lai）了", id="a gloss without tone only where the syllable has none"
        ),
        pytest.param("長(km)與電(PPP)", "长（km）与电（PPP）", id="other letters in brackets stay"),
        pytest.param("投入５００万元，占３７．４％", "投入500万元，占37.4%", id="full-width digits"),
        pytest.param("第一季度:完成(含)3,000元;", "第一季度：完成（含）3000元；", id="Chinese punctuation"),
        pytest.param("覆盖 12 个村 , 300 余 户", "覆盖12个村 ， 300余户", id="blanks inside a figure"),
        pytest.param("投入 1,234.5 万 元", "投入1234.5万元", id="thousands separated by commas"),
        pytest.param("发放１，２００元", "发放1200元", id="thousands separated by full-width commas"),
        pytest.param("惠及7 000余人", "惠及7000余人", id="thousands separated by a blank"),
        pytest.param("惠及12\u202f500人", "惠及12500人", id="thousands separated by a narrow blank"),
        pytest.param("合计\t120\t300", "合计\t120\t300", id="cells of a table stay apart"),
        pytest.param("1，2，3号", "1，2，3号", id="a list is no thousands"),
        pytest.param("实际完成l806.6万元", "实际完成1806.6万元", id="the letter l for a one"),
        pytest.param("2O19年共1OO人", "2019年共100人", id="the letter O for a nought"),
        pytest.param("实际完成l,8O6.6万元", "实际完成1806.6万元", id="letters among separators"),
        pytest.param("O2O模式、PM2.5、I类", "O2O模式、PM2.5、I类", id="letters that are letters"),
        pytest.param("投入5\u200b00\ufeff万元", "投入500万元", id="zero-width marks"),
        pytest.param("⼀共⼆⼗⼈", "一共二十人", id="radicals for characters, as PDF files give them"),
        pytest.param("第一行\r\n第二行\u2028第三行", "第一行\n第二行\n第三行", id="line ends"),
        pytest.param("培训干部500\n余人次", "培训干部500余人次", id="a line break between number and unit"),
        pytest.param("援建项目3\n\n个，投入20万\n元", "援建项目3个，投入20万元", id="a page break inside a figure"),
        pytest.param(
            "我公司当年累计投入帮扶资金1\n200万元", "我公司当年累计投入帮扶资金1200万元", id="a wrapped number"
        ),
        pytest.param("合计\n120\n30", "合计\n120\n30", id="short lines are cells"),
        pytest.param(
            "我公司继续选派挂职干部前往，2019\n3所学校", "我公司继续选派挂职干部前往，2019\n3所学校", id="a year"
        ),
        pytest.param("投 入 资 金 5 0 0 万 元", "投入资金500万元", id="a text spaced out"),
        pytest.param("投入 1 2 0 0 万元", "投入1200万元", id="a number spaced out"),
        pytest.param(
            "县 名   户 数   人 数\n甲 县   12 30   45", "县 名   户 数   人 数\n甲 县   12 30   45", id="columns"
        ),
        pytest.param("全輪驅（ｑū）動", "全轮驱动", id="a full-width gloss"),
        pytest.param("5\ue000", f"5{LOST}", id="private use"),
        pytest.param("乾县", "乾县", id="Simplified names that look Traditional"),
        pytest.param("餅乾產業園", "饼干产业园", id="characters that differ only in a Traditional text"),
    ],
)
def test_the_cleaned_view(raw, text):
    assert clean(raw).text == text


def test_every_cleaned_character_knows_where_it_stood():
    raw = "驅(qū)動 ５００萬(wàn)元"

    view = clean(raw)

    assert view.text == "驱动500万元"
    assert [raw[start:end] for start, end in zip(view.starts, view.ends, strict=True)] == list("驅動５００萬元")


def test_a_stretch_of_the_cleaned_text_spans_what_was_dropped_inside_it():
    view = clean("共投入1,234.5 万元。")

    at = view.text.index("1234.5万元")

    assert view.raw[slice(*view.raw_span(at, at + len("1234.5万元")))] == "1,234.5 万元"


def test_a_clean_text_is_its_own_view():
    text = "公司投入帮扶资金500余万元，培训干部20人。"

    view = clean(text)

    assert view.text == text
    assert list(view.starts) == list(range(len(text)))


def test_an_empty_text_has_an_empty_view():
    assert clean("").text == ""
