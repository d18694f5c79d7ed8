"""Several at once, and one that dies: nothing is lost, nothing is half done."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import pytest
from django.db import connection, transaction

from xieshou.ledger import services, storage
from xieshou.ledger.errors import LedgerBusy
from xieshou.ledger.models import Entry
from xieshou.ledger.services import posting, seal, stable_cut, verify
from xieshou.ledger.tests.factories import COLUMN_SOURCE, SOURCE, Line, columns, post_line, post_lines, unsaved_line

pytestmark = pytest.mark.usefixtures("committed_db", "xieshou_home")
postgresql_only = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")


@contextmanager
def a_posting_under_way(by, party) -> Iterator[None]:
    """Another thread has posted, its numbers are drawn, and it commits only at the end of the block."""
    drawn, may_commit = threading.Event(), threading.Event()

    def post() -> None:
        with posting(by=by) as book:
            line = unsaved_line(party, planned_fen=1)
            line.save()
            book.post(SOURCE, [line])
            drawn.set()
            may_commit.wait(timeout=30)
        connection.close()

    thread = threading.Thread(target=post)
    thread.start()
    assert drawn.wait(timeout=30)
    try:
        yield
    finally:
        may_commit.set()
        thread.join()


def in_threads(*acts) -> list[BaseException]:
    """Run the acts at once; what they raised."""
    raised: list[BaseException] = []

    def run(act) -> None:
        try:
            act()
        except Exception as error:  # noqa: BLE001  # handed to the test
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def ids_between(after: int, upto: int) -> list[int]:
    """What an export of the entries after one cut and up to the next one writes."""
    return [number for rows in storage.rows_by_id("measure", after=after, upto=upto) for number, _ in rows]


@postgresql_only
def test_two_posts_committed_in_reverse_order_across_a_seal_and_an_export_lose_nothing(office, helping_unit):
    post_line(office, helping_unit)
    first_cut = stable_cut()
    exported = ids_between(0, first_cut)
    sealed = []
    sealer = threading.Thread(target=lambda: (sealed.append(seal(by=office)), connection.close()))

    with a_posting_under_way(office, helping_unit):
        post_line(office, helping_unit)  # draws its number later and commits earlier
        with pytest.raises(LedgerBusy):
            stable_cut(timeout_seconds=0.1)
        sealer.start()
    sealer.join()
    exported += ids_between(first_cut, stable_cut())

    assert exported == list(Entry.objects.order_by("pk").values_list("pk", flat=True))
    assert len(exported) == 3
    assert sealed[0].size == 3
    assert verify().is_sound


def test_a_cut_beside_a_posting_under_way_and_one_after_it_lose_nothing(office, helping_unit):
    post_line(office, helping_unit)
    with a_posting_under_way(office, helping_unit):
        try:
            first_cut = stable_cut(timeout_seconds=0.1)
            seal(by=office, timeout_seconds=0.1)
        except LedgerBusy:
            first_cut = 0
    exported = ids_between(0, first_cut)
    seal(by=office)
    exported += ids_between(first_cut, stable_cut())

    assert exported == list(Entry.objects.order_by("pk").values_list("pk", flat=True))
    assert verify().sealed == 2
    assert verify().is_sound


@postgresql_only
def test_a_cut_gives_its_lock_back_at_once(office, helping_unit):
    with transaction.atomic():
        stable_cut()

        assert in_threads(lambda: post_line(office, helping_unit)) == []


def test_postings_at_once_all_arrive(office, helping_unit):
    raised = in_threads(*[lambda: post_lines(office, helping_unit, 20)] * 4)

    assert raised == []
    assert Entry.objects.count() == 80
    assert seal(by=office).size == 80
    assert verify().is_sound


def test_postings_and_seals_at_once_agree(office, helping_unit):
    post_line(office, helping_unit)

    raised = in_threads(
        lambda: post_lines(office, helping_unit, 300),
        lambda: seal(by=office),
        lambda: post_lines(office, helping_unit, 300),
        lambda: seal(by=office),
    )
    last = seal(by=office)

    assert raised == []
    assert last.size == 601
    assert verify().is_sound


DIES = """
import os, signal, django
django.setup()
from xieshou.common.scoping import Actor
from xieshou.ledger.services import posting
from xieshou.ledger.tests.factories import COLUMN_SOURCE, columns
from xieshou.parties.models import Party
party = Party.objects.get(pk={party})
with posting(by=Actor(user_id={user}, name="")) as book:
    book.bulk_create(COLUMN_SOURCE, columns(party, 5_000))
    book.bulk_create(COLUMN_SOURCE, columns(party, 5_000))
    os.kill(os.getpid(), signal.SIGKILL)
"""


def database_url() -> str:
    described = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{described['NAME']}"
    address = f"{quote(described['USER'])}@{quote(described['HOST'], safe='')}:{described['PORT']}"
    return f"postgresql://{address}/{described['NAME']}"


def test_a_process_killed_in_the_middle_leaves_nothing_and_running_again_completes(office, helping_unit):
    post_line(office, helping_unit)
    code = DIES.format(party=helping_unit.pk, user=office.user_id)
    environment = os.environ | {"XIESHOU_DATABASE_URL": database_url()}

    died = subprocess.run([sys.executable, "-c", code], env=environment, check=False)

    assert died.returncode == -9
    assert (Line.objects.count(), Entry.objects.count()) == (1, 1)
    with posting(by=office) as book:
        book.bulk_create(COLUMN_SOURCE, columns(helping_unit, 5_000))
    assert Entry.objects.count() == 7_501
    assert services.reconcile([SOURCE]) == []
