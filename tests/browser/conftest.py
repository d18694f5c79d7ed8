"""A site with its worker: the server in a thread of the test, the worker in a process, as `xieshou serve` runs it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

from tests.stories.conftest import places  # noqa: F401
from xieshou.access.services import create_administrator, local_operator

PASSWORD = "a long pass phrase"


@pytest.fixture
def site(committed_db, xieshou_home, places) -> Iterator[None]:  # noqa: F811
    """A fresh instance with an administrator, and the worker of its background jobs."""
    create_administrator(by=local_operator(), username="admin", display_name="办公室", password=PASSWORD)
    worker = subprocess.Popen(
        [sys.executable, "-m", "xieshou.cli.worker", "browser-test"],
        stdin=subprocess.PIPE,
        env=os.environ | {"XIESHOU_DATABASE_URL": _database_url(), "XIESHOU_HOME": str(xieshou_home)},
    )
    try:
        yield
    finally:
        worker.terminate()
        worker.wait()
        if worker.stdin is not None:
            worker.stdin.close()


def _database_url() -> str:
    """The address of the private database of this test."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlunsplit(urlsplit(os.environ["XIESHOU_DATABASE_URL"])._replace(path=f"/{name}"))


@pytest.fixture
def sign_in():
    """Signs the administrator in on a page."""

    def run(page) -> None:
        page.goto("/")
        page.fill("input[name=username]", "admin")
        page.fill("input[name=password]", PASSWORD)
        page.click("main button.btn-primary")

    return run


@pytest.fixture
def violations() -> list[str]:
    """What broke the Content-Security-Policy, told by the browser's own event."""
    return []


@pytest.fixture
def desk_page(site, page, violations):
    return watched(page, violations)


@pytest.fixture
def phone_page(site, phone, violations):
    return watched(phone, violations)


def watched(page, violations):
    page.expose_function("tellOfViolation", lambda words: violations.append(words))
    page.add_init_script(
        "document.addEventListener('securitypolicyviolation',"
        " (event) => window.tellOfViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`))"
    )
    return page
