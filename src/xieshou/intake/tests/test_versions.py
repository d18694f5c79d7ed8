"""A form of last year is recognised as such and read with its own version."""

import pytest

OLD = """
valid_to = 2012-12-31
[[columns]]
key = "village"
name = "村名"
required = true
filled = true
[[columns]]
key = "poor"
name = "贫困户数"
type = "integer"
required = true
"""
NEW = OLD.replace("valid_to = 2012-12-31", "valid_from = 2013-01-01").replace("贫困户数", "帮扶户数")


@pytest.fixture
def versions(form_of):
    return form_of(OLD, version=1), form_of(NEW, version=2)


def table(title, heading):
    return [[title], ["村名", heading], ["三村村", 12]]


def test_headings_of_last_year_are_read_with_last_years_version(write, versions, read_as):
    assert read_as(write(table("2013年统计表", "贫困户数")), *versions).form.version == 1


def test_and_it_is_said(write, versions, read_as):
    found = read_as(write(table("2013年统计表", "贫困户数")), *versions)

    assert [(code, params["newest"]) for code, _value, params in found.warnings] == [("older_version", "2")]


def test_a_table_of_its_own_time_is_read_without_a_word(write, versions, read_as):
    assert read_as(write(table("2012年统计表", "贫困户数")), *versions).warnings == ()


@pytest.mark.parametrize(("title", "version"), [("2012年统计表", 1), ("2013年统计表", 2), ("统计表", 2)])
def test_where_both_versions_fit_the_period_decides_else_the_newest_wins(write, form_of, read_as, title, version):
    both = form_of(OLD, version=1), form_of(NEW.replace("帮扶户数", "贫困户数"), version=2)

    assert read_as(write(table(title, "贫困户数")), *both).form.version == version
