"""A week's pile: many workbooks and archives at once, each read for itself, accepted or sent back together."""

import io
import zipfile
from datetime import date

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.stories.workbooks import HEAD, fund_report, row
from xieshou.catalogue.forms import BINDINGS
from xieshou.common.errors import NotPermitted
from xieshou.intake import archives, piles
from xieshou.intake import services as intake
from xieshou.intake.errors import Cancelled
from xieshou.intake.models import Batch, Pile, PileMember
from xieshou.web import tasks

READ, FAILED = PileMember.State.READ, PileMember.State.FAILED
VILLAGES = ("双头村", "高滩村")


def report(path, village="双头村", used=1_000, unit="甲处"):
    """A fund report whose file name states the day to which it runs."""
    return fund_report(path, [row("增城市", "派潭镇", village, unit, 50_000, used)])


def zipped(path, members):
    """An archive of these names and contents."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def with_raw_name(archive, marker, name):
    """The archive with a name of another encoding in the place of an ASCII one of the same length, as Windows packs."""
    content = archive.read_bytes()
    assert len(marker) == len(name)
    archive.write_bytes(content.replace(marker, name))
    return archive


def outcome(pile):
    return {member.name: member.state for member in pile.members.order_by("position", "pk")}


@pytest.fixture
def begun(desk):
    def begin(*paths, by=None):
        return piles.begin_pile(by=by or desk.actor, files=[(path.name, path) for path in paths])

    return begin


@pytest.fixture
def read(desk, begun):
    def run(*paths, by=None):
        return piles.read_pile(by=by or desk.actor, pile=begun(*paths, by=by), bindings=BINDINGS)

    return run


@pytest.fixture
def reports(tmp_path):
    """Three reports of the year's end, of different amounts."""
    return [report(tmp_path / f"2011年-{used}.xlsx", used=used) for used in (1_000, 2_000, 3_000)]


@pytest.fixture
def mixed(tmp_path):
    """An archive as it comes: good workbooks, one twice; broken ones; a picture; an archive; what systems leave."""
    good = report(tmp_path / "good.xlsx").read_bytes()
    inner = zipped(tmp_path / "inner.zip", [("x.xlsx", good)]).read_bytes()
    return zipped(
        tmp_path / "周报.zip",
        [
            ("派潭/2011年一季度.xlsx", good),
            ("派潭/副本.xlsx", good),
            ("坏的.xlsx", b"PK\x03\x04 broken"),
            ("照片.jpg", b"\xff\xd8\xff"),
            ("派潭/旧的.zip", inner),
            ("__MACOSX/._2011.xlsx", b"\x00"),
            ("派潭/~$2011.xlsx", b"\x00"),
            ("派潭/2011年二季度.xlsx", report(tmp_path / "second.xlsx", "高滩村").read_bytes()),
        ],
    )


def test_each_file_of_an_archive_has_its_own_outcome_and_none_stops_the_rest(read, mixed):
    pile = read(mixed)

    assert outcome(pile) == {
        "周报.zip": "unpacked",
        "周报/派潭/2011年一季度.xlsx": "read",
        "周报/派潭/副本.xlsx": "duplicate",
        "周报/坏的.xlsx": "failed",
        "周报/照片.jpg": "other",
        "周报/派潭/旧的.zip": "failed",
        "周报/派潭/2011年二季度.xlsx": "read",
    }


def test_a_refused_file_says_what_and_how_to_mend_it(read, mixed):
    said = dict(read(mixed).members.values_list("name", "message"))

    assert "重新另存为 .xlsx" in said["周报/坏的.xlsx"]
    assert "派潭/旧的.zip" in said["周报/派潭/旧的.zip"]
    assert "单独上传" in said["周报/派潭/旧的.zip"]
    assert "不是工作簿" in said["周报/照片.jpg"]
    assert "派潭/2011年一季度.xlsx" in said["周报/派潭/副本.xlsx"]


def test_what_was_recognised_stands_beside_the_file(read, reports):
    member = read(reports[0]).members.get()

    assert member.batch.form_key == "fund_report"
    assert (member.batch.rows, member.batch.accepted) == (1, 1)
    assert member.score > 90
    assert member.why


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_chinese_names_are_read_as_they_were_typed(read, tmp_path, encoding):
    name = "派潭镇/二〇一一年报.xlsx".encode(encoding)
    marker = b"x" * (len(name) - 5) + b".xlsx"
    archive = zipped(tmp_path / "a.zip", [(marker.decode(), report(tmp_path / "r.xlsx").read_bytes())])

    pile = read(with_raw_name(archive, marker, name))

    assert "a/派潭镇/二〇一一年报.xlsx" in outcome(pile)


def test_a_name_that_leads_out_of_the_archive_stays_inside(read, tmp_path):
    archive = zipped(tmp_path / "a.zip", [("../../etc/2011.xlsx", report(tmp_path / "r.xlsx").read_bytes())])

    assert outcome(read(archive))["a/etc/2011.xlsx"] == READ


def test_a_bomb_in_an_archive_is_refused_unopened(read, tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "RATIO_MATTERS_FROM", 10_000)
    archive = zipped(tmp_path / "a.zip", [("bomb.csv", b"0" * 5_000_000), ("ok.csv", b"a,b\n1,2\n")])

    pile = read(archive)

    assert "压缩比异常" in pile.members.get(name="a/bomb.csv").message


@pytest.mark.parametrize(("limit", "value"), [("MOST_FILES", 1), ("MOST_UNPACKED", 10)])
def test_an_archive_beyond_the_limits_is_refused_whole(read, tmp_path, monkeypatch, limit, value):
    monkeypatch.setattr(archives, limit, value)
    archive = zipped(tmp_path / "a.zip", [("1.csv", b"a,b\n1,2\n"), ("2.csv", b"a,b\n3,4\n")])

    member = read(archive).members.get()

    assert (member.state, member.code) == (FAILED, "unsafe_archive")


def test_a_broken_archive_is_one_failed_file(read, tmp_path, reports):
    broken = tmp_path / "坏.zip"
    broken.write_bytes(b"PK\x03\x04 nothing")

    assert outcome(read(broken, reports[0])) == {"坏.zip": "failed", "2011年-1000.xlsx": "read"}


def test_a_marked_file_is_refused_and_not_kept(read, tmp_path, xieshou_home):
    pile = read(zipped(tmp_path / "a.zip", [("【秘密】名单.xlsx", report(tmp_path / "r.xlsx").read_bytes())]))

    assert pile.members.get(name__contains="秘密").code == "classified"
    assert not piles.folder(pile).exists()
    assert not (xieshou_home / "originals").exists()


def test_each_table_of_a_workbook_is_a_batch_of_its_own(read, tmp_path):
    path = tmp_path / "2011年两表.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for village in VILLAGES:
            sheet = book.add_worksheet(village)
            sheet.write_row(0, 0, HEAD)
            sheet.write_row(1, 0, row("增城市", "派潭镇", village, "甲处", 50_000, 1_000))

    pile = read(path)

    assert sorted(pile.members.values_list("batch__sheet", "batch__accepted")) == [("双头村", 1), ("高滩村", 1)]


def test_a_killed_job_goes_on_where_it_was(desk, begun, reports, monkeypatch):
    pile = begun(*reports)
    monkeypatch.setattr(piles.drafts, "read_batch", killed_at(2, piles.drafts.read_batch))
    with pytest.raises(KeyboardInterrupt):
        piles.read_pile(by=desk.actor, pile=pile, bindings=BINDINGS)
    first = set(Batch.objects.values_list("pk", flat=True))
    monkeypatch.undo()

    piles.read_pile(by=desk.actor, pile=pile, bindings=BINDINGS)

    assert set(outcome(pile).values()) == {READ}
    assert Batch.objects.count() == 3
    assert first < set(Batch.objects.values_list("pk", flat=True))


def killed_at(number, work):
    """The work, whose process is killed at its nth call."""
    calls = iter(range(1, 100))

    def run(**details):
        if next(calls) == number:
            raise KeyboardInterrupt
        return work(**details)

    return run


def stop_at(number):
    """A progress that somebody stops when so many files are done."""

    def progress(*, done, left):
        if done >= number:
            raise Cancelled("停")

    return progress


def test_a_stopped_pile_keeps_what_was_read_and_can_go_on(desk, begun, reports):
    pile = begun(*reports)
    with pytest.raises(Cancelled):
        piles.read_pile(by=desk.actor, pile=pile, bindings=BINDINGS, progress=stop_at(1))
    stopped = list(outcome(pile).values())

    piles.read_pile(by=desk.actor, pile=pile, bindings=BINDINGS)

    assert stopped == ["read", "waiting", "waiting"]
    assert list(outcome(pile).values()) == ["read"] * 3


def test_what_waits_in_a_stopped_pile_can_be_thrown_away(desk, begun, reports):
    pile = begun(*reports)
    with pytest.raises(Cancelled):
        piles.read_pile(by=desk.actor, pile=pile, bindings=BINDINGS, progress=stop_at(1))

    thrown_away = piles.discard_waiting(by=desk.actor, pile=pile)

    assert thrown_away == 2
    assert list(outcome(pile).values()) == ["read"]
    assert not piles.folder(pile).exists()


def test_progress_counts_files(desk, begun, reports):
    told = []

    piles.read_pile(
        by=desk.actor, pile=begun(*reports), bindings=BINDINGS, progress=lambda *, done, left: told.append((done, left))
    )

    assert sorted(set(told)) == [(0, 3), (1, 2), (2, 1)]


def test_only_what_needs_no_look_is_accepted_at_once(desk, read, tmp_path):
    clear = report(tmp_path / "2011年-清楚.xlsx", "双头村")
    rejected = report(tmp_path / "2011年-退回.xlsx", "没有的村")
    undated = report(tmp_path / "无期.xlsx", "高滩村")
    pile = read(clear, rejected, undated)

    piles.accept_pile(by=desk.actor, pile=pile, bindings=BINDINGS)

    states = dict(pile.members.values_list("name", "batch__state"))
    assert states == {"2011年-清楚.xlsx": "accepted", "2011年-退回.xlsx": "draft", "无期.xlsx": "draft"}
    assert "期间" in pile.members.get(name="无期.xlsx").question


def test_a_question_that_was_answered_on_the_batch_is_asked_no_more(desk, read, tmp_path):
    pile = read(report(tmp_path / "无期.xlsx"))
    batch = pile.members.get().batch
    intake.correct(by=desk.actor, batch=batch, bindings=BINDINGS, as_of=date(2011, 12, 31))

    piles.ask_again(desk.actor, pile)

    assert piles.ready(pile).count() == 1


def test_a_refusal_while_accepting_stands_on_its_batch_and_the_rest_goes_in(desk, read, tmp_path):
    same = [report(tmp_path / f"2011年-{used}.xlsx", used=used) for used in (1_000, 2_000)]
    pile = read(*same)

    piles.accept_pile(by=desk.actor, pile=pile, bindings=BINDINGS)

    first, second = (member.batch for member in pile.members.order_by("position"))
    assert (first.state, second.state) == ("accepted", "draft")
    assert second.accepted == 0
    assert second.message


def test_a_clerk_sees_and_reads_only_their_own_pile(desk, begun, clerk, reports):
    offices = begun(*reports)
    own = begun(reports[0], by=clerk)

    assert list(piles.piles_for(clerk)) == [own]
    assert set(piles.piles_for(desk.actor)) == {offices, own}
    with pytest.raises(NotPermitted):
        piles.read_pile(by=clerk, pile=offices, bindings=BINDINGS)


def test_a_pile_of_a_clerk_is_of_the_clerks_unit(read, clerk, helping_unit, reports):
    pile = read(reports[0], by=clerk)

    assert pile.members.get().batch.party == helping_unit


def test_the_job_of_a_pile_reads_it(office_user, begun, reports):
    pile = begun(*reports)

    tasks.read_pile.call(pile.pk, office_user.pk, "zh-hans")

    assert set(outcome(pile).values()) == {READ}


def uploaded(*paths):
    return [SimpleUploadedFile(path.name, path.read_bytes()) for path in paths]


def test_several_dropped_files_become_a_pile_with_their_folders(client, desk, office_user, reports):
    client.force_login(office_user)

    answer = client.post(
        reverse("web:imports"),
        {"files": uploaded(*reports[:2]), "paths": '["甲处/2011年-1000.xlsx", "乙处/2011年-2000.xlsx"]'},
    )

    pile = Pile.objects.get()
    assert answer.url == reverse("web:pile", args=[pile.pk])
    assert list(outcome(pile)) == ["甲处/2011年-1000.xlsx", "乙处/2011年-2000.xlsx"]


def test_the_page_says_how_many_one_click_accepts(client, read, office_user, reports, tmp_path):
    pile = read(report(tmp_path / "2011年-双头.xlsx"), report(tmp_path / "2011年-高滩.xlsx", "高滩村"))
    client.force_login(office_user)

    page = client.get(reverse("web:pile", args=[pile.pk])).content.decode()

    assert "采纳可采纳的 2 份" in page


@pytest.mark.parametrize(
    ("standing", "names"),
    [("ready", ["a/2011年二季度.xlsx", "a/2011年一季度.xlsx"]), ("failed", ["a/坏的.xlsx", "a/旧的.zip"])],
)
def test_the_list_is_narrowed_by_what_became_of_the_files(client, read, office_user, tmp_path, standing, names):
    pile = read(
        zipped(
            tmp_path / "a.zip",
            [
                ("2011年一季度.xlsx", report(tmp_path / "1.xlsx").read_bytes()),
                ("2011年二季度.xlsx", report(tmp_path / "2.xlsx", "高滩村").read_bytes()),
                ("坏的.xlsx", b"PK\x03\x04"),
                ("旧的.zip", b"PK"),
            ],
        )
    )
    client.force_login(office_user)

    answer = client.get(reverse("web:pile", args=[pile.pk]), {"show": standing})

    assert sorted(row.name for row in answer.context["table"].filtered) == sorted(names)


def test_a_stranger_finds_no_pile(client, read, stranger_user, clerk_user, clerk, reports):
    pile = read(reports[0])
    client.force_login(clerk_user)

    assert client.get(reverse("web:pile", args=[pile.pk])).status_code == 404
    assert client.post(reverse("web:pile-steps", args=[pile.pk]), {"step": "ready"}).status_code == 403


def test_a_pile_is_exported_as_it_is_shown(client, read, office_user, reports):
    pile = read(*reports)
    client.force_login(office_user)

    answer = client.get(reverse("web:pile", args=[pile.pk]), {"export": "csv"})

    lines = io.StringIO(b"".join(answer).decode("utf-8-sig")).read().splitlines()
    assert len(lines) == 4
    assert "2011年-1000.xlsx" in lines[1]


def test_what_the_office_brought_is_sent_back_to_its_unit_too(desk, read, reports):
    pile = read(reports[0])
    member = pile.members.get()

    piles.send_back(by=desk.actor, pile=pile, members=[member.pk], comment="请补上联系电话")

    member.batch.refresh_from_db()
    assert (member.batch.state, member.batch.message) == ("returned", "请补上联系电话")
    assert member.batch.pairs.get().party_as_written == "甲处"


def test_the_units_that_the_rows_name_stand_beside_the_file(read, tmp_path):
    several = [
        row("增城市", "派潭镇", village, unit, 50_000, 1) for village, unit in zip(VILLAGES, "甲乙", strict=True)
    ]

    pile = read(report(tmp_path / "2011年-一处.xlsx"), fund_report(tmp_path / "2011年-两处.xlsx", several))

    assert list(pile.members.order_by("position").values_list("units", flat=True)) == ["甲处", "甲 等 2 个单位"]


def test_the_selected_are_sent_back_with_one_comment(client, read, clerk, helping_unit, office_user, tmp_path):
    pile = read(report(tmp_path / "2011年-1.xlsx", unit=helping_unit.name), by=clerk)
    batch = intake.submit_batch(by=clerk, batch=pile.members.get().batch)
    client.force_login(office_user)

    client.post(
        reverse("web:pile-steps", args=[pile.pk]),
        {"selected": [pile.members.get().pk], "step": "return", "comment": "请补上联系电话"},
    )

    batch.refresh_from_db()
    assert (batch.state, batch.message) == ("returned", "请补上联系电话")


def test_the_command_takes_a_zip_and_answers_for_each_file(command, mixed):
    code, documents = command("import", str(mixed), "--as-of", "2011-12-31")

    assert code == 1
    assert [one.get("accepted", one.get("error", {}).get("code")) for one in documents] == [
        1,
        0,
        "not_a_workbook",
        "not_a_workbook",
        "unsafe_archive",
        1,
    ]


def test_the_command_goes_on_behind_a_file_that_is_refused(command, reports, tmp_path):
    broken = tmp_path / "坏的.xlsx"
    broken.write_bytes(b"PK\x03\x04 broken")

    _code, documents = command("import", str(broken), str(reports[0]))

    assert documents[0]["error"]["code"] == "not_a_workbook"
    assert documents[1]["accepted"] == 1
