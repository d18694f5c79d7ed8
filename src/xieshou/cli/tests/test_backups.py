import json
import stat
import tarfile

import pytest
from django.conf import settings
from django.db import connection

from xieshou.access.models import User
from xieshou.cli.backups import serving
from xieshou.ledger.models import Entry


@pytest.fixture
def backup(books, xieshou, tmp_path):
    """A backup of sealed books with one kept original."""
    xieshou("ledger", "seal")
    (settings.HOME / "originals").mkdir()
    (settings.HOME / "originals" / "abc").write_bytes(b"workbook")
    xieshou("backup", tmp_path / "backup.tar.gz")
    return tmp_path / "backup.tar.gz"


def test_a_backup_is_readable_by_its_owner_alone_and_says_that_it_holds_keys(books, xieshou, tmp_path):
    outcome = xieshou("backup", tmp_path / "backup.tar.gz")

    assert outcome.code == 0
    assert stat.S_IMODE((tmp_path / "backup.tar.gz").stat().st_mode) == 0o600
    assert "密钥" in outcome.out


def test_a_restored_ledger_has_the_same_head(backup, xieshou):
    before = xieshou("ledger", "head", "--json").document
    entries = list(Entry.objects.order_by("id").values())

    outcome = xieshou("restore", backup, "--force", "--json")

    assert outcome.code == 0
    assert outcome.document["same_ledger"] is True
    assert xieshou("ledger", "head", "--json").document == before
    assert list(Entry.objects.order_by("id").values()) == entries
    assert xieshou("ledger", "verify").code == 0


def test_originals_and_keys_come_back(backup, xieshou, xieshou_home):
    key = (xieshou_home / "keys" / "ledger.ed25519").read_bytes()
    (xieshou_home / "originals" / "abc").unlink()
    (xieshou_home / "keys" / "ledger.ed25519").unlink()

    xieshou("restore", backup, "--force")

    assert (xieshou_home / "originals" / "abc").read_bytes() == b"workbook"
    assert (xieshou_home / "keys" / "ledger.ed25519").read_bytes() == key
    assert stat.S_IMODE((xieshou_home / "keys" / "ledger.ed25519").stat().st_mode) == 0o600


def test_new_rows_after_a_restore_take_new_numbers(backup, xieshou):
    known = set(User.objects.values_list("pk", flat=True))

    xieshou("restore", backup, "--force")

    assert User.objects.create(username="new").pk not in known


def test_the_ledger_is_protected_after_a_restore(backup, xieshou):
    xieshou("restore", backup, "--force")

    with pytest.raises(Exception, match="append-only"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_entry")


def test_a_home_with_data_is_not_replaced_without_force(backup, xieshou):
    outcome = xieshou("restore", backup)

    assert outcome.code == 2
    assert "--force" in outcome.err


def test_what_is_replaced_is_moved_aside_and_not_deleted(backup, xieshou, xieshou_home):
    (xieshou_home / "originals" / "later").write_bytes(b"came after the backup")

    replaced = xieshou("restore", backup, "--force", "--json").document["replaced"]

    assert (xieshou_home / replaced / "originals" / "later").read_bytes() == b"came after the backup"
    assert not (xieshou_home / "originals" / "later").exists()


def test_nothing_is_restored_while_the_site_runs(backup, xieshou):
    with serving():
        outcome = xieshou("restore", backup, "--force")

    assert outcome.code == 2
    assert "xieshou serve" in outcome.err


def test_a_backup_that_was_cut_off_is_refused(backup, xieshou):
    backup.write_bytes(backup.read_bytes()[:-2000])

    outcome = xieshou("restore", backup, "--force", "--json")

    assert outcome.code == 2
    assert outcome.document["error"]["code"] == "backup_damaged"


def test_a_backup_with_a_changed_part_is_refused_and_the_part_named(backup, xieshou, tmp_path):
    folder = tmp_path / "opened"
    with tarfile.open(backup) as archive:
        archive.extractall(folder, filter="data")
    (folder / "originals" / "abc").write_bytes(b"forged")
    manifest = json.loads((folder / "manifest.json").read_text())
    with tarfile.open(tmp_path / "forged.tar.gz", "w:gz") as archive:
        for name in [*manifest["files"], "manifest.json"]:
            archive.add(folder / name, name)

    outcome = xieshou("restore", tmp_path / "forged.tar.gz", "--force")

    assert outcome.code == 2
    assert "originals/abc" in outcome.err


@pytest.mark.parametrize("name", ["../keys/forged", "/tmp/forged", "keys", ".", "database/../../forged"])
def test_a_backup_that_would_write_elsewhere_is_refused(books, xieshou, tmp_path, name):
    with tarfile.open(tmp_path / "forged.tar.gz", "w:gz") as archive:
        archive.addfile(tarfile.TarInfo(name))

    outcome = xieshou("restore", tmp_path / "forged.tar.gz", "--force", "--json")

    assert outcome.code == 2
    assert outcome.document["error"]["code"] == "backup_damaged"


def test_a_backup_never_overwrites_a_file(backup, xieshou):
    assert xieshou("backup", backup).code == 2


def test_a_file_that_is_no_backup_is_refused(books, xieshou, tmp_path):
    (tmp_path / "x.tar.gz").write_text("hello")

    outcome = xieshou("restore", tmp_path / "x.tar.gz", "--force")

    assert outcome.code == 2
    assert outcome.err.count("\n") == 1
