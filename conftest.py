"""The test bed: a home folder of its own, databases cloned from a migrated template, the cast.

A test with `db` runs inside a transaction that is rolled back. A test with `committed_db` gets a private copy of the
migrated template, where commits are real, several connections see each other, and ADBC can read; the copy is dropped
afterwards. Django's own way for such tests, emptying every table, is not possible: the triggers of the ledger refuse
it, and production code has no switch to turn them off. `transactional_db` and `live_server` use `committed_db`.
"""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

# Settings are read once, at the first import: the folder must be moved before that, in every xdist worker again.
_HOME = Path(tempfile.mkdtemp(prefix="xieshou-test-"))
os.environ["XIESHOU_HOME"] = str(_HOME)
os.environ["XIESHOU_LANGUAGE"] = "zh-hans"  # the command line would follow the terminal
os.environ["DJANGO_SETTINGS_MODULE"] = "xieshou.config.settings"

import django  # noqa: E402

django.setup()

from django.conf import settings as django_settings  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.test.utils import setup_databases, teardown_databases  # noqa: E402

django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the slow one is not under test

_TESTS = Path(__file__).parent / "tests"
pytest_plugins = [f"tests.{name}" for name in ("cast", "browser") if (_TESTS / f"{name}.py").exists()]

_COMMITTING = {"committed_db", "transactional_db", "live_server"}
_clone_numbers = count(1)


def pytest_unconfigure() -> None:
    shutil.rmtree(_HOME, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """SQLite in a file, so that it can be copied and reached from other threads, processes and drivers."""
    if connection.vendor == "sqlite":
        django_settings.DATABASES["default"]["TEST"]["NAME"] = str(_HOME / "template.sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker, django_db_modify_db_settings) -> Iterator[None]:
    """The template, migrated once in each worker."""
    with django_db_blocker.unblock():
        created = setup_databases(verbosity=0, interactive=False, aliases={"default"})
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        teardown_databases(created, verbosity=0)


@pytest.fixture
def _django_db_helper(request: pytest.FixtureRequest) -> None:
    """What pytest-django runs for `db` and for the marker: its own roll-back, or a clone where commits are wanted."""
    marker = request.node.get_closest_marker("django_db")
    commits = _COMMITTING & set(request.fixturenames) or (marker and marker.kwargs.get("transaction"))
    request.getfixturevalue("committed_db" if commits else "_django_db_helper")


@pytest.fixture
def transactional_db(committed_db: None) -> None:
    """pytest-django's name for a database with real commits."""


@pytest.fixture
def committed_db(django_db_setup: None, django_db_blocker) -> Iterator[None]:
    """A private copy of the migrated template, in which commits are real; dropped afterwards."""
    settings_dict = connections.settings["default"]  # shared by the connections of all threads
    template = settings_dict["NAME"]
    clone = f"{template}_clone{next(_clone_numbers)}"
    with django_db_blocker.unblock():
        connection.close()
        _copy_database(template, clone)
        settings_dict["NAME"] = clone
        try:
            yield
        finally:
            connection.close()
            settings_dict["NAME"] = template
            _drop_database(clone)


def _copy_database(template: str, clone: str) -> None:
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(template)) as source, closing(sqlite3.connect(clone)) as target:
            source.backup(target)
        return
    quote = connection.ops.quote_name
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {quote(clone)} TEMPLATE {quote(template)}")


def _drop_database(clone: str) -> None:
    if connection.vendor == "sqlite":
        for suffix in ("", "-wal", "-shm"):
            Path(clone + suffix).unlink(missing_ok=True)
        return
    with connection._nodb_cursor() as cursor:
        # FORCE: a thread of the test, or a pool of another driver, may still hold a connection.
        cursor.execute(f"DROP DATABASE {connection.ops.quote_name(clone)} WITH (FORCE)")


@pytest.fixture
def xieshou_home(tmp_path: Path, settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty XIESHOU_HOME for one test, for this process and for those it starts."""
    home = tmp_path / "home"
    home.mkdir()
    settings.HOME = home
    settings.STORAGES = settings.STORAGES | {
        "default": settings.STORAGES["default"] | {"OPTIONS": {"location": home / "files"}}
    }
    monkeypatch.setenv("XIESHOU_HOME", str(home))
    return home
