"""Templates that are kept: versions, readable ones only, deleted by whoever may."""

import pytest

from xieshou.common.errors import NotPermitted
from xieshou.reports.documents.errors import TemplateUnknown, TemplateWrong
from xieshou.reports.documents.keeping import delete_template, keep_template
from xieshou.reports.documents.selectors import kept_template, newest_templates, templates_for
from xieshou.reports.documents.tests.test_word_templates import written

FIRST, SECOND = written("{{ 指标(“fund.raised”) }}"), written("新{{ 指标(“fund.raised”) }}")


def test_a_template_is_kept_under_the_name_of_its_file(office):
    kept = keep_template(by=office, name="季报.docx", data=FIRST)

    assert (kept.name, kept.version, bytes(kept_template(office, kept.pk).content)) == ("季报", 1, FIRST)


def test_the_same_name_again_is_the_next_version_and_the_first_stays(office):
    keep_template(by=office, name="季报.docx", data=FIRST)
    keep_template(by=office, name="季报.docx", data=SECOND)

    assert [(kept.name, kept.version) for kept in templates_for(office)] == [("季报", 2), ("季报", 1)]
    assert [kept.version for kept in newest_templates(office)] == [2]


def test_the_same_file_again_is_no_new_version(office):
    first = keep_template(by=office, name="季报.docx", data=FIRST)

    assert keep_template(by=office, name="季报.docx", data=FIRST).pk == first.pk


def test_a_template_that_cannot_be_read_is_not_kept(office):
    with pytest.raises(TemplateWrong, match="第 1 段"):
        keep_template(by=office, name="坏.docx", data=written("{{ 指标(“fund.raised” }}"))

    assert not templates_for(office).exists()


def test_a_file_without_any_mark_is_no_template(office):
    with pytest.raises(TemplateWrong, match="没有一处"):
        keep_template(by=office, name="普通.docx", data=written("没有标记"))


def test_deleting_takes_all_versions(office):
    keep_template(by=office, name="季报.docx", data=FIRST)
    kept = keep_template(by=office, name="季报.docx", data=SECOND)

    assert delete_template(by=office, template=kept) == 2
    with pytest.raises(TemplateUnknown):
        kept_template(office, kept.pk)


def test_a_clerk_deletes_what_is_theirs_and_nothing_else(office, clerk):
    own = keep_template(by=clerk, name="本单位.docx", data=FIRST)
    of_the_office = keep_template(by=office, name="季报.docx", data=FIRST)

    delete_template(by=clerk, template=own)

    with pytest.raises(NotPermitted, match="别人上传"):
        delete_template(by=clerk, template=of_the_office)


def test_a_stranger_sees_no_template(office, stranger):
    keep_template(by=office, name="季报.docx", data=FIRST)

    assert not templates_for(stranger).exists()
