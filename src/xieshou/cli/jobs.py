"""The worker process beside the web server: started, watched, ended; jobs that a killed worker left are run again."""

import hashlib
import os
import subprocess
import sys
import threading
from uuid import uuid4

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

# A job that took its worker down this often is not tried again: it would do so for ever.
ATTEMPTS = 3
_SECONDS_TO_FINISH = 10


def requeue_abandoned(prefix: str) -> int:
    """Put jobs back in the queue that stand as running for a worker of this prefix; call it while none runs.

    Jobs are all or nothing (`intake.accept_batch` is one transaction), so that running one again is safe.
    Returns the number of jobs found.
    """
    running = DBTaskResult.objects.running()
    abandoned = [job for job in running if job.worker_ids and str(job.worker_ids[-1]).startswith(prefix)]
    for job in abandoned:
        if len(job.worker_ids) < ATTEMPTS:
            job.status, job.started_at = TaskResultStatus.READY, None
        else:
            job.status, job.finished_at = TaskResultStatus.FAILED, timezone.now()
            job.traceback = _("任务 %(count)s 次中断了工作进程，不再重试。") % {"count": len(job.worker_ids)}
        job.save(update_fields=["status", "started_at", "finished_at", "traceback"])
    return len(abandoned)


class Worker:
    """One worker process, started again when it dies, ended with the server."""

    def __init__(self) -> None:
        # The home folder names the workers of this server; those of another host keep their jobs.
        self.prefix = f"serve-{hashlib.sha256(str(settings.HOME).encode()).hexdigest()[:12]}-"
        self._ending = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._watcher = threading.Thread(target=self._watch, name="worker-watcher", daemon=True)

    def start(self) -> None:
        requeue_abandoned(self.prefix)
        self._process = self._spawn()
        self._watcher.start()

    def stop(self) -> None:
        """Give the job at hand some seconds, then end the process; the next start finds the job again."""
        self._ending.set()
        process = self._process
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_SECONDS_TO_FINISH)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _spawn(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "xieshou.cli.worker", f"{self.prefix}{uuid4().hex[:12]}"],
            stdin=subprocess.PIPE,
            env=os.environ | {"DJANGO_SETTINGS_MODULE": "xieshou.config.settings"},
            start_new_session=True,  # Ctrl-C reaches the server alone, which ends the worker in order
        )

    def _watch(self) -> None:
        while self._process is not None:
            self._process.wait()
            if self._ending.wait(timeout=1):
                return
            requeue_abandoned(self.prefix)
            self._process = self._spawn()
