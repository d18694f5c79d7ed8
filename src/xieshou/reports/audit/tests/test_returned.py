"""The drafter's own Word file comes back with a comment at each doubtful figure, and nothing else changed."""

import docx
import pytest
from docx.shared import Pt, RGBColor

from xieshou.reports.audit import returned
from xieshou.reports.audit.auditing import audit_text
from xieshou.reports.audit.errors import DocumentRefused
from xieshou.reports.audit.findings import findings_of
from xieshou.reports.audit.tests.documents import runs_commented, tracked, word_file
from xieshou.reports.audit.texts.reading import read_document, write_comments

PLAN = "2019年计划投入帮扶资金4700万元，其中凤山县1771万元，镇赉县1550万元，和龙市1390万元。"


def commented(path, out, *places) -> dict[str, str]:
    """Comments written at these words of a file, read back from the new one."""
    text = read_document(path).text
    remarks = [(text.index(words), text.index(words) + len(words), f"见{words}") for words in places]
    write_comments(path, out, remarks, author="审核", initials="审")
    return runs_commented(docx.Document(out))


def test_exactly_the_figure_is_commented_though_word_split_it_over_runs(tmp_path):
    document = docx.Document()
    paragraph = document.add_paragraph("计划投入47")
    paragraph.add_run("00万").bold = True
    paragraph.add_run("元帮扶资金")
    document.save(tmp_path / "a.docx")

    assert commented(tmp_path / "a.docx", tmp_path / "b.docx", "4700万元") == {"4700万元": "见4700万元"}


def test_a_figure_in_a_cell_behind_a_tab_and_in_an_insertion_is_found(tmp_path):
    document = docx.Document()
    document.add_table(1, 2).cell(0, 1).text = "凤山县1771万元"
    document.add_paragraph("一\t培训150人")
    tracked(document.add_paragraph("共"), "ins", "11批34名")
    document.save(tmp_path / "a.docx")

    found = commented(tmp_path / "a.docx", tmp_path / "b.docx", "1771万元", "150人", "34名")

    assert set(found) == {"1771万元", "150人", "34名"}


def test_two_figures_of_one_run_get_a_comment_each(tmp_path):
    path = word_file(tmp_path / "a.docx", "凤山县1771万元、镇赉县1550万元")

    assert set(commented(path, tmp_path / "b.docx", "1771万元", "1550万元")) == {"1771万元", "1550万元"}


def test_text_and_formatting_stay_as_they_were(tmp_path):
    document = docx.Document()
    run = document.add_paragraph("计划投入").add_run("资金4700万元整")
    run.bold, run.font.size, run.font.color.rgb = True, Pt(16), RGBColor(0x10, 0x20, 0x30)
    document.save(tmp_path / "a.docx")

    commented(tmp_path / "a.docx", tmp_path / "b.docx", "4700万元")

    (paragraph,) = docx.Document(tmp_path / "b.docx").paragraphs
    pieces = [piece for piece in paragraph.runs if piece.text in ("资金", "4700万元", "整")]
    assert paragraph.text == "计划投入资金4700万元整"
    assert [(piece.bold, piece.font.size, piece.font.color.rgb) for piece in pieces] == [
        (True, Pt(16), RGBColor(0x10, 0x20, 0x30))
    ] * 3


def test_a_contradiction_is_told_at_its_total_and_pointed_to_from_its_parts(tmp_path):
    path = word_file(tmp_path / "a.docx", "关于资金的小结", PLAN)
    audit = audit_text(read_document(path).text)

    count = returned.write(audit=audit, findings=findings_of(audit), original=path, out=tmp_path / "b.docx")

    comments = runs_commented(docx.Document(tmp_path / "b.docx"))
    assert count == len(comments) == 4
    assert "1771万元 + 1550万元 + 1390万元 = 4711万元" in comments["4700万元"]
    assert "可能的解释" in comments["4700万元"]
    assert "4700万元" in comments["1771万元"]


def test_the_returned_file_reads_as_the_same_text(tmp_path):
    path = word_file(tmp_path / "a.docx", PLAN)
    audit = audit_text(read_document(path).text)

    returned.write(audit=audit, findings=findings_of(audit), original=path, out=tmp_path / "b.docx")

    assert read_document(tmp_path / "b.docx").text == audit.text


def test_a_file_that_is_no_word_file_is_refused(tmp_path):
    path = tmp_path / "a.docx"
    path.write_text(PLAN, encoding="utf-8")

    with pytest.raises(DocumentRefused):
        write_comments(path, tmp_path / "b.docx", [], author="审核", initials="审")
