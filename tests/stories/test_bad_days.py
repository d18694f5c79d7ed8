"""What goes wrong on a bad day: half an import, two at once, cells that would run, totals that differ."""

import os
import subprocess
import sys
import textwrap
import threading
from datetime import date

import pytest
from django.db import connection, connections
from openpyxl import load_workbook

from tests.stories.conftest import CONGHUA_REPORT
from tests.stories.workbooks import HEAD, fund_report, row
from xieshou.catalogue.forms import BINDINGS
from xieshou.catalogue.sources import SOURCES
from xieshou.common.errors import XieshouError
from xieshou.intake import returned
from xieshou.intake import services as intake
from xieshou.intake.models import Batch, PostedKey
from xieshou.ledger import selectors
from xieshou.ledger import services as ledger
from xieshou.programme.models import FundStatementLine

AS_OF = date(2011, 12, 31)

# Posts everything as the product does, and is killed before the transaction ends.
KILLED_IN_THE_MIDDLE = textwrap.dedent(
    """
    import os, signal, sys
    import django
    django.setup()
    from dataclasses import replace
    from xieshou.access.services import local_operator
    from xieshou.catalogue.forms import BINDINGS
    from xieshou.intake.models import Batch
    from xieshou.intake.services import accept_batch

    def post_and_die(binding):
        def post(*, by, batch, chunks):
            binding.post(by=by, batch=batch, chunks=chunks)
            os.kill(os.getpid(), signal.SIGKILL)
        return replace(binding, post=post)

    accept_batch(
        by=local_operator(), batch=Batch.objects.get(pk=sys.argv[1]), bindings=[post_and_die(b) for b in BINDINGS]
    )
    """
)


def database_url():
    """The database of this test, for a process of its own."""
    own = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{own['NAME']}"
    return f"postgresql://{own['USER']}:{own['PASSWORD']}@/{own['NAME']}?host={own['HOST']}&port={own['PORT']}"


def run_alone(script, *arguments, home):
    environment = os.environ | {"XIESHOU_HOME": str(home), "XIESHOU_DATABASE_URL": database_url()}
    return subprocess.run([sys.executable, "-c", script, *arguments], env=environment, check=False).returncode


def test_an_import_killed_in_the_middle_leaves_nothing_half_done_and_completes_again(committed_db, desk, xieshou_home):
    batch = desk.draft(CONGHUA_REPORT, as_of=AS_OF)

    assert run_alone(KILLED_IN_THE_MIDDLE, str(batch.pk), home=xieshou_home) == -9

    assert (FundStatementLine.objects.count(), PostedKey.objects.count(), selectors.size()) == (0, 0, 0)
    batch.refresh_from_db()
    assert desk.accept(batch).accepted == 125
    assert desk.value("fund.used") == 14_982_888_10
    assert ledger.verify().is_sound


def at_once(*steps):
    """Run the steps in threads that start together; what each returned, or the refusal it raised."""
    start, outcomes = threading.Barrier(len(steps)), [None] * len(steps)

    def run(number, step):
        start.wait()
        try:
            outcomes[number] = step()
        except XieshouError as refusal:
            outcomes[number] = refusal
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(steps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_of_two_imports_of_one_file_at_once_one_is_posted_and_the_other_told_so(committed_db, desk):
    drafts = [desk.draft(CONGHUA_REPORT, as_of=AS_OF) for _ in range(2)]

    outcomes = at_once(*(lambda draft=draft: desk.accept(draft) for draft in drafts))

    assert sorted(isinstance(outcome, Batch) for outcome in outcomes) == [False, True]
    assert desk.value("fund.used") == 14_982_888_10
    assert ledger.reconcile(SOURCES) == []


def test_two_imports_of_different_files_at_once_are_both_posted(committed_db, desk, tmp_path):
    other = fund_report(tmp_path / "other.xlsx", [row("增城市", "派潭镇", "双头村", "市水务局", 50_000, 1_000)])
    drafts = [desk.draft(path, as_of=AS_OF) for path in (CONGHUA_REPORT, other)]

    at_once(*(lambda draft=draft: desk.accept(draft) for draft in drafts))

    assert desk.value("fund.used") == 14_983_888_10
    assert ledger.verify().is_sound


def test_a_cell_that_would_run_comes_back_as_text(desk, tmp_path):
    unit = "=cmd|'/C calc'!A0"
    path = fund_report(tmp_path / "bad.xlsx", [[*row("增城市", "派潭镇", "没有这个村子", unit, 1, 1)]])
    batch = desk.draft(path, as_of=AS_OF)

    returned.write(batch, tmp_path / "returned.xlsx")

    sheet = load_workbook(tmp_path / "returned.xlsx").worksheets[0]
    cells = [cell for line in sheet.iter_rows() for cell in line if cell.value and unit in str(cell.value)]
    assert [cell.data_type for cell in cells] == ["s"]


def test_a_total_row_that_differs_from_its_rows_is_said_and_not_counted(desk, tmp_path):
    rows = [
        row("增城市", "派潭镇", "双头村", "市水务局", 50_000, 1_000),
        row("增城市", "正果镇", "水围村", "市教育局", 70_000, 3_000),
    ]
    total = ["合计", *[""] * 7, 120_000, 4_001, *[""] * 7]

    batch = desk.take_in(fund_report(tmp_path / "total.xlsx", rows, total=total), as_of=AS_OF)
    report = intake.report(by=desk.actor, batch=batch, bindings=BINDINGS)

    assert (batch.rows, batch.accepted) == (2, 2)
    assert {line.column: (line.stated, line.computed) for line in report.totals} == {
        "planned_fen": (120_000_00, 120_000_00),
        "invested_fen": (4_001_00, 4_000_00),
    }
    assert desk.value("fund.used") == 4_000_00


def test_the_same_key_with_other_values_is_refused_and_the_sentence_says_what_to_do(desk, tmp_path):
    first = fund_report(tmp_path / "first.xlsx", [row("增城市", "派潭镇", "双头村", "市水务局", 50_000, 1_000)])
    second = fund_report(tmp_path / "second.xlsx", [row("增城市", "派潭镇", "双头村", "市水务局", 50_000, 2_000)])
    desk.take_in(first, as_of=AS_OF)

    batch = desk.draft(second, as_of=AS_OF)
    report = intake.report(by=desk.actor, batch=batch, bindings=BINDINGS)

    assert batch.accepted == 0
    assert any("撤销" in finding.message or "更正" in finding.message for finding in [*report.errors, *report.warnings])
    assert desk.value("fund.used") == 1_000_00


def test_a_workbook_of_another_kind_is_refused_with_a_sentence(desk, tmp_path):
    path = fund_report(tmp_path / "other.xlsx", [])
    path.write_bytes(b"PK not a workbook")

    with pytest.raises(XieshouError, match="。"):
        desk.draft(path, as_of=AS_OF)


def test_the_head_of_the_small_workbooks_is_that_of_the_real_report():
    assert len(HEAD) == 17
