"""Names that break formats, and published files that came back damaged."""

from decimal import Decimal

import pytest

from xieshou.reports.documents import carriers
from xieshou.reports.documents.citations import CitationList
from xieshou.reports.documents.document import Chart, Document, Heading, Paragraph, Series
from xieshou.reports.documents.errors import CitationsUnreadable
from xieshou.reports.documents.services import render

SPECIAL = "甲<b>&\"'#*_|$`\\=cmd@\n~{{x}}"


def named(name: str) -> Document:
    chart = Chart(name, (name,), (Series(name, (Decimal(1),)),), name)
    return Document(
        title=name, blocks=(Heading(1, name), Paragraph((name,)), chart), citations=CitationList(title=name)
    )


@pytest.mark.parametrize("kind", carriers.KINDS)
@pytest.mark.parametrize(
    "name", [SPECIAL, "a\x00b\x0bc\x1f", "很长的名称" * 120], ids=["special", "control characters", "long"]
)
def test_a_name_of_any_signs_and_length_is_written_in_every_format(kind, name):
    assert carriers.extract(kind, render(named(name), kind)).title == name


def test_a_package_whose_packing_is_damaged_is_refused():
    data = bytearray(render(named("甲"), "docx"))
    data[60:400] = b"\xff" * 340

    with pytest.raises(CitationsUnreadable):
        carriers.embed("docx", bytes(data), CitationList())


def test_a_page_with_nothing_but_citations_has_no_text():
    assert carriers.text_of("html", carriers.embed("html", b"", CitationList())) == ""
