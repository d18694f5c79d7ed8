"""`xieshou serve`: the site and its background jobs, until Ctrl-C."""

import signal
import socket
from typing import NoReturn

import click
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.urls import get_resolver
from django.utils.translation import gettext as _
from waitress.server import create_server

from xieshou.access.selectors import is_set_up
from xieshou.access.services import create_administrator
from xieshou.cli.backups import serving
from xieshou.cli.bilingual import bilingual
from xieshou.cli.errors import PortTaken
from xieshou.cli.jobs import Worker
from xieshou.cli.session import Session, with_session
from xieshou.ledger import triggers
from xieshou.ledger.errors import Unprotected

THREADS = 8


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help=bilingual("端口"))
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help=bilingual("监听地址；向局域网开放时另设环境变量 XIESHOU_HOSTS"),
)
@with_session()
def command(session: Session, port: int, host: str) -> None:
    _demand_protection()
    _demand_free(host, port)
    if not is_set_up():
        user, password = create_administrator(by=session.actor)
        session.say(
            _("首次运行，已建立管理员。登录名 %(name)s，一次性密码 %(password)s（首次登录时修改，不再显示）")
            % {"name": user.username, "password": password}
        )
    with serving():
        _run(session, host, port)


def _run(session: Session, host: str, port: int) -> None:
    worker = Worker()
    get_resolver().url_patterns  # noqa: B018 -- loads all views now, not while the first visitor waits
    signal.signal(signal.SIGTERM, _end)
    worker.start()
    try:
        # It listens from here on: whoever reaches it finds a worker, and an end in order.
        server = create_server(get_wsgi_application(), host=host, port=port, threads=THREADS, ident=None)
        session.say(
            _("携手已启动：http://%(host)s:%(port)s/  数据在 %(home)s，按 Ctrl-C 停止")
            % {"host": "localhost" if host == "127.0.0.1" else host, "port": port, "home": settings.HOME}
        )
        try:
            server.run()  # returns on Ctrl-C and on SIGTERM
        finally:
            server.close()
    finally:
        worker.stop()


def _demand_protection() -> None:
    missing = triggers.missing(connection)
    if missing:
        raise Unprotected(
            _("台账防改触发器缺失：%(names)s；请先 xieshou ledger verify，再 xieshou doctor --mend。")
            % {"names": "、".join(missing)}
        )


def _demand_free(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as taken:
            raise PortTaken(
                _("端口 %(port)s 不能使用（%(why)s）；请换一个：xieshou serve --port N")
                % {"port": port, "why": taken.strerror}
            ) from taken


def _end(_signal: int, _frame: object) -> NoReturn:
    raise SystemExit(0)
