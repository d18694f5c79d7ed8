"""The list of figures: under headings, searched, narrowed."""

import pytest
from django.urls import reverse

from xieshou.catalogue.figures import FIGURES
from xieshou.web.groups import OTHERS, group_of, grouped, is_meant

PLANNED = next(figure for figure in FIGURES if figure.key == "fund.planned")


def test_every_known_figure_stands_under_a_heading_of_its_own_kind():
    assert [figure.key for figure in FIGURES if group_of(figure) is OTHERS] == []


def test_headings_without_figures_are_left_out():
    assert [group.key for group, _figures in grouped([PLANNED])] == ["fund"]


@pytest.mark.parametrize("text", ["", "规划", "FUND.planned", "资金 计划"])
def test_a_figure_is_found_by_name_key_and_definition(text):
    assert is_meant(PLANNED, text)


def test_a_figure_is_not_found_by_a_word_that_it_does_not_say():
    assert not is_meant(PLANNED, "规划 支委")


@pytest.mark.django_db
def test_the_list_shows_only_what_was_sought(office_client, xieshou_home):
    page = office_client.get(reverse("web:figures"), {"q": "受助人数"}).content.decode()

    assert "/figures/donation.persons/" in page
    assert "/figures/fund.planned/" not in page


@pytest.mark.django_db
def test_values_are_loaded_for_one_heading_alone(office_client, xieshou_home):
    part = office_client.get(reverse("web:figures"), {"group": "fund"}, headers={"HX-Request": "true"}).content.decode()

    assert "/figures/fund.planned/" in part
    assert "donation.persons" not in part


@pytest.mark.django_db
def test_a_search_without_answer_leads_back_to_all_figures(office_client, xieshou_home):
    page = office_client.get(reverse("web:figures"), {"q": "没有这个词"}).content.decode()

    assert "没有这样的指标" in page
