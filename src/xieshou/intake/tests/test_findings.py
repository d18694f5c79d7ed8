"""The words of findings."""

import re
from pathlib import Path

from django.utils import translation

from xieshou.intake.findings import MESSAGES, TITLES, masked


def test_every_kind_of_finding_has_a_title_and_a_sentence():
    assert MESSAGES.keys() == TITLES.keys()


def test_every_sentence_ends_as_a_sentence_and_every_placeholder_is_named():
    assert not [code for code, message in MESSAGES.items() if not message.endswith("。")]
    assert not [code for code, message in MESSAGES.items() if re.search(r"%[^(]", message)]


def test_every_word_that_is_shown_has_its_english():
    po = (Path(__file__).parents[1] / "locale/en/LC_MESSAGES/django.po").read_text(encoding="utf-8")

    with translation.override("zh-hans"):
        missing = [message for message in [*MESSAGES.values(), *TITLES.values()] if f'msgid "{message}"' not in po]
    assert missing == []


def test_a_sensitive_cell_is_shown_masked():
    assert masked("11010519491231002X") == "110*************2X"
    assert masked("王小三") == "王**"
