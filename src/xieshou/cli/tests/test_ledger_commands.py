import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from xieshou.ledger.models import Entry


@pytest.fixture
def sealed(books, xieshou):
    xieshou("ledger", "seal")


def _outside(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Another machine, as far as one can be had: no home, no database, no settings."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("XIESHOU", "DJANGO"))}
    executable = Path(sys.executable).parent / "xieshou"
    return subprocess.run(
        [executable, *map(str, arguments)], cwd=cwd, env=bare, capture_output=True, text=True, check=False
    )


def test_a_sound_ledger_verifies(sealed, xieshou):
    outcome = xieshou("ledger", "verify", "--json")

    assert outcome.code == 0
    assert outcome.document["sound"] is True
    assert outcome.document["entries"] == Entry.objects.count()


def test_a_changed_entry_is_named_and_ends_with_1(sealed, xieshou):
    changed = Entry.objects.order_by("id").first().id
    with connection.cursor() as cursor:
        _without_protection(cursor)
        cursor.execute("UPDATE ledger_entry SET quantity = quantity + 1 WHERE id = %s", [changed])

    outcome = xieshou("ledger", "verify", "--json")

    assert outcome.code == 1
    assert changed in [problem["entry"] for problem in outcome.document["problems"]]


def _without_protection(cursor) -> None:
    """What somebody with the database file in hand can do."""
    if connection.vendor == "sqlite":
        cursor.execute("DROP TRIGGER ledger_entry_no_update")
    else:
        cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER ALL")


def test_an_earlier_head_is_extended_by_the_ledger(sealed, xieshou, tmp_path):
    xieshou("ledger", "head", "-o", tmp_path / "head.json")

    assert xieshou("ledger", "verify", "--against", tmp_path / "head.json").code == 0


def test_a_file_that_is_no_head_is_refused_in_one_sentence(sealed, xieshou, tmp_path):
    (tmp_path / "head.json").write_text("not json")

    outcome = xieshou("ledger", "verify", "--against", tmp_path / "head.json")

    assert outcome.code == 2
    assert outcome.err.count("\n") == 1
    assert "head.json" in outcome.err


def test_records_and_entries_reconcile(books, xieshou):
    outcome = xieshou("ledger", "reconcile", "--json")

    assert outcome.code == 0
    assert outcome.document["differences"] == []


def test_a_proof_checks_elsewhere_with_the_public_key_alone(sealed, xieshou, xieshou_home, tmp_path):
    entry = Entry.objects.order_by("id").first().id
    xieshou("ledger", "prove", entry, "-o", tmp_path / "proof.json")

    checked = _outside(
        "ledger", "check-proof", tmp_path / "proof.json", "--key", xieshou_home / "keys/ledger.ed25519.pub", "--json",
        cwd=tmp_path,
    )  # fmt: skip

    assert checked.returncode == 0, checked.stderr
    assert json.loads(checked.stdout)["entry"]["id"] == entry
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "proof.json"]


def test_a_forged_proof_does_not_check(sealed, xieshou, xieshou_home, tmp_path):
    entry = Entry.objects.order_by("id").first().id
    xieshou("ledger", "prove", entry, "-o", tmp_path / "proof.json")
    proof = json.loads((tmp_path / "proof.json").read_text())
    proof["entry"]["quantity"] += 1
    (tmp_path / "proof.json").write_text(json.dumps(proof))

    outcome = xieshou(
        "ledger", "check-proof", tmp_path / "proof.json", "--key", xieshou_home / "keys/ledger.ed25519.pub", "--json"
    )

    assert outcome.code == 1
    assert outcome.document["valid"] is False


def test_an_entry_is_not_proven_to_somebody_who_may_not_see_it(sealed, xieshou, stranger):
    entry = Entry.objects.order_by("id").first().id

    outcome = xieshou("ledger", "prove", entry, "--user", "stranger", "--json")

    assert outcome.code == 2
    assert outcome.document["error"]["code"]
