"""The list of organisations (单位名单): rows become parties of the tree, with their other names."""

from pathlib import Path

import pytest
import xlsxwriter

from xieshou.channels.pairings import organisations
from xieshou.channels.pairings.errors import OrganisationRefused
from xieshou.intake import services as intake
from xieshou.intake.forms import FormBinding, load_form
from xieshou.parties.models import Party, PartyAlias
from xieshou.parties.services import create_party

HEAD = ("序号", "单位名称", "简称", "上级单位", "单位性质", "统一社会信用代码")
FORM = load_form(Path(organisations.__file__).parent / "forms" / "organisation_list.toml")
BINDINGS = [FormBinding(FORM, organisations.post_organisations, organisations.withdraw_organisations)]
GROUP, BUREAU = "虚构能源集团有限公司", "虚构市民政局"


@pytest.fixture
def take_in(office, places_cast, xieshou_home, tmp_path):
    def run(*rows):
        path = tmp_path / "list.xlsx"
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet("单位名单")
            for line, values in enumerate((HEAD, *rows)):
                for column, value in enumerate(values):
                    sheet.write(line, column, value)
        draft = intake.open_batch(by=office, path=path, name="list.xlsx", bindings=BINDINGS, period="2024")
        return intake.accept_batch(by=office, batch=draft, bindings=BINDINGS)

    return run


def test_an_organisation_stands_below_its_superior_even_when_that_comes_later(take_in):
    batch = take_in(
        (1, "虚构能源集团有限公司东方分公司", "", GROUP, "企业", ""),
        (2, GROUP, "虚构能源、虚能集团", "", "企业", ""),
        (3, BUREAU, "", "", "党政机关", ""),
    )

    assert (batch.form_key, batch.accepted) == ("organisation_list", 3)
    assert Party.objects.get(name__endswith="东方分公司").parent.name == GROUP
    assert Party.objects.get(name=BUREAU).kind == "government"
    assert set(PartyAlias.objects.values_list("party__name", flat=True)) == {GROUP}
    assert PartyAlias.objects.count() == 2


def test_an_organisation_that_is_known_is_taken_as_it_is(take_in, office):
    known = create_party(by=office, name=GROUP)

    take_in((1, GROUP, "虚能集团", "", "企业", ""), (2, BUREAU, "", GROUP, "党政机关", ""))

    assert Party.objects.filter(name=GROUP).count() == 1
    assert Party.objects.get(name=BUREAU).parent == known
    assert PartyAlias.objects.get().party == known


def test_a_superior_that_nobody_knows_is_named_with_its_row(take_in):
    with pytest.raises(OrganisationRefused, match="虚构总公司") as refusal:
        take_in((1, GROUP, "", "虚构总公司", "企业", ""))

    assert refusal.value.where["row"] == 2
    assert not Party.objects.filter(name=GROUP).exists()


def test_organisations_below_each_other_are_refused(take_in):
    with pytest.raises(OrganisationRefused, match="循环"):
        take_in((1, GROUP, "", BUREAU, "企业", ""), (2, BUREAU, "", GROUP, "党政机关", ""))


def test_a_wrong_credit_code_is_named_with_its_row(take_in):
    with pytest.raises(OrganisationRefused, match="第 2 行"):
        take_in((1, GROUP, "", "", "企业", "91440000000000000X"))
