"""The audit reader: a text in, marks out; nothing kept unless saved; notes remembered; who sees what."""

import io
import re

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from xieshou.reports.audit.models import Clarification, SavedText
from xieshou.reports.audit.tests.documents import runs_commented, word_file

pytestmark = pytest.mark.django_db
PLAN = "2019年计划投入帮扶资金4700万元，其中凤山县1771万元，镇赉县1550万元，和龙市1390万元。"
START = "/audits/"


def read(client, text=PLAN, **more):
    return client.post(START, {"text": text, **more})


def key_on(answer) -> str:
    return re.search(r'data-finding="(\w+)"', answer.content.decode())[1]


@pytest.fixture
def word(tmp_path):
    content = word_file(tmp_path / "a.docx", PLAN).read_bytes()
    return lambda: SimpleUploadedFile("小结.docx", content)


@pytest.fixture
def saved(office_client, places_cast):
    office_client.post(reverse("web:audit-save"), {"text": PLAN, "title": "小结"})
    return SavedText.objects.get()


def test_every_figure_is_marked_in_words_and_the_arithmetic_stands_beside(office_client, places_cast):
    page = read(office_client).content.decode()

    assert page.count("data-mark=") == 4
    assert "勾稽不符" in page
    assert "1771万元 + 1550万元 + 1390万元 = 4711万元" in page
    assert "可能的解释" in page


def test_reading_keeps_nothing(office_client, places_cast):
    read(office_client)

    assert not SavedText.objects.exists()


def test_markup_in_a_text_is_shown_as_text(office_client, places_cast):
    page = read(office_client, f"<script>alert(1)</script>{PLAN}").content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_nothing_pasted_and_nothing_dropped_is_said_beside_the_field(office_client):
    assert "请粘贴一段文字" in read(office_client, "").content.decode()


def test_a_file_that_cannot_be_read_is_refused_on_the_page(office_client):
    old = SimpleUploadedFile("a.doc", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600))

    answer = office_client.post(START, {"file": old})

    assert answer.status_code == 200
    assert "另存为 .docx" in answer.content.decode()


def test_a_dropped_word_file_is_audited(office_client, places_cast, word):
    assert "4711万元" in office_client.post(START, {"file": word()}).content.decode()


def test_the_word_file_comes_back_at_once(office_client, places_cast, word):
    answer = office_client.post(START, {"file": word(), "returned": "1"})

    assert "4700万元" in runs_commented(docx.Document(io.BytesIO(answer.content)))


def test_further_texts_are_compared(office_client, places_cast):
    other = SimpleUploadedFile("通稿.txt", "2019年计划投入帮扶资金4711万元。".encode())

    assert "通稿.txt" in read(office_client, against=[other]).content.decode()


def test_a_saved_text_is_listed_and_opens_again(office_client, saved):
    listed = office_client.get(START).content.decode()
    opened = office_client.get(reverse("web:audit", args=[saved.pk])).content.decode()

    assert reverse("web:audit", args=[saved.pk]) in listed
    assert "4711万元" in opened


def test_saved_texts_are_found_by_title(office_client, saved):
    assert "小结" in office_client.get(START, {"q": "小结"}).content.decode()
    assert "没有符合条件的记录" in office_client.get(START, {"q": "别的"}).content.decode()


def test_a_saved_word_file_comes_back_with_comments(office_client, places_cast, word):
    office_client.post(reverse("web:audit-keep"), {"file": word()})

    answer = office_client.get(reverse("web:audit-returned", args=[SavedText.objects.get().pk]))

    assert "4700万元" in runs_commented(docx.Document(io.BytesIO(answer.content)))


def test_the_printed_page_can_be_downloaded_saved_or_not(office_client, saved):
    kept = office_client.get(reverse("web:audit-printed", args=[saved.pk]))
    unkept = office_client.post(reverse("web:audit-print"), {"text": PLAN, "title": "小结"})

    assert kept["Content-Disposition"].startswith("attachment")
    assert "4711万元" in kept.content.decode()
    assert "4711万元" in unkept.content.decode()


def test_a_deleted_text_is_gone(office_client, saved):
    office_client.post(reverse("web:audit-delete", args=[saved.pk]))

    assert not SavedText.objects.exists()


def test_a_text_beyond_the_readers_limits_is_not_found(clerk_client, saved):
    for name in ("audit", "audit-printed"):
        assert clerk_client.get(reverse(f"web:{name}", args=[saved.pk])).status_code == 404
    assert clerk_client.post(reverse("web:audit-delete", args=[saved.pk])).status_code == 404
    assert SavedText.objects.exists()


def test_a_note_closes_a_finding_here_and_in_the_next_draft(office_client, places_cast):
    key = key_on(read(office_client))

    answer = office_client.post(
        reverse("web:audit-clarify"), {"key": key, "about": "4700", "words": "批复数"}, headers={"HX-Request": "true"}
    )

    assert key in answer["HX-Trigger"]
    assert 'data-state="clarified"' in read(office_client, f"第二稿\n{PLAN}").content.decode()


def test_a_note_without_words_is_asked_for_again(office_client, places_cast):
    answer = office_client.post(reverse("web:audit-clarify"), {"key": "k", "about": "", "words": ""})

    assert "field-error" in answer.content.decode()
    assert not Clarification.objects.exists()


def test_a_note_taken_back_opens_the_finding_again(office_client, places_cast):
    key = key_on(read(office_client))
    office_client.post(reverse("web:audit-clarify"), {"key": key, "about": "4700", "words": "批复数"})

    office_client.post(reverse("web:audit-reopen", args=[Clarification.objects.get().pk]))

    assert 'data-state="clarified"' not in read(office_client).content.decode()


def test_a_stranger_is_refused_and_told_who_may(stranger_client, places_cast):
    for answer in (stranger_client.get(START), read(stranger_client)):
        assert answer.status_code == 403


def test_a_text_too_long_for_a_page_is_refused_before_it_is_audited(office_client, places_cast, monkeypatch):
    monkeypatch.setattr("xieshou.reports.audit.services.audit_document", None)

    assert "页面上看不过来" in read(office_client, "2019年投入4700万元。" * 40_000).content.decode()
