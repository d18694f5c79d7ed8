"""From draft to the books and back: all or nothing, once, and with a way back."""

from datetime import date

import pytest

from xieshou.intake import errors, originals, selectors, services, staging
from xieshou.intake.models import Batch, PostedKey
from xieshou.parties.models import JointMember, Party

HEAD = ["年度", "县", "帮扶单位", "项目类别", "计划（万元）", "实际（万元）"]
ROWS = [
    ["2019", "凤山县", "甲公司", "产业", "1771", "1806.6"],
    ["2019", "镇赉县", "乙公司、丙公司", "产业", "1550", "1600"],
    ["2019", "和龙市", "甲公司", "教育", "1390", "1420"],
]
STATEMENT_HEAD = (
    "村名称 帮扶单位 规划投入资金（元） 已投入帮扶资金（元） 用于帮扶到户资金 用于帮扶到村资金 财政专项 信贷资金 "
    "单位自筹 社会募捐 社会引资"
).split()

pytestmark = pytest.mark.usefixtures("places_cast")


def statement(invested, village="从化区吕田镇三村村"):
    return [village, "甲公司", "100", invested, invested, "0", invested, "0", "0", "0", "0"]


@pytest.fixture
def draft(write, opened):
    return opened(write([HEAD, *ROWS]))


@pytest.fixture
def accept(office, bindings):
    return lambda batch, **options: services.accept_batch(by=office, batch=batch, bindings=bindings, **options)


@pytest.fixture
def withdraw(office, bindings):
    return lambda batch: services.withdraw_batch(by=office, batch=batch, bindings=bindings, reason="交错了表")


@pytest.fixture
def cumulative(write, opened):
    def open_statement(invested, until, name):
        return opened(write([STATEMENT_HEAD, statement(invested)], name), as_of=until)

    return open_statement


def test_a_draft_posts_nothing(draft, books):
    assert draft.state == Batch.State.DRAFT
    assert books.rows == []
    assert not PostedKey.objects.exists()


def test_acceptance_posts_every_good_row(draft, accept, books):
    accepted = accept(draft)

    assert accepted.state == Batch.State.ACCEPTED
    assert books.column("planned_fen") == [1_771_000_000, 1_550_000_000, 1_390_000_000]
    assert books.column("period_to") == [date(2019, 12, 31)] * 3
    assert books.column("category") == ["industry", "industry", "education"]


def test_a_column_that_the_sheet_lacks_is_there_and_not_stated(draft, accept, books):
    accept(draft)

    assert books.column("fund_source") == [None] * 3


def test_parties_are_registered_when_the_batch_is_accepted_and_not_before(draft, accept, books):
    before = Party.objects.count()
    accept(draft)

    assert not before
    assert set(books.column("party")) <= set(Party.objects.values_list("pk", flat=True))


def test_several_units_in_one_cell_are_one_joint_party_with_its_members(draft, accept, books):
    accept(draft)

    assert JointMember.objects.filter(joint=books.column("party")[1]).count() == 2


def test_a_batch_is_handed_in_sent_back_and_handed_in_again(draft, office, bindings):
    services.submit_batch(by=office, batch=draft)
    services.return_batch(by=office, batch=draft, comment="和龙市的数请核对")
    returned = (draft.state, draft.message)
    services.submit_batch(by=office, batch=draft)

    assert returned == (Batch.State.RETURNED, "和龙市的数请核对")
    assert draft.state == Batch.State.SUBMITTED


def test_a_batch_that_was_handed_in_cannot_be_changed(draft, office, bindings):
    services.submit_batch(by=office, batch=draft)

    with pytest.raises(errors.BatchNotReady):
        services.decide(by=office, batch=draft, bindings=bindings, drop_rows=[2])


def test_an_accepted_batch_cannot_be_accepted_again(draft, accept):
    accept(draft)

    with pytest.raises(errors.BatchNotReady, match="已采纳"):
        accept(draft)


def test_a_table_without_a_good_row_cannot_be_accepted(write, opened, accept):
    with pytest.raises(errors.NothingToAccept):
        accept(opened(write([HEAD, ["2019", "无此地县", "甲公司", "产业", "1", "1"]])))


def test_a_posting_that_fails_leaves_the_draft_as_it_was_and_runs_again(draft, accept, books, monkeypatch):
    def fail(**_values):
        raise RuntimeError("the process is killed here")

    with monkeypatch.context() as broken:
        broken.setattr(books, "post", fail)
        broken.setattr(selectors, "binding_of", lambda *_: type("Binding", (), {"post": fail}))
        with pytest.raises(RuntimeError):
            accept(draft)
    draft.refresh_from_db()
    half_done = (draft.state, PostedKey.objects.count())
    accept(draft)

    assert half_done == (Batch.State.DRAFT, 0)
    assert len(books.rows) == 3


def test_a_person_can_stop_the_posting_and_nothing_is_kept(draft, accept):
    def stop(*, done, left):
        if done:
            raise errors.Cancelled("停")

    with pytest.raises(errors.Cancelled):
        accept(draft, progress=stop)

    draft.refresh_from_db()
    assert (draft.state, PostedKey.objects.count()) == (Batch.State.DRAFT, 0)


def test_progress_tells_rows_done_and_rows_left(draft, accept):
    told = []
    accept(draft, progress=lambda *, done, left: told.append((done, left)))

    assert told == [(0, 3), (3, 0)]


def test_a_row_posted_before_is_a_duplicate_in_any_file(draft, accept, write, opened):
    accept(draft)
    again = opened(write([HEAD, ROWS[2], ROWS[0]], "other.xlsx"))

    assert (again.accepted, again.duplicates) == (0, 2)


def test_the_same_key_with_other_values_is_offered_as_a_correction(
    draft, accept, write, opened, office, bindings, books
):
    accept(draft)
    changed = opened(write([HEAD, [*ROWS[0][:5], "1900"]], "changed.xlsx"))
    offered = (changed.accepted, changed.duplicates)

    corrected = services.decide(by=office, batch=changed, bindings=bindings, correct_rows=[2])
    accept(corrected)

    assert offered == (0, 1)
    assert books.restated == {2: (draft.pk, 2)}


def test_a_key_that_stands_twice_in_one_file_goes_back_the_second_time(write, opened, found):
    batch = opened(write([HEAD, ROWS[0], [*ROWS[0][:5], "1"]]))

    assert (batch.accepted, batch.rejected) == (1, 1)
    assert ("", "key_twice") in found(batch)


def test_a_later_cumulative_statement_restates_the_earlier_one(cumulative, accept, books):
    earlier = accept(cumulative("50", date(2011, 6, 30), "june.xlsx"))
    later = accept(cumulative("80", date(2011, 9, 30), "september.xlsx"))

    assert later.state == Batch.State.ACCEPTED
    assert books.restated == {2: (earlier.pk, 2)}


def test_a_cumulative_amount_that_falls_is_flagged(cumulative, accept, found):
    accept(cumulative("80", date(2011, 6, 30), "june.xlsx"))

    assert ("D2", "fell") in found(cumulative("50", date(2011, 9, 30), "september.xlsx"))


def test_an_earlier_cumulative_statement_cannot_replace_a_later_one(cumulative, accept, found):
    accept(cumulative("80", date(2011, 9, 30), "september.xlsx"))
    earlier = cumulative("50", date(2011, 6, 30), "june.xlsx")

    assert earlier.rejected == 1
    assert ("", "older_statement") in found(earlier)


def test_a_withdrawn_statement_gives_its_row_back_to_the_earlier_one(cumulative, accept, withdraw):
    earlier = accept(cumulative("50", date(2011, 6, 30), "june.xlsx"))
    withdraw(accept(cumulative("80", date(2011, 9, 30), "september.xlsx")))

    assert list(PostedKey.objects.values_list("batch", "row")) == [(earlier.pk, 2)]


def test_a_whole_batch_can_be_withdrawn_and_imported_again(draft, accept, withdraw, books, write, opened):
    withdrawn = withdraw(accept(draft))
    again = opened(write([HEAD, *ROWS], "again.xlsx"))

    assert (withdrawn.state, books.withdrawn) == (Batch.State.WITHDRAWN, [draft.pk])
    assert (again.accepted, again.duplicates) == (3, 0)


def test_withdrawing_needs_a_reason(draft, accept, office, bindings):
    accept(draft)

    with pytest.raises(errors.DecisionInvalid):
        services.withdraw_batch(by=office, batch=draft, bindings=bindings, reason=" ")


def test_two_imports_of_the_same_rows_at_once_end_with_one_sentence(draft, accept, write, opened):
    second = opened(write([HEAD, *ROWS], "second.xlsx"))
    accept(draft)

    with pytest.raises(errors.BatchConflict, match=f"批次 {draft.pk}"):
        accept(second)

    second.refresh_from_db()
    assert second.state == Batch.State.DRAFT


def test_a_draft_that_is_thrown_away_keeps_its_original(draft, office, xieshou_home):
    original = originals.path_of(draft.original)
    services.discard_batch(by=office, batch=draft)

    assert original.exists()
    assert not staging.folder(Batch(pk=draft.pk)).exists()
    assert not Batch.objects.exists()


def test_an_accepted_batch_cannot_be_thrown_away(draft, accept, office):
    accept(draft)

    with pytest.raises(errors.BatchNotReady, match="撤销整批"):
        services.discard_batch(by=office, batch=draft)


def test_only_the_working_files_in_force_are_kept(draft, office, bindings):
    services.decide(by=office, batch=draft, bindings=bindings, drop_rows=[2])

    assert [path.name for path in staging.folder(draft).iterdir() if path.is_dir()] == [draft.evaluation]


def test_a_refused_file_is_a_failed_batch_with_its_sentence(office, bindings, write, xieshou_home):
    path = write([["姓名"], ["甲"]])
    batch = services.begin_batch(by=office, path=path, name="x.xlsx")

    with pytest.raises(errors.FormNotRecognised):
        services.read_batch(by=office, batch=batch, bindings=bindings)

    assert batch.state == Batch.State.FAILED
    assert batch.message


def test_a_missing_column_leaves_a_draft_that_can_be_mended_by_hand(office, bindings, write, xieshou_home):
    path = write([["县", "计划", "花了"], ["凤山县", "1", "2"]])
    batch = services.begin_batch(by=office, path=path, name="x.xlsx", period="2019", form_key="fund_plan")
    services.read_batch(by=office, batch=batch, bindings=bindings)
    missing = services.preview(by=office, batch=batch, bindings=bindings).missing

    mended = services.correct(by=office, batch=batch, bindings=bindings, columns={"actual_fen": 2})

    assert missing == ("实际（万元）",)
    assert mended.accepted == 1
