"""Templates that users write in Word: numbers, conditions, tables by county, charts, and their errors."""

import io
import time

import docx
import pytest
from django.utils import translation
from docx.oxml.ns import qn

from xieshou.catalogue.figures import FIGURES
from xieshou.reports.documents import carriers
from xieshou.reports.documents.builtin.matter import Wanted
from xieshou.reports.documents.errors import TemplateWrong
from xieshou.reports.documents.word_templates.marks import plain_code
from xieshou.reports.documents.word_templates.services import check_template, render_template

FENGSHAN = "451223000000"


def written(*paragraphs, table=()) -> bytes:
    """A Word file with these paragraphs; one that is a tuple is typed as several runs, as Word splits them."""
    word = docx.Document()
    for paragraph in paragraphs:
        added = word.add_paragraph()
        for run in (paragraph,) if isinstance(paragraph, str) else paragraph:
            added.add_run(run)
    if table:
        grid = word.add_table(len(table), len(table[0]))
        for row, texts in zip(grid.rows, table, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    saved = io.BytesIO()
    word.save(saved)
    return saved.getvalue()


@pytest.fixture
def fill(office, company):
    """A template filled for the company's year 2019, opened again."""

    def run(data, *, annex=False, **wanted):
        made = render_template(
            actor=office,
            name="模板.docx",
            data=data,
            wanted=Wanted(**{"year": 2019, "party": company} | wanted),
            figures=FIGURES,
            annex=annex,
        )
        return docx.Document(io.BytesIO(made.data)), made

    return run


@pytest.fixture
def filled(fill):
    """The paragraphs of a filled template."""

    def run(*paragraphs, **options):
        return [paragraph.text for paragraph in fill(written(*paragraphs, **options))[0].paragraphs]

    return run


def test_a_template_with_a_table_by_county_a_chart_and_a_condition_renders(fill):
    template = written(
        "{{ 单位 }}{{ 年 }}年资金情况",
        "{% 如果 完成率(“fund.raised”) > 100 %}超额完成，完成率{{ 完成率() }}。{% 否则 %}未完成。{% 结束如果 %}",
        "{{ 图表(“fund.planned”，“fund.raised”，分组＝“县”，标题＝“分县资金”) }}",
        table=[
            ("县", "计划（万元）", "实际（万元）"),
            (
                "{% for 县 in 各县(“fund.raised”) %}{{ 县.名称 }}",
                "{{ 县(“fund.planned”)|表格 }}",
                "{{ 县.值|表格 }}{% endfor %}",
            ),
            ("合计", "{{ 指标(“fund.planned”)|表格 }}", "{{ 指标(“fund.raised”)|表格 }}"),
        ],
    )

    word, made = fill(template)

    assert [paragraph.text for paragraph in word.paragraphs[:2]] == [
        "中国第一汽车集团有限公司2019年资金情况",
        "超额完成，完成率102.45%。",
    ]
    assert [[cell.text for cell in row.cells] for row in word.tables[0].rows] == [
        ["县", "计划（万元）", "实际（万元）"],
        ["凤山县", "1,771.00", "1,806.60"],
        ["镇赉县", "1,550.00", "1,615.00"],
        ["和龙市", "1,390.00", "1,405.00"],
        ["合计", "4,711.00", "4,826.60"],
    ]
    assert word.paragraphs[2].text.strip() == "分县资金"
    assert len(word.paragraphs[2]._p.findall(f".//{qn('w:drawing')}")) == 1
    assert len(made.citations) == 9


def test_the_citations_travel_inside_and_are_not_seen(fill):
    word, made = fill(written("投入{{ 指标(“fund.raised”) }}。"))

    assert [paragraph.text for paragraph in word.paragraphs] == ["投入4826.6万元。"]
    assert carriers.extract("docx", made.data) == made.citations


def test_the_version_for_checking_numbers_each_value_and_lists_it(fill):
    word, _made = fill(written("投入{{ 指标(“fund.raised”) }}，计划{{ 指标(“fund.planned”) }}。"), annex=True)

    assert word.paragraphs[0].text == "投入4826.6万元[1]，计划4711万元[2]。"
    assert [row.cells[0].text for row in word.tables[0].rows] == ["编号", "[1]", "[2]"]


@pytest.mark.parametrize(
    "mark",
    [
        '{{ figure("fund.raised", place="凤山县", year=2019) }}',
        '{{ 指标("fund.raised", 地点="凤山县", 年=2019) }}',
        "{{ 指标（“fund.raised”，地点＝“凤山县”，年＝２０１９） }}",
        "｛｛指标(‘筹集帮扶资金’，地点＝‘凤山县’)｝｝",
        ("{", "{ 指标（“fund.", "raised”", "，地点＝“凤", "山县”）", " }", "}"),
    ],
)
def test_marks_are_read_as_plain_however_word_typed_or_split_them(filled, mark):
    assert filled(mark) == ["1806.6万元"]


def test_what_stands_in_quotation_marks_keeps_its_own_signs():
    assert plain_code("指标（“甲（乙），丙”，年＝２０１９）") == '指标("甲（乙），丙",年=2019)'


@pytest.mark.parametrize(
    ("mark", "shown"),
    [
        ("{{ 指标(“fund.raised”)|超过 }}", "超过4800万元"),
        ("{{ 指标(“fund.raised”)|近 }}", "近4900万元"),
        ("{{ figure(“fund.raised”)|over(3) }}", "超过4820万元"),
        ("{{ 指标(“fund.raised”)|亿元 }}", "0.48亿元"),
        ("{{ 指标(“fund.raised”, 计量=“元”) }}", "48266000元"),
        ("{{ 指标(“fund.raised”)|亿元|小数(4) }}", "0.4827亿元"),
        ("{{ 指标(“fund.raised”)|数 }}", "4826.6"),
        ("{{ 指标(“fund.raised”)|表格 }}", "4,826.60"),
        ("{{ 占比(“fund.raised”, 地点=“凤山县”) }}", "37.43%"),
        ("{{ 完成率()|完成情况 }}", "超额完成"),
        ("{{ 同比(“fund.raised”) }}", "上年同期未填"),
        ("{{ 指标(“fund.raised”, 年=1999) }}", "–"),
        ("{{ 期间 }}{{ 地点 }}", "2019年"),
    ],
)
def test_wording_follows_the_value(filled, mark, shown):
    assert filled(mark) == [shown]


def test_a_condition_on_what_is_not_stated_takes_the_other_way(filled):
    assert filled("{% if 同比(“fund.raised”) %}有{% else %}上年没有数字{% endif %}") == ["上年没有数字"]


def test_paragraphs_between_orders_repeat_and_the_orders_vanish(filled):
    assert filled(
        "{% 循环 县 在 各县(“fund.raised”) %}", "{{ 县.序号 }}．{{ 县.名称 }}{{ 县.值 }}", "{% 结束循环 %}"
    ) == [
        "1．凤山县1806.6万元",
        "2．镇赉县1615万元",
        "3．和龙市1405万元",
    ]


def test_a_row_that_holds_orders_alone_governs_the_rows_below_it(fill):
    template = written(
        table=[("{% for 县 in 各县() %}", ""), ("{{ 县.名称 }}", "{{ 县.值|表格 }}"), ("{% endfor %}", "")],
    )

    word, _made = fill(template)

    assert [row.cells[0].text for row in word.tables[0].rows] == ["凤山县", "镇赉县", "和龙市"]


def test_headers_are_filled_in_as_well(fill):
    word = docx.Document()
    word.sections[0].header.paragraphs[0].text = "投入{{ 指标(“fund.raised”) }}"
    saved = io.BytesIO()
    word.save(saved)

    assert fill(saved.getvalue())[0].sections[0].header.paragraphs[0].text == "投入4826.6万元"


def test_the_place_of_the_report_holds_where_the_template_names_none(fill):
    word, _made = fill(
        written("{{ 地点 }}{{ 指标(“fund.raised”) }}，全部{{ 指标(“fund.raised”, 地点=“”) }}"), place=FENGSHAN
    )

    assert word.paragraphs[0].text == "凤山县1806.6万元，全部4826.6万元"


def test_chinese_names_of_figures_and_sources_are_understood_whatever_the_reader_speaks(filled):
    with translation.override("en"):
        assert filled("{{ 指标(“筹集帮扶资金”) }}") == ["4826.6万元"]


@pytest.mark.parametrize(
    ("mark", "why"),
    [
        ("{{ 指标(“fund.rased”) }}", "没有“fund.rased”这个指标"),
        ("{{ 指标(“fund.raised”, 地点=“凤三县”) }}", "没有找到名为“凤三县”的区划"),
        ("{{ 指标(“fund.raised”, 地方=“凤山县”) }}", "没有“地方”这个选项"),
        ("{{ 指标(“fund.raised”, 单位=“无此单位公司”) }}", "无此单位公司"),
        ("{{ 指标(“fund.raised” }}", "请检查引号、括号和逗号"),
        ("{{ 指标(“fund.raised”)", "“{{”没有配对"),
        ("{{ 图表(“fund.raised”, 分组=“年份”) }}", "不能按“年份”分组"),
        ("{{ 不存在 }}", "不存在"),
        ("{% if 1 %}", "“endif”没有写"),
        ("{% if 1 %}文字", "须在同一段内结束"),
        ("{% endif %}", "没有对应的开始"),
        ("{% include “别的” %}", "没有“include”这个指令"),
        ("{{ 指标() }}", "括号里写的不对"),
    ],
)
def test_an_error_names_its_paragraph_and_what_is_wrong(filled, mark, why):
    with pytest.raises(TemplateWrong) as refused:
        filled("第一段没有错。", mark)

    assert refused.value.message.startswith(f"第 2 段“{mark[:40]}")
    assert why in refused.value.message


def test_an_error_in_a_table_names_its_cell(filled):
    with pytest.raises(TemplateWrong, match="第 1 张表第 2 行第 2 格"):
        filled(table=[("县", "资金"), ("凤山县", "{{ 指标(“fund.rased”) }}")])


@pytest.mark.parametrize(
    "attack",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ 指标.__globals__ }}",
        "{{ 指标(“fund.raised”).sheet }}",
        "{{ 'a' * 1000000000 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ '%1000000000d' % 3 }}",
        "{{ 'a'.ljust(1000000000) }}",
        "{% for x in 'abc' %}{{ x }}{% endfor %}",
        "{% for x in range(1000000000) %}{{ x }}{% endfor %}",
        "{{ cycler }}",
        "{{ 指标(“fund.raised”)|attr('sheet') }}",
    ],
)
def test_a_template_reaches_nothing_but_its_functions(filled, attack):
    started = time.monotonic()

    with pytest.raises(TemplateWrong):
        filled(attack)

    assert time.monotonic() - started < 5


def test_loops_within_loops_end(filled, monkeypatch):
    monkeypatch.setattr("xieshou.reports.documents.word_templates.sandbox.MOST_TURNS", 20)
    loops = "{% for a in 各县() %}{% for b in 各县() %}{% for c in 各县() %}x{% endfor %}{% endfor %}{% endfor %}"

    with pytest.raises(TemplateWrong, match="循环超过 20 次"):
        filled(loops)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", "不是 Word".encode()])
def test_what_is_no_word_file_is_refused(fill, data):
    with pytest.raises(TemplateWrong, match="另存为"):
        fill(data)


def test_a_template_is_checked_without_asking_the_books():
    assert check_template(written("没有标记", "{{ 指标(“fund.raised”) }}")) == 1
    with pytest.raises(TemplateWrong, match="第 1 段"):
        check_template(written("{{ 指标(“fund.raised” }}"))
