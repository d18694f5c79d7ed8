import pytest
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from xieshou.cli.jobs import ATTEMPTS, requeue_abandoned


@pytest.fixture
def running_job(db):
    """Makes a job that stands as running for these workers, the last of which has it."""

    def make(*workers: str) -> DBTaskResult:
        return DBTaskResult.objects.create(
            status=TaskResultStatus.RUNNING,
            started_at=timezone.now(),
            args_kwargs={"args": [], "kwargs": {}},
            task_path="xieshou.web.tasks.accept_batch",
            backend_name="default",
            run_after=timezone.now(),
            worker_ids=list(workers),
            exception_class_path="",
            traceback="",
        )

    return make


def test_a_job_whose_worker_was_killed_is_run_again(running_job):
    job = running_job("here-1")

    requeue_abandoned("here-")

    job.refresh_from_db()
    assert job.status == TaskResultStatus.READY


def test_a_job_of_another_servers_worker_is_left_alone(running_job):
    job = running_job("there-1")

    requeue_abandoned("here-")

    job.refresh_from_db()
    assert job.status == TaskResultStatus.RUNNING


def test_a_job_that_kills_its_workers_is_given_up(running_job):
    job = running_job(*[f"here-{attempt}" for attempt in range(ATTEMPTS)])

    requeue_abandoned("here-")

    job.refresh_from_db()
    assert job.status == TaskResultStatus.FAILED
    assert job.traceback
