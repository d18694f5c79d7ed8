import pytest
from django.db import connection

from xieshou.cli import checkups

OF_THE_SET_UP = {checkups._static, checkups._translations}  # they look at the source tree, not at an instance


@pytest.fixture(autouse=True)
def _only_what_belongs_to_the_instance(monkeypatch):
    monkeypatch.setattr(checkups, "PLACES_AT_LEAST", 1)
    monkeypatch.setattr(checkups, "CHECKS", tuple(check for check in checkups.CHECKS if check not in OF_THE_SET_UP))


def _failed(outcome) -> list[str]:
    return [finding["check"] for finding in outcome.document if not finding["ok"]]


@pytest.fixture
def unprotected(books):
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER ledger_entry_no_update")
        else:
            cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER USER")


def test_a_whole_instance_is_well(books, xieshou):
    outcome = xieshou("doctor", "--json")

    assert _failed(outcome) == []
    assert outcome.code == 0


def test_missing_triggers_are_found(unprotected, xieshou):
    outcome = xieshou("doctor", "--json")

    assert _failed(outcome) == ["triggers"]
    assert outcome.code == 1


def test_missing_triggers_are_mended_when_asked(unprotected, xieshou):
    assert xieshou("doctor", "--mend").code == 0


def test_a_key_that_others_can_read_is_found(books, xieshou, xieshou_home):
    xieshou("ledger", "seal")
    (xieshou_home / "keys" / "ledger.ed25519").chmod(0o644)

    assert _failed(xieshou("doctor", "--json")) == ["keys"]


def test_for_people_each_check_is_one_line(books, xieshou):
    lines = xieshou("doctor").out.splitlines()

    assert len(lines) == len(checkups.CHECKS) + 1
    assert all(line.startswith(("✓", "✗")) for line in lines[:-1])
