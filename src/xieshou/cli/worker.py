"""The worker of background jobs, as a child of `xieshou serve`; ends when its parent is gone.

python -m xieshou.cli.worker WORKER_ID
"""

import os
import signal
import sys
import threading

import django
from django.core.management import call_command

_POLL_SECONDS = 0.5


def main(worker_id: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xieshou.config.settings")
    django.setup()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    call_command(
        "db_worker", worker_id=worker_id, interval=_POLL_SECONDS, startup_delay=False, reload=False, verbosity=0
    )


def _end_with_parent() -> None:
    """The parent holds the other end of stdin and never writes: the end of the stream is the end of the parent."""
    # Not by sys.stdin: Python cannot shut down while a thread holds its lock.
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main(sys.argv[1])
