"""Saving a text, closing a finding with a 口径说明, giving a Word file back; who sees what."""

import pytest
from django.db import IntegrityError, transaction

from tests.stories.conftest import places  # noqa: F401
from xieshou.catalogue.figures import FIGURES
from xieshou.reports.audit import services
from xieshou.reports.audit.errors import ClarificationRefused
from xieshou.reports.audit.models import Clarification, SavedText
from xieshou.reports.audit.selectors import saved_texts_for
from xieshou.reports.audit.tests.documents import word_file
from xieshou.reports.audit.texts.reading import Document, DocumentKind, read_document, read_pasted

pytestmark = pytest.mark.django_db
PLAN = "2019年计划投入帮扶资金4700万元，其中凤山县1771万元，镇赉县1550万元，和龙市1390万元。"


def audited(actor, text=PLAN, **others):
    return services.audit_document(actor=actor, document=read_pasted(text), figures=FIGURES, **others)


@pytest.fixture
def finding(office, places_cast):
    return audited(office).findings[0]


def test_an_audit_keeps_nothing(office, places_cast):
    audited(office)

    assert (SavedText.objects.count(), Clarification.objects.count()) == (0, 0)


def test_a_closed_finding_stays_closed_in_the_next_draft(office, finding):
    services.clarify(by=office, key=finding.key, about="4700", words="4700 万元为批复数")

    (again,) = audited(office, f"第二稿\n{PLAN}").findings

    assert (again.is_open, again.clarified.words) == (False, "4700 万元为批复数")


def test_another_value_is_open_again(office, finding):
    services.clarify(by=office, key=finding.key, about="4700", words="4700 万元为批复数")

    (again,) = audited(office, PLAN.replace("4700", "4600")).findings

    assert again.is_open


def test_a_reopened_finding_is_open_and_the_note_remains_with_who_took_it_back(office, finding, office_user):
    note = services.clarify(by=office, key=finding.key, about="4700", words="4700 万元为批复数")

    services.reopen(by=office, clarification=note)

    note.refresh_from_db()
    assert audited(office).findings[0].is_open
    assert (note.words, note.reopened_by) == ("4700 万元为批复数", office_user)


def test_a_second_note_replaces_the_first(office, finding):
    for words in ("批复数", "批复数，含待拨"):
        services.clarify(by=office, key=finding.key, about="4700", words=words)

    assert audited(office).findings[0].clarified.words == "批复数，含待拨"


@pytest.mark.parametrize("words", ["", "  ", "长" * 501])
def test_a_note_without_words_or_with_too_many_is_refused(office, finding, words):
    with pytest.raises(ClarificationRefused):
        services.clarify(by=office, key=finding.key, about="", words=words)


def test_the_database_holds_one_note_in_force_for_a_finding(office, office_user):
    Clarification.objects.create(key="k", about="", words="一", written_by=office_user)

    with pytest.raises(IntegrityError), transaction.atomic():
        Clarification.objects.create(key="k", about="", words="二", written_by=office_user)


def test_the_database_refuses_a_note_without_words_and_a_text_without_characters(office_user):
    with pytest.raises(IntegrityError), transaction.atomic():
        Clarification.objects.create(key="k", about="", words="", written_by=office_user)
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedText.objects.create(title="t", text="", characters=0, saved_by=office_user)


def test_a_saved_text_is_named_after_its_first_line(office):
    assert services.save_text(by=office, title="", document=read_pasted(f"\n小结\n{PLAN}")).title == "小结"


def test_a_saved_word_file_is_kept_with_its_text_and_comes_back_with_comments(office, places_cast, tmp_path):
    path = word_file(tmp_path / "a.docx", PLAN)
    saved = services.save_text(
        by=office, title="", document=read_document(path), original=path.read_bytes(), name="小结.docx"
    )

    (tmp_path / "kept.docx").write_bytes(bytes(saved.document))
    count = services.write_returned(
        audited=audited(office, saved.text), original=tmp_path / "kept.docx", out=tmp_path / "b.docx"
    )

    assert count == 4


def test_the_bytes_of_other_files_are_not_kept(office):
    document = Document(text=PLAN, kind=DocumentKind.PDF)

    assert services.save_text(by=office, title="x", document=document, original=b"%PDF", name="a.pdf").document is None


def test_a_clerk_sees_the_texts_of_its_unit_and_its_own(office, clerk, stranger):
    services.save_text(by=office, title="集团稿", document=read_pasted(PLAN))
    services.save_text(by=clerk, title="单位稿", document=read_pasted(PLAN))

    assert {saved.title for saved in saved_texts_for(clerk)} == {"单位稿"}
    assert {saved.title for saved in saved_texts_for(office)} == {"集团稿", "单位稿"}
    assert not saved_texts_for(stranger).exists()


def test_a_deleted_text_is_gone(office):
    saved = services.save_text(by=office, title="x", document=read_pasted(PLAN))

    services.delete_text(by=office, saved=saved)

    assert not SavedText.objects.exists()


def test_further_texts_are_compared(office, places_cast):
    other = ("通稿", read_pasted("2019年计划投入帮扶资金4711万元。"))

    findings = audited(office, "2019年计划投入帮扶资金4700万元。", others=[other]).findings

    assert any("通稿" in each.message for each in findings)
