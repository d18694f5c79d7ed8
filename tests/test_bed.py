"""The test bed itself: what the fixtures promise."""

import threading

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction

User = get_user_model()


def _count_in_another_thread() -> int:
    counted: list[int] = []

    def look() -> None:
        counted.append(User.objects.count())
        connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    return counted[0]


def test_what_one_thread_commits_another_sees(committed_db):
    with transaction.atomic():
        User.objects.create(username="a")

    assert _count_in_another_thread() == 1


@pytest.mark.parametrize("turn", [1, 2])
def test_each_committed_database_is_its_own(committed_db, turn):
    User.objects.create(username="a")

    assert User.objects.count() == 1


def test_a_rolled_back_test_finds_nothing_of_a_committed_one(db):
    assert not User.objects.filter(username="a").exists()


@pytest.mark.django_db
def test_the_marker_gives_way_to_the_clone(committed_db):
    User.objects.create(username="a")

    assert _count_in_another_thread() == 1


def test_the_home_folder_is_the_tests_own(xieshou_home, settings, tmp_path):
    assert xieshou_home == settings.HOME
    assert xieshou_home.is_relative_to(tmp_path)
