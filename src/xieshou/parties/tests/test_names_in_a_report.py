"""The assisting units of a real fund report, as written there: one text a line, its line breaks as \\n."""

from pathlib import Path

import pytest

from xieshou.parties.kinds import PartyKind
from xieshou.parties.models import Party
from xieshou.parties.rules import may_name_several, split_names
from xieshou.parties.services import parties_for_texts

LINES = (Path(__file__).parent / "assisting_units.txt").read_text(encoding="utf-8").splitlines()
TEXTS = [line.replace("\\n", "\n") for line in LINES]


def test_fifteen_of_the_124_texts_name_several_units_and_one_more_is_asked_about():
    assert len(set(TEXTS)) == 124
    assert len([text for text in TEXTS if len(split_names(text)) > 1]) == 15
    assert [text for text in TEXTS if may_name_several(text)] == ["广州交通集团有限公司广州二运集团有限公司"]


@pytest.mark.django_db
def test_the_texts_become_109_units_of_their_own_and_15_joint_parties(operator, django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        parties = parties_for_texts(by=operator, texts=TEXTS)

    joints = [party for party in parties.values() if party.kind == PartyKind.JOINT]
    assert len(set(parties.values())) == 124
    assert len(joints) == 15
    assert Party.objects.exclude(kind=PartyKind.JOINT).count() == 109 + 14 * 2 + 5


@pytest.mark.django_db
def test_importing_the_texts_again_creates_nothing(operator):
    first = parties_for_texts(by=operator, texts=TEXTS)

    again = parties_for_texts(by=operator, texts=TEXTS)

    assert again == first
