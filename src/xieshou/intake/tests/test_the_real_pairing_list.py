"""The list of 206 paired villages behind the village survey of 2012: a heading that says 0, names written otherwise."""

import pytest

from xieshou.intake.tests.conftest import DATA, load


@pytest.fixture
def pairing_list(conghua, opened):
    load("440118000000")
    return opened(DATA / "survey-village-2012-with-pairing-list.xls")


def test_the_list_is_found_on_the_second_sheet(pairing_list):
    assert (pairing_list.form_key, pairing_list.sheet, pairing_list.rows) == ("pairing_list", "Sheet2", 206)


def test_a_column_headed_0_is_known_by_what_stands_in_it(pairing_list):
    assert pairing_list.mapping["village"]["header"] == "0"
    assert pairing_list.mapping["village"]["score"] < 0.85


def test_a_village_whose_name_is_one_character_off_goes_back_with_its_candidates(pairing_list, preview_of):
    texts = {text.text: text.candidates for text in preview_of(pairing_list).open_texts if text.kind == "place"}

    assert "增城市 小楼镇 东镜村" in texts
    assert texts["增城市 小楼镇 东镜村"][0][1].endswith("东境村委会")
