"""Templates that mean harm, or are broken: each is refused in a sentence, soon, and takes nothing down."""

import copy
import io
import zipfile

import docx
import pytest

from xieshou.catalogue.figures import FIGURES
from xieshou.reports.documents.builtin.matter import Wanted
from xieshou.reports.documents.errors import TemplateWrong
from xieshou.reports.documents.tests.test_word_templates import written
from xieshou.reports.documents.word_templates.services import check_template, render_template

DOUBLED = 40
MANY = "[" + ",".join("1" * 150) + "]"


@pytest.fixture
def text_of(office, db):
    """The text of a filled template, its paragraphs parted by bars."""

    def run(data):
        wanted = Wanted(year=2019)
        made = render_template(actor=office, name="模板", data=data, wanted=wanted, figures=FIGURES)
        return "|".join(paragraph.text for paragraph in docx.Document(io.BytesIO(made.data)).paragraphs)

    return run


def with_body(data: bytes, old: bytes, new: bytes) -> bytes:
    """The Word file with other bytes in its text part."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(packed, "w") as changed:
        for name in package.namelist():
            part = package.read(name)
            changed.writestr(name, part.replace(old, new, 1) if name == "word/document.xml" else part)
    return packed.getvalue()


@pytest.mark.parametrize(
    "paragraphs",
    [
        ['{% set a = "aaaaaaaaaa" %}', *["{% set a = a ~ a %}"] * DOUBLED, "{{ a|length }}"],
        ['{% set a = "aaaaaaaaaa" %}', *["{% set a = [a, a] %}"] * DOUBLED, "{{ a }}"],
        ['{% set a = {"a": 指标} %}', "{{ a }}"],
        ['{{ 1|round(100000000, "ceil") }}'],
        ["{{ 5|round(-1000000000) }}"],
        ["{{ 5|超过 }}"],
        ['{{ "x"|完成情况 }}'],
        ["{{ 指标 }}"],
        ["{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}"],
        ["{{ " + "1+" * 5000 + "1 }}"],
        ["{% if 1 %}" * 120 + "x" + "{% endif %}" * 120],
        ["{" * 200_000],
        [f"{{% for i in {MANY} %}}{{% for j in {MANY} %}}{'字' * 20_000}{{% endfor %}}{{% endfor %}}"],
    ],
    ids=[
        "texts joined", "lists of lists", "functions in lists", "round up", "round to billions", "number filtered",
        "text filtered", "function printed", "brackets", "sum", "conditions", "braces", "long loops",
    ],
)  # fmt: skip
def test_what_would_grow_without_end_or_break_the_reader_is_refused(text_of, paragraphs):
    with pytest.raises(TemplateWrong):
        text_of(written(*paragraphs))


def test_a_text_cannot_pretend_to_be_a_number_or_a_chart(text_of):
    assert text_of(written('{{ "甲\\ue02099\\ue021乙" }}{{ "\\ue02299\\ue023" }}')) == "甲99乙99"


def test_signs_that_xml_cannot_hold_are_left_out(text_of):
    assert text_of(written('{{ "甲\\x00乙\\x0b" }}')) == "甲乙"


def test_symbols_of_old_fonts_stay_as_they_are(text_of):
    assert text_of(written("\uf0b7 {{ 年 }}")) == "\uf0b7 2019"


def test_words_around_charts_stay(text_of):
    template = written("见{{ 图表(“fund.raised”, 标题=“甲”) }}和{{ 图表(“fund.planned”, 标题=“乙”) }}。")

    assert text_of(template) == "见（没有可画的数据）和（没有可画的数据）。"


def test_a_chart_in_a_header_is_refused(text_of):
    word = docx.Document()
    word.sections[0].header.paragraphs[0].text = "{{ 图表(“fund.raised”) }}"
    saved = io.BytesIO()
    word.save(saved)

    with pytest.raises(TemplateWrong, match="页眉"):
        text_of(saved.getvalue())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<w:body>", b"<w:body><?xieshou abc?>"),
        (b"<w:body>", '<w:body><w:bookmarkStart w:id="1" w:name="\ue0109\ue011\ue014 include x \ue015"/>'.encode()),
    ],
    ids=["instruction", "attribute"],
)
def test_orders_hidden_in_the_markup_are_no_orders(text_of, old, new):
    assert text_of(with_body(written("{{ 年 }}"), old, new)) == "2019"


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"w:body>", b"w:nobody>"), (b"<w:body>", b"<w:body><w:p><w:r><w:t>&unknown;</w:t></w:r></w:p>")],
    ids=["no body", "unknown entity"],
)
def test_a_file_that_is_no_proper_document_is_refused(old, new):
    with pytest.raises(TemplateWrong):
        check_template(with_body(written("{{ 年 }}"), old, new))


def test_a_file_whose_packing_is_damaged_is_refused():
    data = bytearray(written("{{ 年 }}"))
    data[60:400] = b"\xff" * 340

    with pytest.raises(TemplateWrong):
        check_template(bytes(data))


def test_a_table_of_thousands_of_rows_is_read_in_linear_time():
    word = docx.Document(io.BytesIO(written("{{ 年 }}", table=[("甲", "乙")])))
    grid = word.tables[0]._tbl
    for _ in range(6_000):
        grid.append(copy.deepcopy(grid.tr_lst[0]))
    saved = io.BytesIO()
    word.save(saved)

    assert check_template(saved.getvalue()) == 1
