"""Citations inside files: put in, found again, and nothing else of the file touched."""

import io
import json
import zipfile

import docx
import openpyxl
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xieshou.reports.documents import carriers
from xieshou.reports.documents.citations import Citation, CitationList
from xieshou.reports.documents.document import Cited, Document, Paragraph
from xieshou.reports.documents.errors import CitationsMissing, CitationsUnreadable, ReportRefused
from xieshou.reports.documents.services import RENDERERS, render

KINDS = ("docx", "pdf", "html", "xlsx", "md")


def citation(**changes) -> Citation:
    fields = {
        "id": 1,
        "key": "fund.raised",
        "name": "筹集帮扶资金",
        "scope": {"place": "451223000000", "year": 2019},
        "by": {"source": ""},
        "unit": "CNY",
        "base_unit": "fen",
        "base_value": 1_806_600_000,
        "value": "18066000",
        "shown": "1806.6万元",
        "definition": "已筹集的资金 <--> & ]]> \\u003c “引号”",
        "entries": 3,
        "entry_ids": (1, 2, 3),
        "head": 932,
        "figure_version": 1,
        "notes": ("只含您权限范围内的记录。",),
    }
    return Citation(**fields | changes)


def document(*citations: Citation) -> Document:
    listed = CitationList(citations=citations or (citation(),), title="情况", template="annual", made_at="2020-01-01")
    return Document(
        title="情况", blocks=(Paragraph(("实际完成", Cited(1, "1806.6", None, "万元"), "。")),), citations=listed
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_format_gives_its_citations_back_whole(kind):
    made = document(citation(), citation(id=2, base_value=None, value="", numerator=1, denominator=3))

    assert carriers.extract(kind, render(made, kind)) == made.citations


@pytest.mark.parametrize("kind", KINDS)
def test_newer_citations_replace_the_older_ones(kind):
    newer = CitationList(citations=(citation(shown="2000万元"),), title="新")

    twice = carriers.embed(kind, render(document(), kind), newer)

    assert carriers.extract(kind, twice) == newer


@pytest.mark.parametrize("kind", ["docx", "html", "md", "pdf"])
def test_the_clean_version_shows_nothing_of_its_citations(kind):
    assert "fund.raised" not in carriers.text_of(kind, render(document(), kind)).split("—1—")[0].split("[1]")[0]


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_without_citations_says_so(kind):
    bare = RENDERERS[kind](document())

    with pytest.raises(CitationsMissing, match="没有引用"):
        carriers.extract(kind, bare)


@pytest.mark.parametrize("kind", ["docx", "xlsx", "pdf"])
@pytest.mark.parametrize("data", [b"", b"no such file", b"PK\x03\x04 torn", b"%PDF-1.7 torn"])
def test_a_damaged_file_is_refused_with_a_sentence(kind, data):
    with pytest.raises(CitationsUnreadable, match="请"):
        carriers.extract(kind, data)


def test_a_package_keeps_its_own_parts_and_opens_as_before():
    book = openpyxl.Workbook()
    book.active["A1"] = "=1+1"
    plain = io.BytesIO()
    book.save(plain)

    cited = carriers.embed("xlsx", plain.getvalue(), document().citations)

    assert openpyxl.load_workbook(io.BytesIO(cited)).active["A1"].value == "=1+1"
    with zipfile.ZipFile(plain) as before, zipfile.ZipFile(io.BytesIO(cited)) as after:
        kept = [name for name in before.namelist() if "rels" not in name and name != "[Content_Types].xml"]
        assert {name: after.read(name) for name in kept} == {name: before.read(name) for name in kept}


def test_a_custom_part_of_somebody_else_stays_beside_the_citations():
    with zipfile.ZipFile(io.BytesIO(render(document(), "docx"))) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts["customXml/item1.xml"] = b"<other xmlns='urn:other'/>"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)

    cited = carriers.embed("docx", packed.getvalue(), document().citations)

    with zipfile.ZipFile(io.BytesIO(cited)) as package:
        assert package.read("customXml/item1.xml") == b"<other xmlns='urn:other'/>"
    assert carriers.extract("docx", cited) == document().citations
    docx.Document(io.BytesIO(cited))


def test_a_part_that_unpacks_without_end_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(carriers, "MOST_BYTES", 100)

    with pytest.raises(CitationsUnreadable, match="过大"):
        carriers.extract("docx", render(document(), "docx"))


def test_the_attachment_of_a_pdf_is_plain_json():
    pdf = pypdfium2.PdfDocument(render(document(), "pdf"))

    attachment = pdf.get_attachment(0)

    assert attachment.get_name() == "xieshou-citations.json"
    assert json.loads(bytes(attachment.get_data()))["citations"][0]["key"] == "fund.raised"


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200))
def test_no_text_of_a_citation_breaks_out_of_its_element(text):
    listed = CitationList(citations=(citation(definition=text, shown=text),), title=text)

    assert carriers.extract("html", carriers.embed("html", b"<body></body>", listed)) == listed
    assert carriers.extract("md", carriers.embed("md", b"# x", listed)) == listed


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "不是 JSON"),
        ("[" * 100_000, "不是 JSON"),
        ("{}", "不是本系统写入的引用"),
        ('{"format":"xieshou-citations","version":2}', "较新版本"),
        ('{"format":"xieshou-citations","version":1,"citations":{}}', "引用清单不能读"),
        ('{"format":"xieshou-citations","version":1,"citations":[1]}', "应为 JSON 对象"),
        ('{"format":"xieshou-citations","version":1,"citations":[{"id":7}]}', "第 7 处引用缺少"),
    ],
)
def test_what_is_no_list_of_citations_is_refused_with_its_reason(text, why):
    with pytest.raises(CitationsUnreadable, match=why):
        CitationList.from_text(text)


def test_a_citation_with_a_field_of_the_wrong_kind_is_refused():
    wrong = citation().as_json() | {"base_value": "1806"}

    with pytest.raises(CitationsUnreadable, match="base_value"):
        Citation.from_json(wrong)


def test_an_unknown_ending_names_the_formats_there_are():
    with pytest.raises(ReportRefused, match=r"\.docx、\.pdf、\.html、\.xlsx、\.md"):
        carriers.kind_of("报告.doc")
