"""The real server, in a process of its own, on the test's database and home."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from urllib.request import ProxyHandler, build_opener

import pytest
from django.db import connection
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from xieshou.access.models import User
from xieshou.cli.jobs import Worker

SECONDS = 60  # a machine that runs two test workers is slow to start Python
XIESHOU = Path(sys.executable).parent / "xieshou"


@dataclass(frozen=True)
class Server:
    process: subprocess.Popen[str]
    url: str


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def _listens(url: str) -> bool:
    address = urlsplit(url)
    with socket.socket() as caller:
        return caller.connect_ex((address.hostname, address.port)) == 0


def _database_url() -> str:
    """The address of the private database of this test."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlunsplit(urlsplit(os.environ["XIESHOU_DATABASE_URL"])._replace(path=f"/{name}"))


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture
def start(instance, xieshou_home, tmp_path) -> Iterator[Callable[[], Server]]:
    """Starts a server and ends it with the test."""
    started: list[subprocess.Popen[str]] = []

    def run() -> Server:
        port = _free_port()
        with (tmp_path / "stderr").open("w") as stderr:
            process = subprocess.Popen(
                [XIESHOU, "serve", "--port", str(port)],
                env=os.environ | {"XIESHOU_DATABASE_URL": _database_url(), "XIESHOU_HOME": str(xieshou_home)},
                stderr=stderr,
                text=True,
            )
        started.append(process)
        server = Server(process, f"http://127.0.0.1:{port}/")
        _until(lambda: _listens(server.url) or process.poll() is not None)
        assert process.poll() is None, (tmp_path / "stderr").read_text()
        return server

    yield run
    for process in started:
        process.terminate()
        process.wait(SECONDS)


def test_the_first_run_prints_a_one_time_password(start, tmp_path):
    start()

    assert User.objects.filter(is_superuser=True).count() == 1
    assert "一次性密码" in (tmp_path / "stderr").read_text()


def test_it_serves_its_own_style_sheet(start):
    server = start()

    answer = build_opener(ProxyHandler({})).open(f"{server.url}static/vendor/bootstrap/css/bootstrap.min.css")

    assert answer.status == 200


def test_a_second_run_prints_none(start, tmp_path):
    server = start()
    server.process.terminate()
    server.process.wait(SECONDS)

    start()

    assert "一次性密码" not in (tmp_path / "stderr").read_text()


def test_it_ends_in_order_and_takes_its_worker_along(start):
    server = start()
    worker = _children(server.process.pid)

    server.process.send_signal(signal.SIGTERM)

    assert server.process.wait(SECONDS) == 0
    assert len(worker) == 1
    _until(lambda: not Path(f"/proc/{worker[0]}").exists())


def test_the_worker_ends_when_the_server_is_killed(start):
    server = start()
    worker = _children(server.process.pid)

    server.process.kill()

    _until(lambda: not Path(f"/proc/{worker[0]}").exists())


def test_a_job_that_a_killed_worker_left_is_found_again_at_the_start(start):
    job = DBTaskResult.objects.create(
        status=TaskResultStatus.RUNNING,
        started_at=timezone.now(),
        args_kwargs={"args": [0, 0, "zh-hans"], "kwargs": {}},  # no such batch: it fails at once, but it is run
        task_path="xieshou.web.tasks.read_batch",
        backend_name="default",
        run_after=timezone.now(),
        worker_ids=[f"{Worker().prefix}killed"],
        exception_class_path="",
        traceback="",
    )

    start()

    _until(lambda: DBTaskResult.objects.get(pk=job.pk).status == TaskResultStatus.FAILED)
    assert len(DBTaskResult.objects.get(pk=job.pk).worker_ids) == 2


def test_a_port_in_use_is_refused_with_what_to_do(instance, xieshou):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()

        outcome = xieshou("serve", "--port", listener.getsockname()[1])

    assert outcome.code == 2
    assert "--port" in outcome.err


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for path in listed for child in path.read_text().split()]
