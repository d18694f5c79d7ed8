"""The list of 206 paired villages of 2012: each pair ends at the code that its village has in 2023."""

from pathlib import Path

import pytest

from xieshou.catalogue.forms import BINDINGS
from xieshou.channels.pairings.models import Pairing
from xieshou.intake import services as intake
from xieshou.intake import tests as intake_tests
from xieshou.places.models import Level, Place

LIST = Path(intake_tests.__file__).parent / "data" / "survey-village-2012-with-pairing-list.xls"
# What the list writes, and the village of 2023. 卫东村 is what the other list of the same workbook, and the reports of
# 2011, have beside the same unit (海珠区沙园街).
MEANT = {
    "从化市 温泉镇 石东村": "卫东村",
    "从化市 鳌头镇 凤歧村": "凤岐村",
    "增城市 小楼镇 东镜村": "东境村",
    "增城市 正果镇 浪拨村": "浪拔村",
    "增城市 派潭镇 双湖村": "汉湖村",
    "增城市 派潭镇 佳松岭村": "佳桐岭村",
}


@pytest.fixture
def draft(desk):
    return desk.draft(LIST, period="2012")


@pytest.fixture
def offered(desk, draft):
    """Each doubtful village with its candidates, the likeliest first."""
    texts = intake.preview(by=desk.actor, batch=draft, bindings=BINDINGS).open_texts
    return {text.text: text.candidates for text in texts if text.kind == "place"}


@pytest.fixture
def accepted(desk, draft, offered):
    """The list in the books, every doubtful village settled by its first candidate."""
    chosen = {text: candidates[0][0] for text, candidates in offered.items()}
    return desk.accept(intake.decide(by=desk.actor, batch=draft, bindings=BINDINGS, places=chosen))


def test_200_villages_are_certain_and_six_are_asked_about(draft, offered):
    assert (draft.form_key, draft.rows, draft.accepted) == ("pairing_list", 206, 200)
    assert set(offered) == set(MEANT)


def test_the_village_meant_is_offered_first(offered):
    first = {text: candidates[0][1].removesuffix("委会") for text, candidates in offered.items()}

    assert {text: name for text, name in MEANT.items() if not first[text].endswith(name)} == {}


def test_each_of_206_pairs_has_a_village_of_2023(accepted):
    codes = Pairing.objects.values_list("place_code", flat=True)

    assert accepted.accepted == 206
    assert len(set(codes)) == 206
    assert Place.objects.filter(code__in=codes, level=Level.VILLAGE).count() == 206


def test_125_of_the_pairs_are_of_conghua(accepted):
    assert Pairing.objects.filter(place_code__startswith="440117").count() == 125


def test_several_units_that_help_one_village_stay_one_joint_helper(accepted):
    joint = Pairing.objects.get(place_as_written__endswith="吕中村").helper

    assert (joint.kind, joint.memberships.count()) == ("joint", 2)
