"""The templates of the system: what they say of the books, and how the files look."""

import io
import re
from dataclasses import replace

import docx
import openpyxl
import pypdfium2
import pytest
from django.utils import translation
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from tests.stories.conftest import FAW_PLAN
from xieshou.common.errors import NotPermitted
from xieshou.figures.errors import FigureNotPermitted
from xieshou.reports.documents import carriers
from xieshou.reports.documents.builtin.catalogue import TEMPLATES, template_named
from xieshou.reports.documents.document import Cited, Paragraph, Table
from xieshou.reports.documents.errors import ReportRefused, ReportUnknown
from xieshou.reports.documents.services import render
from xieshou.reports.documents.tests.conftest import paragraphs, tables

FENGSHAN, CONGHUA = "451223000000", "440117000000"
SECTION = [
    "2019年，中国第一汽车集团有限公司定点扶贫资金计划投入4711万元，实际完成4826.6万元，资金完成率为102.45%。",
    "其中，计划向凤山县投入1771万元，实际完成1806.6万元，占实际投入定点扶贫资金的37.43%；"
    "计划向镇赉县投入1550万元，实际完成1615万元，占实际投入定点扶贫资金的33.46%；"
    "计划向和龙市投入1390万元，实际完成1405万元，占实际投入定点扶贫资金的29.11%。",
]


def test_the_annual_case_tells_plan_and_actual_in_all_and_by_county(report, company):
    made = report("annual", party=company)

    assert paragraphs(made) == SECTION
    assert tables(made) == [
        [
            ["凤山县", "1,771.00", "1,806.60", "102.01", "37.43"],
            ["镇赉县", "1,550.00", "1,615.00", "104.19", "33.46"],
            ["和龙市", "1,390.00", "1,405.00", "101.08", "29.11"],
            ["合计", "4,711.00", "4,826.60", "102.45", "100.00"],
        ]
    ]


@pytest.mark.parametrize("kind", ["docx", "pdf", "html", "md"])
def test_the_section_reads_the_same_in_every_format(report, company, kind):
    text = carriers.text_of(kind, render(report("annual", party=company), kind))

    assert all(sentence in text for sentence in SECTION)


def test_every_number_of_the_books_in_a_report_has_its_citation(report, company):
    made = report("annual", party=company)

    runs = [run for block in made.blocks if isinstance(block, Paragraph) for run in block.runs]
    runs += [run for block in made.blocks if isinstance(block, Table) for line in block.rows for run in line[1:]]
    uncited = [run for run in runs if isinstance(run, str) and re.search(r"\d", run.replace("2019年", ""))]
    assert uncited == []
    assert {run.id for run in runs if isinstance(run, Cited)} == set(range(1, len(made.citations) + 1))


def test_a_number_that_stands_twice_keeps_one_citation_with_both_writings(report, company):
    first = report("annual", party=company).citations.citations[0]

    assert (first.key, first.shown, first.also_shown) == ("fund.planned", "4711万元", ("4,711.00",))


def test_the_word_for_the_work_follows_the_year(report, company):
    assert "定点扶贫" in report("annual", party=company, year=2019).title
    assert "帮扶" in report("annual", party=company, year=2021).title
    assert "扶贫" not in report("annual", party=company, year=2021).title


def test_a_report_about_nothing_says_that_there_is_no_record(report, company):
    assert paragraphs(report("annual", party=company, year=1999)) == [
        "1999年，台账中没有中国第一汽车集团有限公司帮扶资金的记录。"
    ]


def test_growth_is_told_where_the_year_before_is_in_the_books(report, company, desk, tmp_path):
    book = openpyxl.load_workbook(FAW_PLAN)
    for row in book.active.iter_rows(min_row=3, max_row=5):
        row[1].value, row[7].value = 2018, row[7].value / 2
    book.active.delete_rows(6, 9)
    book.save(tmp_path / "2018.xlsx")
    desk.take_in(tmp_path / "2018.xlsx", period="2018", basis="period")

    assert paragraphs(report("annual", party=company))[0].endswith("资金完成率为102.45%，同比增长100%。")


def test_cumulative_statements_are_told_up_to_their_day(report, conghua):
    made = report("county", place=CONGHUA, year=2011)

    assert paragraphs(made)[0] == (
        "截至2011年12月31日，从化区帮扶资金计划投入45330.91万元，实际完成1498.29万元，资金完成率为3.31%。"
    )


def test_a_county_sheet_stands_on_one_page(report, conghua):
    pdf = pypdfium2.PdfDocument(render(report("county", place=CONGHUA, year=2011), "pdf"))

    assert len(pdf) == 1


def test_a_county_sheet_cites_only_the_rows_that_it_shows(report, conghua):
    made = report("county", place=CONGHUA, year=2011)

    assert len(tables(made)[0]) == 11
    assert len(made.citations) < 60


def test_a_template_that_needs_a_place_asks_for_it(report, company):
    with pytest.raises(ReportRefused, match="请选一个县"):
        report("county")


def test_rounded_rows_that_do_not_add_up_say_so_below_the_table(report, conghua):
    (table, *_others) = [
        block for block in report("quarterly", place=CONGHUA, year=2011, quarter=4).blocks if isinstance(block, Table)
    ]

    assert any(note.startswith("尾差：") for note in table.notes)


def test_the_monthly_table_sets_done_against_target_and_time_passed(report, company):
    made = report("monthly", party=company, month=12)

    assert tables(made)[0][0] == [
        "中国第一汽车集团有限公司", "4,711.00", "4,826.60", "102.45", "100.00", "-115.60",
    ]  # fmt: skip


def test_what_stands_for_the_whole_year_is_not_done_by_the_month_before(report, company):
    made = report("monthly", party=company, month=9)

    assert tables(made)[0][0] == ["中国第一汽车集团有限公司", "4,711.00", "–", "–", "75.00", "–"]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.key)
@pytest.mark.parametrize("kind", ["docx", "pdf", "html", "xlsx", "md"])
@pytest.mark.parametrize("annex", [False, True], ids=["clean", "checked"])
def test_every_template_is_written_in_every_format(report, company, template, kind, annex):
    made = report(template.key, place=FENGSHAN, with_entries=annex)

    assert carriers.extract(kind, render(made, kind, annex=annex)) == made.citations


def test_the_version_for_checking_lists_key_definition_value_entries_and_state(report, company):
    made = report("annual", party=company, with_entries=True)

    word = docx.Document(io.BytesIO(render(made, "docx", annex=True)))

    number, figure, definition, scope, value, entries, head = [cell.text for cell in word.tables[-1].rows[4].cells]
    assert (number, figure, value) == ("[4]", "规划投入资金（fund.planned）", "17710000 元")
    assert definition == "各单位填报的规划（计划）投入帮扶资金之和，不论来源与用途。"
    assert scope == "2019 · 帮扶单位：中国第一汽车集团有限公司 · 凤山县"
    assert re.fullmatch(r"1 条：\d+", entries)
    assert head == f"第 {made.citations.citations[3].head} 条"


def test_a_workbook_holds_numbers_as_numbers(report, company):
    sheet = openpyxl.load_workbook(io.BytesIO(render(report("annual", party=company), "xlsx"))).active

    row = next(row for row in sheet.iter_rows(values_only=True) if row[0] == "凤山县")
    assert row[1:5] == (1771, 1806.6, 102.01, 37.43)


def test_a_page_of_html_is_complete_in_itself(report, company):
    html = render(report("annual", party=company, with_entries=True), "html").decode()

    assert not re.search(r"(?:src|href)=[\"'](?!#)", html)
    assert "<script>" not in html
    assert re.search(r'href="#c1">4711万元</a>', html)
    assert re.search(r'id="c1" hidden>.*?3 条：\d+、\d+、\d+', html, re.DOTALL)


def test_word_keeps_to_the_layout_of_an_official_document(report, company):
    word = docx.Document(io.BytesIO(render(report("annual", party=company), "docx")))
    section, normal = word.sections[0], word.styles["Normal"]
    face = normal.element.rPr.rFonts.get(qn("w:eastAsia"))
    title = word.paragraphs[0].runs[0]

    assert (section.page_width, section.page_height) == pytest.approx((Mm(210), Mm(297)), abs=Mm(0.1))
    assert (section.top_margin, section.left_margin) == pytest.approx((Mm(37), Mm(28)), abs=Mm(0.1))
    assert section.page_width - section.left_margin - section.right_margin == pytest.approx(Mm(156), abs=Mm(0.1))
    assert section.page_height - section.top_margin - section.bottom_margin == pytest.approx(Mm(225), abs=Mm(0.1))
    assert (face, normal.font.size) == ("仿宋_GB2312", Pt(16))
    assert 22 * normal.paragraph_format.line_spacing <= Mm(225) < 23 * normal.paragraph_format.line_spacing
    assert (title._r.rPr.rFonts.get(qn("w:eastAsia")), title.font.size) == ("方正小标宋简体", Pt(22))
    assert word.styles["Heading 1"].element.rPr.rFonts.get(qn("w:eastAsia")) == "黑体"
    assert word.styles["Heading 2"].element.rPr.rFonts.get(qn("w:eastAsia")) == "楷体_GB2312"
    assert word.settings.odd_and_even_pages_header_footer
    assert "".join(node.text for node in section.footer._element.iter(qn("w:t"))) == "— 1 —"
    assert section.footer._element.find(f".//{qn('w:jc')}").get(qn("w:val")) == "right"
    assert section.even_page_footer._element.find(f".//{qn('w:jc')}").get(qn("w:val")) == "left"


def test_a_page_of_pdf_holds_22_lines_of_28_characters(report, company):
    made = replace(report("annual", party=company), blocks=(Paragraph(("字" * 28 * 60,)),))
    page = pypdfium2.PdfDocument(render(made, "pdf"))[1].get_textpage().get_text_range()

    lines = [line for line in page.split() if "字" in line]
    assert len(lines) == 22
    assert len(lines[0]) == 28


def test_a_report_is_made_at_a_named_state_of_the_books(report, company, desk, faw):
    before = report("annual", party=company)
    head = before.citations.citations[0].head
    desk.withdraw(faw)

    assert paragraphs(report("annual", party=company, head=head)) == SECTION
    assert paragraphs(report("annual", party=company)) != SECTION


def test_whoever_sees_a_part_gets_a_report_of_that_part_which_says_so(report, company, county_officer):
    made = report("annual", actor=county_officer)

    assert all(citation.partial for citation in made.citations)
    assert "1806.6万元" not in "".join(paragraphs(made))


def test_a_stranger_gets_no_report(report, company, stranger):
    with pytest.raises((NotPermitted, FigureNotPermitted)):
        report("annual", actor=stranger)


def test_an_unknown_template_names_those_there_are():
    with pytest.raises(ReportUnknown, match="annual（年度案例）"):
        template_named("weekly")


def test_reports_are_written_in_chinese_whoever_asks(report, company):
    with translation.override("en"):
        made = report("annual", party=company)
        text = carriers.text_of("docx", render(made, "docx", annex=True))

    assert paragraphs(made) == SECTION
    assert "规划投入资金" in text
