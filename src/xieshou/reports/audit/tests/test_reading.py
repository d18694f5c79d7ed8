"""Documents become text: Word, PDF, HTML, Markdown, plain; what is refused says how to mend it."""

import zipfile

import docx
import pytest
from docx.shared import Pt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xieshou.reports.audit.errors import DocumentClassified, DocumentRefused, NoText
from xieshou.reports.audit.tests.documents import pdf_of, tracked, word_file
from xieshou.reports.audit.texts import reading
from xieshou.reports.audit.texts.paragraphs import joined_pages, plain_of_html, plain_of_markdown
from xieshou.reports.audit.texts.reading import DocumentKind, read_document, read_pasted


def text_of(path) -> str:
    return read_document(path).text


def test_a_text_file_is_its_characters_to_the_last_one(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes("投入4700万元。\r\n培训150人\n".encode("gb18030"))

    document = read_document(path)

    assert (document.text, document.encoding, document.kind) == (
        "投入4700万元。\r\n培训150人\n",
        "gb18030",
        DocumentKind.TEXT,
    )


def test_damaged_characters_are_said(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes("投入帮扶资金4700万元，培训干部150人。".encode().replace("干".encode(), b"\xe5\xff"))

    (remark,) = read_document(path).remarks

    assert "字符已损坏" in remark


def test_a_word_file_gives_paragraphs_and_tables_in_their_order(tmp_path):
    document = docx.Document()
    document.add_paragraph("一、投入情况")
    table = document.add_table(2, 2)
    for cell, words in zip(table._cells, ("县", "投入", "凤山县", "1771万元"), strict=True):
        cell.text = words
    document.add_paragraph("二、培训情况")
    document.save(tmp_path / "a.docx")

    assert text_of(tmp_path / "a.docx") == "一、投入情况\n县\t投入\n凤山县\t1771万元\n二、培训情况\n"


def test_tracked_changes_read_as_accepted(tmp_path):
    document = docx.Document()
    paragraph = document.add_paragraph("投入")
    tracked(paragraph, "del", "4700")
    tracked(paragraph, "ins", "4711")
    paragraph.add_run("万元")
    document.save(tmp_path / "a.docx")

    assert text_of(tmp_path / "a.docx") == "投入4711万元\n"


def test_footnotes_come_after_the_text(tmp_path):
    plain = word_file(tmp_path / "plain.docx", "投入4700万元")
    path = with_footnote(plain, tmp_path / "a.docx", "含待拨资金11万元")

    assert text_of(path) == "投入4700万元\n含待拨资金11万元\n"


def with_footnote(source, target, words):
    """The same Word file with one footnote, as Word stores it."""
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    notes = (
        f'<w:footnotes {space}><w:footnote w:type="separator" w:id="-1"><w:p/></w:footnote>'
        f'<w:footnote w:id="1"><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:footnote></w:footnotes>'
    )
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    mime = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            part = old.read(name).decode("utf-8", "surrogateescape")
            if name == "word/_rels/document.xml.rels":
                part = part.replace(
                    "</Relationships>",
                    f'<Relationship Id="rId99" Type="{kind}" Target="footnotes.xml"/></Relationships>',
                )
            if name == "[Content_Types].xml":
                part = part.replace(
                    "</Types>", f'<Override PartName="/word/footnotes.xml" ContentType="{mime}"/></Types>'
                )
            new.writestr(name, part.encode("utf-8", "surrogateescape"))
        new.writestr("word/footnotes.xml", notes)
    return target


def test_a_figure_split_over_runs_is_one_figure(tmp_path):
    document = docx.Document()
    paragraph = document.add_paragraph("投入47")
    paragraph.add_run("00").font.size = Pt(20)
    paragraph.add_run("万元")
    document.save(tmp_path / "a.docx")

    assert text_of(tmp_path / "a.docx") == "投入4700万元\n"


def test_a_pdf_with_text_is_read_and_its_page_numbers_left_out(tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf_of([["In 2019 4700 was planned", "- 1 -"], ["4711 was spent", "2"]]))

    assert text_of(path) == "In 2019 4700 was planned4711 was spent\n"


def test_a_scanned_pdf_is_told_what_to_do(tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf_of([[], []]))

    with pytest.raises(NoText, match="OCR"):
        read_document(path)


def test_pages_without_text_beside_others_are_said(tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf_of([["planned 4700"], []]))

    (remark,) = read_document(path).remarks

    assert "2 页中有 1 页没有文字" in remark


def test_full_lines_of_a_page_are_joined_and_a_short_one_ends_its_paragraph():
    pages = [["一、投入情况", "全年投入帮扶资金四千七百万元，其中凤山县一千七百七", "十一万元。", "二、培训情况"]]

    assert (
        joined_pages(pages)
        == "一、投入情况\n全年投入帮扶资金四千七百万元，其中凤山县一千七百七十一万元。\n二、培训情况\n"
    )


def test_a_paragraph_goes_on_over_the_end_of_a_page():
    line = "全年投入帮扶资金四千七百万元，其中凤山县一千七百七"
    pages = [[line, line, "— 1 —"], ["十一万元。", line, "第 2 页"]]

    assert joined_pages(pages).splitlines()[0].endswith("十一万元。")


def test_markdown_signs_do_not_cut_a_figure():
    text = "## 投入\n\n- 计划**4,700**万元，[详见](http://x.invalid/a)\n\n| 县 | 万元 |\n|---|---|\n| 凤山县 | 1771 |\n"

    assert plain_of_markdown(text) == "投入\n\n计划4,700万元，详见\n\n县\t万元\n\n凤山县\t1771\n"


def test_of_a_web_page_only_what_is_seen_is_read():
    page = (
        "<html><head><title>x</title><style>p{}</style><body><h1>小结</h1><script>1+1</script>"
        "<p>投入<b>4700</b>万元<table><tr><td>凤山县<td>1771</table>"
    )

    assert plain_of_html(page) == "小结\n投入4700万元\n凤山县\t1771\n"


def test_an_html_file_is_known_by_its_content(tmp_path):
    path = tmp_path / "report.txt"
    path.write_text("<!DOCTYPE html><html><body><p>投入4700万元</p></body></html>", encoding="utf-8")

    assert read_document(path).kind is DocumentKind.HTML


@pytest.mark.parametrize(
    ("stream", "words"),
    [("WordDocument", "docx"), ("Workbook", "数据导入"), ("EncryptedPackage", "密码"), ("Other", "docx")],
)
def test_old_office_files_are_told_how_to_be_saved(tmp_path, stream, words):
    path = tmp_path / "a.doc"
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512) + stream.encode("utf-16-le") + bytes(512))

    with pytest.raises(DocumentRefused, match=words):
        read_document(path)


def archive_of(path, **parts):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return path


@pytest.mark.parametrize(
    ("part", "words"),
    [("xl__workbook.xml", "数据导入"), ("ppt__x.xml", "演示文稿"), ("content.xml", "docx"), ("a.txt", "压缩包")],
)
def test_other_archives_say_what_they_are(tmp_path, part, words):
    path = archive_of(tmp_path / "a.zip", **{part: "x"})

    with pytest.raises(DocumentRefused, match=words):
        read_document(path)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = archive_of(tmp_path / "a.docx", **{"word__document.xml": bytes(40 * reading.MIB)})

    with pytest.raises(DocumentRefused, match="异常大"):
        read_document(path)


def test_entities_that_grow_without_end_take_nothing_down(tmp_path):
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    bomb = f'<!DOCTYPE d [<!ENTITY a0 "ha">{laughs}]><w:document {space}><w:body>&a11;</w:body></w:document>'
    plain = word_file(tmp_path / "plain.docx", "x")
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(tmp_path / "a.docx", "w") as new:
        for name in old.namelist():
            new.writestr(name, bomb if name == "word/document.xml" else old.read(name))

    with pytest.raises(DocumentRefused):
        read_document(tmp_path / "a.docx")


@pytest.mark.parametrize("line", ["机密★10年", "秘密★", "【绝密】", "密级：【秘密】"])
def test_a_document_marked_as_classified_is_refused(line):
    with pytest.raises(DocumentClassified, match="不处理涉密"):
        read_pasted(f"{line}\n关于帮扶工作的报告\n投入4700万元。")


def test_a_sentence_that_speaks_of_secrets_is_no_mark():
    assert read_pasted("开展商业秘密保护培训，培训150人。").text.startswith("开展")


@pytest.mark.parametrize("content", [b"", b" \n\t "])
def test_a_file_without_words_says_so(tmp_path, content):
    path = tmp_path / "a.txt"
    path.write_bytes(content)

    with pytest.raises(NoText):
        read_document(path)


@pytest.mark.parametrize(
    "head", [b"PK\x03\x04", b"%PDF-1.7\n", b"<html>", b"{\\rtf1", bytes.fromhex("d0cf11e0a1b11ae1")]
)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tail=st.binary(max_size=2_000))
def test_random_bytes_behind_any_head_are_read_or_refused(tmp_path, head, tail):
    path = tmp_path / "fuzz"
    path.write_bytes(head + tail)

    assert outcome(path) in ("read", "refused")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 100), byte=st.integers(0, 255))
def test_a_word_file_with_a_flipped_byte_is_read_or_refused(tmp_path, place, byte):
    data = bytearray(word_file(tmp_path / "a.docx", "投入4700万元").read_bytes())
    data[len(data) * place // 101] = byte
    path = tmp_path / "fuzz.docx"
    path.write_bytes(bytes(data))

    assert outcome(path) in ("read", "refused")


def outcome(path) -> str:
    try:
        read_document(path)
    except DocumentRefused:
        return "refused"
    return "read"
