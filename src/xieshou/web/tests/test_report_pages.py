"""The pages of reports: templates, preview with its numbers, files, own templates, published files asked again."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.stories.conftest import FAW_PLAN
from xieshou.parties.selectors import party_at
from xieshou.reports.documents import carriers
from xieshou.reports.documents.models import WordTemplate
from xieshou.reports.documents.tests.test_word_templates import written

COMPANY = "中国第一汽车集团有限公司"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def faw(desk):
    return desk.take_in(FAW_PLAN, period="2019", basis="period")


@pytest.fixture
def scope(faw):
    return {"party": str(party_at(COMPANY).pk), "place": "", "year": "2019"}


def uploaded(data: bytes, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def test_the_list_offers_every_template_and_says_how_to_bring_ones_own(office_client, desk):
    page = office_client.get(reverse("web:reports"), follow=True).content.decode()

    assert all(name in page for name in ("年度案例", "一县一页", "季度项目资金情况表", "责任指标月度完成情况表"))
    assert "还没有自有模板" in page


def test_every_number_of_the_preview_opens_its_records(office_client, scope):
    page = office_client.get(reverse("web:report", args=["annual"]), scope, headers=HTMX).content.decode()

    addresses = re.findall(r'<a class="number[^"]*" href="([^"]+)"', page)
    assert "计划投入<a" in page
    assert len(addresses) == 27
    opened = [
        office_client.get(address.replace("&amp;", "&"), headers=HTMX).content.decode() for address in addresses[:4]
    ]
    assert ["条台账条目" in each for each in opened] == [True] * 4
    assert "3 条台账条目" in opened[0]
    assert "1 条台账条目" in opened[3]


@pytest.mark.parametrize("kind", ["docx", "pdf", "html", "xlsx", "md"])
def test_a_report_is_downloaded_in_every_format(office_client, scope, kind):
    answer = office_client.get(reverse("web:report-file", args=["annual", kind]), scope)

    assert answer["Content-Disposition"].startswith("attachment")
    assert len(carriers.extract(kind, answer.content)) > 10


def test_the_version_for_checking_says_so_in_its_name(office_client, scope):
    answer = office_client.get(reverse("web:report-file", args=["annual", "docx"]), scope | {"annex": "1"})

    assert "%E6%A0%B8%E6%95%B0%E7%A8%BF" in answer["Content-Disposition"]


def test_a_county_sheet_without_a_county_asks_for_one(office_client, scope):
    page = office_client.get(reverse("web:report", args=["county"]), scope, headers=HTMX).content.decode()

    assert "请选一个县" in page


@pytest.mark.parametrize(
    ("option", "value"), [("year", "二零一九"), ("quarter", "5"), ("month", "0"), ("place", "凤三县")]
)
def test_what_cannot_be_read_is_said_beside_the_form_that_still_stands(office_client, scope, option, value):
    page = office_client.get(reverse("web:report", args=["quarterly"]), scope | {option: value}, follow=True)

    assert page.status_code == 200
    assert "生成" in page.content.decode()


def test_a_published_file_is_asked_again(office_client, scope, desk, faw):
    data = office_client.get(reverse("web:report-file", args=["annual", "docx"]), scope).content
    before = office_client.post(reverse("web:report-verify"), {"file": uploaded(data, "报送稿.docx")}).content.decode()
    desk.withdraw(faw)

    after = office_client.post(reverse("web:report-verify"), {"file": uploaded(data, "报送稿.docx")}).content.decode()

    assert "有变动 0 处" in before
    assert "已重述" in after
    assert "冲销了" in after


def test_a_file_without_citations_gets_a_sentence(office_client, desk):
    page = office_client.post(reverse("web:report-verify"), {"file": uploaded(b"# nothing", "x.md")}).content.decode()

    assert "文件里没有引用" in page


def test_an_uploaded_template_is_kept_tried_and_deleted(office_client, scope):
    template = written("投入{{ 指标(“fund.raised”) }}。")
    office_client.post(reverse("web:report-template-add"), {"file": uploaded(template, "季报.docx")})
    kept = WordTemplate.objects.get()

    made = office_client.get(reverse("web:report-template-made", args=[kept.pk]), scope).content
    page = office_client.get(reverse("web:report-template", args=[kept.pk]), scope).content.decode()
    original = office_client.get(reverse("web:report-template-file", args=[kept.pk])).content
    office_client.post(reverse("web:report-template-delete", args=[kept.pk]))

    assert carriers.text_of("docx", made) == "投入4826.6万元。"
    assert "季报" in page
    assert original == template
    assert not WordTemplate.objects.exists()


def test_a_template_that_is_wrong_is_not_kept_and_its_paragraph_is_named(office_client, desk):
    template = written("好", "{{ 指标(“fund.raised” }}")

    page = office_client.post(
        reverse("web:report-template-add"), {"file": uploaded(template, "坏.docx")}
    ).content.decode()

    assert "第 2 段" in page
    assert not WordTemplate.objects.exists()


def test_what_goes_wrong_with_the_numbers_is_said_on_the_templates_page(office_client, scope):
    template = written("{{ 指标(“fund.rased”) }}")
    office_client.post(reverse("web:report-template-add"), {"file": uploaded(template, "季报.docx")})
    kept = WordTemplate.objects.get()

    page = office_client.get(reverse("web:report-template-made", args=[kept.pk]), scope).content.decode()

    assert "第 1 段" in page
    assert "没有“fund.rased”这个指标" in page


def test_a_clerk_sees_only_their_part_of_a_report(clerk_client, scope):
    page = clerk_client.get(
        reverse("web:report", args=["annual"]), {"place": "", "party": "", "year": "2019"}, headers=HTMX
    )

    assert "4711" not in page.content.decode()


@pytest.mark.parametrize("route", ["reports", "report-verify", "report-template-add"])
def test_a_stranger_is_refused(stranger_client, desk, route):
    assert stranger_client.get(reverse(f"web:{route}")).status_code == 403


def test_an_unknown_template_or_format_is_not_found(office_client, scope):
    assert office_client.get(reverse("web:report", args=["weekly"]), scope).status_code == 404
    assert office_client.get(reverse("web:report-file", args=["annual", "odt"]), scope).status_code == 404
    assert office_client.get(reverse("web:report-template", args=[99]), scope).status_code == 404


def test_a_programme_that_there_is_not_is_refused_and_not_left_out(office_client, scope):
    page = office_client.get(reverse("web:report", args=["annual"]), scope | {"programme": "99999"}, headers=HTMX)

    assert "没有编号为“99999”的项目群" in page.content.decode()
