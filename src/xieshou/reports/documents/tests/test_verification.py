"""A published file asked again: what was restated since, and by which entries."""

from dataclasses import replace

import pytest

from tests.stories.conftest import FAW_PLAN
from xieshou.catalogue.figures import FIGURES
from xieshou.catalogue.sources import SOURCES
from xieshou.reports.documents import carriers
from xieshou.reports.documents.citations import CitationList
from xieshou.reports.documents.services import render
from xieshou.reports.documents.verification import CitationState, verify, verify_file


@pytest.fixture
def published(report, company):
    """The clean Word file of 2019, as it was sent."""
    return render(report("annual", party=company), "docx")


@pytest.fixture
def ask_again(office):
    def run(data, name="报送稿.docx", actor=office):
        return verify_file(actor=actor, name=name, data=data, figures=FIGURES, sources=SOURCES)

    return run


def states(found):
    return {result.citation.id: result.state for result in found.results}


def test_a_file_just_made_stands_in_every_number(ask_again, published):
    found = ask_again(published)

    assert len(found.results) == 15
    assert found.changed == ()


@pytest.mark.parametrize("kind", ["docx", "pdf", "html", "xlsx", "md"])
def test_every_format_can_be_asked_again(ask_again, report, company, kind):
    assert ask_again(render(report("annual", party=company), kind), f"报告.{kind}").changed == ()


def test_a_reversed_entry_is_named_with_the_citation_that_rested_on_it(ask_again, published, desk, faw):
    desk.withdraw(faw)

    found = ask_again(published)

    of_fengshan = found.results[3]
    assert of_fengshan.state is CitationState.RESTATED
    assert of_fengshan.citation.shown == "1771万元"
    assert len(of_fengshan.reversed_entries) == 1
    assert of_fengshan.why == "报送时 17710000，现在 未填。"
    assert of_fengshan.shown_now == "–"


def test_a_value_posted_anew_unchanged_is_told_apart_from_one_that_changed(ask_again, published, desk, faw):
    desk.withdraw(faw)
    desk.take_in(FAW_PLAN, period="2019", basis="period", programme_id=faw.programme_id)

    found = ask_again(published)

    assert set(states(found).values()) == {CitationState.ENTRIES}
    assert found.results[3].reversed_entries != ()
    assert found.results[3].posted_entries != ()


def test_a_share_names_what_changed_in_either_of_its_figures(ask_again, published, desk, faw):
    desk.withdraw(faw)

    share = next(result for result in ask_again(published).results if result.citation.key == "fund.raised_share")

    assert share.state is CitationState.RESTATED
    assert len(share.reversed_entries) == 3


def test_a_number_that_was_typed_over_in_the_text_is_named(ask_again, report, company):
    markdown = render(report("annual", party=company), "md").decode()
    text, mark, block = markdown.partition("<!--")
    typed_over = text.replace("4711", "4700").replace("4,711", "4,700") + mark + block

    changed = ask_again(typed_over.encode(), "报告.md").changed

    assert [(each.state, each.citation.shown) for each in changed] == [(CitationState.EDITED, "4711万元")]


def test_a_citation_that_says_what_the_books_never_said_is_named(ask_again, office, published):
    listed = carriers.extract("docx", published)
    forged = replace(listed.citations[0], base_value=1, value="0.01")

    found = verify(actor=office, citations=CitationList(citations=(forged,)), figures=FIGURES)

    assert found.results[0].state is CitationState.ALTERED


def test_a_figure_that_means_something_else_since_is_named(office, published):
    listed = carriers.extract("docx", published)
    older = replace(listed.citations[0], figure_version=0)

    found = verify(actor=office, citations=CitationList(citations=(older,)), figures=FIGURES)

    assert found.results[0].state is CitationState.REDEFINED


def test_a_figure_that_is_no_more_cannot_be_checked(office, published):
    listed = carriers.extract("docx", published)
    gone = replace(listed.citations[0], key="fund.gone")

    found = verify(actor=office, citations=CitationList(citations=(gone,)), figures=FIGURES)

    assert (found.results[0].state, "fund.gone" in found.results[0].why) == (CitationState.UNREADABLE, True)


def test_somebody_who_sees_less_is_told_so_instead_of_a_difference(ask_again, published, county_officer):
    found = ask_again(published, actor=county_officer)

    assert set(states(found).values()) == {CitationState.UNREADABLE}
    assert "权限范围" in found.results[0].why


def test_the_answer_for_programs_names_entries_and_values(ask_again, published, desk, faw):
    desk.withdraw(faw)

    answer = ask_again(published).as_json()

    assert (answer["citations"], answer["changed"]) == (15, 15)
    first = answer["results"][0]
    assert (first["state"], first["published"], first["now"]) == ("restated", "47110000", None)
    assert len(first["reversed"]) == 3


@pytest.mark.parametrize(
    "changes",
    [
        {"by": {"credited": "abc"}},
        {"by": {"year": "no year"}},
        {"by": {"nothing": ""}},
        {"by": {"county": "'; drop table"}},
        {"scope": {"project": "9" * 40}},
        {"scope": {"party": "9" * 19}},
        {"scope": {"place": "nowhere"}},
        {"scope": {"unknown": "1"}},
        {"scope": {"year": "-1"}},
        {"head": 2**63 - 1},
        {"key": "growth:fund.gone"},
    ],
)
def test_a_citation_that_makes_no_sense_is_told_and_breaks_nothing(office, published, changes):
    listed = carriers.extract("docx", published)
    odd = replace(listed.citations[3], **changes)

    (result,) = verify(actor=office, citations=CitationList(citations=(odd,)), figures=FIGURES).results

    assert result.changed
    assert result.why
