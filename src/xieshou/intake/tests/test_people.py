"""Who may do what with a batch, what is said about it, and the scans beside it."""

from pathlib import Path

import pytest

from xieshou.access.services import actor_for, grant_role
from xieshou.common.errors import NotPermitted
from xieshou.common.scoping import Role
from xieshou.intake import comments, errors, evidence, originals, services
from xieshou.intake.models import Batch, Evidence, Original
from xieshou.parties.services import create_party

PDF = b"%PDF-1.7\n%%EOF"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20
HEAD = ["年度", "县", "帮扶单位", "项目类别", "计划（万元）", "实际（万元）"]
ROW = ["2019", "增城区", "广州市民政局", "产业", "1771", "1806.6"]

pytestmark = pytest.mark.usefixtures("places_cast")


@pytest.fixture
def draft(clerk, write, bindings, xieshou_home):
    """What the clerk of the unit has drafted."""
    path = write([HEAD, ROW])
    return services.open_batch(by=clerk, path=path, name=path.name, bindings=bindings)


@pytest.fixture
def submitted(clerk, draft):
    return services.submit_batch(by=clerk, batch=draft)


@pytest.fixture
def scan(tmp_path):
    def write_scan(content, name="盖章页.pdf"):
        path: Path = tmp_path / "scan"
        path.write_bytes(content)
        return {"path": path, "name": name}

    return write_scan


def test_an_officer_who_sees_a_batch_for_its_place_may_not_change_it(county_officer, draft, bindings):
    with pytest.raises(NotPermitted):
        services.decide(by=county_officer, batch=draft, bindings=bindings, drop_rows=[2])


@pytest.mark.parametrize("step", [services.submit_batch, services.discard_batch])
def test_nor_hand_it_in_or_throw_it_away(county_officer, draft, step):
    with pytest.raises(NotPermitted):
        step(by=county_officer, batch=draft)


def test_but_may_say_something_about_it(county_officer, draft):
    services.comment(by=county_officer, batch=draft, text="数与我们的不符", row=2)

    assert [(said.text, said.row) for said in comments.thread(draft)] == [("数与我们的不符", 2)]


def test_a_colleague_of_the_unit_may_change_it(draft, operator, helping_unit, django_user_model, bindings):
    colleague = django_user_model.objects.create_user(username="colleague")
    grant_role(by=operator, user=colleague, role=Role.UNIT_CLERK, party=helping_unit)

    changed = services.decide(by=actor_for(colleague), batch=draft, bindings=bindings, drop_rows=[2])

    assert changed.rejected == 1


def test_the_clerk_of_another_unit_may_not(draft, operator, django_user_model, bindings):
    other = django_user_model.objects.create_user(username="other")
    grant_role(by=operator, user=other, role=Role.UNIT_CLERK, party=create_party(by=operator, name="别的单位"))

    with pytest.raises(NotPermitted):
        services.decide(by=actor_for(other), batch=draft, bindings=bindings, drop_rows=[2])


def test_a_clerk_does_not_accept_what_it_handed_in(clerk, submitted, bindings):
    with pytest.raises(NotPermitted):
        services.accept_batch(by=clerk, batch=submitted, bindings=bindings)


def test_an_office_of_another_county_does_not_accept_it(submitted, operator, django_user_model, bindings):
    other = django_user_model.objects.create_user(username="elsewhere")
    grant_role(by=operator, user=other, role=Role.OFFICE, place_code="451223000000")

    with pytest.raises(NotPermitted):
        services.accept_batch(by=actor_for(other), batch=submitted, bindings=bindings)


def test_what_was_handed_in_is_not_thrown_away(clerk, submitted):
    with pytest.raises(errors.BatchNotReady):
        services.discard_batch(by=clerk, batch=submitted)


def test_a_returned_batch_is_a_draft_again_when_its_unit_mends_it(clerk, office, submitted, bindings):
    services.return_batch(by=office, batch=submitted, comment="请核对第2行")
    mended = services.decide(by=clerk, batch=submitted, bindings=bindings, drop_rows=[])

    assert mended.state == Batch.State.DRAFT
    assert [(said.move, said.text) for said in comments.thread(mended)] == [
        ("submitted", ""), ("returned", "请核对第2行"), ("draft", ""),
    ]  # fmt: skip


def test_several_batches_are_sent_back_with_one_comment(clerk, office, submitted, write, bindings):
    path = write([HEAD, [*ROW[:3], "教育", "5", "6"]], "second.xlsx")
    second = services.open_batch(by=clerk, path=path, name=path.name, bindings=bindings)

    returned, refusals = services.return_batches(by=office, batches=[submitted, second], comment="请补盖章页")

    assert [batch.pk for batch in returned] == [submitted.pk]
    assert len(refusals) == 1


@pytest.mark.parametrize(("text", "row"), [("  ", None), ("字" * 1001, None), ("说说", 99)])
def test_a_comment_needs_words_and_a_row_that_is_there(clerk, draft, text, row):
    with pytest.raises(errors.DecisionInvalid):
        services.comment(by=clerk, batch=draft, text=text, row=row)


@pytest.mark.parametrize(("content", "media_type"), [(PDF, "application/pdf"), (PNG, "image/png")])
def test_a_scan_is_known_by_its_content_and_kept_under_its_hash(clerk, draft, scan, content, media_type):
    kept = services.attach_evidence(by=clerk, batch=draft, **scan(content))

    assert kept.media_type == media_type
    assert originals.path_of(kept.original).read_bytes() == content


def test_what_only_bears_the_name_of_a_scan_is_refused(clerk, draft, scan):
    with pytest.raises(errors.EvidenceRefused):
        services.attach_evidence(by=clerk, batch=draft, **scan(b"<html>", "盖章页.pdf"))


def test_a_scan_above_the_limit_is_refused(clerk, draft, scan, monkeypatch):
    monkeypatch.setattr(evidence, "MOST_BYTES", 10)

    with pytest.raises(errors.EvidenceRefused):
        services.attach_evidence(by=clerk, batch=draft, **scan(PDF))


def test_a_scan_marked_secret_by_its_name_is_refused(clerk, draft, scan):
    with pytest.raises(errors.Classified):
        services.attach_evidence(by=clerk, batch=draft, **scan(PDF, "（机密）盖章页.pdf"))


def test_the_same_scan_twice_is_one(clerk, draft, scan):
    services.attach_evidence(by=clerk, batch=draft, **scan(PDF))
    services.attach_evidence(by=clerk, batch=draft, **scan(PDF))

    assert draft.evidence.count() == 1


def test_an_officer_who_only_sees_the_batch_attaches_nothing(county_officer, draft, scan):
    with pytest.raises(NotPermitted):
        services.attach_evidence(by=county_officer, batch=draft, **scan(PDF))


def test_a_scan_taken_off_a_draft_is_gone(clerk, draft, scan):
    kept = services.attach_evidence(by=clerk, batch=draft, **scan(PDF))
    services.remove_evidence(by=clerk, evidence=kept)

    assert not originals.path_of(kept.original).exists()
    assert not Original.objects.filter(pk=kept.original.pk).exists()


def test_a_scan_stays_once_the_batch_is_handed_in(clerk, draft, scan):
    kept = services.attach_evidence(by=clerk, batch=draft, **scan(PDF))
    services.submit_batch(by=clerk, batch=draft)

    with pytest.raises(errors.BatchNotReady):
        services.remove_evidence(by=clerk, evidence=Evidence.objects.get(pk=kept.pk))
