"""The office at its desk: signed-in clients, the worker of background jobs, the real report in the books."""

import pytest
from django.test import Client
from django_tasks_db.models import DBTaskResult

from tests.stories.conftest import conghua, desk, places  # noqa: F401


@pytest.fixture
def worker(xieshou_home):
    """Runs what waits in the queue. The real worker closes its connection, and with it the transaction of a test."""

    def run() -> None:
        for job in DBTaskResult.objects.ready():
            job.task.func(*job.args_kwargs["args"])
            DBTaskResult.objects.filter(pk=job.pk).update(status="SUCCESSFUL")

    return run


def client_of(user) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def office_client(office, office_user):
    return client_of(office_user)


@pytest.fixture
def clerk_client(clerk, clerk_user):
    return client_of(clerk_user)


@pytest.fixture
def officer_client(county_officer, county_officer_user):
    return client_of(county_officer_user)


@pytest.fixture
def stranger_client(stranger, stranger_user):
    return client_of(stranger_user)
