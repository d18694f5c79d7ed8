"""Bytes of a text file: which encoding, and what could not be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xieshou.reports.audit.texts.decoding import REPLACEMENT, decoded

SIMPLIFIED = "2019年，全市投入帮扶资金4700万元，培训基层干部150人。\r\n其中凤山县1771万元。" * 4
TRADITIONAL = "二〇一九年，全市投入幫扶資金四千七百萬元，培訓基層幹部一百五十人，其中鳳山縣最多。" * 4


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (SIMPLIFIED.encode(), "utf-8"),
        (SIMPLIFIED.encode("utf-8-sig"), "utf-8-sig"),
        (SIMPLIFIED.encode("utf-16"), "utf-16"),
        (SIMPLIFIED.encode("utf-16-le"), "utf-16-le"),
        (SIMPLIFIED.encode("utf-16-be"), "utf-16-be"),
        (SIMPLIFIED.encode("gb18030"), "gb18030"),
    ],
)
def test_simplified_text_is_read_in_each_of_its_usual_encodings(data, encoding):
    found = decoded(data)

    assert (found.text, found.encoding, found.damaged) == (SIMPLIFIED, encoding, 0)


def test_traditional_text_in_big5_is_not_taken_for_gb18030():
    found = decoded(TRADITIONAL.encode("big5hkscs"))

    assert (found.text, found.encoding) == (TRADITIONAL, "big5hkscs")


def test_line_ends_stay_as_they_are_so_that_offsets_count_in_the_file():
    assert decoded(b"a\r\nb\rc\n").text == "a\r\nb\rc\n"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_damaged_byte_costs_its_character_and_is_counted(encoding):
    data = bytearray(SIMPLIFIED.encode(encoding))
    data[data.index(SIMPLIFIED[6:7].encode(encoding))] = 0xFF

    found = decoded(bytes(data))

    assert found.encoding == encoding
    assert found.damaged == found.text.count(REPLACEMENT) > 0
    assert "帮扶资金4700万元" in found.text


@pytest.mark.parametrize(
    "data", [bytes(range(256)) * 8, b"\x00\x01\x02" * 400, b"\x89PNG\r\n\x1a\n" + bytes(range(1, 32)) * 30]
)
def test_what_is_no_text_is_not_read_as_one(data):
    assert decoded(data) is None


@given(st.binary(max_size=4_000))
def test_any_bytes_are_read_or_refused_and_never_break(data):
    found = decoded(data)

    assert found is None or isinstance(found.text, str)
