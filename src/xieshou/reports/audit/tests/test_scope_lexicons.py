"""The word lists of structure and scope: a reason for every line, no line twice."""

import pytest

from xieshou.reports.audit.word_lists import rows

LISTS = ("actor_words", "kind_words", "period_words", "place_words")


@pytest.mark.parametrize("name", LISTS)
def test_every_line_has_a_word_a_sense_and_a_reason(name):
    assert all(row["word"] and row["sense"] and row["reason"] and None not in row for row in rows(name))


@pytest.mark.parametrize("name", LISTS)
def test_no_line_stands_twice(name):
    lines = [(row["word"], row["sense"]) for row in rows(name)]

    assert len(lines) == len(set(lines))
