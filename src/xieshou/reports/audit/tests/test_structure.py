"""How a text is cut: what a heading is, which lines belong together, where sentences and clauses end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xieshou.reports.audit.tests.telling import structured
from xieshou.reports.audit.texts.structuring import LONGEST_CLAUSE, LONGEST_PARAGRAPH, LONGEST_SENTENCE

PROSE = "集团坚持把帮扶工作摆在重要位置，全年投入资金100万元，惠及群众300余人。"


def words(raw, spans):
    cleaned, structure = structured(raw)
    return [cleaned.text[span.at : span.until] for span in getattr(structure, spans)]


@pytest.mark.parametrize(
    ("heading", "level"),
    [
        ("# 年度工作", 1),
        ("### 产业帮扶", 3),
        ("第一章 总体情况", 1),
        ("一、组织领导", 1),
        ("第二节 资金投入", 2),
        ("（二）教育帮扶", 2),
        ("1.改善基础设施", 3),
        ("2.1 产业项目", 3),
        ("3、强化培训", 3),
        ("（1）资金来源", 4),
        ("① 村级项目", 4),
        ("责任行动PART 02", 1),
    ],
)
def test_a_short_line_that_carries_a_number_is_a_heading_of_its_depth(heading, level):
    _cleaned, structure = structured(f"{heading}\n{PROSE}")

    assert (structure.headings, structure.levels) == ((True, False), (level, 0))


def test_a_short_line_without_a_full_stop_is_a_heading_below_the_numbered_one():
    _cleaned, structure = structured(f"一、工作成效\n{PROSE}\n资金投入\n{PROSE}")

    assert structure.headings == (True, False, True, False)
    assert structure.levels == (1, 0, 2, 0)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("一是强化领导。公司成立领导小组。", id="an item with sentences"),
        pytest.param("公司全年投入100万元；", id="an item of a list"),
        pytest.param("1000万元用于修建学校。", id="a figure at the beginning"),
    ],
)
def test_a_line_that_ends_like_a_sentence_is_no_heading(line):
    _cleaned, structure = structured(line)

    assert structure.headings == (False,)


def test_an_item_keeps_the_depth_of_its_enumerator():
    _cleaned, structure = structured(f"一是{PROSE}\n二是{PROSE}")

    assert structure.levels == (5, 5)


def test_lines_broken_by_a_page_make_one_paragraph():
    raw = f"{PROSE}公司在凤山县援建\n\n\n学校3所。\n{PROSE}"

    assert words(raw, "paragraphs") == [f"{PROSE}公司在凤山县援建\n\n\n学校3所。", PROSE]


def test_a_caption_between_paragraphs_stays_alone():
    caption = "某公司在凤山县文里村开展高山蔬菜种植帮扶项目，村民喜获丰收"

    assert words(f"{PROSE}\n{caption}\n{PROSE}", "paragraphs") == [PROSE, caption, PROSE]


def test_a_sentence_ends_with_the_quotation_mark_behind_its_full_stop():
    assert words("他说：“好日子来了。”大家都笑了！真的？", "sentences") == [
        "他说：“好日子来了。”",
        "大家都笑了！",
        "真的？",
    ]


def test_a_dot_ends_no_sentence():
    assert words("投入1.5亿元，见www.example.com。", "sentences") == ["投入1.5亿元，见www.example.com。"]


def test_clauses_end_at_commas_semicolons_and_colons_but_not_inside_figures():
    assert words("其中：投入资金1,200万元，比例为3:1；其余在10:30前到位。", "clauses") == [
        "其中：",
        "投入资金1200万元，",
        "比例为3：1；",
        "其余在10：30前到位。",
    ]


def test_a_paragraph_printed_twice_points_to_the_first():
    _cleaned, structure = structured(f"{PROSE}\n资金投入\n{PROSE.replace('，', ', ')}")

    assert structure.repeats == (-1, -1, 0)


def test_short_lines_printed_twice_are_no_repetition():
    _cleaned, structure = structured("资金投入\n资金投入")

    assert structure.repeats == (-1, -1)


@pytest.mark.parametrize("raw", ["", " \n \n", "。", "，", "\n。\n", "（", "一、"])
def test_texts_of_nothing_are_cut_without_complaint(raw):
    _cleaned, structure = structured(raw)

    assert len(structure.headings) == len(structure.paragraphs) == len(structure.repeats)


@pytest.mark.parametrize("unit", ["投入资金", "9", "，", "。", "一\n", "（", "和田、"])
def test_no_stretch_is_longer_than_its_bound(unit):
    _cleaned, structure = structured(unit * 30_000)

    assert max(span.until - span.at for span in structure.clauses) <= LONGEST_CLAUSE
    assert max(span.until - span.at for span in structure.sentences) <= LONGEST_SENTENCE
    assert max(span.until - span.at for span in structure.paragraphs) <= LONGEST_PARAGRAPH


@given(st.text(alphabet=st.sampled_from("一二、（）1.，。；：“”\n 公司投入万元#PART是凤山县"), max_size=400))
def test_parents_hold_their_children_and_children_cover_their_parents(raw):
    _cleaned, structure = structured(raw)

    assert all(
        structure.paragraphs[each.parent].at <= each.at < each.until <= structure.paragraphs[each.parent].until
        for each in structure.sentences
    )
    assert all(
        structure.sentences[each.parent].at <= each.at < each.until <= structure.sentences[each.parent].until
        for each in structure.clauses
    )
    assert sum(each.until - each.at for each in structure.clauses) == sum(
        each.until - each.at for each in structure.paragraphs
    )
