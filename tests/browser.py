"""A real browser for the tests marked `browser`: Debian's Chromium, watched for what must never happen.

`page` (1440 px) and `phone` (390 px) open on the live server. When the test ends, both demand that no request left the
host, that nothing broke the Content-Security-Policy, and that no script failed.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

# --disable-quic and the following: Chromium calls its maker's hosts on its own, which the proof below must not see.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium, started once in a worker."""
    executable = shutil.which("chromium")
    if executable is None:
        pytest.skip("no chromium on this machine")
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop in this thread, in which Django would refuse its database.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield started
        started.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(browser, live_server) -> Iterator[Any]:
    with _watched(browser, live_server.url, width=1440, height=900) as opened:
        yield opened


@pytest.fixture
def phone(browser, live_server) -> Iterator[Any]:
    with _watched(browser, live_server.url, width=390, height=844) as opened:
        yield opened


@contextmanager
def _watched(browser: Any, url: str, *, width: int, height: int) -> Iterator[Any]:
    context = browser.new_context(
        base_url=url, viewport={"width": width, "height": height}, locale="zh-CN", accept_downloads=True
    )
    context.set_default_timeout(15_000)
    outside: list[str] = []
    failures: list[str] = []

    def note_request(request: Any) -> None:
        if not request.url.startswith((url, "data:", "blob:")):
            outside.append(request.url)

    def note_console(message: Any) -> None:
        if "Content Security Policy" in message.text or "Refused to" in message.text:
            failures.append(message.text)

    context.on("request", note_request)
    context.on("console", note_console)
    context.on("weberror", lambda error: failures.append(str(error.error)))
    opened = context.new_page()
    try:
        yield opened
    finally:
        context.close()
    assert outside == [], "a request left the host"
    assert failures == [], "a script failed or the Content-Security-Policy was broken"
