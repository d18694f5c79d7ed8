"""What the tests need of the machine: Debian's Chromium with a Chinese font, a throw-away PostgreSQL server.

    python tests/machine.py chromium                   installs what is missing, where that is allowed
    python tests/machine.py postgresql -- COMMAND …    runs COMMAND with XIESHOU_DATABASE_URL of a private server

Packages are installed by apt-get only as root or with sudo that asks no password. Where something stays missing, the
script says so in one sentence and ends with 0: the tests that need it are skipped, the others run. It ends only the
server that it started.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote


def main(arguments: Sequence[str]) -> int:
    match arguments:
        case ["chromium"]:
            return prepare_chromium()
        case ["postgresql", "--", *command] if command:
            return run_with_postgresql(command)
        case _:
            say(str(__doc__))
            return 2


def prepare_chromium() -> int:
    missing = [] if shutil.which("chromium") else ["chromium"]
    if not _has_chinese_font():
        missing.append("fonts-wqy-microhei")
    if missing and not _install(missing):
        say(f"浏览器测试将跳过：缺少 {'、'.join(missing)} / browser tests are skipped: {', '.join(missing)} missing")
    return 0


def run_with_postgresql(command: Sequence[str]) -> int:
    if _server_programs() is None and not _install(["postgresql"]):
        say("PostgreSQL 测试未运行：本机没有，也无权安装 / PostgreSQL suite not run: no server, none installable")
        return 0
    programs = _server_programs()
    if programs is None:
        say("PostgreSQL 测试未运行：安装后仍无 initdb / PostgreSQL suite not run: no initdb after installation")
        return 1
    with _server(programs) as url:
        return subprocess.run(command, env=os.environ | {"XIESHOU_DATABASE_URL": url}, check=False).returncode


def say(sentence: str) -> None:
    sys.stderr.write(f"\n*** {sentence}\n\n")
    sys.stderr.flush()


def _has_chinese_font() -> bool:
    if shutil.which("fc-list") is None:
        return False
    listed = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True, check=False)
    return bool(listed.stdout.strip())


def _install(packages: list[str]) -> bool:
    """Whether apt-get could install the packages."""
    if shutil.which("apt-get") is None:
        return False
    prefix: list[str] = []
    if os.geteuid() != 0:
        prefix = ["sudo", "-n"]
        if (
            shutil.which("sudo") is None
            or subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode
        ):
            return False
    say(f"安装 Debian 软件包：{' '.join(packages)} / installing Debian packages")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
        if subprocess.run([*prefix, "apt-get", *arguments], env=environment, stdout=sys.stderr, check=False).returncode:
            return False
    return True


def _server_programs() -> Path | None:
    """The folder with initdb and pg_ctl; the newest of Debian's versions."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return versions[-1].parent if versions else None


@contextmanager
def _server(programs: Path) -> Iterator[str]:
    """A server in a temporary folder, reached through a socket in it; its address as a database URL."""
    with tempfile.TemporaryDirectory(prefix="xieshou-pg-") as name:
        folder = Path(name)
        as_owner: list[str] = []
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            as_owner = ["runuser", "-u", "postgres", "--"]
            shutil.chown(folder, "postgres")
        data, port = folder / "data", _free_port()
        # Nothing of it outlives the run, so nothing is flushed to disk.
        unsafe = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
        options = f"-k {folder} -p {port} -c listen_addresses='' {unsafe}"
        _run(
            [
                *as_owner,
                programs / "initdb",
                "-D",
                data,
                "-U",
                "xieshou",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
            ]
        )
        _run([*as_owner, programs / "pg_ctl", "-D", data, "-l", folder / "log", "-w", "-o", options, "start"])
        try:
            yield f"postgresql://xieshou@{quote(str(folder), safe='')}:{port}/postgres"
        finally:
            _run([*as_owner, programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"])


def _run(command: Sequence[str | Path]) -> None:
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL, cwd="/")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


if __name__ == "__main__":
    # A terminated run still stops its server.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main(sys.argv[1:]))
